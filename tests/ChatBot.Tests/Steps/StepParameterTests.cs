using System.Collections.Immutable;
using ChatBot.Configuration;
using ChatBot.Incidents.Findings.Poolers;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Steps;
using ChatBot.Steps.AdviseAppPooling;
using ChatBot.Steps.AdvisePooler;
using ChatBot.Steps.CancelQuery;
using ChatBot.Steps.EndOpenTransactions;
using ChatBot.Steps.TerminateIdle;

namespace ChatBot.Tests.Steps;

/// <summary>What a page's parameters and a target do to the steps.</summary>
public class StepParameterTests
{
    private static readonly TargetOptions Target = new()
    {
        Name = Given.Target,
        Host = "db.internal",
        Database = "orders",
        User = "chatbot",
        Environment = "PRODUCTION",
        Password = new Secret("hunter2xyz"),
    };

    [Theory]
    [InlineData(null, "default_pool_size = 5\n")]
    [InlineData("20..30", "default_pool_size = 20\n")]
    [InlineData("1..1", "default_pool_size = 1\n")]
    public async Task The_page_bounds_the_pool(string? bounds, string line)
    {
        var files = (await ReadAsync(Given.Deciding.Incident, bounds)).Files;

        Assert.Equal([PgBouncerFiles.Ini, PgBouncerFiles.UserList, PgBouncerFiles.AuthSql], files.Select(file => file.Name));
        Assert.Contains(line, files[0].Text, StringComparison.Ordinal);
        Assert.All(files, file => Assert.DoesNotContain("hunter2xyz", file.Text, StringComparison.Ordinal));
        Assert.All(files, file => Assert.InRange(file.Text.Length, 1, 100_000));
    }

    [Fact]
    public async Task Without_a_measurement_there_is_no_file() =>
        Assert.Empty((await ReadAsync(Given.Diagnosing.Incident, null)).Files);

    [Theory]
    [InlineData("5s", null, 5)]
    [InlineData("60s", null, 45)] // three quarters of the usual minute
    [InlineData("60s", "5m", 60)]
    [InlineData("2s", "1s", 0.75)]
    [InlineData(null, null, 5)]
    public void The_watch_ends_within_the_timeout_of_the_step(string? watch, string? timeout, double seconds)
    {
        var parameters = ImmutableSortedDictionary<string, string>.Empty;
        parameters = watch is null ? parameters : parameters.Add("watch", watch);
        parameters = timeout is null ? parameters : parameters.Add("timeout", timeout);

        Assert.Equal(TimeSpan.FromSeconds(seconds), AppPoolingStep.WatchFor(new StepBinding(new AppPoolingStep(null!, TimeProvider.System).Type, parameters)));
    }

    [Theory]
    [InlineData(null, null, "30m 10m 5m", 50)]
    [InlineData("2h", "7", "2h", 7)]
    [InlineData("30m", "50", "30m", 50)]
    [InlineData("10m", "50", "30m 10m", 50)]
    [InlineData("7m", "50", "30m 10m 7m", 50)] // one more age, and the youngest
    [InlineData("5m", "50", "30m 10m 5m", 50)]
    [InlineData("1s", "50", "30m 10m 5m", 50)] // the settings say from which age on a session may be ended
    public void A_page_ends_no_younger_and_no_more_sessions_than_the_settings_allow(string? idleFor, string? max, string ages, int most)
    {
        var options = Options();
        var binding = Binding(new TerminateIdleStep(null!, options).Type, ("idle-for", idleFor), ("max", max));

        AssertBounds(options.EndIdleSessions, most);
        AssertBounds(options.EndIdleSessions with { MaxSessions = 3 }, Math.Min(most, 3));

        void AssertBounds(EndIdleSessionsOptions settings, int expected)
        {
            var bounds = SessionBounds.Of(binding, settings);
            Assert.Equal(ages, string.Join(' ', bounds.Ages.Select(Duration.Format)));
            Assert.Equal(expected, bounds.Most);
        }
    }

    [Theory]
    [InlineData(null, null, 5, 5)]
    [InlineData("10m", "2", 10, 2)]
    [InlineData("1s", "50", 5, 5)]
    public void A_page_ends_no_younger_and_no_more_transactions_than_the_settings_allow(string? idleFor, string? max, int minutes, int most)
    {
        var options = Options();
        var binding = Binding(new EndTransactionsStep(null!, options).Type, ("idle-for", idleFor), ("max", max));

        Assert.Equal(new TransactionBounds(TimeSpan.FromMinutes(minutes), most), TransactionBounds.Of(binding, options));

        var narrow = options with { EndIdleSessions = options.EndIdleSessions with { MaxSessions = 1 } };
        Assert.Equal(1, TransactionBounds.Of(binding, narrow).Most); // the decision refuses a plan that names more
    }

    [Theory]
    [InlineData(null, null, 30, 5)]
    [InlineData("2m", "50", 120, 50)]
    public void A_page_says_which_statements_are_cancelled(string? runningFor, string? max, int seconds, int most)
    {
        var options = Options();
        var binding = Binding(new CancelStatementsStep(null!, options).Type, ("running-for", runningFor), ("max", max));

        Assert.Equal(new StatementBounds(TimeSpan.FromSeconds(seconds), most), StatementBounds.Of(binding, options));
        Assert.Equal(Math.Min(3, most), StatementBounds.Of(binding, options with { EndIdleSessions = options.EndIdleSessions with { MaxSessions = 3 } }).Most);
    }

    private static ChatBotOptions Options() => Configuration.Given.Read(Configuration.Given.Smallest()).Options!;

    private static StepBinding Binding(StepType type, params (string Name, string? Value)[] parameters) => new(
        type,
        parameters.Where(parameter => parameter.Value is not null).ToImmutableSortedDictionary(parameter => parameter.Name, parameter => parameter.Value!));

    private static Task<StepReading> ReadAsync(Incidents.Incident incident, string? bounds)
    {
        var step = new PoolerStep();
        var parameters = ImmutableSortedDictionary<string, string>.Empty;
        var binding = new StepBinding(step.Type, bounds is null ? parameters : parameters.Add("pool-size", bounds));
        var request = new StepRequest(
            incident, new RunbookStep("mitigation-3-1", RunbookPhase.LongTerm, "3.1", "Pooler", Line: 1), binding, Target, Consumers: null);
        return step.ReadAsync(request, TestContext.Current.CancellationToken);
    }
}
