using ChatBot.Incidents;

namespace ChatBot.Slack.Views;

/// <summary>What a view needs beside the incident.</summary>
/// <param name="Approvers">User group ids (S…) and user ids (U…, W…).</param>
internal sealed record ViewContext(Policy Policy, TargetPolicy Target, IReadOnlyList<string> Approvers);
