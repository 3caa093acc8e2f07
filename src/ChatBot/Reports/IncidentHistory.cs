using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>An incident's log, taken event by event: as much of it as a report shows, in bounded memory.</summary>
/// <remarks>
/// The same measurement is taken every few seconds; only the first, the first after a silence or a change, the fullest and the
/// last are told. Each effect of a plan stands in the appendix instead of the timeline.
/// </remarks>
internal sealed class IncidentHistory
{
    /// <summary>Lines of the timeline kept from the beginning, and as many from the end.</summary>
    private const int KeptAtEachEnd = 1_000;

    private readonly List<HistoryLine> _head = [];
    private readonly Queue<HistoryLine> _tail = [];
    private readonly Dictionary<PlanId, PlanTimes> _plans = [];
    private readonly Dictionary<Person, int> _presses = [];
    private readonly HashSet<PlanId> _queued = [];
    private bool _wasSuperseded;
    private HistoryLine? _peakLine;
    private HistoryLine? _lastLine;
    private bool _usageIsNews = true;
    private bool _consumersAreNews = true;
    private bool _usageIsMissing;
    private bool _consumersAreMissing;

    /// <summary>As the events so far tell it; null before the first.</summary>
    public Incident? Incident { get; private set; }

    /// <summary>More verdicts than these nobody compares: 8.</summary>
    private const int MostCauses = 8;

    private readonly List<KnownDiagnosis> _causes = [];

    /// <summary>How many events there were.</summary>
    public long Events { get; private set; }

    /// <summary>When the last event was recorded.</summary>
    public DateTimeOffset LastAt { get; private set; }

    public UsageSample? FirstUsage { get; private set; }

    /// <summary>The fullest; of several the first.</summary>
    public UsageSample? PeakUsage { get; private set; }

    public UsageSample? LastUsage { get; private set; }

    /// <summary>Who held the connections when it was first known.</summary>
    public KnownConsumers? FirstConsumers { get; private set; }

    /// <summary>What the cause was held to be, each time that changed; the first and the last ones.</summary>
    public IReadOnlyList<KnownDiagnosis> Causes => _causes;

    /// <summary>When a change first brought relief; null while none did.</summary>
    public DateTimeOffset? FirstRelief { get; private set; }

