using System.Collections;

namespace ChatBot.Incidents.Tests;

/// <summary>Two incidents are the same when every property is; lists compare item by item.</summary>
public static class IncidentEquality
{
    /// <returns>The names of the properties that differ; empty for two equal incidents.</returns>
    public static IEnumerable<string> Differences(Incident one, Incident another) =>
        from property in typeof(Incident).GetProperties()
        let left = property.GetValue(one)
        let right = property.GetValue(another)
        where !(left is IEnumerable items and not string && right is IEnumerable others
            ? items.Cast<object>().SequenceEqual(others.Cast<object>())
            : Equals(left, right))
        select $"{property.Name}: {left} <> {right}";
}
