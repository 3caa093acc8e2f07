using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Store;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

/// <content>What the bot put on record.</content>
internal sealed partial class Practice
{
    /// <summary>A number, asked behind the bot's back while it runs. The SQL is the same for both engines.</summary>
    public async Task<long> CountAsync(string sql)
    {
        if (Settings.TryGetValue("Store:ConnectionString", out var server))
        {
            await using var connection = new NpgsqlConnection(server + ";Pooling=false");
            return await connection.ExecuteScalarAsync<long>(sql);
        }

        await using var file = new SqliteConnection($"Data Source={Settings["Store:Path"]};Mode=ReadOnly;Pooling=False");
        return await file.ExecuteScalarAsync<long>(sql);
    }

    /// <summary>The bot has to be stopped: the next one finds that its predecessor saw a later moment, and the store's time never goes back.</summary>
    public async Task PassTimeAsync(TimeSpan time)
    {
        await using var file = new SqliteConnection($"Data Source={Settings["Store:Path"]};Pooling=False");
        await file.ExecuteAsync("update incidents set updated_at = updated_at + @milliseconds", new { milliseconds = (long)time.TotalMilliseconds });
    }

    /// <summary>The bot has to be stopped: the incidents as they are on record, each with an unbroken chain.</summary>
    public async Task<IReadOnlyList<RecordedIncident>> ReadStoreAsync()
    {
        StoreSettings settings = Settings.TryGetValue("Store:ConnectionString", out var server)
            ? new PostgreSqlStoreSettings(new Secret(server))
            : new SqliteStoreSettings(Settings["Store:Path"]);
        await using var store = await IncidentStore.OpenAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, Token);

        var recorded = new List<RecordedIncident>();
        foreach (var row in await store.ReadAsync((reader, _) => reader.ReadOpenIncidentsAsync(), Token))
        {
            var verdict = await store.VerifyChainAsync(row.Id, Token);
            Assert.Null(verdict.Broken);
            var events = await store.ReadAsync((reader, _) => reader.ReadEventsAsync(row.Id, 0), Token);
            Assert.Equal(events.Count, verdict.Events);
            recorded.Add(new RecordedIncident(row, [.. events.Select(e => new RecordedEvent(e.Type, JsonDocument.Parse(e.Body).RootElement))]));
        }

        Assert.Empty(await store.ReadAsync((reader, _) => reader.ReadOpenIntentsAsync(), Token));
        return recorded;
    }

    /// <summary>Stops the bot: each plan ran once, and each of its steps has one intent and one outcome.</summary>
    /// <returns>The outcomes, plan by plan and step by step.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> OutcomesAsync()
    {
        await StopBotAsync();
        var incident = Assert.Single(await ReadStoreAsync());
        var plans = incident.Of("plan-approved").Select(PlanOf).ToList();
        Assert.Equal(plans, incident.Of("mitigation-finished").Select(PlanOf));
        foreach (var kind in new[] { "step-intended", "step-finished" })
        {
            var steps = incident.Of(kind).Select(e => (PlanOf(e), e.GetProperty("step").GetInt32())).ToList();
            Assert.Equal(steps.Distinct(), steps);
        }

        Assert.Equal(plans.Count, await CountAsync("select count(*) from executions where finished_at is not null"));
        Assert.Equal(await CountAsync("select count(*) from intents"), await CountAsync("select count(*) from intents where outcome is not null"));
        return [.. plans.Select(plan => (IReadOnlyList<string>)[.. incident.Of("step-finished").Where(e => PlanOf(e) == plan).Select(e => e.GetProperty("outcome").GetString()!)])];

        static string PlanOf(JsonElement body) => body.GetProperty("plan").GetString()!;
    }

    /// <summary>Stops the bot: one incident, one execution, each step of its plan with one intent and one outcome.</summary>
    /// <returns>The outcomes by step.</returns>
    public async Task<IReadOnlyList<string>> AssertEachStepHasOneOutcomeAsync(int steps)
    {
        await StopBotAsync();
        var incident = Assert.Single(await ReadStoreAsync());
        Assert.Single(incident.Of("plan-approved"));
        Assert.Single(incident.Of("mitigation-finished"));
        Assert.Equal(Enumerable.Range(1, steps), incident.Of("step-intended").Select(e => e.GetProperty("step").GetInt32()));
        Assert.Equal(Enumerable.Range(1, steps), incident.Of("step-finished").Select(e => e.GetProperty("step").GetInt32()));
        Assert.Equal(1, await CountAsync("select count(*) from executions where finished_at is not null"));
        Assert.Equal(steps, await CountAsync("select count(*) from intents where outcome is not null"));
        return [.. incident.Of("step-finished").Select(e => e.GetProperty("outcome").GetString()!)];
    }
}

internal sealed record RecordedEvent(string Type, JsonElement Body);

internal sealed record RecordedIncident(IncidentRow Row, IReadOnlyList<RecordedEvent> Events)
{
    public IEnumerable<JsonElement> Of(string type) => Events.Where(e => e.Type == type).Select(e => e.Body);
}
