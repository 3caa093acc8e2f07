using ChatBot.Sandbox.Slack;

using var ended = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) => { press.Cancel = true; ended.Cancel(); };
if (args is ["slack-simulator", ..])
{
    return await SimulatorHost.RunAsync(port: 0, ended.Token);
}

Console.WriteLine("The practice workspace is being built.");
return 0;
