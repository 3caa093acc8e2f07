using System.Collections;
using ChatBot.Incidents;
using Microsoft.Extensions.Configuration;
using static System.TimeSpan;

namespace ChatBot.Configuration;

/// <summary>Collects the settings from their sources and reads them strictly: every mistake, not only the first.</summary>
internal static class ChatBotConfiguration
{
    /// <summary>Names a second file of settings. Not a setting itself.</summary>
    public const string SettingsVariable = "CHATBOT_SETTINGS";

    private const string Prefix = "CHATBOT_";

    /// <summary>What the commands that talk to a running bot read. Not settings of the bot.</summary>
    private static readonly string[] OfCommands = [TerminalVariables.Url, TerminalVariables.Token, TerminalVariables.TokenFile];

    /// <summary>appsettings.json beside the program, then the file that CHATBOT_SETTINGS names, then CHATBOT_ variables.</summary>
    /// <remarks>A variable's name is the key with <c>__</c> for every colon: CHATBOT_Slack__BotToken.</remarks>
    /// <param name="environment">As of <see cref="Environment.GetEnvironmentVariables()"/>.</param>
    /// <returns>Null and at least one mistake, or the configuration and none.</returns>
    public static (IConfigurationRoot? Configuration, IReadOnlyList<string> Mistakes) Build(
        string baseFolder,
        IDictionary environment)
    {
        var mistakes = new Mistakes();
        var (variables, settingsFile) = ReadVariables(environment, mistakes);
        var builder = new ConfigurationBuilder();

        // Without appsettings.json the same defaults hold: they are in the options, too.
        var shipped = Path.Combine(baseFolder, "appsettings.json");
        var files = new[] { File.Exists(shipped) ? shipped : null, settingsFile };
        foreach (var file in files.OfType<string>())
        {
            if (JsonSettingsFile.Read(file, mistakes) is { } json)
            {
                builder.AddJsonStream(new MemoryStream(json));
            }
        }

        builder.AddInMemoryCollection(variables);
        return mistakes.Lines.Count > 0 ? (null, mistakes.Lines) : (builder.Build(), []);
    }

    /// <returns>Null and every mistake there is, one a line; or the options and none.</returns>
    public static (ChatBotOptions? Options, IReadOnlyList<string> Mistakes) Read(IConfiguration configuration)
    {
        var mistakes = new Mistakes();
        MaskSecrets(configuration, mistakes);
        var warnings = new List<string>();
        var root = new SettingsSection(configuration, "", mistakes);
        root.Ignore("Logging"); // .NET's own
        var options = new ChatBotOptions
        {
            Slack = root.Section("Slack", section => ReadSlack(section, warnings)),
            Store = root.Section("Store", section => ReadStore(section, mistakes, warnings)),
            Work = root.Section("Work", ReadWork),
            Approval = root.Section("Approval", ReadApproval),
            EndIdleSessions = root.Section("EndIdleSessions", section => EndingReader.ReadIdleSessions(section, mistakes)),
            EndTransactions = root.Section("EndTransactions", EndingReader.ReadTransactions),
            Watch = root.Section("Watch", section => ReadWatch(section, mistakes)),
            Runbooks = root.Section("Runbooks", ReadRunbooks),
            Terminal = root.Section("Terminal", section => TerminalReader.Read(section, mistakes, warnings)),
            Kubernetes = root.Section("Kubernetes", ReadKubernetes),
            Prometheus = root.Section("Prometheus", section => MetricsReader.ReadServer(section, warnings)),
            Targets = root.Section("Targets", section => TargetReader.ReadAll(section, mistakes, warnings)),
            Warnings = warnings,
        };
        ServiceReader.FindUnknownClusters(options.Targets, options.Kubernetes, mistakes);
        root.Close();

        return mistakes.Lines.Count > 0 ? (null, mistakes.Lines) : (options, []);
    }

    /// <summary>The store's section alone, for whoever only looks into the store: mistakes elsewhere don't matter there.</summary>
    /// <inheritdoc cref="Read"/>
    public static (StoreOptions? Options, IReadOnlyList<string> Mistakes) ReadStore(IConfiguration configuration)
    {
        var mistakes = new Mistakes();
        MaskSecrets(configuration, mistakes);
        var store = new SettingsSection(configuration, "", mistakes).Section("Store", section => ReadStore(section, mistakes, []));
        return mistakes.Lines.Count > 0 ? (null, mistakes.Lines) : (store, []);
    }

