using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>A change that relieves the symptom, resolved to the concrete things it would change.</summary>
public abstract record Mitigation
{
    /// <summary>The stored names of all mitigations and how to read each back; a new kind registers here.</summary>
    private static readonly Dictionary<string, Func<JsonElement, Mitigation>> Readers = new(StringComparer.Ordinal)
    {
        [EndIdleSessions.StoredName] = EndIdleSessions.Read,
    };

    public static IReadOnlyCollection<string> Names => Readers.Keys;

    /// <summary>The stored name, with its version.</summary>
    public abstract string Name { get; }

    /// <summary>How many effects it has; each gets its own intent and outcome.</summary>
    public abstract int Steps { get; }

    /// <summary>Identifies what one step changes, for the idempotency key. <paramref name="number"/> counts from 1.</summary>
    public abstract string PinOf(int number);

    /// <summary>Writes the properties of the canonical form, always in the same order.</summary>
    internal abstract void WriteTo(Utf8JsonWriter json);

    /// <exception cref="FormatException">No mitigation has this name: a newer version wrote the plan.</exception>
    internal static Mitigation Read(string name, JsonElement json) => Readers.TryGetValue(name, out var read)
        ? read(json)
        : throw new FormatException($"No mitigation is called {name}; a newer version of the bot wrote this plan.");
}
