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

    /// <summary>More statements would bury the sentence that they belong to.</summary>
    private const int HostsAtMost = 5;

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
        var plan = await UndoAsync(server, request.ToUndo?.Mitigation as LimitAccount, look.Usage.Capacity, cancellationToken)
            ?? await LimitAsync(server, look, request.Binding.Count(PercentParameter.Name) ?? UsualPercent, cancellationToken);
        return await server.WhyNotLimitAsync(plan.Account, cancellationToken) is { } gap
            ? throw new ImpossiblePlanException($"{gap.Words}{ByHand(server, plan, gap.Grant)}")
            : plan;
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) =>
        servers[plan.Target].LimitAsync(((LimitAccount)plan.Mitigation).Change, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) =>
        servers[plan.Target].ObserveLimitAsync(((LimitAccount)plan.Mitigation).Change, idempotencyKey, cancellationToken);

    /// <returns>Null when nothing was limited, or the limit is no longer what the plan set: then it is somebody else's.</returns>
    private static async Task<LimitAccount?> UndoAsync(ITargetServer server, LimitAccount? set, int capacity, CancellationToken cancellationToken)
    {
        if (set is null || (await server.FindLimitsAsync(set.User, cancellationToken)).FirstOrDefault(account => account.Account == set.Account) is not { } now)
        {
            return null;
        }

        return now.Limit == set.To
            ? new LimitAccount(now.Server, set.User, now.Account, set.To, set.From, now.Used, capacity, IsUndo: true) { IsMySql = now.IsMySql }
            : null;
    }

    private static async Task<LimitAccount> LimitAsync(ITargetServer server, ServerLook look, int percent, CancellationToken cancellationToken)
    {
        var capacity = look.Usage.Capacity;
        var isLow = false;
        foreach (var (user, sessions) in AccountLimitRule.Candidates(look.Consumers).Take(CandidatesAtMost).Where(user => AccountLimitRule.HoldsMany(user.Sessions, capacity)))
        {
            // A name that had to be cleaned is another account's, or nobody's: then the numbers don't match.
            var accounts = await server.FindLimitsAsync(user.Value, cancellationToken);
            if (accounts is not [{ Used: var used }, ..] || 2 * used < sessions)
            {
                continue;
            }

            var limits = accounts
                .Select(account => (Account: account, Limit: AccountLimitRule.NewLimit(used, capacity, account.Limit, percent)))
                .Where(one => one.Limit is not null)
                .Select(one => new LimitAccount(one.Account.Server, user.Value, one.Account.Account, one.Account.Limit, one.Limit, used, capacity, IsUndo: false) { IsMySql = one.Account.IsMySql })
                .ToList();
            if (accounts.Count > 1 && limits.Count > 0)
            {
                throw new ImpossiblePlanException(SeveralHosts(server, accounts.Count, limits));
            }

            if (limits is [var limit])
            {
                return limit;
            }

            isLow = true;
        }

        throw new ImpossiblePlanException(isLow
            ? $"Those who hold many connections have limits that are low enough for {percent} % of the slots already."
            : "No account that may be limited holds a tenth of the slots or more, so a limit would make no room.");
    }

    /// <summary>A session doesn't say which of them it came by, so a person has to choose.</summary>
    private static string SeveralHosts(ITargetServer server, int hosts, IReadOnlyList<LimitAccount> limits) =>
        $"The user who holds most has {hosts} accounts, one for each host, and each has a limit of its own: choose the one that its sessions come by.{ByHand(server, limits, grant: null)}";

    private static string ByHand(ITargetServer server, LimitAccount plan, string? grant) => ByHand(server, [plan], grant);

    /// <summary>Only a plain name goes into a sentence of ours as it is.</summary>
    private static string ByHand(ITargetServer server, IReadOnlyList<LimitAccount> limits, string? grant)
    {
        var plain = limits.Where(limit => PlainName.IsPlain(limit.Account)).Take(HostsAtMost).Select(limit => server.LimitStatement(limit.Change)).ToList();
        return plain switch
        {
            [] => "",
            _ when grant is not null => $" As a superuser: {grant} Or by hand: {string.Join(' ', plain)}",
            _ => $" Somebody with more rights can run: {string.Join(' ', plain)}",
        };
    }
}
