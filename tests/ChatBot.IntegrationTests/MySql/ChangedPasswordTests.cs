using ChatBot.Configuration;
using ChatBot.Databases;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbChangedPasswordTests(SmallMariaDb server) : ChangedPasswordTests(server), IClassFixture<SmallMariaDb>;

public sealed class MySqlChangedPasswordTests(SmallMySql9 server) : ChangedPasswordTests(server), IClassFixture<SmallMySql9>;

/// <summary>A password that changes at the server and in its file while the bot runs.</summary>
public abstract class ChangedPasswordTests(SmallMySql server) : IAsyncLifetime
{
    private const string First = "canary-the-first-one";
    private const string Second = "canary-the-second-one";

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("chatbot-password-").FullName, "password");

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.WhyNot is not null, $"No MySQL here: {server.WhyNot}.");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        if (server.WhyNot is null)
        {
            await server.CleanAsync();
            await server.ExecuteAsync("alter user 'chatbot'@'%' identified by ''");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_login_uses_the_new_password_and_a_lost_file_costs_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var said = new List<string>();
        await server.ExecuteAsync($"alter user 'chatbot'@'%' identified by '{First}'");
        await File.WriteAllTextAsync(_file, First, token);
        var password = new FileSecret("Targets:orders-db:PasswordFile", _file, First);
        password.Lost += said.Add;
        var bot = await server.BotAsync(server.Target with { Password = password, Tls = server.IsMariaDb ? MySqlSslMode.None : MySqlSslMode.Required });
        var connection = bot[SmallMySql.Name];

        // Changed at the server only: the connection lives on, the next login is refused, in our own words.
        await server.ExecuteAsync($"alter user 'chatbot'@'%' identified by '{Second}'");
        await connection.PingAsync(token);
        await server.EndBotsAsync();
        var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => connection.PingAsync(token));
        Assert.Equal(UnavailableReason.Refused, refused.Reason);
        Assert.StartsWith("orders-db refused the login of chatbot (1045).", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);

        // And in the file: nobody waits for the pause after a refusal.
        await File.WriteAllTextAsync($"{_file}.new", Second, token);
        File.Move($"{_file}.new", _file, overwrite: true);
        await connection.PingAsync(token);
        Assert.Empty(said);

        // Without the file the last one is good for more logins.
        File.Delete(_file);
        await server.EndBotsAsync();
        await connection.PingAsync(token);
        Assert.DoesNotContain("canary", Assert.Single(said), StringComparison.Ordinal);
    }
}
