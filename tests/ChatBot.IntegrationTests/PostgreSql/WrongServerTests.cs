using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>Something else listens where the server should be.</summary>
public sealed class WrongServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string Ended = "What answers for orders-db at 127.0.0.1:{0} ended the bot's login. Check that it is the PostgreSQL server, and that it runs well.";
    private const string Foreign = "What answers for orders-db at 127.0.0.1:{0} doesn't speak PostgreSQL. Check the target's Host and Port.";
    private const string Hung = "orders-db did not answer the bot's login at 127.0.0.1:{0} within 1 s. It hangs, or something else than PostgreSQL listens there: check the target's Host and Port.";

    public static readonly TheoryData<string, string, bool, string, string> Servers = new()
    {
        // what it says at once                          what it answers                      hangs up  with TLS  without
        { "",                                            "HTTP/1.1 400 Bad Request\r\n\r\n", true,     Foreign,  Ended },
        { "J\0\0\0\n8.4.2\0 mysql_native_password\0",    "",                                 false,    Foreign,  Foreign },
        { "SSH-2.0-OpenSSH_9.2\r\n",                     "",                                 false,    Hung,     Hung }, // starts like a yes to TLS
        { "",                                            "S",                                true,     Ended,    Ended },
        { "",                                            "",                                 true,     Ended,    Ended },
        { "",                                            "",                                 false,    Hung,     Hung },
        { "\u0001\u0002\u0003\u0004\u0005\u0006\u0007",  "",                                 true,     Foreign,  Ended },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Servers))]
    public async Task Is_never_taken_for_a_database_and_gets_its_own_sentence(string greeting, string answer, bool hangsUp, string withTls, string without)
    {
        foreach (var tls in new[] { SslMode.VerifyFull, SslMode.Disable })
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var serving = ServeAsync(listener, greeting, answer, hangsUp, stopping.Token);
            var target = new PostgreSqlTarget("orders-db", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, "postgres", "chatbot", null)
            {
                Tls = tls,
                ConnectTimeout = TimeSpan.FromSeconds(1),
            };
            await using (var bot = new WarmConnections([target], TimeProvider.System, NullLoggerFactory.Instance))
            {
                var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => new PostgreSqlTargetServer("orders-db", bot, TimeProvider.System).CountAsync(Token));

                Assert.Equal(0, refused.RefusedLogins);
                Assert.NotEqual(UnavailableReason.Full, refused.Reason);
                Assert.Null(refused.InnerException);
                TestContext.Current.TestOutputHelper!.WriteLine($"{tls}: {refused.Reason}: {refused.Message}");
                Assert.Equal(string.Format(CultureInfo.InvariantCulture, tls is SslMode.VerifyFull ? withTls : without, target.Port), refused.Message);
            }

            await stopping.CancelAsync();
            await serving;
        }
    }

    private static async Task ServeAsync(TcpListener listener, string greeting, string answer, bool hangsUp, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping);
                var stream = client.GetStream();
                await stream.WriteAsync(Encoding.Latin1.GetBytes(greeting), stopping);
                _ = await stream.ReadAsync(new byte[1024], stopping);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), stopping);
                if (!hangsUp)
                {
                    while (await stream.ReadAsync(new byte[1024], stopping) > 0)
                    {
                    }
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or SocketException)
        {
        }
    }
}
