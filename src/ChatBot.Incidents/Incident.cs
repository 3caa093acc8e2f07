using System.Collections.Immutable;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents;

/// <summary>One incident as its events tell it. Replaying the same events gives the same incident and causes nothing.</summary>
public sealed record Incident(IncidentId Id, string Target, string Environment, string Channel, Person OpenedBy, DateTimeOffset OpenedAt)
{
    /// <summary>As many measurements as the trend and the relief need; older ones are in the log.</summary>
    public const int SamplesKept = 240;

    public IncidentState State { get; init; } = IncidentState.Opened;

    /// <summary>How many events it is made of.</summary>
    public long Version { get; init; }

    /// <summary>How often the diagnosis was run.</summary>
    public int Run { get; init; }

    /// <summary>The latest measurements, oldest first.</summary>
    public ImmutableArray<UsageSample> Samples { get; init; } = [];

    /// <summary>The server that all of this is about; null until one said which it is.</summary>
    public AnsweringServer? Server { get; init; }

    /// <summary>The latest time that another server took its place, or it was restarted; null when neither was seen.</summary>
    public ServerChange? ServerChange { get; init; }

    /// <summary>Set while the target does not answer.</summary>
    public MissingAnswer? UsageMissing { get; init; }

    /// <summary>When the target last gave no answer; null when it always did.</summary>
    public DateTimeOffset? LastSilence { get; init; }

    /// <summary>Who holds the connections; null until it is known.</summary>
    public KnownConsumers? Consumers { get; init; }

    /// <summary>Set when the last attempt to learn who holds the connections failed.</summary>
    public MissingAnswer? ConsumersMissing { get; init; }

    /// <summary>Why connections run out, as last judged; null until then.</summary>
    public KnownDiagnosis? Diagnosis { get; init; }

    /// <summary>The page it follows; null in logs from before there were pages.</summary>
    public FollowedPage? Page { get; init; }

    /// <summary>Every step of the page, in its order; empty in logs from before there were pages.</summary>
    public ImmutableArray<PageStepProgress> Steps { get; init; } = [];

    /// <summary>Who leads the response.</summary>
    public Person Lead { get; init; } = OpenedBy;

    /// <summary>Who came to it by starting it once more; each once, in the order they came.</summary>
    public ImmutableArray<Person> Joined { get; init; } = [];

    /// <summary>A mitigation could be chosen at least once.</summary>
    public bool WasConcluded { get; init; }

    /// <summary>Mitigations asked for while another change was under way, in the order they were asked for.</summary>
    public ImmutableArray<QueuedMitigation> Queue { get; init; } = [];

    /// <summary>The plan at hand; null when none is drawn up, waiting or running.</summary>
    public PlanProgress? Plan { get; init; }

    /// <summary>Plans that are over, oldest first.</summary>
    public ImmutableArray<PlanProgress> PastPlans { get; init; } = [];

    /// <summary>What plans changed for the incident only, and nobody took back yet: at most one of each kind, the oldest first.</summary>
    public ImmutableArray<TemporaryChange> Temporary { get; init; } = [];

    /// <summary>The last measurement before the latest plan ran; null when there is none.</summary>
    public UsageSample? Before { get; init; }

    /// <summary>The rise before the latest plan ran, in sessions a minute; null when unknown.</summary>
    public double? RateBefore { get; init; }

    /// <summary>When the last step of the latest plan had its outcome.</summary>
    public DateTimeOffset? VerifyingSince { get; init; }

    /// <summary>The pods that are replaced because of the latest plan, as last seen; null before that, and where it replaces none.</summary>
    public SeenRollout? Rollout { get; init; }

    /// <summary>
    /// From when on measurements tell whether it rises as before: the latest relief, because the fall right after the
    /// change is no trend; the change itself while it brought none. Null before the first.
    /// </summary>
    public DateTimeOffset? RiseSince { get; init; }

    /// <summary>When the relief was verified, and with which measurement.</summary>
    public UsageSample? Relieved { get; init; }

    /// <summary>The relief held for as long as it was to be watched.</summary>
    public bool WatchHeld { get; init; }

    /// <summary>Who ended it, and when; null while it is open.</summary>
    public IncidentEnd? End { get; init; }

    public bool IsOpen => State is not (IncidentState.Resolved or IncidentState.Aborted);

    public UsageSample? Latest => Samples.IsEmpty ? null : Samples[^1];

