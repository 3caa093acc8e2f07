using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>What people type after /runbook: which incident it is about, and which command it becomes.</summary>
internal sealed class TypedCommands(
    IncidentStore store,
    FactsReader facts,
    Pages pages,
    FollowUpList followUps,
    DeliveryAnswers answers,
    ChatBotOptions options)
{
    /// <summary>The longest reason or note that is kept.</summary>
    private const int LongestWords = 300;

    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var typed = TypedCommand.Read(delivery.Text);
        return typed switch
        {
            { Verb: "start", Words.Count: 1 } => StartAsync(delivery, typed.Target(0)!, cancellationToken),
            { Verb: "stop", Words.Count: >= 1 } => StopAsync(delivery, typed.Target(0)!, typed.Rest(1), cancellationToken),
            { Verb: "assign", Words.Count: 1 } when typed.User(0) is { } user => AssignAsync(delivery, target: null, user, cancellationToken),
            { Verb: "assign", Words.Count: 2 } when typed.User(1) is { } user => AssignAsync(delivery, typed.Target(0), user, cancellationToken),
            { Verb: "followups", Words.Count: <= 1 } => ListAsync(delivery, typed.Target(0), cancellationToken),
            { Verb: "followup", Words.Count: >= 2 } when typed.FollowUp(0) is { } number => FollowUpAsync(delivery, number, typed, cancellationToken),
            _ => answers.RejectAsync(delivery, CommandHelp.Text(options.Targets.Keys), cancellationToken),
        };
    }

    private async Task StartAsync(Delivery delivery, string target, CancellationToken cancellationToken)
    {
        if (facts.FindTarget(target) is not { } known)
        {
            await answers.RejectAsync(delivery, CommandHelp.NoSuchTarget(target, options.Targets.Keys), cancellationToken);
            return;
        }

        if (pages.Current(known.Runbook) is not { } page)
        {
            await answers.RejectAsync(delivery, $"I can't read the page {known.Runbook}. Run \"chatbot runbook check\" on it.", cancellationToken);
            return;
        }

        var id = new IncidentId(Guid.CreateVersion7());
        var open = new OpenIncident(id, target, delivery.Channel, delivery.By, page.Chosen);
        var standing = await facts.ForPersonAsync(target, delivery.By, delivery.Via, cancellationToken);
        await answers.DecideAsync(delivery, id, open, standing, evidence: null, page, cancellationToken);
    }

    private async Task StopAsync(Delivery delivery, string target, string? reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(delivery, target, cancellationToken) is not { } incident)
        {
            return;
        }

        // A person's words are foreign text: they go to the evidence, the log refers to them.
        var words = reason is null ? null : EvidenceRows.Words(incident.Id, ForeignText.From(reason, LongestWords));
        var stop = new AbortIncident(delivery.By, words is null ? null : EvidenceRows.IdOf(words));
        await answers.DecideAsync(delivery, incident.Id, stop, await facts.ForPersonAsync(incident.Target, delivery.By, delivery.Via, cancellationToken), words, cancellationToken);
    }

    /// <param name="target">Null: the one incident of this channel.</param>
    private async Task AssignAsync(Delivery delivery, string? target, string user, CancellationToken cancellationToken)
    {
        if (await FindAsync(delivery, target, cancellationToken) is not { } incident)
        {
            return;
        }

        // Whoever can be mentioned here is of this workspace, or Slack says otherwise when asked.
        var lead = new Person(delivery.By.Team, user);
        var known = await facts.ForPersonAsync(incident.Target, delivery.By, lead, delivery.Via, cancellationToken);
        await answers.DecideAsync(delivery, incident.Id, new AssignIncident(lead, delivery.By), known, evidence: null, cancellationToken);
    }

    private async Task ListAsync(Delivery delivery, string? target, CancellationToken cancellationToken)
    {
        if (target is not null && facts.FindTarget(target) is null)
        {
            await answers.RejectAsync(delivery, CommandHelp.NoSuchTarget(target, options.Targets.Keys), cancellationToken);
            return;
        }

        // The list shows names and targets of production, as a card does.
        if (IncidentDecider.WhyNotHeard(await facts.StandingOfAsync(delivery.By, delivery.Via, cancellationToken)) is { } stranger)
        {
            await answers.RejectAsync(delivery, stranger, cancellationToken);
            return;
        }

        await answers.ReplyAsync(delivery, await followUps.TextAsync(target, cancellationToken), cancellationToken);
    }

    private async Task FollowUpAsync(Delivery delivery, long number, TypedCommand typed, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync((reader, _) => reader.FindFollowUpAsync(number), cancellationToken) is not { } row)
        {
            await answers.RejectAsync(delivery, $"There is no follow-up F{number}. /runbook followups lists them.", cancellationToken);
            return;
        }

        var id = new IncidentId(Guid.ParseExact(row.IncidentId, "N"));
        var verb = typed.Words[1].ToLowerInvariant();
        var note = verb is "done" or "drop" && typed.Rest(2) is { } words ? EvidenceRows.Words(id, ForeignText.From(words, LongestWords)) : null;
        EvidenceId? said = note is null ? null : EvidenceRows.IdOf(note);
        var owner = typed.User(1) is { } user ? new Person(delivery.By.Team, user) : null;
        IncidentCommand? command = (verb, owner, typed.Day(1)) switch
        {
            ("done", _, _) => new FinishPageStep(row.Step, delivery.By, said),
            ("drop", _, _) => new SkipPageStep(row.Step, delivery.By, said),
            (_, { } named, _) when typed.Words.Count == 2 => new AssignFollowUp(row.Step, named, Due: null, delivery.By),
            (_, { } named, _) when typed.Words.Count == 3 && typed.Day(2) is { } day => new AssignFollowUp(row.Step, named, day, delivery.By),
            (_, null, { } day) when typed.Words.Count == 2 => new AssignFollowUp(row.Step, Owner: null, day, delivery.By),
            _ => null,
        };
        if (command is null)
        {
            await answers.RejectAsync(delivery, CommandHelp.FollowUp(number), cancellationToken);
            return;
        }

        var known = owner is null
            ? await facts.ForPersonAsync(row.Target, delivery.By, delivery.Via, cancellationToken)
            : await facts.ForPersonAsync(row.Target, delivery.By, owner, delivery.Via, cancellationToken);
        await answers.DecideAsync(delivery, id, command, known, note, cancellationToken);
    }

    /// <param name="target">Null: the one incident of this channel.</param>
    /// <returns>Null when there is none; the person knows by then.</returns>
    private async Task<(IncidentId Id, string Target)?> FindAsync(Delivery delivery, string? target, CancellationToken cancellationToken)
    {
        if (target is not null && facts.FindTarget(target) is null)
        {
            await answers.RejectAsync(delivery, CommandHelp.NoSuchTarget(target, options.Targets.Keys), cancellationToken);
            return null;
        }

        var row = await store.ReadAsync(
            (reader, _) => target is null ? reader.FindOnlyIncidentInAsync(delivery.Channel) : reader.FindOpenIncidentAsync(target),
            cancellationToken);
        if (row is null)
        {
            await answers.RejectAsync(
                delivery,
                target is null ? "There isn't exactly one open incident in this channel: say which target it is about." : $"No incident is open on {target}.",
                cancellationToken);
            return null;
        }

        return (new IncidentId(Guid.ParseExact(row.Id, "N")), row.Target);
    }
}
