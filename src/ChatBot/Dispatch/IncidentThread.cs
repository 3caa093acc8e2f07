using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Where an incident's thread hangs: on its card.</summary>
internal sealed class IncidentThread(IncidentStore store)
{
    /// <summary>The card's turn comes within seconds, unless Slack is down.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    /// <returns>Null when Slack refused the card: then there is no thread.</returns>
    /// <exception cref="TryLaterException">The card is still to be posted.</exception>
    public async Task<MessageRow?> CardAsync(Incident incident, CancellationToken cancellationToken)
    {
        var (card, comes) = await store.ReadAsync(
            async (reader, _) => (
                await reader.FindMessageAsync(incident.Id.ToString(), Slots.Card),
                await reader.IsWaitingAsync(Slots.MergeKey(incident.Id, Slots.Card))),
            cancellationToken);
        return card is null && comes ? throw new TryLaterException(Soon, "The card isn't posted yet, and the thread hangs on it.") : card;
    }
}