    /// <summary>The measurements since the latest change, all if there was none: the fall right after a change is no trend.</summary>
    public ImmutableArray<UsageSample> SinceChange => RiseSince is { } since ? Samples.RemoveAll(sample => sample.At < since) : Samples;

    /// <summary>How fast the target fills, since the latest change.</summary>
    public UsageTrend Trend => UsageTrend.Of(SinceChange);

    /// <summary>
    /// The target's slots are counted while it is open: the page says so, or something was changed, and without counting nobody
    /// could say what that brought.
    /// </summary>
    public bool Measures => Page is null || VerifyingSince is not null || Steps.Any(step => step.Step.Type == StepType.ConnectionUsage.Name);

    /// <summary>Something that a choice depends on has no answer yet.</summary>
    public bool IsPending => Steps.Any(step => step.Step.IsEssential && !step.HasEnded);

    /// <summary>As many steps of the diagnosis have a message from the start; the rest of a long page is a list.</summary>
    public const int MessagesAtOnce = 12;

    /// <summary>The step has a message of its own in the thread.</summary>
    public bool HasMessage(PageStepProgress step) =>
        step.Attempt > 0 || step.Stage is not PageStepStage.Waiting || step.At is not null
        || Steps.Where(other => other.Step.Phase is RunbookPhase.Diagnosis).Take(MessagesAtOnce).Any(first => first.Id == step.Id);

    /// <summary>The steps of this part stand in the thread as a list: mitigations as soon as one can be chosen, a diagnosis only when it is long.</summary>
    public bool HasList(RunbookPhase phase)
    {
        var count = Steps.Count(step => step.Step.Phase == phase);
        return phase is RunbookPhase.Diagnosis ? count > MessagesAtOnce : WasConcluded && count > 0;
    }

    /// <summary>Null when the page has no such step.</summary>
    public PageStepProgress? FindStep(string id) => Steps.FirstOrDefault(step => step.Id == id);

    /// <summary>An answer to this attempt still counts: it is open, and the step was not run again, taken or skipped meanwhile.</summary>
    public bool Awaits(string id, int attempt) => IsOpen && FindStep(id) is { Stage: PageStepStage.Running } step && step.Attempt == attempt;

    /// <summary>Why a step would do harm here; null when it wouldn't, as far as anybody knows.</summary>
    /// <remarks>A step that would take back what it changed before does none: the diagnosis judges it by what it did.</remarks>
    public string? WhyHarmful(PageStepProgress step) =>
        step.Step.Mitigation is { } mitigation && TemporaryOf(mitigation) is not null ? null : WhyHarmfulAnew(step);

    /// <summary>The same, of a plan that takes nothing back.</summary>
    public string? WhyHarmfulAnew(PageStepProgress step) =>
        Diagnosis?.Cause.Harmful.FirstOrDefault(harmful => harmful.Step == step.Step.Type)?.Why;

    /// <summary>Why a plan that nobody asked for in spite of a warning would do harm by now; null when it wouldn't, as far as anybody knows.</summary>
    public string? WhyHarmful(PlanProgress plan) =>
        !plan.Anyway && plan.PageStep is { } id && FindStep(id) is { } step ? WhyHarmful(step) : null;

    /// <summary>Pods are being replaced because of the latest plan: what it brought can't be told yet.</summary>
    public bool AwaitsRollout(DateTimeOffset now) =>
        IsOpen && Plan is null && PastPlans is [.., { Stage: PlanStage.Finished, RollsOut: not null, TookEffect: true }]
        && Rollout is not { Look.IsSettled: true } && VerifyingSince is { } since && now - since < RolloutRule.WaitAtMost;

    /// <summary>From when on a measurement tells what the latest plan brought; null before the first plan.</summary>
    public DateTimeOffset? EffectSince => Rollout is { Look.IsSettled: true } settled && settled.At > VerifyingSince ? settled.At : VerifyingSince;

    /// <summary>Whether the runbook allows this move now.</summary>
    public bool Can(IncidentTrigger trigger) => IncidentLifecycle.Can(State, trigger);

    /// <summary>What a plan of this kind changed for the incident only; null when nothing of it stays.</summary>
    public TemporaryChange? TemporaryOf(string mitigation) => Temporary.FirstOrDefault(change => change.Mitigation == mitigation);

    /// <summary>What was to be taken back by now, still stays, is not being taken back, and nobody was told so far.</summary>
    public IEnumerable<TemporaryChange> FallingDue(DateTimeOffset now) => IsOpen
        ? Temporary.Where(change => now >= change.Due
            && FindPlan(change.Plan) is { UndoFellDueAt: null }
            && !(Plan is { Stage: PlanStage.Running, Lasting: Lasting.Undo } running && running.Mitigation == change.Mitigation))
        : [];

