using System.Text;

namespace ChatBot.Sandbox.Slack;

/// <summary>The workspace through one person's eyes.</summary>
internal sealed class Eyes(SlackWorkspace workspace, SlackUser person)
{
    public ChannelText Text { get; } = new(workspace);

    public IReadOnlyList<SeenMessage> Look(SlackChannel channel)
    {
        if (channel.IsPrivate && !channel.Members.Contains(person.Id))
        {
            return [];
        }

        var visible = workspace.Messages(channel.Id)
            .Where(message => message.EphemeralFor is null || message.EphemeralFor == person.Id)
            .ToList();
        var replies = visible.Where(message => message.ThreadTs is not null).ToLookup(message => message.ThreadTs);
        return
        [
            .. from root in visible
               where root.ThreadTs is null
               from message in replies[root.Ts].Prepend(root)
               select See(message),
        ];
    }

    public SeenMessage See(SlackMessage message)
    {
        var blocks = message.Content.Blocks is { } some && some.GetArrayLength() > 0 ? some : default;
        var hasBlocks = blocks.ValueKind is not System.Text.Json.JsonValueKind.Undefined;
        return new SeenMessage(
            message.ChannelId,
            message.Ts,
            message.ThreadTs,
            workspace.FindUser(message.AuthorId)?.Name ?? "slackbot",
            hasBlocks ? [.. BlockReading.Lines(blocks)]
                : message.Content.Text.Length == 0 && message.Files.Count > 0 ? []
                : message.Content.Text.Split('\n'),
            hasBlocks ? [.. BlockReading.Buttons(blocks)] : [],
            message.EditedTs is not null,
            message.EphemeralFor is not null)
        {
            Files = [.. message.Files.Select(file =>
                new SeenFile(file.Name, file.Title, file.Content.Length, Encoding.UTF8.GetString(file.Content.Span)))],
        };
    }

    public SeenView? View()
    {
        if (workspace.Views(person.Id) is not [.., var top])
        {
            return null;
        }

        var view = top.Definition;
        var blocks = view.GetProperty("blocks");
        return new SeenView(
            top.Id,
            view.TryGetProperty("callback_id", out var id) ? id.GetString()! : "",
            BlockReading.TextOf(view, "title"),
            view.TryGetProperty("submit", out _) ? BlockReading.TextOf(view, "submit") : null,
            [.. BlockReading.Lines(blocks)],
            [.. BlockReading.Inputs(blocks)],
            [.. BlockReading.Buttons(blocks)]);
    }
}
