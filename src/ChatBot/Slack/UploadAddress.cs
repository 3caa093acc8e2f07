namespace ChatBot.Slack;

/// <summary>Where the bytes of a file may go: to Slack, and nowhere else, whatever an answer says.</summary>
internal static class UploadAddress
{
    /// <summary>Files go to <c>files.slack.com</c>, also when the calls go through a gateway of one's own.</summary>
    private static readonly string[] SlackDomains = ["slack.com", "slack-gov.com"];

    /// <param name="apiUrl">Where the calls go, as configured.</param>
    /// <returns>Null when the address isn't one of Slack's.</returns>
    public static Uri? Read(string? uploadUrl, Uri apiUrl)
    {
        if (!Uri.TryCreate(uploadUrl, UriKind.Absolute, out var address) || address.UserInfo.Length > 0)
        {
            return null;
        }

        // The same server is as good as the calls themselves: in the clear only for the practice workspace.
        var isSame = address.Scheme == apiUrl.Scheme && address.Authority == apiUrl.Authority;
        var isSlacks = address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && SlackDomains.Append(apiUrl.Host)
            .Any(domain => address.Host == domain || address.Host.EndsWith("." + domain, StringComparison.Ordinal));

        return isSame || isSlacks ? address : null;
    }
}
