using System.Collections;
using System.Globalization;
using System.Net;
using ChatBot.Commands;
using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Terminal;

/// <summary>A person at a terminal beside the bot.</summary>
internal sealed class Seat(Practice practice, string name)
{
    /// <summary>Everybody's token ends with this.</summary>
    public const string Canary = "canary93e1f0c27b48d65a";

    public string Token { get; } = $"{name}-0123456789-{Canary}";

    private string Address => $"http://127.0.0.1:{practice.Settings["Terminal:Port"]}/";

    /// <summary>Before the bot starts: this person may come in at the terminal, at a port that is free.</summary>
    public static Seat For(Practice practice, string name, params string[] groups)
    {
        var seat = new Seat(practice, name);
        practice.Settings.TryAdd("Terminal:Port", ServerPrograms.FreePort().ToString(CultureInfo.InvariantCulture));
        practice.Settings[$"Terminal:People:{name}:User"] = practice.Slack.Workspace.RequireUser(name).Id;
        practice.Settings[$"Terminal:People:{name}:Team"] = practice.Slack.Workspace.TeamId;
        practice.Settings[$"Terminal:People:{name}:Token"] = seat.Token;
        foreach (var (at, group) in groups.Index())
        {
            practice.Settings[$"Terminal:People:{name}:Groups:{at}"] = group;
        }

        return seat;
    }

    /// <summary>Types a command: <c>incident show orders-db</c>.</summary>
    /// <param name="answer">What the person says when asked; null when nobody is there.</param>
    public async Task<Told> TypeAsync(string words, string? answer = null)
    {
        var environment = new Hashtable { ["CHATBOT_URL"] = Address, ["CHATBOT_TOKEN"] = Token };
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await ChatBotCommand.Create(practice.Folder, environment, new StringReader(answer ?? ""))
            .Parse($"incident {words}")
            .InvokeAsync(new() { Output = output, Error = errors }, practice.Token);
        return new Told(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Types a command that has to succeed.</summary>
    public async Task<string> DoAsync(string words, string? answer = null)
    {
        var told = await TypeAsync(words, answer);
        Assert.True(told.ExitCode == 0, $"{words}: {told.Output}{told.Errors}");
        Assert.Empty(told.Errors);
        return told.Output;
    }

    /// <summary>Types a command that has to be refused.</summary>
    /// <returns>Why.</returns>
    public async Task<string> RefusedAsync(string words, string? answer = null)
    {
        var told = await TypeAsync(words, answer);
        Assert.Equal(1, told.ExitCode);
        return told.Errors;
    }

    /// <summary>Looks again and again.</summary>
    public async Task<string> UntilShownAsync(string words, string target = "orders-db")
    {
        var shown = "";
        await practice.UntilAsync(async () => (shown = await DoAsync($"show {target}")).Contains(words, StringComparison.Ordinal));
        return shown;
    }

    /// <summary>Sends a request of any kind.</summary>
    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address) };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", Token);
        change?.Invoke(request);
        using var response = await http.SendAsync(request, practice.Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(practice.Token));
    }
}

internal sealed record Told(int ExitCode, string Output, string Errors);
