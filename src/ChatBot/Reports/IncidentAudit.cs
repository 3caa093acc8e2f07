using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;

namespace ChatBot.Reports;

/// <summary>Whether what a log says about its decisions holds together, and with what is stored beside it.</summary>
internal static class IncidentAudit
{
    /// <summary>Each plan in a line: what, its hash, who asked, who approved through which door, what became of it.</summary>
    public static IEnumerable<string> Decisions(IncidentHistory history, ReportSources sources) => history.Plans.Select(plan =>
    {
        var times = history.TimesOf(plan.Id);
        var hash = plan.Hash.Length == 0 ? "no plan was fixed" : $"hash {plan.Hash}";
        var asked = $"asked by {plan.RequestedBy.User} {(times.AskedAt is { } at ? Written.Moment(at) : "at an unknown time")}";
        var approved = times.Approvals.Count == 0
            ? "approved by nobody"
            : $"approved by {string.Join(" and ", times.Approvals.Select(given => $"{given.By.User} ({Door(given.Via)}) {Written.Moment(given.At)}"))}";
        return $"{sources.Called(plan.Mitigation)}; {hash}; {asked}; {approved}; {Became(plan, sources)}";
    });

    /// <summary>Everything that is wrong, a sentence each; empty when all is sound.</summary>
    public static IEnumerable<string> Faults(IncidentHistory history, ReportSources sources) =>
        history.Plans.SelectMany(plan => Faults(plan, history.TimesOf(plan.Id), sources));

    private static IEnumerable<string> Faults(PlanProgress plan, PlanTimes times, ReportSources sources)
    {
        if (plan.Hash.Length == 0)
        {
            yield break;
        }

        var name = $"Plan {plan.Digest} (event {times.ProposedIn})";
        switch (sources.Plans.GetValueOrDefault(plan.Id))
        {
            case null:
                yield return $"{name}: its bytes are missing from the store.";
                break;
            case { Hash: var now } when now != plan.Hash:
                yield return $"{name}: its stored bytes aren't what was asked for and approved: they have the hash {now}, the event says {plan.Hash}.";
                break;
            case { KeptHash: var kept } when kept != plan.Hash:
                yield return $"{name}: the hash stored beside its bytes is {kept}, the event says {plan.Hash}.";
                break;
            case { Plan: { } stored } when stored.Id != plan.Id || stored.RequestedBy != plan.RequestedBy || stored.Quorum != plan.Quorum || stored.Mitigation.Steps != plan.Steps.Length:
                yield return $"{name}: its bytes name another plan, requester, number of approvers or of changes than its event does.";
                break;
        }

        var approvers = times.Approvals.Select(given => given.By).Where(by => !by.IsSameAs(plan.RequestedBy)).DistinctBy(by => by.User).Count();
        if (times.BegunIn is { } begun && approvers < plan.Quorum)
        {
            yield return $"Plan {plan.Digest} was carried out (event {begun}) with {approvers} approvals of others than the requester; it needed {plan.Quorum}.";
        }

        for (var number = 1; number <= plan.Steps.Length; number++)
        {
            if (plan.Steps[number - 1] is { Result: not null, Intended: false })
            {
                yield return $"Plan {plan.Digest}: change {number} has an outcome, but there is no event that says it was about to be done.";
            }
        }
    }

    private static string Became(PlanProgress plan, ReportSources sources) => plan.Stage switch
    {
        PlanStage.DrawnUp => "being drawn up",
        PlanStage.Proposed => "waits for approval",
        PlanStage.Running => $"being carried out: {Outcomes(plan, sources)}",
        PlanStage.Finished => $"carried out: {Outcomes(plan, sources)}",
        _ => plan.Withdrawn switch
        {
            WithdrawnBecause.NotPossible => "not possible",
            WithdrawnBecause.Rejected => $"rejected by {plan.WithdrawnBy?.User}",
            WithdrawnBecause.Cancelled => $"withdrawn by {plan.WithdrawnBy?.User}",
            WithdrawnBecause.Expired => "expired",
            WithdrawnBecause.Superseded => $"replaced by {plan.WithdrawnBy?.User}",
            WithdrawnBecause.Overtaken => "withdrawn, as the target was relieved without it",
            WithdrawnBecause.ServerChanged => "withdrawn, as another server answered",
            _ => "the incident ended before a decision",
        },
    };

    private static string Outcomes(PlanProgress plan, ReportSources sources) => string.Join(", ", plan.Steps
        .GroupBy(step => step.Result?.Outcome)
        .OrderBy(group => group.Key is null).ThenBy(group => group.Key)
        .Select(group => $"{group.Count()} {(group.Key is { } outcome ? sources.Word(plan.Mitigation, outcome) : "without an outcome")}"));

    private static string Door(Door door) => door is Incidents.Approvals.Door.Terminal ? "terminal" : "Slack";
}
