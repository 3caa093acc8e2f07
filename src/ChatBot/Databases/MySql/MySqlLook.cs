using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.MySql;

/// <summary>From the sessions of one moment to what the diagnosis reads. Pure.</summary>
/// <remarks>Ages of connections are unknown to both servers: that one was born since the look before, its id tells.</remarks>
internal sealed class MySqlLook(MySqlTarget target, MySqlStatus status, ClientSessions seen, MySqlAccounts accounts, LookRequest request)
{
    /// <summary>More say nothing more to a responder, and don't fit one Slack message.</summary>
    private const int AtMost = 50;

    /// <summary>Users who log in most: 5.</summary>
    private const int MostUsers = 5;

    private readonly TimeSpan _longIdle = request.Ages[0];
    private readonly LookMark? _before = request.Before is { } before && before.Life == status.Life && before.At <= status.At ? before : null;
    private readonly List<ClientSession> _sessions = [.. seen.Sessions.Where(session => !session.IsStarting)];

    public bool IsReplica => seen.IsReplica;

    public static ConnectionUsage Usage(MySqlStatus status, ClientSessions seen, int refusedLogins)
    {
        var (states, sees) = (seen.Sessions.Where(session => !session.IsStarting).CountBy(session => session.Activity).ToDictionary(), seen.SeesEverything);
        int Of(SessionActivity activity) => sees ? states.GetValueOrDefault(activity) : 0;
        return new ConnectionUsage(
            Used: status.Connected,
            Capacity: status.MaxConnections,
            MaxConnections: status.MaxConnections,
            Idle: Of(SessionActivity.Idle),
            IdleInTransaction: Of(SessionActivity.IdleInTransaction),
            Active: Of(SessionActivity.Running) + Of(SessionActivity.WaitingForLock),
            WaitingForLock: Of(SessionActivity.WaitingForLock),
            RunbookCount: status.Connected,
            SeesEverything: sees,
            RefusedLogins: refusedLogins)
        {
            Server = new AnsweringServer(
                Product(status), status.Life, seen.IsReplica ? ServerRole.Replica : status.IsReadOnly ? ServerRole.ReadOnly : ServerRole.Primary),
        };
    }

    public ServerLook Draw(int refusedLogins, IReadOnlyList<LockWait> waits) => new(
        status.At,
        new ServerKind(Product(status), status.Version, seen.IsReplica),
        Mark(),
        Usage(status, seen, refusedLogins),
        Consumers())
    {
        Since = _before is null ? null : Since(_before),
        StartedAnew = request.Before is { } told && told.Life != status.Life,
        Limits = MySqlLimits.Of(accounts, status.AccountLimit, _sessions),
        Statements = Statements(),
        Blockers = [.. ChainsOf(waits).Select(Blocker)],
        Starting = seen.SeesEverything ? seen.Sessions.Count(session => session.IsStarting) : null,
        LastStatements = seen.LastStatements,
    };

    /// <summary>Every number is a session here, but for 0.</summary>
    public static IReadOnlyList<LockChain> ChainsOf(IReadOnlyCollection<LockWait> waits) => new LockGraph(waits).Chains(number => number > 0);

    private LookMark Mark() => status.Mark(seen.LastId) with { Used = status.Connected, ByUser = seen.LoginsByUser };

    public Blocker Blocker(LockChain chain)
    {
        var session = _sessions.Find(one => one.Id == chain.Root);
        var gate = chain.Gate is { } number ? _sessions.Find(one => one.Id == number) : null;
        return new Blocker(
            chain.Root,
            MySqlNames.Read(session?.Application),
            MySqlNames.Read(session?.User),
            MySqlNames.ReadClient(session?.Host ?? ""),
            session?.Activity ?? (chain.Root == 0 ? SessionActivity.Prepared : SessionActivity.Unknown),
            session?.Transaction?.OpenFor,
            MySqlNames.ReadStatement(session?.Statement),
            chain.Blocked,
            session is null || accounts.Protect(target, session))
        {
            Gate = gate is null
                ? null
                : new BlockingGate(
                    gate.Id, MySqlNames.Read(gate.Application), MySqlNames.Read(gate.User), MySqlNames.ReadStatement(gate.Statement), gate.For, chain.BehindGate),
        };
    }

    private ConnectionConsumers Consumers()
    {
        var idle = _sessions.Where(session => session.Activity is SessionActivity.Idle && !accounts.Protect(target, session)).ToList();
        return new ConnectionConsumers(
            Groups(session => (session.Application, session.User, session.Database, session.Client)),
            _sessions.Count,
            _longIdle,
            idle.Count(session => session.For >= _longIdle))
        {
            Services = Groups(session => (session.Application, session.User, session.Database, "")),
            StillFor = request.StillFor,
            EndableByAge = [.. request.Ages.Select(age => new AgeCount(age, idle.Count(session => session.For >= age)))],
        };
    }

    private List<ConsumerGroup> Groups(Func<ClientSession, (string Application, string User, string Database, string Client)> key) =>
    [
        .. _sessions
            .GroupBy(key)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Take(AtMost)
            .Select(group => Group(group.Key, [.. group])),
    ];

