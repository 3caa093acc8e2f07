using ChatBot.Configuration;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Steps;
using ChatBot.Steps.TerminateIdle;
using ChatBot.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.Tests.Dispatch;

/// <summary>A step that fails in whatever way is an answer, with a reason that a responder can act on.</summary>
public sealed class PageStepReportsTests
{
    private const string Page =
        """
        # Too many connections

        ## Diagnosis

        1. Count them <!-- step: connection-usage -->
        2. Ask somebody <!-- step: scripted id=scripted timeout=30s -->

        ## Mitigation

        1. Immediate actions:
           - End the idle ones <!-- step: terminate-idle id=end-idle -->
        """;

    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly PlanId ThePlan = new(new Guid("01936c5e-0000-7000-8000-000000000001"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Fact]
    public async Task An_answer_is_evidence_of_its_kind_and_its_files_are_evidence_of_their_own()
    {
        var report = await RunAsync((_, _) => Task.FromResult(new StepReading("{\"a\":1}", [new StepFile("a.txt", "A"), new StepFile("b.txt", "B")])));

        var answer = Assert.IsType<RecordPageStep>(report.Command);
        Assert.Equal(("scripted", 1), (answer.Step, answer.Attempt));
        Assert.Equal(["scripted/1", "file/1", "file/1"], report.Evidence.Select(row => row.Kind));
        Assert.Equal(report.Evidence.Select(EvidenceRows.IdOf), answer.Files.Prepend(answer.Evidence));
    }

    [Fact]
    public async Task Whatever_goes_wrong_is_a_failure_with_a_reason_and_no_words_of_strangers()
    {
        Assert.Equal("The server is full.", await FailureAsync((_, _) => throw new ImpossiblePlanException("The server is full.")));
        Assert.Equal("orders-db answered in a way I don't understand. My log says more.", await FailureAsync((_, _) => throw new FormatException("canary-9")));
        Assert.Equal("orders-db answered in a way I don't understand. My log says more.", await FailureAsync((_, _) => Task.FromException<StepReading>(new InvalidOperationException("canary-9"))));
    }

    [Fact]
    public async Task A_step_that_hangs_is_given_up_when_its_time_on_the_page_is_over()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = FailureAsync(
            async (_, token) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                throw new InvalidOperationException("Nobody gave up.");
            },
            clock);
        await asked.Task;

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(failure.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("It took longer than 30s, so I stopped waiting.", await failure);
    }

