using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

/// <summary>More pods without a rollout: told only as far as the cluster tells it. The rise begins at noon.</summary>
public sealed class AutoscalerTests
{
    private static readonly PodScaling Up = new(Noon.AddMinutes(-2), IsUp: true, 4, 10);

    private static readonly Autoscaler Scaler = new(Minimum: 2, Maximum: 12, Current: 10, Desired: 10) { Name = Name("checkout"), ScaledAt = Noon.AddMinutes(-2), Scalings = [Up] };

    public static readonly TheoryData<string, Autoscaler, AutoscalerRise?> Cases = new()
    {
        { "raised", Scaler, new AutoscalerRise(4, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "told a moment later", Scaler with { Scalings = [Up with { At = Noon.AddMinutes(-1.5) }] }, new AutoscalerRise(4, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "in two steps", Scaler with { Scalings = [Up with { From = 7 }, Up with { At = Noon.AddMinutes(-5), From = 3, To = 7 }] }, new AutoscalerRise(3, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "of a new deployment", Scaler with { Scalings = [Up, Up with { At = Noon.AddMinutes(-5), From = 0, To = 4 }] }, new AutoscalerRise(4, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "after a rollout", Scaler with { Scalings = [Up, Up with { At = Noon.AddMinutes(-5), IsUp = false, From = 1, To = 0 }, Up with { At = Noon.AddMinutes(-5), From = 3, To = 4 }] }, new AutoscalerRise(4, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "an older server", Scaler with { Scalings = [Up with { From = null }, Up with { At = Noon.AddMinutes(-50), From = null, To = 4 }] }, new AutoscalerRise(4, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "an older server, forgotten", Scaler with { Scalings = [Up with { From = null }] }, new AutoscalerRise(null, 10, 12, Noon.AddMinutes(-2), IsCertain: true) },
        { "nobody told", Scaler with { Scalings = [] }, new AutoscalerRise(null, 10, 12, Noon.AddMinutes(-2), IsCertain: false) },
        { "somebody else did, earlier", Scaler with { Scalings = [Up with { At = Noon.AddMinutes(-4) }] }, new AutoscalerRise(null, 10, 12, Noon.AddMinutes(-2), IsCertain: false) },
        { "taken down", Scaler with { Scalings = [Up with { IsUp = false, From = 12 }, Up with { At = Noon.AddMinutes(-4), To = 12 }] }, null },
        { "long before", Scaler with { ScaledAt = Noon.AddMinutes(-11), Scalings = [Up with { At = Noon.AddMinutes(-11) }] }, null },
        { "at its least", Scaler with { Current = 2 }, null },
        { "never", Scaler with { ScaledAt = null, Scalings = [] }, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_raised_the_number_of_pods_or_it_is_not_accused(string which, Autoscaler scaler, AutoscalerRise? rise)
    {
        Assert.NotEmpty(which);
        Assert.Equal(rise, AutoscalerRule.Of(Workload("checkout-api") with { Autoscaler = scaler }, Noon));
    }

    [Theory]
    [InlineData(4, 10, " Its autoscaler raised it from 4 to 10 pods (maximum 12) Nov 26 11:58 UTC, 2 min before the rise. If it is why, hold it there by hand: kubectl patch hpa checkout -n shop --context prod --type=merge -p '{\"spec\":{\"maxReplicas\":10}}'")]
    [InlineData(4, 12, " Its autoscaler raised it from 4 to 12 pods (maximum 12) Nov 26 11:58 UTC, 2 min before the rise.")] // as far as it may go
    [InlineData(null, 10, " Its autoscaler changed its number of pods (10 by now, maximum 12) Nov 26 11:58 UTC, 2 min before the rise. If it is why, hold it there by hand: kubectl patch hpa checkout -n shop --context prod --type=merge -p '{\"spec\":{\"maxReplicas\":10}}'")]
    public void It_is_told_with_what_holds_it(int? from, int now, string words)
    {
        var workload = Workload("checkout-api", Pod("checkout-1", "10.0.0.1")) with { Autoscaler = Scaler with { Current = now, Scalings = from is null ? [] : [Up with { To = now }] } };
        var consumers = Consumers(Group("", "10.0.0.1", 61));

        var told = AttributionWords.Of(AttributionRule.Of(consumers, Noon, Cluster(workload)), consumers, Noon, Noon.AddMinutes(5))[0].ToString();

        Assert.EndsWith(words, told, StringComparison.Ordinal);
        Assert.DoesNotContain("autoscaler", AttributionWords.Of(AttributionRule.Of(consumers, Noon, Cluster(workload)), consumers, Noon.AddHours(1), Noon)[0].ToString(), StringComparison.Ordinal);
    }
}
