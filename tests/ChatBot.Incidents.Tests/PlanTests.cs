using System.Reflection;
using System.Text;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class PlanTests
{
    private static readonly Plan Golden = new(
        ThePlan,
        TheIncident,
        Target,
        "PRODUCTION",
        new EndIdleSessions(
            Server,
            TimeSpan.FromMinutes(30),
            [
                Session(0),
                new PinnedSession(
                    new PostgreSqlPin(
                        815,
                        Noon.AddHours(-2.5).AddMicroseconds(999_999).ToOffset(TimeSpan.FromHours(1)), // the instant counts, not the zone
                        Noon.AddMinutes(-45),
                        Noon.AddMinutes(-45).AddMicroseconds(-345_679),
                        "büro",
                        "orders"),
                    default,
                    ForeignText.From("<1>", 64),
                    TimeSpan.FromSeconds(2700.9)),
            ],
            More: 2),
        Ana,
        Quorum: 1,
        Noon,
        Noon.AddMinutes(10));

    // Hash and keys: worked out by another program from the text.
    private const string GoldenText =
        """
        {"version":1,"plan":"01936c5e000070008000000000000001","incident":"01936c5e0000700080000000000000aa","target":"orders-db",
        "environment":"PRODUCTION","mitigation":"terminate-idle/1","changes":{"serverStartedAt":"2026-11-23T12:00:00.123456Z",
        "idleForSeconds":1800,"more":2,"sessions":[
        {"pid":4711,"backendStart":"2026-11-26T10:00:00.000001Z","stateChange":"2026-11-26T11:00:00.000007Z","xactStart":null,
        "user":"checkout","database":"orders","application":"checkout-api","client":"10.0.0.7","idleSeconds":3600},
        {"pid":815,"backendStart":"2026-11-26T09:30:00.999999Z","stateChange":"2026-11-26T11:15:00.000000Z",
        "xactStart":"2026-11-26T11:14:59.654321Z","user":"b\u00FCro","database":"orders","application":"",
        "client":"\u003C1\u003E","idleSeconds":2700}]},
        "requestedByTeam":"T0HOME","requestedByUser":"U0ANA","quorum":1,"createdAt":1795694400000,"expiresAt":1795695000000}
        """;

    private const string GoldenHash = "f3490b460e4be5b17d1dbe7f9406ccfe814122f9543cf1df3bd6f329b46f1419";

    [Fact]
    public void A_plan_is_always_the_same_bytes()
    {
        var bytes = Golden.ToBytes();

        Assert.Equal(GoldenText.ReplaceLineEndings(""), Encoding.UTF8.GetString(bytes));
        Assert.Equal(GoldenHash, Plan.HashOf(bytes));
    }

    [Fact]
    public void Bytes_become_the_plan_and_the_same_bytes_again()
    {
        var bytes = Golden.ToBytes();
        var plan = Plan.FromBytes(bytes, Kinds);
        var sessions = ((EndIdleSessions)plan.Mitigation).Sessions;
        var expected = ((EndIdleSessions)Golden.Mitigation).Sessions;

        Assert.Equal(bytes, plan.ToBytes());
        Assert.Equal(expected.Select(session => session.Pin), sessions.Select(session => session.Pin)); // to the microsecond
        Assert.Equal(expected.Select(session => session.Client), sessions.Select(session => session.Client));
        Assert.Equal(Golden with { Mitigation = plan.Mitigation }, plan);
    }

    [Theory]
    [InlineData(0.29)] // 2,899,999.9999999995 ticks in binary
    [InlineData(0.0000001)]
    [InlineData(1.5)]
    [InlineData(1800.123)]
    public void An_age_that_is_no_whole_number_of_seconds_comes_back(double seconds)
    {
        var age = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        var plan = Golden with { Mitigation = EndIdle() with { IdleFor = age } };

        Assert.Equal(age, ((EndIdleSessions)Plan.FromBytes(plan.ToBytes(), Kinds).Mitigation).IdleFor);
    }

    [Fact]
    public void A_long_name_comes_back_whole()
    {
        var name = ForeignText.From(string.Join(' ', Enumerable.Repeat("checkout", 20)), maxLength: 200);
        var plan = WithSession(session => session with { Application = name });

        Assert.Equal(name, ((EndIdleSessions)Plan.FromBytes(plan.ToBytes(), Kinds).Mitigation).Sessions[0].Application);
    }

    /// <summary>For every property of a plan and of what is in it: the golden plan with another value there.</summary>
    private static readonly Dictionary<string, Plan> Changes = new()
    {
        ["Plan.Id"] = Golden with { Id = NextPlan },
        ["Plan.Incident"] = Golden with { Incident = new IncidentId(Guid.Empty) },
        ["Plan.Target"] = Golden with { Target = "billing-db" },
        ["Plan.Environment"] = Golden with { Environment = "STAGING" },
        ["Plan.Mitigation"] = Golden with { Mitigation = EndIdle() },
        ["Plan.RequestedBy"] = Golden with { RequestedBy = Boris },
        ["Plan.Quorum"] = Golden with { Quorum = 2 },
        ["Plan.CreatedAt"] = Golden with { CreatedAt = Noon.AddMilliseconds(1) },
        ["Plan.ExpiresAt"] = Golden with { ExpiresAt = Golden.ExpiresAt.AddMilliseconds(1) },
        ["Person.Team"] = Golden with { RequestedBy = Ana with { Team = "T0OTHER" } },
        ["Person.User"] = Golden with { RequestedBy = Ana with { User = "U0OTHER" } },
        ["EndIdleSessions.Server"] = With(changes => changes with { Server = Server with { Identity = "e1" } }),
        ["EndIdleSessions.Ages"] = With(changes => changes with { Ages = [new AgeCount(TimeSpan.FromMinutes(30), 2)] }),
        ["ServerPin.StartedAt"] = With(changes => changes with { Server = new ServerPin(ServerStartedAt.AddMicroseconds(1)) }),
        ["ServerPin.Identity"] = With(changes => changes with { Server = Server with { Identity = "e2" } }),
        ["EndIdleSessions.IdleFor"] = With(changes => changes with { IdleFor = changes.IdleFor + TimeSpan.FromTicks(1) }),
        ["EndIdleSessions.Sessions"] = With(changes => changes with { Sessions = [.. changes.Sessions.Reverse()] }),
        ["EndIdleSessions.More"] = With(changes => changes with { More = 3 }),
        ["PinnedSession.Pin"] = WithSession(session => session with { Pin = Session(1).Pin }),
        ["PinnedSession.Application"] = WithSession(session => session with { Application = ForeignText.From("other", 64) }),
        ["PinnedSession.Client"] = WithSession(session => session with { Client = ForeignText.From("10.0.0.8", 64) }),
        ["PinnedSession.For"] = WithSession(session => session with { For = session.For + TimeSpan.FromSeconds(1) }),
        ["PinnedSession.Statement"] = WithSession(session => session with { Statement = ForeignText.From("select ?", 64) }),
        ["PinnedSession.Waits"] = WithSession(session => session with { Waits = true }),
        ["PinnedSession.Transaction"] = WithSession(session => session with { Transaction = new OpenTransaction(TimeSpan.FromSeconds(3), true, null, 2) }),
        ["PostgreSqlPin.ProcessId"] = WithPin(pin => pin with { ProcessId = 1 }),
        ["PostgreSqlPin.StartedAt"] = WithPin(pin => pin with { StartedAt = pin.StartedAt.AddMicroseconds(1) }),
        ["PostgreSqlPin.StateChangedAt"] = WithPin(pin => pin with { StateChangedAt = pin.StateChangedAt.AddMicroseconds(1) }),
        ["PostgreSqlPin.TransactionStartedAt"] = WithPin(pin => pin with { TransactionStartedAt = Noon }),
        ["PostgreSqlPin.QueryStartedAt"] = WithPin(pin => pin with { QueryStartedAt = Noon }),
        ["PostgreSqlPin.User"] = WithPin(pin => pin with { User = "other" }),
        ["PostgreSqlPin.Database"] = WithPin(pin => pin with { Database = "other" }),
    };

    public static readonly IEnumerable<TheoryDataRow<string>> Fields =
        from type in (Type[])[typeof(Plan), typeof(Person), typeof(EndIdleSessions), typeof(PinnedSession), typeof(PostgreSqlPin), typeof(ServerPin)]
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is not null // what is worked out from the others has none
        select new TheoryDataRow<string>($"{type.Name}.{property.Name}");

    [Theory]
    [MemberData(nameof(Fields))]
    public void Another_value_of_any_field_is_another_hash(string field)
    {
        Assert.True(Changes.TryGetValue(field, out var changed), $"Give {field} another value in {nameof(Changes)}.");

        Assert.NotEqual(GoldenHash, Plan.HashOf(changed.ToBytes()));
        Assert.Equal(changed.ToBytes(), Plan.FromBytes(changed.ToBytes(), Kinds).ToBytes());
    }

    [Fact]
    public void A_step_has_one_key_for_ever()
    {
        Assert.Equal("yyoqa7pvzkpty7vedytw34pcdp", Golden.IdempotencyKeyOf(1));
        Assert.Equal("liisa6tzgveiatimccl2eprrlw", Golden.IdempotencyKeyOf(2));
        Assert.Equal(Golden.IdempotencyKeyOf(2), Plan.FromBytes(Golden.ToBytes(), Kinds).IdempotencyKeyOf(2));
    }

    [Fact]
    public void Keys_are_26_characters_and_differ_with_the_step_the_pin_and_the_plan()
    {
        var twice = Golden with { Mitigation = EndIdle() with { Sessions = [Session(0), Session(0)] } };
        string[] keys =
        [
            .. Enumerable.Range(1, 2).Select(Golden.IdempotencyKeyOf),
            .. Enumerable.Range(1, 2).Select((twice with { Id = NextPlan }).IdempotencyKeyOf),
            twice.IdempotencyKeyOf(2), // the same pin as step 1
            .. ((string[])["PostgreSqlPin.ProcessId", "PostgreSqlPin.StartedAt", "PostgreSqlPin.StateChangedAt", "PostgreSqlPin.QueryStartedAt", "ServerPin.StartedAt"])
                .Select(field => Changes[field].IdempotencyKeyOf(1)),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[a-z2-7]{26}$", key));
    }

    private static Plan With(Func<EndIdleSessions, EndIdleSessions> change) =>
        Golden with { Mitigation = change((EndIdleSessions)Golden.Mitigation) };

    private static Plan WithSession(Func<PinnedSession, PinnedSession> change) =>
        With(changes => changes with { Sessions = [change(changes.Sessions[0]), .. changes.Sessions.Skip(1)] });

    private static Plan WithPin(Func<PostgreSqlPin, PostgreSqlPin> change) => WithSession(session => session with { Pin = change((PostgreSqlPin)session.Pin) });
}
