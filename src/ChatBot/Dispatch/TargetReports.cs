using System.Collections.Concurrent;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Incidents.Findings.Logs;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Questions to a target, and their answers as commands. "No answer" is an answer too.</summary>
internal sealed partial class TargetReports(
    TargetServers servers,
    PgBouncerPoolsProbe poolers,
    ClusterQuestion clusters,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<TargetReports> logger)
{
    /// <summary>A refused login counts as news for so long: 1 minute.</summary>
    private static readonly TimeSpan RefusalIsNewsFor = TimeSpan.FromMinutes(1);

    /// <summary>The longest sentence about a pooler that doesn't answer; ours have less.</summary>
    private const int LongestProblem = 300;

    /// <summary>What changed is told from two looks. The earlier one is kept here, by target: a replica that has none takes two.</summary>
    private readonly ConcurrentDictionary<string, LookMark> _marks = new(StringComparer.Ordinal);

    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> UsageAsync(Incident incident, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        incident,
        StepType.ConnectionUsage,
        within,
        async token => new Report(new RecordUsage(await servers[incident.Target].CountAsync(token))),
        (reason, refused) => new RecordMissingUsage(reason) { RefusedLogins = refused },
        cancellationToken);

    /// <param name="ours">The limit that the incident set; null when it limits nobody.</param>
    /// <param name="within">How long the page lets it take.</param>
    public Task<Report> ConsumersAsync(Incident incident, LimitAccount? ours, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        incident,
        StepType.ConnectionConsumers,
        within,
        token => DiagnoseAsync(incident, ours, within, token),
        (reason, _) => new RecordMissingConsumers(reason),
        cancellationToken);

    private async Task<Report> DiagnoseAsync(Incident incident, LimitAccount? ours, TimeSpan within, CancellationToken cancellationToken)
    {
        var asked = AskPoolerAsync(incident.Target, cancellationToken);
        var workloads = clusters.AskAsync(options.Targets[incident.Target], within, cancellationToken);
        try
        {
            var look = await LookTwiceAsync(incident.Target, cancellationToken);
            var (pools, unseen) = await asked;
            var (cluster, gaps) = await workloads;
            var attribution = cluster is not null && look.Usage.SeesEverything ? AttributionRule.Of(look.Consumers, look.At, cluster) : null;
            var symptoms = Symptoms(look, Math.Max(RefusedLately(incident, clock.GetUtcNow()), look.Usage.RefusedLogins), pools, unseen);
            var verdict = await JudgeAsync(incident, symptoms with { Services = attribution, Unseen = [.. symptoms.Unseen, .. gaps] }, cluster, within, cancellationToken);
            verdict = OwnLimitRule.Apply(verdict, ours);
            var services = attribution is null ? null : ServiceFinding.Of(attribution, look.Consumers, incident) with
            {
                Suspect = SuspectRule.Of(look.Consumers, look.At, cluster!, verdict.Culprit),
            };
            var row = EvidenceRows.Diagnosis(incident.Id, new Diagnosis(look.Consumers, verdict) { Look = look, Pools = pools, Services = services });
            return new Report(
                new RecordConsumers(EvidenceRows.IdOf(row), look.Consumers.Sessions, look.Consumers.Endable)
                {
                    Server = look.Usage.Server,
                    Cause = KnownCause.Of(verdict),
                },
                [row]);
        }
        catch (TargetUnavailableException unavailable)
        {
            // That nobody gets in says something as well, and so does the pooler.
            var (pools, unseen) = await asked;
            if (unavailable.Reason is not UnavailableReason.Full && pools is null)
            {
                throw;
            }

            var verdict = VerdictRule.Judge(Symptoms(null, unavailable.RefusedLogins, pools, unseen) with { IsTurnedAway = unavailable.Reason is UnavailableReason.Refused });
            var nobody = new ConnectionConsumers([], 0, options.EndIdleSessions.IdleFor, 0);
            var row = EvidenceRows.Diagnosis(incident.Id, new Diagnosis(nobody, verdict) { Pools = pools });
            return new Report(new RecordMissingConsumers(unavailable.Message) { Evidence = EvidenceRows.IdOf(row), Cause = KnownCause.Of(verdict) }, [row]);
        }
    }

    /// <summary>Where the server has room, a service may still wait for its own pool: its log says so.</summary>
    private async Task<Verdict> JudgeAsync(Incident incident, Symptoms symptoms, ClusterLook? cluster, TimeSpan within, CancellationToken cancellationToken)
    {
        var verdict = VerdictRule.Judge(symptoms);
        if (verdict.Cause is not Cause.NotExhausted || cluster is null)
        {
            return verdict;
        }

        var (reading, gap) = await clusters.ReadLogsAsync(options.Targets[incident.Target], incident.VerifyingSince, within, cancellationToken);
        return VerdictRule.Judge(symptoms with
        {
            LogsRead = reading?.Containers > 0,
            Applications = reading is null ? [] : LogPools.Of(reading, cluster),
            Unseen = gap is null || cluster.Gaps.Count > 0 ? symptoms.Unseen : [.. symptoms.Unseen, gap], // what the look couldn't see is said already
        });
    }

    /// <summary>The pooler in front of the target, if there is one. Whatever goes wrong there, the diagnosis goes on without it.</summary>
    private async Task<(PoolerPools? Pools, Sentence? Unseen)> AskPoolerAsync(string target, CancellationToken cancellationToken)
    {
        if (!poolers.Has(target))
        {
            return (null, null);
        }

        try
        {
            return (await poolers.ReadAsync(target, cancellationToken), null);
        }
        catch (TargetUnavailableException unavailable)
        {
            return (null, Sentence.Of($"The pooler could not be asked: {ForeignText.From(unavailable.Message, LongestProblem)}"));
        }
    }

    /// <summary>The second look says what changed; whoever looked lately already has the first.</summary>
    private async Task<ServerLook> LookTwiceAsync(string target, CancellationToken cancellationToken)
    {
        var ages = options.EndIdleSessions.AllAges();
        var before = _marks.GetValueOrDefault(target);
        var request = new LookRequest(ages, before) { StillFor = options.Watch.StillFor };
        var look = await servers[target].LookAsync(request, cancellationToken);
        if (look.Since is null || look.Since.Span > 3 * options.Watch.ConsumersEvery)
        {
            var first = look;
            await Task.Delay(options.Watch.LookApart, clock, cancellationToken);
            look = await servers[target].LookAsync(request with { Before = first.Mark }, cancellationToken);
            look = look with
            {
                StartedAnew = look.StartedAnew || first.StartedAnew,
                Usage = look.Usage with { RefusedLogins = look.Usage.RefusedLogins + first.Usage.RefusedLogins }, // told once only
            };
        }

        _marks[target] = look.Mark;
        return look with { Processors = options.Targets[target].Processors };
    }

    private Symptoms Symptoms(ServerLook? look, int refusedLogins, PoolerPools? pools, Sentence? unseen) => new(look, refusedLogins, pools, Applications: [])
    {
        ExhaustedFrom = options.Watch.ReliefBelow,
        Unseen = unseen is null ? [] : [unseen],
    };

    // What was refused before the latest change, or before the bot got in without being refused, says nothing about now.
    private static int RefusedLately(Incident incident, DateTimeOffset now) => incident.Samples.Reverse()
        .TakeWhile(sample => sample.Usage.RefusedLogins > 0 && sample.At > now - RefusalIsNewsFor && !(sample.At < incident.VerifyingSince))
        .Sum(sample => sample.Usage.RefusedLogins);

    /// <summary>An incident waits for this: whatever goes wrong is "no answer", and a person can go on without it.</summary>
    private async Task<Report> AskAsync(
        Incident incident,
        StepType question,
        TimeSpan within,
        Func<CancellationToken, Task<Report>> ask,
        Func<string, int, IncidentCommand> missing,
        CancellationToken cancellationToken)
    {
        var target = incident.Target;
        if (!options.Targets.ContainsKey(target))
        {
            return new Report(missing($"{target} is not in the configuration any more.", 0));
        }

        if (incident.Steps.Any(step => step.Step.Type == question.Name && step is { Stage: PageStepStage.Running, By: not null }))
        {
            servers[target].Insist();
        }

        using var timeout = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Report(missing($"It took longer than {Duration.Format(within)}, so I stopped waiting.", 0));
        }
        catch (TargetUnavailableException unavailable)
        {
            return new Report(missing(unavailable.Message, unavailable.RefusedLogins));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(target, unforeseen);
            return new Report(missing($"{target} answered in a way I don't understand. My log says more.", 0));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Target} answered in a way nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
