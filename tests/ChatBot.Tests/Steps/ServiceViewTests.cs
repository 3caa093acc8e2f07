using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.Views;
using ChatBot.Steps;
using ChatBot.Steps.HoldRollout;
using ChatBot.Steps.RestartPods;
using ChatBot.Steps.ScaleDown;
using ChatBot.Steps.SetPoolSize;
using ChatBot.Tests.Slack.Views;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Steps;

/// <summary>What people read of the plans that change a service: on the card, before they approve, and afterwards.</summary>
public class ServiceViewTests
{
    private static readonly Dictionary<string, MitigationView> Views = new()
    {
        [RestartService.StoredName] = new RestartServiceView(),
        [PauseRollout.StoredName] = new PauseRolloutView(),
        [ScaleWorkload.StoredName] = new ScaleDownView(),
        [ResizePool.StoredName] = new ResizePoolView(),
    };

    private static readonly Dictionary<string, Mitigation> Plans = new()
    {
        ["restart-service"] = Restarted with { Slots = 0 },
        ["restart-service, none may be missing"] = Restarted with { Strategy = new RolloutStrategy(Surge: 2, Unavailable: 0, IsRecreate: false) },
        ["restart-service, all at once"] = Restarted with { Strategy = new RolloutStrategy(Surge: 0, Unavailable: 4, IsRecreate: true), Slots = 0, Replicas = 1 },
        ["restart-service, with room to make"] = RestartedWithRoom,
        ["pause-rollout"] = Paused,
        ["pause-rollout, undo"] = Paused with { Pause = false, Workload = TheWorkload with { Cluster = "" } },
        ["scale-down, to none"] = ScaledDown,
        ["scale-down, to some"] = ScaledDown with { To = 3 },
        ["scale-down, undo"] = ScaledDown with { From = 0, To = 4, IsUndo = true },
        ["resize-pool, in a connection string, under Argo CD"] = Resized,
        ["resize-pool, larger, installed by Helm"] = Resized with { From = 10, To = 12, Slots = 10, Reverter = new WorkloadOwner("Helm", default, Reverts: false), Setting = Resized.Setting with { Key = "DB_POOL", Parameter = "", Cluster = "" } },
        ["resize-pool, in a ConfigMap, undo"] = ResizeUndone,
    };

    public static readonly TheoryData<string> Names = [.. Plans.Keys];

    /// <summary>To change a wording: run with UPDATE_GOLDEN=1, then read the difference as somebody would at 3 a.m. on a phone.</summary>
    [Fact]
    public void Every_plan_reads_as_agreed() => Golden.AssertSame(
        "golden-service-plans.txt",
        Plans.SelectMany(plan => (IEnumerable<(string, string)>)
        [
            ($"{plan.Key}, Proposed", Drawn(plan.Value, PlanStage.Proposed, Outcome.Applied)),
            ($"{plan.Key}, Finished", Drawn(plan.Value, PlanStage.Finished, Outcome.Applied)),
        ]));

