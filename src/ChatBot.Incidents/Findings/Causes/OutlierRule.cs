using System.Text.RegularExpressions;
using ChatBot.Incidents.Findings.Pooling;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 10: one user of another kind than the services holds many.</summary>
/// <remarks>
/// A heuristic, and the card says so: it goes by what the application or the user is called, in the words that such tools
/// and accounts use for themselves. A service that is called after one of them is taken for one.
/// </remarks>
internal static partial class OutlierRule
{
    /// <summary>More addresses than this are a service's pods rather than a person's or a job's: 3. Monitors sit on every machine.</summary>
    public const int FewClients = 3;

    private const string Source = "decision table, row 10 (experience)";

    private static readonly Sentence Monitor = Sentence.Of($"a monitor");

    private static readonly Sentence PersonsTool = Sentence.Of($"a person's tool");

    private static readonly Sentence Backup = Sentence.Of($"a backup");

    private static readonly Sentence Migration = Sentence.Of($"a migration");

    private static readonly (Regex Name, Sentence Kind)[] Kinds =
    [
        (Monitors, Monitor),
        (Backups, Backup),
        (Migrations, Migration),
        (Reports, Sentence.Of($"a reporting tool")),
        (Jobs, Sentence.Of($"a batch job")),
        (Consoles, PersonsTool),
    ];

    public static CauseFinding? Examine(Field field)
    {
        if (Holder(field) is not { } holder || KindOf(holder) is not { } kind)
        {
            return null;
        }

        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{holder.Words} holds {holder.Count} of {field.Sessions} taken slots."), Source),
            new(Sentence.Of($"By its name it is {kind}, not a service that answers requests."), Source),
        };
        var isFew = holder.Clients <= FewClients;
        var addresses = new Reason(Sentence.Of($"Client addresses of its sessions: {holder.Clients}."), Source);
        if (isFew)
        {
            reasons.Add(addresses);
        }

        reasons.Add(new Reason(Sentence.Of($"{holder.Active} of them are at work, {holder.Idle} idle, {holder.InTransaction} idle in a transaction.")));
        return new CauseFinding(
            Cause.Outlier,
            holder.Count,
            Sentence.Of($"{holder.Words} ({kind}, by its name) holds {holder.Count} of {field.Capacity} slots, which the services lack."),
            reasons)
        {
            Culprit = holder.Name,
            Against = isFew ? [] : [addresses],
        };
    }

    /// <summary>The holder of another kind with at least a quarter of the sessions; null when there is none.</summary>
    public static Holder? Holder(Field field) => field.Holders.FirstOrDefault(holder =>
        field.IsShare(holder.Count, Field.Weighty)
        && !HiddenClients.IsPooler(holder)
        && KindOf(holder) is { } kind
        && (holder.Clients <= FewClients || kind == Monitor));

    /// <summary>All but one that rests for long by its nature: people leave their consoles open, and that is no leak.</summary>
    public static Field WithoutResting(Field field) => Without(field, kind => kind == PersonsTool);

    /// <summary>All but one that works for long by its nature: a backup or a migration, which isn't slow.</summary>
    public static Field WithoutLasting(Field field) => Without(field, kind => kind == Backup || kind == Migration);

    private static Field Without(Field field, Func<Sentence, bool> isSo) =>
        Holder(field) is { } holder && KindOf(holder) is { } kind && isSo(kind) ? field.Without(holder) : field;

    private static Sentence? KindOf(Holder holder)
    {
        // The user's name tells when the application's doesn't: cron scripts connect with the driver's.
        var names = holder.Groups.SelectMany(group => new[] { group.Application, group.User }).Append(holder.Name).Distinct().ToArray();
        var shared = holder.Groups.DistinctBy(group => group.User).Count() == 1 ? names : [holder.Name];
        return Kinds.FirstOrDefault(kind => shared.Any(name => kind.Name.IsMatch(name.Value))).Kind
            ?? (shared.Any(name => ClientPlatforms.Guess(name) is ClientPlatform.Tool) ? PersonsTool : null);
    }

    [GeneratedRegex(@"exporter|datadog|zabbix|nagios|icinga|prometheus|newrelic|telegraf|pgwatch|pganalyze|checkmk|(^|[^a-z])(monitor|monitoring|metrics|dd-agent|check_postgres)([^a-z]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Monitors { get; }

    [GeneratedRegex(@"pg_dump|pg_basebackup|mysqldump|mariadb-dump|mydumper|xtrabackup|mariabackup|pgbackrest|barman|wal-g|(^|[^a-z])(backup|backups|dump)([^a-z]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Backups { get; }

    [GeneratedRegex(@"flyway|liquibase|alembic|gh-ost|pt-online-schema|(^|[^a-z])(migration|migrations|migrate|migrator)([^a-z]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Migrations { get; }

    [GeneratedRegex(@"metabase|tableau|looker|superset|power ?bi|redash|grafana|qlik|(^|[^a-z])(bi|dbt|analytics|analyst|report|reports|reporting)([^a-z]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reports { get; }

    [GeneratedRegex(@"airflow|cronjob|(^|[^a-z])(cron|batch|etl|nightly|import|importer|export|scheduler|job|jobs)([^a-z]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Jobs { get; }

    [GeneratedRegex(@"^(mysql|mariadb|mycli|pgcli)$|workbench|heidisql|phpmyadmin|sequel (pro|ace)|navicat", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Consoles { get; }
}
