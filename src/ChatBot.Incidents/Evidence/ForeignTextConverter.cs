using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatBot.Incidents.Evidence;

/// <summary>Foreign text is stored as a plain JSON string.</summary>
internal sealed class ForeignTextConverter : JsonConverter<ForeignText>
{
    public override ForeignText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ForeignText.FromStored(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ForeignText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
