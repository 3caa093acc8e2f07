using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>How far the pods are replaced because of a plan, and what the cluster warns of.</summary>
internal static class RolloutView
{
    public static Mrkdwn UnderWay(RolloutLook look, ViewContext context) => look.Stage switch
    {
        RolloutStage.Unseen => $"The pods of {look.Service} are being replaced; how far that is can't be seen. {look.Why}",
        _ when look.Why.Length > 0 => $":warning: Replacing the pods of {look.Service}: {Pods(look)}. {look.Why}{Warning(look, context)}",
        _ => $"Replacing the pods of {look.Service}: {Pods(look)}. What it brings is measured afterwards.{Warning(look, context)}",
    };

    /// <summary>Empty unless the latest plan's rollout doesn't get on.</summary>
    public static Mrkdwn Stuck(Incident incident, ViewContext context) => incident.Rollout is { Look: { Stage: RolloutStage.Stuck } look }
        ? $" :warning: *The rollout of {look.Service} doesn't get on:* {look.Why} {Pods(look)}.{Warning(look, context)} A person has to look; I don't take it back."
        : Mrkdwn.Empty;

    private static Mrkdwn Pods(RolloutLook look) => $"{look.Updated} of {look.Replicas} new, {look.Ready} ready";

    private static Mrkdwn Warning(RolloutLook look, ViewContext context) => look.Warned == 0 || context.Warning.IsEmpty
        ? Mrkdwn.Empty
        : $" The cluster says{(look.Warned > 1 ? (Mrkdwn)$", {look.Warned} times by now" : Mrkdwn.Empty)}: “{Verbatim.Of(context.Warning)}”.";
}