    /// <summary>What each person pressed or typed and was accepted, the busiest first.</summary>
    public IEnumerable<KeyValuePair<Person, int>> Presses =>
        _presses.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.ToString(), StringComparer.Ordinal);

    /// <summary>Lines that <see cref="Lines"/> leaves out, from its middle.</summary>
    public long LeftOut { get; private set; }

    /// <summary>In the log's order.</summary>
    public IReadOnlyList<HistoryLine> Lines =>
        [.. _head.Concat(_tail).Append(_peakLine).Append(_lastLine).OfType<HistoryLine>().DistinctBy(line => line.Number).OrderBy(line => line.Number)];

    /// <summary>All that is told refers to; each once.</summary>
    public IEnumerable<EvidenceId> Evidence => new EvidenceId?[] { FirstConsumers?.Evidence, Incident?.Consumers?.Evidence, Incident?.End?.Reason }
        .Concat(_causes.Select(known => (EvidenceId?)known.Evidence))
        .Concat(Incident?.Steps.SelectMany(step => step.Files.Select(file => (EvidenceId?)file).Append(step.Evidence).Append(step.Note)) ?? [])
        .Concat(_head.Concat(_tail).SelectMany(line => MentionedBy(line.Event)))
        .OfType<EvidenceId>()
        .Distinct();

    /// <summary>When what happened to a plan; empty for one that is unknown.</summary>
    public PlanTimes TimesOf(PlanId plan) => _plans.GetValueOrDefault(plan) ?? new PlanTimes();

    /// <summary>Every plan, in the order in which they were asked for.</summary>
    public IEnumerable<PlanProgress> Plans => Incident is { } incident ? incident.PastPlans.Append(incident.Plan).OfType<PlanProgress>() : [];

    /// <param name="number">Its place in the log, from 1.</param>
    /// <exception cref="InvalidOperationException">The event cannot follow: the log is not one of ours, or is damaged.</exception>
    public void Add(long number, IncidentEvent happened)
    {
        Incident = Incident.Evolve(Incident, happened);
        (Events, LastAt) = (number, happened.At);
        CountPress(happened);
        Remember(happened);

        var line = new HistoryLine(number, happened);
        if (happened is UsageMeasured measured)
        {
            Measure(measured, line);
        }

        if (IsTold(happened))
        {
            Keep(line);
        }
    }

    private void Measure(UsageMeasured measured, HistoryLine line)
    {
        var sample = new UsageSample(measured.At, measured.Usage);
        FirstUsage ??= sample;
        LastUsage = sample;
        _lastLine = line;
        if (PeakUsage is null || sample.Usage.Used > PeakUsage.Usage.Used)
        {
            (PeakUsage, _peakLine) = (sample, line);
        }
    }

    private void RememberCause()
    {
        if (Incident!.Diagnosis is not { } known || (_causes is [.., var last] && last.Cause.Cause == known.Cause.Cause))
        {
            return;
        }

        if (_causes.Count == MostCauses)
        {
            _causes.RemoveAt(MostCauses / 2);
        }

        _causes.Add(known);
        _consumersAreNews = true;
    }

    private void Remember(IncidentEvent happened)
    {
        RememberCause();
        switch (happened)
        {
            case ConsumersMeasured:
                FirstConsumers ??= Incident!.Consumers;
                break;
            case ReliefVerified relief:
                FirstRelief ??= relief.At;
                break;
            case MitigationAsked asked:
                Times(asked.Plan).AskedAt = asked.At;
                break;
            case PlanProposed proposed:
                Times(proposed.Plan).ProposedIn = Events;
                break;
            case ApprovalGiven given:
                Times(given.Plan).Approvals.Add(new DatedApproval(given.By, given.Via, given.At));
                break;
            case PlanApproved approved:
                (Times(approved.Plan).BegunAt, Times(approved.Plan).BegunIn) = (approved.At, Events);
                break;
            case StepIntended intended:
                Times(intended.Plan).Effect(intended.Step).Intend(intended.At, intended.IdempotencyKey);
                break;
            case StepResent resent:
                Times(resent.Plan).Effect(resent.Step).ResentAt = resent.At;
                break;
            case StepFinished finished:
                Times(finished.Plan).Effect(finished.Step).FinishedAt = finished.At;
                break;
            case MitigationFinished finished:
                Times(finished.Plan).EndedAt = finished.At;
                break;
            case PlanRejected or PlanCancelled or PlanExpired or PlanOvertaken or PlanSuperseded or MitigationNotPossible:
                Times(Incident!.PastPlans[^1].Id).EndedAt = happened.At;
                break;
            case ServerChanged when Incident!.PastPlans is [.., { Withdrawn: WithdrawnBecause.ServerChanged or WithdrawnBecause.NotPossible } last]:
                Times(last.Id).EndedAt ??= happened.At;
                break;
        }
    }

    private bool IsTold(IncidentEvent happened)
    {
        switch (happened)
        {
            case UsageMeasured:
                (_usageIsNews, var isNews) = (false, _usageIsNews);
                _usageIsMissing = false;
                return isNews;
            case UsageMissing:
                (_usageIsMissing, var wasMissing) = (true, _usageIsMissing);
                _usageIsNews = true;
                return !wasMissing;
            case ConsumersMeasured:
                (_consumersAreNews, var areNews) = (false, _consumersAreNews);
                _consumersAreMissing = false;
                return areNews;
            case ConsumersMissing:
                (_consumersAreMissing, var wereMissing) = (true, _consumersAreMissing);
                _consumersAreNews = true;
                return !wereMissing;
            case MitigationFinished:
                (_usageIsNews, _consumersAreNews) = (true, true);
                return true;
            default:
                return happened is not (StepIntended or StepFinished);
        }
    }

    private void Keep(HistoryLine line)
    {
        if (_head.Count < KeptAtEachEnd)
        {
            _head.Add(line);
            return;
        }

        _tail.Enqueue(line);
        if (_tail.Count > KeptAtEachEnd)
        {
            _tail.Dequeue();
            LeftOut++;
        }
    }

    private void CountPress(IncidentEvent happened)
    {
        // A request that waited was pressed when it was queued, one for a fresh plan when the old one was withdrawn for it.
        var isEcho = happened is MitigationAsked asked && (_wasSuperseded || _queued.Contains(asked.Plan));
        if (PressedBy(happened) is { } by && !isEcho)
        {
            _presses[by] = _presses.GetValueOrDefault(by) + 1;
        }

        _wasSuperseded = happened is PlanSuperseded;
        if (happened is MitigationQueued queued)
        {
            _queued.Add(queued.Plan);
        }
    }

    /// <summary>Null when the bot did it.</summary>
    public static Person? PressedBy(IncidentEvent happened) => happened switch
    {
        IncidentOpened opened => opened.By,
        ResponderJoined joined => joined.By,
        IncidentAssigned assigned => assigned.By,
        DiagnosisStarted started => started.By,
        PageStepStarted started => started.By,
        PageStepTakenByHand taken => taken.By,
        PageStepDone done => done.By,
        PageStepSkipped skipped => skipped.By,
        FollowUpAssigned followUp => followUp.By,
        MitigationAsked asked => asked.By,
        MitigationQueued queued => queued.By,
        MitigationUnqueued taken => taken.By,
        ApprovalGiven given => given.By,
        PlanRejected rejected => rejected.By,
        PlanCancelled cancelled => cancelled.By,
        PlanSuperseded superseded => superseded.By,
        IncidentResolved resolved => resolved.By,
        IncidentAborted aborted => aborted.By,
        _ => null,
    };

    private static IEnumerable<EvidenceId?> MentionedBy(IncidentEvent happened) => happened switch
    {
        PageStepDone done => [done.Note],
        PageStepSkipped skipped => [skipped.Note],
        RolloutSeen seen => [seen.Warning],
        PageStepAnswered answered => answered.Files.Select(file => (EvidenceId?)file),
        _ => [],
    };

    private PlanTimes Times(PlanId plan)
    {
        if (!_plans.TryGetValue(plan, out var times))
        {
            _plans[plan] = times = new PlanTimes();
        }

        return times;
    }
}

/// <summary>One event of the log that the timeline tells.</summary>
/// <param name="Number">Its place in the log, from 1.</param>
internal sealed record HistoryLine(long Number, IncidentEvent Event);
