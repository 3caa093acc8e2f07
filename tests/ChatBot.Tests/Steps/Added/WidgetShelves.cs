using System.Collections.Concurrent;

namespace ChatBot.Tests.Steps.Added;

/// <summary>What the added steps look at and change: which widget lies on which shelf.</summary>
internal sealed class WidgetShelves
{
    private readonly ConcurrentDictionary<string, string> _shelfOf = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _keys = [];

    public WidgetShelves(params IReadOnlyList<string> onTheLeft)
    {
        foreach (var widget in onTheLeft)
        {
            _shelfOf[widget] = "left";
        }
    }

    /// <summary>The idempotency keys of the moves, in the order they came.</summary>
    public IReadOnlyList<string> Keys => [.. _keys];

    public IReadOnlyList<string> On(string shelf) => [.. _shelfOf.Where(widget => widget.Value == shelf).Select(widget => widget.Key).Order(StringComparer.Ordinal)];

    /// <returns>False when it lay there already.</returns>
    public bool Move(string widget, string shelf, string key)
    {
        _keys.Enqueue(key);
        return _shelfOf.TryUpdate(widget, shelf, "left");
    }
}
