using System.Collections.Immutable;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Steps;
using ChatBot.Steps.CancelQuery;
using ChatBot.Steps.EndLockBlocker;
using ChatBot.Steps.EndOpenTransactions;
using ChatBot.Steps.LimitRole;
using ChatBot.Steps.TerminateIdle;

namespace ChatBot.Tests.Steps;

/// <summary>The steps that change a target, on a server that is what the test says.</summary>
internal sealed class BrakeBench(ScriptedServer server, Func<ChatBotOptions, ChatBotOptions>? settings = null)
{
    public ChatBotOptions Options { get; } = (settings ?? (options => options))(Configuration.Given.Read(Configuration.Given.Smallest()).Options!);

    public IReadOnlyList<IChangingStep> Steps => field ??= All(new TargetServers([server]), Options);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Views and types need no server.</summary>
    public static IReadOnlyList<IChangingStep> All(TargetServers servers, ChatBotOptions options) =>
    [
        new TerminateIdleStep(servers, options),
        new EndTransactionsStep(servers, options),
        new EndBlockerStep(servers, options),
        new CancelStatementsStep(servers, options),
        new LimitAccountStep(servers, options),
    ];

    public IChangingStep Step(string type) => Steps.Single(step => step.Type.Name == type);

    public async Task<T> DrawUpAsync<T>(string type, string parameters = "", Incident? incident = null, Plan? toUndo = null)
        where T : Mitigation
    {
        var step = Step(type);
        var set = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='));
        foreach (var pair in set)
        {
            Assert.True(step.Type.AllParameters.Single(parameter => parameter.Name == pair[0]).Allows(pair[1]), $"{type} doesn't allow {pair[0]}={pair[1]}.");
        }

        var request = new StepRequest(
            incident ?? Given.DrawingUp.Incident,
            new RunbookStep("mitigation-1-2", RunbookPhase.Immediate, "1.2", "Brake", Line: 1),
            new StepBinding(step.Type, set.ToImmutableSortedDictionary(pair => pair[0], pair => pair[1])),
            Options.Targets[Given.Target],
            Consumers: null)
        {
            ToUndo = toUndo,
        };
        return Assert.IsType<T>(await step.DrawUpAsync(request, Token));
    }

    public async Task<string> WhyNotAsync(string type, string parameters = "") =>
        (await Assert.ThrowsAsync<ImpossiblePlanException>(() => DrawUpAsync<Mitigation>(type, parameters))).Message;

    /// <summary>Every effect of a plan, and a look at each, as the server was asked.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(Mitigation mitigation)
    {
        var step = Steps.Single(one => one.Kind.Name == mitigation.Name);
        var plan = PlanOf(mitigation);
        server.Asked.Clear();
        for (var number = 1; number <= mitigation.Steps; number++)
        {
            Assert.Equal(Outcome.Applied, (await step.ApplyAsync(plan, number, $"key-{number}", Token)).Outcome);
            Assert.Equal(Outcome.NotApplied, (await step.ObserveAsync(plan, number, $"key-{number}", Token)).Outcome);
        }

        return server.Asked;
    }

    /// <summary>Through its bytes, as a plan is carried out.</summary>
    public static Plan PlanOf(Mitigation mitigation) => Plan.FromBytes(
        new Plan(Given.ThePlan, Given.TheIncident, Given.Target, "PRODUCTION", mitigation, Given.Ana, Quorum: 1, Given.Noon, Given.Noon.AddMinutes(10)).ToBytes(),
        Given.Kinds);

    public static PinnedSession Idle(int number, double minutes) => Given.Session(number) with { For = TimeSpan.FromMinutes(minutes) };

    public static ConsumerGroup Group(string user, int count) => new(
        ForeignText.From($"{user}-api", 63), ForeignText.From(user, 63), ForeignText.From("orders", 63), default, count, 0, 0, 0, 0, 0, null, TimeSpan.Zero);
}
