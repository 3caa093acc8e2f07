using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Incidents.Findings.Poolers;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.AdvisePooler;

/// <summary>Computes a pooler's configuration from the target and the incident's measurements. Asks nobody.</summary>
internal sealed class PoolerStep : IReadingStep
{
    private const string PoolSize = "pool-size";

    public StepType Type { get; } = new("advise-pooler", StepWork.Advises, "computes the configuration of a pooler in front of the database")
    {
        Parameters =
        [
            new RangeParameter(PoolSize, "the least and the most server connections for one user and database", 1, 1000)
            {
                Default = $"{PoolerSizing.UsualBounds.From}..{PoolerSizing.UsualBounds.To}",
            },
        ],
        Phases = [RunbookPhase.LongTerm],
    };

    public string EvidenceKind => "pooler-advice/1";

    public Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken) => Task.FromResult(Compute(request));

    public IReadOnlyList<Mrkdwn> Draw(string body) => PoolerView.Render(StoredJson.Read<PoolerAdvice>(body, EvidenceKind));

    private static StepReading Compute(StepRequest request)
    {
        var server = ServerOf(request.Target);
        var evidence = PoolerEvidence.Of(request.Incident, request.Consumers, server.Database);
        var bounds = request.Binding.Range(PoolSize) ?? PoolerSizing.UsualBounds;
        var sizing = evidence is null ? null : PoolerSizing.Of(evidence, bounds);

        IReadOnlyList<StepFile> files = (server.Engine, evidence, sizing) switch
        {
            (_, null, _) or (_, _, null) => [],
            (PooledEngine.PostgreSql, { } measured, { } size) =>
            [
                new StepFile(PgBouncerFiles.Ini, PgBouncerFiles.WriteIni(server, measured, size, bounds, request.Consumers)),
                new StepFile(PgBouncerFiles.UserList, PgBouncerFiles.WriteUserList()),
                new StepFile(PgBouncerFiles.AuthSql, PgBouncerFiles.WriteAuthSql()),
            ],
            (_, { } measured, { } size) =>
            [
                new StepFile(ProxySqlFiles.Cnf, ProxySqlFiles.WriteCnf(server, measured, size, bounds, request.Consumers)),
                new StepFile(ProxySqlFiles.AdminSql, ProxySqlFiles.WriteAdminSql(server, measured, size, request.Consumers)),
            ],
        };
        return new StepReading(JsonSerializer.Serialize(new PoolerAdvice(server.Engine, evidence, sizing), StoredJson.Options), files);
    }

    private static PooledServer ServerOf(TargetOptions target) => new(
        target.Engine switch
        {
            DatabaseEngine.PostgreSql => PooledEngine.PostgreSql,
            DatabaseEngine.MySql when target.Database.Length == 0 =>
                throw new ImpossiblePlanException("A pooler's files name one database: set the target's Database."),
            DatabaseEngine.MySql => PooledEngine.MySql,
            var other => throw new NotSupportedException($"There is no pooler for {other} yet."),
        },
        target.Host,
        target.Port,
        target.Database,
        target.Tls switch
        {
            TlsMode.Disable => PoolerTls.Disable,
            TlsMode.Prefer => PoolerTls.Prefer,
            TlsMode.Require => PoolerTls.Require,
            _ => PoolerTls.VerifyFull,
        });
}

/// <summary>As it is stored.</summary>
/// <param name="Evidence">Null when the server was never measured; then there is no sizing either.</param>
internal sealed record PoolerAdvice(PooledEngine Engine, PoolerEvidence? Evidence, PoolerSizing? Sizing);
