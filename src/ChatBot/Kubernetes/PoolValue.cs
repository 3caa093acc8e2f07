using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Kubernetes;

/// <summary>A pool's size in a value: the number itself, or a parameter of a connection string.</summary>
internal static class PoolValue
{
    /// <param name="parameter">Empty when the value is the number.</param>
    /// <returns>Null when there is no whole number.</returns>
    public static int? Read(string? value, string parameter)
    {
        var text = value is null || parameter.Length == 0 ? value : ConnectionText.Read(value, parameter);
        return int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
    }

    /// <summary>Tells one value from another without keeping it: SHA-256, in lower-case hex digits.</summary>
    public static string HashOf(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    /// <returns>Null when the rest of the value would not stay as it is.</returns>
    public static string? Write(string? value, string parameter, int size) => value is null ? null
        : parameter.Length == 0 ? size.ToString(CultureInfo.InvariantCulture)
        : ConnectionText.Write(value, parameter, size);
}
