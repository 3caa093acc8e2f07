using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>TLS with real servers and certificates: what works, and a sentence of its own for each refusal.</summary>
public sealed class TlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_certificate_is_checked_against_the_targets_own_authority_and_every_refusal_says_what_to_do()
    {
        using var certificates = await Certificates.MakeAsync("postgres", Token);
        using var others = await Certificates.MakeAsync("postgres", Token);
        await using var server = await PostgreSqlServer.StartAsync(
            20, ["ssl=on", $"ssl_cert_file={certificates.Server}", $"ssl_key_file={certificates.Key}", "ssl_min_protocol_version=TLSv1.3"], Token);
        await server.ExecuteAsync("create role chatbot login", cancellationToken: Token);
        var rules = await server.ScalarAsync<string>("show hba_file", cancellationToken: Token);
        await File.WriteAllTextAsync(rules, "local all all trust\nhostnossl all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 trust\n", Token);
        await server.ExecuteAsync("select pg_reload_conf()", cancellationToken: Token);
        var target = new PostgreSqlTarget("orders-db", "127.0.0.1", server.Port, "postgres", "chatbot", null);

        await using (var trusted = Bot(target with { TlsRootFile = certificates.Root }))
        {
            Assert.True(await trusted["orders-db"].UseAsync(IsEncryptedAsync, Token));
        }

        await using (var unchecked_ = Bot(target with { Tls = SslMode.Require }))
        {
            Assert.True(await unchecked_["orders-db"].UseAsync(IsEncryptedAsync, Token));
        }

        const string Distrusted = "The bot doesn't trust the certificate of orders-db. Check its name, its issuer and its dates, or the target's Host, Tls and TlsRootFile.";
        Assert.Equal(Distrusted, await RefusalAsync(target)); // the system doesn't know the authority
        Assert.Equal(Distrusted, await RefusalAsync(target with { TlsRootFile = others.Root }));
        Assert.Equal(Distrusted, await RefusalAsync(target with { TlsRootFile = certificates.Root, Host = "localhost" })); // it is for 127.0.0.1
        Assert.Equal(
            "orders-db refused the login of chatbot (28000). Check the user, the target's Tls and the server's pg_hba.conf.",
            await RefusalAsync(target with { Tls = SslMode.Disable }));
    }

    private static async Task<bool> IsEncryptedAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select ssl from pg_stat_ssl where pid = pg_backend_pid()", session);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static WarmConnections Bot(PostgreSqlTarget target) => new([target], TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task<string> RefusalAsync(PostgreSqlTarget target)
    {
        await using var bot = Bot(target);
        var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot["orders-db"].PingAsync(Token));
        Assert.Equal((UnavailableReason.Refused, 0), (refused.Reason, refused.RefusedLogins));
        return refused.Message;
    }
}
