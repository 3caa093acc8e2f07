using System.Text;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Incidents.Tests.Findings.Logs;

public sealed class LogScanTests
{
    private const string Hikari = "HikariPool-1 - Connection is not available, request timed out after 30001ms (total=10, active=10, idle=0, waiting=3)";

    private const string Trace =
        """
        2026-11-26T02:31:07.120000000Z INFO  started, connection to the database is up
        2026-11-26T02:40:00.000000001Z WARN  Connection leak detection triggered for PgConnection@1 on thread exec-7, stack trace follows
        2026-11-26T02:40:00.000000002Z java.lang.Exception: Apparent connection leak detected
        2026-11-26T02:40:00.000000003Z 	at com.zaxxer.hikari.HikariDataSource.getConnection(HikariDataSource.java:128)
        2026-11-26T02:40:00.000000004Z 	at org.springframework.jdbc.datasource.DataSourceUtils.fetch(DataSourceUtils.java:160)
        2026-11-26T02:40:00.000000005Z 	at com.shop.OrderExport.run(OrderExport.java:88)
        2026-11-26T02:40:00.000000006Z 	at java.base/java.lang.Thread.run(Thread.java:840)
        2026-11-26T02:41:10.000000007Z INFO  request served

        """;

    private static readonly DateTimeOffset Since = new(2026, 11, 26, 2, 0, 0, TimeSpan.Zero);

    public static readonly TheoryData<int> Pieces = [1, 7, 64, 100_000];

