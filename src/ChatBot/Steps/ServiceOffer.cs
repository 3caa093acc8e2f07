using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps;

/// <summary>What a card says before anybody asks for a change of a service: which one it would be, or why none.</summary>
internal static class ServiceOffer
{
    /// <summary>In a dialog of at most 300 characters.</summary>
    private const int LongestInDialog = 63;

    /// <summary>Null when a plan can be drawn up, as far as the diagnosis tells.</summary>
    public static MitigationOffer? WhyNot(Incident incident, ViewContext context) => (incident.Consumers, context.Diagnosis?.Services) switch
    {
        (null, _) => new MitigationOffer(false, $"It isn't known who holds the connections, so there is nothing to plan."),
        (_, null) => new MitigationOffer(false, $"Which pods hold the connections isn't known: no cluster is configured for this target, or it doesn't answer.") { IsMissing = true },
        (_, { Attribution.Services: [] }) => new MitigationOffer(false, $"No session leads back to one of the target's services in the cluster."),
        _ => null,
    };

    /// <summary>The one that the page names; else the suspect, or the one that holds most.</summary>
    public static Mrkdwn NameOf(StepBinding? binding, ViewContext context) =>
        binding?.Name(ServiceChoice.ServiceParameter.Name) is { } named ? (Mrkdwn)$"{named}"
        : context.Diagnosis?.Services?.First is { } first ? (Mrkdwn)$"{first.Service} (it holds {first.Sessions})"
        : $"the service that holds most";

    /// <summary>A name of the configuration; a long one is in the plan.</summary>
    public static string InDialog(string service) => service.Length <= LongestInDialog ? service : "the service";
}
