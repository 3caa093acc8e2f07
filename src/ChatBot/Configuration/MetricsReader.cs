using System.Text.RegularExpressions;
using static System.TimeSpan;

namespace ChatBot.Configuration;

/// <summary>Reads the section <c>Prometheus</c>, and what targets and services say about their series.</summary>
internal static partial class MetricsReader
{
    /// <summary>A query that is longer belongs into a recording rule: 2000 characters.</summary>
    private const int LongestQuery = 2000;

    private const int LongestValue = 200;

    public static PrometheusOptions ReadServer(SettingsSection section, List<string> warnings)
    {
        var defaults = new PrometheusOptions();
        return new()
        {
            Url = section.Optional<Uri?>("Url", null, "an http or https address that ends with a slash, or nothing", IsUrlOrNothing),
            Token = section.Secret("Token", required: false, "a token in one line", "", warnings, rereads: true),
            CallTimeout = section.Duration("CallTimeout", defaults.CallTimeout, FromMilliseconds(100), FromMinutes(1)),
        };
    }

    /// <summary>The labels that tell whose series it is: <c>{ "instance": "orders-db:9187" }</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadLabels(SettingsSection section, Mistakes mistakes)
    {
        var labels = TargetOptions.NoLabels;
        foreach (var name in section.Names)
        {
            if (!Label().IsMatch(name))
            {
                mistakes.Add(section.PathOf(name), "an unusable name", "the name of a label: letters, digits and _");
            }

            labels = labels.SetItem(name, section.Optional(name, "", "the label's value", PlainText.UpTo(LongestValue))!);
        }

        return labels;
    }

    /// <summary>What customers feel, by its name: <c>{ "errors per second": "sum(rate(http_requests_total{code=~\"5..\"}[1m]))" }</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadImpact(SettingsSection section, Mistakes mistakes)
    {
        var queries = TargetOptions.NoLabels;
        foreach (var name in section.Names)
        {
            if (!PlainText.IsPlain(name, 40))
            {
                mistakes.Add(section.PathOf(name), "an unusable name", "1 to 40 characters in one line");
            }

            queries = queries.SetItem(name, section.Optional(name, "", "a PromQL query that gives one series", PlainText.UpTo(LongestQuery))!);
        }

        return queries;
    }

    public static bool IsPage(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0 && text.Length <= 500;

    // http, too: inside a cluster nothing else is usual, and what is read there is no secret.
    private static bool IsUrlOrNothing(string text, out Uri? url)
    {
        url = null;
        return text.Length == 0 || IsUrl(text, out url);
    }

    private static bool IsUrl(string text, out Uri url) => IsPage(text, out url) && url.Query.Length == 0 && url.Fragment.Length == 0 && url.AbsolutePath.EndsWith('/');

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,62}\z")]
    private static partial Regex Label();
}