    [Theory]
    [MemberData(nameof(Pieces))]
    public void A_leak_is_found_with_the_services_own_frame_however_the_stream_is_cut(int piece)
    {
        var reading = Read(Trace, piece);

        Assert.Equal((8, 4), (reading.Lines, reading.RunbookLines));
        Assert.Collection(
            reading.Groups,
            leak => Assert.Equal(("HikariCP", LogSign.Leak, 1L, "com.shop.OrderExport.run(OrderExport.java:88)"), (leak.Stack, leak.Sign, leak.Count, leak.Frame.Value)),
            leak => Assert.Equal((LogSign.Leak, 1L, "com.shop.OrderExport.run(OrderExport.java:88)"), (leak.Sign, leak.Count, leak.Frame.Value)));
        var match = reading.Matches[0];
        Assert.StartsWith("WARN Connection leak detection", match.Text.Value, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 2, 40, 0, TimeSpan.Zero), match.At!.Value, TimeSpan.FromMilliseconds(1));
        Assert.All(reading.Groups, group => Assert.Equal([new MinuteLines(new(2026, 11, 26, 2, 40, 0, TimeSpan.Zero), 1)], group.Minutes));
    }

    public static readonly TheoryData<string, string> Traces = new()
    {
        { $"{Hikari}\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:1)\n\tat com.shop.Cart.load(Cart.java:12)\n", "com.shop.Cart.load(Cart.java:12)" },
        { $"{Hikari}\n   at Npgsql.PoolingDataSource.Get()\n   at Shop.Cart.LoadAsync(Int32 id) in /src/Cart.cs:line 12\n", "Shop.Cart.LoadAsync(Int32 id) in /src/Cart.cs:line 12" },
        { "Error: timeout exceeded when trying to connect\n    at /app/node_modules/pg-pool/index.js:45:11\n    at async load (/app/src/cart.js:12:7)\n", "load (/app/src/cart.js:12:7)" },
        {
            "Traceback (most recent call last):\n  File \"/app/shop/cart.py\", line 12, in load\n    with engine.connect() as c:\n  File \"/usr/lib/python3.11/site-packages/sqlalchemy/pool.py\", line 1, in connect\n"
            + "    return x\nsqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00\n",
            "load (/app/shop/cart.py:12)"
        },
        { "panic: pool timed out while waiting for an open connection\n\ngoroutine 7 [running]:\ndatabase/sql.(*DB).conn(0xc0)\n\t/usr/local/go/src/database/sql/sql.go:1 +0x1\nmain.(*Cart).Load(0xc0)\n\t/app/cart.go:12 +0x1d\n", "main.(*Cart).Load (/app/cart.go:12)" },
        { "ActiveRecord::ConnectionTimeoutError (x):\n/usr/lib/ruby/gems/activerecord/pool.rb:1:in `checkout'\n/app/models/cart.rb:12:in `load'\n", "load (/app/models/cart.rb:12)" },
        { "PDOException: SQLSTATE[08004] [1040] Too many connections\nx\n", "" },
        { $"{{\"level\":\"ERROR\",\"message\":\"{Hikari}\",\"stack\":\"java.sql.X\\n\\tat com.zaxxer.hikari.A.b(A.java:1)\\n\\tat com.shop.Cart.load(Cart.java:12)\\n\"}}\n", "com.shop.Cart.load(Cart.java:12)" },
        { $"{Hikari}\nserved\nserved\nserved\nserved\n\tat com.shop.Other.call(Other.java:1)\n", "" },
    };

    [Theory]
    [MemberData(nameof(Traces))]
    public void The_topmost_frame_of_the_service_is_found_in_traces_of_every_kind(string log, string frame) =>
        Assert.Equal(frame, Assert.Single(Read(log, piece: 11).Groups).Frame.Value);

    [Fact]
    public void A_message_about_an_empty_pool_is_a_victims_and_tells_the_pools_size()
    {
        var group = Assert.Single(Read($"{Hikari}\n", 50).Groups);

        Assert.True(group.IsVictims);
        Assert.Equal(10, group.PoolSize);
    }

    [Fact]
    public void A_line_of_fifty_megabytes_costs_a_window_and_is_named_and_what_follows_is_read()
    {
        var tally = new LogTally(10);
        var scan = Scan(tally);
        scan.Add($"{Hikari} and on and on");
        var piece = new string('x', 1 << 20);
        for (var i = 0; i < 50; i++)
        {
            scan.Add(piece);
        }

        scan.Add($"\n{Hikari}\n");
        scan.End();

        var reading = tally.Reading(Since);
        Assert.Equal((1, 2), (reading.LongLines, reading.Groups[0].Count));
    }

    [Fact]
    public void Many_lines_are_all_counted_and_few_are_kept()
    {
        var log = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
        {
            log.Append("GET /orders 200 in 12 ms, ").Append(i).Append('\n').Append(Hikari).Append('\n');
        }

        var reading = Read(log.ToString(), 4096);

        Assert.Equal((40_000, 20_000), (reading.Lines, reading.Groups[0].Count));
        Assert.Equal(20_000, reading.RunbookLines);
        Assert.Equal((100, 19_900), (reading.Matches.Count, reading.MatchesLeftOut));
    }

    [Fact]
    public void The_last_line_counts_without_a_line_break_and_windows_ends_dont_matter()
    {
        Assert.Equal(1, Read(Hikari, 10).Groups[0].Count);
        Assert.Equal("com.shop.Cart.load(Cart.java:12)", Read($"{Hikari}\r\n\tat com.shop.Cart.load(Cart.java:12)\r\n", 10).Groups[0].Frame.Value);
    }

    [Fact]
    public void Secrets_in_the_line_or_its_trace_are_hidden_before_anything_is_cut()
    {
        var reading = Read($"{Hikari} url=postgres://app:hunter2hunter2@db/shop\n\tpassword=correcthorse42\n", 10);

        var text = reading.Matches[0].Text;
        Assert.DoesNotContain("hunter2", text.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("correcthorse", text.Value, StringComparison.Ordinal);
        Assert.Equal(2, text.Hidden);
    }

    [Fact]
    public void What_several_containers_say_comes_together_with_excerpts_of_two_pods()
    {
        var all = new LogTally(3);
        foreach (var pod in new[] { "a", "a", "b" })
        {
            var one = new LogTally(10);
            var scan = Scan(one, pod);
            scan.Add($"2026-11-26T02:40:00Z {Hikari}\n2026-11-26T02:40:59Z {Hikari}\n");
            scan.End();
            all.Add(one);
        }

        var reading = all.Reading(Since);
        var group = Assert.Single(reading.Groups);
        Assert.Equal([("a", 4L), ("b", 2L)], group.Pods.Select(pod => (pod.Pod.Value, pod.Lines)));
        Assert.Equal(6, Assert.Single(group.Minutes).Lines);
        Assert.Equal(["a", "b"], group.Excerpts.Select(excerpt => excerpt.Pod.Value));
        Assert.Equal((3, 3), (reading.Matches.Count, reading.MatchesLeftOut));
    }

    [Fact]
    public void More_places_of_the_code_than_anybody_reads_share_a_group_and_none_is_lost()
    {
        var log = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            log.Append(Hikari).Append("\n\tat com.shop.Generated").Append(i).Append(".call(G.java:1)\n");
        }

        var reading = Read(log.ToString(), 4096);

        Assert.InRange(reading.Groups.Count, 100, 201);
        Assert.Equal(300, reading.Groups.Sum(group => group.Count));
    }

    private static LogReading Read(string log, int piece)
    {
        var tally = new LogTally(100);
        var scan = Scan(tally);
        for (var at = 0; at < log.Length; at += piece)
        {
            scan.Add(log.AsSpan(at, Math.Min(piece, log.Length - at)));
        }

        scan.End();
        return tally.Reading(Since);
    }

    private static LogScan Scan(LogTally tally, string pod = "checkout-1") =>
        new(new LogSource(ForeignText.From("checkout-api", 63), ForeignText.From(pod, 63), ForeignText.From("app", 63), IsPrevious: false), tally);
}
