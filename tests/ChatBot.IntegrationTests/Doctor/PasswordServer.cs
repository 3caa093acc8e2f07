using ChatBot.IntegrationTests.PostgreSql;

namespace ChatBot.IntegrationTests.Doctor;

/// <summary>A small server that asks the bot for its password; everybody else may come as before.</summary>
public sealed class PasswordServer : SmallServer
{
    public const string Password = "canary-the-first-one";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var rules = await Server.ScalarAsync<string>("select current_setting('hba_file')");
        await File.WriteAllTextAsync(rules, $"host all chatbot all scram-sha-256\n{await File.ReadAllTextAsync(rules)}");
        await ExecuteAsync($"alter role chatbot password '{Password}'; select pg_reload_conf()");
        await UntilAsync("select count(*) > 0 from pg_hba_file_rules where auth_method = 'scram-sha-256' and 'chatbot' = any(user_name)");
    }
}
