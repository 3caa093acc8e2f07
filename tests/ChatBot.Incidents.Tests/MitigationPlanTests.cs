using System.Reflection;
using System.Text;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Plans of every kind: the same bytes for ever, all that they say hashed, nothing else taken for one.</summary>
public sealed class MitigationPlanTests
{
    private static readonly Dictionary<string, Mitigation> Kinds = new()
    {
        ["end-transactions"] = OpenTransactions,
        ["end-transactions, MySQL"] = OpenMySqlTransactions,
        ["cancel-query"] = LongStatements,
        ["end-blocker, root"] = RootEnded,
        ["end-blocker, idle root"] = IdleRootEnded,
        ["end-blocker, gate"] = GateCancelled,
        ["end-blocker, gate of a migration"] = MigrationCancelled,
        ["limit-role"] = Limited,
        ["limit-role, undo"] = LimitUndone,
        ["restart-service"] = Restarted,
        ["restart-service, room first"] = RestartedWithRoom,
        ["resize-pool"] = Resized,
        ["resize-pool, undo"] = ResizeUndone,
        ["pause-rollout"] = Paused,
        ["scale-down"] = ScaledDown,
    };

    /// <summary>What a plan says of its change. Hashes: worked out by another program from the text.</summary>
    public static readonly TheoryData<string, string, string> Goldens = new()
    {
        {
            "end-transactions",
            """
            "mitigation":"end-transactions/1","changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","idleForSeconds":300,"more":2,
            "sessions":[{"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":"2026-11-26T11:00:00.000003Z",
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","idleSeconds":3600,
            "statement":"update stock set left = left - ? where id = ?",
            "rolledBack":{"openSeconds":3660,"hasWritten":true,"rows":null,"locks":3}}]}
            """,
            "14a8d454216d97be85dc5b06024229029d36bca6272d8be8a7bff007998272a2"
        },
        {
            "end-transactions, MySQL",
            """
            "mitigation":"end-transactions/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.000000Z","server":"5f2a0c9e-0000-11ee-8000-000000000001","idleForSeconds":300,"more":0,
            "sessions":[{"id":815,"host":"10.0.0.9:51234","work":"4471","transaction":"421|2026-11-26 11:30:00",
            "user":"b\u0022\u00FC\u0060ro","database":"",
            "application":"\u003C!channel\u003E *reports*","client":"10.0.0.9","idleSeconds":1740,
            "statement":"delete from \u0060a\u0026b\u0060 where id = ?",
            "rolledBack":{"openSeconds":1800,"hasWritten":null,"rows":37,"locks":null}}]}
            """,
            "63d2bce002a7bee5fe8e1770e10cb41e7c05507b840fb3ffcb8b3f0ded28e4b2"
        },
        {
            "cancel-query",
            """
            "mitigation":"cancel-query/1","changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","runningForSeconds":30,"more":1,
            "sessions":[{"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","runningSeconds":95,
            "statement":"select count(*) from orders where state = ?"},
            {"pid":4712,"backendStart":"2026-11-26T10:00:00.000002Z","stateChange":"2026-11-26T11:00:00.000008Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","runningSeconds":94,
            "statement":"select count(*) from orders where state = ?"}]}
            """,
            "3ace084fc7f851241c133deb9751e6dd08aa09d690baefc578944c11f8025a9b"
        },
        {
            "end-blocker, root",
            """
            "mitigation":"end-blocker/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","way":"end-root","waiting":12,"frees":12,"otherChains":1,
            "session":{"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":"2026-11-26T11:00:00.000003Z",
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","sinceSeconds":3600,
            "statement":"update stock set left = left - ? where id = ?",
            "rolledBack":{"openSeconds":3660,"hasWritten":true,"rows":null,"locks":3}}}
            """,
            "89998fe469f63a1ee39b45a3c8fd3d1a76d96cabae5a3a86585846d9f5c91fd7"
        },
        {
            "end-blocker, gate",
            """
            "mitigation":"end-blocker/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","way":"cancel-gate","waiting":13,"frees":12,"otherChains":0,
            "spared":{"number":4242,"application":"pg_dump","user":"backup","statement":"copy public.orders to stdout","because":"backup"},
            "session":{"pid":4714,"backendStart":"2026-11-26T10:00:00.000004Z","stateChange":"2026-11-26T11:00:00.000010Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","sinceSeconds":92,
            "statement":"alter table orders add column note text"}}
            """,
            "9b3352fa1b5c6600ae8a3214d811172779865a59dcefed317a868a71846c17a2"
        },
        {
            "end-blocker, idle root",
            """
            "mitigation":"end-blocker/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","way":"end-idle-root","waiting":3,"frees":3,"otherChains":0,
            "session":{"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","sinceSeconds":3600,
            "statement":"select pg_advisory_lock(?)"}}
            """,
            "325b575e1a94c34a380cee2759f76b591a6d700d92add05690f5be7d364d2e00"
        },
        {
            "end-blocker, gate of a migration",
            """
            "mitigation":"end-blocker/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","way":"cancel-gate","waiting":13,"frees":12,"otherChains":0,
            "spared":{"number":4242,"application":"pg_dump","user":"backup","statement":"copy public.orders to stdout","because":"backup"},
            "migration":true,"onReplica":true,
            "session":{"pid":4714,"backendStart":"2026-11-26T10:00:00.000004Z","stateChange":"2026-11-26T11:00:00.000010Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","sinceSeconds":92,
            "statement":"alter table orders add column note text","waits":true,
            "rolledBack":{"openSeconds":240,"hasWritten":true,"rows":null,"locks":null}}}
            """,
            "66359e18a6572bb11b97ca8193693ad4f9eae7f4d4dc7815e7423809ed91aee0"
        },
        {
            "limit-role",
            """
            "mitigation":"limit-role/1","changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z",
            "user":"checkout","account":"checkout","from":null,"to":48,"used":61,"capacity":97,"undo":false}
            """,
            "8863d16797435c22c4c9ceb265b77a1142eaac1e02b975b0631b1ea1948d4f07"
        },
        {
            "limit-role, undo",
            """
            "mitigation":"limit-role/1",
            "changes":{"serverStartedAt":"2026-11-23T12:00:00.000000Z","server":"5f2a0c9e-0000-11ee-8000-000000000001",
            "user":"a\u0027b","account":"a\u0027b@%","from":48,"to":1000,"used":12,"capacity":151,"undo":true}
            """,
            "226b3441acd9def847505b5652c8deb3302088a73a8c665b98d2d0c96d91ec53"
        },
        {
            "restart-service",
            """
            "mitigation":"restart-service/1",
            "changes":{"workload":{"cluster":"eu","namespace":"shop","kind":"Deployment","name":"checkout-api","uid":"6b1f0c9e-1","generation":128},
            "service":"checkout-api","replicas":4,"surge":1,"unavailable":1,"recreate":false,"perPod":10,"slots":20,
            "saved":[{"what":"Sessions","count":97,"evidence":"01936c5e0000700080000000000000bb"},{"what":"Logs","count":4,"evidence":"01936c5e0000700080000000000000bb"}]}
            """,
            "7c1638397e07e9ded3c32457889445bb4c2e9e8488e9a99ab103e3d3c45f6492"
        },
        {
            "restart-service, room first",
            """
            "mitigation":"restart-service/1",
            "changes":{"workload":{"cluster":"eu","namespace":"shop","kind":"Deployment","name":"checkout-api","uid":"6b1f0c9e-1","generation":128},
            "service":"checkout-api","replicas":4,"surge":1,"unavailable":0,"recreate":false,"perPod":10,"slots":10,
            "first":{"serverStartedAt":"2026-11-23T12:00:00.123456Z","idleForSeconds":300,
            "sessions":[{"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":null,
            "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","idleSeconds":3600}]},
            "saved":[]}
            """,
            "75cab994a0a798fe1675c9a5d9e126086aa2e8baea197d03aa4de65c0e41a8e2"
        },
        {
            "resize-pool",
            """
            "mitigation":"resize-pool/1",
            "changes":{"setting":{"cluster":"eu","namespace":"shop","holder":"Deployment","name":"checkout-api","uid":"6b1f0c9e-1","resourceVersion":"9001","container":"app","key":"DATABASE_URL","parameter":"Maximum Pool Size","valueHash":"abababababababababababababababababababababababababababababababab"},
            "service":"checkout-api","from":20,"to":10,"until":1795698000000,"pods":5,"slots":-50,
            "owner":{"tool":"Argo CD","name":"shop","reverts":true},"undo":false}
            """,
            "2bcfeda36a398e14746d6e4300b188c99749be90223d5826e3478a12a3c3a2e3"
        },
        {
            "resize-pool, undo",
            """
            "mitigation":"resize-pool/1",
            "changes":{"setting":{"cluster":"eu","namespace":"shop","holder":"ConfigMap","name":"checkout-settings","uid":"6b1f0c9e-1","resourceVersion":"9001","container":"","key":"pool.size","parameter":"","valueHash":"abababababababababababababababababababababababababababababababab"},
            "service":"checkout-api","from":10,"to":20,"until":null,"pods":5,"slots":50,"undo":true}
            """,
            "1f91fb232e19b72b49216e47997f0d71732f1e21d09ee18cb5a6d55a005f30fa"
        },
        {
            "pause-rollout",
            """
            "mitigation":"pause-rollout/1",
            "changes":{"workload":{"cluster":"eu","namespace":"shop","kind":"Deployment","name":"checkout-api","uid":"6b1f0c9e-1","generation":128},
            "service":"checkout-api","pause":true,"updated":2,"replicas":4}
            """,
            "685115578182ea0e73afecf6a81fc4f47f544706de9060b064ae82eb0e30fcf8"
        },
        {
            "scale-down",
            """
            "mitigation":"scale-down/1",
            "changes":{"workload":{"cluster":"eu","namespace":"shop","kind":"Deployment","name":"checkout-api","uid":"6b1f0c9e-1","generation":128},
            "service":"checkout-api","from":4,"to":0,"undo":false}
            """,
            "cafca682b4e32664e9fdb376aa398d78d05bc70fc97aff1514718e03194811fb"
        },
    };

