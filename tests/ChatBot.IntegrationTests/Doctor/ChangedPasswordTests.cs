using System.Runtime.Versioning;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.IntegrationTests.PostgreSql;

namespace ChatBot.IntegrationTests.Doctor;

/// <summary>A password that changes at the server and in its file while the bot runs.</summary>
public sealed class ChangedPasswordTests(PasswordServer server) : IClassFixture<PasswordServer>, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-password-").FullName;

    public async ValueTask DisposeAsync()
    {
        await server.ExecuteAsync($"alter role chatbot password '{PasswordServer.Password}'");
        await server.CleanAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_login_uses_the_new_password_and_a_lost_file_costs_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var said = new List<string>();
        Put("..1", PasswordServer.Password);
        var password = new FileSecret("Targets:orders-db:PasswordFile", Path.Combine(_folder, "password"), PasswordServer.Password);
        password.Lost += said.Add;
        var bot = await server.BotAsync(server.Target with { Password = password });
        var connection = bot[SmallServer.Name];

        // Changed at the server only: the connection lives on, the next login is refused, in our own words.
        await server.ExecuteAsync("alter role chatbot password 'canary-the-second-one'");
        await connection.PingAsync(token);
        await EndAsync();
        var refused = await RefusedAsync(connection, token);
        Assert.Equal(UnavailableReason.Refused, refused.Reason);
        Assert.Equal("orders-db did not accept the password of chatbot (28P01). Check the target's PasswordFile.", refused.Message);

        // And in the file, as Kubernetes does it: nobody waits for the pause after a refusal.
        Put("..2", "canary-the-second-one");
        await connection.PingAsync(token);
        Assert.Empty(said);

        // Without the file the last one is good for more logins.
        File.Delete(Path.Combine(_folder, "password"));
        await EndAsync();
        await connection.PingAsync(token);
        await EndAsync();
        await connection.PingAsync(token);
        Assert.DoesNotContain("canary", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    [UnsupportedOSPlatform("windows")]
    public async Task The_doctor_says_what_is_wrong_with_a_password_and_never_the_password()
    {
        var token = TestContext.Current.CancellationToken;
        Put("..1", PasswordServer.Password);
        var file = Path.Combine(_folder, "..1", "password");
        var settings = DoctorRun.Settings(server.Server.Port);
        settings["Targets:orders-db:PasswordFile"] = file;
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        var right = await DoctorRun.AskAsync(settings, token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var open = await DoctorRun.AskAsync(settings, token);
        settings["Targets:orders-db:PasswordFile"] = Path.Combine(_folder, "none");
        var none = await DoctorRun.AskAsync(settings, token);
        settings.Remove("Targets:orders-db:PasswordFile");
        settings["Targets:orders-db:Password"] = "canary-a-wrong-one";
        var wrong = await DoctorRun.AskAsync(settings, token);

        Assert.Equal((0, 2), (right.ExitCode, right.Advice.Count));
        Assert.Equal(0, open.ExitCode);
        Assert.Contains(open.Advice, one => one.Words.Contains("everybody on this machine can read", StringComparison.Ordinal));
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("Targets:orders-db:PasswordFile  found", none.Errors, StringComparison.Ordinal);
        Assert.StartsWith("orders-db did not accept the password of chatbot (28P01).", Assert.Single(wrong.Missing).Words, StringComparison.Ordinal);
        Assert.All([right, open, none, wrong], run => Assert.DoesNotContain("canary", run.Output + run.Errors, StringComparison.Ordinal));
    }

    /// <summary>The next version of a mounted secret: a folder of its own, and the link swapped to it.</summary>
    private void Put(string version, string password)
    {
        Directory.CreateDirectory(Path.Combine(_folder, version));
        File.WriteAllText(Path.Combine(_folder, version, "password"), password);
        var link = Path.Combine(_folder, "password");
        File.CreateSymbolicLink($"{link}.new", Path.Combine(version, "password"));
        File.Move($"{link}.new", link, overwrite: true);
    }

    private async Task EndAsync()
    {
        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chatbot'");
        await server.UntilAsync("select not exists (select from pg_stat_activity where usename = 'chatbot')");
    }

    private static async Task<TargetUnavailableException> RefusedAsync(WarmConnection connection, CancellationToken cancellationToken) =>
        await Assert.ThrowsAsync<TargetUnavailableException>(() => connection.PingAsync(cancellationToken));
}
