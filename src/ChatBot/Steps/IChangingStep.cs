using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps;

/// <summary>A step type that changes a target. Only <c>Dispatch/StepRunner</c> calls <see cref="ApplyAsync"/>, after an intent is on record.</summary>
internal interface IChangingStep
{
    /// <summary>Its <see cref="StepType.Mitigation"/> is the name of <see cref="Kind"/>.</summary>
    StepType Type { get; }

    MitigationKind Kind { get; }

    MitigationView View { get; }

    /// <summary>Reads from the target what the mitigation would change now. Changes nothing.</summary>
    /// <exception cref="ImpossiblePlanException">There is no plan; its message says why to a responder.</exception>
    /// <exception cref="Databases.TargetUnavailableException">There is no answer; its message says why to a responder.</exception>
    Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken);

    /// <summary>One conditional effect of an approved plan. Doing it twice does no more than doing it once.</summary>
    /// <param name="number">Which effect, from 1.</param>
    /// <param name="idempotencyKey">Marks this effect at the target.</param>
    /// <returns><see cref="Outcome.Ambiguous"/> when the target didn't answer.</returns>
    Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>After a crash: what became of the effect, as the target shows it. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only with proof that it did not happen and that all is still as approved.</returns>
    Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>Why there is no plan.</summary>
/// <param name="message">One sentence a responder can act on, in our own words.</param>
internal sealed class ImpossiblePlanException(string message) : Exception(message);
