using System.Security.Cryptography;
using System.Text;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Runbooks.Pages;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>What becomes a step, where its number, phase and command blocks come from.</summary>
public class PageFormatTests
{
    [Fact]
    public void The_title_the_meaning_and_the_impact_are_plain_text()
    {
        var page = Good("# The *pool*\n\n## meaning\n\nAll slots\nare `taken`.\n\nSee [the map](https://example.com/map).\n\n## IMPACT:\n\n* Slow &amp; down\n* <host> is full\n\n" + With()[9..]);

        Assert.Equal("The pool", page.Title);
        Assert.Equal("All slots are taken.\nSee the map (https://example.com/map).", page.Meaning);
        Assert.Equal("Slow & down\n<host> is full", page.Impact);
    }

    [Fact]
    public void The_hash_is_that_of_the_bytes_and_a_byte_order_mark_counts_for_nothing_else()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(With())];
        var page = RunbookPage.Read(marked, Types).Runbook!;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(marked)), page.Hash);
        Assert.Equal(Good(With()).Title, page.Title);
        Assert.NotEqual(Good(With()).Hash, page.Hash);
    }

    [Fact]
    public void Line_ends_of_Windows_change_nothing_but_the_hash()
    {
        var unix = Encoding.UTF8.GetString(Shipped);
        var windows = Good(unix.ReplaceLineEndings("\r\n"));

        Assert.Equal(Seen(Good(unix)), Seen(windows));
    }

    [Theory]
    [InlineData("1. A\n2. B\n3. C", "1 2 3")]
    [InlineData("1. A\n1. B\n1. C", "1 2 3")]
    [InlineData("- A\n- B", "1 2")]
    [InlineData("3. A\n4. B", "3 4")]
    [InlineData("1. A\n```\nx\n```\n2. B\n```\ny\n```\n7. C", "1 2 7")]
    [InlineData("1. A\n```\nx\n```\n1. B\n```\ny\n```\n1. C", "1 2 3")]
    [InlineData("1. A\n\n### Then\n\n1. B", "1 2")]
    [InlineData("1. A\n   - A1\n   - A2\n2. B", "1.1 1.2 2")]
    [InlineData("1. A\n   1. A1\n      - A11\n      - A12\n   2. A2", "1.1.1 1.1.2 1.2")]
    [InlineData("1. A\n   ```\n   x\n   ```\n   - A1", "1 1.1")]
    [InlineData("1. A\n   - A1\n```\nx\n```\n   - A2\n2. B", "1.1 1.2 2")]
    [InlineData("1. A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n2. B", "1 2")]
    [InlineData("1) A\n2) B", "1 2")]
    public void Steps_are_numbered_as_a_reader_counts(string diagnosis, string numbers)
    {
        var steps = Good(With(diagnosis)).Steps.Where(step => step.Phase == RunbookPhase.Diagnosis).ToList();

        Assert.Equal(numbers, string.Join(' ', steps.Select(step => step.Number)));
        Assert.Equal(steps.Select(step => $"diagnosis-{step.Number.Replace('.', '-')}"), steps.Select(step => step.Id));
    }

    [Theory]
    [InlineData("1. Immediate actions:\n   - A\n2. Short-term fixes:\n   - B\n3. Long-term solutions:\n   - C")]
    [InlineData("1. IMMEDIATE\n   - A\n2. short term\n   - B\n3. Long‑term (a quarter)\n   - C")]
    [InlineData("1. Immediate actions:\n- A\n\n2. Short-term fixes:\n- B\n\n3. Long-term solutions:\n- C")]
    [InlineData("### Immediate actions\n\n1. A\n\n### Short-term fixes\n\n1. B\n\n### Long-term solutions\n\n1. C")]
    [InlineData("### Immediate actions\n\n- A\n\n### Short-term fixes\n\n- B\n\n### Long-term solutions\n\n- C")]
    public void The_three_groups_of_mitigations_are_items_or_headings(string mitigation)
    {
        var page = Good($"# Title\n\n## Diagnosis\n\n1. Look\n\n## Mitigation\n\n{mitigation}\n");

        Assert.Equal(
            ["1 Diagnosis Look", "1.1 Immediate A", "2.1 ShortTerm B", "3.1 LongTerm C"],
            page.Steps.Select(step => $"{step.Number} {step.Phase} {step.Title}"));
    }

    [Fact]
    public void A_group_without_items_is_no_step_but_an_item_that_says_what_to_do_is_one()
    {
        var page = Good("# Title\n\n## Diagnosis\n\n1. Look\n\n## Mitigation\n\n1. Immediate rollback of the last deployment\n2. Short-term fixes:\n3. Long-term solutions:\n");

        Assert.Equal(["diagnosis-1", "mitigation-1"], page.Steps.Select(step => step.Id));
        Assert.Equal(RunbookPhase.Immediate, page.Steps[1].Phase);
    }

    [Fact]
    public void A_heading_of_items_is_a_step_when_it_has_something_to_do()
    {
        var page = Good(With("1. Look <!-- step: connection-usage -->\n   - closer\n2. Think\n   - hard"));

        Assert.Equal(["1", "1.1", "2.1", "1.1"], page.Steps.Select(step => step.Number));
        Assert.Equal(["", "Look", "Think", ""], page.Steps.Select(step => step.Under));
    }

    [Fact]
    public void Every_command_block_belongs_to_the_item_before_it_or_else_to_the_first_one()
    {
        var page = Good(With("First:\n```sh\nzero\n```\n1. A\n```bash\none\n\n  two\n```\n   ```\n   three\n   ```\n2. B\n\n   ~~~sql\n   four\n   ~~~\n\n       five"));

        Assert.Equal([("sh", "zero"), ("bash", "one\n\n  two"), ("", "three")], page.Steps[0].Commands.Select(block => (block.Language, block.Text)));
        Assert.Equal([("sql", "four"), ("", "five")], page.Steps[1].Commands.Select(block => (block.Language, block.Text)));
        Assert.Equal("First:", page.Steps[0].Text);
    }

    [Fact]
    public void The_title_is_the_first_paragraph_and_the_rest_is_text()
    {
        var step = Good(With("1. Look at it\n   closely:  \n   now\n\n   > Not\n   > too long.\n\n   <div>or `so`</div>\n\n   | a | b |\n   |---|---|\n   | 1 | 2 |")).Steps[0];

        Assert.Equal("Look at it closely:", step.Title);
        Assert.Equal("now\nNot too long.\n<div>or `so`</div>\n| a | b | |---|---| | 1 | 2 |", step.Text);
        Assert.Equal(5, step.Line);
    }

    [Fact]
    public void What_a_heading_of_items_says_is_read_before_the_first_of_them()
    {
        var page = Good(With(immediate: "\n   Ask the lead first.\n\n   - A\n   - B"));

        Assert.Equal(["", "Ask the lead first.", ""], page.Steps.Select(step => step.Text));
    }

    [Fact]
    public void A_long_title_is_cut_between_words_and_goes_on_in_the_text()
    {
        var step = Good(With($"1. {string.Join(' ', Enumerable.Repeat("look", 50))} end")).Steps[0];

        Assert.Equal(200, step.Title.Length);
        Assert.EndsWith("look…", step.Title, StringComparison.Ordinal);
        Assert.Equal("…" + string.Join(' ', Enumerable.Repeat("look", 10)) + " end", step.Text);
    }

    [Fact]
    public void Nothing_invisible_comes_in()
    {
        var step = Good(With("1. Lo\u200bok \u202eat\u0007 it\n```\npsql\u200b -h <host>\u202e\t-U\u001b[31m x\n```")).Steps[0];

        Assert.Equal("Look at it", step.Title);
        Assert.Equal("psql -h <host>\t-U[31m x", step.Commands[0].Text);
    }

    [Theory]
    [InlineData("1. Look <!-- step: connection-usage timeout=5s id=slots -->")]
    [InlineData("1. <!-- step: connection-usage timeout=5s id=slots --> Look")]
    [InlineData("1. <!-- step: connection-usage timeout=5s id=slots -->\n   Look")]
    [InlineData("1. Look\n<!-- step: connection-usage timeout=5s id=slots -->")]
    [InlineData("1. Look\n   <!-- step: connection-usage\n        timeout=5s\n        id=slots -->")]
    [InlineData("1. Look\n```\nx\n```\n<!-- a note --> <!--step:connection-usage timeout=5s id=slots-->")]
    [InlineData("1. Look <!-- a note --> now <!--\nstep: connection-usage timeout=5s\nid=slots\n-->")]
    public void A_binding_stands_in_or_after_its_item(string diagnosis)
    {
        var step = Good(With(diagnosis)).Steps[0];

        Assert.Same(StepType.ConnectionUsage, step.Binding?.Type);
        Assert.Equal(TimeSpan.FromSeconds(5), step.Binding?.Timeout);
        Assert.Equal("slots", step.Id);
        Assert.DoesNotContain("slots", step.Title + step.Text, StringComparison.Ordinal);
        Assert.Equal(["timeout"], step.Binding!.Parameters.Keys);
    }

    [Fact]
    public void Parameters_of_every_kind_are_read()
    {
        var page = Good(With(immediate: """
               - End <!-- step: terminate-idle idle-for=2h max=7 -->
               - Pool <!-- step: advise-pooler pool-size=5..100 -->
               - Copy <!-- step: advise-replicas source=server -->
               - Done by hand
            """.Replace("               -", "   -", StringComparison.Ordinal).Replace("            ", "", StringComparison.Ordinal)));

        Assert.Equal(TimeSpan.FromHours(2), page.Steps[1].Binding?.Duration("idle-for"));
        Assert.Equal(7, page.Steps[1].Binding?.Count("max"));
        Assert.Equal((5, 100), page.Steps[2].Binding?.Range("pool-size"));
        Assert.Equal("server", page.Steps[3].Binding?.Name("source"));
        Assert.Null(page.Steps[4].Binding);
        Assert.Equal(StepBinding.UsualTimeout, page.Steps[1].Binding?.Timeout);
    }

    [Theory]
    [InlineData("<!-- a note -->")]
    [InlineData("<!-- steps below are for MySQL -->")]
    [InlineData("<!-- step by step -->")]
    [InlineData("<!-- stop: this is old -->")]
    [InlineData("<!-- TODO: ask the lead -->")]
    [InlineData("<!---->")]
    [InlineData("<!-->")]
    [InlineData("`<!-- step: x -->`")]
    [InlineData("\n   ```\n   <!-- step: x -->\n   ```")]
    public void Other_comments_are_notes(string note) => Assert.Null(Good(With($"1. Look {note}")).Steps[0].Binding);

    [Fact]
    public void Sections_that_the_bot_does_not_know_are_left_alone()
    {
        var page = Good(With() + "\n## Contacts\n\n1. The lead\n\n```\ncall\n```\n\n# More\n\n1. Item\n");

        Assert.Equal(["diagnosis-1", "mitigation-1-1"], page.Steps.Select(step => step.Id));
    }

    [Fact]
    public void Two_hundred_steps_are_a_run()
    {
        var page = Good(With(immediate: string.Concat(Enumerable.Range(1, 200).Select(number => $"   - Step {number}\n```bash\nrun {number}\n```\n"))));

        Assert.Equal(201, page.Steps.Length);
        Assert.Equal(("mitigation-1-200", "1.200", "Step 200"), (page.Steps[200].Id, page.Steps[200].Number, page.Steps[200].Title));
        Assert.All(page.Steps.Skip(1), (step, at) => Assert.Equal($"run {at + 1}", Assert.Single(step.Commands).Text));
    }

    private static IEnumerable<string> Seen(Runbook page) =>
        page.Steps.Select(step => $"{step with { Commands = [], Binding = null }} {string.Join("|", step.Commands)} {step.Binding?.Type.Name}").Append(page.Meaning + page.Impact);
}
