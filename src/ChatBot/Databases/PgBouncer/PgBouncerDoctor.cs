namespace ChatBot.Databases.PgBouncer;

/// <summary>Says of a console whether it lets the bot in.</summary>
internal static class PgBouncerDoctor
{
    /// <summary>Never throws for a console that does not answer: that is a finding. Logs in and asks for the version, once.</summary>
    public static async Task<IReadOnlyList<CheckupFinding>> CheckAsync(PgBouncerTarget target, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await using var console = await PgBouncerConsole.OpenAsync(target, clock, cancellationToken);
            var version = PgBouncerPoolsProbe.VersionIn(await console.QueryAsync(ConsoleCommand.Version, cancellationToken));
            return
            [
                new(CheckupPart.Pooler, CheckupLevel.Works, $"PgBouncer {version ?? "of an unknown version"} lets {target.User} read its console, also when it takes no more clients."),
                .. target is { IsThisMachine: false, Tls: not Configuration.TlsMode.VerifyFull }
                    ? [new CheckupFinding(CheckupPart.Pooler, CheckupLevel.Advice, "Somebody in between could pose as the PgBouncer. Set the target's PgBouncer:Tls to VerifyFull.")]
                    : Array.Empty<CheckupFinding>(),
            ];
        }
        catch (TargetUnavailableException unavailable)
        {
            return [new(CheckupPart.Pooler, CheckupLevel.Missing, unavailable.Message)];
        }
    }
}
