using System.Text;
using System.Text.Json.Nodes;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Tests.Slack.Views;

/// <summary>A message as lines of text: markup as Slack gets it, tables indented, buttons in brackets with what they carry.</summary>
internal static class SeenText
{
    public static string Of(SlackMessage? message)
    {
        if (message is null)
        {
            return "(nothing)\n";
        }

        var text = new StringBuilder();
        foreach (var block in message.BlocksToJson().Select(block => block!.AsObject()))
        {
            text.Append((string)block["type"]! switch
            {
                "section" => $"{block["text"]!["text"]}{(block["accessory"] is { } beside ? $"  {Button(beside.AsObject())}" : "")}",
                "context" => $"({(string)block["elements"]![0]!["text"]!})",
                "rich_text" => "    " + TableOf(block).Replace("\n", "\n    ", StringComparison.Ordinal),
                "actions" => string.Join(' ', block["elements"]!.AsArray().Select(button => Button(button!.AsObject()))),
                var other => other,
            }).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The lines of all tables together.</summary>
    public static IReadOnlyList<string> Rows(SlackMessage message) =>
    [
        .. message.BlocksToJson().Select(block => block!.AsObject())
            .Where(block => (string)block["type"]! == "rich_text")
            .SelectMany(block => TableOf(block).Split('\n')),
    ];

    public static IReadOnlyList<JsonObject> Buttons(SlackMessage message) => Buttons(message.BlocksToJson());

    public static IReadOnlyList<JsonObject> Buttons(JsonArray blocks) =>
    [
        .. blocks.SelectMany(block => (string)block!["type"]! == "actions"
            ? block["elements"]!.AsArray().Select(element => element!.AsObject())
            : block["accessory"] is { } beside ? [beside.AsObject()] : []),
    ];

    /// <summary>Everything that Slack reads for markup.</summary>
    public static string Markup(SlackMessage message) => string.Join('\n', Markdown(message.BlocksToJson()).Append(message.Text.ToString()));

    private static IEnumerable<string> Markdown(JsonNode? node) => node switch
    {
        JsonObject json when json["type"] is JsonValue type && type.ToString() == "mrkdwn" => [json["text"]!.ToString()],
        JsonObject json => json.SelectMany(property => Markdown(property.Value)),
        JsonArray list => list.SelectMany(Markdown),
        _ => [],
    };

    private static string TableOf(JsonObject block) => (string)block["elements"]![0]!["elements"]![0]!["text"]!;

    private static string Button(JsonObject button)
    {
        var confirm = button["confirm"] is { } dialog ? $" asks \"{dialog["title"]!["text"]}: {dialog["text"]!["text"]}\" [{dialog["confirm"]!["text"]}] [{dialog["deny"]!["text"]}]" : "";
        return $"[{button["text"]!["text"]}{(button["style"] is { } style ? $", {style}" : "")}{confirm}]";
    }
}
