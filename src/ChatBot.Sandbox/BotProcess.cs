using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChatBot.Sandbox;

/// <summary>The bot as its own process, unmodified, as an operator would start it.</summary>
public sealed class BotProcess : IAsyncDisposable
{
    private readonly Process _process;
    /// <summary>Older lines are forgotten: 5,000.</summary>
    private const int LinesKept = 5_000;

    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BotProcess(Process process)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _exited.TrySetResult();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
    }

    /// <summary>The last lines it wrote, for the message of a test that fails.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it wrote to stderr; complete once <see cref="WaitForExitAsync"/> returned.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Its process id, for signals.</summary>
    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>128 + 9 after a kill.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it with these settings and no others.</summary>
    /// <param name="settings">Keys as in appsettings.json: <c>Slack:BotToken</c>.</param>
    /// <param name="configuration">Which build: <c>release</c>, or <c>crash</c> for the one with crash points.</param>
    /// <param name="environment">More variables, as they are.</param>
    public static BotProcess Start(
        IReadOnlyDictionary<string, string> settings,
        string configuration = "release",
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(PathOf(configuration));
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("CHATBOT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in settings)
        {
            start.Environment[$"CHATBOT_{key.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var bot = new BotProcess(process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return bot;
    }

    /// <summary>As a power cut would end it: no goodbye, no clean-up.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _exited.Task.WaitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Kill();
        }

        await _exited.Task;
        _process.Dispose();
    }

    /// <summary>Where a build is: beside this program, artifacts/bin/ChatBot/CONFIGURATION_PLATFORM/.</summary>
    /// <exception cref="FileNotFoundException">It isn't built; says how to.</exception>
    public static string PathOf(string configuration)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var platform = here.Name[(here.Name.IndexOf('_', StringComparison.Ordinal) + 1)..];
        var path = Path.Combine(here.Parent!.Parent!.FullName, "ChatBot", $"{configuration}_{platform}", "ChatBot.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The bot isn't built: {path}. Run dotnet build src/ChatBot -c {configuration}.");
    }

    private void KeepError(string? line)
    {
        if (line is not null)
        {
            _errors.Enqueue(line);
        }

        Keep(line);
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        while (_output.Count > LinesKept)
        {
            _output.TryDequeue(out _);
        }
    }
}
