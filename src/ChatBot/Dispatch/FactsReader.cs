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
        options.Runbooks.FollowUpDue)
    {
        MaxTransactions = options.EndTransactions.MaxSessions,
        UndoDue = options.Runbooks.UndoDue,
    };

    /// <summary>Null when no such target is configured any more.</summary>
    public TargetOptions? FindTarget(string name) => options.Targets.GetValueOrDefault(name);

    /// <summary>Facts for a worker's result, in which no person is involved.</summary>
    public Facts ForResult(string target) => new(Policy, PolicyOf(target));

    /// <summary>Who somebody is here, whatever the target: never more than a member.</summary>
    public Task<Standing> StandingOfAsync(Person person, Door via, CancellationToken cancellationToken) =>
        StandingOfAsync([], person, via, cancellationToken);

    /// <summary>Facts for a person's wish.</summary>
    public async Task<Facts> ForPersonAsync(string target, Person by, Door via, CancellationToken cancellationToken) => ForResult(target) with
    {
        Standing = await StandingOfAsync(target, by, via, cancellationToken),
    };

    /// <summary>Facts for a person's wish that names another person.</summary>
    public async Task<Facts> ForPersonAsync(string target, Person by, Person named, Door via, CancellationToken cancellationToken) =>
        await ForPersonAsync(target, by, via, cancellationToken) with
        {
            Named = await StandingOfAsync(target, named, via, cancellationToken),
        };

    /// <summary>Facts for the moment before an effect: whether everybody who approved may still do so.</summary>
    public async Task<Facts> ForStepAsync(string target, IReadOnlyList<Approval> approvals, CancellationToken cancellationToken)
    {
        var facts = ForResult(target);
        foreach (var (person, via) in approvals)
        {
            var standing = await StandingOfAsync(target, person, via, cancellationToken);
            if (standing is not Standing.Approver)
            {
                return facts with { ApproversStillStand = standing };
            }
        }

        return facts with { ApproversStillStand = approvals.Count > 0 ? Standing.Approver : Standing.Unverified };
    }

    private Task<Standing> StandingOfAsync(string target, Person person, Door via, CancellationToken cancellationToken) =>
        StandingOfAsync(FindTarget(target)?.Approvers ?? [], person, via, cancellationToken);

    // Slack is asked first, also for who comes in at the terminal: whoever was switched off or left a group there is out here too.
    private async Task<Standing> StandingOfAsync(IReadOnlyList<string> approvers, Person person, Door via, CancellationToken cancellationToken)
    {
        var asked = await directory.StandingOfAsync(person, approvers, cancellationToken);
        return asked.Silent is { } silent && via is Door.Terminal ? VouchFor(person, silent) : asked.Standing;
    }

    /// <summary>What the configuration says of a person; used only for what was done at the terminal while Slack is out of reach.</summary>
    /// <param name="approvers">Those about whom Slack didn't say anything.</param>
    private Standing VouchFor(Person person, IReadOnlyList<string> approvers)
    {
        if (options.Terminal.Find(person.Team, person.User) is not { } known)
        {
            return Standing.Unverified;
        }

        return approvers.Contains(known.User, StringComparer.Ordinal) || approvers.Intersect(known.Groups, StringComparer.Ordinal).Any()
            ? Standing.Approver
            : Standing.Member;
    }

    // A target that left the configuration is observed at most.
    private TargetPolicy PolicyOf(string target) => FindTarget(target) is { } known
        ? new TargetPolicy(known.Environment, known.Mode, known.Approvers.Count > 0)
        : new TargetPolicy("not configured any more", TargetMode.Observe, HasApprovers: false);
}
