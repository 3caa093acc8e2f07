using ChatBot.Incidents.Findings;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>When an incident can be called over.</summary>
public sealed class OverTests
{
    public static readonly TheoryDataRow<Story, string?>[] Cases =
    [
        Row("room and steady", Deciding.Later(ThePolicy.SampleEvery).Measure(60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60), null),
        Row("room, but full within the hour", Rising(20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46), "The connections still rise"),
        Row("room, and slowly rising", Rising(20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 21, 21), null),
        Row("measured once only", Diagnosing.Measure(20).Do(new RecordConsumers(Names, Sessions: 20, Endable: 0)), "It wasn't measured for long enough"),
        Row("above the mark", Deciding, "orders-db still uses 93"),
        Row("after a change only what came after it counts", Stabilized, null),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_over_only_with_room_that_lasts(Story story, string? reason)
    {
        var whyNot = OverRule.WhyNot(story.Incident, ThePolicy);

        Assert.Equal(reason is null, whyNot is null);
        Assert.StartsWith(reason ?? "", whyNot ?? "", StringComparison.Ordinal);
    }

    private static Story Rising(params int[] used) => Diagnosing.Measure(used).Do(new RecordConsumers(Names, Sessions: 40, Endable: 0));

    private static TheoryDataRow<Story, string?> Row(string label, Story story, string? reason) => new(story, reason) { Label = label };
}
