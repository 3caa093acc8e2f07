using System.Reflection;
using ChatBot.Store;

namespace ChatBot.Tests.Architecture;

/// <summary>Time comes from a TimeProvider, and nothing starts programs: read from the compiled program.</summary>
public class ClockTests
{
    /// <summary>Types that may do it nevertheless, and why.</summary>
    private static readonly Dictionary<(Type Type, string Member), string> Allowed = new()
    {
        [(typeof(IncidentStore), "Task.Delay")] = "the pause before a lost race is run again: some random milliseconds, which no test waits for",
    };

    [Fact]
    public void Nobody_asks_the_machine_for_the_time()
    {
        string[] banned = ["DateTime.get_Now", "DateTime.get_UtcNow", "DateTime.get_Today", "DateTimeOffset.get_Now", "DateTimeOffset.get_UtcNow"];

        Assert.Empty(Uses(method => banned.Contains(NameOf(method))));
    }

    [Fact]
    public void Nobody_starts_programs_or_blocks_a_thread() =>
        Assert.Empty(Uses(method => NameOf(method) is "Thread.Sleep" or "Process.Start"));

    [Fact]
    public void Every_pause_follows_a_clock_that_a_test_can_hold() =>
        Assert.Empty(Uses(method => NameOf(method) is "Task.Delay" or "Task.WaitAsync" && TakesTime(method) && !TakesClock(method)));

    [Fact]
    public void Only_the_places_that_start_something_name_the_real_clock()
    {
        var users = Uses(method => NameOf(method) == "TimeProvider.get_System");

        Assert.Equal(["ChatBot.ChatBotHost: TimeProvider.get_System", "ChatBot.ChatBotServices: TimeProvider.get_System", "ChatBot.Commands.StoreAccess: TimeProvider.get_System"], users);
    }

    [Fact]
    public void What_is_allowed_is_still_done()
    {
        var done = ProgramCode.References.Select(reference => (reference.From, reference.To is MethodBase method ? NameOf(method) : "")).ToHashSet();

        Assert.All(Allowed.Keys, allowed => Assert.Contains(allowed, done));
    }

    private static List<string> Uses(Func<MethodBase, bool> isBanned) =>
    [
        .. ProgramCode.References
            .Where(reference => reference.To is MethodBase method && isBanned(method) && !Allowed.ContainsKey((reference.From, NameOf(method))))
            .Select(reference => $"{reference.From}: {NameOf((MethodBase)reference.To!)}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static string NameOf(MethodBase method) => $"{method.DeclaringType?.Name}.{method.Name}";

    private static bool TakesTime(MethodBase method) => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeSpan) || parameter.ParameterType == typeof(int));

    private static bool TakesClock(MethodBase method) => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeProvider));
}
