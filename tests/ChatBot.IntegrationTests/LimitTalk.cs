using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests;

/// <summary>What a test asks about limits.</summary>
internal static class LimitTalk
{
    /// <summary>Of a user with one account; null when nobody limits it from here.</summary>
    public static async Task<AccountLimit?> FindLimitAsync(this ITargetServer server, string user, CancellationToken cancellationToken) =>
        (await server.FindLimitsAsync(user, cancellationToken)).SingleOrDefault();
}
