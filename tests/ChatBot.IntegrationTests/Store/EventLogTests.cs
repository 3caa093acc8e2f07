using System.Text;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class EventLogTests(StoreFixture stores)
{
    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Events_come_back_byte_by_byte_and_without_gaps(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        // Spaces, non-ASCII and a microsecond pin: nothing may be reformatted.
        var body = Encoding.UTF8.GetBytes("{ \"pin\" : \"2026-03-04T11:59:59.123456Z\", \"was\":\"žluťoučký 😀\" }");

        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [Given.Event(), new("found", 3, Given.Noon, body)]));
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 2, [Given.Event("{\"n\":3}")]));
        await home.ReopenAsync();

        var events = await home.ReadAsync(reader => reader.ReadEventsAsync(Given.Incident, 0));
        Assert.Equal([1, 2, 3], events.Select(e => e.Seq));
        Assert.Equal(("found", 3, Given.Noon), (events[1].Type, events[1].Version, events[1].At));
        Assert.Equal(body, events[1].Body.ToArray());
        Assert.Equal([3], (await home.ReadAsync(reader => reader.ReadEventsAsync(Given.Incident, 2))).Select(e => e.Seq));
        Assert.Empty(await home.ReadAsync(reader => reader.ReadEventsAsync("inc-2", 0)));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Appending_to_another_version_than_the_one_decided_on_is_refused(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [Given.Event(), Given.Event()]));

        foreach (var wrong in new[] { 0, 1, 3 })
        {
            var conflict = await Assert.ThrowsAsync<StoreConflictException>(
                () => home.WriteAsync(tx => tx.AppendAsync(Given.Incident, wrong, [Given.Event()])));
            Assert.Contains($"at version 2, not {wrong}", conflict.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, await home.CountAsync("select count(*) from events"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Of_writers_who_decided_on_the_same_version_exactly_one_wins(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [Given.Event()]));

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(async () =>
        {
            try
            {
                await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 1, [Given.Event($"{{\"n\":{n}}}")]));
                return true;
            }
            catch (StoreConflictException)
            {
                return false;
            }
        })));

        Assert.Single(results, won => won);
        Assert.Equal(2, await home.CountAsync("select count(*) from events"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Writers_who_lock_the_incident_first_all_get_their_turn(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.SaveIncidentAsync(Given.Row(version: 1));
            await tx.AppendAsync(Given.Incident, 0, [Given.Event()]);
        });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => home.WriteAsync(async tx =>
        {
            var incident = await tx.LockIncidentAsync(Given.Incident);
            var version = await tx.AppendAsync(Given.Incident, incident!.Version, [Given.Event()]);
            await tx.SaveIncidentAsync(incident with { Version = version });
        }))));

        Assert.Equal(21, (await home.ReadAsync(reader => reader.FindIncidentAsync(Given.Incident)))!.Version);
        Assert.Equal(new ChainVerdict(21, null, null), await home.Store.VerifyChainAsync(Given.Incident, home.Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_log_longer_than_a_page_verifies(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [.. Enumerable.Repeat(Given.Event(), 1_000)]));
        await home.WriteAsync(tx => tx.AppendAsync("inc-2", 0, [Given.Event()]));

        Assert.Equal(new ChainVerdict(1_000, null, null), await home.Store.VerifyChainAsync(Given.Incident, home.Token));
        Assert.Equal(new ChainVerdict(1, null, null), await home.Store.VerifyChainAsync("inc-2", home.Token));
    }

    public static readonly TheoryData<string, long, string> Tampering = new()
    {
        // statement                                                                first bad  words
        { "update events set body = {0} where seq = 2",                              2,         "isn't what was stored" },
        { "update events set type = 'closed' where seq = 2",                         2,         "isn't what was stored" },
        { "update events set version = 2 where seq = 2",                             2,         "isn't what was stored" },
        { "update events set at = at + 1 where seq = 2",                             2,         "isn't what was stored" },
        { "update events set hash = {0} where seq = 2",                              2,         "isn't what was stored" },
        { "update events set prev_hash = {0} where seq = 3",                         3,         "doesn't follow" },
        { "update events set incident_id = 'inc-0', seq = seq + 10 where seq < 3",   1,         "is missing" },
        { "delete from events where seq = 2",                                        2,         "is missing" },
    };

    [Theory, MemberData(nameof(Tampering))]
    public async Task A_changed_field_is_found_on_SQLite(string statement, long firstBad, string words) =>
        await FindsTampering(Dialect.Sqlite, string.Format(null, statement, "x'7b7c'"), firstBad, words);

    [Theory, MemberData(nameof(Tampering))]
    public async Task A_changed_field_is_found_on_PostgreSQL(string statement, long firstBad, string words) =>
        await FindsTampering(Dialect.PostgreSql, string.Format(null, statement, "'\\x7b7c'::bytea"), firstBad, words);

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Events_and_plans_refuse_to_be_changed(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(async tx =>
        {
            await tx.AppendAsync(Given.Incident, 0, [Given.Event()]);
            await tx.AddPlanAsync(Given.PlanRow());
        });

        foreach (var statement in new[]
        {
            "update events set type = 'x'", "delete from events", "update plans set bytes = hash",
            dialect is Dialect.PostgreSql
                ? "truncate events"
                // Without recursive_triggers, REPLACE deletes unseen; the trigger must hold for the store's own connections.
                : "pragma recursive_triggers = on; replace into events select incident_id, seq, 'x', version, at, body, prev_hash, hash from events",
        })
        {
            var refused = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => home.ExecuteAsync(statement, statement));
            Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(new ChainVerdict(1, null, null), await home.Store.VerifyChainAsync(Given.Incident, home.Token));
    }

    [Fact]
    public void The_hash_is_the_documented_one()
    {
        // Computed by hand with Python's hashlib from the remarks of EventChain.
        var genesis = EventChain.Genesis("inc-1");
        var first = EventChain.Hash("inc-1", 1, "opened", 1, Given.Noon, "{}"u8, genesis);

        Assert.Equal("5aaed6bdff08684bcf705d2eb7f88740c7b377c5433ea93fc8aa4ec3b87c492b", Convert.ToHexStringLower(genesis));
        Assert.Equal("a5c3d985956be381c0fdc3b33a74ad4f2ba4a8aaad15df7dcbdd69640ff73263", Convert.ToHexStringLower(first));
    }

    private async Task FindsTampering(Dialect dialect, string statement, long firstBad, string words)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AppendAsync(Given.Incident, 0, [Given.Event(), Given.Event(), Given.Event()]));

        await home.ExecuteAsync(
            $"drop trigger events_refuse_update; drop trigger events_refuse_delete; {statement}",
            $"alter table events disable trigger all; {statement}");

        var verdict = await home.Store.VerifyChainAsync(Given.Incident, home.Token);
        Assert.Equal((firstBad - 1, firstBad), (verdict.Events, verdict.FirstBad));
        Assert.Contains(words, verdict.Broken, StringComparison.Ordinal);
    }
}
