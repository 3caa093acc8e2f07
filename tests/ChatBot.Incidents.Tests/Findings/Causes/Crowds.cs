using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Sessions that are alike: of one application, at the same, for about as long.</summary>
/// <param name="Clients">Client addresses that they are spread over.</param>
/// <param name="Still">Of the idle ones, those that did nothing for half a minute or longer.</param>
/// <param name="Born">Those that began since the look before.</param>
internal sealed record Crowd(
    string Application,
    int Count,
    SessionActivity Activity,
    TimeSpan Shortest,
    TimeSpan Longest,
    string Statement,
    int Clients = 1,
    int Still = 0,
    int Born = 0,
    string User = "shop",
    string Database = "shop")
{
    /// <summary>Age of the oldest session; null where the server knows none.</summary>
    public TimeSpan? Age { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Of those that aren't idle, those that have been at it for 5 s or longer: all, unless a test says otherwise.</summary>
    public int AtItLong { get; init; } = Longest >= ConsumerGroup.LongAfter ? Count : 0;

    /// <summary>Of the idle ones, those that are used in turns: all that neither stand still nor were just born, of connections older than half a minute.</summary>
    public int Turned => Activity is SessionActivity.Idle && Age is null or { TotalSeconds: >= 30 } ? Math.Max(0, Count - Still - Born) : 0;

    /// <summary>Of those in a transaction, those that did nothing for a minute or longer: all, unless a test says otherwise.</summary>
    public int Left { get; init; } = Longest >= ConsumerGroup.LeftAfter ? Count : 0;
}

/// <summary>Situations of servers in few words: crowds in, symptoms out. All counts follow from the crowds.</summary>
internal static class Crowds
{
    public const double Mark = 0.8;

    /// <summary>Sessions at rest after one statement.</summary>
    public static Crowd Idle(string application, int count, double seconds, string statement = "select * from carts where id = ?", int still = 0, int clients = 1, int born = 0) =>
        new(application, count, SessionActivity.Idle, Seconds(seconds), Seconds(seconds * 2), statement, clients, still, born);

    /// <summary>Taken and never given back: all stand still after the same statement.</summary>
    public static Crowd Leaked(string application, int count, double seconds = 720, string statement = "select * from carts where id = ?") =>
        Idle(application, count, seconds, statement, still: count);

    /// <summary>The healthy part of a service: used in turns, and it ran something else last.</summary>
    public static Crowd Turning(string application, int count = 4) => Pool(application, count, statement: "insert into audit values (?)");

    /// <summary>A pool in use: each session rests for a moment.</summary>
    public static Crowd Pool(string application, int count, int clients = 4, int still = 0, string statement = "select * from items where id = ?") =>
        Idle(application, count, 0.5, statement, still, clients);

    public static Crowd InTransaction(string application, int count, double seconds, string statement = "update stock set n = ? where id = ?") =>
        new(application, count, SessionActivity.IdleInTransaction, Seconds(seconds), Seconds(seconds), statement);

    public static Crowd Running(string application, int count, double seconds, string statement = "select * from orders where note like ?", int clients = 4) =>
        new(application, count, SessionActivity.Running, Seconds(seconds / 2), Seconds(seconds), statement, clients);

    public static Crowd Waiting(string application, int count, double seconds = 20) =>
        new(application, count, SessionActivity.WaitingForLock, Seconds(seconds / 2), Seconds(seconds), "update stock set n = ? where id = ?", Clients: 4);

    /// <summary>Sessions that began since the look before and end soon.</summary>
    public static Crowd Fleeting(string application, int count) =>
        Idle(application, count, 0.2, born: count) with { Age = Seconds(1) };

    public static Blocker Root(int blocked, string application = "stock-api", SessionActivity activity = SessionActivity.IdleInTransaction, bool isProtected = false, double seconds = 300) =>
        new(4711, Name(application), Name("shop"), Name("10.0.0.1"), activity, Seconds(seconds), Name("update stock set n = ? where id = ?"), blocked, isProtected);

    /// <summary>Two looks, 30 s apart: what changed between them is known.</summary>
    public static Symptoms Server(int capacity, params Crowd[] crowds) => Build(capacity, crowds, isSecond: true);

    /// <summary>Only one look.</summary>
    public static Symptoms FirstLook(int capacity, params Crowd[] crowds) => Build(capacity, crowds, isSecond: false);

    public static Symptoms Look(this Symptoms symptoms, Func<ServerLook, ServerLook> change) => symptoms with { Look = change(symptoms.Look!) };

    public static Symptoms Usage(this Symptoms symptoms, Func<ConnectionUsage, ConnectionUsage> change) => symptoms.Look(look => look with { Usage = change(look.Usage) });

    public static Symptoms Since(this Symptoms symptoms, double seconds, long? logins, long? refusals) => symptoms.Look(look =>
        look with { Since = look.Since! with { Span = Seconds(seconds), Logins = logins, Refusals = refusals } });

    /// <summary>The server counts failed logins, for whatever reason.</summary>
    public static Symptoms Failed(this Symptoms symptoms, int logins) => symptoms.Look(look => look with { Since = look.Since! with { FailedLogins = logins } });

    /// <summary>So many slots more are taken than at the look before.</summary>
    public static Symptoms Rise(this Symptoms symptoms, int slots) => symptoms.Look(look => look with { Since = look.Since! with { Rise = slots } });

    /// <summary>The bot's role may not see what others do.</summary>
    public static Symptoms Sightless(this Symptoms symptoms) => symptoms
        .Usage(usage => usage with { SeesEverything = false, Idle = 0, IdleInTransaction = 0, Active = 0, WaitingForLock = 0 })
        .Look(look => look with { Statements = [], Blockers = [], Since = null, Consumers = look.Consumers with { Groups = [], Services = [], Sessions = 0 } });

    /// <summary>The server lists 50 groups by address, as its probes do.</summary>
    public static Symptoms Cut(this Symptoms symptoms) => symptoms.Look(look =>
        look with { Consumers = look.Consumers with { Groups = [.. look.Consumers.Groups.Take(50)] } });

    /// <summary>Another engine than PostgreSQL.</summary>
    public static Symptoms On(this Symptoms symptoms, string product, string version) => symptoms
        .Look(look => look with { Server = new ServerKind(product, version) })
        .Usage(usage => usage with { Server = usage.Server! with { Product = product } });

    /// <summary>A MariaDB without its performance schema: it tells what runs, and not what ran last.</summary>
    public static Symptoms Untold(this Symptoms symptoms) => symptoms.On("MariaDB", "10.11.19").Look(look => look with
    {
        LastStatements = LastStatements.NotKept,
        Statements = [.. look.Statements.Select(group => group.Activity is SessionActivity.Idle or SessionActivity.IdleInTransaction ? group with { Statement = default } : group)],
    });

    public static Symptoms Nobody(int refused = 0) => new(null, refused, null, []) { ExhaustedFrom = Mark };

    public static Symptoms Limited(this Symptoms symptoms, LimitScope scope, string name, int limit, int used) =>
        symptoms.Look(look => look with { Limits = [.. look.Limits, new ConnectionLimit(scope, Name(name), limit, used)] });

    public static Symptoms Blocked(this Symptoms symptoms, params Blocker[] roots) => symptoms.Look(look => look with { Blockers = roots });

    public static PoolerPool Pooled(int busy, int size, int waiting, double maxWait = 8, int free = 0, int login = 0) => new(
        Name("shop"), Name("shop"), busy, waiting, busy, free, 0, login, 0, Seconds(maxWait), "transaction", size, 0, null, null, false);

    public static Symptoms Behind(this Symptoms symptoms, PoolerPool pool, params (string Application, int Count, int Waiting)[] clients) => symptoms with
    {
        Pools = new PoolerPools(
            [pool],
            [.. clients.Select(client => new PoolerClients(Name("shop"), Name("shop"), Name(client.Application), Name("10.0.9.1"), client.Count, client.Waiting))],
            clients.Sum(client => client.Count),
            1000,
            "1.18.0"),
    };

    public static Symptoms Waits(this Symptoms symptoms, string service, int? maximum, int inUse, int waiting, int timeouts = 0) =>
        symptoms with { Applications = [.. symptoms.Applications, new ApplicationPool(Name(service), maximum, inUse, waiting, timeouts)] };

    public static ForeignText Name(string text) => text.Length == 0 ? default : ForeignText.From(text, 100);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Symptoms Build(int capacity, Crowd[] crowds, bool isSecond)
    {
        var used = crowds.Sum(crowd => crowd.Count);
        var usage = new ConnectionUsage(
            used,
            capacity,
            capacity + 3,
            Sum(crowds, SessionActivity.Idle),
            Sum(crowds, SessionActivity.IdleInTransaction),
            Sum(crowds, SessionActivity.Running) + Sum(crowds, SessionActivity.WaitingForLock),
            Sum(crowds, SessionActivity.WaitingForLock),
            used + 6,
            SeesEverything: true,
            RefusedLogins: 0)
        {
            Server = Given.TheServer,
        };
        var groups = crowds.SelectMany(crowd => Groups(crowd, isSecond)).Where(group => group.Count > 0).ToArray();
        var consumers = new ConnectionConsumers(Merged(groups, group => (group.Application, group.User, group.Database, group.Client)), used, TimeSpan.FromMinutes(30), 0)
        {
            Services = Merged(groups, group => (group.Application, group.User, group.Database, default)),
        };
        var born = crowds.Sum(crowd => crowd.Born);
        return new Symptoms(
            new ServerLook(Given.Noon, new ServerKind("PostgreSQL", "15.18"), new LookMark(Given.Noon, Given.ServerStartedAt, null, null, null), usage, consumers)
            {
                Since = isSecond ? new SinceLook(Seconds(30), born, null, null, crowds.Sum(crowd => crowd.Still)) : null,
                Statements = [.. crowds.GroupBy(crowd => (crowd.Application, crowd.User, crowd.Activity, crowd.Statement)).Select(same => Statement([.. same]))],
            },
            0,
            null,
            [])
        {
            ExhaustedFrom = Mark,
        };
    }

    private static StatementGroup Statement(Crowd[] same) => new(
        Name(same[0].Application),
        Name(same[0].User),
        same[0].Activity,
        Name(same[0].Statement),
        same.Sum(crowd => crowd.Count),
        same.Min(crowd => crowd.Shortest),
        same.Max(crowd => crowd.Longest))
    {
        AtItLong = same.Sum(crowd => crowd.Activity is SessionActivity.Idle ? crowd.Still : crowd.AtItLong),
        Turned = same.Sum(crowd => crowd.Turned),
    };

    private static int Sum(Crowd[] crowds, SessionActivity activity) => crowds.Where(crowd => crowd.Activity == activity).Sum(crowd => crowd.Count);

    // One group for each client address, as the servers' queries give them.
    private static IEnumerable<ConsumerGroup> Groups(Crowd crowd, bool isSecond) => Enumerable.Range(0, crowd.Clients).Select(client =>
    {
        int Part(int whole) => (whole / crowd.Clients) + (client < whole % crowd.Clients ? 1 : 0);
        int If(int whole, params SessionActivity[] activities) => activities.Contains(crowd.Activity) ? Part(whole) : 0;
        return new ConsumerGroup(
            Name(crowd.Application),
            Name(crowd.User),
            Name(crowd.Database),
            Name($"10.0.{crowd.Application.Length}.{client + 1}"),
            Part(crowd.Count),
            If(crowd.Count, SessionActivity.Idle),
            crowd.Shortest >= TimeSpan.FromMinutes(30) ? If(crowd.Count, SessionActivity.Idle) : 0,
            If(crowd.Count, SessionActivity.IdleInTransaction),
            If(crowd.Count, SessionActivity.Running, SessionActivity.WaitingForLock),
            If(crowd.Count, SessionActivity.WaitingForLock),
            crowd.Activity is SessionActivity.Idle ? crowd.Longest : null,
            crowd.Age)
        {
            Still = If(crowd.Still, SessionActivity.Idle),
            Turned = If(crowd.Turned, SessionActivity.Idle),
            PausedInTransaction = If(crowd.AtItLong, SessionActivity.IdleInTransaction),
            LeftInTransaction = If(crowd.Left, SessionActivity.IdleInTransaction),
            LongActive = If(crowd.AtItLong, SessionActivity.Running),
            Born = isSecond ? Part(crowd.Born) : null,
            Unchanged = isSecond ? If(crowd.Still, SessionActivity.Idle) : null,
            OldestIdleInTransaction = crowd.Activity is SessionActivity.IdleInTransaction ? crowd.Longest : null,
            LongestActive = crowd.Activity is SessionActivity.Running or SessionActivity.WaitingForLock ? crowd.Longest : null,
        };
    });

    private static List<ConsumerGroup> Merged(ConsumerGroup[] groups, Func<ConsumerGroup, (ForeignText, ForeignText, ForeignText, ForeignText Client)> key) =>
    [
        .. groups.GroupBy(key, (name, same) => Merged([.. same]) with { Client = name.Client }).OrderByDescending(group => group.Count),
    ];

    private static ConsumerGroup Merged(ConsumerGroup[] same) => same[0] with
    {
        Count = same.Sum(group => group.Count),
        Idle = same.Sum(group => group.Idle),
        LongIdle = same.Sum(group => group.LongIdle),
        IdleInTransaction = same.Sum(group => group.IdleInTransaction),
        Active = same.Sum(group => group.Active),
        WaitingForLock = same.Sum(group => group.WaitingForLock),
        OldestIdle = same.Max(group => group.OldestIdle),
        OldestConnection = same.Max(group => group.OldestConnection),
        Clients = same.DistinctBy(group => group.Client).Count(),
        Still = same.Sum(group => group.Still),
        Turned = same.Sum(group => group.Turned),
        PausedInTransaction = same.Sum(group => group.PausedInTransaction),
        LeftInTransaction = same.Sum(group => group.LeftInTransaction),
        LongActive = same.Sum(group => group.LongActive),
        Born = same[0].Born is null ? null : same.Sum(group => group.Born),
        Unchanged = same[0].Unchanged is null ? null : same.Sum(group => group.Unchanged),
        OldestIdleInTransaction = same.Max(group => group.OldestIdleInTransaction),
        LongestActive = same.Max(group => group.LongestActive),
    };
}
