using System.Collections;
using System.CommandLine;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Kubernetes;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Commands;

/// <summary><c>chatbot doctor</c>: what works on each target and what is missing, with the statement that mends it.</summary>
internal sealed class DoctorCommand(string baseFolder, IDictionary environment)
{
    private readonly Option<string> _target = new("--target") { Description = "Only this target.", HelpName = "NAME" };

    private readonly Option<int> _replicas = new("--replicas")
    {
        Description = "How many replicas of the bot there are, for its connection limit.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create(string baseFolder, IDictionary environment)
    {
        var doctor = new DoctorCommand(baseFolder, environment);
        doctor._replicas.Validators.Add(given =>
        {
            if (given.GetValue(doctor._replicas) is < 1 or > 100)
            {
                given.AddError("--replicas is a number from 1 to 100.");
            }
        });
        var command = new Command(
            "doctor",
            "Connects to the targets as configured, and says of each what works and what is missing, with the statement to run. "
                + "Changes nothing; the bot may run meanwhile. Exit code 1 when something is missing, 2 when the settings or these words can't be used.")
        {
            doctor._target, doctor._replicas,
        };
        command.SetAction(doctor.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var errors = parsed.InvocationConfiguration.Error;
        var (configuration, mistakes) = ChatBotConfiguration.Build(baseFolder, environment);
        ChatBotOptions? options = null;
        if (configuration is not null)
        {
            (options, mistakes) = ChatBotConfiguration.ReadDatabases(configuration);
        }

        if (options is null)
        {
            await errors.WriteLineAsync(string.Join('\n', mistakes.Prepend("The settings of the databases:")));
            return 2;
        }

        var targets = options.Targets.Values.OrderBy(target => target.Name, StringComparer.Ordinal).ToList();
        if (parsed.GetValue(_target) is { } wanted)
        {
            targets.RemoveAll(target => target.Name != wanted);
            if (targets.Count == 0)
            {
                await errors.WriteLineAsync(TerminalAccess.Clean($"There is no target {wanted}. There are: {string.Join(", ", options.Targets.Keys.Order(StringComparer.Ordinal))}."));
                return 2;
            }
        }

        await using var services = ChatBotServices.TargetsOf(options);
        var doctor = services.GetRequiredService<TargetDoctor>();
        var checkups = await Task.WhenAll(targets.Select(target => doctor.CheckAsync(target, parsed.GetValue(_replicas), cancellationToken)));
        var report = new DoctorReport(parsed.InvocationConfiguration.Output);
        report.Settings(options.Warnings);
        var store = await StoreAsync(options, targets, checkups, cancellationToken);
        var inClusters = services.GetRequiredService<KubernetesDoctor>();
        foreach (var (target, checkup) in targets.Zip(checkups))
        {
            var clusters = (await inClusters.CheckAsync(target, cancellationToken)).Select(InCheckup);
            report.Target(target, checkup with { Findings = [.. checkup.Findings, .. clusters, .. store.Where(found => found.Target == target.Name).Select(found => found.Finding)] });
        }

        return report.Sum();
    }

    // The rooms don't know each other, so a cluster's findings have words of their own.
    private static CheckupFinding InCheckup(ClusterFinding finding) => new(
        CheckupPart.Cluster,
        finding.Level switch
        {
            ClusterFindingLevel.Works => CheckupLevel.Works,
            ClusterFindingLevel.Advice => CheckupLevel.Advice,
            _ => CheckupLevel.Missing,
        },
        finding.Words,
        finding.Rule);

    /// <summary>Whether the store lives on a target: by its address, which keeps the bot from starting, or by what its server says of itself.</summary>
    private static async Task<IReadOnlyList<(string Target, CheckupFinding Finding)>> StoreAsync(
        ChatBotOptions options, IReadOnlyList<TargetOptions> targets, ServerCheckup[] checkups, CancellationToken cancellationToken)
    {
        var byAddress = await StorePlace.FindAsync(options, cancellationToken);
        var server = await StorePlace.IdentityAsync(options, cancellationToken);
        return
        [
            .. targets.Zip(checkups)
                .Select(pair => byAddress?.Target == pair.First.Name ? byAddress
                    : server is not null && pair.Second.Server?.IsSameAs(server) is true ? new StoreNeighbour(pair.First.Name, IsPooler: false) : null)
                .OfType<StoreNeighbour>()
                .Select(found => (found.Target, new CheckupFinding(CheckupPart.Store, CheckupLevel.Missing, $"Store:ConnectionString {found.Why}"))),
        ];
    }
}
