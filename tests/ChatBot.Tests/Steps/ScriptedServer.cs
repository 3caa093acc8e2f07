using System.Globalization;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Tests;

namespace ChatBot.Tests.Steps;

/// <summary>A server that is what a test says, for what steps choose and say. What they do to a real one is tested on real ones.</summary>
internal sealed class ScriptedServer : ITargetServer
{
    public string Target => Given.Target;

    public ServerPin Pin { get; init; } = Given.Server;

    public ConnectionUsage Usage { get; init; } = Given.Usage(93);

    /// <summary>Of the bot's own; told by the first look, as on a real server.</summary>
    public int RefusedLogins { get; set; }

    public string Product { get; init; } = "PostgreSQL";

    public bool IsReplica { get; init; }

    /// <summary>By state; any order.</summary>
    public Dictionary<SessionState, IReadOnlyList<PinnedSession>> Sessions { get; } = [];

    public List<BlockingChain> Chains { get; } = [];

    public IReadOnlyList<ConsumerGroup> Consumers { get; init; } = [];

    /// <summary>By the name of the user in its sessions.</summary>
    public Dictionary<string, AccountLimit> Limits { get; } = [];

    /// <summary>Of a user with several accounts.</summary>
    public Dictionary<string, IReadOnlyList<AccountLimit>> Hosts { get; } = [];

    /// <summary>What an account has to be granted for, by its name.</summary>
    public Dictionary<string, string> Grants { get; } = [];

    /// <summary>What is missing, by right.</summary>
    public Dictionary<ServerRight, string> Lacks { get; } = [];

    /// <summary>Everything that was asked for and done, in order.</summary>
    public List<string> Asked { get; } = [];

    public void Insist() => Asked.Add("insist");

    public Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Usage);

    public Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken)
    {
        var refused = RefusedLogins;
        RefusedLogins = 0;
        return Task.FromResult(new ServerLook(
            Given.Noon,
            new ServerKind(Product, "15.18", IsReplica),
            new LookMark(Given.Noon, Pin.StartedAt, null, null, null),
            Usage with { RefusedLogins = refused },
            new ConnectionConsumers(Consumers, Consumers.Sum(group => group.Count), request.Ages[0], 0)));
    }

    public Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken)
    {
        Asked.Add(string.Create(CultureInfo.InvariantCulture, $"{choice.State} {choice.For.TotalSeconds} s, {choice.AtMost}"));
        PinnedSession[] all = [.. Sessions.GetValueOrDefault(choice.State, []).Where(session => session.For >= choice.For).OrderByDescending(session => session.For)];
        return Task.FromResult(new PinnedSessions(Pin, [.. all.Take(choice.AtMost)], Math.Max(0, all.Length - choice.AtMost)));
    }

    public Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken) => Task.FromResult(new BlockingChains(Pin, [.. Chains]));

    public Task<IReadOnlyList<AccountLimit>> FindLimitsAsync(string user, CancellationToken cancellationToken) =>
        Task.FromResult(Hosts.TryGetValue(user, out var hosts) ? hosts : Limits.TryGetValue(user, out var limit) ? [limit] : []);

    public Task<LimitGap?> WhyNotLimitAsync(string account, CancellationToken cancellationToken) =>
        Task.FromResult(Lacks.TryGetValue(ServerRight.LimitAccounts, out var gap) ? new LimitGap(gap, Grants.GetValueOrDefault(account)) : null);

    public Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken) => Task.FromResult(Lacks.GetValueOrDefault(right));

    public Task<ServerCheckup> CheckAsync(int replicas, CancellationToken cancellationToken) => Task.FromResult(new ServerCheckup([]));

    public Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        Note($"{act} {pin.Number} {idempotencyKey}", Outcome.Applied);

    public Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        Note($"look: {act} {pin.Number} {idempotencyKey}", Outcome.NotApplied);

    public Task<StepResult> LimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        Note($"limit {change.Account} {change.From} -> {change.To} {idempotencyKey}", Outcome.Applied);

    public Task<StepResult> ObserveLimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        Note($"look: limit {change.Account} {change.From} -> {change.To} {idempotencyKey}", Outcome.NotApplied);

    public string Statement(SessionAct act, SessionPin pin) => $"do {act} to {pin.Number};";

    public string LimitStatement(AccountLimitChange change) =>
        string.Create(CultureInfo.InvariantCulture, $"alter role \"{change.Account}\" connection limit {change.To ?? -1};");

    private Task<StepResult> Note(string asked, Outcome outcome)
    {
        Asked.Add(asked);
        return Task.FromResult(new StepResult(outcome, "As the test says."));
    }
}
