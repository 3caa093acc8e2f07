using System.Collections;
using System.CommandLine;
using System.Globalization;
using ChatBot.Configuration;
using ChatBot.Slack.Views;
using ChatBot.Terminal;

namespace ChatBot.Commands;

/// <summary>Where the bot is and who asks: what every command that talks to a running bot needs.</summary>
internal sealed class TerminalAccess(string baseFolder, IDictionary environment, TextReader input)
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = "Where the bot is. Left out: CHATBOT_URL, or Terminal:Port of the settings on this machine.",
        HelpName = "http://127.0.0.1:PORT",
        Recursive = true,
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "The file that holds your token. Left out: CHATBOT_TOKEN_FILE or CHATBOT_TOKEN.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Asks the person.</summary>
    /// <returns>False for everything but a yes, and when nobody is there to answer.</returns>
    public async Task<bool> IsSureAsync(ParseResult parsed, string question)
    {
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteAsync(Clean($"{question} [y/N] "));
        await output.FlushAsync();
        return (await input.ReadLineAsync())?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    public void AddOptionsTo(Command command)
    {
        command.Add(_url);
        command.Add(_tokenFile);
    }

    /// <summary>What goes wrong is said in one line.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> UseAsync(ParseResult parsed, Func<TerminalClient, Task<int>> use)
    {
        var errors = parsed.InvocationConfiguration.Error;
        try
        {
            using var client = new TerminalClient(Address(parsed.GetValue(_url)), Token(parsed.GetValue(_tokenFile), errors));
            return await use(client);
        }
        catch (TerminalException failed)
        {
            await errors.WriteLineAsync(Clean(failed.Message));
            return 1;
        }
    }

    /// <returns>The exit code: 0 when the wish was accepted.</returns>
    public static int Say(ParseResult parsed, TerminalAnswer answer)
    {
        var isDone = answer.Accepted is true;
        (isDone ? parsed.InvocationConfiguration.Output : parsed.InvocationConfiguration.Error).WriteLine(Clean(answer.Said));
        return isDone ? 0 : 1;
    }

    /// <summary>Whoever listens at that port, the terminal obeys nobody.</summary>
    public static string Clean(string text) => PlainMessage.Visible(text);

    private Uri Address(string? given)
    {
        if ((given ?? Variable(TerminalVariables.Url)) is { } text)
        {
            // The token goes there unencrypted.
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http", IsLoopback: true, PathAndQuery: "/", UserInfo: "" }
                ? url
                : throw new TerminalException("The bot's address is one of this machine, such as http://127.0.0.1:8371.");
        }

        var (configuration, mistakes) = ChatBotConfiguration.Build(baseFolder, environment);
        return int.TryParse(configuration?["Terminal:Port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new Uri($"http://127.0.0.1:{port}/")
            : throw new TerminalException(string.Join('\n', mistakes.Prepend("I don't know where the bot is. Say it with --url or CHATBOT_URL, or run this with the bot's settings (Terminal:Port).")));
    }

    private Secret Token(string? file, TextWriter errors)
    {
        if ((file ?? Variable(TerminalVariables.TokenFile)) is not { } path)
        {
            return Variable(TerminalVariables.Token) is { } token
                ? new Secret(token)
                : throw new TerminalException("Who are you? Put your token into a file that only you can read, and name it with --token-file or CHATBOT_TOKEN_FILE.");
        }

        var (secret, found, expected) = SecretFile.Read(path);
        if (secret is null)
        {
            throw new TerminalException($"The token's file: found {found}, expected {expected}.");
        }

        if (SecretFile.IsReadableByOthers(path))
        {
            errors.WriteLine("Everybody on this machine can read your token. Take that right away (chmod o-r).");
        }

        return new Secret(secret);
    }

    private string? Variable(string name) => environment[name] is string { Length: > 0 } value ? value : null;
}

/// <summary>Why a command can't be carried out, in words for the person.</summary>
internal sealed class TerminalException(string message, Exception? cause = null) : Exception(message, cause);
