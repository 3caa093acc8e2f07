using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class UniqueKeyTests(StoreFixture stores)
{
    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_command_that_comes_many_times_at_once_is_decided_once_and_answered_the_same(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => home.WriteAsync(async tx =>
        {
            if (await tx.FindAnswerAsync("press-1") is { } before)
            {
                return before;
            }

            await tx.AddCommandAsync("press-1", Given.Incident, "approve", $"answer {n}");
            await tx.AddWorkAsync(Given.Work());
            return $"answer {n}";
        }))));

        var answer = Assert.Single(answers.Distinct());
        await home.ReopenAsync();
        Assert.Equal(answer, await home.ReadAsync(reader => reader.FindAnswerAsync("press-1")));
        Assert.Null(await home.ReadAsync(reader => reader.FindAnswerAsync("press-2")));
        Assert.Equal(1, await home.CountAsync("select count(*) from work"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_body_that_never_looks_for_the_answer_is_told_so_in_the_end(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "approve", "yes"));

        await Assert.ThrowsAsync<StoreConflictException>(
            () => home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "approve", "no")));

        Assert.Equal("yes", await home.ReadAsync(reader => reader.FindAnswerAsync("press-1")));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_target_has_one_open_incident_however_many_open_it_at_once(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.SaveIncidentAsync(Given.Row("inc-old", isOpen: false)));

        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => home.WriteAsync(async tx =>
        {
            if (await tx.FindOpenIncidentAsync(Given.Target) is { } open)
            {
                return open.Id;
            }

            await tx.SaveIncidentAsync(Given.Row($"inc-{n}"));
            return $"inc-{n}";
        }))));

        var id = Assert.Single(ids.Distinct());
        Assert.Equal(Given.Row(id), await home.ReadAsync(reader => reader.FindOpenIncidentAsync(Given.Target)));
        Assert.Equal(Given.Row("inc-old", isOpen: false), await home.ReadAsync(reader => reader.FindIncidentAsync("inc-old")));
        Assert.Equal([Given.Row(id)], await home.ReadAsync(reader => reader.ReadOpenIncidentsAsync()));
        await Assert.ThrowsAsync<StoreConflictException>(() => home.WriteAsync(tx => tx.SaveIncidentAsync(Given.Row("inc-99"))));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_person_decides_on_a_plan_once(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddPlanAsync(Given.PlanRow()));

        var first = await home.WriteAsync(tx => tx.AddApprovalAsync(Given.Plan, "U-ana", "approved"));
        var second = await home.WriteAsync(tx => tx.AddApprovalAsync(Given.Plan, "U-ana", "rejected"));
        var other = await home.WriteAsync(tx => tx.AddApprovalAsync(Given.Plan, "U-boris", "rejected"));

        Assert.Equal((true, false, true), (first, second, other));
        Assert.Equal(
            [("U-ana", "approved"), ("U-boris", "rejected")],
            (await home.ReadAsync(reader => reader.ReadApprovalsAsync(Given.Plan))).Select(a => (a.Person, a.Decision)).Order());
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_plan_is_executed_once_and_a_target_by_one_plan_at_a_time(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.AddPlanAsync(Given.PlanRow("a"));
            await tx.AddPlanAsync(Given.PlanRow("b"));
            await tx.AddPlanAsync(Given.PlanRow("c"));
        });
        Task<bool> Start(string plan, string target) => home.WriteAsync(tx => tx.AddExecutionAsync(plan, target));

        Assert.True(await Start("a", Given.Target));
        Assert.False(await Start("a", Given.Target));
        Assert.False(await Start("b", Given.Target)); // the target is busy
        Assert.True(await Start("c", "users-db"));
        Assert.Equal("a", (await home.ReadAsync(reader => reader.FindUnfinishedExecutionAsync(Given.Target)))!.PlanId);

        Assert.True(await home.WriteAsync(tx => tx.FinishExecutionAsync("a")));
        Assert.False(await home.WriteAsync(tx => tx.FinishExecutionAsync("a")));
        Assert.False(await Start("a", Given.Target)); // never again
        Assert.True(await Start("b", Given.Target));
        Assert.NotNull((await home.ReadAsync(reader => reader.FindExecutionAsync("a")))!.FinishedAt);
        Assert.Null((await home.ReadAsync(reader => reader.FindExecutionAsync("b")))!.FinishedAt);
        Assert.Null(await home.ReadAsync(reader => reader.FindExecutionAsync("d")));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_target_that_many_plans_want_at_once_gets_one(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var plans = Enumerable.Range(0, 12).Select(n => $"plan-{n}").ToArray();
        await home.WriteAsync(async tx =>
        {
            foreach (var plan in plans)
            {
                await tx.AddPlanAsync(Given.PlanRow(plan));
            }
        });

        var started = await Task.WhenAll(
            plans.Select(plan => Task.Run(() => home.WriteAsync(tx => tx.AddExecutionAsync(plan, Given.Target)))));

        Assert.Single(started, won => won);
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_step_has_one_intent_and_one_outcome(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.AddPlanAsync(Given.PlanRow());
            await tx.AddExecutionAsync(Given.Plan, Given.Target);
        });

        Assert.True(await home.WriteAsync(tx => tx.AddIntentAsync(Given.Plan, "1", "idem-1", 7)));
        Assert.False(await home.WriteAsync(tx => tx.AddIntentAsync(Given.Plan, "1", "idem-1", 8)));
        Assert.Equal("1", Assert.Single(await home.ReadAsync(reader => reader.ReadOpenIntentsAsync())).Step);

        Assert.True(await home.WriteAsync(tx => tx.RepeatIntentAsync(Given.Plan, "1", fence: 9, atMost: 2)));
        Assert.False(await home.WriteAsync(tx => tx.RepeatIntentAsync(Given.Plan, "1", fence: 10, atMost: 2)));

        Assert.True(await home.WriteAsync(tx => tx.AddOutcomeAsync(Given.Plan, "1", "Applied")));
        Assert.False(await home.WriteAsync(tx => tx.AddOutcomeAsync(Given.Plan, "1", "NotApplied")));
        Assert.False(await home.WriteAsync(tx => tx.RepeatIntentAsync(Given.Plan, "1", fence: 11, atMost: 99)));

        var intent = Assert.Single(await home.ReadAsync(reader => reader.ReadIntentsAsync(Given.Plan)));
        Assert.Equal(
            ("1", "idem-1", 9, 2, "Applied"),
            (intent.Step, intent.IdemKey, intent.Fence, intent.Attempts, intent.Outcome));
        Assert.Empty(await home.ReadAsync(reader => reader.ReadOpenIntentsAsync()));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => home.WriteAsync(tx => tx.AddOutcomeAsync(Given.Plan, "2", "Applied")));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task There_is_no_intent_without_an_execution_and_no_execution_or_approval_without_a_plan(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddPlanAsync(Given.PlanRow()));

        await Refused(tx => tx.AddIntentAsync(Given.Plan, "1", "idem-1", 7));
        await Refused(tx => tx.AddExecutionAsync("plan-2", Given.Target));
        await Refused(tx => tx.AddApprovalAsync("plan-2", "U-ana", "approved"));

        Task Refused(Func<StoreTransaction, Task> body) =>
            Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => home.WriteAsync(body));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Plans_evidence_and_messages_come_back_as_they_were(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        byte[] bytes = [0, 255, 128, 10];
        var evidence = new EvidenceRow("ev-1", Given.Incident, "log", Given.Noon, "FATAL: \"too many\" \u2028 😀");
        var message = new MessageRow(Given.Incident, "card", "C1", "1700000000.000100", "d1");
        await home.WriteAsync(async tx =>
        {
            await tx.AddPlanAsync(Given.PlanRow() with { Bytes = bytes });
            Assert.True(await tx.AddEvidenceAsync(evidence));
            Assert.False(await tx.AddEvidenceAsync(evidence with { Body = "other" }));
            await tx.SaveMessageAsync(message with { Digest = "d0" });
            await tx.SaveMessageAsync(message);
        });

        var plan = await home.ReadAsync(reader => reader.ReadPlanAsync(Given.Plan));
        Assert.Equal(bytes, plan!.Bytes.ToArray());
        Assert.Equal((Given.Incident, Given.Noon), (plan.IncidentId, plan.ExpiresAt));
        Assert.Equal(evidence, await home.ReadAsync(reader => reader.ReadEvidenceAsync("ev-1")));
        Assert.Equal(message, await home.ReadAsync(reader => reader.FindMessageAsync(Given.Incident, "card")));
        Assert.Null(await home.ReadAsync(reader => reader.FindMessageAsync(Given.Incident, "thread")));
        await Assert.ThrowsAsync<StoreConflictException>(() => home.WriteAsync(tx => tx.AddPlanAsync(Given.PlanRow())));
    }
}
