using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <content>Pages that a test writes, and the steps of an incident in its thread.</content>
internal sealed partial class Practice
{
    private string Pages => Path.Combine(Folder, "pages");

    /// <summary>Where a page is, or would be.</summary>
    public string PageFile(string name = "practice") => Path.Combine(Pages, $"{name}.md");

    /// <summary>Writes a page as an editor would, in one go.</summary>
    public void WritePage(string page, string name = "practice")
    {
        Directory.CreateDirectory(Pages);
        File.WriteAllText(PageFile(name) + ".new", page);
        File.Move(PageFile(name) + ".new", PageFile(name), overwrite: true);
    }

    /// <summary>Incidents on this target follow this page from the bot's next start on.</summary>
    public void Follow(string page, string target = "orders-db", string name = "practice")
    {
        WritePage(page, name);
        Settings["Runbooks:Folder"] = Pages;
        Settings[$"Targets:{target}:Runbook"] = name;
    }

    public Task<SlackAnswer> TypeAsync(SlackPerson person, string line) => person.TypeAsync(Channel, line, Token);

    /// <summary>Presses a button of a step's message.</summary>
    public async Task PressStepAsync(SlackPerson person, string number, string button)
    {
        var step = await StepAsync(number, message => message.Button(button) is not null);
        await person.PressAsync(step, button, cancellationToken: Token);
    }

    /// <summary>The list of one part of the page: <c>Long-term solutions</c>.</summary>
    public Task<SeenMessage> ListAsync(string name, Func<SeenMessage, bool> isSo) => Ana.WaitForAsync(
        Channel,
        message => message.ThreadTs is not null && TitleOf(message).StartsWith($"*{name}", StringComparison.Ordinal) && isSo(message),
        Token);

    /// <summary>Presses the button beside a step in a list.</summary>
    /// <param name="step">The step's id: <c>mitigation-3-1</c>.</param>
    public async Task PressInListAsync(SlackPerson person, string list, string step, string button)
    {
        var seen = await ListAsync(list, message => ButtonOf(message, step)?.Label == button);
        await person.PressAsSeenAsync(seen, ButtonOf(seen, step)!, cancellationToken: Token);
    }

    /// <summary>Ana presses what asks for the change of <see cref="Runbooks.PracticePages.Changing"/>, also where the diagnosis warns of it; returns the plan when it waits for approval.</summary>
    /// <param name="form">What is filled in where there is something to choose.</param>
    public async Task<SeenMessage> AskToActAsync(string button, IReadOnlyDictionary<string, string>? form = null, string target = "orders-db")
    {
        var list = await ListAsync("Immediate", message => ButtonOf(message, "act")?.Label is { } label && (label == button || label == "Do it anyway"));
        await Ana.PressAsSeenAsync(list, ButtonOf(list, "act")!, cancellationToken: Token);
        if (form is not null)
        {
            await Ana.WaitForViewAsync(view => view.Title.Length > 0, Token);
            await Ana.SubmitViewAsync(form, Token);
        }

        return await PlanAsync(message => message.Button("Approve") is not null, target);
    }

    /// <summary>The same plan, with an outcome for each of its steps.</summary>
    public Task<SeenMessage> FinishedAsync(SeenMessage plan) => Ana.WaitForAsync(
        Channel, message => message.Ts == plan.Ts && message.Says("Approved by") && !message.Says("Running:"), Token);

    /// <summary>The button beside a step in a list; null when there is none.</summary>
    public static SeenButton? ButtonOf(SeenMessage list, string step) =>
        list.Buttons.FirstOrDefault(button => button.Value?.EndsWith($".step.{step}", StringComparison.Ordinal) == true);

    /// <summary>Fills in the modal that a press opened, and sends it.</summary>
    public async Task SayInModalAsync(SlackPerson person, string title, string words)
    {
        await person.WaitForViewAsync(view => view.Title == title, Token);
        await person.SubmitViewAsync(new Dictionary<string, string> { ["note"] = words }, Token);
    }

    /// <summary>A file in the incident's thread.</summary>
    public async Task<SeenFile> FileAsync(Func<SeenFile, bool> isSo) =>
        (await Ana.WaitForAsync(Channel, message => message.ThreadTs is not null && message.Files.Any(isSo), Token)).Files.First(isSo);

    /// <summary>Everything the bot said in the channel, and in files.</summary>
    public string EverythingSaid() => string.Join(
        '\n', Ana.Sees(Channel).SelectMany(message => message.Files.Select(file => file.Text).Prepend(message.Text)));

    /// <summary>Waits until the bot has nothing to do at once.</summary>
    public Task UntilShownAsync() => UntilAsync(async () => await CountAsync("select count(*) from work where lane is not null") == 0);
}