    /// <summary>The plan with this id, at hand or past; null when the incident has none.</summary>
    public PlanProgress? FindPlan(PlanId id) =>
        Plan?.Id == id ? Plan : PastPlans.FirstOrDefault(past => past.Id == id);

    /// <summary>The whole incident from its log; null from an empty one.</summary>
    public static Incident? Replay(IEnumerable<IncidentEvent> events) =>
        events.Aggregate<IncidentEvent, Incident?>(null, Evolve);

    /// <exception cref="InvalidOperationException">The event cannot follow: the log is not one of ours, or is damaged.</exception>
    public static Incident Evolve(Incident? incident, IncidentEvent happened)
    {
        if (happened is IncidentOpened opened)
        {
            return incident is null
                ? new Incident(opened.Incident, opened.Target, opened.Environment, opened.Channel, opened.By, opened.At) { Version = 1 }
                : throw new InvalidOperationException($"Incident {incident.Id} was opened twice.");
        }

        return incident is null
            ? throw new InvalidOperationException("A log begins with the opening of its incident.")
            : incident.Apply(happened) with { Version = incident.Version + 1 };
    }

    private Incident Apply(IncidentEvent happened) => happened switch
    {
        PageChosen chosen => this with
        {
            Page = new FollowedPage(chosen.Name, chosen.Hash),
            Steps = [.. chosen.Steps.Select(step => new PageStepProgress(step))],
        },
        ResponderJoined joined => this with { Joined = Joined.Add(joined.By) },
        IncidentAssigned assigned => this with { Lead = assigned.Lead },
        DiagnosisStarted started => Diagnose(started),
        UsageMeasured measured => Measure(measured),
        ServerChanged changed => StartOver(changed),
        UsageMissing missing => this with
        {
            UsageMissing = new MissingAnswer(UsageMissing?.Since ?? missing.At, missing.Reason) { RefusedLogins = missing.RefusedLogins },
            LastSilence = missing.At,
            Steps = Answer(StepType.ConnectionUsage, missing.At, missing.Reason),
        },
        ConsumersMeasured known => this with
        {
            Consumers = new KnownConsumers(known.Evidence, known.At, known.Sessions, known.Endable),
            ConsumersMissing = null,
            Diagnosis = known.Cause is { } cause ? new KnownDiagnosis(known.Evidence, known.At, cause) : Diagnosis,
            Steps = Answer(StepType.ConnectionConsumers, known.At, problem: null),
        },
        ConsumersMissing missing => this with
        {
            ConsumersMissing = new MissingAnswer(missing.At, missing.Reason),
            Diagnosis = missing is { Evidence: { } left, Cause: { } cause } ? new KnownDiagnosis(left, missing.At, cause) : Diagnosis,
            Steps = Answer(StepType.ConnectionConsumers, missing.At, missing.Reason),
        },
        DiagnosisConcluded concluded => Move(IncidentTrigger.Conclude) with { WasConcluded = true, Steps = WasConcluded ? Steps : Advise(concluded.At) },
        PageStepStarted started => With(started.Step, step => step.Start(Version + 1, started.At, started.By)),
        PageStepAnswered answered => With(answered.Step, step => step with
        {
            Stage = PageStepStage.Answered,
            At = answered.At,
            By = null,
            Evidence = answered.Evidence,
            Files = [.. answered.Files],
        }),
        PageStepFailed failed => With(failed.Step, step => step with { Stage = PageStepStage.Failed, At = failed.At, By = null, Problem = failed.Reason }),
        PageStepTakenByHand taken => With(taken.Step, step => step with { Stage = PageStepStage.ByHand, At = taken.At, By = taken.By, Note = null }),
        PageStepDone done => With(done.Step, step => step with { Stage = PageStepStage.Done, At = done.At, By = done.By, Note = done.Note }),
        PageStepSkipped skipped => With(skipped.Step, step => step with { Stage = PageStepStage.Skipped, At = skipped.At, By = skipped.By, Note = skipped.Note }),
        FollowUpAssigned followUp => With(followUp.Step, step => step with
        {
            Owner = followUp.Owner,
            Due = followUp.Due,
            Stage = step.IsClosed ? PageStepStage.Waiting : step.Stage, // it was done, and is now to be undone
        }),
        MitigationAsked asked => this with
        {
            Plan = new PlanProgress(asked.Plan, asked.Mitigation, asked.By) { PageStep = asked.Step, Anyway = asked.Anyway, Choice = asked.Choice },
            Queue = Queue.RemoveAll(queued => queued.Plan == asked.Plan),
        },
        MitigationQueued queued => this with { Queue = Queue.Add(new QueuedMitigation(queued.Plan, queued.Step, queued.By) { Anyway = queued.Anyway, Choice = queued.Choice }) },
        MitigationUnqueued taken => this with { Queue = Queue.RemoveAll(queued => queued.Plan == taken.Plan) },
        MitigationNotPossible not => Shelve(Plan! with { Problem = not.Reason }, WithdrawnBecause.NotPossible, by: null),
        PlanProposed proposed => Move(IncidentTrigger.Propose) with { Plan = Propose(Plan!, proposed) },
        ApprovalGiven given => this with { Plan = Plan! with { Approvals = Plan.Approvals.Add(new Approval(given.By, given.Via)) } },
        PlanHeld held => this with { Plan = Plan! with { Held = new ChangeUnderWay(held.Other, held.For) } },
        PlanApproved => Move(IncidentTrigger.Approve) with
        {
            Plan = Plan! with { Stage = PlanStage.Running, Held = null },
            Before = Latest,
            RateBefore = Trend.PerMinute,
        },
        PlanRejected rejected => Move(IncidentTrigger.Withdraw).Shelve(Plan!, WithdrawnBecause.Rejected, rejected.By),
        PlanCancelled cancelled => Move(IncidentTrigger.Withdraw).Shelve(Plan!, WithdrawnBecause.Cancelled, cancelled.By),
        PlanExpired => Move(IncidentTrigger.Withdraw).Shelve(Plan!, WithdrawnBecause.Expired, by: null),
        PlanOvertaken => Move(IncidentTrigger.Withdraw).Shelve(Plan!, WithdrawnBecause.Overtaken, by: null),
        PlanSuperseded superseded => Move(IncidentTrigger.Withdraw).Shelve(Plan!, WithdrawnBecause.Superseded, superseded.By),
        StepIntended intended => this with { Plan = Plan!.With(intended.Step, step => step with { Intended = true }) },
        StepResent resent => this with { Plan = Plan!.With(resent.Step, step => step with { Resent = true }) },
        StepFinished finished => this with
        {
            Plan = Plan!.With(finished.Step, step => step with { Result = new StepResult(finished.Outcome, finished.Detail) }),
        },
        RolloutSeen seen => this with { Rollout = new SeenRollout(seen.At, seen.Look, seen.Warning) },
        MitigationFinished finished => (IsOpen ? Move(IncidentTrigger.Finish) with { VerifyingSince = finished.At, RiseSince = finished.At, Rollout = null } : this) with
        {
            Plan = null,
            PastPlans = PastPlans.Add(Plan! with { Stage = PlanStage.Finished, FinishedAt = finished.At }),
            Temporary = finished.UndoDue is { } due ? Without(Plan!.Mitigation).Add(new TemporaryChange(finished.Plan, Plan.Mitigation, Plan.PageStep, due))
                : Plan is { Lasting: Lasting.Undo, TookEffect: true } ? Without(Plan.Mitigation)
                : Temporary,
        },
        UndoFellDue fell => this with
        {
            PastPlans = [.. PastPlans.Select(plan => plan.Id == fell.Plan ? plan with { UndoFellDueAt = fell.At } : plan)],
        },
        ReliefVerified relief => Move(IncidentTrigger.Relieve) with
        {
            Relieved = new UsageSample(relief.At, relief.After),
            RiseSince = relief.At,
            WatchHeld = false,
            Steps = AdviseOnceMore(relief.At),
        },
        ReliefMissing => Move(IncidentTrigger.Persist),
        RefillSeen refill => Move(IncidentTrigger.Refill) with { Run = Run + 1, Steps = StartAll(refill.At, by: null), Relieved = null, WatchHeld = false },
        Incidents.WatchHeld => this with { WatchHeld = true },
        IncidentResolved resolved => Move(IncidentTrigger.Resolve).CloseDown(resolved.At) with { End = new IncidentEnd(resolved.By, resolved.At, Reason: null) },
        IncidentAborted aborted => Move(IncidentTrigger.Abort).CloseDown(aborted.At) with { End = new IncidentEnd(aborted.By, aborted.At, aborted.Reason) },
        _ => throw new InvalidOperationException($"Incident {Id} doesn't know what {happened.GetType().Name} means."),
    };