    [Fact]
    public async Task A_program_that_stops_reports_nothing()
    {
        using var stopping = new CancellationTokenSource();
        var run = RunAsync(
            async (_, token) =>
            {
                await stopping.CancelAsync();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("It wasn't told.");
            },
            token: stopping.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_step_of_another_version_or_a_target_that_left_is_left_to_people()
    {
        await using var bench = await OpenAsync((_, _) => throw new InvalidOperationException());
        var reports = Reports(bench);
        var incident = await bench.IncidentAsync(Id);

        var unknown = Assert.IsType<RecordFailedPageStep>((await reports.RunAsync(new RunStepOfPage("of-a-newer-page", 1), incident, DispatchBench.Token)).Command);
        Assert.Equal("This version of me can't read this step on the incident's page. Do it by hand.", unknown.Reason);
        var gone = Assert.IsType<RecordFailedPageStep>((await reports.RunAsync(new RunStepOfPage("scripted", 1), incident with { Target = "gone-db" }, DispatchBench.Token)).Command);
        Assert.Equal("gone-db is not in the configuration any more.", gone.Reason);
    }

    [Fact]
    public async Task A_target_that_nobody_understands_makes_no_plan()
    {
        await using var server = new OddServer();
        await using var bench = await OpenAsync(
            (_, _) => throw new InvalidOperationException(),
            new PostgreSqlTarget("orders-db", "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = Npgsql.SslMode.Disable });
        var incident = await bench.IncidentAsync(Id);
        incident = incident with { Plan = new PlanProgress(ThePlan, "terminate-idle/1", Ana) { PageStep = "end-idle" } };

        var report = await Reports(bench).PlanAsync(new DrawUpPlan(ThePlan, "terminate-idle/1"), incident, DispatchBench.Token);

        Assert.StartsWith("orders-db ", Assert.IsType<RecordImpossiblePlan>(report.Command).Reason, StringComparison.Ordinal);
    }

    /// <summary>What is to be undone is read from the bytes that were carried out, not from anybody's memory.</summary>
    [Fact]
    public async Task A_step_is_told_what_it_changed_for_this_incident_only()
    {
        await using var bench = await OpenAsync((_, _) => throw new InvalidOperationException());
        var may = bench.Facts.ForResult(DispatchBench.Target) with { Target = new TargetPolicy("PRODUCTION", TargetMode.Act, HasApprovers: true), Standing = Standing.Approver };
        await bench.DoAsync(Id, new RecordUsage(Incidents.Tests.Given.Usage(93)), facts: may);
        await bench.DoAsync(Id, new AskForMitigation(ThePlan, "end-idle", Ana), facts: may);
        await bench.DoAsync(Id, new ProposePlan(ThePlan, Incidents.Tests.Given.EndIdle(2)), facts: may);
        var step = new RememberingStep();
        var reports = new PageStepReports(new StepCatalogue([], [step]), bench.Pages, new TemporaryPlans(bench.Store, bench.Steps), bench.Store, bench.Options, TimeProvider.System, NullLogger<PageStepReports>.Instance);
        var incident = (await bench.IncidentAsync(Id)) with { Plan = new PlanProgress(Incidents.Tests.Given.NextPlan, EndIdleSessions.StoredName, Ana) { PageStep = "end-idle" } };

        var change = new TemporaryChange(ThePlan, EndIdleSessions.StoredName, "end-idle", DateTimeOffset.UnixEpoch);
        foreach (var now in new[] { incident, incident with { Temporary = [change with { Mitigation = LimitAccount.StoredName }] }, incident with { Temporary = [change] } })
        {
            await reports.PlanAsync(new DrawUpPlan(Incidents.Tests.Given.NextPlan, EndIdleSessions.StoredName), now, DispatchBench.Token);
        }

        Assert.Equal([null, null, ThePlan], step.Told.Select(done => done?.Id));
        Assert.Equal(2, step.Told[2]!.Mitigation.Steps);
    }

    private sealed class RememberingStep : IChangingStep
    {
        public List<Plan?> Told { get; } = [];

        public StepType Type { get; } = new("terminate-idle", StepWork.Changes, "remembers what it is told") { Mitigation = EndIdleSessions.StoredName };

        public MitigationKind Kind => EndIdleSessions.Kind;

        public MitigationView View { get; } = new EndIdleSessionsView(new EndIdleSessionsOptions());

        public Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
        {
            Told.Add(request.ToUndo);
            return Task.FromResult<Mitigation>(Incidents.Tests.Given.EndIdle(1));
        }

        public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private static async Task<string> FailureAsync(Func<StepRequest, CancellationToken, Task<StepReading>> read, TimeProvider? clock = null)
    {
        var report = await RunAsync(read, clock);
        Assert.Empty(report.Evidence);
        return Assert.IsType<RecordFailedPageStep>(report.Command).Reason;
    }

    private static async Task<Report> RunAsync(
        Func<StepRequest, CancellationToken, Task<StepReading>> read, TimeProvider? clock = null, CancellationToken? token = null)
    {
        await using var bench = await OpenAsync(read);
        return await Reports(bench, clock).RunAsync(new RunStepOfPage("scripted", 1), await bench.IncidentAsync(Id), token ?? DispatchBench.Token);
    }

    private static async Task<DispatchBench> OpenAsync(Func<StepRequest, CancellationToken, Task<StepReading>> read, params IReadOnlyList<PostgreSqlTarget> targets)
    {
        var bench = await DispatchBench.OpenAsync(settings: Given.Smallest(), page: Page, reading: [new ScriptedStep(read)], targets: targets);
        await bench.OpenIncidentAsync(Id, Ana);
        return bench;
    }

    private static PageStepReports Reports(DispatchBench bench, TimeProvider? clock = null) =>
        new(bench.Steps, bench.Pages, new TemporaryPlans(bench.Store, bench.Steps), bench.Store, bench.Options, clock ?? TimeProvider.System, NullLogger<PageStepReports>.Instance);

    private sealed class ScriptedStep(Func<StepRequest, CancellationToken, Task<StepReading>> read) : IReadingStep
    {
        public StepType Type { get; } = new("scripted", StepWork.Reads, "does as the test says");

        public string EvidenceKind => "scripted/1";

        public Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken) => read(request, cancellationToken);

        public IReadOnlyList<Mrkdwn> Draw(string body) => [];
    }
}
