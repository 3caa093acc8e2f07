using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Sandbox.Databases;
using ChatBot.Steps.AdviseReplicas;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.Steps;

/// <summary>Read shares of real servers: with, without, and with a broken <c>pg_stat_statements</c>.</summary>
public sealed class ReplicasStepTests(SmallServer plain) : IClassFixture<SmallServer>, IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await plain.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task Statements_are_told_apart_by_what_a_replica_could_run()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await PostgreSqlServer.StartAsync(20, ["shared_preload_libraries=pg_stat_statements"], token);
        await server.ExecuteAsync("create role chatbot login; grant pg_read_all_stats to chatbot; create table stock (id int, quantity int)", cancellationToken: token);
        await using var bot = new WarmConnections(
            [new PostgreSqlTarget("orders-db", "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = SslMode.Disable }],
            TimeProvider.System,
            NullLoggerFactory.Instance);
        var probe = new ReadShareProbe(bot);
        Assert.Null((await probe.ReadAsync("orders-db", token)).Statements); // not installed

        // A view of the same name that isn't the extension's is never asked.
        await server.ExecuteAsync("create schema fake; create view fake.pg_stat_statements as select 1 / 0 as calls, 1 as total_exec_time, '' as query; grant usage on schema fake to chatbot; grant select on fake.pg_stat_statements to chatbot", cancellationToken: token);
        Assert.Null((await probe.ReadAsync("orders-db", token)).Statements);

        await server.ExecuteAsync("create schema \"odd \"\"schema\"; create extension pg_stat_statements schema \"odd \"\"schema\"", cancellationToken: token);
        Assert.Null((await probe.ReadAsync("orders-db", token)).Statements); // no usage on its schema
        await server.ExecuteAsync("grant usage on schema \"odd \"\"schema\" to chatbot", cancellationToken: token);

        await using var client = new NpgsqlConnection(server.AdminConnectionString);
        await client.OpenAsync(token);
        string[] reads =
        [
            "select * from stock", "/* app: shop */ select 1 /* update */", "(select 2)", "table stock", "values (1)", "-- who\nselect 3",
            "with x as (select 1) select * from x", "select 'for update of things'", "select 4 as updated",
        ];
        string[] writes =
        [
            "insert into stock values (1, 10)", "update stock set quantity = 9", "delete from stock where id = 7", "select * from stock for update",
            "select * from stock for no key update", "with x as (insert into stock values (2, 1) returning id) select * from x", "/**/update stock set quantity = 8",
        ];
        string[] others = ["set work_mem = '4MB'", "begin", "commit", "show work_mem"];
        var first = (await probe.ReadAsync("orders-db", token)).Statements!;
        var before = (await probe.ReadAsync("orders-db", token)).Statements!;
        var own = before.Reads.Calls - first.Reads.Calls; // the probe's own questions are reads, too
        foreach (var sql in reads.Concat(writes).Concat(others))
        {
            await client.RunAsync(sql);
        }

        var after = (await probe.ReadAsync("orders-db", token)).Statements!;
        Assert.Equal(writes.Length, after.Writes.Calls - before.Writes.Calls);
        Assert.Equal(reads.Length, after.Reads.Calls - before.Reads.Calls - own);
        Assert.Equal(others.Length, after.Other.Calls - before.Other.Calls);
        Assert.True(after.Reads.Time >= before.Reads.Time);
    }

    [Fact(Timeout = 60_000)]
    public async Task Installed_but_not_loaded_it_counts_rows()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await plain.BotAsync();
        await plain.ExecuteAsync("create extension if not exists pg_stat_statements");
        try
        {
            var share = await new ReadShareProbe(bot).ReadAsync(SmallServer.Name, token);

            Assert.Null(share.Statements);
            Assert.True(share.Rows.Fetched > 0 && share.Rows.Transactions > 0);
        }
        finally
        {
            await plain.ExecuteAsync("drop extension pg_stat_statements");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Against_a_leak_replicas_are_useless_whatever_the_work_is()
    {
        var token = TestContext.Current.CancellationToken;
        var step = new ReplicasStep(new ReadShareProbe(await plain.BotAsync()));
        var leak = StepTalk.IncidentWith(new ConnectionUsage(17, SmallServer.Capacity, 20, 15, 0, 1, 0, 20, SeesEverything: true, RefusedLogins: 0));

        var reading = await step.ReadAsync(StepTalk.Request(step.Type, StepTalk.TargetOf(plain), leak), token);

        Assert.StartsWith("*Read replicas would be useless against this:* 15 of 16 sessions did nothing", step.Draw(reading.Body)[0].ToString(), StringComparison.Ordinal);
    }
}
