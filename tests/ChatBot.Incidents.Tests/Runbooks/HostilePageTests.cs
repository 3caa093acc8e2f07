using System.Text;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>Whatever a file holds, it is a run or a list of mistakes, and soon.</summary>
public class HostilePageTests
{
    /// <summary>The most that a page may hold.</summary>
    private const int Full = RunbookPage.MostBytes;

    /// <summary>Shapes on which parsers are known to be slow, deep or wrong.</summary>
    private static readonly string[] Shapes =
    [
        "[", "![", "[]", "[a](", "[a](b)", "[a]: b\n", "[a]: b \"\n", "x <!-- ", "<!--", "<!-- step", "<!-- step: x -->", "1. a <!-- step: x a=b a=b -->\n", "<!- step ",
        "<a", "<a href=\"", "<?", "<![CDATA[", "<", "<div>\n", ">", "> ", "> \n", "*", "* ", "*a", "*a ", "a**b", "**a *b ", "a***b", "_a ", "*_a", "`", "` `` ", "~~~", "```\n",
        "1. ", "1. a\n", "1. a\n\nx\n", "- ", "-\n", "- > ", "> 1. ", "- a\n   - b\n", "|", "|a|b|\n", "|-", "a|", "&", "&amp;", "\\", "#", "# a\n", "## Diagnosis\n", "### Immediate\n",
        "a\n=\n", "=", "a\n", "a", " ", "\t", "\n", "\r", "\r\n", "é", "\u202e", "\ud83d\ude00", "http://a ", "999999999. a\n", "0. a\n", "    - a\n", "1)\n",
    ];

    public static readonly TheoryData<string> Rows = [.. Shapes];

    /// <summary>As one line; as lines and paragraphs of all lengths that are not refused at once.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_megabyte_of_one_shape_is_answered(string shape)
    {
        var page = Repeat(shape, Full);
        Answer(Encoding.UTF8.GetBytes(page));

        var head = Pages.With() + "\n1. Item\n\n";
        foreach (var (line, lines) in new[] { (1_900, 2), (190, 20) })
        {
            var paragraph = Repeat(Repeat(shape.ReplaceLineEndings(""), line) + "\n", line * lines) + "\n";
            Answer(Encoding.UTF8.GetBytes(head + Repeat(paragraph, Full / 32)));
        }

        Answer(Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat(shape, 3_000))));
    }

    [Theory]
    [InlineData("- ")]
    [InlineData("1. ")]
    [InlineData("> ")]
    public void Lists_and_quotes_nested_a_thousand_deep_are_a_mistake_at_their_line(string marker)
    {
        var mistake = Assert.Single(Pages.Mistakes(Pages.With() + "\n" + string.Concat(Enumerable.Repeat(marker, 1000)) + "deep\n"));

        Assert.Equal("This page is nested too deeply.", mistake.Wrong);
        Assert.Equal(12, mistake.Line);
    }

    [Fact]
    public void A_staircase_of_a_thousand_items_is_a_mistake()
    {
        var stairs = string.Concat(Enumerable.Range(0, 1000).Select(step => new string(' ', step * 2) + "- a\n"));

        Assert.Contains(Pages.Mistakes(Pages.With(immediate: stairs)), mistake => mistake.Wrong == "This page is nested too deeply.");
    }

    [Fact]
    public void Words_in_words_nested_a_thousand_deep_are_a_run()
    {
        var page = Pages.Good(Pages.With($"1. {Repeat("*(", 1900)}deep{Repeat(")*", 1900)}"));

        Assert.Equal($"{Repeat("(", 199)}…", page.Steps[0].Title);
    }

    [Fact]
    public void Random_bytes_are_answered()
    {
        var chance = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[chance.Next(2_000)];
            chance.NextBytes(bytes);
            Answer(bytes);
        }
    }

    [Fact]
    public void Random_words_of_Markdown_are_answered()
    {
        var chance = new Random(2);
        string[] words = [.. Shapes, "\n\n", "   ", "     ", "# T\n", "## Mitigation\n", "1. Immediate actions:\n", "<!-- step: connection-usage -->", "<!-- step: terminate-idle max=5 -->", "-->", "word "];
        for (var round = 0; round < 2_000; round++)
        {
            Answer(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, chance.Next(60)).Select(_ => words[chance.Next(words.Length)]))));
        }
    }

    [Fact]
    public void The_shipped_page_with_random_damage_is_answered()
    {
        var chance = new Random(3);
        var good = 0;
        for (var round = 0; round < 1_500; round++)
        {
            var page = Pages.Shipped.ToList();
            for (var damage = chance.Next(1, 8); damage > 0; damage--)
            {
                Damage(page, chance);
            }

            good += Answer([.. page]) ? 1 : 0;
        }

        Assert.InRange(good, 50, 1_450); // else the damage is too great or too small to say anything
    }

    private static void Damage(List<byte> page, Random chance)
    {
        var at = chance.Next(page.Count);
        var length = Math.Min(chance.Next(1, 40), page.Count - at);
        switch (chance.Next(5))
        {
            case 0:
                page.RemoveRange(at, length);
                break;
            case 1:
                page.InsertRange(chance.Next(page.Count), page.GetRange(at, length));
                break;
            case 2:
                page.InsertRange(at, Encoding.UTF8.GetBytes(Shapes[chance.Next(Shapes.Length)]));
                break;
            case 3:
                page[at] = (byte)chance.Next(256);
                break;
            default:
                page.Insert(at, (byte)" \n-<>`*#"[chance.Next(8)]);
                break;
        }
    }

    /// <returns>Whether it is a run.</returns>
    private static bool Answer(byte[] page)
    {
        var reading = RunbookPage.Read(page, Pages.Types);

        Assert.Equal(reading.Runbook is null, reading.Mistakes.Length > 0);
        Assert.InRange(reading.Mistakes.Length, 0, 100);
        Assert.All(reading.Mistakes, mistake => Assert.True(mistake is { Line: >= 1, Column: >= 1, Wrong.Length: > 0, Allowed.Length: > 0 }));
        if (reading.Runbook is { } runbook)
        {
            Assert.Equal(runbook.Steps.Length, runbook.Steps.Select(step => step.Id).Distinct().Count());
            Assert.All(runbook.Steps, step => Assert.True(step is { Title.Length: > 0 and <= 200, Id.Length: > 0 and <= 60 }));
        }

        return reading.Runbook is not null;
    }

    private static string Repeat(string shape, int length) => string.Concat(Enumerable.Repeat(shape, Math.Max(1, length / Math.Max(1, Encoding.UTF8.GetByteCount(shape)))));
}
