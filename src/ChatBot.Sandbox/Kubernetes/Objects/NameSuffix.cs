using System.Security.Cryptography;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What stands at the end of generated names, in letters that make no words.</summary>
internal static class NameSuffix
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    public static string Random() => RandomNumberGenerator.GetString(Letters, 5);

    /// <summary>The same text gives the same suffix, in the manner of <c>pod-template-hash</c>.</summary>
    public static string Of(string text)
    {
        var hash = 2166136261u; // FNV-1a, 32 bits
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return string.Concat(hash.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => Letters[digit - '0' + 4]));
    }
}
