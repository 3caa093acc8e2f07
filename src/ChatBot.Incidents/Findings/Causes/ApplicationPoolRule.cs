using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Whether a service waits for its own pool while the server has room.</summary>
internal static class ApplicationPoolRule
{
    /// <summary>Below this share a server isn't what a pool waits for: 70 % (decision table, rows 0 and 6).</summary>
    public const double ServerHasRoom = 0.7;

    private const string Source = "decision table, row 6 (experience)";

    /// <summary>The pool that keeps most requests waiting; null when none does. Ask only when the server isn't exhausted.</summary>
    public static LayerFinding? Examine(Symptoms symptoms)
    {
        // When nobody could look at the server, it may be what the pools wait for.
        var held = symptoms.Applications.Where(IsHeldUp).OrderByDescending(pool => pool.Waiting + pool.Timeouts).ThenByDescending(pool => pool.InUse).ToArray();
        return held is [var pool, ..] ? Finding(pool, symptoms.Look?.Usage) : null;
    }

    /// <summary>Requests wait or gave up.</summary>
    public static bool KeepsWaiting(ApplicationPool pool) => pool.Waiting > 0 || pool.Timeouts > 0;

    private static bool IsHeldUp(ApplicationPool pool) => KeepsWaiting(pool) || (pool.Maximum > 0 && pool.InUse >= pool.Maximum);

    public static LayerNumbers Numbers(ApplicationPool pool) => new(Layer.Application, pool.Service, pool.InUse, pool.Maximum ?? 0, pool.Waiting);

    private static LayerFinding Finding(ApplicationPool pool, ConnectionUsage? server)
    {
        var (held, told) = pool.Log is { } library ? Logged(pool, library) : Asked(pool);
        var reasons = new List<Reason> { new(told, Source) };
        if (server is not null)
        {
            reasons.Add(new Reason(Sentence.Of($"The server has room: {server.Used} of {server.Capacity} slots are taken."), Source));
        }

        return new LayerFinding(
            Numbers(pool),
            server is null ? null : Cause.ApplicationPool,
            server is null
                ? Sentence.Of($"{held}; nobody could look at the server, so it isn't known whether it has room.")
                : Sentence.Of($"{held}, while the server has room ({server.Used} of {server.Capacity})."),
            reasons)
        {
            Against = [.. Doubts(pool, server)],
            Culprit = pool.Service,
        };
    }

    private static (Sentence Held, Sentence Told) Asked(ApplicationPool pool)
    {
        var inUse = pool.Maximum is { } most ? Sentence.Of($"{pool.InUse} of {most} in use") : Sentence.Of($"{pool.InUse} in use");
        return (
            Sentence.Of($"{pool.Service} waits for its own pool ({inUse}, {pool.Waiting} requests waiting, {pool.Timeouts} gave up)"),
            Sentence.Of($"{pool.Waiting} of its requests wait for a connection and {pool.Timeouts} gave up, with {inUse}."));
    }

    private static (Sentence Held, Sentence Told) Logged(ApplicationPool pool, string library)
    {
        var size = pool.Maximum is { } most ? Sentence.Of($"of {most}") : Sentence.Of($"of unknown size");
        return (
            Sentence.Of($"{pool.Service} waits for its own pool ({size}; {pool.Timeouts:request|requests} gave up lately, says its log)"),
            Sentence.Of($"{pool.Timeouts:line|lines} of its log, in the words of {new Sentence([new SentencePart(library)])}, say that no connection of its pool {size} came free in time."));
    }

    private static IEnumerable<Reason> Doubts(ApplicationPool pool, ConnectionUsage? server)
    {
        if (server is not null && server.Ratio >= ServerHasRoom)
        {
            yield return new Reason(Sentence.Of($"The server is rather full itself: {server.Used} of {server.Capacity}."), Source);
        }

        if (!KeepsWaiting(pool))
        {
            yield return new Reason(Sentence.Of($"No request waits for it now, so it may just be busy."));
        }

        if (pool.Log is not null)
        {
            yield return new Reason(Sentence.Of($"Its log tells of the last minute, not of this moment, and not who holds the pool's connections."));
        }

        if (pool.Maximum is { } most && pool.InUse < most)
        {
            yield return new Reason(Sentence.Of($"Its pool isn't full: {pool.InUse} of {most}; it may have been a moment ago, or its processes have a pool each."));
        }
    }
}
