using System.Text;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Runbooks.Pages;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>Every mistake at the exact word, with what is allowed instead.</summary>
public class PageMistakeTests
{
    private const string AllTypes = "One of advise-app-pooling, advise-pool-size, advise-pooler, advise-practices, advise-replicas, cancel-query, connection-consumers, connection-usage, end-blocker, end-transactions, leak-logs, limit-role, pause-rollout, resize-pool, restart-service, scale-down, terminate-idle.";
    private const string OneForm = "name=value, without spaces.";
    private const string NoEnd = "<!-- and -->, with two plain hyphens each.";
    private const string OneBeginning = "<!-- step: TYPE name=value -->; any other comment begins with another word.";

    /// <summary>What follows "   - Act " in line 10; the mistake is where ^ points in the second text.</summary>
    [Theory]
    [InlineData(
        "<!-- step: terminate-idel -->",
        "           ^",
        "There is no step type terminate-idel. Did you mean terminate-idle?", AllTypes)]
    [InlineData(
        "<!-- step: reboot max=5 -->",
        "           ^",
        "There is no step type reboot.", AllTypes)]
    [InlineData(
        "<!-- step: -->",
        "     ^",
        "This binding names no step type.", AllTypes)]
    [InlineData(
        "<!-- step: max=5 -->",
        "     ^",
        "This binding names no step type.", AllTypes)]
    [InlineData(
        "<!-- step: terminate-idle mx=5 -->",
        "                          ^",
        "terminate-idle has no parameter mx. Did you mean max?", "idle-for, max, timeout, id.")]
    [InlineData(
        "<!-- step: advise-practices colour=red -->",
        "                            ^",
        "advise-practices has no parameter colour.", "timeout, id.")]
    [InlineData(
        "<!-- step: terminate-idle max=5 max=6 -->",
        "                                ^",
        "max is given twice.", "Each parameter once.")]
    [InlineData(
        "<!-- step: terminate-idle max=51 -->",
        "                              ^",
        "51 is not allowed for max.", "A whole number from 1 to 50.")]
    [InlineData(
        "<!-- step: terminate-idle max=5, -->",
        "                              ^",
        "5, is not allowed for max.", "A whole number from 1 to 50.")]
    [InlineData(
        "<!-- step: terminate-idle idle-for=30 -->",
        "                                   ^",
        "30 is not allowed for idle-for.", "A duration from 1s to 7d, such as 500ms, 10s, 30m, 2h or 7d.")]
    [InlineData(
        "<!-- step: terminate-idle timeout=11m -->",
        "                                  ^",
        "11m is not allowed for timeout.", "A duration from 1s to 10m, such as 500ms, 10s, 30m, 2h or 7d.")]
    [InlineData(
        "<!-- step: advise-pooler pool-size=9..5 -->",
        "                                   ^",
        "9..5 is not allowed for pool-size.", "Two whole numbers from 1 to 1000, such as 1..1000.")]
    [InlineData(
        "<!-- step: advise-replicas source=rumour -->",
        "                                  ^",
        "rumour is not allowed for source.", "One of server, statements.")]
    [InlineData(
        "<!-- step: terminate-idle max= -->",
        "                              ^",
        "max has no value.", "A whole number from 1 to 50.")]
    [InlineData(
        "<!-- step: terminate-idle max -->",
        "                          ^",
        "max has no value.", OneForm)]
    [InlineData(
        "<!-- step: terminate-idle max = 5 -->",
        "                          ^",
        "There are spaces around the = of max.", OneForm)]
    [InlineData(
        "<!-- step: terminate-idle =5 -->",
        "                          ^",
        "=5 has no name.", OneForm)]
    [InlineData(
        "<!-- step: terminate-idle id=End_Them -->",
        "                             ^",
        "End_Them is not allowed for id.", "1 to 60 characters of a-z, 0-9 and hyphens.")]
    [InlineData(
        "<!-- step: connection-usage -->",
        "           ^",
        "connection-usage can't stand under Immediate actions.", "Under Diagnosis.")]
    [InlineData(
        "<!-- step: advise-practices --> or <!-- step: advise-pooler -->",
        "                                   ^",
        "This step has a binding already.", "One binding a step.")]
    [InlineData(
        "<!-- step: advise-practices id=diagnosis-1 -->",
        "                               ^",
        "The id diagnosis-1 is that of the step in line 5 too.", "An id that no other step of the page has.")]
    [InlineData(
        "<!-- stpe: x -->",
        "     ^",
        "This comment looks like a binding, but does not begin with step:", OneBeginning)]
    [InlineData(
        "<!-- step x -->",
        "     ^",
        "This comment looks like a binding, but does not begin with step:", OneBeginning)]
    [InlineData(
        "<!-- Step: terminate-idle -->",
        "     ^",
        "This comment looks like a binding, but does not begin with step:", OneBeginning)]
    [InlineData(
        "<!--steps: terminate-idle max=5 -->",
        "    ^",
        "This comment looks like a binding, but does not begin with step:", OneBeginning)]
    [InlineData(
        "<!-- stop terminate-idle -->",
        "     ^",
        "This comment looks like a binding, but does not begin with step:", OneBeginning)]
    [InlineData(
        "<!-- step: terminate-idle",
        "^",
        "This comment has no end.", NoEnd)]
    [InlineData(
        "<!— step: terminate-idle —>",
        "^",
        "This comment has no end.", NoEnd)]
    [InlineData(
        "\n\n         <!-- step: terminate-idle -->",
        "\n\n         ^",
        "To Markdown this line is code: it is indented by four spaces or more, and no list goes on here.",
        "Items and bindings indented less, or the command block above indented like the text of its item; code between ``` fences.")]
    public void A_wrong_binding_is_shown_at_its_word(string binding, string marked, string wrong, string allowed)
    {
        const string begin = "   - Act ";
        var lines = marked.Split('\n');
        var column = lines[^1].IndexOf('^', StringComparison.Ordinal) + 1 + (lines.Length == 1 ? begin.Length : 0);

        Assert.Equal([new PageMistake(9 + lines.Length, column, wrong, allowed)], Mistakes(With(immediate: begin + binding)));
    }

