namespace ChatBot.Slack.BlockKit;

/// <summary>
/// Every limit of Slack's that we can run into, once. Read in @slack/types 3.2.0 and at
/// https://docs.slack.dev/reference/block-kit, unless the line says otherwise.
/// </summary>
internal static class SlackLimits
{
    public static readonly Limit MessageBlocks = new("a message's blocks", 50, Least: 1);

    /// <summary>
    /// All blocks of a message together, as JSON. Not documented: Slack answers <c>msg_blocks_too_long</c> from about
    /// 13,200 on and counts containers too, see https://github.com/slackapi/bolt-js/issues/2509 and 2867.
    /// </summary>
    public static readonly Limit MessageJson = new("a message's blocks as JSON", 13_000);

    /// <summary>Recommended; Slack truncates above 40,000. https://docs.slack.dev/reference/methods/chat.postMessage</summary>
    public static readonly Limit FallbackText = new("a message's fallback text", 4_000, Least: 1);

    public static readonly Limit BlockId = new("a block id", 255, Least: 1);
    public static readonly Limit ActionId = new("an action id", 255, Least: 1);
    public static readonly Limit Text = new("a text object", 3_000, Least: 1);

    public static readonly Limit Header = new("a header", 150, Least: 1);
    public static readonly Limit SectionFields = new("a section's fields", 10, Least: 1);
    public static readonly Limit SectionField = new("a section's field", 2_000, Least: 1);
    public static readonly Limit ContextElements = new("a context's elements", 10, Least: 1);
    public static readonly Limit ActionsElements = new("an actions block's elements", 25, Least: 1);
    public static readonly Limit RichTextElements = new("a rich text's elements", 50, Least: 1);

    public static readonly Limit ButtonText = new("a button's text", 75, Least: 1);
    public static readonly Limit ButtonValue = new("a button's value", 2_000);
    public static readonly Limit ButtonUrl = new("a button's URL", 3_000);

    public static readonly Limit OverflowOptions = new("an overflow menu's options", 5, Least: 1);
    public static readonly Limit OptionText = new("an option's text", 75, Least: 1);
    public static readonly Limit OptionDescription = new("an option's description", 75, Least: 1);

    /// <summary>The documentation page says 150, @slack/types says 75: 75 is right with both.</summary>
    public static readonly Limit OptionValue = new("an option's value", 75, Least: 1);

    public static readonly Limit ConfirmTitle = new("a confirmation's title", 100, Least: 1);
    public static readonly Limit ConfirmText = new("a confirmation's text", 300, Least: 1);
    public static readonly Limit ConfirmButton = new("a confirmation's button", 30, Least: 1);

    public static readonly Limit ViewBlocks = new("a view's blocks", 100, Least: 1);
    public static readonly Limit ModalTitle = new("a modal's title", 24, Least: 1);
    public static readonly Limit ModalButton = new("a modal's button", 24, Least: 1);
    public static readonly Limit PrivateMetadata = new("a view's private metadata", 3_000);
    public static readonly Limit CallbackId = new("a view's callback id", 255, Least: 1);

    public static readonly Limit InputLabel = new("an input's label", 2_000, Least: 1);
    public static readonly Limit InputHint = new("an input's hint", 2_000, Least: 1);
    public static readonly Limit Placeholder = new("a placeholder", 150, Least: 1);

    /// <summary>In bytes. Slack takes more, but shows no more than 1 MB of text in the channel.</summary>
    public static readonly Limit File = new("a file", 1_000_000, Least: 1);

    /// <summary>Of a picture. https://docs.slack.dev/reference/methods/files.getUploadURLExternal</summary>
    public static readonly Limit FileAlternative = new("a picture's description", 1_000);

    /// <summary>Not documented: the limit of most file systems.</summary>
    public static readonly Limit FileName = new("a file's name", 255, Least: 1);

    /// <summary>What a person may type: also the largest <c>max_length</c> one may ask for.</summary>
    public static readonly Limit PlainTextInput = new("a text input", 3_000);
}
