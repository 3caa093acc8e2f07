using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Dispatch;

/// <summary>Questions to a target, and their answers as commands. "No answer" is an answer too.</summary>
internal sealed partial class TargetReports(
    ConnectionUsageProbe usage,
    ConnectionConsumersProbe consumers,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<TargetReports> logger)
{
    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> UsageAsync(string target, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        target,
        within,
        async token => new Report(new RecordUsage(await usage.ReadAsync(target, token))),
        reason => new RecordMissingUsage(reason),
        cancellationToken);

    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> ConsumersAsync(IncidentId incident, string target, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        target,
        within,
        async token =>
        {
            var known = await consumers.ReadAsync(target, options.EndIdleSessions.IdleFor, token);
            var row = EvidenceRows.Consumers(incident, known);
            return new Report(new RecordConsumers(EvidenceRows.IdOf(row), known.Sessions, known.Endable), [row]);
        },
        reason => new RecordMissingConsumers(reason),
        cancellationToken);

    /// <summary>An incident waits for this: whatever goes wrong is "no answer", and a person can go on without it.</summary>
    private async Task<Report> AskAsync(
        string target,
        TimeSpan within,
        Func<CancellationToken, Task<Report>> ask,
        Func<string, IncidentCommand> missing,
        CancellationToken cancellationToken)
    {
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(missing($"{target} is not in the configuration any more."));
        }

        using var timeout = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Report(missing($"It took longer than {Duration.Format(within)}, so I stopped waiting."));
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
