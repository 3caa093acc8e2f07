using System.Text.Json;
using System.Text.Unicode;

namespace ChatBot.Slack;

/// <summary>
/// Reads JSON from outside, or says what is wrong with it. What it lets through can't surprise a reader later: plain
/// <see cref="JsonDocument"/> accepts broken UTF-8 and half surrogates and throws only when the text is asked for,
/// keeps the last of two equal keys, and reads 1e400 as infinity.
/// </summary>
internal static class StrictJson
{
    /// <summary>Slack's deepest payloads (a message with a rich text in a view) have about 20 levels.</summary>
    private const int DeepestLevel = 64;

    /// <param name="fault">Why it was refused, without a word of the content; null when it wasn't.</param>
    /// <returns>An object, or default when it was refused.</returns>
    public static JsonElement Read(ReadOnlySpan<byte> utf8, out string? fault)
    {
        if (!Utf8.IsValid(utf8))
        {
            fault = "it isn't UTF-8";
            return default;
        }

        try
        {
            fault = FaultOfTokens(utf8);

            if (fault is not null)
            {
                return default;
            }

            var json = JsonElement.Parse(
                utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DeepestLevel });
            fault = json.ValueKind is JsonValueKind.Object ? null : "it isn't a JSON object";
            return fault is null ? json : default;
        }
        catch (JsonException malformed)
        {
            // The exception's own message may quote the content.
            fault = $"it isn't JSON we accept (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine})";
            return default;
        }
    }

    private static string? FaultOfTokens(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DeepestLevel });

        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.Number
                && !(reader.TryGetDouble(out var number) && double.IsFinite(number)))
            {
                return "it holds a number beyond all bounds";
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                && reader.ValueIsEscaped
                && !HasText(ref reader))
            {
                return "it holds half a surrogate pair";
            }
        }

        return null;
    }

    private static bool HasText(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // the reader's only way to say it
        }
    }
}
