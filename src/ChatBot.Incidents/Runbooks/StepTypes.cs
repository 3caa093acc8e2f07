using System.Collections.Immutable;

namespace ChatBot.Incidents.Runbooks;

/// <summary>All step types a page can name. Built once, by whoever starts the program.</summary>
/// <exception cref="ArgumentException">Two types have one name.</exception>
public sealed class StepTypes(IEnumerable<StepType> types)
{
    private readonly ImmutableSortedDictionary<string, StepType> _byName = types.ToImmutableSortedDictionary(type => type.Name, type => type, StringComparer.Ordinal);

    /// <summary>In alphabetical order.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Null when there is no such type.</summary>
    public StepType? Find(string name) => _byName.GetValueOrDefault(name);
}
