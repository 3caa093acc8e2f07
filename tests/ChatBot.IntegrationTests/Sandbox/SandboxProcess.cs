using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ChatBot.IntegrationTests.Playing;

/// <summary>The practice workspace as somebody starts it: a process of its own, read by what it prints.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(150));
    private readonly StringBuilder _output = new();

    private SandboxProcess(Process process)
    {
        _process = process;
    }

    public string Output => _output.ToString();

    public CancellationToken Token => _patience.Token;

    public static SandboxProcess Start(string arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "ChatBot.Sandbox", here.Name, "ChatBot.Sandbox.dll");
        return new SandboxProcess(Process.Start(new ProcessStartInfo("dotnet", $"{program} {arguments}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Plays these lines, then ends its input.</summary>
    public async Task TypeAsync(params string[] lines)
    {
        foreach (var line in lines)
        {
            await _process.StandardInput.WriteLineAsync(line);
        }

        _process.StandardInput.Close();
    }

    /// <summary>Reads on until a line says so.</summary>
    public async Task<string> UntilAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            _output.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"It ended without saying \"{text}\":\n{Output}");
    }

    /// <returns>The exit code, when everything it printed is read.</returns>
    public async Task<int> EndAsync()
    {
        _output.Append(await _process.StandardOutput.ReadToEndAsync(Token));
        await _process.WaitForExitAsync(Token);
        return _process.ExitCode;
    }

    /// <summary>Kills the bot, and nothing else of it.</summary>
    public void KillBot()
    {
        var children = Directory.GetDirectories($"/proc/{_process.Id}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));
        var bot = children.Single(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("ChatBot.dll", StringComparison.Ordinal));
        Process.GetProcessById(bot).Kill();
    }

    /// <summary>SIGTERM, as a service manager or <c>kill</c> sends it.</summary>
    public void Terminate() => Signals.Send("TERM", _process.Id);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate(); // it has servers and folders to clean up
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _patience.Dispose();
    }
}
