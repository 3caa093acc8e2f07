using System.Collections.Immutable;

namespace ChatBot.Incidents.Runbooks;

/// <summary>An item of a list under Diagnosis or Mitigation while the page is being read.</summary>
/// <param name="under">Null at the top.</param>
internal sealed class PageItem(PageItem? under, RunbookPhase? phase, ImmutableArray<int> number, PagePlace place)
{
    public PageItem? Under { get; } = under;

    /// <summary>Null when the item is in none of the three groups of mitigations.</summary>
    public RunbookPhase? Phase { get; set; } = phase;

    /// <summary>3, 1, 3 for 3.1.3.</summary>
    public ImmutableArray<int> Number { get; } = number;

    public PagePlace Place { get; } = place;

    public string Title { get; set; } = "";

    /// <summary>True for one of the three groups; it is no step unless it says what to do.</summary>
    public bool IsGroup { get; set; }

    /// <summary>True for a group that is a heading of the page and no item.</summary>
    public bool IsHeading { get; set; }

    public PageContent Content { get; } = new();

    public List<PageItem> Items { get; } = [];

    /// <summary>The number of the item before the next one. A list that begins anew goes on counting: no number is there twice.</summary>
    public int LastNumber { get; set; }

    /// <summary>Makes the first line of one of its texts its title.</summary>
    public void TakeTitle(int at)
    {
        var lines = Content.Texts[at].Split('\n', 2);
        Title = lines[0];
        Content.Texts.RemoveAt(at);
        if (lines.Length > 1)
        {
            Content.Texts.Insert(at, lines[1]);
        }
    }

    /// <summary>An item with items below is their heading, unless it has something to do of its own.</summary>
    public bool IsStep => Items.Count == 0
        ? !(IsGroup && (IsHeading || PhaseNames.IsGroupName(Title)) && !Content.HasWork)
        : Content.HasWork;
}

/// <summary>What stands under an item, or between two of them.</summary>
internal sealed class PageContent
{
    public List<string> Texts { get; } = [];

    public List<(CommandBlock Block, PagePlace Place)> Commands { get; } = [];

    public List<PageComment> Bindings { get; } = [];

    public bool HasWork => Commands.Count > 0 || Bindings.Count > 0;

    /// <summary>Puts it before what is already there, and leaves nothing behind.</summary>
    public void MoveInFrontOf(PageContent other)
    {
        other.Texts.InsertRange(0, Texts);
        other.Commands.InsertRange(0, Commands);
        Texts.Clear();
        Commands.Clear();
    }
}