    [Fact]
    public void Every_rollout_reads_as_agreed() => Golden.AssertSame(
        "golden-rollouts.txt",
        from one in ((RolloutStage Stage, IncidentState State, string Why, int Warned, string Warning)[])
        [
            (RolloutStage.Running, IncidentState.Verifying, "", 0, ""),
            (RolloutStage.Running, IncidentState.Verifying, "A pod crashes again and again; its log says why.", 0, ""),
            (RolloutStage.Running, IncidentState.Verifying, "No node has room for a pod.", 12, "FailedScheduling: 0/3 nodes are available: 3 Insufficient memory."),
            (RolloutStage.Running, IncidentState.Verifying, "", 1, "<!channel>: *restart* it, <@U0EVIL>"), // a reason that nobody knows
            (RolloutStage.Running, IncidentState.Verifying, "No node has room for a pod.", 12, ""), // erased
            (RolloutStage.Unseen, IncidentState.Verifying, "The API server gave no answer within 10s.", 0, ""),
            (RolloutStage.Done, IncidentState.Verifying, "", 0, ""),
            (RolloutStage.Stuck, IncidentState.Verifying, "Somebody paused it.", 0, ""),
            (RolloutStage.Stuck, IncidentState.Verifying, "No more pods can be made: the quota of the namespace is used up.", 1, "FailedCreate: Error creating: pods \"checkout-api-5f\" is forbidden: exceeded quota: small"),
            (RolloutStage.Stuck, IncidentState.Deciding, "A pod crashes again and again; its log says why.", 0, ""),
        ]
        let seen = Seen(new RolloutLook("checkout-api", one.Stage, 2, 3, 4, one.Why) { Warned = one.Warned }) with { State = one.State }
        let context = Cards.Context() with { Mitigations = Views, Warning = ForeignText.From(one.Warning, 400) }
        select ($"{one.Stage}, {one.State}, {one.Why} {one.Warning}".TrimEnd(), SeenText.Of(Cards.Card(seen, context))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_within_Slacks_limits_whatever_became_of_it(string name)
    {
        var (plan, view) = (Plans[name], Views[Plans[name].Name]);

        Assert.True(view.Details(plan, Progress(plan, PlanStage.Proposed, Outcome.Applied)).IsWhole);
        Assert.InRange(view.Confirm(plan).Length, 1, 200);
        Assert.InRange(view.Button.Length, 1, 40);
        Assert.All(Enum.GetValues<Outcome>(), outcome => Assert.NotEmpty(view.Word(outcome)));
        Assert.Equal(plan.Lasting is Lasting.UntilUndone, view.Undo(plan with { }) is { Length: > 0 } && plan.Lasting is Lasting.UntilUndone);
        Assert.DoesNotContain("<!", Drawn(plan, PlanStage.Finished, Outcome.Ambiguous), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_offered_depends_on_what_is_known_of_the_pods()
    {
        var incident = Deciding.Incident;
        var known = new ServiceFinding(new Attribution([new ServiceSessions("checkout-api", null, 61, 44, 0, 17, [], 0)], []), []);
        foreach (var view in Views.Values)
        {
            Assert.Equal("It isn't known who holds the connections, so there is nothing to plan.", Words(incident with { Consumers = null }, known));
            Assert.Equal("Which pods hold the connections isn't known: no cluster is configured for this target, or it doesn't answer.", Words(incident, null));
            Assert.Equal("No session leads back to one of the target's services in the cluster.", Words(incident, known with { Attribution = new Attribution([], []) }));
            Assert.True(Offer(incident, known).IsPossible);

            MitigationOffer Offer(Incident now, ServiceFinding? services) => view.Offer(
                now, binding: null, Cards.Context() with { Diagnosis = new Diagnosis(new ConnectionConsumers([], 61, TimeSpan.Zero, 0), Verdict: null) { Services = services } });

            string Words(Incident now, ServiceFinding? services)
            {
                var offer = Offer(now, services);
                Assert.False(offer.IsPossible);
                return offer.Words.ToString();
            }
        }
    }

    /// <summary>A pause would not hold it back: it is not offered, and what would is.</summary>
    [Fact]
    public void Where_an_autoscaler_and_no_rollout_brought_the_pods_a_pause_is_not_offered()
    {
        var incident = Deciding.Incident;
        var scaled = new WorkloadLook("checkout-api", "eu", "shop", WorkloadKind.Deployment, "checkout-api", "6b1f", 2, 10, [])
        {
            ObservedGeneration = 2,
            Updated = 10,
            Autoscaler = new Autoscaler(2, 12, 10, 10) { Name = ForeignText.From("checkout", 63), ScaledAt = Noon.AddMinutes(-1), Scalings = [new PodScaling(Noon.AddMinutes(-1), IsUp: true, 4, 10)] },
        };

        var offer = Offer(scaled);
        Assert.Equal(
            (false, "The autoscaler of checkout-api raised it from 4 to 10 pods (maximum 12) at 11:59 UTC. Pausing a rollout doesn't hold an autoscaler back, its maximum does. By hand: kubectl patch hpa checkout -n shop --context eu --type=merge -p '{\"spec\":{\"maxReplicas\":10}}'"),
            (offer.IsPossible, offer.Words.ToString()));
        Assert.Contains("kubectl patch hpa NAME -n shop", Offer(scaled with { Autoscaler = scaled.Autoscaler with { Name = ForeignText.From("<!channel> x", 63) } }).Words.ToString(), StringComparison.Ordinal);
        Assert.True(Offer(scaled with { Updated = 3 }).IsPossible); // a rollout, too: that one it holds
        Assert.True(Offer(scaled with { Autoscaler = scaled.Autoscaler with { Current = 2 } }).IsPossible);

        MitigationOffer Offer(WorkloadLook workload) => Views[PauseRollout.StoredName].Offer(
            incident,
            binding: null,
            Cards.Context() with
            {
                Diagnosis = new Diagnosis(new ConnectionConsumers([], 61, TimeSpan.Zero, 0), Verdict: null)
                {
                    Services = new ServiceFinding(new Attribution([new ServiceSessions("checkout-api", workload, 61, 44, 0, 17, [], 0)], []), []),
                },
            });
    }

    /// <summary>A pool of 10 in 5 pods at the busiest moment, 93 of 97 slots taken: no room; 61 taken: 21 slots below 85 %, 4 more in each pool.</summary>
    [Theory]
    [InlineData(93, 10, "10")]
    [InlineData(61, 14, "12")]
    public void Before_a_pool_gets_another_size_a_person_reads_what_there_is_and_what_fits(int used, int most, string proposed)
    {
        var form = Views[ResizePool.StoredName].FormOf(Deciding.Incident, binding: null, Known(used))!;

        Assert.Equal(
            $"*checkout-api* has a pool of *10* (`env DB_POOL of container app`). With 5 pods at the busiest moment it can take 50 of 97 slots; {used} are taken now. *{most} is the most* that the server has room for. The plan is drawn up anew, and somebody else approves it.",
            form.Words.ToString());
        Assert.Equal([("service", "checkout-api"), ("size", proposed), ("for", "1d")], form.Fields.Select(field => (field.Parameter, field.Initial)));
    }

    /// <summary>A sound service may hold more than the one that leaks.</summary>
    [Fact]
    public void Whoever_is_suspected_comes_before_whoever_holds_most()
    {
        var context = Known(61);
        var checkout = context.Diagnosis!.Services!.Attribution.Services[0];
        var both = new Attribution([new ServiceSessions("catalog", checkout.Workload! with { Service = "catalog" }, 70, 70, 0, 0, [], 0), checkout], []);

        Assert.All(["catalog", "checkout-api"], suspect =>
        {
            var known = context with { Diagnosis = context.Diagnosis with { Services = new ServiceFinding(both, []) { Suspect = suspect } } };
            Assert.Contains($" {suspect} (it holds ", Views[RestartService.StoredName].Offer(Deciding.Incident, binding: null, known).Words.ToString(), StringComparison.Ordinal);
            Assert.Equal(suspect, Views[ResizePool.StoredName].FormOf(Deciding.Incident, binding: null, known)!.Fields[0].Initial);
            Assert.Equal(suspect, new ServiceScene(known.Diagnosis.Look!, new ClusterLook(Noon, []), both, suspect).First!.Service);
        });
    }

    [Fact]
    public void Without_anything_to_choose_from_the_press_is_a_press()
    {
        var view = Views[ResizePool.StoredName];
        var set = Deciding.Incident with { Temporary = [new TemporaryChange(ThePlan, ResizePool.StoredName, "mitigation-2-1", Noon.AddDays(1))] };

        Assert.Null(view.FormOf(set, binding: null, Known(61))); // to put back is no choice
        Assert.Null(view.FormOf(Deciding.Incident, binding: null, Cards.Context()));
        Assert.All(Views.Where(other => other.Key != ResizePool.StoredName), other => Assert.Null(other.Value.FormOf(Deciding.Incident, binding: null, Known(61))));
    }

    private static ViewContext Known(int used)
    {
        var workload = new WorkloadLook("checkout-api", "", "shop", WorkloadKind.Deployment, "checkout-api", "6b1f", Generation: 2, Replicas: 4, [])
        {
            Strategy = new RolloutStrategy(Surge: 1, Unavailable: 0, IsRecreate: false),
            Pool = new PoolSetting(ForeignText.From("env DB_POOL of container app", 100), 10, "", IsRecognised: false),
        };
        var consumers = new ConnectionConsumers([], 61, TimeSpan.Zero, 0);
        return Cards.Context() with
        {
            Mitigations = Views,
            Diagnosis = new Diagnosis(consumers, Verdict: null)
            {
                Look = new ServerLook(Noon, new ServerKind("PostgreSQL", "15.18", IsReplica: false), new LookMark(Noon, Noon, null, null, null), Usage(used), consumers),
                Services = new ServiceFinding(new Attribution([new ServiceSessions("checkout-api", workload, 61, 44, 0, 17, [], 0)], []), []),
            },
        };
    }

    /// <summary>An undo needs nothing of the cluster's look: the plan finds out.</summary>
    [Theory]
    [InlineData(PauseRollout.StoredName, "Resume the rollout")]
    [InlineData(ScaleWorkload.StoredName, "Put the pods back")]
    [InlineData(ResizePool.StoredName, "Put the pool size back")]
    public void What_stays_is_offered_to_be_taken_back(string mitigation, string button)
    {
        var changed = Deciding.Incident with { Temporary = [new TemporaryChange(ThePlan, mitigation, "mitigation-1-7", Noon.AddDays(1))] };

        Assert.Equal(button, Views[mitigation].ButtonOf(changed));
        Assert.True(Views[mitigation].Offer(changed, binding: null, Cards.Context()).IsPossible);
        Assert.NotEqual(button, Views[mitigation].ButtonOf(Deciding.Incident));
    }

    private static Incident Seen(RolloutLook look) => Restarting.Do(new RecordRollout(ThePlan, look)).Incident;

    private static string Drawn(Mitigation mitigation, PlanStage stage, Outcome outcome)
    {
        var plan = new Plan(ThePlan, TheIncident, Target, "PRODUCTION", mitigation, Ana, Quorum: 1, Noon, Noon.AddMinutes(10));
        return SeenText.Of(PlanView.Render(plan, Progress(mitigation, stage, outcome), AwaitingApproval.Incident, Cards.Context() with { Mitigations = Views }));
    }

    private static PlanProgress Progress(Mitigation mitigation, PlanStage stage, Outcome outcome) => new(ThePlan, mitigation.Name, Ana)
    {
        Stage = stage,
        Hash = new string('9', 64),
        Quorum = 1,
        ExpiresAt = Noon.AddMinutes(10),
        Approvals = stage is PlanStage.Finished ? [new Approval(Boris, default)] : [],
        Steps = [.. Enumerable.Repeat(new StepProgress(Intended: stage is PlanStage.Finished, Resent: false, stage is PlanStage.Finished ? new StepResult(outcome, "As the test says.") : null), mitigation.Steps)],
    };
}
