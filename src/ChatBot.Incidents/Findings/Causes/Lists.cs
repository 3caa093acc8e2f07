namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Several things in one sentence.</summary>
internal static class Lists
{
    /// <summary>"a, b and c".</summary>
    /// <param name="all">At least one.</param>
    public static Sentence Of(IEnumerable<Sentence> all) => all.ToArray() switch
    {
        [var only] => only,
        [.. var first, var last] => Sentence.Of($"{Of(first, ", ")} and {last}"),
        _ => Sentence.Empty,
    };

    /// <summary>With a comma or the like between them.</summary>
    public static Sentence Of(IEnumerable<Sentence> all, string between) => all.Aggregate((list, next) => Join(list, between, next));

    private static Sentence Join(Sentence list, string between, Sentence next) => new([.. list.Parts, new SentencePart(between), .. next.Parts]);
}
