using System.Collections;
using System.Linq.Expressions;

namespace ChatBot.Incidents.Tests;

/// <summary>Two incidents are the same when every property is; lists compare item by item.</summary>
public static class IncidentEquality
{
    /// <summary>Compiled, because a hundred thousand incidents are compared.</summary>
    private static readonly (string Name, Func<Incident, object?> Get)[] Properties =
        [.. typeof(Incident).GetProperties().Select(property => (property.Name, Getter(property.Name)))];

    /// <returns>The names of the properties that differ; empty for two equal incidents.</returns>
    public static IEnumerable<string> Differences(Incident one, Incident another)
    {
        foreach (var (name, get) in Properties)
        {
            var (left, right) = (get(one), get(another));
            if (!(left is IEnumerable items and not string && right is IEnumerable others ? AreSame(items, others) : Equals(left, right)))
            {
                yield return $"{name}: {left} <> {right}";
            }
        }
    }

    private static bool AreSame(IEnumerable items, IEnumerable others) => items.Cast<object>().SequenceEqual(others.Cast<object>());

    private static Func<Incident, object?> Getter(string name)
    {
        var incident = Expression.Parameter(typeof(Incident));
        return Expression.Lambda<Func<Incident, object?>>(Expression.Convert(Expression.Property(incident, name), typeof(object)), incident).Compile();
    }
}