    public static readonly TheoryData<string> Names = [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_plan_is_always_the_same_bytes(string kind, string changes, string hash)
    {
        var bytes = PlanOf(Kinds[kind]).ToBytes();
        var text = Encoding.UTF8.GetString(bytes);

        Assert.Equal(changes.ReplaceLineEndings(""), text[text.IndexOf("\"mitigation\"", StringComparison.Ordinal)..text.IndexOf(",\"requestedByTeam\"", StringComparison.Ordinal)]);
        Assert.Equal(hash, Plan.HashOf(bytes));
    }

    [Fact]
    public void Every_kind_has_its_bytes_on_record() => Assert.Equal(Kinds.Keys.Order(), Goldens.Select(row => row.Data.Item1).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_become_the_plan_and_the_same_bytes_again(string kind)
    {
        var bytes = PlanOf(Kinds[kind]).ToBytes();
        var plan = Plan.FromBytes(bytes, Given.Kinds);

        Assert.Equal(bytes, plan.ToBytes());
        Assert.Equal(Kinds[kind].GetType(), plan.Mitigation.GetType());
        Assert.All(Enumerable.Range(1, plan.Mitigation.Steps), step =>
        {
            Assert.Equal(PlanOf(Kinds[kind]).IdempotencyKeyOf(step), plan.IdempotencyKeyOf(step));
            Assert.Matches("^[a-z2-7]{26}$", plan.IdempotencyKeyOf(step));
        });
    }

    [Fact]
    public void Whatever_is_changed_has_a_key_of_its_own()
    {
        string[] pins =
        [
            .. Kinds.Values.SelectMany(kind => Enumerable.Range(1, kind.Steps).Select(kind.PinOf)),
            (Limited with { From = 48 }).PinOf(1),
            (Limited with { To = null }).PinOf(1),
            (Limited with { Account = "other" }).PinOf(1),
            (RootEnded with { Way = BlockerWay.CancelGate }).PinOf(1),
            (Resized with { From = 21 }).PinOf(1),
            (Resized with { To = 11 }).PinOf(1),
            (Paused with { Pause = false }).PinOf(1),
            (ScaledDown with { From = 5 }).PinOf(1),
            (ScaledDown with { To = 1 }).PinOf(1),
        ];

        Assert.Equal(pins.Length - 4, pins.Distinct().Count()); // the open transaction is one in two of them, and so are the gate, an idle session and the workload
    }

    /// <summary>For every property of what can be in a plan: a plan, and the same with another value there.</summary>
    private static readonly Dictionary<string, (Mitigation Golden, Mitigation Changed)> Changes = new()
    {
        ["EndTransactions.Server"] = (OpenTransactions, OpenTransactions with { Server = MySqlServer }),
        ["EndTransactions.IdleFor"] = (OpenTransactions, OpenTransactions with { IdleFor = OpenTransactions.IdleFor + TimeSpan.FromTicks(1) }),
        ["EndTransactions.Sessions"] = (OpenTransactions, OpenTransactions with { Sessions = [OpenMySqlOne] }),
        ["EndTransactions.More"] = (OpenTransactions, OpenTransactions with { More = 3 }),
        ["CancelStatements.Server"] = (LongStatements, LongStatements with { Server = MySqlServer }),
        ["CancelStatements.RunningFor"] = (LongStatements, LongStatements with { RunningFor = TimeSpan.FromSeconds(31) }),
        ["CancelStatements.Sessions"] = (LongStatements, LongStatements with { Sessions = [Running(1), Running(0)] }),
        ["CancelStatements.More"] = (LongStatements, LongStatements with { More = 0 }),
        ["EndBlocker.Server"] = (RootEnded, RootEnded with { Server = MySqlServer }),
        ["EndBlocker.Way"] = (IdleRootEnded with { Way = BlockerWay.EndRoot }, IdleRootEnded),
        ["EndBlocker.Session"] = (RootEnded, RootEnded with { Session = OpenMySqlOne }),
        ["EndBlocker.Waiting"] = (RootEnded, RootEnded with { Waiting = 13 }),
        ["EndBlocker.Frees"] = (RootEnded, RootEnded with { Frees = 11 }),
        ["EndBlocker.OtherChains"] = (RootEnded, RootEnded with { OtherChains = 2 }),
        ["EndBlocker.Spared"] = (GateCancelled, GateCancelled with { Spared = new SparedRoot(0, default, default, default, SparedBecause.NobodyEndsIt) }),
        ["EndBlocker.IsMigration"] = (GateCancelled, GateCancelled with { IsMigration = true }),
        ["EndBlocker.OnReplica"] = (RootEnded, RootEnded with { OnReplica = true }),
        ["SparedRoot.Number"] = With(root => root with { Number = 1 }),
        ["SparedRoot.Application"] = With(root => root with { Application = default }),
        ["SparedRoot.User"] = With(root => root with { User = default }),
        ["SparedRoot.Statement"] = With(root => root with { Statement = default }),
        ["SparedRoot.Because"] = With(root => root with { Because = SparedBecause.NotNeeded }),
        ["LimitAccount.Server"] = (Limited, Limited with { Server = MySqlServer }),
        ["LimitAccount.User"] = (Limited, Limited with { User = "other" }),
        ["LimitAccount.Account"] = (Limited, Limited with { Account = "other" }),
        ["LimitAccount.From"] = (Limited, Limited with { From = 0 }),
        ["LimitAccount.To"] = (Limited, Limited with { To = null }),
        ["LimitAccount.Used"] = (Limited, Limited with { Used = 62 }),
        ["LimitAccount.Capacity"] = (Limited, Limited with { Capacity = 98 }),
        ["LimitAccount.IsMySql"] = (Limited, Limited with { IsMySql = true }),
        ["LimitAccount.IsUndo"] = (Limited, Limited with { IsUndo = true }),
        ["RestartService.Workload"] = (Restarted, Restarted with { Workload = TheWorkload with { Generation = 129 } }),
        ["RestartService.Service"] = (Restarted, Restarted with { Service = "other" }),
        ["RestartService.Replicas"] = (Restarted, Restarted with { Replicas = 5 }),
        ["RestartService.Strategy"] = (Restarted, Restarted with { Strategy = new RolloutStrategy(1, 2, IsRecreate: false) }),
        ["RestartService.PerPod"] = (Restarted, Restarted with { PerPod = 11 }),
        ["RestartService.Slots"] = (Restarted, Restarted with { Slots = 21 }),
        ["RestartService.First"] = (Restarted, Restarted with { First = RestartedWithRoom.First }),
        ["RestartService.Saved"] = (Restarted, Restarted with { Saved = [Restarted.Saved[0]] }),
        ["RolloutStrategy.Surge"] = Rolled(strategy => strategy with { Surge = 2 }),
        ["RolloutStrategy.Unavailable"] = Rolled(strategy => strategy with { Unavailable = 0 }),
        ["RolloutStrategy.IsRecreate"] = Rolled(strategy => strategy with { IsRecreate = true }),
        ["MakeRoom.Server"] = Roomed(first => first with { Server = MySqlServer }),
        ["MakeRoom.IdleFor"] = Roomed(first => first with { IdleFor = TimeSpan.FromMinutes(6) }),
        ["MakeRoom.Sessions"] = Roomed(first => first with { Sessions = [Session(1)] }),
        ["SavedEvidence.What"] = Saved(saved => saved with { What = SavedKind.Logs }),
        ["SavedEvidence.Count"] = Saved(saved => saved with { Count = 96 }),
        ["SavedEvidence.Evidence"] = Saved(saved => saved with { Evidence = new EvidenceId(Guid.Empty) }),
        ["ResizePool.Setting"] = (Resized, Resized with { Setting = ResizeUndone.Setting }),
        ["ResizePool.Service"] = (Resized, Resized with { Service = "other" }),
        ["ResizePool.From"] = (Resized, Resized with { From = 21 }),
        ["ResizePool.To"] = (Resized, Resized with { To = 11 }),
        ["ResizePool.Until"] = (Resized, Resized with { Until = null }),
        ["ResizePool.Pods"] = (Resized, Resized with { Pods = 6 }),
        ["ResizePool.Slots"] = (Resized, Resized with { Slots = -49 }),
        ["ResizePool.Reverter"] = (Resized, Resized with { Reverter = null }),
        ["ResizePool.IsUndo"] = (Resized, Resized with { IsUndo = true }),
        ["WorkloadOwner.Tool"] = Owned(owner => owner with { Tool = "Flux" }),
        ["WorkloadOwner.Name"] = Owned(owner => owner with { Name = default }),
        ["WorkloadOwner.Reverts"] = Owned(owner => owner with { Reverts = false }),
        ["PauseRollout.Workload"] = (Paused, Paused with { Workload = TheWorkload with { Generation = 129 } }),
        ["PauseRollout.Service"] = (Paused, Paused with { Service = "other" }),
        ["PauseRollout.Pause"] = (Paused, Paused with { Pause = false }),
        ["PauseRollout.Updated"] = (Paused, Paused with { Updated = 3 }),
        ["PauseRollout.Replicas"] = (Paused, Paused with { Replicas = 5 }),
        ["ScaleWorkload.Workload"] = (ScaledDown, ScaledDown with { Workload = TheWorkload with { Generation = 129 } }),
        ["ScaleWorkload.Service"] = (ScaledDown, ScaledDown with { Service = "other" }),
        ["ScaleWorkload.From"] = (ScaledDown, ScaledDown with { From = 5 }),
        ["ScaleWorkload.To"] = (ScaledDown, ScaledDown with { To = 1 }),
        ["ScaleWorkload.IsUndo"] = (ScaledDown, ScaledDown with { IsUndo = true }),
        ["WorkloadPin.Cluster"] = At(pin => pin with { Cluster = "" }),
        ["WorkloadPin.Namespace"] = At(pin => pin with { Namespace = "billing" }),
        ["WorkloadPin.Kind"] = At(pin => pin with { Kind = WorkloadKind.StatefulSet }),
        ["WorkloadPin.Name"] = At(pin => pin with { Name = "other" }),
        ["WorkloadPin.Uid"] = At(pin => pin with { Uid = "6b1f0c9e-2" }),
        ["WorkloadPin.Generation"] = At(pin => pin with { Generation = 129 }),
        ["SettingPin.Cluster"] = Set(pin => pin with { Cluster = "" }),
        ["SettingPin.Namespace"] = Set(pin => pin with { Namespace = "billing" }),
        ["SettingPin.Holder"] = Set(pin => pin with { Holder = SettingHolder.StatefulSet }),
        ["SettingPin.Name"] = Set(pin => pin with { Name = "other" }),
        ["SettingPin.Uid"] = Set(pin => pin with { Uid = "6b1f0c9e-2" }),
        ["SettingPin.ResourceVersion"] = Set(pin => pin with { ResourceVersion = "9002" }),
        ["SettingPin.Container"] = Set(pin => pin with { Container = "sidecar" }),
        ["SettingPin.Key"] = Set(pin => pin with { Key = "OTHER_URL" }),
        ["SettingPin.Parameter"] = Set(pin => pin with { Parameter = "" }),
        ["SettingPin.ValueHash"] = Set(pin => pin with { ValueHash = new string('0', 64) }),
        ["OpenTransaction.OpenFor"] = With(open => open with { OpenFor = TimeSpan.FromMinutes(62) }),
        ["OpenTransaction.HasWritten"] = With(open => open with { HasWritten = false }),
        ["OpenTransaction.Rows"] = With(open => open with { Rows = 0 }),
        ["OpenTransaction.Locks"] = With(open => open with { Locks = null }),
        ["MySqlPin.Id"] = OfPin(pin => pin with { Id = 816 }),
        ["MySqlPin.Client"] = OfPin(pin => pin with { Client = "10.0.0.9:51235" }),
        ["MySqlPin.Work"] = OfPin(pin => pin with { Work = null }),
        ["MySqlPin.Transaction"] = OfPin(pin => pin with { Transaction = null }),
        ["MySqlPin.User"] = OfPin(pin => pin with { User = "büro" }),
        ["MySqlPin.Database"] = OfPin(pin => pin with { Database = "orders" }),
        ["AgeCount.IdleFor"] = Aged(new AgeCount(TimeSpan.FromMinutes(31), 2)),
        ["AgeCount.Sessions"] = Aged(new AgeCount(TimeSpan.FromMinutes(30), 3)),
    };

    public static readonly IEnumerable<TheoryDataRow<string>> Fields =
        from type in (Type[])
        [
            typeof(EndTransactions), typeof(CancelStatements), typeof(EndBlocker), typeof(SparedRoot), typeof(LimitAccount),
            typeof(OpenTransaction), typeof(MySqlPin), typeof(AgeCount),
            typeof(RestartService), typeof(RolloutStrategy), typeof(MakeRoom), typeof(SavedEvidence),
            typeof(ResizePool), typeof(WorkloadOwner), typeof(PauseRollout), typeof(ScaleWorkload), typeof(WorkloadPin), typeof(SettingPin),
        ]
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is not null // what is worked out from the others has none
        select new TheoryDataRow<string>($"{type.Name}.{property.Name}");

    [Theory]
    [MemberData(nameof(Fields))]
    public void Another_value_of_any_field_is_another_hash(string field)
    {
        Assert.True(Changes.TryGetValue(field, out var pair), $"Give {field} another value in {nameof(Changes)}.");
        var (golden, changed) = (PlanOf(pair.Golden).ToBytes(), PlanOf(pair.Changed).ToBytes());

        Assert.NotEqual(Plan.HashOf(golden), Plan.HashOf(changed));
        Assert.Equal(changed, Plan.FromBytes(changed, Given.Kinds).ToBytes());
    }

    [Theory]
    [InlineData("end-transactions", "\"openSeconds\":3660", "\"openSeconds\":null")]
    [InlineData("end-transactions", "\"rolledBack\":{", "\"rolledback\":{")] // nobody approves what doesn't say what is lost
    [InlineData("end-transactions", "\"hasWritten\":true", "\"hasWritten\":1")]
    [InlineData("end-transactions, MySQL", "\"host\":\"10.0.0.9:51234\"", "\"host\":null")]
    [InlineData("end-transactions, MySQL", "\"id\":815", "\"id\":815,\"pid\":815")]
    [InlineData("cancel-query", "\"runningForSeconds\":30", "\"runningForSeconds\":\"30\"")]
    [InlineData("cancel-query", "cancel-query/1", "end-transactions/1")]
    [InlineData("end-blocker, root", "\"end-root\"", "\"cancel-gate\"")]
    [InlineData("end-blocker, root", "\"end-root\"", "\"end-all\"")]
    [InlineData("end-blocker, root", "\"end-root\"", "\"end-idle-root\"")] // it holds a transaction
    [InlineData("end-blocker, idle root", "\"end-idle-root\"", "\"end-root\"")] // nothing would hold it: an outcome would be untrue
    [InlineData("end-blocker, idle root", "\"otherChains\":0,", "\"otherChains\":0,\"migration\":true,")]
    [InlineData("end-blocker, gate", "\"cancel-gate\"", "\"end-root\"")]
    [InlineData("end-blocker, gate", "\"because\":\"backup\"", "\"because\":\"Backup\"")]
    [InlineData("end-blocker, gate", "\"because\":\"backup\"", "\"because\":null")]
    [InlineData("limit-role", "\"to\":48", "\"to\":48.0")]
    [InlineData("limit-role", "\"from\":null,", "")]
    [InlineData("limit-role", "\"account\":\"checkout\"", "\"account\":null")]
    [InlineData("limit-role", "\"user\":\"checkout\"", "\"user\":null")]
    [InlineData("limit-role", "\"undo\":false", "\"undo\":0")]
    [InlineData("restart-service", "\"kind\":\"Deployment\"", "\"kind\":\"0\"")]
    [InlineData("restart-service", "\"what\":\"Sessions\"", "\"what\":\"sessions\"")]
    [InlineData("restart-service", "\"saved\":[", "\"Saved\":[")]
    [InlineData("restart-service, room first", "\"first\":{", "\"First\":{")] // the room would be gone
    [InlineData("resize-pool", "\"until\":1795698000000", "\"until\":\"1795698000000\"")]
    [InlineData("resize-pool", "\"owner\":{", "\"Owner\":{")] // and who puts it back
    [InlineData("pause-rollout", "\"pause\":true", "\"pause\":1")]
    [InlineData("scale-down", "\"to\":0", "\"to\":0.0")]
    public void What_was_changed_is_no_plan(string kind, string sound, string damaged)
    {
        var text = Encoding.UTF8.GetString(PlanOf(Kinds[kind]).ToBytes());
        Assert.Contains(sound, text, StringComparison.Ordinal);

        Assert.Throws<FormatException>(() => Plan.FromBytes(Encoding.UTF8.GetBytes(text.Replace(sound, damaged, StringComparison.Ordinal)), Given.Kinds));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_damage_is_refused_or_is_another_plan_with_another_hash(string kind)
    {
        var random = new Random(20261126);
        var sound = PlanOf(Kinds[kind]).ToBytes();
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = (byte[])sound.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)"0123456789abc{}[]\",:nul-.e "[random.Next(27)];
            }

            try
            {
                Assert.Equal(bytes, Plan.FromBytes(bytes, Given.Kinds).ToBytes());
            }
            catch (FormatException)
            {
                // the one exception that is allowed
            }
        }
    }

