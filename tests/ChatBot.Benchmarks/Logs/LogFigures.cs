using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.Benchmarks.Logs;

/// <summary>The bot's own reading of many logs beside <c>kubectl logs | grep</c>, on the same simulated server, in turn.</summary>
internal static class LogFigures
{
    private const string Kubectl = "kubectl";

    public static async Task<int> PrintAsync(int pods, int megabytes, int rounds, CancellationToken cancellationToken)
    {
        var perPod = megabytes * 1_000_000L / pods;
        await using var simulator = await KubernetesSimulator.StartAsync(cancellationToken: cancellationToken);
        simulator.Cluster.Apply(Deployment(pods));
        var block = Block();
        foreach (var pod in simulator.Cluster.List(ResourceCatalog.Pods, "shop"))
        {
            simulator.Logs.Serve("shop", pod.Name(), "app", _ => BlocksAsync(block, perPod));
        }

        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, simulator.KubeconfigFor(ClusterUser.Admin, "shop"), cancellationToken);
        Console.WriteLine($"{pods} pods, {pods * perPod / 1e6:0} MB of logs, {Environment.ProcessorCount} cores; the server runs on them, too");
        var (bots, greps, memories) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var (_, said) = await RunAsync(Environment.ProcessPath!, ["logs-read", kubeconfig], cancellationToken);
            var figures = said.Trim().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            bots.Add(figures[0]);
            memories.Add(figures[1]);
            var (grepSeconds, grepSaid) = await RunAsync(
                "sh",
                ["-c", $"{Kubectl} --kubeconfig={kubeconfig} logs -l app=shop --tail=-1 --max-log-requests={pods} | grep -ci 'connection\\|pool\\|database'"],
                cancellationToken);
            greps.Add(grepSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: bot {figures[0]:0.00} s, {figures[1]:0} MB above idle, {figures[2]:0} lines with a sign, {figures[3]:0} with the runbook's words; kubectl | grep {grepSeconds:0.00} s, {grepSaid.Trim()} lines"));
        }

        File.Delete(kubeconfig);
        var (bot, kubectl) = (new Sample(bots).Median, new Sample(greps).Median);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"medians: bot {bot:0.00} s, kubectl | grep {kubectl:0.00} s: the bot takes {bot / kubectl:0.00} of its time, with {new Sample(memories).Median:0} MB above idle"));
        return 0;
    }

    /// <summary>The bot's part, in a process of its own so that its memory is its own. Prints seconds, MB above idle, and what it counted.</summary>
    public static async Task<int> ReadAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        var options = new KubernetesOptions { KubeconfigFile = kubeconfig, CallTimeout = TimeSpan.FromMinutes(2), LogsWithin = TimeSpan.FromMinutes(10) };
        var clusters = new Clusters(options, new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);
        var target = new TargetOptions
        {
            Name = "orders-db",
            Host = "db",
            User = "chatbot",
            Environment = "TEST",
            Mode = TargetMode.Observe,
            Services = new Dictionary<string, ServiceOptions> { ["shop"] = new ServiceOptions { Namespace = "shop" } },
        };
        await new WorkloadProbe(clusters, TimeProvider.System).LookAsync(target, cancellationToken); // connected and compiled: idle from here
        var idle = Resident();
        var since = Stopwatch.GetTimestamp();
        var reading = await new PodLogs(clusters, options).ReadAsync(target, DateTimeOffset.UtcNow.AddHours(-1), options.LogsWithin, cancellationToken);
        var took = Stopwatch.GetElapsedTime(since);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{took.TotalSeconds} {(Peak() - idle) / 1e6} {reading.Groups.Sum(group => group.Count)} {reading.RunbookLines}"));
        if (reading.Gaps.Count > 0)
        {
            await Console.Error.WriteLineAsync(reading.Gaps[0].ToString());
        }

        return 0;
    }

    private static long Resident() => Environment.WorkingSet;

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private static async Task<(double Seconds, string Output)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (Stopwatch.GetElapsedTime(since).TotalSeconds, output);
    }

    /// <summary>Lines as a web service writes them; 1 in 100 has a word that the runbook greps for, 1 in 1,000 is HikariCP's.</summary>
    private static byte[] Block()
    {
        var text = new StringBuilder();
        var chance = new Random(1);
        for (var n = 0; n < 4_000; n++)
        {
            var words = n % 1000 == 999
                ? "ERROR 1 --- [nio-8080-exec-7] com.shop.Checkout : HikariPool-1 - Connection is not available, request timed out after 30000ms (total=20, active=20, idle=0, waiting=7)"
                : n % 100 == 50
                    ? "DEBUG 1 --- [nio-8080-exec-2] com.shop.Orders : returned to the pool after 3 ms"
                    : $"INFO 1 --- [nio-8080-exec-{n % 9}] com.shop.Access : GET /orders/{chance.Next(1_000_000)} 200 {chance.Next(90)} ms customer={chance.Next(90_000)}";
            text.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'} {words}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BlocksAsync(byte[] block, long bytes)
    {
        for (var sent = 0L; sent < bytes; sent += block.Length)
        {
            yield return block;
        }

        await Task.CompletedTask;
    }

    private static string Deployment(int pods) =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, namespace: shop }
        spec:
          replicas: {{pods}}
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec: { containers: [{ name: app, image: shop:1 }] }
        """;
}
