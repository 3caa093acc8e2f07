namespace ChatBot.Slack.Views;

/// <summary>What a person is told who typed something else.</summary>
internal static class CommandHelp
{
    /// <summary>As many names as anyone reads.</summary>
    private const int Named = 20;

    public static string Text(IEnumerable<string> targets) =>
        $"""
        I understand:
        /runbook start TARGET - open an incident and diagnose it
        /runbook stop TARGET REASON - stop the open incident; you take over
        /runbook assign @person - hand the incident of this channel over; /runbook assign TARGET @person for another
        /runbook followups - what is left to do; /runbook followups TARGET for one target
        /runbook followup NUMBER done NOTE | drop NOTE | @person | 2026-12-31 - close it, or say whose and until when
        Targets: {Names(targets)}.
        """;

    public static string FollowUp(long number) =>
        $"""
        I understand:
        /runbook followup F{number} done NOTE - it is done
        /runbook followup F{number} drop NOTE - it won't be done
        /runbook followup F{number} @person 2026-12-31 - whose it is, and until when
        """;

    /// <param name="typed">Clean words of the person.</param>
    public static string NoSuchTarget(string typed, IEnumerable<string> targets) =>
        $"There is no target called \"{Cut.To(60, typed)}\". Targets: {Names(targets)}.";

    private static string Names(IEnumerable<string> targets)
    {
        var all = targets.Order(StringComparer.Ordinal).ToArray();
        return string.Join(", ", all.Take(Named)) + (all.Length > Named ? $" and {all.Length - Named} more" : "");
    }
}
