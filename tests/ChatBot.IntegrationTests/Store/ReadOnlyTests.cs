using ChatBot.Configuration;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

/// <summary>Looking into a store that belongs to a bot: one that runs, was stopped, was killed, or never was.</summary>
[Collection(StoreCollectionDefinition.Name)]
public sealed class ReadOnlyTests(StoreFixture stores)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_running_bot_is_seen_at_work_and_not_disturbed(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        await using var bot = await TestStore.OpenAsync(place);
        await AppendAsync(bot, 0);

        await using var look = await IncidentStore.OpenReadOnlyAsync(place, TimeProvider.System, Token);
        Assert.Equal(1, await CountAsync(look));
        await AppendAsync(bot, 1);

        Assert.Equal(2, await CountAsync(look));
        Assert.Equal(new ChainVerdict(2, null, null), await look.VerifyChainAsync(Given.Incident, Token));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Nothing_can_be_written(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        await using var bot = await TestStore.OpenAsync(place);
        await using var look = await IncidentStore.OpenReadOnlyAsync(place, TimeProvider.System, Token);

        await Assert.ThrowsAnyAsync<Exception>(() => look.WriteAsync((tx, _) => tx.AddCommandAsync("press-1", null, "x", "yes"), Token));
        await Assert.ThrowsAnyAsync<Exception>(() => look.ReceiveAsync(Given.Delivery(), Token));

        Assert.Equal(0, await bot.CountAsync("select (select count(*) from commands) + (select count(*) from inbox)"));
    }

    [Theory]
    [InlineData("chatbot.db")]
    [InlineData("a #1 100% ?x=y ä.db")]
    public async Task A_stopped_bots_file_is_read_and_left_as_it_is(string name)
    {
        var place = new SqliteStoreSettings(Path.Combine(Path.GetDirectoryName(((SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite)).File)!, name));
        await using (var bot = await TestStore.OpenAsync(place))
        {
            await AppendAsync(bot, 0);
        }

        var before = Files(place);
        await using (var look = await IncidentStore.OpenReadOnlyAsync(place, TimeProvider.System, Token))
        {
            Assert.Equal(1, await CountAsync(look));
            Assert.Equal(before, Files(place));
        }

        Assert.Equal(before, Files(place));
        Assert.DoesNotContain(before.Keys, file => file.EndsWith("-wal", StringComparison.Ordinal) || file.EndsWith("-shm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bot_that_starts_meanwhile_makes_the_look_begin_again()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        await using (var bot = await TestStore.OpenAsync(place))
        {
            await AppendAsync(bot, 0);
        }

        await using var look = await IncidentStore.OpenReadOnlyAsync(place, TimeProvider.System, Token);
        TestStore? started = null;
        var looks = 0;
        var seen = await look.ReadAsync(
            async (reader, _) =>
            {
                looks++;
                var events = await reader.ReadEventsAsync(Given.Incident, 0);
                if (started is null)
                {
                    started = await TestStore.OpenAsync(place);
                    await AppendAsync(started, 1);
                }

                return events.Count;
            },
            Token);
        await started!.DisposeAsync();

        Assert.Equal((2, 2), (looks, seen));
    }

    [Fact]
    public async Task A_killed_bots_last_commits_are_seen_and_its_log_is_left_to_it()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        var left = new SqliteStoreSettings(Path.Combine(Path.GetDirectoryName(place.File)!, "killed", "chatbot.db"));
        await using (var bot = await TestStore.OpenAsync(place))
        {
            await AppendAsync(bot, 0);
            Copy(place, left, "", "-wal", "-shm"); // as a kill leaves them
        }

        var log = await File.ReadAllBytesAsync(left.File + "-wal", Token);
        Assert.NotEmpty(log);
        await using (var look = await IncidentStore.OpenReadOnlyAsync(left, TimeProvider.System, Token))
        {
            Assert.Equal(1, await CountAsync(look));
        }

        Assert.Equal(log, await File.ReadAllBytesAsync(left.File + "-wal", Token));
        Assert.Equal(["chatbot.db", "chatbot.db-shm", "chatbot.db-wal"], Files(left).Keys);
    }

    [Fact]
    public async Task A_log_without_its_index_is_refused_rather_than_overlooked()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        var left = new SqliteStoreSettings(Path.Combine(Path.GetDirectoryName(place.File)!, "copied", "chatbot.db"));
        await using (var bot = await TestStore.OpenAsync(place))
        {
            await AppendAsync(bot, 0);
            Copy(place, left, "", "-wal");
        }

        await RefusedAsync(left, "has a log beside it but no index", "Start the bot on it once");
        Assert.Equal(["chatbot.db", "chatbot.db-wal"], Files(left).Keys);
    }

    [Fact]
    public async Task A_store_that_isnt_there_is_refused_and_not_made()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        await RefusedAsync(place, "can't be read", "Is it there");
        Assert.False(Directory.Exists(Path.GetDirectoryName(place.File)));

        await RefusedAsync(await stores.PlaceAsync(Dialect.PostgreSql), "is no store of the bot");
        await RefusedAsync(new PostgreSqlStoreSettings(new Secret($"Host=127.0.0.1;Port=1;Database=chatbot;Username=chatbot;Password={StoreFixture.Password}")), "gave no answer");
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        Directory.CreateDirectory(Path.GetDirectoryName(place.File)!);
        await File.WriteAllTextAsync(place.File, new string('x', 8_192), Token);
        await RefusedAsync(place, "damaged or no SQLite database");

        await File.WriteAllTextAsync(place.File, "", Token); // SQLite's empty database
        await RefusedAsync(place, "is no store of the bot");
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_store_of_another_version_is_refused_and_not_migrated(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        await using var bot = await TestStore.OpenAsync(place);
        await bot.ExecuteAsync(
            "insert into SchemaVersions (ScriptName, Applied) values ('9999-future.sql', '2030-01-01')",
            "insert into schemaversions (scriptname, applied) values ('9999-future.sql', '2030-01-01')");
        await RefusedAsync(place, "newer version", "9999-future.sql");

        await bot.ExecuteAsync(
            "delete from SchemaVersions where ScriptName not like '%0001-tables.sql'",
            "delete from schemaversions where scriptname not like '%0001-tables.sql'");
        await RefusedAsync(place, "older version", "0002-pages.sql", "start this one on it once");
    }

    private static Task<long> AppendAsync(TestStore bot, long after) => bot.WriteAsync(tx => tx.AppendAsync(Given.Incident, after, [Given.Event()]));

    private static async Task<int> CountAsync(IncidentStore look) =>
        (await look.ReadAsync((reader, _) => reader.ReadEventsAsync(Given.Incident, 0), Token)).Count;

    private static async Task RefusedAsync(StoreSettings place, params string[] words)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => IncidentStore.OpenReadOnlyAsync(place, TimeProvider.System, Token));

        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(StoreFixture.Password, refused.ToString(), StringComparison.Ordinal);
    }

    private static void Copy(SqliteStoreSettings from, SqliteStoreSettings to, params IReadOnlyList<string> endings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to.File)!);
        foreach (var ending in endings)
        {
            File.Copy(from.File + ending, to.File + ending);
        }
    }

    /// <summary>Every file of the store's folder, and when it was changed.</summary>
    private static SortedDictionary<string, DateTime> Files(SqliteStoreSettings place) => new(
        Directory.GetFiles(Path.GetDirectoryName(place.File)!).ToDictionary(path => Path.GetFileName(path), File.GetLastWriteTimeUtc),
        StringComparer.Ordinal);
}