    [Theory]
    [InlineData("\n", 2)]
    [InlineData("\r\n", 2)]
    [InlineData("\r", 2)]
    public void Lines_and_columns_are_those_of_an_editor(string lineEnd, int extra)
    {
        var page = "\ufeff" + With(immediate: "   - 🔥 Act <!--\n\tstep: terminate-idle\n\tmx=5 -->").ReplaceLineEndings(lineEnd);

        Assert.Equal([(10 + extra, 2)], Mistakes(page).Select(mistake => (mistake.Line, mistake.Column)));
    }

    [Theory]
    [InlineData("## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 1, 1, "The page has no title.")]
    [InlineData("# T\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 7, 1, "The page has no section Diagnosis.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n", 6, 1, "The page has no section Mitigation.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n### Mitigation\n\n1. B\n", 7, 1, "The page has no section Mitigation.")]
    [InlineData("# T\n\n## Diagnosis\n\nThink.\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 3, 1, "Diagnosis has no steps.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n\n## Diagnosis\n\n1. A\n", 12, 1, "There are two sections Diagnosis.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n2. Restart\n", 11, 1, "This item of Mitigation is in none of its three groups.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n2.\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 6, 1, "This step has no words.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n10000. B\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 0, 0, "")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n### Then\n\n10000. B\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 9, 1, "This item's number is too high.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n\n```\nx\n```\n\n### Then\n\n```\ny\n```\n", 18, 1, "This command block belongs to no step.")]
    [InlineData("# T\n\n## Impact\n\n- Bad <!-- step: advise-practices -->\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 5, 7, "This binding belongs to no step.")]
    [InlineData("# T\n\n##\tNotes <!-- step: advise-practices -->\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 3, 10, "This binding belongs to no step.")]
    [InlineData("# T\n\n## Diagnosis\n\n<!-- step: connection-usage -->\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 5, 1, "This binding belongs to no step.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B\n\n<!-- the end\n", 12, 1, "This comment has no end.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n```\nx\n```\n     - A1\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 9, 6, "To Markdown this line is code: it is indented by four spaces or more, and no list goes on here.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A\n\n## Mitigation\n\n1. Immediate:\n   - B <!-- step: terminate-idle -->\n", 10, 19, "terminate-idle changes the target, and no step of this page would show whether that helped.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A <!-- step: connection-usage id=see -->\n2. B <!-- step: connection-consumers id=see -->\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 6, 41, "The id see is that of the step in line 5 too.")]
    [InlineData("# T\n\n## Diagnosis\n\n1. A <!-- step: connection-usage id=diagnosis-2 -->\n2. B\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 5, 37, "The id diagnosis-2 is that of the step in line 6 too.")]
    [InlineData("# T\n\n## Diagnosis\n\n- 1\n  - 2\n    - 3\n      - 4\n        - 5\n          - 6\n            - 7\n\n## Mitigation\n\n1. Immediate:\n   - B\n", 11, 13, "This item is nested too deeply.")]
    public void A_wrong_page_is_shown_at_its_place(string page, int line, int column, string wrong)
    {
        var expected = wrong.Length == 0 ? Array.Empty<(int, int, string)>() : [(line, column, wrong)];

        Assert.Equal(expected, Read(page).Mistakes.Select(mistake => (mistake.Line, mistake.Column, mistake.Wrong)));
    }

    [Fact]
    public void All_mistakes_are_shown_at_once_and_in_the_order_of_the_page()
    {
        var mistakes = Mistakes("## Diagnosis\n\n1. A <!-- step: nothing x -->\n2. B <!-- step: connection-consumers timeout=0s id= more=1 more=2 -->\n");

        Assert.Equal([(1, 1), (3, 17), (3, 25), (4, 46), (4, 52), (4, 53), (4, 60), (5, 1)], mistakes.Select(mistake => (mistake.Line, mistake.Column)));
    }

    [Fact]
    public void The_hundredth_mistake_says_how_many_more_there_are()
    {
        var mistakes = Mistakes(With(immediate: string.Concat(Enumerable.Range(0, 250).Select(_ => "   - Act <!-- step: nothing -->\n"))));

        Assert.Equal(100, mistakes.Length);
        Assert.Equal(new PageMistake(109, 21, "And 151 more mistakes from here on.", "Mend the ones above, then check the page again."), mistakes[99]);
    }

    [Fact]
    public void Five_hundred_steps_are_allowed_and_no_more()
    {
        static string Steps(int count) => With(immediate: string.Concat(Enumerable.Range(1, count - 1).Select(number => $"   - Step {number}\n")));

        Assert.Equal(500, Good(Steps(500)).Steps.Length);
        Assert.Equal([new PageMistake(509, 4, "The page has 501 steps.", "At most 500 steps.")], Mistakes(Steps(501)));
    }

    [Theory]
    [InlineData(20_000, null)]
    [InlineData(20_001, "This command block is too long.")]
    public void A_command_block_has_at_most_20000_characters(int length, string? wrong)
    {
        var block = string.Join('\n', Enumerable.Repeat(new string('x', 99), 200)) + new string('x', length - 20_000 + 1);
        var reading = Read(With($"1. Look\n```\n{block}\n```\n"));

        Assert.Equal(wrong is null ? [] : [(6, 1, wrong)], reading.Mistakes.Select(mistake => (mistake.Line, mistake.Column, mistake.Wrong)));
    }

    [Theory]
    [InlineData(4_000, true)]
    [InlineData(4_001, false)]
    public void A_line_has_at_most_4000_characters(int length, bool isRun)
    {
        var reading = Read(With() + "\n```\n" + new string('x', length) + "\n```\n");

        Assert.Equal(isRun ? [] : [new PageMistake(13, 4_001, "This line is too long.", "At most 4000 characters a line.")], reading.Mistakes);
    }

    [Fact]
    public void Texts_have_an_end()
    {
        var words = string.Concat(Enumerable.Repeat(new string('x', 3_500) + "\n\n", 3));

        Assert.Equal("The section Meaning is too long.", Assert.Single(Mistakes($"# T\n\n## Meaning\n\n{words}{With()[9..]}")).Wrong);
        Assert.Equal((5, "This step's text is too long."), Assert.Single(Mistakes(With($"1. Look\n\n{words}")).Select(mistake => (mistake.Line, mistake.Wrong))));
        Assert.Equal((12, "This paragraph is too long."), Assert.Single(Mistakes(With() + "\n" + string.Concat(Enumerable.Repeat("word word\n", 401))).Select(mistake => (mistake.Line, mistake.Wrong))));
    }

    [Fact]
    public void A_page_has_at_most_200000_characters_of_words()
    {
        var words = string.Concat(Enumerable.Repeat(new string('x', 999) + "\n\n", 220));

        Assert.Equal([(412, "The page has too many words.")], Mistakes(With() + "\n## Notes\n\n" + words).Select(mistake => (mistake.Line, mistake.Wrong)));
        Assert.Equal([], Read(With() + "\n## Notes\n\n```\n" + words + "```\n").Mistakes);
    }

    [Fact]
    public void A_page_has_at_most_20000_lines_and_a_mebibyte()
    {
        Assert.Equal([new PageMistake(20_001, 1, "The page has 30011 lines.", "At most 20000 lines.")], Mistakes(With() + new string('\n', 30_000)));
        Assert.Equal([new PageMistake(1, 1, "The page has 1048577 bytes.", "At most 1048576 bytes.")], RunbookPage.Read(new byte[1_048_577], Types).Mistakes);
    }

    [Fact]
    public void What_is_no_text_is_shown_where_it_begins_to_be_none()
    {
        var page = Encoding.UTF8.GetBytes(With());
        byte[] latin = [.. page, (byte)'a', 0xE9, (byte)'b'];
        byte[] binary = [.. page, 0x7F, 0x00];

        Assert.Equal([(11, 2, "Here the page is not UTF-8 text.")], RunbookPage.Read(latin, Types).Mistakes.Select(mistake => (mistake.Line, mistake.Column, mistake.Wrong)));
        Assert.Equal([(11, 2, "Here is a zero byte: this is not a text page.")], RunbookPage.Read(binary, Types).Mistakes.Select(mistake => (mistake.Line, mistake.Column, mistake.Wrong)));
        Assert.Equal((1, 1), Assert.Single(RunbookPage.Read(Encoding.Unicode.GetPreamble(), Types).Mistakes.Select(mistake => (mistake.Line, mistake.Column))));
    }

    [Fact]
    public void An_empty_page_lacks_everything() =>
        Assert.Equal(
            ["The page has no title.", "The page has no section Diagnosis.", "The page has no section Mitigation."],
            Mistakes("").Select(mistake => mistake.Wrong));

    [Fact]
    public void A_strange_word_is_shown_without_what_cannot_be_seen_and_cut()
    {
        var mistake = Assert.Single(Mistakes(With($"1. Look <!-- step: conn\u202eection\u200b-{new string('x', 100)} -->")));

        Assert.Equal($"There is no step type connection-{new string('x', 49)}….", mistake.Wrong);
    }
}
