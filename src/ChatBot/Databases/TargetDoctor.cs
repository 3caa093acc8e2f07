using System.Globalization;
using ChatBot.Configuration;
using ChatBot.Databases.PgBouncer;
using ChatBot.Incidents;

namespace ChatBot.Databases;

/// <summary>Everything there is to say about one target: its settings, its server, its pooler.</summary>
internal sealed class TargetDoctor(TargetServers servers, TimeProvider clock)
{
    /// <summary>Where poolers and proxies listen unless told otherwise.</summary>
    private static readonly Dictionary<(DatabaseEngine Engine, int Port), string> PoolerPorts = new()
    {
        [(DatabaseEngine.PostgreSql, 6432)] = "PgBouncer",
        [(DatabaseEngine.MySql, 6033)] = "ProxySQL",
        [(DatabaseEngine.MySql, 4006)] = "MaxScale",
    };

    /// <param name="replicas">Of the bot, at least one.</param>
    public async Task<ServerCheckup> CheckAsync(TargetOptions target, int replicas, CancellationToken cancellationToken)
    {
        var server = ServerAsync(target, replicas, cancellationToken);
        var pooler = PgBouncerTarget.From(target) is { } console ? await PgBouncerDoctor.CheckAsync(console, clock, cancellationToken) : [];
        var checkup = await server;
        return checkup with { Findings = [.. Settings(target), .. checkup.Findings.Select(finding => InMode(target.Mode, finding)), .. pooler] };
    }

    internal static IEnumerable<CheckupFinding> Settings(TargetOptions target)
    {
        if (PoolerPorts.TryGetValue((target.Engine, target.Port), out var usual))
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Advice, string.Create(CultureInfo.InvariantCulture,
                $"Port {target.Port} is usually {usual}'s, whose connections are not the server's. Make sure that the server itself listens there."));
        }

        if (target.PgBouncer is { } console && target.Port == console.Port && target.Host == console.Host)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Missing, "The target's own Host and Port are those of its PgBouncer. Give it the server's own address.");
        }
    }

    /// <summary>Where the bot changes nothing by itself, a right to change something is good to have, and no more.</summary>
    internal static CheckupFinding InMode(TargetMode mode, CheckupFinding finding) =>
        mode is not TargetMode.Act && finding is { Level: CheckupLevel.Missing, Part: CheckupPart.EndingSessions or CheckupPart.LimitingAccounts }
            ? finding with { Level = CheckupLevel.Advice, Words = $"Not needed while the target's Mode is {mode}: {finding.Words}" }
            : finding;

    private async Task<ServerCheckup> ServerAsync(TargetOptions target, int replicas, CancellationToken cancellationToken)
    {
        try
        {
            return await servers[target.Name].CheckAsync(replicas, cancellationToken);
        }
        catch (TargetUnavailableException unavailable)
        {
            return new([unavailable.Found]);
        }
    }
}
