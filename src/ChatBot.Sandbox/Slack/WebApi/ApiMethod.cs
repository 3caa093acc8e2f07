using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>One method of the Web API.</summary>
/// <param name="Scopes">Any one of them is enough; empty when none is needed.</param>
/// <param name="Run">The fields of the answer beside <c>ok</c>.</param>
internal sealed record ApiMethod(string Name, RateTier Tier, string[] Scopes, Func<ApiArguments, JsonObject> Run)
{
    /// <summary>Called with the app-level token (<c>xapp-</c>).</summary>
    public bool IsForApp { get; init; }

    /// <summary>
    /// Reads only, mostly. Slack drops a JSON body of such a method and answers as if no argument had come: conversations.replies
    /// "missing required field: channel", users.info <c>user_not_found</c>.
    /// See https://docs.slack.dev/apis/web-api ("most write methods allow application/json").
    /// </summary>
    public bool IsReading { get; init; }
}