    /// <summary>What the doctor needs, and no more: mistakes elsewhere don't matter to it.</summary>
    /// <returns>Options whose other sections are empty.</returns>
    /// <inheritdoc cref="Read"/>
    public static (ChatBotOptions? Options, IReadOnlyList<string> Mistakes) ReadDatabases(IConfiguration configuration)
    {
        var mistakes = new Mistakes();
        MaskSecrets(configuration, mistakes);
        var warnings = new List<string>();
        var root = new SettingsSection(configuration, "", mistakes);
        var options = new ChatBotOptions
        {
            Slack = new SlackOptions { BotToken = new(""), AppToken = new("") },
            Store = root.Section("Store", section => ReadStore(section, mistakes, warnings)),
            EndIdleSessions = root.Section("EndIdleSessions", section => EndingReader.ReadIdleSessions(section, mistakes)),
            Kubernetes = root.Section("Kubernetes", ReadKubernetes),
            Prometheus = root.Section("Prometheus", section => MetricsReader.ReadServer(section, warnings)),
            Targets = root.Section("Targets", section => TargetReader.ReadAll(section, mistakes, warnings)),
            Warnings = warnings,
        };
        ServiceReader.FindUnknownClusters(options.Targets, options.Kubernetes, mistakes);
        return mistakes.Lines.Count > 0 ? (null, mistakes.Lines) : (options, []);
    }

