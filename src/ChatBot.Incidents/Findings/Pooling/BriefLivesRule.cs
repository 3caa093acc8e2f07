using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Pooling;

/// <summary>Names the services whose connections live too briefly to come from a pool.</summary>
/// <remarks>
/// Births alone don't say it: a service that starts fills its pool at once. What a pool never does is to end young
/// connections, one after the other. A process that crashes in a loop looks the same.
/// </remarks>
public static class BriefLivesRule
{
    /// <summary>Fewer connections that ended young are chance, or a person with a tool: 3.</summary>
    public const int AtLeast = 3;

    /// <summary>Those with most births first; empty when nobody stands out.</summary>
    public static IReadOnlyList<BriefLives> Examine(ConnectionLives evidence) =>
    [
        .. evidence.Services
            .Where(IsBrief)
            .Select(service => new BriefLives(service, PerMinute(service.Births, evidence.Watched), ClientPlatforms.Guess(service.Application))),
    ];

    // Most of its connections are young, and young ones ended: a pool beside some jobs keeps its old ones in the middle.
    private static bool IsBrief(ServiceLives service) => service.EndedYoung >= AtLeast && service.MedianAge < ServiceLives.Young;

    private static double PerMinute(int births, TimeSpan watched) => watched > TimeSpan.Zero ? births / watched.TotalMinutes : 0;
}

/// <param name="BirthsPerMinute">At least: those too short to be seen come on top.</param>
public sealed record BriefLives(ServiceLives Service, double BirthsPerMinute, ClientPlatform Platform);
