using System.Net;
using System.Text.RegularExpressions;
using static System.TimeSpan;

namespace ChatBot.Configuration;

/// <summary>Reads the section <c>Targets</c>.</summary>
internal static partial class TargetReader
{
    /// <summary>PostgreSQL cuts names of users, databases and applications to 63 bytes (NAMEDATALEN).</summary>
    private const int MaxName = 63;

    public static Dictionary<string, TargetOptions> ReadAll(SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var targets = new Dictionary<string, TargetOptions>(StringComparer.Ordinal);
        foreach (var name in section.Names)
        {
            // Narrow on purpose: no two names can look alike but for case, a space or a foreign letter.
            if (!TargetName().IsMatch(name))
            {
                mistakes.Add(
                    section.PathOf(name),
                    "an unusable name",
                    "1 to 63 of a-z, 0-9 and -, starting with a letter or digit");
            }

            targets[name] = section.Section(name, target => Read(name, target, mistakes, warnings));
        }

        if (targets.Count == 0)
        {
            mistakes.Add("Targets", "nothing", "at least one target, such as Targets:orders-db");
        }

        return targets;
    }

    private static TargetOptions Read(string name, SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var engine = section.Choice("Engine", DatabaseEngine.PostgreSql);
        var defaults = Defaults(engine) with { Name = name };
        var host = section.Required("Host", "", "a host name, an address or the folder of a Unix socket", IsHost);
        return defaults with
        {
            Host = host,
            Port = section.Number("Port", defaults.Port, 1, 65535),
            AdminPort = ReadAdminPort(section, engine, mistakes),
            Database = section.Optional("Database", defaults.Database, "a database name", PlainText.UpTo(MaxName))!,
            User = section.Required("User", "", "a user name", PlainText.UpTo(MaxName)),
            Password = section.Secret("Password", required: false, "a password in one line", "", warnings, rereads: true),
            Tls = section.Choice("Tls", IsThisMachine(host) ? TlsMode.Prefer : defaults.Tls),
            TlsRootFile = section.Optional<string>("TlsRootFile", null, "the path of a PEM file that is there", IsFile),
            Environment = section.Required("Environment", "", "words for every plan, such as PRODUCTION", PlainText.UpTo(40)),
            Channel = section.Optional<string>("Channel", null, "a Slack channel id, C... or G...", IsChannel),
            Approvers = section.List("Approvers", "Slack ids of user groups (S...) or users (U... or W...)", Approver().IsMatch),
            Protected = section.Section("Protected", ReadProtected),
            Processors = section.Has("Processors") ? section.Number("Processors", 1, 1, 4096) : null,
            Mode = section.Choice("Mode", defaults.Mode),
            Runbook = section.Optional("Runbook", defaults.Runbook, "a page's file name without its ending: a-z, 0-9 and -", IsPage)!,
            Services = section.Section("Services", services => ServiceReader.ReadAll(services, mistakes)),
            PgBouncer = section.Has("PgBouncer") ? section.Section("PgBouncer", pooler => ReadPgBouncer(pooler, mistakes, warnings)) : null,
            Prometheus = section.Section("Prometheus", labels => MetricsReader.ReadLabels(labels, mistakes)),
            Impact = section.Section("Impact", queries => MetricsReader.ReadImpact(queries, mistakes)),
            Dashboard = section.Optional<Uri>("Dashboard", null, "the http or https address of a page", MetricsReader.IsPage),
            ConnectTimeout = section.Duration("ConnectTimeout", defaults.ConnectTimeout, FromMilliseconds(100), FromMinutes(1)),
            StatementTimeout = section.Duration("StatementTimeout", defaults.StatementTimeout, FromMilliseconds(100), FromMinutes(5)),
        };
    }

    private static TargetOptions Defaults(DatabaseEngine engine)
    {
        var defaults = new TargetOptions { Name = "", Host = "", User = "", Environment = "", Engine = engine };
        return engine is DatabaseEngine.MySql ? defaults with { Port = 3306, Database = "" } : defaults;
    }

    private static int? ReadAdminPort(SettingsSection section, DatabaseEngine engine, Mistakes mistakes)
    {
        const string Key = "AdminPort";
        if (!section.Has(Key))
        {
            return null;
        }

        var port = section.Number(Key, 1, 1, 65535);
        if (engine is not DatabaseEngine.MySql)
        {
            mistakes.Add(section.PathOf(Key), "a second port", "none: only MySQL and MariaDB have one (Engine MySql)");
        }

        return port;
    }

    private static ProtectedSessions ReadProtected(SettingsSection section) => new()
    {
        Users = section.List("Users", "user names", text => PlainText.IsPlain(text, MaxName)),
        Applications = section.List("Applications", "application names", text => PlainText.IsPlain(text, MaxName)),
        Defaults = section.Choice("Defaults", DefaultNames.Keep),
    };

    private static PgBouncerOptions ReadPgBouncer(SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var host = section.Required("Host", "", "a host name, an address or the folder of a Unix socket", IsHost);
        return new PgBouncerOptions
        {
            Host = host,
            Port = section.Number("Port", PgBouncerOptions.DefaultPort, 1, 65535),
            User = section.Required("User", "", "a user name", PlainText.UpTo(MaxName)),
            Password = section.Secret("Password", required: false, "a password in one line", "", warnings, rereads: true),
            Tls = section.Choice("Tls", IsThisMachine(host) ? TlsMode.Prefer : TlsMode.VerifyFull),
            Prometheus = section.Section("Prometheus", labels => MetricsReader.ReadLabels(labels, mistakes)),
        };
    }

    private static bool IsFile(string text, out string file)
    {
        file = text;
        return File.Exists(text);
    }

    private static bool IsPage(string text, out string page)
    {
        page = text;
        return TargetName().IsMatch(text);
    }

    private static bool IsHost(string text, out string host)
    {
        host = text;
        return text.StartsWith('/')
            ? PlainText.IsPlain(text, 100) // a socket's path has room for 107 bytes, its own file name included
            : Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
    }

    /// <summary>Whether nobody can sit between the bot and this host.</summary>
    public static bool IsThisMachine(string host) =>
        host.StartsWith('/')
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsChannel(string text, out string channel)
    {
        channel = text;
        return Channel().IsMatch(text);
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex TargetName();

    [GeneratedRegex(@"\A[SUW][A-Z0-9]{2,30}\z")]
    private static partial Regex Approver();

    [GeneratedRegex(@"\A[CG][A-Z0-9]{2,30}\z")]
    private static partial Regex Channel();
}
