using ChatBot.Incidents;

namespace ChatBot.Slack.Views;

/// <summary>The buttons of all views: what a view draws, a press is read by.</summary>
internal static class ButtonIds
{
    public const string EndIdleSessions = "incident.end-idle-sessions";
    public const string RunAgain = "incident.run-again";
    public const string Resolve = "incident.resolve";
    public const string Stop = "incident.stop";
    public const string NewPlan = "incident.new-plan";
    public const string Approve = "plan.approve";
    public const string Reject = "plan.reject";
    public const string Withdraw = "plan.withdraw";

    /// <summary>At the end of an action id: the press asks for words first, and only with them is it one. See <see cref="NoteModal"/>.</summary>
    public static readonly string NoteSuffix = ".note";

    /// <summary>What a button carries: the incident, and the plan if it is about one.</summary>
    public static string Value(IncidentId incident, PlanId? plan = null) => plan is { } id ? $"{incident}.{id}" : incident.ToString();

    /// <returns>Null when this is not a value of ours.</returns>
    public static (IncidentId Incident, PlanId? Plan)? Read(string? value)
    {
        var parts = value?.Split('.') ?? [];
        if (parts.Length is < 1 or > 2 || !TryRead(parts[0], out var incident))
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return (new IncidentId(incident), null);
        }

        return TryRead(parts[1], out var plan) ? (new IncidentId(incident), new PlanId(plan)) : null;
    }

    // The parser alone would accept spaces around it.
    private static bool TryRead(string digits, out Guid id) => Guid.TryParseExact(digits, "N", out id) && digits.Length == 32;
}
