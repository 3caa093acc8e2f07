using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using static ChatBot.Tests.Databases.PgBouncer.ConsoleBytes;

namespace ChatBot.Tests.Databases.PgBouncer;

/// <summary>Whatever comes from the other end, the probe answers with pools or one sentence.</summary>
public sealed class ConsoleFuzzTests
{
    private static readonly Func<byte[], byte[]?>[] Logins =
    [
        asked => asked[0] is 0 ? Trusted : null,
        asked => asked[0] is 0 ? Authentication(5, 1, 2, 3, 4) : Trusted,
        asked => asked[0] is 0 ? Authentication(3) : Trusted,
        asked => asked[0] is 0 ? Error("08P01", "no such user") : null,
    ];

    private static readonly Dictionary<string, byte[]> Answers = new()
    {
        ["SHOW VERSION"] = Table("version", ["PgBouncer 1.18.0"]),
        ["SHOW CONFIG"] = Table("key value default changeable", ["max_client_conn", "100", "100", "yes"], ["default_pool_size", "20", "20", "yes"]),
        ["SHOW DATABASES"] = Table("name database pool_size reserve_pool max_connections current_connections paused disabled", ["shop", "shop", "3", "0", "0", "3", "0", "0"]),
        ["SHOW POOLS"] = Table(
            "database user cl_active cl_waiting sv_active sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode",
            ["shop", "app", "3", "4", "3", "0", "0", "0", "0", "2", "500000", "transaction"],
            ["pgbouncer", "pgbouncer", "1", "0", "0", "0", "0", "0", "0", "0", "0", "statement"]),
        ["SHOW LISTS"] = Table("list items", ["used_clients", "8"]),
        ["SHOW CLIENTS"] = Table("type user database state addr port application_name", ["C", "app", "shop", "waiting", "10.0.0.1", "4711", "checkout - 10.0.0.1:4711"]),
    };

    [Fact]
    public async Task Unspoilt_the_script_is_a_good_answer()
    {
        foreach (var login in Logins[..3].Append(ScramServer("canary-secret")))
        {
            await using var console = await new ScriptedConsole(asked => AnswerTo(asked, login)).EnterAsync();
            var pools = await PgBouncerPoolsProbe.ReadAsync(console, TestContext.Current.CancellationToken);

            var pool = Assert.Single(pools.Pools);
            Assert.Equal(("shop", 4, 3, 2.5), (pool.Database.Value, pool.ClientsWaiting, pool.PoolSize, pool.MaxWait.TotalSeconds));
            Assert.Equal(("checkout", 1), (Assert.Single(pools.Clients!).Application.Value, pools.Clients![0].Waiting));
            Assert.Equal((7, 100, "1.18.0"), (pools.ClientConnections, pools.MaxClientConnections, pools.Version));
        }
    }

    [Fact]
    public async Task Garbage_cut_or_spoilt_answers_end_in_a_sentence_or_in_pools()
    {
        var ended = new Dictionary<string, int>();
        for (var seed = 0; seed < 6_000; seed++)
        {
            var chance = new Random(seed);
            // SCRAM takes some milliseconds each time, so it has its turn less often.
            var login = seed % 10 == 0 ? ScramServer("canary-secret") : Logins[chance.Next(Logins.Length)];
            var spoilt = chance.Next(9);
            var answer = 0;
            var server = new ScriptedConsole(asked => answer > spoilt ? null
                : AnswerTo(asked, login) is { } good && answer++ == spoilt ? Spoil(good, chance) : AnswerTo(asked, login));

            var end = await EndAsync(server, seed);
            ended[end] = ended.GetValueOrDefault(end) + 1;
            Assert.True(server.Taken < ConsoleWire.LargestAnswer, $"seed {seed}");
        }

        // The spoiling reaches every layer, and not only the first.
        Assert.True(ended.Count >= 8, string.Join('\n', ended.Select(pair => $"{pair.Value} {pair.Key}")));
    }

    private static async Task<string> EndAsync(ScriptedConsole server, int seed)
    {
        try
        {
            await using var console = await server.EnterAsync();
            await PgBouncerPoolsProbe.ReadAsync(console, TestContext.Current.CancellationToken);
            return "pools";
        }
        catch (TargetUnavailableException trouble)
        {
            Assert.DoesNotContain("canary", trouble.ToString(), StringComparison.Ordinal);
            return trouble.Message;
        }
        catch (Exception escaped)
        {
            throw new InvalidOperationException($"Seed {seed} let something through.", escaped);
        }
    }

    private static byte[]? AnswerTo(byte[] asked, Func<byte[], byte[]?> login) =>
        asked[0] == 'Q' ? Answers[System.Text.Encoding.ASCII.GetString(asked[5..^1])]
        : asked[0] == 'X' ? null
        : login(asked);

    private static byte[] Spoil(byte[] good, Random chance)
    {
        var bytes = good.ToArray();
        switch (chance.Next(6))
        {
            case 0:
                return bytes[..chance.Next(bytes.Length)];
            case 1:
                bytes = new byte[chance.Next(1, 300)];
                chance.NextBytes(bytes);
                return bytes;
            case 2: // a length or count that lies
                BitConverter.TryWriteBytes(bytes.AsSpan(chance.Next(bytes.Length - 4)), chance.Next(4) == 0 ? -1 : chance.Next());
                return bytes;
            case 3: // a number that is none
                for (var at = 0; at < bytes.Length; at++)
                {
                    bytes[at] = char.IsAsciiDigit((char)bytes[at]) && chance.Next(4) == 0 ? (byte)chance.Next('-', 'A') : bytes[at];
                }

                return bytes;
            case 4: // twice
                return [.. bytes, .. bytes];
            default:
                for (var flips = chance.Next(1, 5); flips > 0; flips--)
                {
                    bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
                }

                return bytes;
        }
    }
}
