using Microsoft.Data.Sqlite;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class InboxTests(StoreFixture stores)
{
    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_delivery_is_stored_once_however_many_bring_it_at_once(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        var (replica, owned) = await home.OpenReplicaAsync();
        await using var _ = owned;

        var fresh = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(
            () => (n % 2 == 0 ? home.Store : replica).ReceiveAsync(Given.Delivery() with { Body = $"{n}" }, home.Token))));

        Assert.Single(fresh, isNew => isNew);
        var stored = Assert.Single(await home.Store.PendingInboxAsync(10, home.Token));
        Assert.Equal(Given.Delivery() with { Body = $"{Array.IndexOf(fresh, true)}" }, stored);
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Deliveries_wait_oldest_first_until_they_are_done_and_a_restart_keeps_them(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        foreach (var id in new[] { "z", "a", "m" })
        {
            Assert.True(await home.Store.ReceiveAsync(Given.Delivery(id), home.Token));
        }

        Assert.True(await home.WriteAsync(tx => tx.CompleteInboxAsync("a")));
        Assert.False(await home.WriteAsync(tx => tx.CompleteInboxAsync("a")));
        Assert.False(await home.WriteAsync(tx => tx.CompleteInboxAsync("never came")));
        await home.ReopenAsync();

        Assert.Equal(["z", "m"], (await home.Store.PendingInboxAsync(10, home.Token)).Select(row => row.Id));
        Assert.Equal(["z"], (await home.Store.PendingInboxAsync(1, home.Token)).Select(row => row.Id));
        Assert.False(await home.Store.ReceiveAsync(Given.Delivery("a"), home.Token)); // done is not forgotten
        Assert.Equal(["z", "m"], (await home.Store.PendingInboxAsync(10, home.Token)).Select(row => row.Id));
        Assert.Equal(0, await home.CountAsync("select count(*) from inbox where done_at is not null and body <> ''"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Five_hundred_deliveries_at_once_are_all_stored_beside_writers(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);

        var receiving = Enumerable.Range(0, 500).Select(n => Task.Run(
            () => home.Store.ReceiveAsync(Given.Delivery($"env-{n / 2}"), home.Token))).ToList(); // everything comes twice
        var writing = Enumerable.Range(0, 20).Select(n => Task.Run(
            () => home.WriteAsync(tx => tx.AppendAsync($"inc-{n}", 0, [Given.Event()])))).ToList();
        await Task.WhenAll(writing);

        Assert.Equal(250, (await Task.WhenAll(receiving)).Count(isNew => isNew));
        Assert.Equal(250, (await home.Store.PendingInboxAsync(1_000, home.Token)).Count);
    }

    [Fact]
    public async Task What_goes_wrong_reaches_all_who_wait_together_and_the_next_are_stored_again()
    {
        await using var home = await stores.OpenAsync(Dialect.Sqlite);
        await home.ExecuteAsync("create trigger broken before insert on inbox begin select raise(abort, 'broken'); end", "");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(n => Assert.ThrowsAsync<SqliteException>(
            () => home.Store.ReceiveAsync(Given.Delivery($"env-{n}"), home.Token))));

        await home.ExecuteAsync("drop trigger broken", "");
        Assert.True(await home.Store.ReceiveAsync(Given.Delivery("env-0"), home.Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Replicas_that_take_up_the_same_delivery_act_on_it_once(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.Store.ReceiveAsync(Given.Delivery(), home.Token);

        var mine = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => home.WriteAsync(tx => tx.CompleteInboxAsync("env-1")))));

        Assert.Single(mine, won => won);
    }
}
