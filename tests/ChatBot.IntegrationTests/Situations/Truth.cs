using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>What the server says to its superuser about the sessions of one application and user; the watcher's own left out.</summary>
internal sealed record TrueGroup(string Application, string User, int Count, int Idle, int InTransaction, int Active, int Waiting);

/// <summary>A limit of a database, a role or an account, and how many sessions count toward it.</summary>
internal sealed record TrueLimit(string Name, int Limit, int Used);

/// <summary>Who holds up others and waits for nobody.</summary>
internal sealed record TrueRoot(long Number, int Blocked);

/// <summary>So many sessions of one application and user do, or did last, exactly the same.</summary>
internal sealed record TrueStatement(string Application, string User, int Sessions);

/// <summary>For how many seconds the oldest transaction of one application and user has done nothing.</summary>
internal sealed record TrueAge(string Application, string User, int Seconds);

/// <summary>What is so, asked of the server with statements of its own, and not of the bot.</summary>
internal sealed record Truth(
    IReadOnlyList<TrueGroup> Groups, IReadOnlyList<TrueStatement> Statements, IReadOnlyList<TrueLimit> Limits, IReadOnlyList<TrueRoot> Roots, IReadOnlyList<TrueAge> Ages)
{
    /// <summary>All sessions, the watcher's included.</summary>
    public int Sessions => Groups.Sum(group => group.Count) + 1;

    public static async Task<Truth> AskAsync(SituationWorld world) => new(
        await world.RowsAsync(
            TruthQuestions.Groups(world),
            row => new TrueGroup(
                row.GetString(0), row.GetString(1), Number(row, 2), Number(row, 3), Number(row, 4), Number(row, 5), Number(row, 6))),
        await world.RowsAsync(TruthQuestions.Statements(world), row => new TrueStatement(row.GetString(0), row.GetString(1), Number(row, 2))),
        await world.RowsAsync(TruthQuestions.Limits(world), row => new TrueLimit(row.GetString(0), Number(row, 1), Number(row, 2))),
        await world.RowsAsync(TruthQuestions.Roots(world), row => new TrueRoot(Number(row, 0), Number(row, 1))),
        await world.RowsAsync(TruthQuestions.Ages(world), row => new TrueAge(row.GetString(0), row.GetString(1), Number(row, 2))));

    /// <summary>Clients that wait at the pooler for a server connection; null without a pooler.</summary>
    /// <remarks>The console knows only the simple protocol, which psql speaks and Npgsql doesn't.</remarks>
    public static async Task<int?> WaitingAtPoolerAsync(SituationWorld world)
    {
        if (world.Pooler is not { } pooler)
        {
            return null;
        }

        var port = pooler.Port.ToString(CultureInfo.InvariantCulture);
        using var psql = Process.Start(new ProcessStartInfo(
            "psql", ["-h", "127.0.0.1", "-p", port, "-U", SituationWorld.BotUser, "-d", "pgbouncer", "-w", "-X", "-A", "-P", "footer=off", "-c", "show pools"])
        {
            RedirectStandardOutput = true,
        })!;
        var lines = (await psql.StandardOutput.ReadToEndAsync(world.Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await psql.WaitForExitAsync(world.Cancelled);
        var waiting = Array.IndexOf(lines[0].Split('|'), "cl_waiting");
        return lines[1..].Sum(line => int.Parse(line.Split('|')[waiting], CultureInfo.InvariantCulture));
    }

    public TrueGroup Of(string application, string user) =>
        Groups.FirstOrDefault(group => group.Application == application && group.User == user) ?? new TrueGroup(application, user, 0, 0, 0, 0, 0);

    /// <summary>In seconds; null when none of theirs is idle in a transaction.</summary>
    public int? OldestInTransaction(string application, string user) =>
        Ages.FirstOrDefault(age => age.Application == application && age.User == user)?.Seconds;

    /// <summary>The largest number of sessions of theirs that do, or did last, the same.</summary>
    public int LargestStatement(string application, string user) =>
        Statements.Where(statement => statement.Application == application && statement.User == user).Select(statement => statement.Sessions).DefaultIfEmpty(0).Max();

    private static int Number(DbDataReader row, int column) => Convert.ToInt32(row.GetValue(column), CultureInfo.InvariantCulture);
}
