using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>How far the pods are replaced because of a plan.</summary>
internal static class RolloutView
{
    public static Mrkdwn UnderWay(RolloutLook look) => look.Stage switch
    {
        RolloutStage.Unseen => $"The pods of {look.Service} are being replaced; how far that is can't be seen. {look.Why}",
        _ when look.Why.Length > 0 => $":warning: Replacing the pods of {look.Service}: {Pods(look)}. {look.Why}",
        _ => $"Replacing the pods of {look.Service}: {Pods(look)}. What it brings is measured afterwards.",
    };

    /// <summary>Empty unless the latest plan's rollout doesn't get on.</summary>
    public static Mrkdwn Stuck(Incident incident) => incident.Rollout is { Look: { Stage: RolloutStage.Stuck } look }
        ? $" :warning: *The rollout of {look.Service} doesn't get on:* {look.Why} {Pods(look)}. A person has to look; I don't take it back."
        : Mrkdwn.Empty;

    private static Mrkdwn Pods(RolloutLook look) => $"{look.Updated} of {look.Replicas} new, {look.Ready} ready";
}
