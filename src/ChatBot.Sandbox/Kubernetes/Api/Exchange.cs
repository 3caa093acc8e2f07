using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>One request and what becomes of it.</summary>
internal sealed class Exchange(HttpContext http, CancellationToken ended)
{
    private int _code;
    private bool _isNoted;

    public HttpContext Http { get; } = http;

    /// <summary>Cancelled when the client is gone or the simulator stops.</summary>
    public CancellationToken Ended { get; } = ended;

    /// <summary>Null for discovery and the like.</summary>
    public ApiRequest? Request { get; set; }

    public ClusterUser? User { get; set; }

    public string Body { get; set; } = "";

    public WriteResult? Written { get; set; }

    public bool IsCut { get; private set; }

    /// <summary>Breaks the connection.</summary>
    public void Cut()
    {
        IsCut = true;
        throw new OperationCanceledException("The connection is cut, as planned.");
    }

    /// <summary>What goes wrong before the request is looked at, or is prepared for later.</summary>
    public async Task SufferAsync(KubernetesFault fault, KubernetesFaults faults, TimeProvider time)
    {
        switch (fault.What)
        {
            case KubernetesFault.Kind.Refuse:
                throw new ApiRefusal(fault.Code, fault.Reason, fault.Message) { RetryAfterSeconds = fault.RetryAfterSeconds };
            case KubernetesFault.Kind.Page:
                throw new ProxyPage(fault.Code);
            case KubernetesFault.Kind.Delay:
                await Task.Delay(fault.Wait, time, Ended);
                break;
            case KubernetesFault.Kind.Hang:
                await HangAsync(faults, Ended);
                break;
            case KubernetesFault.Kind.CutBefore:
                Cut();
                break;
            case KubernetesFault.Kind.CutBody:
                Http.Response.Body = new CutStream(Http.Response.Body, fault.Bytes, async halted =>
                {
                    if (!fault.Stalls)
                    {
                        Cut();
                    }

                    await HangAsync(faults, halted);
                });
                break;
        }
    }

    public async Task WriteAsync(JsonObject answer, int code = StatusCodes.Status200OK, string contentType = "application/json")
    {
        Begin(code, contentType);
        await Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.ToJsonString()), Ended);
    }

    /// <summary>Sends the head of an answer that lasts.</summary>
    public async Task StartAsync(string contentType, Ledger ledger, DateTimeOffset now)
    {
        Begin(StatusCodes.Status200OK, contentType);
        Note(ledger, now);
        await Http.Response.StartAsync(Ended);
    }

    public void Begin(int code, string contentType)
    {
        _code = Http.Response.StatusCode = code;
        Http.Response.ContentType = contentType;
    }

    /// <summary>Once only: what lasts is noted when it begins.</summary>
    public void Note(Ledger ledger, DateTimeOffset now)
    {
        if (_isNoted)
        {
            return;
        }

        _isNoted = true;
        ledger.Note(new ApiCall(
            now,
            User?.Name ?? "",
            Request?.Verb ?? Http.Request.Method.ToLowerInvariant(),
            Request?.Resource ?? "",
            Request?.Namespace ?? "",
            Request?.AskedName ?? "",
            IsCut ? 0 : _code)
        {
            Path = Http.Request.Path,
            Query = Http.Request.QueryString.Value ?? "",
            ContentType = Http.Request.ContentType,
            Body = Body,
            FieldManager = Request?.WriterOf(Http.Request).Manager,
            IsDryRun = Request is { IsDryRun: true },
            VersionBefore = Written?.Before?.Text("metadata", "resourceVersion"),
            VersionAfter = Written?.Answer.Text("metadata", "resourceVersion"),
        });
    }

    private async Task HangAsync(KubernetesFaults faults, CancellationToken cancellationToken)
    {
        if (await faults.HangAsync(cancellationToken))
        {
            Cut();
        }
    }
}
