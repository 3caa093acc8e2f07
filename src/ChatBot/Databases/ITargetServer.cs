using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases;

/// <summary>One target's server, whatever its engine: what can be asked of it, and the few things that can be done to it.</summary>
/// <remarks>
/// Questions throw <see cref="TargetUnavailableException"/> when there is no answer: its message says why, to a responder. An
/// error of the server about a question is one as well (<see cref="UnavailableReason.Confused"/>): no driver's exception leaves
/// an engine's room. What changes something never throws it: an outcome says what happened.
/// </remarks>
internal interface ITargetServer
{
    /// <summary>As configured.</summary>
    string Target { get; }

    /// <summary>A person wants an answer: whatever failed before, the next login doesn't wait.</summary>
    void Insist();

    /// <summary>How full it is. One cheap statement, asked every few seconds.</summary>
    Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken);

    /// <summary>Who is there, what they do, which limits there are.</summary>
    Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken);

    /// <summary>Sessions that a plan could name: never the bot's own, a superuser's, a replica's, a process of the server's own, or a protected one.</summary>
    Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken);

    /// <summary>Who stands in whose way, with pins.</summary>
    Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken);

    /// <summary>The limits of those accounts that have this name: one on PostgreSQL; on MySQL and MariaDB one for each host.</summary>
    /// <param name="user">Exactly as the server holds it (<see cref="SessionPin.User"/>).</param>
    /// <returns>Empty when there is no such account, or it is one that nobody limits from here: a superuser, a protected one, the bot's own.</returns>
    Task<IReadOnlyList<AccountLimit>> FindLimitsAsync(string user, CancellationToken cancellationToken);

    /// <summary>What keeps the bot from limiting this account here; null when nothing does.</summary>
    /// <param name="account">Exactly as <see cref="FindLimitsAsync"/> returned it.</param>
    Task<LimitGap?> WhyNotLimitAsync(string account, CancellationToken cancellationToken);

    /// <summary>What the bot may do here, for a plan: null when it may do this; else a sentence with what is missing and the statement that grants it.</summary>
    Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken);

    /// <summary>What works here and what is missing, for the doctor. A server that does not answer is a finding.</summary>
    /// <param name="replicas">How many replicas of the bot there are, at least one.</param>
    Task<ServerCheckup> CheckAsync(int replicas, CancellationToken cancellationToken);

    /// <summary>Does it to one session, if it is still the one that was approved. Sent once; doing it twice does no more than once.</summary>
    /// <param name="idempotencyKey">Marks the effect at the server; at most 63 ASCII characters.</param>
    Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>For recovery: what became of <see cref="ActAsync"/>. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only with proof that it did not happen and that all is still as approved.</returns>
    Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Sets an account's limit, if it is still what was approved.</summary>
    Task<StepResult> LimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>For recovery: what became of <see cref="LimitAsync"/>. Changes nothing.</summary>
    Task<StepResult> ObserveLimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>The statement that a person with more rights can paste to do it, with numbers and times only: whose session it is stands in the plan, or nowhere.</summary>
    string Statement(SessionAct act, SessionPin pin);

    /// <summary>The statement that a person with more rights can paste to set the limit, with the name quoted for the server.</summary>
    string LimitStatement(AccountLimitChange change);
}

/// <param name="Ages">From which ages an idle session may be ended, oldest first; at least one. The first is what "long idle" means.</param>
/// <param name="Before">The mark of an earlier look; null for the first.</param>
internal sealed record LookRequest(IReadOnlyList<TimeSpan> Ages, LookMark? Before)
{
    /// <summary>From which age on an idle session stands still.</summary>
    public TimeSpan StillFor { get; init; } = ConnectionConsumers.DefaultStillFor;
}

/// <summary>Why an account can't be limited from here.</summary>
/// <param name="Words">In a sentence of our own.</param>
/// <param name="Grant">What mends it; names the account. Null when there is no such statement, or it stands in the words.</param>
internal sealed record LimitGap(string Words, string? Grant = null);

/// <summary>What a plan needs the bot to be allowed.</summary>
internal enum ServerRight
{
    EndSessions,
    CancelStatements,
    LimitAccounts,
}

internal static class ServerRights
{
    /// <summary>What the bot has to be allowed for it.</summary>
    public static ServerRight Right(this SessionAct act) => act.Cancels() ? ServerRight.CancelStatements : ServerRight.EndSessions;
}
