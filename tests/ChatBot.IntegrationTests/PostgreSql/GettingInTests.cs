using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class GettingIn15Tests(SmallServer server) : GettingInTests(server), IClassFixture<SmallServer>;

public sealed class GettingIn18Tests(SmallServer18 server) : GettingInTests(server), IClassFixture<SmallServer18>
{
    [Fact(Timeout = 120_000)]
    public async Task Through_the_reserved_slots_it_gets_in_at_once_and_in_a_storm_within_its_tries_or_says_full()
    {
        var token = TestContext.Current.CancellationToken;
        await using var reserving = await PostgreSqlServer.StartAsync(
            await PostgreSqlBinaries.EighteenAsync(token), 20, ["reserved_connections=2", "log_connections=all", "log_line_prefix=%p@%u@"], token);
        await reserving.ExecuteAsync(
            "create role app login; create role chatbot login; grant pg_read_all_stats, pg_use_reserved_connections to chatbot", cancellationToken: token);
        var target = Target with { Port = reserving.Port };
        await using var full = await FullAsync(reserving.ConnectionString("app"));

        await using (var quiet = Unopened(target))
        {
            await quiet[SmallServer.Name].PingAsync(token);
            var usage = await new ConnectionUsageProbe(quiet).ReadAsync(SmallServer.Name, token);
            Assert.Equal((15, 16, 0), (usage.Capacity, usage.Used, usage.RefusedLogins)); // more than ordinary users can have
        }

        await reserving.ScalarAsync<int>("select pg_backend_pid()", cancellationToken: token);
        using var over = new CancellationTokenSource();
        var storm = Enumerable.Range(0, 20).Select(_ => InsistAsync(reserving.ConnectionString("app"), over.Token)).ToList();
        var tries = 0;
        await using var stormed = Unopened(target);
        try
        {
            await stormed[SmallServer.Name].PingAsync(token);
            tries = stormed[SmallServer.Name].TakeRefusedLogins() + 1;
        }
        catch (TargetUnavailableException refused)
        {
            Assert.Equal(UnavailableReason.Full, refused.Reason);
            tries = refused.RefusedLogins;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(storm);
        }

        Assert.InRange(tries, 1, 40);
        TestContext.Current.SendDiagnosticMessage($"In a storm: {tries} tries");
    }

    private static async Task<Filling> FullAsync(string connectionString)
    {
        var filling = new Filling();
        while (true)
        {
            var session = new NpgsqlConnection(connectionString);
            try
            {
                await session.OpenAsync(TestContext.Current.CancellationToken);
                filling.Add(session);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await session.DisposeAsync();
                if (filling.Count == 15) // else one of the test's own questions is still leaving
                {
                    return filling;
                }
            }
        }
    }

    /// <summary>A client without manners: refused, it comes back at once.</summary>
    private static async Task InsistAsync(string connectionString, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await using var client = new NpgsqlConnection(connectionString);
            try
            {
                await client.OpenAsync(over);
            }
            catch (Exception refused) when (refused is NpgsqlException or OperationCanceledException)
            {
            }
        }
    }

    private sealed class Filling : List<NpgsqlConnection>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var session in this)
            {
                await session.DisposeAsync();
            }
        }
    }
}

