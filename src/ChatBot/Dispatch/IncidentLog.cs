using System.Collections.Concurrent;
using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Incidents from their events. What was read once is kept, so that a long log costs only its newest part.</summary>
internal sealed class IncidentLog
{
    /// <summary>Incidents kept in memory; beyond that everything is read again.</summary>
    private const int Kept = 1_000;

    private readonly ConcurrentDictionary<IncidentId, Incident> _known = new();

    /// <summary>The incident as this transaction sees it; null when there is none.</summary>
    /// <exception cref="FormatException">Its log was written by a newer version, or is damaged.</exception>
    public async Task<Incident?> LoadAsync(StoreReader reader, IncidentId id)
    {
        var known = _known.GetValueOrDefault(id);
        var newer = await reader.ReadEventsAsync(id.ToString(), known?.Version ?? 0);
        return newer.Select(EventCodec.Read).Aggregate(known, Incident.Evolve);
    }

    /// <summary>Remembers a committed state.</summary>
    public void Keep(Incident incident)
    {
        if (_known.Count >= Kept && !_known.ContainsKey(incident.Id))
        {
            _known.Clear();
        }

        _known.AddOrUpdate(incident.Id, incident, (_, other) => other.Version > incident.Version ? other : incident);
    }

    /// <summary>After an error the memory is not trusted: the next reader starts from the store.</summary>
    public void Forget(IncidentId id) => _known.TryRemove(id, out _);
}
