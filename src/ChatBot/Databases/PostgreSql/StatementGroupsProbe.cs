using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL what its sessions do, or did last. One statement; reads the server's own views only.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Statements hold people's data, so only their shapes leave this probe; the server itself keeps
/// no more than 1 kB of each (<c>track_activity_query_size</c>). Sessions that are still logging in do nothing yet.
/// </remarks>
internal static class StatementGroupsProbe
{
    /// <summary>Groups that the server sends: 500. More of them is what only a server of another kind has.</summary>
    private const int AtMostSent = 500;

    /// <summary>More groups than this say nothing more to a responder.</summary>
    private const int AtMost = 50;

    // The server can't tell a statement's shape exactly. It only has to bring those together that differ in their values:
    // of each group it sends one statement, whose shape is told here.
    private const string Sql =
        $"""
        select application,
               role,
               activity,
               min(statement) as statement,
               count(*)::int as sessions,
               coalesce(min(at_it), interval '0') as shortest,
               coalesce(max(at_it), interval '0') as longest,
               count(*) filter (where at_it >= case when activity = 'idle' then @still_for else @long_after end)::int as long,
               count(*) filter (where {SessionRows.Turned})::int as turned
          from ({SessionRows.Sql}) session
         where is_client
           and state is distinct from 'starting'
         group by application, role, activity, regexp_replace(statement, '''[^'']*''|[0-9]+', '?', 'g')
         order by sessions desc, application, role, activity, statement
         limit @at_most
        """;

    public static async Task<IReadOnlyList<StatementGroup>> ReadAsync(
        NpgsqlConnection session, PostgreSqlTarget target, LookRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        ProtectedSessions.AddTo(command, target);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("still_for", request.StillFor));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("long_after", ConsumerGroup.LongAfter));
        command.Parameters.Add(new NpgsqlParameter<int>("at_most", AtMostSent));

        var sent = new List<StatementGroup>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            sent.Add(new StatementGroup(
                ServerNames.Read(row, 0),
                ServerNames.Read(row, 1),
                SessionRows.ReadActivity(row, 2),
                ServerNames.ReadStatement(row, 3),
                row.GetInt32(4),
                row.GetTimeSpan(5),
                row.GetTimeSpan(6))
            {
                AtItLong = row.GetInt32(7),
                Turned = row.GetInt32(8),
            });
        }

        return
        [
            .. sent
                .GroupBy(group => (group.Application, group.User, group.Activity, group.Statement))
                .Select(same => same.First() with
                {
                    Sessions = same.Sum(group => group.Sessions),
                    Shortest = same.Min(group => group.Shortest),
                    Longest = same.Max(group => group.Longest),
                    AtItLong = same.Sum(group => group.AtItLong),
                    Turned = same.Sum(group => group.Turned),
                })
                .OrderByDescending(group => group.Sessions)
                .Take(AtMost),
        ];
    }
}
