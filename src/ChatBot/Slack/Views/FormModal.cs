using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What a person chooses before a plan is drawn up.</summary>
/// <param name="Title">At most 24 characters.</param>
/// <param name="Words">What is there now, and within which bounds something else may be chosen.</param>
internal sealed record PlanForm(string Title, Mrkdwn Words, IReadOnlyList<FormField> Fields);

/// <param name="Parameter">The step type's.</param>
/// <param name="Initial">Proposed, as a page would write it.</param>
internal sealed record FormField(string Parameter, string Label, string Initial, string Hint);

/// <summary>A form that a press opens. What is sent is the press with the choice, in the words in which a page sets parameters.</summary>
/// <remarks>It carries what <see cref="NoteModal"/> carries: Slack gives a sent modal no channel and no message.</remarks>
internal static class FormModal
{
    /// <summary>Before a parameter's name: names its input, as a block and as an element.</summary>
    public const string Prefix = "set.";

    /// <summary>Of one value: longer ones are no value of any parameter.</summary>
    private const int LongestValue = 63;

    /// <returns>The press asks for a form first.</returns>
    public static bool IsAskedBy(Delivery press) =>
        press is { Kind: DeliveryKind.Press, ActionId: { } id } && id.EndsWith(ButtonIds.FormSuffix, StringComparison.Ordinal) && id.Length > ButtonIds.FormSuffix.Length;

    /// <returns>Null when it couldn't be read back.</returns>
    public static ModalView? Render(Delivery press, PlanForm form) => NoteModal.Metadata(press.Channel, press.MessageTs, press.Value) is { } metadata
        ? new ModalView(
            press.ActionId![..^ButtonIds.FormSuffix.Length],
            form.Title,
            [
                new SectionBlock(form.Words),
                .. form.Fields.Select(field => new InputBlock(
                    Prefix + field.Parameter, field.Label, new PlainTextInput(Prefix + field.Parameter, InitialValue: field.Initial, MinLength: 1, MaxLength: LongestValue), field.Hint)),
            ],
            "Draw up the plan",
            "Cancel",
            metadata)
        : null;
}
