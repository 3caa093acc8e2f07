using System.Collections.Immutable;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Steps;

namespace ChatBot.IntegrationTests.Steps;

/// <summary>What a test asks of a step.</summary>
internal static class StepTalk
{
    /// <param name="parameters">As a page writes them, such as <c>watch</c> and <c>2s</c>.</param>
    public static StepRequest Request(
        StepType type, TargetOptions target, Incident incident, ConnectionConsumers? consumers = null, params (string Name, string Value)[] parameters)
    {
        Assert.All(parameters, parameter => Assert.True(type.Parameters.Single(known => known.Name == parameter.Name).Allows(parameter.Value)));
        var binding = new StepBinding(type, parameters.ToImmutableSortedDictionary(parameter => parameter.Name, parameter => parameter.Value));
        var step = new RunbookStep("mitigation-3-1", RunbookPhase.LongTerm, "3.1", type.Name, Line: 1) { Binding = binding };
        return new StepRequest(incident, step, binding, target, consumers);
    }

    /// <summary>An incident on the small server, with these measurements.</summary>
    public static Incident IncidentWith(params ConnectionUsage[] usages) =>
        new(new IncidentId(Guid.Empty), SmallServer.Name, "TEST", "C0TEST", new Person("T0", "U0"), DateTimeOffset.UnixEpoch)
        {
            Samples = [.. usages.Select((usage, at) => new UsageSample(DateTimeOffset.UnixEpoch.AddSeconds(10 * at), usage))],
        };

    public static TargetOptions TargetOf(SmallServer server, string database = "shop") => new()
    {
        Name = SmallServer.Name,
        Host = "127.0.0.1",
        Port = server.Server.Port,
        Database = database,
        User = "chatbot",
        Environment = "TEST",
        Tls = TlsMode.Disable,
    };
}
