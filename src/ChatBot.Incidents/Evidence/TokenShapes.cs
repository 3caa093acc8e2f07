using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Evidence;

/// <summary>Credentials that can be told by their shape alone. The prefixes are those the makers publish.</summary>
internal static class TokenShapes
{
    private static readonly Regex Known = new(
        string.Join(
            '|',
            @"eyJ[\w-]{6,}(?:\.[\w-]*){1,4}", // JSON Web Token, signed or encrypted
            "(?-i:(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,})", // AWS
            @"gh[pousr]_\w{16,}|github_pat_\w{16,}",
            @"gl[a-z]{2,8}-[\w-]{16,}", // GitLab
            @"xox[a-z](?:\.xox[a-z])?-[\w-]{6,}|xapp-[\w-]{6,}|xwfp-[\w-]{6,}", // Slack
            @"hooks\.slack\.com/[\w/+-]+",
            @"[srp]k_(?:live|test)_\w{6,}|whsec_\w{6,}", // Stripe
            @"AIza[\w-]{30,}|ya29\.[\w-]{10,}|GOCSPX-[\w-]{10,}|1//[\w-]{20,}", // Google
            @"SG\.[\w-]{10,}\.[\w-]{10,}", // SendGrid
            @"sk-[\w-]{16,}|hf_\w{16,}|npm_\w{16,}|pypi-[\w-]{16,}|do[opr]_v1_\w{16,}|hv[sbr]\.[\w-]{16,}",
            @"shp(?:at|ca|pa|ss)_\w{16,}|dapi[0-9a-f]{16,}|AGE-SECRET-KEY-1\w{16,}|nrak-\w{16,}",
            @"\b\d{8,10}:[\w-]{35}", // Telegram
            """%3A%2F%2F[^\s"'<>]*%40"""), // a URL with credentials that was encoded into another
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex Header = new(
        @"\b(?<scheme>bearer|basic)(?<gap> +)(?<credentials>[\w+/=.~-]{8,})",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static string Hide(string text) => Known.Replace(Header.Replace(text, HideHeader), ForeignText.HiddenMark);

    // "basic authentication" is an English phrase.
    private static string HideHeader(Match header) =>
        header.Groups["credentials"].ValueSpan[1..].ContainsAnyExceptInRange('a', 'z')
            ? $"{header.Groups["scheme"].ValueSpan}{header.Groups["gap"].ValueSpan}{ForeignText.HiddenMark}"
            : header.Value;
}