    /// <summary>Names as the server holds them come back to the letter: they are compared with.</summary>
    [Theory]
    [InlineData("a'b\"c`d\\e")]
    [InlineData("<!channel> *x* \u202Egnp.exe")]
    [InlineData("漢字 😀")]
    [InlineData(" ")]
    [InlineData("password=hunter2")]
    public void A_nasty_name_comes_back_as_it_was(string name)
    {
        var limit = (LimitAccount)Plan.FromBytes(PlanOf(Limited with { User = name, Account = $"{name}@%" }).ToBytes(), Given.Kinds).Mitigation;
        Assert.Equal((name, $"{name}@%"), (limit.User, limit.Account));

        var pin = ((MySqlPin)OpenMySqlOne.Pin) with { User = name, Database = name };
        var end = (EndTransactions)Plan.FromBytes(PlanOf(OpenMySqlTransactions with { Sessions = [OpenMySqlOne with { Pin = pin }] }).ToBytes(), Given.Kinds).Mitigation;
        Assert.Equal(pin, end.Sessions[0].Pin);
    }

    private static Plan PlanOf(Mitigation mitigation) =>
        new(ThePlan, TheIncident, Target, "PRODUCTION", mitigation, Ana, Quorum: 1, Noon, Noon.AddMinutes(10));

