using System.Collections.Concurrent;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class WorkTests(StoreFixture stores)
{
    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Work_is_claimed_when_it_is_due_oldest_first_and_by_one(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.AddWorkAsync(Given.Work("second", due: tx.Now.AddSeconds(-1)));
            await tx.AddWorkAsync(Given.Work("first", due: tx.Now.AddSeconds(-2)));
            await tx.AddWorkAsync(Given.Work("tomorrow", due: tx.Now.AddDays(1)));
            await tx.AddWorkAsync(Given.Work("third", due: tx.Now));
        });

        var claimed = await home.Store.ClaimAsync(2, Given.Lease, home.Token);
        Assert.Equal(["first", "second"], claimed.Select(work => work.Kind));
        Assert.All(claimed, work => Assert.Equal((1, 0, Given.Incident, null), (work.Fence, work.Attempts, work.IncidentId, work.LastError)));
        Assert.Equal(["third"], (await home.Store.ClaimAsync(10, Given.Lease, home.Token)).Select(work => work.Kind));
        Assert.Empty(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Each_half_of_the_work_can_be_claimed_alone(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.AddWorkAsync(Given.Work("question"));
            await tx.AddWorkAsync(Given.Work("message") with { Lane = "slack:C1" });
        });

        Assert.Equal(["message"], (await home.Store.ClaimAsync(WorkShare.InLanes, 10, Given.Lease, home.Token)).Select(work => work.Kind));
        Assert.Equal(["question"], (await home.Store.ClaimAsync(WorkShare.WithoutLane, 10, Given.Lease, home.Token)).Select(work => work.Kind));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Concurrent_claimers_share_the_work_and_do_each_piece_once(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var (replica, owned) = await home.OpenReplicaAsync();
        await using var _ = owned;
        await AddAsync(home, Enumerable.Repeat(Given.Work(), 200));

        var done = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            var store = n % 2 == 0 ? home.Store : replica;
            while (await store.ClaimAsync(7, Given.Lease, home.Token) is [_, ..] claimed)
            {
                foreach (var work in claimed)
                {
                    await store.WriteAsync((tx, _) => tx.CompleteWorkAsync(work), home.Token);
                    done.Add(work.Seq);
                }
            }
        })));

        Assert.Equal(200, done.Count);
        Assert.Equal(200, done.Distinct().Count());
        Assert.Equal(0, await home.CountAsync("select count(*) from work"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_lane_runs_in_order_and_one_at_a_time_while_others_add_to_it(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var (replica, owned) = await home.OpenReplicaAsync();
        await using var _ = owned;
        string[] lanes = ["a", "b", "c"];
        var running = lanes.ToDictionary(lane => lane, _ => new Running());

        var adding = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                await AddAsync(home, lanes.Select(lane => Given.Work(lane: lane)));
            }
        })));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(async () =>
        {
            var store = n % 2 == 0 ? home.Store : replica;
            while (running.Values.Sum(lane => lane.Done.Count) < 120)
            {
                foreach (var work in await store.ClaimAsync(5, Given.Lease, home.Token))
                {
                    var lane = running[work.Lane!];
                    Assert.Equal(1, Interlocked.Increment(ref lane.Now));
                    lane.Done.Enqueue(work.Seq);
                    Interlocked.Decrement(ref lane.Now);
                    await store.WriteAsync((tx, _) => tx.CompleteWorkAsync(work), home.Token);
                }
            }
        })));
        await adding;

        Assert.All(running.Values, lane =>
        {
            Assert.Equal(40, lane.Done.Count);
            Assert.Equal(lane.Done.Order(), lane.Done);
        });
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_later_row_of_a_lane_waits_for_an_earlier_one_that_isnt_committed_yet(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var added = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var first = home.WriteAsync(async tx =>
        {
            await tx.AddWorkAsync(Given.Work("first", lane: "card"));
            added.TrySetResult();
            await release.Task.WaitAsync(home.Token);
        });
        await added.Task.WaitAsync(home.Token);

        // Either the second one waits for the first (at the server: for the lane's lock), or it gets ahead of it.
        var second = Task.Run(() => home.WriteAsync(tx => tx.AddWorkAsync(Given.Work("second", lane: "card"))));
        while (dialect is Dialect.PostgreSql
            && !second.IsCompleted
            && await home.CountAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0)
        {
            home.Token.ThrowIfCancellationRequested();
        }

        Assert.False(second.IsCompleted);
        Assert.Empty(dialect is Dialect.PostgreSql ? await home.Store.ClaimAsync(10, Given.Lease, home.Token) : []);
        release.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(["first"], (await home.Store.ClaimAsync(10, Given.Lease, home.Token)).Select(work => work.Kind));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_failing_first_row_holds_its_lane_back_until_it_is_done(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await AddAsync(home, [Given.Work("one", lane: "card"), Given.Work("two", lane: "card"), Given.Work("other")]);

        var claimed = await home.Store.ClaimAsync(10, Given.Lease, home.Token);
        Assert.Equal(["one", "other"], claimed.Select(work => work.Kind));
        await home.Store.RetryAsync(claimed[0], TimeSpan.Zero, "Slack answered 500.", home.Token);

        var again = Assert.Single(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        Assert.Equal(("one", 1, "Slack answered 500.", 2), (again.Kind, again.Attempts, again.LastError, again.Fence));
        await home.Store.RetryAsync(again, TimeSpan.FromHours(1), "Slack answered 429.", home.Token);
        Assert.Empty(await home.Store.ClaimAsync(10, Given.Lease, home.Token));

        await home.ExecuteAsync("update work set due = 0", "update work set due = 0");
        again = Assert.Single(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        Assert.Equal(("one", 2), (again.Kind, again.Attempts));
        await home.WriteAsync(tx => tx.CompleteWorkAsync(again));
        Assert.Equal(["two"], (await home.Store.ClaimAsync(10, Given.Lease, home.Token)).Select(work => work.Kind));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Work_under_a_merge_key_that_waits_adds_nothing_and_the_earlier_due_wins(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var drawing = Given.Work(mergeKey: "card inc-1");

        Assert.True(await home.WriteAsync(tx => tx.AddWorkAsync(drawing with { Due = tx.Now.AddHours(2) })));
        Assert.False(await home.WriteAsync(tx => tx.AddWorkAsync(drawing with { Due = tx.Now.AddHours(3) })));
        Assert.Empty(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        Assert.False(await home.WriteAsync(tx => tx.AddWorkAsync(drawing)));
        Assert.True(await home.WriteAsync(tx => tx.AddWorkAsync(drawing with { MergeKey = "card inc-2", Due = tx.Now.AddHours(1) })));

        var claimed = Assert.Single(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        Assert.Equal(drawing.Due, claimed.Due);

        // It may have read the old state already, so the next change needs a drawing of its own.
        Assert.True(await home.WriteAsync(tx => tx.AddWorkAsync(drawing)));
        Assert.False(await home.WriteAsync(tx => tx.AddWorkAsync(drawing)));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_row_whose_lease_ran_out_isnt_merged_into_because_its_holder_may_still_finish(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var drawing = Given.Work(mergeKey: "card");
        await home.WriteAsync(tx => tx.AddWorkAsync(drawing));
        Assert.Single(await home.Store.ClaimAsync(10, TimeSpan.Zero, home.Token));

        Assert.True(await home.WriteAsync(tx => tx.AddWorkAsync(drawing)));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Merging_doesnt_shorten_a_back_off(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var drawing = Given.Work(mergeKey: "card");
        await home.WriteAsync(tx => tx.AddWorkAsync(drawing));
        var claimed = Assert.Single(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        await home.Store.RetryAsync(claimed, TimeSpan.FromHours(1), "Slack said: Retry-After 3600.", home.Token);

        Assert.False(await home.WriteAsync(tx => tx.AddWorkAsync(drawing)));
        Assert.Empty(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Many_who_add_under_one_merge_key_at_once_leave_one_row(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);

        var added = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(
            () => home.WriteAsync(tx => tx.AddWorkAsync(Given.Work(mergeKey: "card"))))));

        Assert.Single(added, isNew => isNew);
        Assert.Equal(1, await home.CountAsync("select count(*) from work"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task When_a_lease_runs_out_the_next_one_gets_the_work_and_the_first_is_refused(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddWorkAsync(Given.Work()));
        var slow = Assert.Single(await home.Store.ClaimAsync(10, TimeSpan.FromMilliseconds(50), home.Token));

        var next = Assert.Single(await home.ClaimEventuallyAsync(Given.Lease));
        Assert.Equal((slow.Seq, slow.Fence + 1), (next.Seq, next.Fence));
        Assert.True(next.ClaimedUntil - Given.Lease >= slow.ClaimedUntil, "claimed before the lease was over");

        await Assert.ThrowsAsync<LeaseLostException>(() => home.WriteAsync(async tx =>
        {
            await tx.AddCommandAsync("result-1", null, "result", "late");
            await tx.CompleteWorkAsync(slow);
        }));
        await Assert.ThrowsAsync<LeaseLostException>(() => home.WriteAsync(tx => tx.EnsureHeldAsync(slow)));
        await Assert.ThrowsAsync<LeaseLostException>(() => home.Store.RenewAsync(slow, Given.Lease, home.Token));
        await Assert.ThrowsAsync<LeaseLostException>(() => home.Store.RetryAsync(slow, TimeSpan.Zero, "late", home.Token));
        Assert.Null(await home.ReadAsync(reader => reader.FindAnswerAsync("result-1")));

        await home.WriteAsync(async tx =>
        {
            await tx.EnsureHeldAsync(next);
            await tx.CompleteWorkAsync(next);
        });
        await Assert.ThrowsAsync<LeaseLostException>(() => home.WriteAsync(tx => tx.CompleteWorkAsync(next)));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_renewed_lease_holds_for_longer(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await AddAsync(home, [Given.Work("held"), Given.Work("let go")]);
        var claimed = await home.Store.ClaimAsync(10, TimeSpan.FromMilliseconds(200), home.Token);
        await home.Store.RenewAsync(claimed.Single(work => work.Kind == "held"), TimeSpan.FromHours(1), home.Token);

        Assert.Equal("let go", Assert.Single(await home.ClaimEventuallyAsync(Given.Lease)).Kind);
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_restart_frees_a_dead_predecessors_claims_where_there_can_be_no_other_process(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddWorkAsync(Given.Work()));
        var held = Assert.Single(await home.Store.ClaimAsync(10, Given.Lease, home.Token));
        await home.ReopenAsync();

        await home.Store.ReleaseAllClaimsAsync(home.Token);

        var claimed = await home.Store.ClaimAsync(10, Given.Lease, home.Token);
        if (dialect is Dialect.Sqlite)
        {
            Assert.True(Assert.Single(claimed).Fence > held.Fence);
            await Assert.ThrowsAsync<LeaseLostException>(() => home.WriteAsync(tx => tx.CompleteWorkAsync(held)));
        }
        else
        {
            Assert.Empty(claimed); // its holder may be alive
            await home.WriteAsync(tx => tx.CompleteWorkAsync(held));
        }
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Waiting_ends_when_a_commit_brings_work_or_a_delivery_comes(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        Task Wait() => home.Store.WaitForWorkAsync(TimeSpan.FromHours(1), home.Token);

        var waiting = Wait();
        var since = home.Store.Arrivals;
        await home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "refresh", "nothing to do"));
        await home.WriteAsync(tx => tx.AddWorkAsync(Given.Work(due: tx.Now.AddHours(1))));
        Assert.Equal(since, home.Store.Arrivals);
        await home.WriteAsync(tx => tx.AddWorkAsync(Given.Work()));
        await waiting;

        await home.Store.ReceiveAsync(Given.Delivery(), home.Token); // between looking and waiting: not lost
        await Wait();

        waiting = Wait();
        since = home.Store.Arrivals;
        await home.Store.ReceiveAsync(Given.Delivery(), home.Token); // a repeat
        Assert.Equal(since, home.Store.Arrivals);
        Assert.False(waiting.IsCompleted);
        home.Clock.Advance(TimeSpan.FromHours(1));
        await waiting;

        waiting = home.Store.WaitForWorkAsync(since, TimeSpan.FromHours(1), home.Token);
        Assert.False(waiting.IsCompleted);
        await home.WriteAsync(tx => tx.AddWorkAsync(Given.Work()));
        await waiting;
        await home.Store.WaitForWorkAsync(since, TimeSpan.FromHours(1), home.Token); // every loop has its own reading
    }

    private static Task AddAsync(TestStore home, IEnumerable<NewWork> all) => home.WriteAsync(async tx =>
    {
        foreach (var work in all)
        {
            await tx.AddWorkAsync(work);
        }
    });

    private sealed class Running
    {
        public int Now;

        public ConcurrentQueue<long> Done { get; } = new();
    }
}
