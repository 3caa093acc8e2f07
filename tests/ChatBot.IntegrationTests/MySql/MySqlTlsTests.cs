using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Sandbox.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

/// <summary>TLS with real servers and certificates: what works, and a sentence of its own for each refusal.</summary>
public sealed class MySqlTlsTests
{
    private const string Disagreed = "The bot and orders-db could not agree on TLS. Check the server's certificate and the target's Tls, Host and TlsRootFile.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_is_checked_against_the_targets_own_authority_and_every_refusal_says_what_to_do(bool isMariaDb)
    {
        Assert.SkipWhen(!isMariaDb && await MySqlServer.FindAsync(TestContext.Current.CancellationToken) is { IsAvailable: false }, "No MySQL here.");
        using var certificates = await Certificates.MakeAsync("mysql", Token);
        string[] settings = [$"--ssl-cert={certificates.Server}", $"--ssl-key={certificates.Key}", $"--ssl-ca={certificates.Root}"];
        await using MySqlProcess server = isMariaDb
            ? await MariaDbServer.StartAsync(10, settings, cancellationToken: Token)
            : await MySqlServer.StartAsync(10, settings, cancellationToken: Token);
        await server.ExecuteAsync("create user 'chatbot'@'%'; grant process on *.* to 'chatbot'@'%'", cancellationToken: Token);
        var target = new MySqlTarget("orders-db", "127.0.0.1", server.Port, "", "chatbot", null);

        await using (var trusted = Bot(target with { TlsRootFile = certificates.Root }))
        {
            Assert.True(await trusted["orders-db"].UseAsync(IsEncryptedAsync, Token));
        }

        Assert.Equal(Disagreed, await RefusalAsync(target)); // the system doesn't know the authority
        Assert.Equal(Disagreed, await RefusalAsync(target with { TlsRootFile = certificates.Root, Host = "localhost" })); // it is for 127.0.0.1
        await server.ExecuteAsync(isMariaDb ? "alter user 'chatbot'@'%' require ssl" : "set global require_secure_transport = 1", cancellationToken: Token);
        Assert.Equal(
            isMariaDb
                ? "orders-db refused the login of chatbot (1045). Check the user, the password file, and from which hosts the account may come."
                : "orders-db lets nobody in without TLS (3159). Set the target's Tls to Require or VerifyFull.",
            await RefusalAsync(target with { Tls = MySqlSslMode.None }));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_without_tls_is_refused_where_tls_is_asked_for()
    {
        await using var server = await MariaDbServer.StartAsync(10, ["--skip-ssl"], cancellationToken: TestContext.Current.CancellationToken);
        await server.ExecuteAsync("create user 'chatbot'@'%'", cancellationToken: Token);

        Assert.Equal(
            "orders-db has no TLS, and the target's Tls asks for it. Give the server a certificate, or set Tls.",
            await RefusalAsync(new MySqlTarget("orders-db", "127.0.0.1", server.Port, "", "chatbot", null)));
    }

    private static async Task<bool> IsEncryptedAsync(MySqlConnection session, CancellationToken cancellationToken) =>
        await session.ReadAllAsync("show session status like 'Ssl_version'", row => row.Text(1)) is [{ Length: > 0 }];

    private static MySqlConnections Bot(MySqlTarget target) => new([target], TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task<string> RefusalAsync(MySqlTarget target)
    {
        await using var bot = Bot(target);
        var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot["orders-db"].PingAsync(Token));
        Assert.Equal((UnavailableReason.Refused, 0), (refused.Reason, refused.RefusedLogins));
        return refused.Message;
    }
}
