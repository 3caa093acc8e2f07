using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Reports;

/// <summary>What a report needs beside the events: the page, what the store keeps beside them, and words.</summary>
internal sealed record ReportSources
{
    /// <summary>The page the incident follows; null when it has none, or it can't be read any more.</summary>
    public Runbook? Page { get; init; }

    /// <summary>What isn't here was erased, or can't be read any more.</summary>
    public IReadOnlyDictionary<EvidenceId, ReportEvidence> Evidence { get; init; } = new Dictionary<EvidenceId, ReportEvidence>();

    public IReadOnlyDictionary<PlanId, StoredPlan> Plans { get; init; } = new Dictionary<PlanId, StoredPlan>();

    /// <summary>By the stored name of the mitigation.</summary>
    public IReadOnlyDictionary<string, MitigationWords> Mitigations { get; init; } = new Dictionary<string, MitigationWords>();

    /// <summary>By step: the number under which people know a follow-up.</summary>
    public IReadOnlyDictionary<string, long> FollowUps { get; init; } = new Dictionary<string, long>();

    /// <summary>People's names, where they are known.</summary>
    public IReadOnlyDictionary<Person, ForeignText> Names { get; init; } = new Dictionary<Person, ForeignText>();

    /// <summary>The hash of the log's last event, 64 lower-case hex digits.</summary>
    public required string LastHash { get; init; }

    /// <summary>A name if it is known, and the Slack id that it stands for.</summary>
    public MarkdownText Name(Person person) =>
        Names.TryGetValue(person, out var name) && !name.IsEmpty ? $"{name.Value} ({person.User})" : (MarkdownText)$"{person.User}";

    /// <summary>The bot when no person did it.</summary>
    public MarkdownText Name(Person? person, string otherwise) => person is null ? (MarkdownText)$"{otherwise}" : Name(person);

    /// <summary>A step's number and title on the page; its id when the page can't be read.</summary>
    public MarkdownText Title(string step) => Page?.Find(step) is { } found ? $"{found.Number} {found.Title}" : (MarkdownText)$"{step}";

    /// <summary>What a mitigation is called; its stored name when this version doesn't know it.</summary>
    public string Called(string mitigation) => Mitigations.GetValueOrDefault(mitigation)?.Name ?? mitigation;

    /// <summary>One effect's outcome in two or three words.</summary>
    public string Word(string mitigation, Outcome outcome) => Mitigations.GetValueOrDefault(mitigation)?.Word(outcome) ?? outcome.ToString();

    /// <summary>How many effects became what: "2 ended; 1 changed, left alone".</summary>
    public MarkdownText Outcomes(PlanProgress plan)
    {
        var counts = plan.Steps
            .Where(step => step.Result is not null)
            .GroupBy(step => step.Result!.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => (MarkdownText)$"{group.Count()} {Word(plan.Mitigation, group.Key)}");
        return MarkdownText.Join($"; ", counts);
    }

    /// <summary>A person's words in quotes, with what leads to them; empty when there are none.</summary>
    public MarkdownText Words(EvidenceId? id, MarkdownText lead) => id is not { } known
        ? MarkdownText.Empty
        : Evidence.GetValueOrDefault(known)?.Words is { IsEmpty: false } words ? $"{lead}“{words.Value}”" : (MarkdownText)$"{lead}(words erased)";
}

/// <summary>One piece of evidence; of its parts one is there.</summary>
internal sealed record ReportEvidence
{
    /// <summary>What a person said.</summary>
    public ForeignText? Words { get; init; }

    /// <summary>Who held the connections.</summary>
    public ConnectionConsumers? Consumers { get; init; }

    /// <summary>Why connections ran out.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The name of a file that a step made.</summary>
    public string? File { get; init; }

    /// <summary>What a step found, in paragraphs without markup; lines are parted by \n.</summary>
    public IReadOnlyList<string> Found { get; init; } = [];
}

/// <summary>A plan as it is stored.</summary>
/// <param name="Plan">Null when this version can't read it.</param>
/// <param name="Hash">Of the stored bytes, as they are now: 64 lower-case hex digits.</param>
/// <param name="KeptHash">As the store keeps it beside the bytes.</param>
internal sealed record StoredPlan(Plan? Plan, string Hash, string KeptHash);

/// <summary>The words for one kind of mitigation.</summary>
/// <param name="Name">In the imperative: "End idle sessions".</param>
/// <param name="Word">One effect's outcome: "ended".</param>
/// <param name="Done">Effects that happened: "50 sessions ended".</param>
internal sealed record MitigationWords(string Name, Func<Outcome, string> Word, Func<int, string> Done);
