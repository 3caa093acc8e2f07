using System.Text;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using Microsoft.Extensions.Time.Testing;
using static ChatBot.Tests.Databases.PgBouncer.ConsoleBytes;

namespace ChatBot.Tests.Databases.PgBouncer;

/// <summary>What no real server can be made to say. Real ones are asked in the integration tests.</summary>
public sealed class PgBouncerConsoleTests
{
    private static readonly byte[] Pools = Table("database user cl_active", ["shop", "app", "3"], ["crm", null, "4"]);

    public static readonly IEnumerable<TheoryDataRow<byte[][], string>> Troubles =
    [
        Row("hangs up at once", [], "The PgBouncer of orders-db at 127.0.0.1:6432 closed the connection in the middle of the talk."),
        Row("hangs up in a message", [Trusted, Pools[..^20]], "The PgBouncer of orders-db at 127.0.0.1:6432 closed the connection"),
        Row("HTTP", ["HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()], "A web server answers at 127.0.0.1:6432, and no PgBouncer."),
        Row("SSH", ["SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray()], "What answers at 127.0.0.1:6432 does not talk like a PgBouncer."),
        Row("a message of negative length", [[.. Trusted, (byte)'N', 0xff, 0xff, 0xff, 0xff]], "What answers at 127.0.0.1:6432 does not talk"),
        Row("a message too large", [Trusted, [(byte)'D', 0x7f, 0xff, 0xff, 0xff]], "The PgBouncer of orders-db at 127.0.0.1:6432 answered with more than the bot reads."),
        Row("too many rows", [Trusted, [.. Columns("a"), .. Enumerable.Repeat(ConsoleBytes.Row("1"), PgBouncerConsole.MostRows + 1).SelectMany(row => row)]], "The PgBouncer of orders-db at 127.0.0.1:6432 answered with more"),
        Row("too many bytes", [Trusted, [.. Columns("a"), .. Enumerable.Repeat(ConsoleBytes.Row(new string('x', 1_000_000)), 9).SelectMany(row => row)]], "The PgBouncer of orders-db at 127.0.0.1:6432 answered with more"),
        Row("a row before its columns", [Trusted, ConsoleBytes.Row("1")], "What answers at 127.0.0.1:6432 does not talk"),
        Row("a row with a value too few", [Trusted, [.. Columns("a b"), .. ConsoleBytes.Row("1")]], "What answers at 127.0.0.1:6432 does not talk"),
        Row("an answer without end", [Trusted, [.. Columns("a"), .. ConsoleBytes.Row("1")]], "The PgBouncer of orders-db at 127.0.0.1:6432 closed"),
        Row("no login at all", [Ready], "What answers at 127.0.0.1:6432 does not talk"),
        Row("endless parameters", [[.. Ok, .. Enumerable.Repeat(Message('N'), 1000).SelectMany(notice => notice)]], "What answers at 127.0.0.1:6432 does not talk"),
        Row("Kerberos", [Authentication(2)], "The PgBouncer of orders-db wants a kind of login that the bot does not know."),
        Row("SASL without SCRAM-SHA-256", [Authentication(10, [.. Text("SCRAM-SHA-256-PLUS"), 0])], "The PgBouncer of orders-db wants a kind of login that the bot does not know."),
        Row("an MD5 salt of three bytes", [Authentication(5, 1, 2, 3)], "What answers at 127.0.0.1:6432 does not talk"),
        Row("in without proof", [Scram, Trusted], "What answers at 127.0.0.1:6432 did not prove that it knows the password of chatbot."),
        Row("the wrong words", [Error("08P01", "SASL authentication failed")], "The PgBouncer of orders-db refused the login of chatbot"),
        Row("the wrong code", [Error("28P01", "Kennwort falsch")], "The PgBouncer of orders-db refused the login of chatbot"),
        Row("no stats user", [[.. Ok, .. Error("08P01", "not allowed")]], "The PgBouncer of orders-db does not let chatbot read its console. Add chatbot to stats_users there, and reload it."),
        Row("no place", [Error("08P01", "no more connections allowed (max_client_conn)")], "The PgBouncer of orders-db takes no more clients, not even at its console."),
        Row("only encrypted", [Error("08P01", "SSL required")], "The PgBouncer of orders-db at 127.0.0.1:6432 insists on encryption."),
        Row("something else", [Error("08P01", "canary-words")], "The PgBouncer of orders-db at 127.0.0.1:6432 refused the bot. Its log says why."),
        Row("PostgreSQL", [Error("28000", "canary-words", "ClientAuthentication")], "A PostgreSQL server answers at 127.0.0.1:6432, and no PgBouncer."),
        Row("PostgreSQL with a database pgbouncer", [[.. Ok, .. Welcome("15.20 (Debian 15.20-0+deb12u1)")]], "A PostgreSQL server answers at 127.0.0.1:6432, and no PgBouncer."),
        Row("a command refused", [Trusted, [.. Error("08P01", "canary-words"), .. Ready]], "The PgBouncer of orders-db refused SHOW POOLS."),
        Row("a command refused by PostgreSQL", [[.. Ok, .. Ready], [.. Error("42704", "canary-words", "GetConfigOptionByName"), .. Ready]], "A PostgreSQL server answers"),
    ];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Each_trouble_has_a_sentence_of_its_own(byte[][] answers, string sentence)
    {
        var trouble = await Assert.ThrowsAsync<TargetUnavailableException>(() => ScriptedConsole.Saying(answers).AskAsync());

        Assert.StartsWith(sentence, trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", trouble.ToString(), StringComparison.Ordinal);
        Assert.Null(trouble.InnerException);
    }

    [Fact]
    public async Task Columns_are_found_by_name()
    {
        var rows = await ScriptedConsole.Saying(Trusted, Pools).AskAsync();

        Assert.Equal((2, "shop", 3, ""), (rows.Count, rows.Text(0, "database"), rows.Number(0, "cl_active", 10), rows.Text(1, "user")));
        Assert.False(rows.Has("cl_waiting"));
        foreach (var (column, most) in new[] { ("cl_waiting", 10), ("database", 10), ("cl_active", 2) })
        {
            var trouble = Assert.Throws<TargetUnavailableException>(() => rows.Number(0, column, most));
            Assert.StartsWith($"The PgBouncer of orders-db answered SHOW POOLS without a readable {column}.", trouble.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_these_commands_can_be_said()
    {
        string[] all = ["SHOW POOLS", "SHOW DATABASES", "SHOW CLIENTS", "SHOW SERVERS", "SHOW STATS", "SHOW VERSION", "SHOW LISTS", "SHOW CONFIG"];
        Assert.Equal(all, Enum.GetValues<ConsoleCommand>().Select(command => command.Text()));

        var server = ScriptedConsole.Saying(Trusted);
        await using var console = await server.EnterAsync();
        var before = server.Said.Length;
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => console.QueryAsync((ConsoleCommand)99, TestContext.Current.CancellationToken));
        Assert.Equal(before, server.Said.Length);
    }

    [Fact]
    public async Task The_startup_message_says_who_comes_and_nothing_else()
    {
        var server = ScriptedConsole.Saying();
        await Assert.ThrowsAsync<TargetUnavailableException>(() => server.AskAsync());

        Assert.Equal("\0\0\0\u0029\0\u0003\0\0user\0chatbot\0database\0pgbouncer\0\0", Encoding.ASCII.GetString(server.Said));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("localhost", true)]
    [InlineData("/run/postgresql", true)]
    [InlineData("10.0.0.10", false)]
    [InlineData("pooler.example.com", false)]
    public async Task A_plain_password_stays_here_when_somebody_could_read_along(string host, bool said)
    {
        var server = ScriptedConsole.Saying(Authentication(3), Trusted, Pools);
        var target = ScriptedConsole.Target with { Host = host };

        var trouble = await Record.ExceptionAsync(() => server.AskAsync(target));

        Assert.Equal(said, Encoding.ASCII.GetString(server.Said).Contains("canary-secret", StringComparison.Ordinal));
        Assert.Equal(said, trouble is null);
        Assert.True(said || trouble!.Message.EndsWith("Set auth_type to scram-sha-256 there, or the target's PgBouncer:Tls to Require or VerifyFull.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_sides_prove_that_they_know_the_password()
    {
        var rows = await new ScriptedConsole(With(ScramServer("canary-secret"))).AskAsync();
        Assert.Equal(2, rows.Count);

        var impostor = await Assert.ThrowsAsync<TargetUnavailableException>(() => new ScriptedConsole(ScramServer("guessed")).AskAsync());
        Assert.StartsWith("What answers at 127.0.0.1:6432 did not prove that it knows the password of chatbot.", impostor.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", impostor.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000_000)]
    public async Task A_challenge_that_only_wants_to_weaken_or_to_keep_busy_is_not_answered(int iterations)
    {
        var server = ScriptedConsole.Saying(Scram);
        var console = new ScriptedConsole(asked => asked[0] == 'p'
            ? Authentication(11, Encoding.ASCII.GetBytes($"r={Encoding.ASCII.GetString(asked).Split("r=")[1]}x,s=AAAA,i={iterations}"))
            : Scram);

        var trouble = await Assert.ThrowsAsync<TargetUnavailableException>(() => console.AskAsync());
        Assert.StartsWith("The PgBouncer of orders-db asks for fewer than 4096 or more than 1000000 rounds of hashing.", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_usable_password_it_says_so()
    {
        var none = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => ScriptedConsole.Saying(Scram).AskAsync(ScriptedConsole.Target with { Password = null }));
        var foreign = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => ScriptedConsole.Saying(Scram).AskAsync(ScriptedConsole.Target with { Password = new Secret("Straße") }));

        Assert.StartsWith("The PgBouncer of orders-db asks chatbot for a password, and none is configured.", none.Message, StringComparison.Ordinal);
        Assert.StartsWith("The password of chatbot for the PgBouncer of orders-db has letters beyond plain ASCII", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claimed_lengths_cost_no_memory()
    {
        long allocated;
        int thread;
        do
        {
            var server = ScriptedConsole.Saying(Trusted, [.. Columns("a"), (byte)'D', 0x7f, 0xff, 0xff, 0xff]);
            await using var console = await server.EnterAsync();
            (thread, allocated) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());

            await Assert.ThrowsAsync<TargetUnavailableException>(() => console.QueryAsync(ConsoleCommand.Pools, TestContext.Current.CancellationToken));

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }
        while (thread != Environment.CurrentManagedThreadId); // counted per thread, and a busy machine may go on with another one

        Assert.InRange(allocated, 1, 2 * ConsoleWire.LargestMessage);
    }

    [Fact]
    public async Task An_endless_answer_is_left_after_its_bound()
    {
        var rows = Enumerable.Repeat(ConsoleBytes.Row(new string('x', 900_000)), 12).SelectMany(row => row);
        var server = ScriptedConsole.Saying(Trusted, [.. Columns("a"), .. rows]);

        await Assert.ThrowsAsync<TargetUnavailableException>(() => server.AskAsync());

        Assert.InRange(server.Taken, ConsoleWire.LargestAnswer - ConsoleWire.LargestMessage, ConsoleWire.LargestAnswer + ConsoleWire.LargestMessage);
    }

    [Fact]
    public async Task Time_runs_out_for_all_questions_together()
    {
        var clock = new FakeTimeProvider();
        await using var console = await PgBouncerConsole.EnterAsync(
            ScriptedConsole.Target,
            ScriptedConsole.Saying(Trusted, Pools, Pools),
            new CancellationTokenSource(ScriptedConsole.Target.Within, clock),
            TestContext.Current.CancellationToken);
        await console.QueryAsync(ConsoleCommand.Pools, TestContext.Current.CancellationToken);

        clock.Advance(ScriptedConsole.Target.Within);

        var trouble = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => console.QueryAsync(ConsoleCommand.Pools, TestContext.Current.CancellationToken));
        Assert.Equal(UnavailableReason.TimedOut, trouble.Reason);
        Assert.StartsWith("The PgBouncer of orders-db at 127.0.0.1:6432 did not answer within 5 s.", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_gave_up_hears_nothing_about_PgBouncer()
    {
        await using var console = await ScriptedConsole.Saying(Trusted).EnterAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => console.QueryAsync(ConsoleCommand.Pools, new CancellationToken(canceled: true)));
    }

    /// <summary>Logs in by the server given, and answers every question with the pools.</summary>
    private static Func<byte[], byte[]> With(Func<byte[], byte[]> login) => asked => asked[0] == 'Q' ? Pools : login(asked);

    private static TheoryDataRow<byte[][], string> Row(string label, byte[][] answers, string sentence) => new(answers, sentence) { Label = label };
}
