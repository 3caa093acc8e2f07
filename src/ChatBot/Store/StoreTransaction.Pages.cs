namespace ChatBot.Store;

/// <content>Runbook pages, and what is left to do after an incident.</content>
internal sealed partial class StoreTransaction
{
    /// <summary>Keeps a page for good; a page that is there already stays as it is.</summary>
    /// <param name="hash">SHA-256 of the bytes, in hex.</param>
    public Task AddPageAsync(string hash, ReadOnlyMemory<byte> bytes) => Session.ExecuteAsync(
        "insert into pages (hash, bytes, at) values (@hash, @bytes, @at) on conflict (hash) do nothing",
        new { hash, bytes = bytes.ToArray(), at = NowMilliseconds });

    /// <summary>Makes a step somebody's to do, or somebody else's, or until another day.</summary>
    public Task SaveFollowUpAsync(NewFollowUp followUp) => Session.ExecuteAsync(
        """
        insert into followups (incident_id, step, target, owner_team, owner_user, due, is_open)
        values (@IncidentId, @Step, @Target, @OwnerTeam, @OwnerUser, @due, 1)
        on conflict (incident_id, step) do update
           set owner_team = excluded.owner_team,
               owner_user = excluded.owner_user,
               due        = excluded.due,
               is_open    = 1
        """,
        new
        {
            followUp.IncidentId,
            followUp.Step,
            followUp.Target,
            followUp.OwnerTeam,
            followUp.OwnerUser,
            due = followUp.Due.ToUnixTimeMilliseconds(),
        });

    /// <summary>Takes a follow-up off the list; nothing happens when there is none.</summary>
    public Task CloseFollowUpAsync(string incidentId, string step) => Session.ExecuteAsync(
        "update followups set is_open = 0 where incident_id = @incidentId and step = @step",
        new { incidentId, step });
}
