using System.Text.Json;
using System.Text.Json.Serialization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Stored as an array: our own words as strings, a stranger's as an array of one string.</summary>
internal sealed class SentenceConverter : JsonConverter<Sentence>
{
    public override Sentence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType is JsonTokenType.StartArray);
        var parts = new List<SentencePart>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.String)
            {
                parts.Add(new SentencePart(reader.GetString()));
                continue;
            }

            Expect(reader.TokenType is JsonTokenType.StartArray && reader.Read() && reader.TokenType is JsonTokenType.String);
            parts.Add(new SentencePart(null, ForeignText.FromStored(reader.GetString())));
            Expect(reader.Read() && reader.TokenType is JsonTokenType.EndArray);
        }

        return new Sentence(parts);
    }

    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var (own, foreign) in value.Parts)
        {
            if (own is not null)
            {
                writer.WriteStringValue(own);
                continue;
            }

            writer.WriteStartArray();
            writer.WriteStringValue(foreign.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Expect(bool isSo)
    {
        if (!isSo)
        {
            throw new JsonException("Not a sentence.");
        }
    }
}
