namespace ChatBot.Store;

/// <content>Plans, and the guards around their effects.</content>
internal sealed partial class StoreTransaction
{
    /// <summary>Stores a plan's bytes for good.</summary>
    public Task AddPlanAsync(PlanRow plan) => Session.ExecuteAsync(
        """
        insert into plans (id, incident_id, bytes, hash, expires_at, created_at)
        values (@Id, @IncidentId, @bytes, @hash, @expiresAt, @createdAt)
        """,
        new
        {
            plan.Id,
            plan.IncidentId,
            bytes = plan.Bytes.ToArray(),
            hash = plan.Hash.ToArray(),
            expiresAt = plan.ExpiresAt.ToUnixTimeMilliseconds(),
            createdAt = NowMilliseconds,
        });

    /// <summary>Stores a person's decision on a plan.</summary>
    /// <returns>False when this person decided on it before; then nothing changes.</returns>
    public async Task<bool> AddApprovalAsync(string planId, string person, string decision) => await Session.ExecuteAsync(
        """
        insert into approvals (plan_id, person, decision, at)
        values (@planId, @person, @decision, @at)
        on conflict (plan_id, person) do nothing
        """,
        new { planId, person, decision, at = NowMilliseconds }) == 1;

    /// <summary>Starts the execution of a plan: the one it will ever have, and the one its target has now.</summary>
    /// <returns>False when the plan was executed before, or the target has an unfinished execution.</returns>
    public async Task<bool> AddExecutionAsync(string planId, string target) => await Session.ExecuteAsync(
        """
        insert into executions (plan_id, target, started_at)
        values (@planId, @target, @at)
        on conflict do nothing
        """,
        new { planId, target, at = NowMilliseconds }) == 1;

    /// <returns>False when it was finished before, or never started.</returns>
    public async Task<bool> FinishExecutionAsync(string planId) => await Session.ExecuteAsync(
        "update executions set finished_at = @at where plan_id = @planId and finished_at is null",
        new { planId, at = NowMilliseconds }) == 1;

    /// <summary>Stores what is about to be done. Commit, and only then do it.</summary>
    /// <param name="fence">Of the work that will do it; see <see cref="EnsureHeldAsync"/>.</param>
    /// <returns>False when this step has an intent already: don't do it, look at what became of the first.</returns>
    public async Task<bool> AddIntentAsync(string planId, string step, string idemKey, long fence) => await Session.ExecuteAsync(
        """
        insert into intents (plan_id, step, idem_key, fence, at)
        values (@planId, @step, @idemKey, @fence, @at)
        on conflict (plan_id, step) do nothing
        """,
        new { planId, step, idemKey, fence, at = NowMilliseconds }) == 1;

    /// <summary>Counts one more attempt, after the evidence proved that the effect did not happen.</summary>
    /// <param name="atMost">Attempts in all, the first included.</param>
    /// <returns>False when there are no attempts left, or an outcome is known.</returns>
    public async Task<bool> RepeatIntentAsync(string planId, string step, long fence, int atMost) => await Session.ExecuteAsync(
        """
        update intents
           set attempts = attempts + 1,
               fence = @fence
         where plan_id = @planId
           and step = @step
           and outcome is null
           and attempts < @atMost
        """,
        new { planId, step, fence, atMost }) == 1;

    /// <summary>Stores what became of an intent, once and for good.</summary>
    /// <returns>False when its outcome was known; then nothing changes.</returns>
    /// <exception cref="InvalidOperationException">There is no such intent: an effect went round the protocol.</exception>
    public async Task<bool> AddOutcomeAsync(string planId, string step, string outcome)
    {
        var stored = await Session.ExecuteAsync(
            """
            update intents
               set outcome = @outcome,
                   outcome_at = @at
             where plan_id = @planId
               and step = @step
               and outcome is null
            """,
            new { planId, step, outcome, at = NowMilliseconds }) == 1;

        return stored || (await ReadIntentsAsync(planId)).Any(intent => intent.Step == step)
            ? stored
            : throw new InvalidOperationException($"Step {step} of plan {planId} has no intent.");
    }
}
