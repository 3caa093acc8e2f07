using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>A dialog window. See https://docs.slack.dev/reference/views/modal-views.</summary>
internal sealed record ModalView
{
    /// <param name="callbackId">Comes back when it is sent: which modal this was.</param>
    /// <param name="title">At most 24 characters.</param>
    /// <param name="submit">At most 24 characters; null only for a modal without inputs.</param>
    /// <param name="privateMetadata">Comes back unchanged, at most 3,000 characters. No secrets.</param>
    public ModalView(
        string callbackId,
        string title,
        IEnumerable<Block> blocks,
        string? submit = null,
        string? close = null,
        string? privateMetadata = null)
    {
        CallbackId = SlackLimits.CallbackId.Check(callbackId);
        Title = SlackLimits.ModalTitle.Check(title);
        Blocks = SlackLimits.ViewBlocks.Check(blocks);
        Submit = submit is null ? null : SlackLimits.ModalButton.Check(submit);
        Close = close is null ? null : SlackLimits.ModalButton.Check(close);
        PrivateMetadata = privateMetadata is null ? null : SlackLimits.PrivateMetadata.Check(privateMetadata);
        Unique.Check("block id", Blocks.Select(block => block.BlockId));

        if (Submit is null && Blocks.Any(block => block is InputBlock))
        {
            throw new ArgumentException("Slack wants a submit button on a modal with inputs, and this has none.");
        }
    }

    public string CallbackId { get; }

    public string Title { get; }

    public IReadOnlyList<Block> Blocks { get; }

    public string? Submit { get; }

    public string? Close { get; }

    public string? PrivateMetadata { get; }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = "modal",
            ["callback_id"] = CallbackId,
            ["title"] = new PlainText(Title).ToJson(),
            ["blocks"] = new JsonArray([.. Blocks.Select(block => block.ToJson())]),
        };

        if (Submit is not null)
        {
            json["submit"] = new PlainText(Submit).ToJson();
        }

        if (Close is not null)
        {
            json["close"] = new PlainText(Close).ToJson();
        }

        if (PrivateMetadata is not null)
        {
            json["private_metadata"] = PrivateMetadata;
        }

        return json;
    }
}
