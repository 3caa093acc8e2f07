using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Steps;

/// <summary>A step type that asks or computes, and changes nothing.</summary>
internal interface IReadingStep
{
    StepType Type { get; }

    /// <summary>The stored name of its evidence, with a version: <c>connection-lives/1</c>. For ever.</summary>
    string EvidenceKind { get; }

    /// <summary>Runs it, within the step's timeout.</summary>
    /// <exception cref="ImpossiblePlanException">It can't be taken on such a target; its message says why to a responder.</exception>
    /// <exception cref="Databases.TargetUnavailableException">There is no answer; its message says why to a responder.</exception>
    /// <exception cref="Kubernetes.ClusterUnavailableException">There is no answer; its message says why to a responder.</exception>
    Task<StepReading> ReadAsync(StepRequest request, CancellationToken cancellationToken);

    /// <summary>What it found, for the step's message and the report: paragraphs, the most important first.</summary>
    /// <param name="body">As <see cref="ReadAsync"/> returned it.</param>
    /// <exception cref="FormatException">The body is damaged, or a newer version of the bot wrote it.</exception>
    IReadOnlyList<Mrkdwn> Draw(string body);
}
