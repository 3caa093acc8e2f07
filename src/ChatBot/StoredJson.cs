using System.Text.Json;
using System.Text.Json.Serialization;
using ChatBot.Incidents;

namespace ChatBot;

/// <summary>How values are written into the store: small letters first, ids as 32 hex digits, enums by name.</summary>
internal static class StoredJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,

        // A value that is computed from others isn't stored: it could never be renamed or dropped again.
        IgnoreReadOnlyProperties = true,

        // A damaged row is refused, not read as zeros and nulls.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
            new IdConverter<IncidentId>(id => id.Value, value => new IncidentId(value)),
            new IdConverter<PlanId>(id => id.Value, value => new PlanId(value)),
            new IdConverter<EvidenceId>(id => id.Value, value => new EvidenceId(value)),
        },
    };

    /// <param name="what">Names the row, for the person who has to look at it.</param>
    /// <exception cref="FormatException">The row is damaged, or a newer version of the bot wrote it.</exception>
    public static T Read<T>(string json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new FormatException($"{what} is empty.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"{what} is damaged.", damaged);
        }
    }

    private sealed class IdConverter<T>(Func<T, Guid> write, Func<Guid, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Guid.TryParseExact(reader.GetString(), "N", out var value) ? read(value) : throw new JsonException("Not an id of 32 hex digits.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(write(value).ToString("N"));
    }
}