    private Incident Measure(UsageMeasured measured)
    {
        // Hundreds of samples share what is known of their server: a thousand incidents have to fit into memory.
        var server = measured.Usage.Server is { } said && said != Server ? said : Server;
        return this with
        {
            Server = server,
            Samples = Append(new UsageSample(measured.At, measured.Usage with { Server = measured.Usage.Server is null ? null : server })),
            UsageMissing = null,
            Steps = Answer(StepType.ConnectionUsage, measured.At, problem: null),
        };
    }

    // What is known is another server's, and so is what a plan names. A plan that runs still gets its outcomes: its pins tell.
    private Incident StartOver(ServerChanged changed)
    {
        var left = this with
        {
            Server = changed.Now,
            ServerChange = new ServerChange(changed.At, changed.Former, changed.Now),
            Samples = [],
            Consumers = null,
            ConsumersMissing = null,
            Diagnosis = null,
            Before = null,
            RateBefore = null,
            RiseSince = null,
            Relieved = null,
            WatchHeld = false,
            Plan = Plan is { Stage: PlanStage.Running } running ? running with { IsUnmeasurable = true } : Plan,
            PastPlans = PastPlans is [.., { Stage: PlanStage.Finished } last] ? PastPlans.SetItem(PastPlans.Length - 1, last with { IsUnmeasurable = true }) : PastPlans,
        };
        left = Plan switch
        {
            { Stage: PlanStage.Proposed } waiting => left.Move(IncidentTrigger.Withdraw).Shelve(waiting, WithdrawnBecause.ServerChanged, by: null),
            { Stage: PlanStage.DrawnUp } asked => left.Shelve(asked with { Problem = "Another server answers by now." }, WithdrawnBecause.NotPossible, by: null),
            _ => left,
        };
        return State switch
        {
            IncidentState.Stabilized => left.Move(IncidentTrigger.Refill) with { Run = Run + 1, Steps = StartAll(changed.At, by: null) },
            IncidentState.Diagnosing => left with { Run = Run + 1, Steps = StartAll(changed.At, by: null) },
            _ => left,
        };
    }

