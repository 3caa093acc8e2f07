using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>One call of the Web API, as it was answered.</summary>
/// <param name="Method"><c>chat.postMessage</c>; <c>response_url</c> for a response, <c>upload_url</c> for the bytes of a file.</param>
/// <param name="Arguments">Without the token.</param>
/// <param name="Status">HTTP status; 0 when the connection was closed instead.</param>
/// <param name="Error">Slack's error; null when it was done.</param>
public sealed record ApiCall(
    string Method,
    IReadOnlyDictionary<string, JsonElement> Arguments,
    int Status,
    string? Error)
{
    public bool IsOk => Status == 200 && Error is null;
}

/// <summary>Every Web API call so far, in the order of the answers.</summary>
public sealed class ApiCalls : Journal<ApiCall>
{
    internal ApiCalls()
    {
    }

    public IReadOnlyList<ApiCall> Of(string method) => [.. All.Where(call => call.Method == method)];

    internal void Answered(ApiCall call) => Add(call);
}
