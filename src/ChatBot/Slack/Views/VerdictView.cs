using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Why connections run out: in short for the card, with every number for the thread.</summary>
internal static class VerdictView
{
    /// <summary>More reasons of a kind than this nobody reads on a phone; the report has all.</summary>
    private const int Reasons = 6;

    /// <summary>What runs out, who causes it and how, the number that speaks most for it, and all that speaks against it.</summary>
    /// <param name="lastSeen">When it was judged, if that isn't now.</param>
    public static Mrkdwn Summary(Verdict verdict, DateTimeOffset? lastSeen = null)
    {
        var at = lastSeen is { } moment ? (Mrkdwn)$", as of {Moment.Of(moment)}" : Mrkdwn.Empty;
        List<Mrkdwn> parts = [$"*Cause{at}: {CauseNames.Of(verdict.Cause)}.*", $" {Of(verdict.Summary)}", Layered(verdict)];
        parts.AddRange(verdict.For.Take(1).Select(reason => (Mrkdwn)$"\n*For:* {Of(reason.Words)}"));
        parts.AddRange(verdict.Against.Select((reason, at) => at == 0 ? (Mrkdwn)$"\n*Against:* {Of(reason.Words)}" : $" {Of(reason.Words)}"));
        if (verdict.Shared is { } shared)
        {
            parts.Add($"\n{Of(shared)}");
        }

        parts.AddRange(Also(verdict));
        if (verdict.Victims is { } victims)
        {
            parts.Add($"\n{Of(victims)}");
        }

        // What nobody could see qualifies all the rest, so it is what stays when names are long.
        var unseen = Fitting([.. verdict.Unseen.Select(one => (Mrkdwn)$"\n:warning: {Of(one)}")], SlackLimits.Text.Most / 2);
        return $"{Fitting(parts, SlackLimits.Text.Most - unseen.Length)}{unseen}";
    }

    // A verdict that finds room names the fullest layer itself.
    private static Mrkdwn Layered(Verdict verdict) => verdict is { Cause: Cause.NotExhausted } or { Layer.Layer: Layer.Server or Layer.None }
        ? Mrkdwn.Empty
        : (Mrkdwn)$" {(verdict.Layer.Used >= verdict.Layer.Limit ? "Full" : "Fullest")} is {LayerWords(verdict.Layer)}.";

    /// <summary>What helps, and what would make it worse; empty when there is nothing to say.</summary>
    public static Mrkdwn Advice(Verdict? verdict, Incident incident)
    {
        if (verdict is null or { Cause: Cause.NotExhausted } || incident.State is IncidentState.Stabilized)
        {
            return Mrkdwn.Empty;
        }

        Mrkdwn[] lines = [Line("Helps", Worth.Helps), Line("Harmful here", Worth.Harmful), Line("Useless here", Worth.Useless)];
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
        verdict.Also.Take(2).Select(other => (Mrkdwn)$"\n{CauseNames.Beside(verdict.Cause)}: {Of(other.Words)}");

    /// <summary>Names and statements are strangers' and can be long: what doesn't fit one section is left out.</summary>
    private static Mrkdwn Fitting(IReadOnlyList<Mrkdwn> parts, int? most = null)
    {
        var fitting = Mrkdwn.Empty;
        foreach (var part in parts)
        {
            if (fitting.Length + part.Length <= (most ?? SlackLimits.Text.Most))
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
