using System.Text.Json;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.AdviseAppPooling;

/// <summary>Names the services whose connections live too briefly to come from a pool: watches for a few seconds.</summary>
internal sealed class AppPoolingStep(ConnectionLivesProbe probe, TimeProvider clock) : IReadingStep
{
    private const string Watch = "watch";

    /// <summary>Pauses between looks: what lives for a fifth of the watch is seen. Each look is one short question.</summary>
    private const int Pauses = 5;

    private static readonly TimeSpan UsualWatch = TimeSpan.FromSeconds(5);

    public StepType Type { get; } = new("advise-app-pooling", StepWork.Advises, "names the services that open a connection for every piece of work")
    {
        Parameters =
        [
            new DurationParameter(Watch, "how long the births and ends of connections are watched", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60)) { Default = "5s" },
        ],
        Phases = [RunbookPhase.ShortTerm, RunbookPhase.LongTerm],
    };

    public string EvidenceKind => "connection-lives/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        request.OnlyForPostgreSql();
        var watch = WatchFor(request.Binding);
        var looks = new List<SessionLook> { await probe.ReadAsync(request.Target.Name, cancellationToken) };
        for (var pause = 0; pause < Pauses; pause++)
        {
            await Task.Delay(watch / Pauses, clock, cancellationToken);
            looks.Add(await probe.ReadAsync(request.Target.Name, cancellationToken));
        }

        return new StepReading(JsonSerializer.Serialize(ConnectionLives.Of(looks), StoredJson.Options), []);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => AppPoolingView.Render(StoredJson.Read<ConnectionLives>(body, EvidenceKind));

    /// <summary>The looks need time, too: the pauses get at most three quarters of it.</summary>
    internal static TimeSpan WatchFor(StepBinding binding)
    {
        var (wanted, longest) = (binding.Duration(Watch) ?? UsualWatch, binding.Timeout * 0.75);
        return wanted < longest ? wanted : longest;
    }
}
