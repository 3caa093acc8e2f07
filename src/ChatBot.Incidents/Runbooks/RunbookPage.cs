using System.Globalization;
using System.Security.Cryptography;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Reads a runbook page: Markdown with the headings Meaning, Impact, Diagnosis and Mitigation.</summary>
/// <remarks>
/// The items under Diagnosis and Mitigation are the steps; an item with items below is their heading, and a step only if it
/// has a command block or a binding of its own. <c>manifests/runbooks/README.md</c> describes the format for those who write pages.
/// </remarks>
public static class RunbookPage
{
    /// <summary>1 MiB.</summary>
    public const int MostBytes = PageText.MostBytes;

    /// <summary>500.</summary>
    public const int MostSteps = 500;

    /// <summary>10,000 characters for what a step says besides its title, and for each of Meaning and Impact.</summary>
    public const int LongestText = 10_000;

    private const int LongestTitle = 200;

    /// <summary>Any bytes get an answer, never an exception.</summary>
    /// <param name="utf8">The file as it is, with or without a byte order mark.</param>
    /// <param name="types">What bindings can name.</param>
    public static PageReading Read(ReadOnlySpan<byte> utf8, StepTypes types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var mistakes = new PageMistakes();
        var runbook = Read(utf8, types, mistakes);
        return mistakes.Any ? new PageReading(null, mistakes.ToImmutable()) : new PageReading(runbook, []);
    }

    private static Runbook? Read(ReadOnlySpan<byte> utf8, StepTypes types, PageMistakes mistakes)
    {
        if (PageText.Decode(utf8, mistakes) is not { } page || PageMarkdown.Parse(page, mistakes) is not { } document)
        {
            return null;
        }

        var outline = PageOutline.Of(document, page, types, mistakes);
        var steps = new PageSteps(page, types, mistakes);
        steps.AddAll(outline.Diagnosis, "diagnosis");
        steps.AddAll(outline.Mitigation, "mitigation");
        steps.Check();

        return new Runbook(
            Cut(outline.Title ?? "").Title,
            Convert.ToHexStringLower(SHA256.HashData(utf8)),
            Join(outline.Meaning, "Meaning"),
            Join(outline.Impact, "Impact"),
            steps.ToImmutable());

        string Join(List<string> lines, string section)
        {
            var text = string.Join('\n', lines);
            if (text.Length > LongestText)
            {
                mistakes.Add(new PagePlace(1, 1), $"The section {section} is too long.", string.Create(CultureInfo.InvariantCulture, $"At most {LongestText} characters."));
            }

            return text;
        }
    }

    /// <returns>What doesn't fit a title, with an ellipsis before it; empty when all of it does.</returns>
    internal static (string Title, string Left) Cut(string title)
    {
        if (title.Length <= LongestTitle)
        {
            return (title, "");
        }

        var end = title.LastIndexOf(' ', LongestTitle - 1, LongestTitle / 2);
        if (end < 0)
        {
            end = char.IsLowSurrogate(title[LongestTitle - 1]) ? LongestTitle - 2 : LongestTitle - 1;
        }

        return ($"{title[..end]}…", $"…{title[end..].TrimStart()}");
    }
}
