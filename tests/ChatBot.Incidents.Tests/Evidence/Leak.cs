namespace ChatBot.Incidents.Tests.Evidence;

internal static class Leak
{
    /// <summary>Fewer characters of a secret in a row help nobody: 6.</summary>
    private const int Telling = 6;

    /// <returns>Null when nothing telling of the secret is shown.</returns>
    public static string? Of(string secret, string shown) => Enumerable
        .Range(0, Math.Max(1, secret.Length - Telling + 1))
        .Select(start => secret.Substring(start, Math.Min(Telling, secret.Length - start)))
        .FirstOrDefault(part => shown.Contains(part, StringComparison.Ordinal));
}
