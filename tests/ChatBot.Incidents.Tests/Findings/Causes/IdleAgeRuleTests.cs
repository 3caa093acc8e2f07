using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Tests.Findings.Causes;

public class IdleAgeRuleTests
{
    /// <summary>Of 97 slots 97 are taken; below 78 it counts as relieved. Sessions that are idle for 30, 10 and 5 minutes.</summary>
    public static readonly TheoryData<int, int, int, double?, int?> Ages = new()
    {
        // 30 min, 10 min, 5 min, rise a minute, chosen (min)
        { 0, 0, 0, null, null },
        { 50, 60, 70, null, 30 },
        { 0, 12, 50, null, 5 },
        { 0, 50, 60, null, 10 },
        { 20, 50, 60, null, 30 }, // 77 are left: just below the mark
        { 19, 50, 60, null, 10 }, // 78 are not
        { 5, 6, 7, null, 5 }, // none frees enough: the youngest frees most
        { 5, 0, 0, null, 30 }, // the only one that frees any
        { 20, 50, 60, -3.0, 30 }, // it empties by itself
        { 20, 50, 60, 2.0, 30 }, // 20 slots last for 10 minutes, exactly
        { 20, 50, 60, 2.1, 10 },
        { 20, 50, 60, 5.5, 5 },
        { 20, 50, 60, 100.0, 5 }, // nothing lasts: the youngest
    };

    [Theory]
    [MemberData(nameof(Ages))]
    public void The_oldest_age_that_frees_enough_is_chosen(int thirty, int ten, int five, double? rise, int? chosen)
    {
        AgeCount[] ages = [new(TimeSpan.FromMinutes(30), thirty), new(TimeSpan.FromMinutes(10), ten), new(TimeSpan.FromMinutes(5), five)];

        Assert.Equal(chosen, IdleAgeRule.Choose(ages, Given.Usage(97), rise, reliefBelow: 0.8)?.TotalMinutes);
        Assert.Equal(chosen, IdleAgeRule.Choose([.. ages.Reverse()], Given.Usage(97), rise, reliefBelow: 0.8)?.TotalMinutes);
    }

    [Fact]
    public void Without_ages_none_is_chosen() => Assert.Null(IdleAgeRule.Choose([], Given.Usage(97), 3, reliefBelow: 0.8));
}
