using System.Text.Json;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Tests.Steps.Added;

/// <summary>Moves named widgets to another shelf: what a plan holds.</summary>
internal sealed record MoveWidget(string To, IReadOnlyList<string> Widgets) : Mitigation
{
    public const string StoredName = "move-widget/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override int Steps => Widgets.Count;

    public override string PinOf(int number) => $"{Widgets[number - 1]}|{To}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("to", To);
        json.WriteStartArray("widgets");
        foreach (var widget in Widgets)
        {
            json.WriteStringValue(widget);
        }

        json.WriteEndArray();
    }

    private static MoveWidget Read(JsonElement json) => new(
        json.GetProperty("to").GetString()!, [.. json.GetProperty("widgets").EnumerateArray().Select(widget => widget.GetString()!)]);
}
