using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Configuration;

/// <summary>One section while it is read. It knows which keys were asked for, so that it can name the others.</summary>
/// <remarks>A wrong value is noted, and something harmless returned so that reading goes on to the next mistake.</remarks>
internal sealed class SettingsSection
{
    /// <summary>More than this is a mistake rather than a list: 200 entries.</summary>
    private const int MaxEntries = 200;

    private readonly IConfiguration _root;
    private readonly string _path;
    private readonly Mistakes _mistakes;
    private readonly Dictionary<string, IConfigurationSection> _present;
    private readonly SortedSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public SettingsSection(IConfiguration root, string path, Mistakes mistakes)
    {
        _root = root;
        _path = path;
        _mistakes = mistakes;
        var here = path.Length == 0 ? root : root.GetSection(path);
        _present = here.GetChildren().ToDictionary(child => child.Key, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A converter from text, in the manner of <see cref="int.TryParse(string, out int)"/>.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    /// <summary>The names of the sections inside, as written.</summary>
    public IEnumerable<string> Names => _present.Keys.Order(StringComparer.Ordinal);

    public bool Has(string key) => _present.ContainsKey(key);

    public string PathOf(string key) => _path.Length == 0 ? key : ConfigurationPath.Combine(_path, key);

    /// <summary>What <paramref name="read"/> makes of the section of this name; it may be missing.</summary>
    public T Section<T>(string key, Func<SettingsSection, T> read)
    {
        _known.Add(key);
        if (_present.TryGetValue(key, out var child) && !string.IsNullOrEmpty(child.Value))
        {
            _mistakes.Add(PathOf(key), Mistakes.IsSecret(key) ? "***" : _mistakes.Show(child.Value), "a section, { ... }");
        }

        var section = new SettingsSection(_root, PathOf(key), _mistakes);
        var value = read(section);
        section.Close();
        return value;
    }

    /// <summary>Somebody else's section: it is not looked at.</summary>
    public void Ignore(string key) => _known.Add(key);

    /// <param name="expected">Ends the sentence "expected ...".</param>
    public T? Optional<T>(string key, T? @default, string expected, TryParse<T> tryParse)
    {
        _known.Add(key);
        if (!_present.TryGetValue(key, out var child))
        {
            return @default;
        }

        if (child.GetChildren().Any())
        {
            _mistakes.Add(PathOf(key), "a section or list", expected);
        }
        else if (child.Value is { } text && tryParse(text, out var value))
        {
            return value;
        }
        else
        {
            _mistakes.Add(PathOf(key), _mistakes.Show(child.Value), expected);
        }

        return @default;
    }

    /// <inheritdoc cref="Optional"/>
    public T Required<T>(string key, T harmless, string expected, TryParse<T> tryParse)
    {
        if (!Has(key))
        {
            _mistakes.Add(PathOf(key), "nothing", expected);
        }

        return Optional(key, harmless, expected, tryParse)!;
    }

    public TimeSpan Duration(string key, TimeSpan @default, TimeSpan from, TimeSpan to) => Optional(
        key,
        @default,
        $"a duration from {Configuration.Duration.Format(from)} to {Configuration.Duration.Format(to)}, such as 10s or 00:00:10",
        (text, out value) =>
            Configuration.Duration.TryParse(text, out value) && value >= from && value <= to);

    public int Number(string key, int @default, int from, int to) => Optional(
        key,
        @default,
        $"a number from {from} to {to}",
        (text, out value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= from
            && value <= to);

    public double Share(string key, double @default, double from, double to) => Optional(
        key,
        @default,
        string.Create(CultureInfo.InvariantCulture, $"a share from {from} to {to}, such as 0.8"),
        (text, out value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            && value >= from
            && value <= to);

    /// <summary>One of the names; a number that .NET would accept for one is refused.</summary>
    public T Choice<T>(string key, T @default, string? instead = null)
        where T : struct, Enum => Optional(
        key,
        @default,
        instead ?? $"one of {string.Join(", ", Enum.GetNames<T>())}",
        (text, out value) =>
        {
            value = default;
            return text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out value);
        });

    /// <param name="isEntry">Whether one entry is well formed.</param>
    public IReadOnlyList<string> List(string key, string expected, Func<string, bool> isEntry)
    {
        _known.Add(key);
        if (!_present.TryGetValue(key, out var list))
        {
            return [];
        }

        var path = PathOf(key);
        var entries = list.GetChildren().ToList();
        if (!string.IsNullOrEmpty(list.Value))
        {
            _mistakes.Add(path, _mistakes.Show(list.Value), $"a list of {expected}");
        }

        // .NET lays one list over the other, entry by entry: a short list would keep the tail of the long one.
        if (_root is IConfigurationRoot root && root.Providers.Count(Mentions) > 1)
        {
            _mistakes.Add(path, "the list in more than one place", "all entries in one file, or all in variables");
        }

        if (entries.Count > MaxEntries)
        {
            _mistakes.Add(path, $"{entries.Count} entries", $"at most {MaxEntries}");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Value is not { } text || entry.GetChildren().Any() || !entry.Key.All(char.IsAsciiDigit))
            {
                _mistakes.Add(entry.Path, "no text", $"a list of {expected}");
            }
            else if (!isEntry(text))
            {
                _mistakes.Add(entry.Path, _mistakes.Show(text), expected);
            }
            else if (!seen.Add(text))
            {
                _mistakes.Add(entry.Path, $"{_mistakes.Show(text)} for the second time", "every entry once");
            }
        }

        return [.. seen];

        bool Mentions(IConfigurationProvider source) =>
            source.TryGet(path, out _) || source.GetChildKeys([], path).Any(); // [] is a value, not a child
    }

    /// <summary>The secret in the key itself or in the file that the key with "File" names.</summary>
    /// <param name="prefix">What the secret starts with; empty if anything goes.</param>
    /// <param name="rereads">Whether the file is read again each time the secret is used.</param>
    /// <returns>Null when there is none, or a mistake was noted.</returns>
    public Secret? Secret(string key, bool required, string expected, string prefix, List<string> warnings, bool rereads = false)
    {
        var (path, fileKey) = (PathOf(key), key + "File");
        _known.Add(key);
        _known.Add(fileKey);

        if (Has(key) && Has(fileKey))
        {
            _mistakes.Add(path, $"this and {fileKey}", "only one of them");
            return null;
        }

        if (!Has(key) && !Has(fileKey))
        {
            if (required)
            {
                _mistakes.Add(path, "nothing", $"{expected}, here or in the file that {fileKey} names");
            }

            return null;
        }

        var secret = Has(key) ? Scalar(key, expected) : FromFile(fileKey, warnings);
        if (secret is null)
        {
            return null;
        }

        if (secret.Length > prefix.Length && secret.StartsWith(prefix, StringComparison.Ordinal) && IsOneLine(secret))
        {
            return rereads && !Has(key) ? new FileSecret(PathOf(fileKey), _present[fileKey].Value!, secret) : new Secret(secret);
        }

        _mistakes.Add(PathOf(Has(key) ? key : fileKey), secret.Length == 0 ? "\"\"" : "***", expected);
        return null;
    }

    /// <summary>Notes every key that nobody asked for. Its value isn't shown: a misspelt password is still one.</summary>
    public void Close()
    {
        foreach (var key in Names.Where(name => !_known.Contains(name)))
        {
            _mistakes.Add(PathOf(key), "an unknown key", $"one of {string.Join(", ", _known)}");
        }
    }

    private static bool IsOneLine(string text) => !text.Any(char.IsControl);

    private string? FromFile(string key, List<string> warnings)
    {
        var named = Scalar(key, "the path of a file");
        if (named is null)
        {
            return null;
        }

        var (secret, found, expected) = SecretFile.Read(named);
        if (secret is null)
        {
            _mistakes.Add(PathOf(key), found, expected);
            return null;
        }

        _mistakes.Mask(secret);
        if (SecretFile.IsReadableByOthers(named))
        {
            warnings.Add($"{PathOf(key)}: everybody on this machine can read {named}. Take that right away (chmod o-r).");
        }

        return secret;
    }

    private string? Scalar(string key, string expected)
    {
        var child = _present[key];
        if (child.Value is { Length: > 0 } text && !child.GetChildren().Any())
        {
            return text;
        }

        _mistakes.Add(PathOf(key), child.Value is null ? "a section, list or null" : "\"\"", expected);
        return null;
    }
}
