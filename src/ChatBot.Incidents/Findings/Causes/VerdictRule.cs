namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Names the cause.</summary>
public static class VerdictRule
{
    public static Verdict Judge(Symptoms symptoms) => new(
        Cause.Undetermined,
        new LayerNumbers(Layer.Server, default, symptoms.Look?.Usage.Used ?? 0, symptoms.Look?.Usage.Capacity ?? 0),
        Sentence.Of($"Nothing that was seen explains it."),
        [],
        [],
        [])
    {
        Unseen = symptoms.Unseen,
    };
}
