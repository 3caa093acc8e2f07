using System.Text.Json.Nodes;

namespace ChatBot.Slack.BlockKit;

/// <summary>Something a person can press or pick. See https://docs.slack.dev/reference/block-kit/block-elements.</summary>
internal abstract record BlockElement(string ActionId)
{
    /// <summary>Tells the presses of one block apart; unique in its block.</summary>
    public string ActionId { get; } = SlackLimits.ActionId.Check(ActionId);

    /// <summary>The element as Slack wants it, a new object at each call.</summary>
    public abstract JsonObject ToJson();
}
