using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>One mitigation of each kind, with both engines' pins and names that nobody would choose.</summary>
public static class EveryMitigation
{
    public static readonly ServerPin MySqlServer = new(Noon.AddDays(-3), "5f2a0c9e-0000-11ee-8000-000000000001");

    public static readonly PinnedSession OpenOne = Session(0) with
    {
        Pin = ((PostgreSqlPin)Session(0).Pin) with { TransactionStartedAt = Noon.AddHours(-1).AddMicroseconds(3) },
        Statement = ForeignText.Query("update stock set left = left - 1 where id = 7", 200),
        Transaction = new OpenTransaction(TimeSpan.FromMinutes(61), HasWritten: true, Rows: null, Locks: 3),
    };

    public static readonly PinnedSession OpenMySqlOne = new(
        new MySqlPin(815, "10.0.0.9:51234", "4471", "421|2026-11-26 11:30:00", "b\"ü`ro", ""),
        ForeignText.From("<!channel> *reports*", 64),
        ForeignText.From("10.0.0.9", 64),
        TimeSpan.FromMinutes(29))
    {
        Statement = ForeignText.From("delete from `a&b` where id = ?", 200),
        Transaction = new OpenTransaction(TimeSpan.FromMinutes(30), HasWritten: null, Rows: 37, Locks: null),
    };

    public static readonly EndTransactions OpenTransactions = new(Server, TimeSpan.FromMinutes(5), [OpenOne], More: 2);

    public static readonly EndTransactions OpenMySqlTransactions = new(MySqlServer, TimeSpan.FromMinutes(5), [OpenMySqlOne], More: 0);

    public static readonly CancelStatements LongStatements = new(Server, TimeSpan.FromSeconds(30), [Running(0), Running(1)], More: 1);

    public static readonly PinnedSession Alter = Running(3) with { Statement = ForeignText.Query("alter table orders add column note text", 200) };

    public static readonly EndBlocker RootEnded = new(Server, BlockerWay.EndRoot, OpenOne, Waiting: 12, Frees: 12, OtherChains: 1);

    public static readonly EndBlocker GateCancelled = new(Server, BlockerWay.CancelGate, Alter, Waiting: 13, Frees: 12, OtherChains: 0)
    {
        Spared = new SparedRoot(
            4242, ForeignText.From("pg_dump", 64), ForeignText.From("backup", 64), ForeignText.Query("copy public.orders to stdout", 200), SparedBecause.Backup),
    };

    public static readonly PinnedSession AdvisoryHolder = Session(0) with { Statement = ForeignText.Query("select pg_advisory_lock(4711)", 200) };

    public static readonly EndBlocker IdleRootEnded = new(Server, BlockerWay.EndIdleRoot, AdvisoryHolder, Waiting: 3, Frees: 3, OtherChains: 0);

    public static readonly EndBlocker MigrationCancelled = GateCancelled with
    {
        Session = Alter with { Waits = true, Transaction = new OpenTransaction(TimeSpan.FromMinutes(4), HasWritten: true, Rows: null, Locks: null) },
        IsMigration = true,
        OnReplica = true,
    };

    public static readonly LimitAccount Limited = new(Server, "checkout", "checkout", From: null, To: 48, Used: 61, Capacity: 97, IsUndo: false);

    public static readonly LimitAccount LimitUndone = new(MySqlServer, "a'b", "a'b@%", From: 48, To: 1_000, Used: 12, Capacity: 151, IsUndo: true);

    public static readonly WorkloadPin TheWorkload = new("eu", "shop", WorkloadKind.Deployment, "checkout-api", "6b1f0c9e-1", Generation: 128);

    public static readonly RestartService Restarted = new(
        TheWorkload,
        "checkout-api",
        Replicas: 4,
        new RolloutStrategy(Surge: 1, Unavailable: 1, IsRecreate: false),
        PerPod: 10,
        Slots: 20,
        First: null,
        [new SavedEvidence(SavedKind.Sessions, 97, Names), new SavedEvidence(SavedKind.Logs, 4, Names)]);

    public static readonly RestartService RestartedWithRoom = Restarted with
    {
        Strategy = new RolloutStrategy(Surge: 1, Unavailable: 0, IsRecreate: false),
        Slots = 10,
        First = new MakeRoom(Server, TimeSpan.FromMinutes(5), [Session(0)]),
        Saved = [],
    };

    public static readonly ResizePool Resized = new(
        new SettingPin("eu", "shop", SettingHolder.Deployment, "checkout-api", "6b1f0c9e-1", "9001", "app", "DATABASE_URL", "Maximum Pool Size", string.Concat(Enumerable.Repeat("ab", 32))),
        "checkout-api",
        From: 20,
        To: 10,
        Until: Noon.AddHours(1),
        Pods: 5,
        Slots: -50,
        new WorkloadOwner("Argo CD", ForeignText.From("shop", 64), Reverts: true),
        IsUndo: false);

    public static readonly ResizePool ResizeUndone = Resized with
    {
        Setting = Resized.Setting with { Holder = SettingHolder.ConfigMap, Name = "checkout-settings", Container = "", Key = "pool.size", Parameter = "" },
        From = 10,
        To = 20,
        Until = null,
        Slots = 50,
        Reverter = null,
        IsUndo = true,
    };

    public static readonly PauseRollout Paused = new(TheWorkload, "checkout-api", Pause: true, Updated: 2, Replicas: 4);

    public static readonly ScaleWorkload ScaledDown = new(TheWorkload, "checkout-api", From: 4, To: 0, IsUndo: false);

    public static PinnedSession Running(int number) => Session(number) with
    {
        For = TimeSpan.FromSeconds(95 - number),
        Statement = ForeignText.Query($"select count(*) from orders where state = '{number}'", 200),
    };
}
