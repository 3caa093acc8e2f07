using ChatBot.Incidents;

namespace ChatBot.Steps;

/// <summary>What a plan would destroy, put aside while it is drawn up; stored together with the plan.</summary>
internal sealed class KeptEvidence
{
    private readonly List<KeptRow> _rows = [];

    public IReadOnlyList<KeptRow> Rows => _rows;

    /// <param name="kind">Its stored name, with a version.</param>
    /// <param name="body">JSON (<c>StoredJson.Options</c>).</param>
    /// <returns>What the plan names it by.</returns>
    public EvidenceId Keep(string kind, string body)
    {
        var id = new EvidenceId(Guid.CreateVersion7());
        _rows.Add(new KeptRow(id, kind, body));
        return id;
    }
}

internal sealed record KeptRow(EvidenceId Id, string Kind, string Body);
