using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 1: many sessions wait for the locks of one or a few.</summary>
internal static class LockPileUpRule
{
    /// <summary>So many of the sessions wait: 30 % (decision table, row 1).</summary>
    public const double Waiting = 0.3;

    /// <summary>Or one root blocks so many: 5, or 10 % of the capacity (decision table, row 1).</summary>
    public const int Blocked = 5;

    /// <inheritdoc cref="Blocked"/>
    public const double BlockedShare = 0.1;

    /// <summary>5 blocked sessions that are less than 5 % of the capacity don't fill a server with thousands of slots: worth a word only.</summary>
    public const double TooFew = 0.05;

    /// <summary>Whoever has had the lock for less than this gives it on at once: 1 s. Then everybody wants it, and nobody keeps it.</summary>
    public static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    private const string Source = "decision table, row 1 (experience)";

    public static CauseFinding? Examine(Field field)
    {
        var root = field.Look.Blockers.MaxBy(blocker => blocker.Blocked);
        var blocked = root?.Blocked ?? 0;
        var isMany = field.IsShare(field.WaitingForLock, Waiting);
        var isBlocking = blocked >= Field.Fewest && (blocked >= Blocked || blocked >= field.Capacity * BlockedShare);
        if (!isMany && !isBlocking)
        {
            return null;
        }

        var waiting = Math.Max(field.WaitingForLock, blocked);
        var reasons = new List<Reason>();
        if (IsContended(root))
        {
            reasons.Add(new Reason(
                Sentence.Of($"{blocked} sessions wait behind one whose transaction is younger than {Brief}: many want the same row, and each has it for a moment."), Source));
        }
        else if (root is not null && blocked > 0)
        {
            reasons.Add(new Reason(
                root.Activity is SessionActivity.Prepared
                    ? Sentence.Of($"{blocked} sessions wait behind a prepared transaction.")
                    : Sentence.Of($"{blocked} sessions wait behind one that is {Doing(root)}."),
                Source));
        }

        reasons.Add(new Reason(Sentence.Of($"{field.WaitingForLock} of {field.Sessions} sessions wait for a lock."), Source));
        if (root?.Gate is { } gate)
        {
            reasons.Add(new Reason(Sentence.Of($"A waiting statement of {Who(gate)} holds up {gate.Behind} of them: {gate.Statement}; cancelled, it lets them go on.")));
        }

        return new CauseFinding(Cause.LockPileUp, waiting, Summary(field, root, waiting), reasons)
        {
            Against = [.. Doubts(field, root)],
            Culprit = root is null || IsContended(root) ? default : Holder.NameOf(root.Application, root.User),
            Shared = root is { Statement.IsEmpty: false } ? Sentence.Of($"They wait for a session whose latest statement is: {root.Statement}") : null,
            IsAside = !isMany && blocked < field.Capacity * TooFew,
            Steps = WhyUseless(root) is { } why ? [new StepWorth("end-blocker", Worth.Useless, why)] : [],
        };
    }

    private static bool IsContended(Blocker? root) => root is { Activity: not SessionActivity.Prepared, InTransactionFor: { } age } && age < Brief;

    /// <summary>Why ending what blocks would bring nothing here; null when it would.</summary>
    private static string? WhyUseless(Blocker? root) => root switch
    {
        null => "Nobody is seen who holds the lock, so there is nobody to end.",
        { Gate: not null } => null, // cancelled, the gate lets those behind it go on, whoever the root is
        { Activity: SessionActivity.Prepared } => "A prepared transaction has no session: whoever prepared it has to commit it or roll it back.",
        _ when SparedWork.IsBackup(root.Application, root.User, root.Statement) =>
            "The session that holds the lock takes a backup, and nobody breaks that off from here: ask whoever runs it.",
        { Activity: SessionActivity.Running } when SparedWork.IsSchemaChange(root.Statement) =>
            "The session that holds the lock is changing the schema, and nobody breaks that off half-way from here: ask whoever runs it.",
        { IsProtected: true } => "The session that holds the lock is protected, so nobody ends it from here: ask whoever runs it.",
        _ when IsContended(root) => "Each of them has the lock for a moment only: whoever has it now is done before anybody could end it.",
        _ => null,
    };

    private static Sentence Summary(Field field, Blocker? root, int waiting) => root switch
    {
        null => Sentence.Of($"{waiting} of {field.Sessions} sessions wait for locks."),
        { Activity: SessionActivity.Prepared } => Sentence.Of($"A prepared transaction that nobody is connected to makes {root.Blocked} sessions wait for its locks."),
        _ when IsContended(root) => Sentence.Of($"{waiting} of {field.Sessions} sessions wait for the same lock in turn; each has it for less than {Brief}."),
        { Gate: { } gate } => Sentence.Of(
            $"One session of {Who(root)} makes {root.Blocked} others wait for its locks, {gate.Behind} of them only behind a waiting statement of {Who(gate)}; it is {Doing(root)}."),
        _ => Sentence.Of($"One session of {Who(root)} makes {root.Blocked} others wait for its locks; it is {Doing(root)}."),
    };

    private static Sentence Who(Blocker root) => Who(root.Application, root.User);

    private static Sentence Who(BlockingGate gate) => Who(gate.Application, gate.User);

    private static Sentence Who(ForeignText application, ForeignText user) =>
        Holder.NameOf(application, user) is { IsEmpty: false } name ? Sentence.Of($"{name}") : Sentence.Of($"a client without a name");

    private static Sentence Doing(Blocker root) => (root.Activity, root.InTransactionFor) switch
    {
        (SessionActivity.IdleInTransaction, { } span) => Sentence.Of($"doing nothing in a transaction that has been open for {span}"),
        (SessionActivity.IdleInTransaction, null) => Sentence.Of($"doing nothing in an open transaction"),
        (SessionActivity.Running, { } span) => Sentence.Of($"at work, in a transaction that has been open for {span}"),
        (SessionActivity.Running, null) => Sentence.Of($"at work"),
        (_, { } span) => Sentence.Of($"in a transaction that has been open for {span}"),
        _ => Sentence.Of($"holding a lock"),
    };

    private static IEnumerable<Reason> Doubts(Field field, Blocker? root)
    {
        if (root is null)
        {
            yield return new Reason(
                field.Look.Server.IsReplica
                    ? Sentence.Of($"No holder of the locks was seen; on a replica that can be the replay of the primary's changes.")
                    : Sentence.Of($"No holder of the locks was seen; it may have let go meanwhile."));
        }

        if (root is { IsProtected: true })
        {
            yield return new Reason(Sentence.Of($"The session that holds the lock is protected, so nobody ends it from here."));
        }
    }
}
