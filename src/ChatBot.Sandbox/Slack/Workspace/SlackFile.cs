namespace ChatBot.Sandbox.Slack;

/// <summary>A file that was uploaded and shared.</summary>
/// <param name="Id">As Slack writes it: <c>F00000001</c>.</param>
/// <param name="Name">With its ending: <c>pgbouncer.ini</c>.</param>
/// <param name="Title">What stands above it; the name when the app gave none.</param>
public sealed record SlackFile(string Id, string Name, string Title, string OwnerId, ReadOnlyMemory<byte> Content);
