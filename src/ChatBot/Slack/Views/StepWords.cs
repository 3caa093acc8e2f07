using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What a step's message says beside where it stands.</summary>
/// <param name="Page">The step as the page has it; null when the page can't be read any more.</param>
/// <param name="Found">What the bot found, drawn; null when nothing, or when usage and consumers say it.</param>
/// <param name="Consumers">Who holds the connections; null while unknown, or erased.</param>
/// <param name="Note">The words of the person who did or skipped it; null when there were none.</param>
/// <param name="Values">What fills the page's commands.</param>
internal sealed record StepWords(
    RunbookStep? Page,
    IReadOnlyList<Mrkdwn>? Found,
    ConnectionConsumers? Consumers,
    ForeignText? Note,
    PlaceholderValues Values);
