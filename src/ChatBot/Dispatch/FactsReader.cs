using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Slack;

namespace ChatBot.Dispatch;

/// <summary>The facts a decision gets from outside: the settings as they are now, and who people are.</summary>
internal sealed class FactsReader(ChatBotOptions options, SlackDirectory directory)
{
    public Policy Policy { get; } = new(
        options.Approval.Lifetime,
        options.EndIdleSessions.IdleFor,
        options.EndIdleSessions.MaxSessions,
        options.Watch.SampleEvery,
        options.Watch.ConsumersEvery,
        options.Watch.ReliefBelow,
        options.Watch.ReliefAfter,
        options.Watch.WatchFor,
        options.Runbooks.FollowUpDue);

    /// <summary>Null when no such target is configured any more.</summary>
    public TargetOptions? FindTarget(string name) => options.Targets.GetValueOrDefault(name);

    /// <summary>Facts for a worker's result, in which no person is involved.</summary>
    public Facts ForResult(string target) => new(Policy, PolicyOf(target));

    /// <summary>Facts for a person's wish.</summary>
    public async Task<Facts> ForPersonAsync(string target, Person by, CancellationToken cancellationToken) => ForResult(target) with
    {
        Standing = await directory.StandingOfAsync(by, FindTarget(target)?.Approvers ?? [], cancellationToken),
    };

    /// <summary>Facts for a person's wish that names another person.</summary>
    public async Task<Facts> ForPersonAsync(string target, Person by, Person named, CancellationToken cancellationToken) =>
        await ForPersonAsync(target, by, cancellationToken) with
        {
            Named = await directory.StandingOfAsync(named, FindTarget(target)?.Approvers ?? [], cancellationToken),
        };

    /// <summary>Facts for the moment before an effect: whether everybody who approved may still do so.</summary>
    public async Task<Facts> ForStepAsync(string target, IReadOnlyList<Approval> approvals, CancellationToken cancellationToken)
    {
        var facts = ForResult(target);
        foreach (var (person, _) in approvals)
        {
            var standing = await directory.StandingOfAsync(person, FindTarget(target)?.Approvers ?? [], cancellationToken);
            if (standing is not Standing.Approver)
            {
                return facts with { ApproversStillStand = standing };
            }
        }

        return facts with { ApproversStillStand = approvals.Count > 0 ? Standing.Approver : Standing.Unverified };
    }

    // A target that left the configuration is observed at most.
    private TargetPolicy PolicyOf(string target) => FindTarget(target) is { } known
        ? new TargetPolicy(known.Environment, known.Mode, known.Approvers.Count > 0)
        : new TargetPolicy("not configured any more", TargetMode.Observe, HasApprovers: false);
}
