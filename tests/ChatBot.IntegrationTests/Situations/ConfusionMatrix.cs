using System.Globalization;
using System.Text;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>How often each cause was taken for which: a row for what it is, a column for what the bot said.</summary>
internal static class ConfusionMatrix
{
    public static string Of(IReadOnlyCollection<SituationSeen> seen)
    {
        var labels = seen.Select(one => one.Situation.Label).Concat(seen.Select(one => one.Verdict)).Distinct().Order(StringComparer.Ordinal).ToArray();
        var width = labels.Max(label => label.Length);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{seen.Count} situations, {seen.Count(one => one.Situation.Label == one.Verdict)} named rightly. Rows: what it is; columns: what the bot said.");
        text.AppendLine($"{new string(' ', width + 4)} {string.Concat(labels.Select((_, i) => Cell((char)('a' + i))))}");
        for (var row = 0; row < labels.Length; row++)
        {
            var cells = labels.Select(said => seen.Count(one => one.Situation.Label == labels[row] && one.Verdict == said));
            text.AppendLine($"{(char)('a' + row)}  {labels[row].PadRight(width)}  {string.Concat(cells.Select(count => Cell(count == 0 ? "." : count)))}");
        }

        foreach (var one in seen.OrderBy(one => one.Situation.Name, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{one.Situation.Name}: {one.Verdict}{(one.Wrong.Count == 0 ? "" : " (WRONG)")}, {one.Took.TotalSeconds:0.0} s");
        }

        return text.ToString();
    }

    private static string Cell(object value) => string.Create(CultureInfo.InvariantCulture, $"{value,4}");
}
