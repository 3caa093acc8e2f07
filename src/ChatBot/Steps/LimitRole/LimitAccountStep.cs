using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.LimitRole;

/// <summary>Limits the account that holds most connections, so that others get room; asked for once more, it puts the limit back.</summary>
internal sealed class LimitAccountStep(TargetServers servers, ChatBotOptions options) : IChangingStep
{
    /// <summary>Where the page doesn't say: half of the slots for one account leaves as many for all others.</summary>
    private const int UsualPercent = 50;

    /// <summary>Whoever holds less than the fifth consumer does is not why the slots run out.</summary>
    private const int CandidatesAtMost = 5;

    private static readonly CountParameter PercentParameter = new("percent", "the share of the slots that the account may have at most", 1, 100) { Default = "50" };

    public StepType Type { get; } = new("limit-role", StepWork.Changes, "limits the connections of the account that holds most")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = LimitAccount.StoredName,
        Parameters = [PercentParameter],
    };

    public MitigationKind Kind => LimitAccount.Kind;

    public MitigationView View { get; } = new LimitAccountView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var server = servers[request.Target.Name];
        var look = await server.LookAsync(new LookRequest(options.EndIdleSessions.AllAges(), Before: null), cancellationToken);
        var plan = await UndoAsync(server, request.Done?.Mitigation as LimitAccount, look.Usage.Capacity, cancellationToken)
            ?? await LimitAsync(server, look, request.Binding.Count(PercentParameter.Name) ?? UsualPercent, cancellationToken);
        return await server.WhyNotAsync(ServerRight.LimitAccounts, cancellationToken) is { } lacks
            ? throw new ImpossiblePlanException($"{lacks}{ByHand(server, plan)}")
            : plan;
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) =>
        servers[plan.Target].LimitAsync(((LimitAccount)plan.Mitigation).Change, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) =>
        servers[plan.Target].ObserveLimitAsync(((LimitAccount)plan.Mitigation).Change, idempotencyKey, cancellationToken);

    /// <remarks>An earlier attempt to put it back may not have come through; then the limit is still ours.</remarks>
    /// <returns>Null when nothing was limited, or the limit is no longer what the plan set: then it is somebody else's.</returns>
    private static async Task<LimitAccount?> UndoAsync(ITargetServer server, LimitAccount? done, int capacity, CancellationToken cancellationToken)
    {
        if (done is null || await server.FindLimitAsync(done.User, cancellationToken) is not { } now)
        {
            return null;
        }

        var (ours, before) = done.IsUndo ? (done.From, done.To) : (done.To, done.From);
        return now.Account == done.Account && now.Limit == ours
            ? new LimitAccount(now.Server, done.User, now.Account, ours, before, now.Used, capacity, IsUndo: true)
            : null;
    }

    private static async Task<LimitAccount> LimitAsync(ITargetServer server, ServerLook look, int percent, CancellationToken cancellationToken)
    {
        var capacity = look.Usage.Capacity;
        var isLow = false;
        foreach (var (user, sessions) in AccountLimitRule.Candidates(look.Consumers).Take(CandidatesAtMost).Where(user => AccountLimitRule.HoldsMany(user.Sessions, capacity)))
        {
            // A name that had to be cleaned is another account's, or nobody's: then the numbers don't match.
            if (await server.FindLimitAsync(user.Value, cancellationToken) is not { } account || 2 * account.Used < sessions)
            {
                continue;
            }

            if (AccountLimitRule.NewLimit(account.Used, capacity, account.Limit, percent) is { } limit)
            {
                return new LimitAccount(account.Server, user.Value, account.Account, account.Limit, limit, account.Used, capacity, IsUndo: false);
            }

            isLow = true;
        }

        throw new ImpossiblePlanException(isLow
            ? $"Those who hold many connections have limits that are low enough for {percent} % of the slots already."
            : "No account that may be limited holds a tenth of the slots or more, so a limit would make no room.");
    }

    /// <summary>Only a plain name goes into a sentence of ours as it is.</summary>
    private static string ByHand(ITargetServer server, LimitAccount plan) => server.LimitStatement(plan.Change) is var statement && PlainName.IsPlain(plan.Account)
        ? $" Somebody with more rights can run: {statement}"
        : "";
}
