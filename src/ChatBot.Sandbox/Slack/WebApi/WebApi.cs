using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace ChatBot.Sandbox.Slack;

/// <summary><c>POST /api/METHOD</c>: faults first, then token, scope, rate and the method itself.</summary>
internal sealed class WebApi(
    SlackSimulatorOptions options,
    SlackFaults faults,
    ApiCalls calls,
    RateGate rates,
    SlackWorkspace workspace,
    IEnumerable<ApiMethod> methods,
    CancellationToken stopping)
{
    /// <summary>What a call of a response URL is called, in <see cref="ApiCalls"/> and for faults.</summary>
    private const string ResponseUrl = "response_url";

    /// <summary>The same of the bytes of a file.</summary>
    private const string UploadUrl = "upload_url";

    private readonly Dictionary<string, ApiMethod> _methods = methods.ToDictionary(method => method.Name);

    public async Task ServeAsync(HttpContext http, string name)
    {
        if (await ReadAsync(http, name) is not { } request)
        {
            return;
        }

        switch (await FaultAsync(http, name))
        {
            case null:
                await RunAsync(http, name, request, closesAfter: false);
                break;
            case { What: SlackFault.Kind.CloseAfter }:
                await RunAsync(http, name, request, closesAfter: true);
                break;
            case { } fault:
                await FailAsync(http, name, request, fault);
                break;
        }
    }

    /// <summary>A response URL: no token, no limit of rate, and an HTTP status for a refusal.</summary>
    public async Task RespondAsync(HttpContext http, ResponseUrls responses, string id)
    {
        if (await ReadAsync(http, ResponseUrl) is not { } request)
        {
            return;
        }

        if (await FaultAsync(http, ResponseUrl) is { } fault)
        {
            await FailAsync(http, ResponseUrl, request, fault);
            return;
        }

        try
        {
            responses.Respond(id, request.Values);
            await AnswerAsync(http, ResponseUrl, request, new JsonObject { ["ok"] = true }, null);
        }
        catch (SlackRefusal refusal)
        {
            http.Response.StatusCode = refusal.Error is "used_url" or "expired_url"
                ? StatusCodes.Status404NotFound
                : StatusCodes.Status400BadRequest;
            await AnswerAsync(http, ResponseUrl, request, Refused(refusal), refusal.Error);
        }
    }

    /// <summary>An upload URL: no token, no limit of rate; "OK" and how many bytes, or just an HTTP status.</summary>
    public async Task TakeFileAsync(HttpContext http, FileUploads uploads, string ticket)
    {
        var content = await UploadedBytes.ReadAsync(http.Request, http.RequestAborted);
        var request = new ApiRequest(
            Token: null,
            new Dictionary<string, JsonElement> { ["length"] = JsonSerializer.SerializeToElement(content.Length) },
            IsJson: false);
        var fault = await FaultAsync(http, UploadUrl);
        if (fault is { What: not SlackFault.Kind.CloseAfter })
        {
            await FailAsync(http, UploadUrl, request, fault);
            return;
        }

        var isTaken = uploads.Take(ticket, content);
        if (fault is not null)
        {
            Close(http, UploadUrl, request);
            return;
        }

        http.Response.StatusCode = isTaken ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        calls.Answered(new ApiCall(UploadUrl, request.Values, http.Response.StatusCode, isTaken ? null : "not_taken"));
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(isTaken ? $"OK - {content.Length}" : "Bad request", stopping);
    }

    /// <returns>Null when it was refused and answered.</returns>
    private async Task<ApiRequest?> ReadAsync(HttpContext http, string name)
    {
        try
        {
            return await ApiRequest.ReadAsync(http.Request, http.RequestAborted);
        }
        catch (SlackRefusal refusal)
        {
            await AnswerAsync(http, name, null, Refused(refusal), refusal.Error);
            return null;
        }
    }

    /// <summary>What goes wrong with this call, after the waiting if it is to hang.</summary>
    private async Task<SlackFault?> FaultAsync(HttpContext http, string name)
    {
        if (faults.Outage)
        {
            return SlackFault.HtmlPage(StatusCodes.Status503ServiceUnavailable);
        }

        var fault = faults.Take(name);
        if (fault is not { What: SlackFault.Kind.Hang })
        {
            return fault;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        await faults.Hung.WaitAsync(ended.Token);
        return null;
    }

    private async Task RunAsync(HttpContext http, string name, ApiRequest request, bool closesAfter)
    {
        JsonObject answer;
        string? error = null;
        try
        {
            var method = _methods.GetValueOrDefault(name) ?? throw new SlackRefusal("unknown_method");
            Authorize(method, request.Token);
            var arguments = new ApiArguments(Understood(method, request));
            if (rates.Take(name, method.Tier, ChannelOf(method, arguments)) is { } seconds)
            {
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                throw new SlackRefusal("ratelimited");
            }

            answer = method.Run(arguments);
            answer.Insert(0, "ok", true);
        }
        catch (SlackRefusal refusal)
        {
            (answer, error) = (Refused(refusal), refusal.Error);
        }

        if (closesAfter)
        {
            Close(http, name, request);
        }
        else
        {
            await AnswerAsync(http, name, request, answer, error);
        }
    }

    private void Authorize(ApiMethod method, string? token)
    {
        if (token is null)
        {
            throw new SlackRefusal("not_authed");
        }

        var isApp = token == options.AppToken;
        if (!isApp && token != options.BotToken)
        {
            throw new SlackRefusal("invalid_auth");
        }

        if (isApp != method.IsForApp)
        {
            throw new SlackRefusal("not_allowed_token_type");
        }

        var provided = isApp ? options.AppScopes : options.BotScopes;
        if (method.Scopes.Length > 0 && !method.Scopes.Any(provided.Contains))
        {
            throw new SlackRefusal("missing_scope") { Scopes = (method.Scopes[0], string.Join(',', provided)) };
        }
    }

    private IReadOnlyDictionary<string, JsonElement> Understood(ApiMethod method, ApiRequest request) =>
        method.IsReading && request.IsJson && options.ReadingMethodsIgnoreJson
            ? new Dictionary<string, JsonElement>()
            : request.Values;

    private string? ChannelOf(ApiMethod method, ApiArguments arguments) => method.Tier is RateTier.PostMessage
        && arguments.Text("channel") is { } channel
            ? workspace.FindChannel(channel)?.Id ?? channel
            : null;

    private async Task FailAsync(HttpContext http, string name, ApiRequest request, SlackFault fault)
    {
        switch (fault.What)
        {
            case SlackFault.Kind.CloseBefore:
                Close(http, name, request);
                break;
            case SlackFault.Kind.Html:
                calls.Answered(new ApiCall(name, request.Values, fault.StatusCode, "html"));
                http.Response.StatusCode = fault.StatusCode;
                http.Response.ContentType = "text/html; charset=utf-8";
                await http.Response.WriteAsync(
                    "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>",
                    stopping);
                break;
            default:
                http.Response.StatusCode = fault.StatusCode;
                if (fault.RetryAfterSeconds is { } seconds)
                {
                    http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                await AnswerAsync(http, name, request, Refused(new SlackRefusal(fault.Error)), fault.Error);
                break;
        }
    }

    private void Close(HttpContext http, string name, ApiRequest request)
    {
        calls.Answered(new ApiCall(name, request.Values, 0, "closed"));
        http.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
    }

    private async Task AnswerAsync(HttpContext http, string name, ApiRequest? request, JsonObject answer, string? error)
    {
        calls.Answered(new ApiCall(
            name,
            request?.Values ?? new Dictionary<string, JsonElement>(),
            http.Response.StatusCode,
            error));
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(answer.ToJsonString(), stopping);
    }

    private static JsonObject Refused(SlackRefusal refusal)
    {
        var answer = new JsonObject { ["ok"] = false, ["error"] = refusal.Error };
        if (refusal.Scopes is { } scopes)
        {
            (answer["needed"], answer["provided"]) = (scopes.Needed, scopes.Provided);
        }

        if (refusal.Details.Count > 0)
        {
            answer["errors"] = new JsonArray([.. refusal.Details.Select(detail => JsonValue.Create(detail))]);
            answer["response_metadata"] = new JsonObject
            {
                ["messages"] = new JsonArray([.. refusal.Details.Select(detail => JsonValue.Create("[ERROR] " + detail))]),
            };
        }

        return answer;
    }
}
