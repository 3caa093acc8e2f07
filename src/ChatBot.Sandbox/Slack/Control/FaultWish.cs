namespace ChatBot.Sandbox.Slack;

/// <summary>A fault asked for over HTTP.</summary>
/// <param name="Fault">
/// For calls: <c>ratelimited</c>, <c>server-error</c>, <c>html</c>, <c>refused</c>, <c>hang</c>, <c>close-before</c>,
/// <c>close-after</c>; for all: <c>outage</c>, <c>release</c>; for sockets: <c>drop</c>, <c>freeze</c>, <c>thaw</c>,
/// <c>disconnect</c>, <c>deliver-next</c>, <c>raw</c>, <c>unknown-envelope</c>.
/// </param>
internal sealed record FaultWish(
    string Fault,
    string? Method = null,
    int? Times = null,
    int? RetryAfter = null,
    int? Status = null,
    string? Error = null,
    string? Reason = null,
    bool? On = null,
    byte[]? Bytes = null)
{
    public async Task<IResult> CarryOutAsync(SlackFaults faults, CancellationToken cancellationToken)
    {
        switch (Fault)
        {
            case "outage":
                faults.Outage = On ?? true;
                break;
            case "release":
                faults.ReleaseHung();
                break;
            case "drop":
                faults.DropSockets();
                break;
            case "freeze":
                faults.FreezeSockets();
                break;
            case "thaw":
                faults.ThawSockets();
                break;
            case "disconnect":
                await faults.DisconnectAsync(Reason ?? "refresh_requested", cancellationToken: cancellationToken);
                break;
            case "deliver-next":
                faults.DeliverNext(Times ?? 2, On ?? false);
                break;
            case "raw":
                await faults.SendRawAsync(Bytes ?? [0xC3, 0x28], cancellationToken);
                break;
            case "unknown-envelope":
                await faults.SendUnknownEnvelopeAsync(cancellationToken: cancellationToken);
                break;
            default:
                faults.Next(Method ?? "*", OfCall(), Times ?? 1);
                break;
        }

        return Results.Ok();
    }

    private SlackFault OfCall() => Fault switch
    {
        "ratelimited" => SlackFault.RateLimited(RetryAfter),
        "server-error" => SlackFault.ServerError(Status ?? 500),
        "html" => SlackFault.HtmlPage(Status ?? 502),
        "refused" => SlackFault.Refused(Error ?? "internal_error"),
        "hang" => SlackFault.Hang(),
        "close-before" => SlackFault.CloseBeforeEffect(),
        "close-after" => SlackFault.CloseAfterEffect(),
        _ => throw new ArgumentException($"Unknown fault '{Fault}'."),
    };
}
