using System.Collections.Immutable;
using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>A change that relieves the symptom, resolved to the concrete things it would change.</summary>
public abstract record Mitigation
{
    /// <summary>The stored name, with its version.</summary>
    public abstract string Name { get; }

    /// <summary>How many effects it has; each gets its own intent and outcome.</summary>
    public abstract int Steps { get; }

    public virtual Lasting Lasting => Lasting.Once;

    /// <summary>When it is to be taken back; null for what stays for good, and where the settings say when.</summary>
    public virtual DateTimeOffset? UndoDue => null;

    /// <summary>The service whose pods are replaced because of it, so that what it brings shows only afterwards; null when none are.</summary>
    public virtual string? RollsOut => null;

    /// <summary>Identifies what one step changes, for the idempotency key. <paramref name="number"/> counts from 1.</summary>
    public abstract string PinOf(int number);

    /// <summary>Writes the properties of the canonical form, always in the same order.</summary>
    public abstract void WriteTo(Utf8JsonWriter json);
}

/// <summary>One kind of mitigation: its stored name, and how it is read back from the canonical form.</summary>
/// <param name="Read">Throws what <see cref="JsonElement"/> throws, or <see cref="FormatException"/>, on anything it did not write.</param>
public sealed record MitigationKind(string Name, Func<JsonElement, Mitigation> Read);

/// <summary>All kinds of mitigation that a plan can hold. Built once, by whoever starts the program.</summary>
/// <exception cref="ArgumentException">Two kinds have one name.</exception>
public sealed class MitigationKinds(IEnumerable<MitigationKind> kinds)
{
    private readonly ImmutableSortedDictionary<string, MitigationKind> _byName = kinds.ToImmutableSortedDictionary(kind => kind.Name, kind => kind, StringComparer.Ordinal);

    /// <exception cref="FormatException">No mitigation has this name: a newer version wrote the plan.</exception>
    internal Mitigation Read(string name, JsonElement json) => _byName.TryGetValue(name, out var kind)
        ? kind.Read(json)
        : throw new FormatException($"No mitigation is called {name}; a newer version of the bot wrote this plan.");
}
