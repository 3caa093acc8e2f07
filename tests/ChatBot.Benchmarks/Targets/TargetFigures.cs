using System.Diagnostics;
using System.Globalization;
using ChatBot.Databases;
using ChatBot.Sandbox.Databases;

namespace ChatBot.Benchmarks.Targets;

/// <summary>What the bot's questions cost a target with a crowd on it, beside the same on a quiet one, in turn.</summary>
internal static class TargetFigures
{
    /// <summary>Sessions of the quiet server, and how many of them wait for a lock.</summary>
    private const int Quiet = 20, QuietWaiters = 2;

    public static readonly string[] Engines = ["postgresql", "mariadb", "mariadb-with-performance-schema", "mysql", "pgbouncer"];

    public static async Task<int> PrintAsync(string[] engines, int sessions, int waiters, int rounds, CancellationToken cancellationToken)
    {
        foreach (var engine in engines)
        {
            if (engine == "mysql" && await MySqlServer.FindAsync(cancellationToken) is { IsAvailable: false } missing)
            {
                Console.WriteLine($"\n{engine}: left out, because {missing.Reason}.");
                continue;
            }

            var since = Stopwatch.GetTimestamp();
            await using var quiet = await StartAsync(engine, Quiet, QuietWaiters, cancellationToken);
            await using var crowded = await StartAsync(engine, sessions, waiters, cancellationToken);
            Console.WriteLine(
                $"\n{engine}: {crowded.Sessions} of {sessions} sessions opened in {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s"
                + $"{(crowded.StoppedBy is { } reason ? $", then: {reason}" : "")}; {waiters} of them wait. Beside it, {quiet.Sessions} and {QuietWaiters}.");
            await PrintAsync(quiet, crowded, rounds, cancellationToken);
        }

        return 0;
    }

    private static async Task PrintAsync(Crowd quiet, Crowd crowded, int rounds, CancellationToken cancellationToken)
    {
        Console.WriteLine($"load before: {await LoadAsync(cancellationToken)}, {Environment.ProcessorCount} cores, {rounds} rounds; ms until the answer, and of a core at the server");
        var rows = quiet.Questions.Zip(crowded.Questions, (few, many) => (few.Name, Few: new Measured(quiet, few), Many: new Measured(crowded, many))).ToList();
        for (var round = -1; round < rounds; round++) // the first only warms up
        {
            // In another order each time: what one leaves behind in the server's memory is not always the same one's to pay for.
            foreach (var (_, few, many) in rows.Shuffle())
            {
                await few.AskAsync(counts: round >= 0, cancellationToken);
                await many.AskAsync(counts: round >= 0, cancellationToken);
            }
        }

        Console.WriteLine($"{"",-32}{"quiet p50",10}{"p99",8}{"core",8}{"crowd p50",10}{"p99",8}{"core",8}{"x count",8}{"x quiet",8}");
        var yardstick = rows[0].Many.Times.Median;
        foreach (var (name, few, many) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-32}{few}{many}{many.Times.Median / yardstick,8:0.0}{many.Times.Median / few.Times.Median,8:0.0}{many.Unanswered}"));
        }

        Console.WriteLine($"load after: {await LoadAsync(cancellationToken)}");
    }

    private static async Task<Crowd> StartAsync(string engine, int sessions, int waiters, CancellationToken cancellationToken) => engine switch
    {
        "postgresql" => await CrowdedPostgreSql.StartAsync(sessions, waiters, cancellationToken),
        "mariadb" => await CrowdedMySql.StartMariaDbAsync(sessions, waiters, performanceSchema: false, cancellationToken),
        "mariadb-with-performance-schema" => await CrowdedMySql.StartMariaDbAsync(sessions, waiters, performanceSchema: true, cancellationToken),
        "mysql" => await CrowdedMySql.StartMySqlAsync(sessions, waiters, cancellationToken),
        "pgbouncer" => await CrowdedPgBouncer.StartAsync(sessions, waiters, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "There is no such server here."),
    };

    /// <summary>The system's load average over one minute.</summary>
    private static async Task<string> LoadAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];

    /// <summary>One question to one server, time after time.</summary>
    private sealed class Measured(Crowd server, Question question)
    {
        private readonly List<double> _times = [];
        private readonly List<double> _cores = [];
        private int _unanswered;

        public Sample Times => new(_times);

        /// <summary>Empty when every question was answered.</summary>
        public string Unanswered => _unanswered == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"   {_unanswered} without an answer");

        public async Task AskAsync(bool counts, CancellationToken cancellationToken)
        {
            var before = server.CoreTime();
            var since = Stopwatch.GetTimestamp();
            var isAnswered = await IsAnsweredAsync(cancellationToken);
            var time = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (!counts)
            {
                return;
            }

            _times.Add(time);
            _unanswered += isAnswered ? 0 : 1;
            if (server.CoreTime() - before is { } spent)
            {
                _cores.Add(spent);
            }
        }

        private async Task<bool> IsAnsweredAsync(CancellationToken cancellationToken)
        {
            try
            {
                await question.AskAsync(cancellationToken);
                return true;
            }
            catch (TargetUnavailableException)
            {
                return false;
            }
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Times.Median,10:0.0}{Times.At(0.99),8:0.0}{(_cores.Count == 0 ? double.NaN : new Sample(_cores).Median),8:0.0}");
    }
}
