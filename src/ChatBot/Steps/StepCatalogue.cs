using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps;

/// <summary>Every step type the program has: what pages can name, and who does it.</summary>
internal sealed class StepCatalogue
{
    private readonly Dictionary<string, IReadingStep> _reading;
    private readonly Dictionary<string, IChangingStep> _changing;

    public StepCatalogue(IEnumerable<IReadingStep> reading, IEnumerable<IChangingStep> changing)
    {
        _reading = reading.ToDictionary(step => step.Type.Name, StringComparer.Ordinal);
        _changing = changing.ToDictionary(step => step.Kind.Name, StringComparer.Ordinal);

        // The two that the machine itself is built on report with events of their own; Dispatch asks for them.
        Types = new StepTypes([
            StepType.ConnectionUsage,
            StepType.ConnectionConsumers,
            .. _reading.Values.Select(step => step.Type),
            .. _changing.Values.Select(step => step.Type),
        ]);
        Kinds = new MitigationKinds(_changing.Values.Select(step => step.Kind));
        Views = _changing.ToDictionary(step => step.Key, step => step.Value.View, StringComparer.Ordinal);
    }

    public StepTypes Types { get; }

    public MitigationKinds Kinds { get; }

    /// <summary>By the stored name of the mitigation.</summary>
    public IReadOnlyDictionary<string, MitigationView> Views { get; }

    /// <param name="type">The step type's name.</param>
    /// <returns>Null when no such step reads or advises.</returns>
    public IReadingStep? FindReading(string type) => _reading.GetValueOrDefault(type);

    /// <param name="mitigation">The stored name of the mitigation.</param>
    /// <returns>Null when no such step changes anything.</returns>
    public IChangingStep? FindChanging(string mitigation) => _changing.GetValueOrDefault(mitigation);
}