    // People paste a password into the wrong line.
    private static void MaskSecrets(IConfiguration configuration, Mistakes mistakes)
    {
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (Mistakes.IsSecret(ConfigurationPath.GetSectionKey(key)) && !key.EndsWith("File", StringComparison.OrdinalIgnoreCase))
            {
                mistakes.Mask(value);
            }
        }
    }

    private static SlackOptions ReadSlack(SettingsSection section, List<string> warnings)
    {
        var defaults = new SlackOptions { BotToken = new(""), AppToken = new("") };
        return new()
        {
            BotToken = section.Secret("BotToken", true, "a bot token, xoxb-...", "xoxb-", warnings) ?? defaults.BotToken,
            AppToken = section.Secret("AppToken", true, "an app-level token, xapp-...", "xapp-", warnings) ?? defaults.AppToken,
            ApiUrl = section.Optional(
                "ApiUrl",
                defaults.ApiUrl,
                "an https address that ends with a slash (http only for this machine)",
                IsApiUrl)!,
            CallTimeout = section.Duration("CallTimeout", defaults.CallTimeout, FromMilliseconds(100), FromMinutes(2)),
            SilenceLimit = section.Duration("SilenceLimit", defaults.SilenceLimit, FromMilliseconds(100), FromMinutes(10)),
        };
    }

    // The tokens go wherever this address points to.
    private static bool IsApiUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url.UserInfo.Length == 0
        && url.Query.Length == 0
        && url.Fragment.Length == 0
        && url.AbsolutePath.EndsWith('/');

    private static StoreOptions ReadStore(SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var defaults = new StoreOptions();
        var engine = section.Choice("Engine", defaults.Engine);
        var isServer = engine is StoreEngine.PostgreSql;
        var connection = section.Secret("ConnectionString", isServer, "a connection string for PostgreSql", "", warnings);

        foreach (var key in new[] { "ConnectionString", "ConnectionStringFile" })
        {
            if (!isServer && section.Has(key))
            {
                mistakes.Add(section.PathOf(key), "***", "nothing, because Store:Engine is Sqlite");
            }
        }

        return new()
        {
            Engine = engine,
            Path = section.Optional("Path", defaults.Path, "the path of a file", PlainText.UpTo(4096))!,
            ConnectionString = connection,
        };
    }

    private static WorkOptions ReadWork(SettingsSection section)
    {
        var defaults = new WorkOptions();
        return new()
        {
            Lease = section.Duration("Lease", defaults.Lease, FromMilliseconds(100), FromMinutes(10)),
            PollEvery = section.Duration("PollEvery", defaults.PollEvery, FromMilliseconds(10), FromMinutes(1)),
            Workers = section.Number("Workers", defaults.Workers, 1, 64),
            RetryAtMost = section.Duration("RetryAtMost", defaults.RetryAtMost, FromMilliseconds(10), FromHours(1)),
        };
    }

    private static ApprovalOptions ReadApproval(SettingsSection section)
    {
        var defaults = new ApprovalOptions();
        return new()
        {
            Lifetime = section.Duration("Lifetime", defaults.Lifetime, FromSeconds(1), FromHours(1)),
            MembershipFreshFor = section.Duration("MembershipFreshFor", defaults.MembershipFreshFor, Zero, FromSeconds(30)),
        };
    }

    private static WatchOptions ReadWatch(SettingsSection section, Mistakes mistakes)
    {
        // A third of the measurements an incident keeps: a relief also has to be seen when some got no answer.
        const int judged = Incident.SamplesKept / 3;
        var defaults = new WatchOptions();
        var watch = new WatchOptions
        {
            SampleEvery = section.Duration("SampleEvery", defaults.SampleEvery, FromMilliseconds(100), FromMinutes(5)),
            ConsumersEvery = section.Duration("ConsumersEvery", defaults.ConsumersEvery, FromMilliseconds(100), FromMinutes(30)),
            LookApart = section.Duration("LookApart", defaults.LookApart, FromMilliseconds(100), FromSeconds(30)),
            StillFor = section.Duration("StillFor", defaults.StillFor, FromSeconds(1), FromMinutes(10)),
            ReliefBelow = section.Share("ReliefBelow", defaults.ReliefBelow, 0.1, 0.99),
            ReliefAfter = section.Duration("ReliefAfter", defaults.ReliefAfter, FromMilliseconds(100), FromHours(1)),
            WatchFor = section.Duration("WatchFor", defaults.WatchFor, FromMilliseconds(100), FromDays(1)),
        };
        if (watch.ReliefAfter > judged * watch.SampleEvery)
        {
            mistakes.Add(
                section.PathOf("ReliefAfter"),
                $"\"{Duration.Format(watch.ReliefAfter)}\"",
                $"at most {judged} x Watch:SampleEvery, because a relief is judged by that many measurements");
        }

        return watch;
    }

    private static RunbookOptions ReadRunbooks(SettingsSection section)
    {
        var defaults = new RunbookOptions();
        return new()
        {
            Folder = section.Optional("Folder", defaults.Folder, "the path of a folder", PlainText.UpTo(4096))!,
            FollowUpDue = section.Duration("FollowUpDue", defaults.FollowUpDue, FromHours(1), FromDays(366)),
            UndoDue = section.Duration("UndoDue", defaults.UndoDue, FromHours(1), FromDays(366)),
        };
    }

    private static KubernetesOptions ReadKubernetes(SettingsSection section)
    {
        var defaults = new KubernetesOptions();
        return new()
        {
            KubeconfigFile = section.Optional("KubeconfigFile", defaults.KubeconfigFile, "the path of a file that exists, or nothing", IsFileOrNothing)!,
            CallTimeout = section.Duration("CallTimeout", defaults.CallTimeout, FromMilliseconds(100), FromMinutes(2)),
            LogsWithin = section.Duration("LogsWithin", defaults.LogsWithin, FromMilliseconds(100), FromMinutes(10)),
        };
    }

    private static bool IsFileOrNothing(string text, out string path)
    {
        path = text;
        return text.Length == 0 || File.Exists(text);
    }

    private static (Dictionary<string, string?> Settings, string? SettingsFile) ReadVariables(
        IDictionary environment,
        Mistakes mistakes)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        string? settingsFile = null;
        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            if (name.Equals(SettingsVariable, StringComparison.OrdinalIgnoreCase))
            {
                settingsFile = (string?)variable.Value;
                if (string.IsNullOrWhiteSpace(settingsFile))
                {
                    mistakes.Add(SettingsVariable, "\"\"", "the path of a file, or no such variable");
                    settingsFile = null;
                }
            }
            else if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !OfCommands.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var key = name[Prefix.Length..].Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
                if (!settings.TryAdd(key, (string?)variable.Value))
                {
                    mistakes.Add(key, "two variables of this name", "one; case makes no difference");
                }
            }
        }

        return (settings, settingsFile);
    }
}
