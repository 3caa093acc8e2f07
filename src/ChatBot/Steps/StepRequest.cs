using System.Text.Json.Serialization;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Steps;

/// <summary>What a step is asked, and what is known already.</summary>
/// <param name="Binding">The page's parameters.</param>
/// <param name="Consumers">Who holds the connections, as last seen; null while unknown.</param>
internal sealed record StepRequest(Incident Incident, RunbookStep Step, StepBinding Binding, TargetOptions Target, ConnectionConsumers? Consumers)
{
    /// <summary>Whose services' the sessions are, as last seen; null where no cluster told.</summary>
    public ServiceFinding? Services { get; init; }

    /// <summary>The service that the last diagnosis suspects; null when it suspects none.</summary>
    public string? Suspect => Services?.Suspect;

    /// <summary>The incident's plan of the same kind whose change is still there; null when there is none. Only for a step that changes something.</summary>
    public Plan? ToUndo { get; init; }

    /// <summary>For what the plan would destroy. Only for a step that changes something.</summary>
    public KeptEvidence Kept { get; } = new();

    /// <summary>For a step type that knows no other engine's questions yet.</summary>
    /// <exception cref="ImpossiblePlanException">The target is no PostgreSQL.</exception>
    public void OnlyForPostgreSql()
    {
        if (Target.Engine is not DatabaseEngine.PostgreSql)
        {
            throw new ImpossiblePlanException("This step reads PostgreSQL only so far. Do it by hand.");
        }
    }
}

/// <summary>What a step found.</summary>
/// <param name="Body">JSON (<c>StoredJson.Options</c>); text of strangers only as <see cref="ForeignText"/>. Kept in the evidence store.</param>
/// <param name="Files">What people can take away; they go to the thread.</param>
internal sealed record StepReading(string Body, IReadOnlyList<StepFile> Files);

/// <param name="Name">Such as <c>pgbouncer.ini</c>; at most 100 characters.</param>
/// <param name="Text">At most 100,000 characters from a step; a report may have 1,000,000 bytes in UTF-8. Of a picture, what it shows, for whoever can't see it. No secrets.</param>
internal sealed record StepFile(string Name, string Text)
{
    /// <summary>A PNG of at most 1,000,000 bytes; null for text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Picture { get; init; }

    /// <param name="shows">The same facts in words.</param>
    public static StepFile Image(string name, byte[] png, string shows) => new(name, shows) { Picture = png };
}
