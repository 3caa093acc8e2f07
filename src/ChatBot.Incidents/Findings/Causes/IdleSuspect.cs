using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>A holder whose idle sessions stand still: its pool rests, or it leaks.</summary>
/// <param name="Still">Idle sessions that did nothing for long.</param>
/// <param name="Same">The statement after which most of them stand still; null when there is none, or the server doesn't tell.</param>
/// <param name="Rests">Most of them stopped after a statement with which a connection comes back to its pool, or never ran one; or they are a pooler's own.</param>
/// <param name="IsUntold">Of none of them the server tells the last statement.</param>
/// <param name="Moving">Its sessions that are at work, or are used in turns; without those that run that same statement, or something long.</param>
/// <param name="Opened">Sessions that it opened since the look before although others of the same address stood still; 0 when as many were closed.</param>
/// <param name="Since">For at least so long most of its idle sessions have stood still.</param>
internal sealed record IdleSuspect(
    Holder Holder, int Still, StatementGroup? Same, bool Rests, bool IsUntold, int Moving, int Opened, TimeSpan Since)
{
    /// <summary>So many of those that stand still stopped after the same statement: half. Measured leaks show nearly all.</summary>
    private const double Most = 0.5;

    /// <summary>Of the sessions that move, more than half came from elsewhere: else it is only the statement that everybody runs.</summary>
    private const double Elsewhere = 0.5;

    /// <summary>Of those that stand still, those that stopped after <see cref="Same"/>.</summary>
    public int AfterSame => Math.Min(Same?.AtItLong ?? 0, Still);

    /// <summary>Its other sessions turn over, and stopped after other statements: one path of the code keeps what it takes.</summary>
    public bool TurnsOver => Same is not null && Moving >= Field.Fewest && Same.Turned <= Moving * Elsewhere;

    /// <summary>A pool takes a connection that rests before it opens another; a leak can't.</summary>
    public bool Rises => Opened >= Field.Fewest;

    public static IdleSuspect Of(Holder holder, Field field)
    {
        var groups = field.Statements.Where(holder.Owns).ToArray();
        var idle = groups.Where(group => group.Activity is SessionActivity.Idle).ToArray();
        var isPostgreSql = UnseenWords.IsPostgreSql(field.Look);
        var still = Math.Min(holder.Idle, holder.Still);

        // An idle session of PostgreSQL without a last statement ran none; the others may just not tell.
        var resting = idle.Where(group => group.Statement.IsEmpty ? isPostgreSql : RestStatements.IsMatch(group.Statement)).Sum(group => group.AtItLong);
        var same = idle.Where(group => !group.Statement.IsEmpty).MaxBy(group => group.AtItLong);
        var isSame = same is { AtItLong: > 1 } && same.AtItLong >= still * Most && !RestStatements.IsMatch(same.Statement);
        var running = isSame ? groups.Where(group => group.Activity is SessionActivity.Running && group.Statement == same!.Statement).Sum(group => group.Sessions) : 0;
        return new IdleSuspect(
            holder,
            still,
            isSame ? same : null,
            HiddenClients.IsPooler(holder) || (still > 0 && resting >= still * Most),
            !isPostgreSql && idle.All(group => group.Statement.IsEmpty),
            Moving: holder.Turned + Math.Max(0, holder.Running - holder.LongActive - running) + Math.Max(0, holder.InTransaction - holder.Paused),
            Opened: Math.Min(holder.BornBesideStill, Math.Max(0, field.Look.Since?.Rise ?? 0)),
            SinceWhen(holder, idle, field));
    }

    // The youngest of the groups that hold most of the idle ones; never less than what makes them stand still.
    private static TimeSpan SinceWhen(Holder holder, StatementGroup[] idle, Field field)
    {
        var consumers = field.Look.Consumers;
        var (counted, since) = (0, TimeSpan.Zero);
        foreach (var group in idle.OrderByDescending(group => group.Shortest))
        {
            (counted, since) = (counted + group.Sessions, group.Shortest);
            if (counted >= holder.Idle * Most)
            {
                break;
            }
        }

        var said = counted >= holder.Idle * Most && since >= consumers.StillFor ? since : consumers.StillFor;
        return holder.LongIdle >= holder.Idle * Most && consumers.IdleFor > said ? consumers.IdleFor : said;
    }
}
