using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>The simulator as a program of its own, for scripts and clients in other languages.</summary>
internal static class SimulatorHost
{
    /// <summary>Prints one line of JSON when ready, and runs until cancelled.</summary>
    /// <param name="port">0 lets the system choose.</param>
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        await using var simulator = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Port = port }, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            apiUrl = simulator.ApiUrl,
            controlUrl = simulator.ControlUrl,
            botToken = simulator.Options.BotToken,
            appToken = simulator.Options.AppToken,
        }));
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        return 0;
    }
}
