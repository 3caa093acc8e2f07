using System.Diagnostics.CodeAnalysis;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Steps;
using ChatBot.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Dispatch;

/// <summary>Bound steps of a page, and what came of them as a command. "No answer" is an answer too.</summary>
internal sealed partial class PageStepReports(
    StepCatalogue steps,
    Pages pages,
    TemporaryPlans temporary,
    IncidentStore store,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<PageStepReports> logger)
{
    public Task<Report> RunAsync(RunStepOfPage run, Incident incident, CancellationToken cancellationToken) => AskAsync(
        incident,
        run.Step,
        async (request, token) =>
        {
            var step = steps.FindReading(request.Binding.Type.Name) ?? throw new ImpossiblePlanException("This version of me can't take this step.");
            var found = await step.ReadAsync(request, token);
            var row = EvidenceRows.Found(incident.Id, step.EvidenceKind, found.Body);
            EvidenceRow[] files = [.. found.Files.Select(file => EvidenceRows.File(incident.Id, file))];
            var answer = new RecordPageStep(run.Step, run.Attempt, EvidenceRows.IdOf(row), [.. files.Select(EvidenceRows.IdOf)]);
            return new Report(answer, [row, .. files]);
        },
        reason => new RecordFailedPageStep(run.Step, run.Attempt, reason),
        cancellationToken);

    public Task<Report> PlanAsync(DrawUpPlan draw, Incident incident, CancellationToken cancellationToken) => AskAsync(
        incident,
        incident.FindPlan(draw.Plan)?.PageStep ?? "",
        async (request, token) =>
        {
            var step = steps.FindChanging(draw.Mitigation) ?? throw new ImpossiblePlanException("This version of me can't plan this.");
            var toUndo = await temporary.ReadAsync(incident, draw.Mitigation, token);
            var asked = request with { ToUndo = toUndo, Binding = Chosen(request.Binding, incident.FindPlan(draw.Plan)?.Choice) };
            var mitigation = await step.DrawUpAsync(asked, token);
            return new Report(new ProposePlan(draw.Plan, mitigation), [.. asked.Kept.Rows.Select(kept => EvidenceRows.Kept(incident.Id, kept))]);
        },
        reason => new RecordImpossiblePlan(draw.Plan, reason),
        cancellationToken);

    private static StepBinding Chosen(StepBinding binding, string? choice)
    {
        try
        {
            return choice is null ? binding : ChosenParameters.Over(binding, choice);
        }
        catch (FormatException notAllowed)
        {
            throw new ImpossiblePlanException(notAllowed.Message);
        }
    }

    /// <summary>An incident waits for this: whatever goes wrong is "no answer", and a person can go on without it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What nobody foresaw is logged, and is still no answer.")]
    private async Task<Report> AskAsync(
        Incident incident,
        string id,
        Func<StepRequest, CancellationToken, Task<Report>> ask,
        Func<string, IncidentCommand> missing,
        CancellationToken cancellationToken)
    {
        if (!options.Targets.TryGetValue(incident.Target, out var target))
        {
            return new Report(missing($"{incident.Target} is not in the configuration any more."));
        }

        var (page, known) = await store.ReadAsync(
            async (reader, _) => (
                await pages.OfAsync(reader, incident),
                incident.Consumers is { } consumers ? EvidenceRows.ReadDiagnosis(await reader.ReadEvidenceAsync(consumers.Evidence.ToString())) : null),
            cancellationToken);
        if (page?.Find(id) is not { Binding: { } binding } step)
        {
            return new Report(missing("This version of me can't read this step on the incident's page. Do it by hand."));
        }

        using var timeout = new CancellationTokenSource(binding.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ask(new StepRequest(incident, step, binding, target, known?.Consumers) { Services = known?.Services }, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Report(missing($"It took longer than {Duration.Format(binding.Timeout)}, so I stopped waiting."));
        }
        catch (Exception expected) when (expected is TargetUnavailableException or ClusterUnavailableException or ImpossiblePlanException)
        {
            return new Report(missing(expected.Message));
        }
        catch (PostgresException refused)
        {
            LogRefused(binding.Type.Name, incident.Target, refused.SqlState); // not the server's text, which can quote anything
            return new Report(missing($"{incident.Target} refused the question ({refused.SqlState}). Look the code up in the server's log."));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(binding.Type.Name, incident.Target, unforeseen);
            return new Report(missing($"{incident.Target} answered in a way I don't understand. My log says more."));
        }
    }

    [LoggerMessage(LogLevel.Error, "Step {Type}: {Target} refused a question with {SqlState}")]
    private partial void LogRefused(string type, string target, string sqlState);

    [LoggerMessage(LogLevel.Error, "Step {Type} on {Target} ended in a way nobody foresaw")]
    private partial void LogUnforeseen(string type, string target, Exception unforeseen);
}