    private Incident Diagnose(DiagnosisStarted started) =>
        Move(State is IncidentState.Opened ? IncidentTrigger.StartDiagnosis : IncidentTrigger.Rerun) with
        {
            Run = started.Run,
            Steps = StartAll(started.At, started.By),
        };

    // What people took over is theirs, unless a person wants all of it again.
    private ImmutableArray<PageStepProgress> StartAll(DateTimeOffset at, Person? by) => [.. Steps.Select(step =>
        step.Step is { Phase: RunbookPhase.Diagnosis, Work: StepWork.Reads } && (by is not null || !IsInHands(step)) ? step.Start(Version + 1, at, by) : step)];

    // The evidence is freshest now, and nobody waits for it.
    private ImmutableArray<PageStepProgress> Advise(DateTimeOffset at) => [.. Steps.Select(step =>
        step is { Step.Work: StepWork.Advises, Stage: PageStepStage.Waiting } ? step.Start(Version + 1, at, by: null) : step)];

    // The fullest moment is known by now. What people ran again or took over meanwhile is theirs.
    private ImmutableArray<PageStepProgress> AdviseOnceMore(DateTimeOffset at) => [.. Steps.Select(step =>
        step is { Step.Work: StepWork.Advises, Stage: PageStepStage.Answered or PageStepStage.Failed, Attempt: 1 } ? step.Start(Version + 1, at, by: null) : step)];

    // Measured again and again: the step shows where that stands, until a person takes it.
    private ImmutableArray<PageStepProgress> Answer(StepType type, DateTimeOffset at, string? problem)
    {
        var stage = problem is null ? PageStepStage.Answered : PageStepStage.Failed;
        return [.. Steps.Select(step => step.Step.Type != type.Name || IsInHands(step) || (step.Stage == stage && step.Problem == problem)
            ? step
            : step with { Stage = stage, At = at, By = null, Problem = problem })];
    }

    private static bool IsInHands(PageStepProgress step) => step.Stage is PageStepStage.ByHand or PageStepStage.Done or PageStepStage.Skipped;

    private ImmutableArray<TemporaryChange> Without(string mitigation) => Temporary.RemoveAll(change => change.Mitigation == mitigation);

