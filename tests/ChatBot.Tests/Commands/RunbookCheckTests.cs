using ChatBot.Commands;
using ChatBot.Incidents.Tests.Runbooks;

namespace ChatBot.Tests.Commands;

/// <summary><c>chatbot runbook check PAGE</c>, as a person at a terminal sees it.</summary>
public sealed class RunbookCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>To change a wording: run with UPDATE_GOLDEN=1, then read the difference.</summary>
    [Theory]
    [InlineData("golden-shipped-page.txt", "database-connection-pool-exhaustion.md")]
    [InlineData("golden-unbound-page.txt", "unbound-page.md")]
    public void The_steps_of_a_page_read_as_agreed(string golden, string name)
    {
        var page = Path.Combine(_folder, name);
        File.WriteAllBytes(page, name == "unbound-page.md" ? Pages.Unbound : Pages.Shipped);
        var (code, output, errors) = Check(page);

        Assert.Equal((0, ""), (code, errors));
        var kept = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Commands", golden);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, output);
        }

        Assert.Equal(File.ReadAllText(kept), output);
    }

    [Fact]
    public void Every_mistake_is_a_line_that_an_editor_can_follow()
    {
        var page = Path.Combine(_folder, "page.md");
        File.WriteAllText(page, Pages.With(immediate: "   - Act <!-- step: terminate-idle mx=5 max=51 -->"));

        Assert.Equal(
            (
                1,
                "",
                $"""
                {page}:10:36: terminate-idle has no parameter mx. Did you mean max? Allowed: idle-for, max, timeout, id.
                {page}:10:45: 51 is not allowed for max. Allowed: A whole number from 1 to 50.

                """),
            Check(page));
    }

    [Fact]
    public void A_page_that_is_not_there_is_one_line()
    {
        var page = Path.Combine(_folder, "none", "page.md");

        Assert.Equal((1, "", $"There is no file {page}.\n"), Check(page));
        Assert.Equal((1, "", $"{_folder} is a folder. Name a page in it, such as {Path.Combine(_folder, "PAGE.md")}.\n"), Check(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_path_that_cannot_be_one_is_one_line(string path)
    {
        var (code, output, errors) = Check(path);

        Assert.Equal((1, ""), (code, output));
        Assert.Matches("^.* can't be read: .+\n$", errors);
    }

    [Fact]
    public void A_page_that_is_too_large_is_not_read_to_its_end()
    {
        const string endless = "/dev/zero";

        Assert.Equal((1, "", $"{endless} is too large for a page: at most 1048576 bytes (1 MiB).\n"), Check(endless));
    }

    [Fact]
    public void The_program_has_the_page_beside_it_and_no_other_text()
    {
        var runbooks = Path.Combine(AppContext.BaseDirectory, "runbooks");

        Assert.Equal(["database-connection-pool-exhaustion.md"], Directory.EnumerateFiles(runbooks).Select(Path.GetFileName));
        Assert.Equal(Pages.Shipped, File.ReadAllBytes(Path.Combine(runbooks, "database-connection-pool-exhaustion.md")));
    }

    private static (int Code, string Output, string Errors) Check(string path)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = RunbookCheck.Run(path, Pages.Types, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
