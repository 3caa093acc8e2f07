using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Configuration;

/// <summary>Reads one file of settings, and notices what .NET's own reader stops at or swallows.</summary>
/// <remarks>
/// .NET throws at the first duplicate value, merges two sections of the same name without a word, and its message about
/// malformed JSON can quote what stands there, which may be a password.
/// </remarks>
internal static class JsonSettingsFile
{
    /// <summary>1 MiB: thousands of targets.</summary>
    private const int MaxBytes = 1024 * 1024;

    // As .NET's own reader of settings does.
    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <returns>Null when there are mistakes, which are added.</returns>
    public static byte[]? Read(string path, Mistakes mistakes)
    {
        try
        {
            var json = ReadBounded(path);
            if (json is null)
            {
                mistakes.Add(path, "a larger file", "a file of at most 1 MiB");
                return null;
            }

            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                mistakes.Add(path, "no JSON object", "a JSON object, { ... }");
                return null;
            }

            var before = mistakes.Lines.Count;
            FindDuplicates(document.RootElement, "", new HashSet<string>(StringComparer.OrdinalIgnoreCase), path, mistakes);
            return mistakes.Lines.Count == before ? json : null;
        }
        catch (JsonException malformed)
        {
            mistakes.Add(
                path,
                $"malformed JSON in line {malformed.LineNumber + 1}, at byte {malformed.BytePositionInLine + 1}",
                "a JSON object, { ... }");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            mistakes.Add(path, "nothing", "a file that exists");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(path, "no readable file", "a file that this program may read");
        }

        return null;
    }

    private static byte[]? ReadBounded(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var buffer = new byte[MaxBytes + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var content = buffer.AsSpan(0, Math.Min(length, buffer.Length));
        return length > MaxBytes ? null : (content.StartsWith("\uFEFF"u8) ? content[3..] : content).ToArray();
    }

    private static void FindDuplicates(
        JsonElement element,
        string at,
        HashSet<string> seen,
        string file,
        Mistakes mistakes)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var (index, item) in element.EnumerateArray().Index())
            {
                FindDuplicates(item, $"{at}:{index}", seen, file, mistakes);
            }
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                var key = at.Length == 0 ? property.Name : ConfigurationPath.Combine(at, property.Name);
                if (!seen.Add(key))
                {
                    mistakes.Add(key, $"twice in {Path.GetFileName(file)}", "once; case makes no difference");
                }

                FindDuplicates(property.Value, key, seen, file, mistakes);
            }
        }
    }
}
