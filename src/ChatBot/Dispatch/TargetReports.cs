using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Dispatch;

/// <summary>Questions to a target, and their answers as commands. "No answer" is an answer too.</summary>
internal sealed partial class TargetReports(
    ConnectionUsageProbe usage,
    ConnectionConsumersProbe consumers,
    IdleSessionsProbe idleSessions,
    PostgreSqlDoctor doctor,
    ChatBotOptions options,
    ILogger<TargetReports> logger)
{
    public Task<Report> UsageAsync(string target, CancellationToken cancellationToken) => AskAsync(
        target,
        async () => new Report(new RecordUsage(await usage.ReadAsync(target, cancellationToken))),
        reason => new RecordMissingUsage(reason));

    public Task<Report> ConsumersAsync(IncidentId incident, string target, CancellationToken cancellationToken) => AskAsync(
        target,
        async () =>
        {
            var known = await consumers.ReadAsync(target, options.EndIdleSessions.IdleFor, cancellationToken);
            var row = EvidenceRows.Consumers(incident, known);
            return new Report(new RecordConsumers(new EvidenceId(Guid.ParseExact(row.Id, "N")), known.Sessions, known.Endable), row);
        },
        reason => new RecordMissingConsumers(reason));

    public Task<Report> PlanAsync(DrawUpPlan draw, string target, CancellationToken cancellationToken) => AskAsync(
        target,
        async () =>
        {
            // Without its rights the bot can't pin what it would change, so there is no plan to approve.
            var rights = await doctor.CheckAsync(target, cancellationToken);
            if (!rights.CanEndSessions)
            {
                return new Report(new RecordImpossiblePlan(
                    draw.Plan,
                    rights.Findings.FirstOrDefault(finding => finding.Blocks)?.Sentence ?? $"The bot's role on {target} lacks rights."));
            }

            var idleFor = options.EndIdleSessions.IdleFor;
            var found = await idleSessions.ReadAsync(target, idleFor, options.EndIdleSessions.MaxSessions, cancellationToken);
            return new Report(new ProposePlan(draw.Plan, new EndIdleSessions(found.ServerStartedAt, idleFor, found.Sessions, found.More)));
        },
        reason => new RecordImpossiblePlan(draw.Plan, reason));

    /// <summary>An incident waits for this: whatever goes wrong is "no answer", and a person can go on without it.</summary>
    private async Task<Report> AskAsync(string target, Func<Task<Report>> ask, Func<string, IncidentCommand> missing)
    {
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(missing($"{target} is not in the configuration any more."));
        }

        try
        {
            return await ask();
        }
        catch (TargetUnavailableException unavailable)
        {
            return new Report(missing(unavailable.Message));
        }
        catch (PostgresException refused)
        {
            LogRefused(target, refused.SqlState); // not the server's text, which can quote anything
            return new Report(missing($"{target} refused the question ({refused.SqlState}). Look the code up in the server's log."));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(target, unforeseen);
            return new Report(missing($"{target} answered in a way I don't understand. My log says more."));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Target} refused a question with {SqlState}")]
    private partial void LogRefused(string target, string sqlState);

    [LoggerMessage(LogLevel.Error, "{Target} answered in a way nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