/// <summary>The bot's login where it is not welcome, on every version at hand.</summary>
public abstract class GettingInTests(SmallServer server) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected PostgreSqlTarget Target => server.Target;

    public async ValueTask DisposeAsync()
    {
        await server.InstallAsync();
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_server_is_called_full_with_as_many_refusals_as_it_logged()
    {
        await server.FillAsync();
        var logged = await server.RefusedAsync();

        var full = await RefusedAsync(server.Target);

        Assert.Equal(UnavailableReason.Full, full.Reason);
        Assert.Equal("orders-db is full: it refused the bot's own login, chatbot.", full.Message);
        Assert.InRange(full.RefusedLogins, 2, 40);
        Assert.Equal(full.RefusedLogins, await server.RefusedAsync() - logged);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("alter role chatbot connection limit 0", "the limit of the role itself is reached")]
    [InlineData("alter database postgres connection limit 0", "the limit of the database itself is reached")]
    public async Task A_limit_of_its_own_is_no_full_server_and_it_does_not_insist(string limiting, string says)
    {
        await server.ExecuteAsync(limiting);
        try
        {
            var logged = await server.RefusedAsync();
            await using var bot = Unopened(server.Target);
            var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallServer.Name].PingAsync(Token));

            Assert.Equal((UnavailableReason.Refused, 0), (refused.Reason, refused.RefusedLogins));
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
            Assert.Equal(1, await server.RefusedAsync() - logged);
            Assert.Equal(0, bot[SmallServer.Name].TakeRefusedLogins());
        }
        finally
        {
            await server.ExecuteAsync("alter database postgres connection limit -1");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("alter role chatbot nologin", "On orders-db the role chatbot may not log in (28000). As a superuser: alter role \"chatbot\" login;")]
    [InlineData("revoke connect on database postgres from public", "As a superuser: grant connect on database \"postgres\" to \"chatbot\";")]
    public async Task What_a_person_has_to_mend_is_said(string breaking, string says)
    {
        await server.ExecuteAsync(breaking);
        try
        {
            var refused = await RefusedAsync(server.Target);

            Assert.Equal((UnavailableReason.Refused, 0), (refused.Reason, refused.RefusedLogins));
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await server.ExecuteAsync("grant connect on database postgres to public");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_password_that_is_wrong_or_missing_is_said_without_it()
    {
        var rules = await server.Server.ScalarAsync<string>("show hba_file", cancellationToken: Token);
        var before = await File.ReadAllTextAsync(rules, Token);
        await server.ExecuteAsync("alter role chatbot password 'right'");
        await File.WriteAllTextAsync(rules, $"host all chatbot 127.0.0.0/8 scram-sha-256\n{before}", Token);
        await server.ExecuteAsync("select pg_reload_conf()");
        try
        {
            var wrong = await RefusedAsync(server.Target with { Password = new("hunter2-hunter2") });
            var missing = await RefusedAsync(server.Target);

            Assert.Equal((UnavailableReason.Refused, UnavailableReason.Refused), (wrong.Reason, missing.Reason));
            Assert.Contains("did not accept the password", wrong.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", wrong.ToString(), StringComparison.Ordinal);
            Assert.Contains("Set the target's PasswordFile", missing.Message, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(rules, before, Token);
            await server.ExecuteAsync("select pg_reload_conf(); alter role chatbot password null");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_without_tls_is_refused_where_tls_is_asked_for()
    {
        var refused = await RefusedAsync(server.Target with { Tls = SslMode.VerifyFull });

        Assert.Equal(UnavailableReason.Refused, refused.Reason);
        Assert.Contains("offers no TLS", refused.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task A_pooler_in_between_is_noticed_and_nothing_is_asked_through_it(string mode)
    {
        await using var pooler = await PgBouncerServer.StartAsync(
            server.Server, new PgBouncerOptions { Users = new Dictionary<string, string> { ["chatbot"] = "" }, PoolMode = mode }, Token);

        var refused = await RefusedAsync(server.Target with { Port = pooler.Port });

        Assert.Equal((UnavailableReason.Refused, "The bot reaches orders-db through a pooler. Give it the server's own address."), (refused.Reason, refused.Message));
    }

    private static async Task<TargetUnavailableException> RefusedAsync(PostgreSqlTarget target)
    {
        await using var bot = Unopened(target);
        var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallServer.Name].PingAsync(Token));
        Assert.Null(refused.InnerException);
        return refused;
    }

    private protected static WarmConnections Unopened(PostgreSqlTarget target) => new([target], TimeProvider.System, NullLoggerFactory.Instance);
}
