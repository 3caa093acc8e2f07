namespace ChatBot.Incidents.Tests;

/// <summary>One line of a table of refusals: who tries what, when, and how the sentence begins.</summary>
public sealed record RefusalCase(Story Story, IncidentCommand Command, string Reason, Facts? Facts = null)
{
    public static TheoryDataRow<RefusalCase> Row(string label, Story story, IncidentCommand command, string reason, Facts? facts = null) =>
        new(new RefusalCase(story, command, reason, facts)) { Label = label };

    /// <summary>Refused for that reason, and tried again it is refused the same way: a refusal changes nothing.</summary>
    public void Verify()
    {
        var before = Story.MaybeIncident;
        Assert.StartsWith(Reason, Story.Refusal(Command, Facts), StringComparison.Ordinal);
        Assert.StartsWith(Reason, Story.Refusal(Command, Facts), StringComparison.Ordinal);
        Assert.Same(before, Story.MaybeIncident);
    }
}
