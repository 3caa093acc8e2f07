using System.Text;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Configuration;

/// <summary>Everything that is wrong with the settings, one line each. No line holds a secret.</summary>
internal sealed class Mistakes
{
    /// <summary>Longer values are cut: 80 characters.</summary>
    private const int ShownAtMost = 80;

    /// <summary>Shorter secrets would mask half of every line: 4 characters.</summary>
    private const int SecretAtLeast = 4;

    private static readonly string[] SecretWords =
        ["token", "password", "passwd", "pwd", "secret", "credential", "connectionstring", "apikey"];

    private readonly List<string> _lines = [];
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A key whose value is never shown, even if it means nothing to us.</summary>
    public static bool IsSecret(string key) =>
        SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>From now on this is masked wherever it turns up: people paste a password into the wrong line.</summary>
    public void Mask(string? secret)
    {
        if (secret?.Trim() is { Length: >= SecretAtLeast } trimmed)
        {
            _secrets.Add(trimmed);
        }
    }

    /// <param name="found">In our words; a value goes through <see cref="Show"/>.</param>
    public void Add(string key, string found, string expected) =>
        _lines.Add($"{Printable(key)}  found {found}  expected {expected}");

    /// <returns>The value in quotes, or *** when there is a secret in it.</returns>
    public string Show(string? value)
    {
        if (value is null)
        {
            return "nothing";
        }

        if (HoldsSecret(value))
        {
            return "***";
        }

        var clean = ForeignText.From(value, ShownAtMost);
        return clean.Hidden > 0 || clean.Value == ForeignText.WithheldMark ? "***" : $"\"{clean}\"";
    }

    private bool HoldsSecret(string text) => _secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal));

    // A look-alike letter in a key has to be seen, so everything but ASCII is spelt out.
    private string Printable(string key)
    {
        if (HoldsSecret(key))
        {
            return "***";
        }

        var printable = new StringBuilder();
        foreach (var letter in key.Length > 200 ? key[..200] : key)
        {
            _ = letter is > ' ' and <= '~' ? printable.Append(letter) : printable.Append($"\\u{(int)letter:x4}");
        }

        return printable.ToString();
    }
}
