using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Sessions that are alike: of one application, at the same, for about as long.</summary>
/// <param name="Clients">Client addresses that they are spread over.</param>
/// <param name="Unchanged">Of the idle ones, those that did nothing since the look before.</param>
/// <param name="Born">Those that began since the look before.</param>
internal sealed record Crowd(
    string Application,
    int Count,
    SessionActivity Activity,
    TimeSpan Shortest,
    TimeSpan Longest,
    string Statement,
    int Clients = 1,
    int Unchanged = 0,
    int Born = 0,
    string User = "shop",
    string Database = "shop")
{
    /// <summary>Age of the oldest session.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromHours(2);
}

/// <summary>Situations of servers in few words: crowds in, symptoms out. All counts follow from the crowds.</summary>
internal static class Crowds
{
    public const double Mark = 0.8;

    /// <summary>Sessions at rest after one statement.</summary>
    public static Crowd Idle(string application, int count, double seconds, string statement = "select * from carts where id = ?", int unchanged = 0, int clients = 1, int born = 0) =>
        new(application, count, SessionActivity.Idle, Seconds(seconds), Seconds(seconds * 2), statement, clients, unchanged, born);

    /// <summary>Taken and never given back: nothing moved between two looks.</summary>
    public static Crowd Leaked(string application, int count, double seconds = 720) => Idle(application, count, seconds, unchanged: count);

    /// <summary>A pool in use: each session rests for a moment.</summary>
    public static Crowd Pool(string application, int count, int clients = 4, int unchanged = 0, string statement = "select * from items where id = ?") =>
        Idle(application, count, 0.5, statement, unchanged, clients);

    public static Crowd InTransaction(string application, int count, double seconds, string statement = "update stock set n = ? where id = ?") =>
        new(application, count, SessionActivity.IdleInTransaction, Seconds(seconds), Seconds(seconds), statement, Unchanged: count);

    public static Crowd Running(string application, int count, double seconds, string statement = "select * from orders where note like ?", int clients = 4) =>
        new(application, count, SessionActivity.Running, Seconds(seconds / 2), Seconds(seconds), statement, clients);

    public static Crowd Waiting(string application, int count, double seconds = 20) =>
        new(application, count, SessionActivity.WaitingForLock, Seconds(seconds / 2), Seconds(seconds), "update stock set n = ? where id = ?", Clients: 4);

    /// <summary>Sessions that began since the look before and end soon.</summary>
    public static Crowd Fleeting(string application, int count) =>
        Idle(application, count, 0.2, born: count) with { Age = Seconds(1) };

    public static Blocker Root(int blocked, string application = "stock-api", SessionActivity activity = SessionActivity.IdleInTransaction, bool isProtected = false) =>
        new(4711, Name(application), Name("shop"), Name("10.0.0.1"), activity, Seconds(300), Name("update stock set n = ? where id = ?"), blocked, isProtected);

    /// <summary>Two looks, 30 s apart: what changed between them is known.</summary>
    public static Symptoms Server(int capacity, params Crowd[] crowds) => Build(capacity, crowds, isSecond: true);

    /// <summary>Only one look.</summary>
    public static Symptoms FirstLook(int capacity, params Crowd[] crowds) => Build(capacity, crowds, isSecond: false);

    public static Symptoms Look(this Symptoms symptoms, Func<ServerLook, ServerLook> change) => symptoms with { Look = change(symptoms.Look!) };

    public static Symptoms Usage(this Symptoms symptoms, Func<ConnectionUsage, ConnectionUsage> change) => symptoms.Look(look => look with { Usage = change(look.Usage) });

    public static Symptoms Since(this Symptoms symptoms, double seconds, long? logins, long? refusals) => symptoms.Look(look =>
        look with { Since = look.Since! with { Span = Seconds(seconds), Logins = logins, Refusals = refusals } });

    /// <summary>The bot's role may not see what others do.</summary>
    public static Symptoms Sightless(this Symptoms symptoms) => symptoms
        .Usage(usage => usage with { SeesEverything = false, Idle = 0, IdleInTransaction = 0, Active = 0, WaitingForLock = 0 })
        .Look(look => look with { Statements = [], Blockers = [], Since = null, Consumers = look.Consumers with { Groups = [], Sessions = 0 } });

    /// <summary>A MariaDB without its performance schema: it tells what runs, and not what ran last.</summary>
    public static Symptoms Untold(this Symptoms symptoms) => symptoms.Look(look => look with
    {
        Server = new ServerKind("MariaDB", "10.11.19"),
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
            RefusedLogins: 0);
        var consumers = new ConnectionConsumers([.. crowds.SelectMany(crowd => Groups(crowd, isSecond)).OrderByDescending(group => group.Count)], used, TimeSpan.FromMinutes(30), 0);
        var born = crowds.Sum(crowd => crowd.Born);
        return new Symptoms(
            new ServerLook(Given.Noon, new ServerKind("PostgreSQL", "15.18"), new LookMark(Given.Noon, Given.ServerStartedAt, null, null, null), usage, consumers)
            {
                Since = isSecond ? new SinceLook(Seconds(30), born, null, null, crowds.Sum(crowd => crowd.Unchanged)) : null,
                Statements = [.. crowds.Select(crowd => new StatementGroup(
                    Name(crowd.Application), Name(crowd.User), crowd.Activity, Name(crowd.Statement), crowd.Count, crowd.Shortest, crowd.Longest))],
            },
            0,
            null,
            [])
        {
            ExhaustedFrom = Mark,
        };
    }

    private static int Sum(Crowd[] crowds, SessionActivity activity) => crowds.Where(crowd => crowd.Activity == activity).Sum(crowd => crowd.Count);

    // One group for each client address, as the servers' queries give them.
    private static IEnumerable<ConsumerGroup> Groups(Crowd crowd, bool isSecond) => Enumerable.Range(0, crowd.Clients).Select(client =>
    {
        int Part(int whole) => (whole / crowd.Clients) + (client < whole % crowd.Clients ? 1 : 0);
        int If(params SessionActivity[] activities) => activities.Contains(crowd.Activity) ? Part(crowd.Count) : 0;
        return new ConsumerGroup(
            Name(crowd.Application),
            Name(crowd.User),
            Name(crowd.Database),
            Name($"10.0.{crowd.Application.Length}.{client + 1}"),
            Part(crowd.Count),
            If(SessionActivity.Idle),
            crowd.Activity is SessionActivity.Idle && crowd.Shortest >= TimeSpan.FromMinutes(30) ? Part(crowd.Count) : 0,
            If(SessionActivity.IdleInTransaction),
            If(SessionActivity.Running, SessionActivity.WaitingForLock),
            If(SessionActivity.WaitingForLock),
            crowd.Activity is SessionActivity.Idle ? crowd.Longest : null,
            crowd.Age)
        {
            Born = isSecond ? Part(crowd.Born) : null,
            Unchanged = isSecond ? Part(crowd.Unchanged) : null,
            OldestIdleInTransaction = crowd.Activity is SessionActivity.IdleInTransaction ? crowd.Longest : null,
            LongestActive = crowd.Activity is SessionActivity.Running or SessionActivity.WaitingForLock ? crowd.Longest : null,
        };
    });
}
