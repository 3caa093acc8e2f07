using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Benchmarks.Targets;

/// <summary>
/// A real server with a crowd on it: one session holds a lock, some wait for it, as many idle in a transaction, the others
/// are idle after a statement. And the bot's own warm connection, as the shipped manifest lets it in.
/// </summary>
internal abstract class CrowdedServer : Crowd
{
    /// <summary>The account of all the sessions.</summary>
    protected const string User = "app";

    private LookMark? _before;

    /// <summary>As the bot asks them: three ages of idle sessions, at most 50 or 200 sessions for a plan. Every session qualifies, the worst case.</summary>
    public override IEnumerable<Question> Questions =>
    [
        new("select count(*)", CountRowsAsync),
        new("is it there: twice a minute", PingAsync),
        new("how full: every few seconds", Bot.CountAsync),
        new("one look: for the card", async token => _before =
            (await Bot.LookAsync(new LookRequest([TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)], _before), token)).Mark),
        new("who blocks: for a plan", Bot.FindBlockersAsync),
        Finds("idle: for a plan", SessionState.Idle, 50),
        Finds("in a transaction: for a plan", SessionState.IdleInTransaction, 50),
        Finds("statements: for a plan", SessionState.Active, StatementRule.LookAtMost),
        new("an account's limit: for a plan", token => Bot.FindLimitsAsync(User, token)),
        new("may it end: for a plan", token => Bot.WhyNotAsync(ServerRight.EndSessions, token)),
        new("may it cancel: for a plan", token => Bot.WhyNotAsync(ServerRight.CancelStatements, token)),
        new("may it limit: for a plan", token => Bot.WhyNotLimitAsync(Account.Account, token)),

        // Of a server that started another time, and of a limit that is as wanted: so both look once, and don't wait for more.
        new("that session now: after it", token => Bot.ObserveAsync(
            SessionAct.EndIdle, Account.Server with { StartedAt = Account.Server.StartedAt.AddDays(-1) }, Session.Pin, "benchmark", token)),
        new("that limit now: after it", token => Bot.ObserveLimitAsync(
            new AccountLimitChange(Account.Server, Account.Account, Account.Limit, Account.Limit), "benchmark", token)),
        new("its lost session: after a cut", token => IsGoneAsync(new SessionMark(Session.Pin.Number, DateTimeOffset.UtcNow), token)),
    ];

    /// <summary>The bot.</summary>
    protected abstract ITargetServer Bot { get; }

    /// <summary>One of the crowd.</summary>
    private PinnedSession Session { get => field ?? throw new InvalidOperationException("Nobody has joined yet."); set; }

    private AccountLimit Account { get => field ?? throw new InvalidOperationException("Nobody has joined yet."); set; }

    /// <summary>The runbook's own question, over the bot's connection.</summary>
    protected abstract Task CountRowsAsync(CancellationToken cancellationToken);

    protected abstract Task PingAsync(CancellationToken cancellationToken);

    /// <summary>Whether a session that the bot gave up is gone.</summary>
    protected abstract Task IsGoneAsync(SessionMark mark, CancellationToken cancellationToken);

    protected override async Task<bool> SeesWaitingAsync(CancellationToken cancellationToken) => (await Bot.CountAsync(cancellationToken)).WaitingForLock >= Waiting;

    /// <param name="waiters">How many of the sessions wait for one lock; as many idle in a transaction.</param>
    protected async Task FillAsync(int sessions, int waiters, CancellationToken cancellationToken)
    {
        await JoinAsync("holder", "begin; update stock set quantity = 9 where id = 1", cancellationToken);
        await FillAsync(
            sessions,
            (n, token) => n <= waiters ? WaitAsync(Application(n), $"update stock set quantity = {n} where id = 1", token)
                : JoinAsync(Application(n), n <= 2 * waiters ? $"begin; {Statement(n)}" : Statement(n), token),
            cancellationToken);
        await UntilTheyWaitAsync(cancellationToken);
        Session = (await Bot.FindSessionsAsync(new SessionChoice(SessionState.Idle, TimeSpan.Zero, 1), cancellationToken)).Sessions.Single();
        Account = (await Bot.FindLimitsAsync(User, cancellationToken)).Single();
    }

    private Question Finds(string name, SessionState state, int atMost) =>
        new(name, token => Bot.FindSessionsAsync(new SessionChoice(state, TimeSpan.Zero, atMost), token));
}
