using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.IntegrationTests.PostgreSql;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.IntegrationTests.PgBouncer;

/// <summary>A real PgBouncer, and what else may be at its address.</summary>
public sealed class PgBouncerConsoleTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Theory(Timeout = 60_000)]
    [InlineData("scram-sha-256")]
    [InlineData("md5")]
    [InlineData("plain")]
    [InlineData("trust")]
    public async Task Gets_in_with_every_kind_of_login_and_every_command_is_answered(string authType)
    {
        await using var pooler = await Pooler.StartAsync(server, $"auth_type = {authType}");
        await using var console = await pooler.OpenAsync();

        foreach (var command in Enum.GetValues<ConsoleCommand>())
        {
            var rows = await console.QueryAsync(command, Token);
            Assert.True(rows.Count > 0 || command is ConsoleCommand.Servers, command.Text());
        }

        Assert.StartsWith("PgBouncer 1.", (await console.QueryAsync(ConsoleCommand.Version, Token)).Text(0, "version"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("scram-sha-256")]
    [InlineData("md5")]
    [InlineData("plain")]
    [InlineData("trust")]
    public async Task Whoever_is_not_let_in_hears_which_setting_to_look_at(string authType)
    {
        await using var pooler = await Pooler.StartAsync(server, $"auth_type = {authType}");

        var stranger = await FailAsync(pooler.Target with { User = "stranger" });
        var outsider = await FailAsync(pooler.Target with { User = "app" });

        Assert.StartsWith($"The PgBouncer of {SmallServer.Name} refused the login of stranger, and does not say whether name or password is wrong.", stranger, StringComparison.Ordinal);
        Assert.Equal($"The PgBouncer of {SmallServer.Name} does not let app read its console. Add app to stats_users there, and reload it.", outsider);
        if (authType != "trust")
        {
            var wrong = await FailAsync(pooler.Target with { Password = new Secret("canary-wrong") });
            var none = await FailAsync(pooler.Target with { Password = null });
            Assert.StartsWith($"The PgBouncer of {SmallServer.Name} refused the login of chatbot", wrong, StringComparison.Ordinal);
            Assert.StartsWith($"The PgBouncer of {SmallServer.Name} asks chatbot for a password, and none is configured.", none, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Encrypts_as_configured()
    {
        using var files = new Certificate("localhost");
        await using var pooler = await Pooler.StartAsync(
            server, "auth_type = plain", "client_tls_sslmode = require", $"client_tls_cert_file = {files.CertificateFile}", $"client_tls_key_file = {files.KeyFile}");

        foreach (var mode in new[] { TlsMode.Prefer, TlsMode.Require })
        {
            await using var console = await pooler.OpenAsync(pooler.Target with { Tls = mode });
            var clients = await console.QueryAsync(ConsoleCommand.Clients, Token);
            Assert.StartsWith("TLSv1.", clients.Text(0, "tls"), StringComparison.Ordinal);
        }

        Assert.StartsWith(
            $"The PgBouncer of {SmallServer.Name} at 127.0.0.1:{pooler.Port} insists on encryption.",
            await FailAsync(pooler.Target with { Tls = TlsMode.Disable }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            $"The certificate of the PgBouncer of {SmallServer.Name} is not for 127.0.0.1, or from an authority that this machine does not know.",
            await FailAsync(pooler.Target with { Tls = TlsMode.VerifyFull }),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_encryption_there_only_those_who_asked_for_it_stay_out()
    {
        await using var pooler = await Pooler.StartAsync(server);

        await using (var console = await pooler.OpenAsync(pooler.Target with { Tls = TlsMode.Prefer }))
        {
            Assert.Equal("", (await console.QueryAsync(ConsoleCommand.Clients, Token)).Text(0, "tls"));
        }

        foreach (var mode in new[] { TlsMode.Require, TlsMode.VerifyFull })
        {
            Assert.StartsWith(
                $"The PgBouncer of {SmallServer.Name} at 127.0.0.1:{pooler.Port} offers no encryption.",
                await FailAsync(pooler.Target with { Tls = mode }),
                StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Comes_in_by_a_Unix_socket_too()
    {
        await using var pooler = await Pooler.StartAsync(server, "auth_type = plain");
        var folder = Directory.CreateTempSubdirectory("chatbot-sock-").FullName;
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, ".s.PGSQL.6432")));
            listener.Listen();
            var passing = PassAsync(listener, pooler.Port);

            // VerifyFull is what a target elsewhere would have; a socket has no encryption.
            await using (var console = await pooler.OpenAsync(pooler.Target with { Host = folder, Port = 6432, Tls = TlsMode.VerifyFull }))
            {
                Assert.Equal(1, (await console.QueryAsync(ConsoleCommand.Version, Token)).Count);
            }

            await passing;
            Assert.StartsWith(
                $"Nobody answers for the PgBouncer of {SmallServer.Name} at {folder}/.s.PGSQL.6433.",
                await FailAsync(pooler.Target with { Host = folder, Port = 6433 }),
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_PostgreSQL_server_is_told_from_a_PgBouncer(bool hasSuchDatabase)
    {
        if (hasSuchDatabase)
        {
            await server.ExecuteAsync("create database pgbouncer");
        }

        var message = await FailAsync(Target(server.Server.Port) with { User = "app" });

        Assert.Equal(
            $"A PostgreSQL server answers at 127.0.0.1:{server.Server.Port}, and no PgBouncer. Check the PgBouncer:Host and PgBouncer:Port of {SmallServer.Name}.", message);
        if (hasSuchDatabase)
        {
            await server.UntilAsync("select not exists (select from pg_stat_activity where datname = 'pgbouncer')");
            await server.ExecuteAsync("drop database pgbouncer");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Disable")]
    [InlineData("Prefer")]
    public async Task A_web_server_is_told_from_a_PgBouncer(string tls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var web = builder.Build();
        await web.StartAsync(Token);
        var port = new Uri(web.Urls.First()).Port;

        var message = await FailAsync(Target(port) with { Tls = Enum.Parse<TlsMode>(tls) });

        Assert.StartsWith($"A web server answers at 127.0.0.1:{port}, and no PgBouncer.", message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Disable")]
    [InlineData("Require")]
    public async Task Who_accepts_and_hangs_or_hangs_up_is_told_apart(string tls)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var target = Target(port) with { Tls = Enum.Parse<TlsMode>(tls), Within = TimeSpan.FromMilliseconds(200) };

        Assert.StartsWith($"The PgBouncer of {SmallServer.Name} at 127.0.0.1:{port} did not answer within 0.2 s.", await FailAsync(target), StringComparison.Ordinal);

        (await listener.AcceptTcpClientAsync(Token)).Dispose(); // the one above
        var closing = CloseAsync(listener);
        var closed = await FailAsync(target with { Within = TimeSpan.FromSeconds(30) });
        await closing;
        Assert.StartsWith($"The PgBouncer of {SmallServer.Name} at 127.0.0.1:{port} closed the connection in the middle of the talk.", closed, StringComparison.Ordinal);

        listener.Stop();
        Assert.StartsWith($"Nobody answers for the PgBouncer of {SmallServer.Name} at 127.0.0.1:{port}.", await FailAsync(target with { Within = TimeSpan.FromSeconds(30) }), StringComparison.Ordinal);
    }

    public static readonly TheoryData<string> Nowhere = ["no-such-host.invalid", "/no/such/folder", "/" + new string('x', 99), string.Join('.', Enumerable.Repeat("long", 60))];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Nowhere))]
    public async Task At_an_address_that_does_not_exist_nobody_answers(string host) => Assert.StartsWith(
        $"Nobody answers for the PgBouncer of {SmallServer.Name} at {host}",
        await FailAsync(Target(6432) with { Host = host, Within = TimeSpan.FromSeconds(50) }),
        StringComparison.Ordinal);

    private static PgBouncerTarget Target(int port) =>
        new(SmallServer.Name, "127.0.0.1", port, "chatbot", new Secret(Pooler.Password)) { Tls = TlsMode.Disable };

    private static async Task<string> FailAsync(PgBouncerTarget target)
    {
        var trouble = await Assert.ThrowsAsync<TargetUnavailableException>(async () =>
        {
            await using var console = await PgBouncerConsole.OpenAsync(target, TimeProvider.System, Token);
        });
        Assert.DoesNotContain(Pooler.Password, trouble.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", trouble.ToString(), StringComparison.Ordinal);
        return trouble.Message;
    }

    private static async Task CloseAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        _ = await client.GetStream().ReadAsync(new byte[100], Token); // or the other end would hear of a reset instead
    }

    /// <summary>Passes one connection on: this PgBouncer has no socket of its own.</summary>
    private static async Task PassAsync(Socket listener, int port)
    {
        using var here = new NetworkStream(await listener.AcceptAsync(Token), ownsSocket: true);
        using var there = new TcpClient("127.0.0.1", port);
        await Task.WhenAny(here.CopyToAsync(there.GetStream(), Token), there.GetStream().CopyToAsync(here, Token));
    }

    /// <summary>A certificate that nobody vouches for, in files that PgBouncer can read.</summary>
    private sealed class Certificate : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-tls-").FullName;

        public Certificate(string host)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
            File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());

            // PgBouncer runs as somebody else when the tests run as root; nothing is secret about this key.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
                File.SetUnixFileMode(KeyFile, (UnixFileMode)0b110_100_100);
            }
        }

        public string CertificateFile => Path.Combine(_folder, "server.crt");

        public string KeyFile => Path.Combine(_folder, "server.key");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
