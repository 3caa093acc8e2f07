using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;
using ChatBot.Terminal;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>
/// Takes what is asked at the terminal's door. A wish goes the way of a press in Slack: into the inbox, to one decision, to
/// an answer on record, which is waited for here.
/// </summary>
internal sealed partial class TerminalDesk(
    IncidentStore store,
    IncidentLog log,
    IncidentDrawing drawing,
    FactsReader facts,
    Pages pages,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<TerminalDesk> logger)
{
    /// <summary>Names the reader of an inbox row's body.</summary>
    public const string Source = "terminal/1";

    private const int ListedAtMost = 50;

    /// <summary>How long a decision is waited for: 15 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A refusal wakes nobody, so it is looked for: every 100 ms.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public async Task<IncidentList> ListAsync(bool all, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(reader => all ? reader.ReadLatestIncidentsAsync(ListedAtMost) : reader.ReadOpenIncidentsAsync(), cancellationToken);
        return new IncidentList([.. rows.Select(LineOf)]);
    }

    /// <param name="named">As <see cref="StoreReader.FindNamedIncidentAsync"/> takes it.</param>
    /// <returns>Null when there is no such incident.</returns>
    public async Task<IncidentPage?> ShowAsync(string named, CancellationToken cancellationToken)
    {
        if (await FindAsync(named, cancellationToken) is not { } found)
        {
            return null;
        }

        var parts = await DrawAsync(found.Incident, cancellationToken);
        return new IncidentPage(LineOf(found.Row), [.. parts.Select(part => new PageMessage(part.Text, [.. part.Buttons.Select(button => button.Page)]))]);
    }

    public async Task<TerminalAnswer?> StartAsync(Person by, Guid key, StartWish wish, CancellationToken cancellationToken)
    {
        if (facts.FindTarget(wish.Target.ToLowerInvariant()) is not { } target)
        {
            return new TerminalAnswer(false, CommandHelp.NoSuchTarget(ForeignText.From(wish.Target, 60).Value, options.Targets.Keys));
        }

        if ((wish.Channel ?? target.Channel) is not { } channel)
        {
            return new TerminalAnswer(false, $"Say in which Slack channel it is shown (--channel C...), or set Targets:{target.Name}:Channel: everybody else follows it there.");
        }

        if (!Channel.IsMatch(channel))
        {
            return new TerminalAnswer(false, "A channel is named by its Slack id: C... or G...");
        }

        var delivery = new Delivery(IdOf(by, key, wish), DeliveryKind.Command, by, channel) { Via = Door.Terminal, Text = $"start {target.Name}" };
        return await DecideAsync(delivery, $"An incident is open on {target.Name}. Look at it: chatbot incident show {target.Name}", cancellationToken);
    }

    /// <returns>Null when there is no such incident.</returns>
    public async Task<TerminalAnswer?> PressAsync(Person by, Guid key, string named, PressWish wish, CancellationToken cancellationToken)
    {
        var (id, accepted) = (IdOf(by, key, wish), $"Accepted: {ForeignText.From(wish.Button, 80)}.");
        if (await FindAsync(named, cancellationToken) is not { } found)
        {
            return null;
        }

        var buttons = (await DrawAsync(found.Incident, cancellationToken)).SelectMany(part => part.Buttons).ToList();
        var button = buttons.FirstOrDefault(button => button.Page.Key == wish.Button);
        if (button?.Page.Seen != wish.Seen)
        {
            // A press that is sent again after a lost answer: its button may be gone because of it.
            return await FindAnswerAsync(id, accepted, cancellationToken) ?? new TerminalAnswer(false, button is null
                ? $"There is no such button now. There are: {string.Join(", ", buttons.Select(other => other.Page.Key))}."
                : "This button is about something else by now than what you saw. Nothing was done. Look again: chatbot incident show.");
        }

        var action = WithoutNote(button.Drawn.ActionId);
        if (!string.IsNullOrEmpty(wish.Note) && !NoteModal.Takes(action))
        {
            return new TerminalAnswer(false, "This button keeps no words. Nothing was done: press it without --note.");
        }

        var delivery = new Delivery(id, DeliveryKind.Press, by, found.Incident.Channel)
        {
            Via = Door.Terminal,
            Text = ForeignText.From(wish.Note, DeliveryReader.LongestText).Value,
            ActionId = action,
            Value = button.Drawn.Value,
        };
        return await DecideAsync(delivery, accepted, cancellationToken);
    }

    private async Task<(IncidentRow Row, Incident Incident)?> FindAsync(string named, CancellationToken cancellationToken) => await ReadAsync<(IncidentRow, Incident)?>(
        async reader =>
        {
            var row = await reader.FindNamedIncidentAsync(named);
            return row is not null && await log.LoadAsync(reader, new IncidentId(Guid.ParseExact(row.Id, "N"))) is { } incident ? (row, incident) : null;
        },
        cancellationToken);

    /// <summary>The parts that have something to show, with the keys of their buttons: each key once.</summary>
    private async Task<IReadOnlyList<DrawnPart>> DrawAsync(Incident incident, CancellationToken cancellationToken)
    {
        var (parts, keys) = (new List<DrawnPart>(), new HashSet<string>(StringComparer.Ordinal));
        var page = await ReadAsync(reader => pages.OfAsync(reader, incident), cancellationToken);
        foreach (var show in IncidentDrawing.PartsOf(incident))
        {
            if (await TryDrawAsync(show, incident, cancellationToken) is { } message)
            {
                parts.Add(new DrawnPart(message.Text, [.. message.Buttons.Select(button => new DrawnButton(button, PageOf(button, incident, page, keys)))]));
            }
        }

        return parts;
    }

    private async Task<PlainMessage?> TryDrawAsync(Show show, Incident incident, CancellationToken cancellationToken)
    {
        try
        {
            return await drawing.DrawAsync(show, incident, cancellationToken) is { } view ? PlainMessage.Of(view, NameOf) : null;
        }
        catch (StoreUnavailableException unavailable)
        {
            throw new StoreSilentException(unavailable);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // The other parts, and their buttons, are no less needed.
            LogNotDrawn(show.Part, incident.Target, broken);
            return new PlainMessage($"({show.Part} can't be drawn. My log says more.)", []);
        }
    }

    private static PageButton PageOf(PlainButton button, Incident incident, Runbook? page, HashSet<string> keys)
    {
        // Many steps have a button of the same name: the step's number tells them apart.
        var about = ButtonIds.Read(button.Value);
        var step = about?.Step is { } id ? $"-{page?.Find(id)?.Number ?? id}" : "";
        var label = NoLetterOrDigit.Replace(button.Label.ToLowerInvariant(), "-").Trim('-') + step;
        var key = label;
        for (var number = 2; !keys.Add(key); number++)
        {
            key = $"{label}-{number}";
        }

        var plan = about?.Plan is { } planId ? incident.FindPlan(planId)?.Digest : null;
        // Slack asks with a window of its own here; a slip of the fingers must not stop an incident at the terminal either.
        var question = button.ActionId == ButtonIds.Stop + ButtonIds.NoteSuffix ? $"Stop the incident on {incident.Target}? You take over." : button.Question;
        return new PageButton(key, button.Label, DigestOf($"{button.ActionId}\n{button.Value}"), plan, question);
    }

    private async Task<TerminalAnswer> DecideAsync(Delivery delivery, string accepted, CancellationToken cancellationToken)
    {
        var (began, seen) = (clock.GetTimestamp(), store.Arrivals);
        var body = JsonSerializer.Serialize(delivery, StoredJson.Options);
        await AskStoreAsync(() => store.ReceiveAsync(new InboxRow(delivery.Id, Source, body, clock.GetUtcNow()), cancellationToken));
        CrashPoint.Reached(CrashPoint.DeliveryStored);

        while (true)
        {
            if (await FindAnswerAsync(delivery.Id, accepted, cancellationToken) is { } answer)
            {
                return answer;
            }

            if (clock.GetElapsedTime(began) >= Patience)
            {
                return new TerminalAnswer(null, "It is on record, but not decided yet: Slack or the store is slow to answer me. Look at the incident in a moment.");
            }

            await store.WaitForWorkAsync(seen, LookEvery, cancellationToken);
            seen = store.Arrivals;
        }
    }

    private async Task<TerminalAnswer?> FindAnswerAsync(string id, string accepted, CancellationToken cancellationToken) =>
        await ReadAsync(reader => reader.FindAnswerAsync(id), cancellationToken) is not { } stored ? null
        : Answer.FromJson(stored) is { Said: { } said } answer ? new TerminalAnswer(answer.Reason is null, PlainMessage.TextOf(AnswerView.Render(said), NameOf))
        : new TerminalAnswer(true, accepted);

    // What asks for words in Slack takes them from the wish here; what asks for a choice takes what the page says.
    private static string WithoutNote(string actionId) =>
        new[] { ButtonIds.NoteSuffix, ButtonIds.FormSuffix }.FirstOrDefault(suffix => actionId.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix ? actionId[..^suffix.Length] : actionId;

    private Task<T> ReadAsync<T>(Func<StoreReader, Task<T>> read, CancellationToken cancellationToken) =>
        AskStoreAsync(() => store.ReadAsync((reader, _) => read(reader), cancellationToken));

    private static async Task<T> AskStoreAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception unstored) when (unstored is StoreUnavailableException or CommitUnknownException)
        {
            throw new StoreSilentException(unstored);
        }
    }

    private string? NameOf(string user) => options.Terminal.People.Values.FirstOrDefault(person => person.User == user)?.Name;

    /// <summary>The same for the same wish of the same person under the same key: nobody's key answers for somebody else, or for another wish.</summary>
    private static string IdOf<T>(Person by, Guid key, T wish) =>
        $"terminal:{key:N}:{DigestOf($"{by}\n{typeof(T).Name}\n{JsonSerializer.Serialize(wish, TerminalJson.Options)}")}";

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static IncidentLine LineOf(IncidentRow row) => new(row.Id, row.Target, row.State, row.IsOpen, row.OpenedAt);

    private sealed record DrawnPart(string Text, IReadOnlyList<DrawnButton> Buttons);

    private sealed record DrawnButton(PlainButton Drawn, PageButton Page);

    [GeneratedRegex(@"\A[CG][A-Z0-9]{2,30}\z")]
    private static partial Regex Channel { get; }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetterOrDigit { get; }

    [LoggerMessage(LogLevel.Error, "{Part} of the incident on {Target} could not be drawn for the terminal")]
    private partial void LogNotDrawn(IncidentPart part, string target, Exception broken);
}