    private static (Mitigation Golden, Mitigation Changed) With(Func<SparedRoot, SparedRoot> change) =>
        (GateCancelled, GateCancelled with { Spared = change(GateCancelled.Spared!) });

    private static (Mitigation Golden, Mitigation Changed) With(Func<OpenTransaction, OpenTransaction> change) =>
        (OpenTransactions, OpenTransactions with { Sessions = [OpenOne with { Transaction = change(OpenOne.Transaction!) }] });

    private static (Mitigation Golden, Mitigation Changed) OfPin(Func<MySqlPin, MySqlPin> change) =>
        (OpenMySqlTransactions, OpenMySqlTransactions with { Sessions = [OpenMySqlOne with { Pin = change((MySqlPin)OpenMySqlOne.Pin) }] });

    private static (Mitigation Golden, Mitigation Changed) Aged(AgeCount age) =>
        (EndIdle() with { Ages = [new AgeCount(TimeSpan.FromMinutes(30), 2)] }, EndIdle() with { Ages = [age] });

    private static (Mitigation Golden, Mitigation Changed) Rolled(Func<RolloutStrategy, RolloutStrategy> change) =>
        (Restarted, Restarted with { Strategy = change(Restarted.Strategy) });

    private static (Mitigation Golden, Mitigation Changed) Roomed(Func<MakeRoom, MakeRoom> change) =>
        (RestartedWithRoom, RestartedWithRoom with { First = change(RestartedWithRoom.First!) });

    private static (Mitigation Golden, Mitigation Changed) Saved(Func<SavedEvidence, SavedEvidence> change) =>
        (Restarted, Restarted with { Saved = [change(Restarted.Saved[0]), Restarted.Saved[1]] });

    private static (Mitigation Golden, Mitigation Changed) Owned(Func<WorkloadOwner, WorkloadOwner> change) =>
        (Resized, Resized with { Reverter = change(Resized.Reverter!) });

    private static (Mitigation Golden, Mitigation Changed) At(Func<WorkloadPin, WorkloadPin> change) =>
        (Paused, Paused with { Workload = change(TheWorkload) });

    private static (Mitigation Golden, Mitigation Changed) Set(Func<SettingPin, SettingPin> change) =>
        (Resized, Resized with { Setting = change(Resized.Setting) });
}
