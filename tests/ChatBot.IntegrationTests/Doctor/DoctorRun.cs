using System.CommandLine;
using System.Diagnostics;
using ChatBot.Commands;
using ChatBot.Sandbox;

namespace ChatBot.IntegrationTests.Doctor;

/// <summary>What <c>chatbot doctor</c> answered.</summary>
internal sealed record DoctorRun(int ExitCode, string Output, string Errors)
{
    public const string Target = "orders-db";

    private const string Indent = "               ";

    /// <summary>What is missing: the sentence, and the statement below it or an empty one.</summary>
    public IReadOnlyList<(string Words, string Statement)> Missing => [.. Found("MISSING")];

    public IReadOnlyList<(string Words, string Statement)> Advice => [.. Found("advice")];

    /// <summary>The least that a target needs.</summary>
    public static Dictionary<string, string> Settings(int port, string engine = "PostgreSql") => new()
    {
        [$"Targets:{Target}:Engine"] = engine,
        [$"Targets:{Target}:Host"] = "127.0.0.1",
        [$"Targets:{Target}:Port"] = $"{port}",
        [$"Targets:{Target}:User"] = "chatbot",
        [$"Targets:{Target}:Environment"] = "PRODUCTION",
        [$"Targets:{Target}:Tls"] = "Disable",
        [$"Targets:{Target}:Mode"] = "Act",
        [$"Targets:{Target}:ConnectTimeout"] = "10s", // a busy machine
        [$"Targets:{Target}:StatementTimeout"] = "20s",
    };

    /// <summary>The command in this process: the same code, without a start of .NET for each.</summary>
    public static async Task<DoctorRun> AskAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken, params string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await ChatBotCommand.Create(Path.GetTempPath(), Environment(settings), TextReader.Null)
            .Parse(["doctor", .. words])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, cancellationToken);
        return new(code, output.ToString(), errors.ToString());
    }

    /// <summary>The program, as a person runs it.</summary>
    /// <param name="trusted">A file with the only authority that its machine trusts; null for those that this one does.</param>
    public static async Task<DoctorRun> RunAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken, string? trusted = null)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name.Split('_')[0];
        var start = new ProcessStartInfo("dotnet", [BotProcess.PathOf(configuration), "doctor"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment(settings))
        {
            start.Environment[name] = value;
        }

        if (trusted is not null)
        {
            start.Environment["SSL_CERT_FILE"] = trusted;
        }

        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = program.StandardError.ReadToEndAsync(cancellationToken);
        await program.WaitForExitAsync(cancellationToken);
        return new(program.ExitCode, await output, await errors);
    }

    private static Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> settings) =>
        settings.ToDictionary(setting => $"CHATBOT_{setting.Key.Replace(":", "__", StringComparison.Ordinal)}", setting => setting.Value);

    private IEnumerable<(string Words, string Statement)> Found(string level)
    {
        var lines = Output.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].TrimStart() is { } line && line.StartsWith(level, StringComparison.Ordinal))
            {
                var next = at + 1 < lines.Length && lines[at + 1].StartsWith(Indent, StringComparison.Ordinal) ? lines[at + 1].Trim() : "";
                yield return (line[level.Length..].Trim(), next);
            }
        }
    }
}
