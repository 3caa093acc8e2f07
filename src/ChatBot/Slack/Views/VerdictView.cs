using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Why connections run out: in short for the card, with every number for the thread.</summary>
internal static class VerdictView
{
    /// <summary>More reasons of a kind than this nobody reads on a phone; the report has all.</summary>
    private const int Reasons = 6;

    /// <summary>What runs out, who causes it and how, and what the suspects have in common.</summary>
    public static Mrkdwn Summary(Verdict verdict)
    {
        List<Mrkdwn> parts = [$"*Cause: {CauseNames.Of(verdict.Cause)}.*", $" {Of(verdict.Summary)}"];
        if (verdict.Layer.Layer is not (Layer.Server or Layer.None))
        {
            parts.Add($" Full is {LayerWords(verdict.Layer)}.");
        }

        if (verdict.Shared is { } shared)
        {
            parts.Add($"\n{Of(shared)}");
        }

        parts.AddRange(Also(verdict));
        if (verdict.Victims is { } victims)
        {
            parts.Add($"\n{Of(victims)}");
        }

        parts.AddRange(verdict.Unseen.Select(unseen => (Mrkdwn)$"\n:warning: {Of(unseen)}"));
        return Fitting(parts);
    }

    /// <summary>What helps, and what would make it worse; empty when there is nothing to say.</summary>
    public static Mrkdwn Advice(Verdict? verdict, Incident incident)
    {
        if (verdict is null or { Cause: Cause.NotExhausted } || incident.State is IncidentState.Stabilized)
        {
            return Mrkdwn.Empty;
        }

        Mrkdwn[] lines = [Line("Helps", Worth.Helps), Line("Harmful here", Worth.Harmful)];
        return Mrkdwn.Join($"\n", lines.Where(line => line.Length > 0));

        Mrkdwn Line(string title, Worth worth)
        {
            var steps = verdict.Steps.Where(step => step.Worth == worth).Select(step => (Mrkdwn)$"{CauseNames.OfStep(step.Step)}").ToArray();
            return steps.Length == 0 ? Mrkdwn.Empty : $"*{title}:* {Mrkdwn.Join($", ", steps)}.";
        }
    }

    /// <summary>Every number, in paragraphs; empty when nobody judged.</summary>
    public static IReadOnlyList<Mrkdwn> Details(Verdict? verdict)
    {
        if (verdict is null)
        {
            return [];
        }

        Mrkdwn[] paragraphs =
        [
            Fitting([$"*Cause: {CauseNames.Of(verdict.Cause)}.*", $" {Of(verdict.Summary)}", $"\nFullest: {LayerWords(verdict.Layer)}.", .. Also(verdict)]),
            List("For", verdict.For.Select(Of)),
            List("Against", verdict.Against.Select(Of)),
            verdict.Shared is { } shared ? Fitting([Of(shared)]) : Mrkdwn.Empty,
            List("Not seen", verdict.Unseen.Select(Of)),
            List("What steps would bring", verdict.Steps.Select(step => (Mrkdwn)$"{CauseNames.OfStep(step.Step)}: {WorthWord(step.Worth)}. {step.Why}"), most: 16),
        ];
        return [.. paragraphs.Where(paragraph => paragraph.Length > 0)];
    }

    /// <summary>What leads a step's offer; empty when nobody judged it.</summary>
    public static Mrkdwn WorthOf(StepWorth? step) => step?.Worth switch
    {
        Worth.Helps => $"Helps: {step.Why} ",
        Worth.Useless => $"Useless here: {step.Why} ",
        Worth.Harmful => $":no_entry: *Harmful here:* {step.Why} ",
        _ => Mrkdwn.Empty,
    };

    /// <summary>Our own words, and strangers' as they are.</summary>
    public static Mrkdwn Of(Sentence sentence) => Mrkdwn.Join(
        Mrkdwn.Empty, sentence.Parts.Select(part => part.Own is { } own ? (Mrkdwn)$"{own}" : Verbatim.Of(part.Foreign)));

    private static Mrkdwn Of(Reason reason) =>
        reason.Source is { } source ? (Mrkdwn)$"{Of(reason.Words)} _({source})_" : Of(reason.Words);

    private static IEnumerable<Mrkdwn> Also(Verdict verdict) =>
        verdict.Also.Take(2).Select(other => (Mrkdwn)$"\nAlso: {Of(other.Words)}");

    /// <summary>Names and statements are strangers' and can be long: what doesn't fit one section is left out.</summary>
    private static Mrkdwn Fitting(IReadOnlyList<Mrkdwn> parts)
    {
        var fitting = Mrkdwn.Empty;
        foreach (var part in parts)
        {
            if (fitting.Length + part.Length <= SlackLimits.Text.Most)
            {
                fitting = $"{fitting}{part}";
            }
        }

        return fitting;
    }

    private static Mrkdwn LayerWords(LayerNumbers layer)
    {
        var name = layer.Name.IsEmpty ? Mrkdwn.Empty : (Mrkdwn)$" {Verbatim.Of(layer.Name)}";
        var waiting = layer.Waiting > 0 ? (Mrkdwn)$", {layer.Waiting} clients wait" : Mrkdwn.Empty;
        return layer.Limit == 0 ? (Mrkdwn)$"{CauseNames.Of(layer.Layer)}{name}, in numbers nobody could read{waiting}" // nobody got in
            : $"{CauseNames.Of(layer.Layer)}{name}: {layer.Used} of {layer.Limit}{waiting}";
    }

    private static Mrkdwn List(string title, IEnumerable<Mrkdwn> lines, int most = Reasons)
    {
        var all = lines.Take(most).Select(line => (Mrkdwn)$"\n• {line}").ToArray();
        return all.Length == 0 ? Mrkdwn.Empty : Fitting([$"*{title}*", .. all]);
    }

    private static string WorthWord(Worth worth) => worth switch
    {
        Worth.Helps => "helps",
        Worth.Useless => "useless",
        _ => "harmful",
    };
}
