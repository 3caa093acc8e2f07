using ChatBot.Incidents;
using ChatBot.Steps;

namespace ChatBot.Dispatch;

/// <summary>The report of an incident.</summary>
internal sealed class IncidentReport
{
    public Task<IReadOnlyList<StepFile>> WriteAsync(IncidentId incident, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StepFile>>([]);
}