    private Incident With(string id, Func<PageStepProgress, PageStepProgress> change) => this with
    {
        Steps = [.. Steps.Select(step => step.Id == id ? change(step) : step)],
    };

    private Incident Move(IncidentTrigger trigger) => this with { State = IncidentLifecycle.After(State, trigger) };

    private Incident Shelve(PlanProgress plan, WithdrawnBecause because, Person? by) => this with
    {
        Plan = null,
        PastPlans = PastPlans.Add(plan with { Stage = PlanStage.Withdrawn, Withdrawn = because, WithdrawnBy = by }),
    };

    // A running plan keeps its place: a step whose effect has left still gets its outcome.
    private Incident CloseDown(DateTimeOffset at)
    {
        var ended = Plan is { Stage: PlanStage.DrawnUp or PlanStage.Proposed } waiting ? Shelve(waiting, WithdrawnBecause.IncidentEnded, by: null) : this;
        return ended with
        {
            Queue = [],
            Steps = [.. Steps.Select(step => step.Stage is PageStepStage.Running ? BreakOff(step, at) : step)],
        };
    }

    // What an earlier attempt found is still there.
    private static PageStepProgress BreakOff(PageStepProgress step, DateTimeOffset at) => step.Evidence is not null
        ? step with { Stage = PageStepStage.Answered, At = at, By = null }
        : step with { Stage = PageStepStage.Failed, At = at, By = null, Problem = "The incident ended before there was an answer." };

    private static PlanProgress Propose(PlanProgress plan, PlanProposed proposed) => plan with
    {
        Stage = PlanStage.Proposed,
        Hash = proposed.Hash,
        Quorum = proposed.Quorum,
        Lasting = proposed.Lasting,
        UndoDue = proposed.UndoDue,
        RollsOut = proposed.RollsOut,
        ProposedAt = proposed.At,
        ExpiresAt = proposed.ExpiresAt,
        Steps = [.. Enumerable.Repeat(new StepProgress(), proposed.Steps)],
    };

    private ImmutableArray<UsageSample> Append(UsageSample sample) =>
        (Samples.Length < SamplesKept ? Samples : Samples.RemoveAt(0)).Add(sample);
}

/// <summary>One measurement and its moment.</summary>
public sealed record UsageSample(DateTimeOffset At, ConnectionUsage Usage);

/// <summary>The page an incident follows.</summary>
/// <param name="Name">Its file name without its ending.</param>
/// <param name="Hash">SHA-256 of its bytes, 64 lower-case hex digits.</param>
public sealed record FollowedPage(string Name, string Hash);

/// <summary>A change that a plan made for the incident only.</summary>
/// <param name="Plan">Whose bytes tell what there was before.</param>
/// <param name="PageStep">The step that takes it back, asked for again; null in logs from before there were pages.</param>
/// <param name="Due">When it is to be taken back.</param>
public sealed record TemporaryChange(PlanId Plan, string Mitigation, string? PageStep, DateTimeOffset Due);

/// <summary>A request that waits until the change before it is over.</summary>
public sealed record QueuedMitigation(PlanId Plan, string Step, Person By)
{
    /// <summary>The person was told that it does harm here, and wants it all the same.</summary>
    public bool Anyway { get; init; }

    /// <inheritdoc cref="AskForMitigation.Choice"/>
    public string? Choice { get; init; }
}

/// <summary>Why connections run out, and where the words and names are.</summary>
public sealed record KnownDiagnosis(EvidenceId Evidence, DateTimeOffset At, KnownCause Cause);

/// <summary>How far the pods are replaced, and since when it is known.</summary>
/// <param name="Warning">Where the cluster's own warning is; null when it gave none.</param>
public sealed record SeenRollout(DateTimeOffset At, RolloutLook Look, EvidenceId? Warning);

/// <summary>What could not be learnt.</summary>
/// <param name="Since">When it was first missing.</param>
/// <param name="Reason">Why it is missing now.</param>
public sealed record MissingAnswer(DateTimeOffset Since, string Reason)
{
    /// <inheritdoc cref="UsageMissing.RefusedLogins"/>
    public int RefusedLogins { get; init; }
}

/// <summary>Who holds the connections: the figures, and where the names are.</summary>
public sealed record KnownConsumers(EvidenceId Evidence, DateTimeOffset At, int Sessions, int Endable);

/// <param name="Reason">Where the person's words are; null when there were none.</param>
public sealed record IncidentEnd(Person By, DateTimeOffset At, EvidenceId? Reason);
