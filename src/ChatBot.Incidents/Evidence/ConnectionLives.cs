namespace ChatBot.Incidents.Evidence;

/// <summary>How long the connections of each service live, watched for a few seconds.</summary>
/// <param name="Watched">Between the first and the last look.</param>
/// <param name="Services">Those with most births first.</param>
/// <param name="SeesStarts">False when the bot's role may not see when sessions began: then nothing else is known.</param>
/// <param name="Unseen">
/// Logins that the server counted beyond those seen: sessions that came and went between two looks. Nobody can say whose.
/// Null where the server doesn't count.
/// </param>
public sealed record ConnectionLives(TimeSpan Watched, IReadOnlyList<ServiceLives> Services, bool SeesStarts, int? Unseen)
{
    /// <summary>More services than this say nothing more to a responder.</summary>
    public const int AtMost = 50;

    /// <param name="looks">At least two, the earliest first.</param>
    public static ConnectionLives Of(IReadOnlyList<SessionLook> looks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(looks.Count, 2);
        var (first, last) = (looks[0], looks[^1]);
        if (looks.Any(look => !look.SeesStarts))
        {
            return new ConnectionLives(last.At - first.At, [], SeesStarts: false, Unseen: null);
        }

        // Where a look is cut off, the oldest sessions are missing: they weren't born and didn't end.
        var since = looks.Max(look => look.IsComplete || look.Sessions.Count == 0 ? DateTimeOffset.MinValue : look.Sessions.Min(session => session.StartedAt));
        var lives = looks
            .SelectMany(look => look.Sessions.Where(session => session.StartedAt >= since).Select(session => (Session: session, look.At)))
            .GroupBy(seen => (seen.Session.Number, seen.Session.StartedAt), (_, same) => Live(same.MaxBy(seen => seen.At)))
            .ToArray();
        var births = lives.Count(life => life.IsBorn);
        return new ConnectionLives(
            last.At - first.At,
            [.. lives.GroupBy(life => (life.Session.Application, life.Session.User))
                .Select(same => ServiceLives.Of(same.Key.Application, same.Key.User, [.. same]))
                .OrderByDescending(service => service.Births)
                .ThenByDescending(service => service.Held)
                .ThenBy(service => service.Application.Value, StringComparer.Ordinal)
                .Take(AtMost)],
            SeesStarts: true,
            last.Logins - first.Logins is { } logins ? (int)Math.Clamp(logins - births, 0, int.MaxValue) : null);

        SessionLife Live((SeenSession Session, DateTimeOffset At) lastSight) => new(
            lastSight.Session,
            Age: lastSight.At > lastSight.Session.StartedAt ? lastSight.At - lastSight.Session.StartedAt : TimeSpan.Zero,
            IsBorn: lastSight.Session.StartedAt > first.At,
            HasEnded: lastSight.At < last.At);
    }
}

/// <summary>The lives of one service's connections.</summary>
/// <param name="Held">Sessions at the last look.</param>
/// <param name="Births">Sessions that were opened between the first and the last look and seen.</param>
/// <param name="Ended">Sessions that were seen and were gone at the last look.</param>
/// <param name="EndedYoung">Of these, those that weren't as old as a pool's connections become.</param>
/// <param name="MedianAge">The middle one of the ages when last seen, of those that ended, too.</param>
public sealed record ServiceLives(
    ForeignText Application, ForeignText User, int Held, int Births, int Ended, int EndedYoung, TimeSpan MedianAge, TimeSpan LongestAge)
{
    /// <summary>
    /// A pool closes a connection after minutes at the earliest (idle: 3 to 10, at all: 30 and more), so whoever closes
    /// one within 30 s opened it for one piece of work.
    /// </summary>
    public static readonly TimeSpan Young = TimeSpan.FromSeconds(30);

    internal static ServiceLives Of(ForeignText application, ForeignText user, IReadOnlyList<SessionLife> lives)
    {
        var ages = lives.Select(life => life.Age).Order().ToArray();
        return new ServiceLives(
            application,
            user,
            Held: lives.Count(life => !life.HasEnded),
            Births: lives.Count(life => life.IsBorn),
            Ended: lives.Count(life => life.HasEnded),
            EndedYoung: lives.Count(life => life.HasEnded && life.Age < Young),
            MedianAge: ages[ages.Length / 2],
            LongestAge: ages[^1]);
    }
}

/// <param name="Age">When last seen.</param>
internal sealed record SessionLife(SeenSession Session, TimeSpan Age, bool IsBorn, bool HasEnded);
