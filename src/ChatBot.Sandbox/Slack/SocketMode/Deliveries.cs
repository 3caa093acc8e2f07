namespace ChatBot.Sandbox.Slack;

/// <summary>One envelope sent to the app.</summary>
/// <param name="Type"><c>slash_commands</c>, <c>interactive</c> or <c>events_api</c>.</param>
/// <param name="Attempt">0 for the first try, up to 3.</param>
/// <param name="Sockets">The numbers of the connections it went to.</param>
/// <param name="AckedAfter">From the first byte sent to the first acknowledgement; null when none came (yet).</param>
/// <param name="Acks">More than one when the envelope was sent more than once.</param>
public sealed record Delivery(
    string EnvelopeId,
    string Type,
    int Attempt,
    IReadOnlyList<int> Sockets,
    TimeSpan? AckedAfter = null,
    int Acks = 0);

/// <summary>Every envelope the simulator sent, in order, with what became of it.</summary>
public sealed class Deliveries : Journal<Delivery>
{
    internal Deliveries()
    {
    }

    /// <summary>How many envelopes were sent again because nobody acknowledged them.</summary>
    public int Redeliveries => All.Count(delivery => delivery.Attempt > 0);

    internal void Sent(Delivery delivery) => Add(delivery);

    internal void Acked(string envelopeId, TimeSpan after) => Amend(
        delivery => delivery.EnvelopeId == envelopeId,
        delivery => delivery with { AckedAfter = delivery.AckedAfter ?? after, Acks = delivery.Acks + 1 });
}
