using System.Diagnostics;
using ChatBot.Configuration;
using ChatBot.Sandbox.Slack;
using ChatBot.Slack;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Benchmarks;

/// <summary>The bot's own wire and nothing behind it: what an acknowledgement costs when nothing is stored.</summary>
internal static class Echo
{
    public static Process Start(SlackSimulator slack) => Process.Start(
        "dotnet", [typeof(Echo).Assembly.Location, "echo", slack.ApiUrl.ToString()]);

    public static async Task RunAsync(Uri api, CancellationToken cancellationToken)
    {
        var tokens = new SlackSimulatorOptions();
        var settings = new SlackWireSettings(api, new Secret(tokens.BotToken), new Secret(tokens.AppToken));
        await using var wire = new SocketModeWire(settings, TimeProvider.System, NullLogger<SocketModeWire>.Instance);
        await foreach (var envelope in wire.ReadAllAsync(cancellationToken))
        {
            await envelope.AcknowledgeAsync(payload: null, cancellationToken);
        }
    }
}
