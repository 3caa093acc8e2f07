using System.Collections;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ChatBot.Commands;

/// <summary>The command line. Without a word it is the bot itself.</summary>
internal static class ChatBotCommand
{
    /// <param name="baseFolder">Where appsettings.json is.</param>
    /// <param name="environment">As of <see cref="Environment.GetEnvironmentVariables()"/>.</param>
    /// <param name="input">Where a person answers a question.</param>
    public static Command Create(string baseFolder, IDictionary environment, TextReader input)
    {
        // Not a RootCommand: that is called after the file, here "dotnet" and there "ChatBot".
        var root = new Command("chatbot", "Carries a team through its runbook in Slack. Without a command it runs until it is stopped; its settings are in appsettings.json and CHATBOT_ variables.")
        {
            new HelpOption(),
            new VersionOption(),
            RunbookCommand.Create(),
            ReportCommand.Create(new StoreAccess(baseFolder, environment)),
            AuditCommand.Create(new StoreAccess(baseFolder, environment)),
            DoctorCommand.Create(baseFolder, environment),
            TerminalCommand.Create(new TerminalAccess(baseFolder, environment, input)),
        };
        root.SetAction((_, _) => ChatBotHost.RunAsync(baseFolder, environment));
        return root;
    }

    /// <summary>Runs what the words ask for.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] words, string baseFolder, IDictionary environment) =>
        RunAsync(Create(baseFolder, environment, Console.In).Parse(words), new() { ProcessTerminationTimeout = null }, CancellationToken.None); // the bot stops in its own way

    /// <returns>The exit code: 2 for words that mean nothing, because 1 is an answer of some commands.</returns>
    public static async Task<int> RunAsync(ParseResult words, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        var exitCode = await words.InvokeAsync(output, cancellationToken);
        return words.Action is ParseErrorAction ? 2 : exitCode;
    }
}
