using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Doctor;

/// <summary>What the doctor says of a connection's encryption, of real servers with a certificate: theirs and the bot's own words have to agree.</summary>
public sealed class TlsDoctorTests
{
    public static readonly TheoryData<string> Modes = ["VerifyFull", "Require", "Prefer", "Disable"];

    /// <summary>Without VerifyFull: MySqlConnector then asks the authority whom it revoked, and a test's own doesn't answer.</summary>
    public static readonly TheoryData<string> MySqlModes = ["Require", "Prefer", "Disable"];

    [Theory(Timeout = 180_000)]
    [MemberData(nameof(Modes))]
    public async Task PostgreSql(string mode)
    {
        var token = TestContext.Current.CancellationToken;
        using var certificates = await Certificates.MakeAsync("postgres", token);
        await using var server = await PostgreSqlServer.StartAsync(20, ["ssl=on", $"ssl_cert_file={certificates.Server}", $"ssl_key_file={certificates.Key}"], token);
        await server.ExecuteAsync("create role chatbot login connection limit 3; grant pg_read_all_stats, pg_signal_backend to chatbot", cancellationToken: token);

        await AssertSaysAsync(mode, DoctorRun.Settings(server.Port), certificates, token);
    }

    [Theory(Timeout = 180_000)]
    [MemberData(nameof(MySqlModes))]
    public async Task MariaDb(string mode)
    {
        var token = TestContext.Current.CancellationToken;
        using var certificates = await Certificates.MakeAsync("mysql", token);
        await using var server = await MariaDbServer.StartAsync(10, [$"--ssl-cert={certificates.Server}", $"--ssl-key={certificates.Key}"], cancellationToken: token);

        await AssertSaysAsync(mode, await LetInAsync(server, token), certificates, token);
    }

    [Theory(Timeout = 180_000)]
    [MemberData(nameof(MySqlModes))]
    public async Task MySql(string mode)
    {
        var token = TestContext.Current.CancellationToken;
        Assert.SkipUnless(await MySqlServer.FindAsync(token) is { IsAvailable: true }, "No MySQL here.");
        using var certificates = await Certificates.MakeAsync("mysql", token);
        await using var server = await MySqlServer.StartAsync(10, [$"--ssl-cert={certificates.Server}", $"--ssl-key={certificates.Key}"], cancellationToken: token);

        await AssertSaysAsync(mode, await LetInAsync(server, token), certificates, token);
    }

    private static async Task<Dictionary<string, string>> LetInAsync(MySqlProcess server, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("create user 'chatbot'@'%'", cancellationToken: cancellationToken);
        return DoctorRun.Settings(server.Port, "MySql");
    }

    private static async Task AssertSaysAsync(string mode, Dictionary<string, string> settings, Certificates certificates, CancellationToken cancellationToken)
    {
        settings["Targets:orders-db:Tls"] = mode;
        var trusting = await DoctorRun.RunAsync(settings, cancellationToken, trusted: certificates.Root);

        var words = mode switch
        {
            "VerifyFull" => " lets chatbot in, encrypted, its certificate verified, and no ",
            "Disable" => " lets chatbot in, not encrypted, and no ",
            _ => " lets chatbot in, encrypted, its certificate not verified, and no ",
        };
        Assert.True(trusting.Output.Contains(words, StringComparison.Ordinal), trusting.Output);
        if (mode == "VerifyFull")
        {
            Assert.DoesNotContain("lets chatbot in", (await DoctorRun.RunAsync(settings, cancellationToken)).Output, StringComparison.Ordinal); // nobody told whom to trust
        }
    }
}