    private ConsumerGroup Group((string Application, string User, string Database, string Client) name, List<ClientSession> sessions)
    {
        return new ConsumerGroup(
            MySqlNames.Read(name.Application),
            MySqlNames.Read(name.User),
            MySqlNames.Read(name.Database),
            MySqlNames.ReadClient(name.Client),
            sessions.Count,
            Idle: Of(SessionActivity.Idle).Count(),
            LongIdle: Of(SessionActivity.Idle).Count(session => session.For >= _longIdle),
            IdleInTransaction: Of(SessionActivity.IdleInTransaction).Count(),
            Active: Of(SessionActivity.Running, SessionActivity.WaitingForLock).Count(),
            WaitingForLock: Of(SessionActivity.WaitingForLock).Count(),
            OldestIdle: Longest(Of(SessionActivity.Idle)),
            OldestConnection: null)
        {
            Clients = sessions.DistinctBy(session => session.Client).Count(),
            Still = Of(SessionActivity.Idle).Count(session => session.For >= request.StillFor),
            Turned = Of(SessionActivity.Idle).Count(HasTurned),
            PausedInTransaction = Of(SessionActivity.IdleInTransaction).Count(session => session.For >= ConsumerGroup.LongAfter),
            LeftInTransaction = Of(SessionActivity.IdleInTransaction).Count(session => session.For >= ConsumerGroup.LeftAfter),
            LongActive = Of(SessionActivity.Running).Count(session => session.For >= ConsumerGroup.LongAfter),
            Born = _before is null ? null : sessions.Count(WasBorn),
            Unchanged = _before is null ? null : sessions.Count(IsUnchanged),
            OldestIdleInTransaction = Longest(Of(SessionActivity.IdleInTransaction)),
            LongestActive = Longest(Of(SessionActivity.Running, SessionActivity.WaitingForLock)),
        };

        IEnumerable<ClientSession> Of(params SessionActivity[] activities) => sessions.Where(session => activities.Contains(session.Activity));
    }

    private List<StatementGroup> Statements() =>
    [
        .. _sessions
            .Select(session => (Session: session, Shape: MySqlNames.ReadStatement(session.Statement)))
            .GroupBy(one => (one.Session.Application, one.Session.User, one.Session.Activity, one.Shape.Value))
            .OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.Max(one => one.Session.For))
            .Take(AtMost)
            .Select(group => new StatementGroup(
                MySqlNames.Read(group.Key.Application),
                MySqlNames.Read(group.Key.User),
                group.Key.Activity,
                group.First().Shape,
                group.Count(),
                group.Min(one => one.Session.For),
                group.Max(one => one.Session.For))
            {
                AtItLong = group.Count(one => one.Session.For >= (group.Key.Activity is SessionActivity.Idle ? request.StillFor : ConsumerGroup.LongAfter)),
                Turned = group.Count(one => one.Session.Activity is SessionActivity.Idle && HasTurned(one.Session)),
            }),
    ];

    private SinceLook Since(LookMark before)
    {
        // FLUSH STATUS sets these two back, but no ids: what happened since can't be told from them then.
        var refusals = status.Refused - before.Refusals;
        var failed = status.Aborted - before.Aborted;
        var wasSetBack = refusals < 0 || failed < 0;
        return new SinceLook(
            status.At - before.At,
            _sessions.Count(WasBorn),
            wasSetBack ? null : status.Logins - before.Logins,
            // MariaDB's counter leaves many out, so that it stands still proves nothing.
            wasSetBack || (status.IsMariaDb && refusals == 0) ? null : refusals,
            _sessions.Count(IsUnchanged))
        {
            Rise = status.Connected - before.Used,
            FailedLogins = wasSetBack ? null : Math.Max(0, (failed - refusals) ?? 0),
            ByUser = LoginsSince(before),
        };
    }

    /// <summary>Of those whom the look before knew; a user's first logins ever don't count.</summary>
    private List<UserLogins> LoginsSince(LookMark before) =>
    [
        .. seen.LoginsByUser
            .Join(before.ByUser, now => now.User, then => then.User, (now, then) => now with { Logins = now.Logins - then.Logins })
            .Where(user => user.Logins > 0)
            .OrderByDescending(user => user.Logins)
            .Take(MostUsers),
    ];

    private bool WasBorn(ClientSession session) => session.Id > _before!.LastId;

    /// <summary>It was there at the look before, and did something since.</summary>
    private bool HasTurned(ClientSession session) => _before is not null && !WasBorn(session) && !IsUnchanged(session) && session.For < request.StillFor;

    /// <summary>MySQL counts from the second in which the sleep began, so it may have begun up to a second later.</summary>
    private bool IsUnchanged(ClientSession session) => session.Sleeps
        && status.At - session.For + (status.IsMariaDb ? TimeSpan.Zero : TimeSpan.FromSeconds(1)) <= _before!.At;

    private static string Product(MySqlStatus status) => status.IsMariaDb ? "MariaDB" : "MySQL";

    private static TimeSpan? Longest(IEnumerable<ClientSession> sessions) =>
        sessions.Select(session => (TimeSpan?)session.For).DefaultIfEmpty(null).Max();
}
