using System.Diagnostics;
using System.Globalization;

namespace ChatBot.IntegrationTests;

/// <summary>Stops and continues processes, as a frozen machine would.</summary>
internal static class Signals
{
    /// <param name="name">Without SIG: <c>STOP</c>, <c>CONT</c>.</param>
    public static void Send(string name, int process)
    {
        // The shell's own kill: there is no other on every machine, and .NET sends no signals.
        using var shell = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {process}")]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
