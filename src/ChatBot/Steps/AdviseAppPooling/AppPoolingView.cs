using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Pooling;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.AdviseAppPooling;

/// <summary>Each service that works without a pool, its numbers, and how its stack turns one on.</summary>
internal static class AppPoolingView
{
    /// <summary>More services than this nobody changes in one go.</summary>
    private const int Services = 5;

    public static IReadOnlyList<Mrkdwn> Render(ConnectionLives lives)
    {
        if (!lives.SeesStarts)
        {
            return [$"Unknown how long connections live: my role may not see when sessions began. Grant it `pg_read_all_stats`."];
        }

        var brief = BriefLivesRule.Examine(lives);
        if (brief.Count == 0)
        {
            return
            [
                $"Nothing in this incident's evidence speaks for it: in {Spoken.Duration(lives.Watched)} no service opened and closed connections one after the other.{Unseen(lives)}",
            ];
        }

        List<Mrkdwn> parts = [.. brief.Take(Services).Select(service => Line(service, lives.Watched))];
        var more = brief.Count > Services ? (Mrkdwn)$"• And {brief.Count - Services} more. " : Mrkdwn.Empty;
        parts.Add($"{more}Connections that end so young come from no pool, or from a process that crashes in a loop.{Unseen(lives)}");

        parts.AddRange(brief.Select(service => service.Platform).Distinct().Order().Where(platform => platform is not ClientPlatform.Unknown).Select(Switch));
        if (brief.Any(service => service.Platform is ClientPlatform.Unknown))
        {
            parts.Add(Table());
        }

        return parts;
    }

    private static Mrkdwn Line(BriefLives brief, TimeSpan watched)
    {
        var service = brief.Service;
        var name = service.Application.IsEmpty ? (Mrkdwn)$"User {Verbatim.Of(service.User)}, without an application name," : $"{Verbatim.Of(service.Application)} (user {Verbatim.Of(service.User)})";
        return $"• *{name}* opened {service.Births} connections in {Spoken.Duration(watched)} ({Math.Round(brief.BirthsPerMinute)} a minute) and holds {service.Held}; {service.EndedYoung} ended younger than {Spoken.Duration(ServiceLives.Young)}. Median age {Age(service.MedianAge)}, longest {Age(service.LongestAge)}.";
    }

    private static Mrkdwn Unseen(ConnectionLives lives) => lives.Unseen is > 0 and var unseen
        ? $" The server counted {unseen} more {(unseen == 1 ? "login" : "logins")} that came and went unseen; nobody can say whose."
        : Mrkdwn.Empty;

    private static string Age(TimeSpan age) => age < TimeSpan.FromSeconds(1) ? "under 1 s" : Spoken.Duration(age);

    private static Mrkdwn Switch(ClientPlatform platform) => platform switch
    {
        ClientPlatform.Jvm => $"*JVM:* one `HikariDataSource` for the whole process (Spring: `spring.datasource.hikari.maximum-pool-size`), no `DriverManager.getConnection` per request.",
        ClientPlatform.DotNet => $"*.NET:* Npgsql pools by connection string unless it says `Pooling=false`; strings that differ make a pool each. One `NpgsqlDataSource`, `Maximum Pool Size` set.",
        ClientPlatform.Python => $"*Python:* `psycopg_pool.ConnectionPool`, SQLAlchemy's `create_engine` once per process (not `NullPool`), or Django's `CONN_MAX_AGE` (5.1: the `pool` option).",
        ClientPlatform.Node => $"*Node:* one `new Pool({{ max }})` for the process and `pool.query`, no `new Client()` per request.",
        ClientPlatform.Php => $"*PHP:* a process per request can't keep a pool: put PgBouncer between (see the step for a pooler).",
        ClientPlatform.Go => $"*Go:* one `sql.DB` for the process, `SetMaxOpenConns`, `SetMaxIdleConns` as high (the default keeps 2) and `SetConnMaxIdleTime` in minutes; or one `pgxpool`.",
        ClientPlatform.Ruby => $"*Ruby:* ActiveRecord pools per process: `pool` in database.yml as high as the threads; no `establish_connection` per request.",
        ClientPlatform.Tool => $"*A tool or a job* needs no pool: let it do its work over one connection.",
        _ => Mrkdwn.Empty,
    };

    // The name doesn't tell the stack, so all of them, in short.
    private static Mrkdwn Table() =>
        $"""
        How a stack turns pooling on:
        • JVM: one `HikariDataSource`, `maximumPoolSize`
        • .NET: Npgsql pools unless `Pooling=false`; `Maximum Pool Size`
        • Python: `psycopg_pool`, SQLAlchemy's engine, Django's `CONN_MAX_AGE`
        • Node: `pg.Pool` with `max`
        • Go: `SetMaxOpenConns`, `SetMaxIdleConns`, `SetConnMaxIdleTime`
        • PHP: PgBouncer between
        """;
}
