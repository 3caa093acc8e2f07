using System.Runtime.InteropServices;

namespace ChatBot.Sandbox;

/// <summary>Ctrl+C, SIGTERM, or the terminal was closed: a wish to end, answered by cleaning up.</summary>
internal sealed class Ending : IDisposable
{
    private readonly CancellationTokenSource _wished = new();
    private readonly PosixSignalRegistration[] _signals;

    public Ending()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _signals = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Wish))];
    }

    public CancellationToken Token => _wished.Token;

    /// <summary>What a shell expects of a program that ended on request: 128 + 2.</summary>
    public const int ExitCode = 130;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _wished.Dispose();
    }

    private void Wish(PosixSignalContext signal)
    {
        signal.Cancel = true; // not at once: servers and folders go first
        _wished.Cancel();
    }
}
