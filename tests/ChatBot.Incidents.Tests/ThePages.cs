using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests;

/// <summary>Pages that tests open incidents with.</summary>
public static class ThePages
{
    public const string Usage = "diagnosis-1";
    public const string Consumers = "diagnosis-2";
    public const string Manual = "diagnosis-3";
    public const string Restart = "mitigation-1-1";
    public const string EndIdle = "mitigation-1-2";
    public const string Resize = "mitigation-2-1";
    public const string Pooler = "mitigation-2-2";
    public const string Replicas = "mitigation-3-1";
    public const string Practices = "mitigation-3-2";
    public const string Alerts = "mitigation-3-3";

    /// <summary>Only on <see cref="WithSlowStep"/>.</summary>
    public const string Logs = "diagnosis-5";

    /// <summary>Only on <see cref="WithTwoChanges"/>.</summary>
    public const string Another = "mitigation-1-3";

    /// <summary>The shape of the first runbook page: bound steps of every kind, and manual ones.</summary>
    public static readonly ChosenPage Standard = Page(
        Reads(Usage, StepType.ConnectionUsage),
        Reads(Consumers, StepType.ConnectionConsumers),
        ByHand(Manual, RunbookPhase.Diagnosis),
        ByHand("diagnosis-4", RunbookPhase.Diagnosis),
        ByHand(Restart, RunbookPhase.Immediate),
        Ends(EndIdle),
        ByHand(Resize, RunbookPhase.ShortTerm),
        Advises(Pooler, RunbookPhase.ShortTerm),
        Advises(Replicas, RunbookPhase.LongTerm),
        ByHand(Practices, RunbookPhase.LongTerm),
        ByHand(Alerts, RunbookPhase.LongTerm));

    /// <summary>With a step of the diagnosis that nobody waits for.</summary>
    public static readonly ChosenPage WithSlowStep = Page([.. Standard.Steps, new PageStep(Logs, RunbookPhase.Diagnosis, "leak-logs", StepWork.Reads, IsEssential: false, Mitigation: null)]);

    /// <summary>Two steps can be asked for, so that one can wait for the other; and four more, so that too many can.</summary>
    public static readonly ChosenPage WithTwoChanges = Page(
        [.. Standard.Steps, Ends(Another), .. Enumerable.Range(4, 5).Select(number => Ends($"mitigation-1-{number}"))]);

    /// <summary>Two different changes can be asked for.</summary>
    public static readonly ChosenPage WithBrake = Page(
        [.. Standard.Steps, new PageStep(Another, RunbookPhase.Immediate, "limit-role", StepWork.Changes, IsEssential: false, LimitAccount.StoredName)]);

    /// <summary>A service can be restarted: what that brings shows only when its pods are replaced.</summary>
    public static readonly ChosenPage WithRestart = Page([.. Standard.Steps, Restarts(Another, RunbookPhase.Immediate)]);

    /// <summary>Any team's page on the first day.</summary>
    public static readonly ChosenPage AllByHand = Page([.. Standard.Steps.Select(step => ByHand(step.Id, step.Phase))]);

    public static readonly ChosenPage Empty = Page();

    public static ChosenPage Page(params IReadOnlyList<PageStep> steps) => new("database-connection-pool-exhaustion", new string('b', 64), steps);

    public static PageStep Restarts(string id, RunbookPhase phase) => new(id, phase, "restart-service", StepWork.Changes, IsEssential: false, RestartService.StoredName);

    public static PageStep ByHand(string id, RunbookPhase phase) => new(id, phase, Type: null, Work: null, IsEssential: false, Mitigation: null);

    public static PageStep Reads(string id, StepType type) => new(id, RunbookPhase.Diagnosis, type.Name, type.Work, type.IsEssential, Mitigation: null);

    public static PageStep Advises(string id, RunbookPhase phase) => new(id, phase, "advise-something", StepWork.Advises, IsEssential: false, Mitigation: null);

    public static PageStep Ends(string id, RunbookPhase phase = RunbookPhase.Immediate) =>
        new(id, phase, "terminate-idle", StepWork.Changes, IsEssential: false, EndIdleSessions.StoredName);
}
