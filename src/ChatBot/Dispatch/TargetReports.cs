using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Questions to a target, and their answers as commands. "No answer" is an answer too.</summary>
internal sealed partial class TargetReports(
    TargetServers servers,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<TargetReports> logger)
{
    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> UsageAsync(string target, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        target,
        within,
        async token => new Report(new RecordUsage(await servers[target].CountAsync(token))),
        reason => new RecordMissingUsage(reason),
        cancellationToken);

    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> ConsumersAsync(IncidentId incident, string target, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        target,
        within,
        async token =>
        {
            var look = await servers[target].LookAsync(new LookRequest([options.EndIdleSessions.IdleFor], Before: null), token);
            var known = look.Consumers;
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
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(target, unforeseen);
            return new Report(missing($"{target} answered in a way I don't understand. My log says more."));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Target} answered in a way nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
