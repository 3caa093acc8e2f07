using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Poolers;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Sandbox.Databases;
using ChatBot.Steps.AdvisePooler;
using Npgsql;

namespace ChatBot.IntegrationTests.Steps;

/// <summary>A real PgBouncer reads the computed files, and clients reach a real server through it.</summary>
public sealed class PoolerStepTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private const string Password = "a pass'word\"1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    /// <summary>Names that a line of a file could take for something else; each is at most 63 bytes.</summary>
    public static TheoryData<string> Databases =>
    [
        "shop", "shop 2 = host=evil", "\"quoted\" \"\" name", "it's '' \\ here", "; %include /etc/passwd", "[pgbouncer]", "Ωλ<!channel>漢字漢字漢字漢字漢字漢字漢字😀!!!",
    ];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Databases))]
    public async Task A_client_gets_through_the_computed_pooler_to_its_database(string database)
    {
        var token = TestContext.Current.CancellationToken;
        await PrepareAsync(database);
        var files = await FilesAsync(database);
        await using var pooler = await PgBouncerServer.StartAsync(files[PgBouncerFiles.Ini], WithPassword(files[PgBouncerFiles.UserList]), token);

        await using var client = await pooler.ConnectAsync("shopper", Password, database, token);
        await using var command = new NpgsqlCommand("select current_database() || ' for ' || session_user", client);
        Assert.Equal($"{database} for shopper", await command.ExecuteScalarAsync(token));

        // Twenty at once, on fewer server connections than clients.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var one = await pooler.ConnectAsync("shopper", Password, database, token);
            await one.RunAsync("select");
        }));
        var held = await server.Server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'shopper'", cancellationToken: token);
        Assert.InRange(held, 1, 5);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_without_the_password_does_not_get_through()
    {
        var token = TestContext.Current.CancellationToken;
        await PrepareAsync("shop");
        var files = await FilesAsync("shop");
        await using var pooler = await PgBouncerServer.StartAsync(files[PgBouncerFiles.Ini], WithPassword(files[PgBouncerFiles.UserList]), token);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => pooler.ConnectAsync("shopper", "wrong", "shop", token));
        Assert.Equal("08P01", refused.SqlState);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("listen_port = 6432", "listen_port = 6432\nmax_prepared = 1")]
    [InlineData("pool_mode = transaction", "pool_mode = statements")]
    [InlineData("auth_type = scram-sha-256", "auth_type = scram")]
    [InlineData("[databases]", "[databases]\n\"quoted name\" = host=127.0.0.1")]
    public async Task A_wrong_file_is_refused(string right, string wrong)
    {
        var token = TestContext.Current.CancellationToken;
        var files = await FilesAsync("shop");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var _ = await PgBouncerServer.StartAsync(
                files[PgBouncerFiles.Ini].Replace(right, wrong, StringComparison.Ordinal), files[PgBouncerFiles.UserList], token);
        });
        Assert.StartsWith("PgBouncer did not accept the file", refused.Message, StringComparison.Ordinal);
    }

    // As an administrator would: the database, the function, the passwords, and no way in without them.
    private async Task PrepareAsync(string database)
    {
        var name = database.Replace("\"", "\"\"", StringComparison.Ordinal);
        await server.ExecuteAsync($"drop database if exists \"{name}\"");
        await server.ExecuteAsync($"create database \"{name}\"");
        var sql = (await FilesAsync(database))[PgBouncerFiles.AuthSql];
        await server.Server.ExecuteAsync(sql, database, Token);
        await server.Server.ExecuteAsync(sql, database, Token); // running it again is harmless
        var secret = Password.Replace("'", "''", StringComparison.Ordinal);
        await server.ExecuteAsync("do $$ begin if not exists (select from pg_roles where rolname = 'shopper') then create role shopper; end if; end $$");
        await server.ExecuteAsync($"alter role shopper login password '{secret}'; alter role pgbouncer_auth password '{secret}'");
        await server.ExecuteAsync(
            """
            do $$
            begin
              execute format(
                'copy (values (''local all all trust''), (''host all shopper,pgbouncer_auth 127.0.0.1/32 scram-sha-256''), (''host all all 127.0.0.1/32 trust'')) to %L',
                current_setting('hba_file'));
            end
            $$;
            select pg_reload_conf();
            """);
    }

    private static string WithPassword(string template) => template.Replace(
        ";\"pgbouncer_auth\" \"its password\"",
        $"\"pgbouncer_auth\" \"{Password.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        StringComparison.Ordinal);

    private async Task<IReadOnlyDictionary<string, string>> FilesAsync(string database)
    {
        var evil = ForeignText.From("evil\nauth_type = any", 63);
        var consumers = new ConnectionConsumers(
            [new ConsumerGroup(evil, evil, ForeignText.From(database, 63), evil, 9, 7, 7, 1, 1, 0, TimeSpan.FromHours(1), TimeSpan.FromHours(2))],
            Sessions: 9,
            TimeSpan.FromMinutes(30),
            Endable: 7);
        var usage = new ConnectionUsage(17, SmallServer.Capacity, 20, 14, 1, 2, 0, 20, SeesEverything: true, RefusedLogins: 0);
        var step = new PoolerStep();
        var reading = await step.ReadAsync(
            StepTalk.Request(step.Type, StepTalk.TargetOf(server, database), StepTalk.IncidentWith(usage), consumers), Token);
        return reading.Files.ToDictionary(file => file.Name, file => file.Text);
    }
}
