using ChatBot.Store;
using Microsoft.Data.Sqlite;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class TransactionTests(StoreFixture stores)
{
    private const string Idle =
        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";

    private const string Kill =
        """
        select pg_terminate_backend(pid)
          from pg_stat_activity
         where datname = current_database()
           and state = 'idle in transaction'
        """;

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_body_that_throws_leaves_nothing(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.Store.ReceiveAsync(Given.Delivery(), home.Token);

        await Assert.ThrowsAsync<NotSupportedException>(() => home.WriteAsync(async tx =>
        {
            await tx.CompleteInboxAsync("env-1");
            await tx.AddCommandAsync("press-1", Given.Incident, "approve", "yes");
            await tx.AppendAsync(Given.Incident, 0, [Given.Event()]);
            await tx.SaveIncidentAsync(Given.Row());
            await tx.AddWorkAsync(Given.Work());
            await tx.AddPlanAsync(Given.PlanRow());
            await tx.AddApprovalAsync(Given.Plan, "U-ana", "approved");
            await tx.AddExecutionAsync(Given.Plan, Given.Target);
            await tx.AddIntentAsync(Given.Plan, "1", "idem-1", 1);
            await tx.AddEvidenceAsync(new("ev-1", Given.Incident, "log", Given.Noon, "text"));
            await tx.SaveMessageAsync(new(Given.Incident, "card", "C1", "1.2", "d"));
            throw new NotSupportedException("after everything");
        }));

        foreach (var table in new[]
        {
            "commands", "events", "incidents", "work", "plans", "approvals", "executions", "intents", "evidence", "messages",
        })
        {
            Assert.Equal(0, await home.CountAsync($"select count(*) from {table}"));
        }

        Assert.Single(await home.Store.PendingInboxAsync(10, home.Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Thirty_two_writers_and_as_many_readers_at_once_all_get_through(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await home.WriteAsync(async tx =>
                {
                    await tx.AppendAsync($"inc-{n}", i, [Given.Event()]);
                    await tx.AddCommandAsync($"{n}/{i}", $"inc-{n}", "press", "ok");
                });
                Assert.Equal(i + 1, (await home.ReadAsync(reader => reader.ReadEventsAsync($"inc-{n}", 0))).Count);
            }
        })));

        Assert.Equal(320, await home.CountAsync("select count(*) from events"));
        Assert.Equal(320, await home.CountAsync("select count(*) from commands"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_reader_sees_one_picture_while_a_writer_commits_and_sees_nothing_uncommitted(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [Given.Event()]));

        await home.ReadAsync(async reader =>
        {
            Assert.Single(await reader.ReadEventsAsync(Given.Incident, 0));
            await home.WriteAsync(async tx =>
            {
                await tx.AppendAsync(Given.Incident, 1, [Given.Event()]);
                Assert.Single(await home.ReadAsync(other => other.ReadEventsAsync(Given.Incident, 0)));
            });
            Assert.Single(await reader.ReadEventsAsync(Given.Incident, 0));
            return 0;
        });

        Assert.Equal(2, (await home.ReadAsync(reader => reader.ReadEventsAsync(Given.Incident, 0))).Count);
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_transaction_that_outlives_its_body_is_refused(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var escaped = await home.WriteAsync(Task.FromResult);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => escaped.AddCommandAsync("late", null, "x", "x"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_cancelled_writer_lets_the_next_one_in(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => home.Store.WriteAsync(
            async (tx, token) =>
            {
                await tx.AddWorkAsync(Given.Work());
                await cancelled.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            cancelled.Token));

        await home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "x", "x"));
        Assert.Equal(0, await home.CountAsync("select count(*) from work"));
    }

    [Fact]
    public async Task Store_time_is_the_clock_on_SQLite_and_the_servers_on_PostgreSQL()
    {
        await using var file = await stores.OpenAsync(Dialect.Sqlite);
        file.Clock.Advance(TimeSpan.FromDays(400) + TimeSpan.FromTicks(1));
        var expected = DateTimeOffset.FromUnixTimeMilliseconds(file.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(expected, await file.WriteAsync(tx => Task.FromResult(tx.Now)));

        await using var server = await stores.OpenAsync(Dialect.PostgreSql);
        server.Clock.Advance(TimeSpan.FromDays(400));
        var before = await server.CountAsync("select floor(extract(epoch from clock_timestamp()) * 1000)::bigint");
        var now = await server.WriteAsync(tx => Task.FromResult(tx.Now.ToUnixTimeMilliseconds()));
        var after = await server.CountAsync("select floor(extract(epoch from clock_timestamp()) * 1000)::bigint");
        Assert.InRange(now, before, after);
    }

    [Fact]
    public async Task A_shell_that_holds_the_SQLite_file_only_delays_a_writer()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        await using var home = await TestStore.OpenAsync(place);
        await using var shell = new SqliteConnection($"Data Source={place.File};Pooling=False");
        await shell.OpenAsync(home.Token);
        var held = shell.BeginTransaction(deferred: false);

        var writing = Task.Run(() => home.Store.ReceiveAsync(Given.Delivery(), home.Token));
        Assert.Empty(await home.Store.PendingInboxAsync(10, home.Token)); // readers don't even notice
        Assert.False(writing.IsCompleted);
        await held.RollbackAsync(home.Token);

        Assert.True(await writing);
    }

    [Fact]
    public async Task A_connection_that_dies_before_the_commit_costs_one_more_run()
    {
        await using var home = await stores.OpenAsync(Dialect.PostgreSql);
        var runs = 0;

        await home.WriteAsync(async tx =>
        {
            await tx.AddWorkAsync(Given.Work());
            if (++runs == 1)
            {
                await KillIdleAsync(home);
            }

            await tx.AddCommandAsync("press-1", null, "x", "x");
        });

        Assert.Equal(2, runs);
        Assert.Equal(1, await home.CountAsync("select count(*) from work"));
    }

    [Fact]
    public async Task A_connection_that_dies_around_the_commit_leaves_it_unknown_and_is_not_run_again()
    {
        await using var home = await stores.OpenAsync(Dialect.PostgreSql);
        var runs = 0;

        var unknown = await Assert.ThrowsAsync<CommitUnknownException>(() => home.WriteAsync(async tx =>
        {
            runs++;
            await tx.AddCommandAsync("press-1", null, "x", "x");
            await KillIdleAsync(home);
        }));

        Assert.Contains("unknown whether", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(1, runs);
        await home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "x", "x")); // and the store goes on
    }

    [Fact]
    public async Task A_server_that_comes_back_is_used_again()
    {
        await using var server = await Sandbox.Databases.PostgreSqlServer.StartAsync(20, cancellationToken: TestContext.Current.CancellationToken);
        await using var home = await TestStore.OpenAsync(new PostgreSqlStoreSettings(new Configuration.Secret(
            $"Host=127.0.0.1;Port={server.Port};Username=postgres;Database=postgres;Password={StoreFixture.Password}")));
        await home.Store.ReceiveAsync(Given.Delivery("before"), home.Token);

        await server.StopAsync(cancellationToken: home.Token);
        var gone = await Assert.ThrowsAsync<StoreUnavailableException>(() => home.Store.ReceiveAsync(Given.Delivery(), home.Token));
        Assert.Contains($"PostgreSQL 127.0.0.1:{server.Port}, database postgres", gone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(StoreFixture.Password, gone.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => home.WriteAsync(tx => tx.CompleteInboxAsync("before")));

        await server.StartAgainAsync(home.Token);
        Assert.True(await home.Store.ReceiveAsync(Given.Delivery(), home.Token));
        Assert.Equal(["before", "env-1"], (await home.Store.PendingInboxAsync(10, home.Token)).Select(row => row.Id));
    }

    private static async Task KillIdleAsync(TestStore home)
    {
        await home.ExecuteAsync("", Kill);
        while (await home.CountAsync(Idle) > 0)
        {
            home.Token.ThrowIfCancellationRequested();
        }
    }
}
