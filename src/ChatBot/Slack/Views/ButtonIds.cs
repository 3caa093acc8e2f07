using System.Text.RegularExpressions;
using ChatBot.Incidents;

namespace ChatBot.Slack.Views;

/// <summary>The buttons of all views: what a view draws, a press is read by.</summary>
internal static partial class ButtonIds
{
    public const string RunAgain = "incident.run-again";
    public const string Resolve = "incident.resolve";
    public const string Stop = "incident.stop";
    public const string TakeOver = "incident.take-over";
    public const string NewPlan = "incident.new-plan";
    public const string Approve = "plan.approve";
    public const string Reject = "plan.reject";
    public const string Withdraw = "plan.withdraw";
    public const string PlanStep = "step.plan";

    /// <summary>The same as <see cref="PlanStep"/>, for the second one in a row of buttons: Slack wants each id once in it.</summary>
    public const string PlanOtherStep = "step.plan-other";
    public const string PlanAnyway = "step.plan-anyway";
    public const string RunStep = "step.run";
    public const string ByHand = "step.by-hand";
    public const string StepDone = "step.done";
    public const string SkipStep = "step.skip";
    public const string FollowUp = "step.follow-up";

    /// <summary>At the end of an action id: the press asks for words first, and only with them is it one. See <see cref="NoteModal"/>.</summary>
    public const string NoteSuffix = ".note";

    /// <summary>At the end of an action id: the press asks for a choice first. See <see cref="FormModal"/>.</summary>
    public const string FormSuffix = ".form";

    /// <summary>What a button carries: the incident, and the plan if it is about one.</summary>
    public static string Value(IncidentId incident, PlanId? plan = null) => plan is { } id ? $"{incident}.{id}" : incident.ToString();

    /// <summary>What a button carries that is about a step of the page.</summary>
    public static string Value(IncidentId incident, string step) => $"{incident}.step.{step}";

    /// <returns>Null when this is not a value of ours.</returns>
    public static ButtonValue? Read(string? value)
    {
        if (value is null || Shape.Match(value) is not { Success: true, Groups: var parts })
        {
            return null;
        }

        var incident = new IncidentId(Guid.ParseExact(parts["incident"].ValueSpan, "N"));
        return new ButtonValue(
            incident,
            parts["plan"].Success ? new PlanId(Guid.ParseExact(parts["plan"].ValueSpan, "N")) : null,
            parts["step"].Success ? parts["step"].Value : null);
    }

    [GeneratedRegex(@"\A(?<incident>[0-9a-f]{32})(?:\.(?<plan>[0-9a-f]{32})|\.step\.(?<step>[a-z0-9-]{1,60}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }
}

/// <summary>What a button is about.</summary>
internal sealed record ButtonValue(IncidentId Incident, PlanId? Plan, string? Step);
