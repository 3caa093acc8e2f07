using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Dispatch;

/// <summary>Questions to a target, and their answers as commands. "No answer" is an answer too.</summary>
internal sealed class TargetReports(
    ConnectionUsageProbe usage,
    ConnectionConsumersProbe consumers,
    IdleSessionsProbe idleSessions,
    PostgreSqlDoctor doctor,
    ChatBotOptions options)
{
    public async Task<Report> UsageAsync(string target, CancellationToken cancellationToken)
    {
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(new RecordMissingUsage(NotConfigured(target)));
        }

        try
        {
            return new Report(new RecordUsage(await usage.ReadAsync(target, cancellationToken)));
        }
        catch (TargetUnavailableException unavailable)
        {
            return new Report(new RecordMissingUsage(unavailable.Message));
        }
    }

    public async Task<Report> ConsumersAsync(IncidentId incident, string target, CancellationToken cancellationToken)
    {
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(new RecordMissingConsumers(NotConfigured(target)));
        }

        try
        {
            var known = await consumers.ReadAsync(target, options.EndIdleSessions.IdleFor, cancellationToken);
            var row = EvidenceRows.Consumers(incident, known);
            return new Report(new RecordConsumers(new EvidenceId(Guid.ParseExact(row.Id, "N")), known.Sessions, known.Endable), row);
        }
        catch (TargetUnavailableException unavailable)
        {
            return new Report(new RecordMissingConsumers(unavailable.Message));
        }
    }

    public async Task<Report> PlanAsync(DrawUpPlan draw, string target, CancellationToken cancellationToken)
    {
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(new RecordImpossiblePlan(draw.Plan, NotConfigured(target)));
        }

        try
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
        }
        catch (TargetUnavailableException unavailable)
        {
            return new Report(new RecordImpossiblePlan(draw.Plan, unavailable.Message));
        }
    }

    private static string NotConfigured(string target) => $"{target} is not in the configuration any more.";
}
