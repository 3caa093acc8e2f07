using System.Reflection;
using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Incidents;

namespace ChatBot.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void The_shipped_settings_and_one_target_are_enough()
    {
        var full = Given.Full().With("Targets", Given.Smallest()["Targets"]!.DeepClone());

        var (options, mistakes) = Given.Read(full);

        Assert.Empty(mistakes);
        var target = options!.Targets["orders-db"];
        Assert.Equal("orders-db", target.Name);
        Assert.Empty(target.Approvers);
        Assert.Equal(TargetMode.Observe, target.Mode);
        Assert.Equal(TlsMode.Prefer, target.Tls); // this machine
        Assert.Equal("database-connection-pool-exhaustion", target.Runbook);
        Assert.Empty(target.Services);
        Assert.Equal("xoxb-canary-1", options.Slack.BotToken.Reveal());
        Assert.DoesNotContain("canary", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_every_setting_of_a_target()
    {
        var (options, mistakes) = Given.Read(Given.Full().With("Targets:orders-db:Mode", "aCT"));

        Assert.Empty(mistakes);
        var target = options!.Targets["orders-db"];
        Assert.Equal("canary-3-hunter2", target.Password!.Reveal());
        Assert.Equal(["S0123ABCD", "U0123ABCD"], target.Approvers);
        Assert.Equal(["replicator"], target.Protected.Users);
        Assert.Equal(["pg_dump"], target.Protected.Applications);
        Assert.Equal((TlsMode.Require, TargetMode.Act, "C0123ABCD"), (target.Tls, target.Mode, target.Channel));
        Assert.Equal("orders", target.Runbook);
        Assert.Equal([("checkout-api", "shop"), ("reports", "back-office")], target.Services.Select(service => (service.Key, service.Value.Namespace)));
    }

    [Theory]
    [InlineData("PostgreSql", "barman", "pg_basebackup")]
    [InlineData("MySql", "root", "mysqldump")]
    public void Backups_are_protected_beside_what_is_configured_unless_that_is_dropped(string engine, string user, string application)
    {
        var kind = Enum.Parse<DatabaseEngine>(engine);
        var settings = Given.Smallest().With("Targets:orders-db:Protected", JsonNode.Parse("""{ "Users": ["nightly"], "Applications": ["import", "flyway"] }"""));
        var kept = Given.Read(settings).Options!.Targets["orders-db"].Protected;
        var dropped = Given.Read(settings.With("Targets:orders-db:Protected:Defaults", "Drop")).Options!.Targets["orders-db"].Protected;

        Assert.Equal(["nightly", .. ProtectedDefaults.Users(kind)], kept.UsersOf(kind));
        Assert.Equal(["import", "flyway", .. ProtectedDefaults.Applications(kind).Except(["flyway"])], kept.ApplicationsOf(kind));
        Assert.Contains(user, kept.UsersOf(kind));
        Assert.Contains(application, kept.ApplicationsOf(kind));
        Assert.Equal(["nightly"], dropped.UsersOf(kind));
        Assert.Equal(["import", "flyway"], dropped.ApplicationsOf(kind));
    }

    [Fact]
    public void A_target_elsewhere_has_to_prove_who_it_is() => Assert.Equal(
        TlsMode.VerifyFull,
        Given.Read(Given.Smallest().With("Targets:orders-db:Host", "db.example.com")).Options!.Targets["orders-db"].Tls);

    [Fact]
    public void A_target_may_name_the_authority_of_its_certificate()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Equal(file, Given.Read(Given.Smallest().With("Targets:orders-db:TlsRootFile", file)).Options!.Targets["orders-db"].TlsRootFile);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void MySQL_and_MariaDB_have_a_port_of_their_own_need_no_database_and_may_have_a_second_port()
    {
        var settings = Given.Smallest().With("Targets:orders-db:Engine", "mysql");
        var target = Given.Read(settings).Options!.Targets["orders-db"];
        Assert.Equal((DatabaseEngine.MySql, 3306, "", null), (target.Engine, target.Port, target.Database, target.AdminPort));

        var second = Given.Read(settings.With("Targets:orders-db:AdminPort", 33062)).Options!.Targets["orders-db"];
        Assert.Equal(33062, second.AdminPort);
    }

    [Fact]
    public void How_many_processors_a_server_has_is_unknown_unless_somebody_says()
    {
        Assert.Null(Given.Read(Given.Smallest()).Options!.Targets["orders-db"].Processors);
        Assert.Equal(8, Given.Read(Given.Smallest().With("Targets:orders-db:Processors", 8)).Options!.Targets["orders-db"].Processors);
    }

    [Fact]
    public void The_shipped_file_has_every_setting_with_its_default_and_nothing_else()
    {
        var defaults = Given.Read(Given.Smallest()).Options!;
        var shipped = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json")))!.AsObject();
        string[] without = [nameof(ChatBotOptions.Targets), nameof(ChatBotOptions.Warnings)];

        var sections = SettingsOf(typeof(ChatBotOptions)).Where(p => !without.Contains(p.Name)).ToList();

        Assert.Equal(sections.Select(s => s.Name).Order(), shipped.Select(s => s.Key).Order());
        foreach (var section in sections)
        {
            var settings = SettingsOf(section.PropertyType).Where(p => p.PropertyType != typeof(Secret));
            Assert.Equal(settings.Select(s => s.Name).Order(), shipped[section.Name]!.AsObject().Select(s => s.Key).Order());
        }

        var asShipped = Given.Read(Given.Full()
            .With("Terminal", shipped["Terminal"]!.DeepClone())
            .With("Targets", Given.Smallest()["Targets"]!.DeepClone())).Options!;
        Assert.Equal(defaults.Work, asShipped.Work);
        Assert.Equal(defaults.Store, asShipped.Store);
        Assert.Equal(defaults.Approval, asShipped.Approval);
        Assert.Equal(defaults.EndIdleSessions, asShipped.EndIdleSessions);
        Assert.Equal(defaults.EndTransactions, asShipped.EndTransactions);
        Assert.Equal(defaults.Watch, asShipped.Watch);
        Assert.Equal(defaults.Runbooks, asShipped.Runbooks);
        Assert.Equal(defaults.Kubernetes, asShipped.Kubernetes);
        Assert.Equal((0, 0), (defaults.Terminal.Port, asShipped.Terminal.Port));
        Assert.Empty(defaults.Terminal.People);
        Assert.Empty(asShipped.Terminal.People);
        Assert.Equal(defaults.Slack with { BotToken = asShipped.Slack.BotToken, AppToken = asShipped.Slack.AppToken }, asShipped.Slack);
    }

    [Theory]
    [InlineData("30m", null, "30m, 10m, 5m")]
    [InlineData("30m", "10m, 5m", "30m, 10m, 5m")]
    [InlineData("30m", "5m,10m,10m", "30m, 10m, 5m")] // oldest first, each once
    [InlineData("30m", "1s", "30m, 1s")]
    [InlineData("30m", "", "30m")]
    [InlineData("10m", null, "10m, 5m")]
    [InlineData("5s", null, "5s")] // the defaults hold as far as they are below
    [InlineData("10m", "10m, 5m", "10m, 5m")] // as in the shipped file, below one's own
    public void Younger_ages_are_written_in_one_line(string idleFor, string? orIdleFor, string all)
    {
        var settings = Given.Smallest().With("EndIdleSessions:IdleFor", idleFor);
        var (options, mistakes) = Given.Read(orIdleFor is null ? settings : settings.With("EndIdleSessions:OrIdleFor", orIdleFor));

        Assert.Empty(mistakes);
        Assert.Equal(all, string.Join(", ", options!.EndIdleSessions.AllAges().Select(Duration.Format)));
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("10S", 10_000)]
    [InlineData("30m", 1_800_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0s", 0)]
    [InlineData("00:00:10", 10_000)]
    [InlineData("1.00:00:00.5", 86_400_500)]
    [InlineData("10", null)] // .NET reads ten days
    [InlineData("24:00:00", null)] // .NET reads 24 days
    [InlineData("-1s", null)]
    [InlineData("1.5s", null)]
    [InlineData(" 10s", null)]
    [InlineData("s", null)]
    [InlineData("4294967295d", null)]
    [InlineData("", null)]
    public void Durations_are_written_as_people_write_them(string text, int? milliseconds)
    {
        var isDuration = Duration.TryParse(text, out var duration);

        Assert.Equal(milliseconds is not null, isDuration);
        Assert.Equal(milliseconds ?? 0, duration.TotalMilliseconds);
    }

    private static PropertyInfo[] SettingsOf(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance);
}
