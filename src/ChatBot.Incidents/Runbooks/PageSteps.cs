using System.Collections.Immutable;
using System.Globalization;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Makes steps of a page's items, in the page's order.</summary>
internal sealed class PageSteps(PageText page, StepTypes types, PageMistakes mistakes)
{
    private readonly List<(RunbookStep Step, PageBinding? Binding, PagePlace Place)> _steps = [];

    /// <summary>What a heading of items says is read before the first of them.</summary>
    private readonly PageContent _ahead = new();

    public ImmutableArray<RunbookStep> ToImmutable() => [.. _steps.Select(step => step.Step)];

    /// <param name="prefix">What the ids of its steps begin with.</param>
    public void AddAll(PageItem section, string prefix)
    {
        foreach (var item in section.Items)
        {
            Add(item, prefix, "");
        }

        _ahead.Texts.Clear(); // said of no step
    }

    /// <summary>What only the whole page can tell.</summary>
    public void Check()
    {
        if (_steps.Count > RunbookPage.MostSteps)
        {
            mistakes.Add(
                _steps[RunbookPage.MostSteps].Place,
                string.Create(CultureInfo.InvariantCulture, $"The page has {_steps.Count} steps."),
                string.Create(CultureInfo.InvariantCulture, $"At most {RunbookPage.MostSteps} steps."));
        }

        foreach (var same in _steps.GroupBy(step => step.Step.Id).Where(same => same.Count() > 1))
        {
            // The one that was named by its place can't help it.
            var first = same.FirstOrDefault(step => step.Binding?.Id is null, same.First());
            foreach (var (step, binding, place) in same.Where(step => step != first))
            {
                mistakes.Add(
                    binding?.Id is null ? place : binding.IdPlace,
                    string.Create(CultureInfo.InvariantCulture, $"The id {step.Id} is that of the step in line {first.Place.Line} too."),
                    "An id that no other step of the page has.");
            }
        }

        if (_steps.Any(step => step.Binding?.Type == StepType.ConnectionUsage))
        {
            return;
        }

        foreach (var (_, binding, _) in _steps)
        {
            if (binding?.Type is { Work: StepWork.Changes } change)
            {
                mistakes.Add(
                    binding.TypePlace,
                    $"{change.Name} changes the target, and no step of this page would show whether that helped.",
                    $"A step under Diagnosis with <!-- step: {StepType.ConnectionUsage.Name} -->.");
            }
        }
    }

    private void Add(PageItem item, string section, string under)
    {
        if (item.IsStep)
        {
            AddStep(item, section, under);
        }
        else
        {
            _ahead.Texts.AddRange(item.Content.Texts);
        }

        var below = item.IsGroup ? under : item.Title.TrimEnd(':', ' ');
        foreach (var child in item.Items)
        {
            Add(child, section, below);
        }
    }

    private void AddStep(PageItem item, string section, string under)
    {
        if (item.Phase is not { } phase)
        {
            return; // a mistake already
        }

        _ahead.MoveInFrontOf(item.Content);
        var content = item.Content;
        var (title, rest) = RunbookPage.Cut(item.Title);
        var text = string.Join('\n', content.Texts.Prepend(rest).Where(part => part.Length > 0));
        if (title.Length == 0)
        {
            mistakes.Add(item.Place, "This step has no words.", "A first line that says what to do.");
        }

        if (text.Length > RunbookPage.LongestText)
        {
            mistakes.Add(item.Place, "This step's text is too long.", string.Create(CultureInfo.InvariantCulture, $"At most {RunbookPage.LongestText} characters besides its title."));
        }

        var number = item.Number.Select(part => part.ToString(CultureInfo.InvariantCulture)).ToList();
        var binding = Bind(content.Bindings, phase);
        var step = new RunbookStep(binding?.Id ?? $"{section}-{string.Join('-', number)}", phase, string.Join('.', number), title, item.Place.Line)
        {
            Under = under,
            Text = text,
            Commands = [.. content.Commands.Select(command => command.Block)],
            Binding = binding?.Type is { } type ? new StepBinding(type, binding.Parameters) : null,
        };
        _steps.Add((step, binding, item.Place));
    }

    private PageBinding? Bind(List<PageComment> comments, RunbookPhase phase)
    {
        PageBinding? first = null;
        foreach (var comment in comments)
        {
            var binding = PageBinding.Read(comment, phase, page, types, mistakes);
            if (first is not null)
            {
                mistakes.Add(page.At(comment.Start), "This step has a binding already.", "One binding a step.");
            }

            first ??= binding;
        }

        return first;
    }
}
