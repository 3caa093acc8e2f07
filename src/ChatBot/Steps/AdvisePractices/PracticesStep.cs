using System.Text.Json;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps.AdvisePractices;

/// <summary>Says what in the sessions of this moment speaks for handling connections better.</summary>
internal sealed class PracticesStep(SessionHabitsProbe probe) : IReadingStep
{
    private const string IdleFor = "idle-for";

    /// <summary>Where neither the page nor the diagnosis says: a pool gives an idle connection up by then.</summary>
    private static readonly TimeSpan UsualIdle = TimeSpan.FromMinutes(10);

    public StepType Type { get; } = new("advise-practices", StepWork.Advises, "says which services leak, pause in transactions or hide their name")
    {
        Parameters =
        [
            new DurationParameter(IdleFor, "from which age on an idle session counts", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
            {
                Default = "as in the diagnosis, else 10m",
            },
        ],
        Phases = [RunbookPhase.ShortTerm, RunbookPhase.LongTerm],
    };

    public string EvidenceKind => "practice-advice/1";

    public async Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken)
    {
        request.OnlyForPostgreSql();
        var idleFor = request.Binding.Duration(IdleFor) ?? request.Consumers?.IdleFor ?? UsualIdle;
        var habits = await probe.ReadAsync(request.Target.Name, idleFor, cancellationToken);
        return new StepReading(JsonSerializer.Serialize(habits, StoredJson.Options), []);
    }

    public IReadOnlyList<Mrkdwn> Draw(string body) => PracticesView.Render(StoredJson.Read<SessionHabits>(body, EvidenceKind));
}
