using ChatBot.Sandbox.Databases;

namespace ChatBot.Sandbox;

/// <summary>Whether the incident ended well. The server is asked, not the bot.</summary>
/// <param name="Missing">What is not as it should be, one sentence each; empty when all is well.</param>
internal sealed record Verdict(SlotCount Slots, IReadOnlyList<string> Missing)
{
    /// <summary>A server with fewer free slots than this share is as good as full: 20 %, as in the bot's own default.</summary>
    private const double FreeShare = 0.20;

    public bool IsGood => Missing.Count == 0;

    /// <param name="unresolved">Why the incident isn't resolved; null when it is.</param>
    public static async Task<Verdict> AskAsync(PostgreSqlServer server, string? unresolved, CancellationToken cancellationToken)
    {
        var slots = await SlotCount.AskAsync(server, cancellationToken);
        var refused = await OrdinaryLogin.TryAsync(server, cancellationToken);
        List<string> missing = [];
        if (unresolved is not null)
        {
            missing.Add($"The incident is not resolved: {unresolved}");
        }

        if (slots.Free < slots.Capacity * FreeShare)
        {
            missing.Add($"The server has no room: {slots.Used} of {slots.Capacity} slots are used.");
        }

        if (refused is not null)
        {
            missing.Add($"An ordinary login is refused: {refused}");
        }

        return new Verdict(slots, missing);
    }
}
