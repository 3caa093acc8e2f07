using System.Collections.Immutable;
using ChatBot.Configuration;
using ChatBot.Incidents.Findings.Poolers;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Steps;
using ChatBot.Steps.AdviseAppPooling;
using ChatBot.Steps.AdvisePooler;
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
    [InlineData(null, null, 30, 50)]
    [InlineData("2h", "7", 120, 7)]
    [InlineData("30m", "50", 30, 50)]
    [InlineData("1s", "50", 30, 50)] // the settings say from which age on a session may be ended
    public void A_page_ends_no_younger_and_no_more_sessions_than_the_settings_allow(string? idleFor, string? max, int minutes, int most)
    {
        var parameters = ImmutableSortedDictionary<string, string>.Empty;
        parameters = idleFor is null ? parameters : parameters.Add("idle-for", idleFor);
        parameters = max is null ? parameters : parameters.Add("max", max);
        var binding = new StepBinding(new TerminateIdleStep(null!, null!).Type, parameters);

        var allowed = new EndIdleSessionsOptions();

        Assert.Equal(new SessionBounds(TimeSpan.FromMinutes(minutes), most), SessionBounds.Of(binding, allowed.IdleFor, allowed.MaxSessions));
        Assert.Equal(new SessionBounds(TimeSpan.FromMinutes(minutes), Math.Min(most, 3)), SessionBounds.Of(binding, allowed.IdleFor, most: 3));
    }

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
