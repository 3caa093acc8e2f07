namespace ChatBot.Databases;

/// <summary>What kind of right is missing.</summary>
internal enum GapKind
{
    /// <summary>Something is there that should do it, and lacks a right.</summary>
    Broken,

    /// <summary>Nothing is there that could do it: nobody installed it, or it is hidden from the bot.</summary>
    NotInstalled,

    /// <summary>The bot doesn't see enough to do anything well.</summary>
    Sight,
}

/// <summary>A right that the bot lacks, and how to give it.</summary>
/// <param name="Words">What it can't do, in a sentence.</param>
/// <param name="How">Who does what: <c>As a superuser</c>; a sentence of its own where there is no statement.</param>
/// <param name="Statement">To paste; null where one statement doesn't do.</param>
internal sealed record RightGap(string Words, string How, string? Statement)
{
    public GapKind Kind { get; init; }

    /// <summary>What else has to be done, or may be the matter.</summary>
    public string? Otherwise { get; init; }

    /// <summary>All of it in one line, for a plan.</summary>
    public string Sentence => Statement is null ? $"{Words} {How}" : string.Join(' ', new[] { $"{Words} {How}: {Statement}", Otherwise }.OfType<string>());

    /// <summary>For the doctor.</summary>
    public CheckupFinding Found(CheckupPart part, CheckupLevel level) =>
        new(part, level, Statement is null ? $"{Words} {How}" : $"{Words} {How}:", Statement) { Afterwards = Otherwise };
}
