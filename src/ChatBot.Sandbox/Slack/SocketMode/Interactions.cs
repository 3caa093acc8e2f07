using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>What people do, as the envelopes the app gets, and what its acknowledgements do to their screens.</summary>
internal sealed class Interactions(
    SlackWorkspace workspace,
    EnvelopeSender sender,
    Triggers triggers,
    ResponseUrls responseUrls,
    BlockCheck blocks)
{
    /// <summary>Deprecated by Slack but still sent; nobody should look at it.</summary>
    private const string VerificationToken = "practice-verification";

    private const string Trouble = "We had some trouble connecting. Try again?";

    public async Task<SlackAnswer> CommandAsync(
        SlackUser user,
        SlackChannel channel,
        string command,
        string text,
        CancellationToken cancellationToken)
    {
        var payload = new JsonObject
        {
            ["token"] = VerificationToken,
            ["team_id"] = workspace.TeamId,
            ["team_domain"] = TeamDomain,
            ["channel_id"] = channel.Id,
            ["channel_name"] = channel.IsDirect ? "directmessage" : channel.Name,
            ["user_id"] = user.Id,
            ["user_name"] = user.Name,
            ["command"] = command,
            ["text"] = text,
            ["api_app_id"] = workspace.AppId,
            ["is_enterprise_install"] = "false",
            ["response_url"] = responseUrls.Issue(channel.Id, user.Id, original: null),
            ["trigger_id"] = triggers.Issue(user.Id),
        };
        var result = await sender.SendAsync("slash_commands", payload, cancellationToken);
        try
        {
            if (result is { Fate: EnvelopeFate.Acknowledged, Answer: { } answer })
            {
                Respond(channel, user, answer);
            }
        }
        catch (SlackRefusal refusal)
        {
            return new SlackAnswer(SlackAnswerKind.Refused, $"{command} failed with the error \"{refusal.Error}\".");
        }

        return SlackAnswer.Of(result, $"{command} failed because the app did not respond.");
    }

    /// <param name="action">What was pressed, without <c>action_ts</c>.</param>
    public async Task<SlackAnswer> PressAsync(
        SlackUser user,
        SlackMessage message,
        JsonObject action,
        CancellationToken cancellationToken)
    {
        var isEphemeral = message.EphemeralFor is not null;
        var container = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = message.Ts,
            ["channel_id"] = message.ChannelId,
            ["is_ephemeral"] = isEphemeral,
        };
        if (message.ThreadTs is { } thread)
        {
            container["thread_ts"] = thread;
        }

        var channel = workspace.RequireChannel(message.ChannelId);
        var payload = Interactive("block_actions", user);
        payload["container"] = container;
        payload["channel"] = new JsonObject { ["id"] = channel.Id, ["name"] = channel.IsDirect ? "directmessage" : channel.Name };
        payload["trigger_id"] = triggers.Issue(user.Id);
        payload["response_url"] = responseUrls.Issue(channel.Id, user.Id, message);
        payload["state"] = new JsonObject { ["values"] = new JsonObject() };
        payload["actions"] = Actions(action);
        if (!isEphemeral)
        {
            payload["message"] = MessageJson.Of(message, workspace, withMetadata: true);
        }

        var result = await sender.SendAsync("interactive", payload, cancellationToken);
        return SlackAnswer.Of(result, "This app did not respond. Try again later.");
    }

    public async Task<SlackAnswer> PressInViewAsync(
        SlackUser user,
        SlackView view,
        JsonObject action,
        JsonObject values,
        CancellationToken cancellationToken)
    {
        var payload = Interactive("block_actions", user);
        payload["container"] = new JsonObject { ["type"] = "view", ["view_id"] = view.Id };
        payload["trigger_id"] = triggers.Issue(user.Id);
        payload["view"] = WithState(view, values);
        payload["actions"] = Actions(action);
        var result = await sender.SendAsync("interactive", payload, cancellationToken);
        return SlackAnswer.Of(result, "This app did not respond. Try again later.");
    }

    /// <param name="values">By block_id and action_id.</param>
    public async Task<SlackAnswer> SubmitAsync(
        SlackUser user,
        SlackView view,
        JsonObject values,
        CancellationToken cancellationToken)
    {
        var payload = Interactive("view_submission", user);
        payload["trigger_id"] = triggers.Issue(user.Id);
        payload["view"] = WithState(view, values);
        payload["response_urls"] = new JsonArray();
        var result = await sender.SendAsync("interactive", payload, cancellationToken);
        var answer = SlackAnswer.Of(result, Trouble);
        try
        {
            return answer.IsAcknowledged ? Carry(answer, view, result.Answer) : answer;
        }
        catch (SlackRefusal refusal)
        {
            return new SlackAnswer(SlackAnswerKind.Refused, $"{Trouble} ({string.Join("; ", refusal.Details)})");
        }
    }

    /// <summary>A person closed the modal; the app hears of it only if it asked to.</summary>
    public async Task CloseAsync(SlackUser user, SlackView view, CancellationToken cancellationToken)
    {
        workspace.CloseView(user.Id);
        if (view.Definition.TryGetProperty("notify_on_close", out var notify) && notify.GetBoolean())
        {
            var payload = Interactive("view_closed", user);
            payload["view"] = MessageJson.Of(view, workspace);
            payload["is_cleared"] = false;
            await sender.SendAsync("interactive", payload, cancellationToken);
        }
    }

    public Task EventAsync(JsonObject happened, CancellationToken cancellationToken) => sender.SendAsync(
        "events_api",
        new JsonObject
        {
            ["token"] = VerificationToken,
            ["team_id"] = workspace.TeamId,
            ["api_app_id"] = workspace.AppId,
            ["event"] = happened,
            ["type"] = "event_callback",
            ["event_id"] = workspace.NewId("Ev"),
            ["event_time"] = long.Parse(happened["event_ts"]!.GetValue<string>().Split('.')[0], CultureInfo.InvariantCulture),
            ["authorizations"] = new JsonArray(new JsonObject
            {
                ["enterprise_id"] = null,
                ["team_id"] = workspace.TeamId,
                ["user_id"] = workspace.BotUser.Id,
                ["is_bot"] = true,
                ["is_enterprise_install"] = false,
            }),
            ["is_ext_shared_channel"] = false,
        },
        cancellationToken);

    private string TeamDomain => workspace.TeamName.ToLowerInvariant();

    private JsonObject Interactive(string type, SlackUser user) => new()
    {
        ["type"] = type,
        ["user"] = new JsonObject
        {
            ["id"] = user.Id,
            ["username"] = user.Name,
            ["name"] = user.Name,
            ["team_id"] = user.TeamId ?? workspace.TeamId,
        },
        ["api_app_id"] = workspace.AppId,
        ["token"] = VerificationToken,
        ["team"] = new JsonObject { ["id"] = workspace.TeamId, ["domain"] = TeamDomain },
        ["enterprise"] = null,
        ["is_enterprise_install"] = false,
    };

    private JsonArray Actions(JsonObject action)
    {
        var pressed = action.DeepClone().AsObject();
        pressed["action_ts"] = workspace.NextTs();
        return new JsonArray(pressed);
    }

    private JsonObject WithState(SlackView view, JsonObject values)
    {
        var json = MessageJson.Of(view, workspace);
        json["state"] = new JsonObject { ["values"] = values.DeepClone() };
        return json;
    }

    /// <summary>The acknowledgement of a command may carry its answer: an object, or just the text.</summary>
    private void Respond(SlackChannel channel, SlackUser user, JsonElement answer)
    {
        var response = answer.ValueKind is JsonValueKind.String
            ? new Dictionary<string, JsonElement> { ["text"] = answer }
            : answer.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
        responseUrls.Apply(new ResponseTarget(channel.Id, user.Id, null, 0), response);
    }

    private SlackAnswer Carry(SlackAnswer answer, SlackView view, JsonElement? response)
    {
        var action = response?.TryGetProperty("response_action", out var name) is true ? name.GetString() : null;
        switch (action)
        {
            case "errors":
                var errors = response!.Value.GetProperty("errors").EnumerateObject()
                    .ToDictionary(error => error.Name, error => error.Value.GetString() ?? "");
                return answer with { Errors = errors };
            case "update":
                workspace.ReplaceView(view.Id, blocks.View(response!.Value.GetProperty("view")));
                return answer;
            case "push":
                workspace.PushView(view.UserId, blocks.View(response!.Value.GetProperty("view")));
                return answer;
            default:
                workspace.CloseView(view.UserId, all: action is "clear");
                return answer;
        }
    }
}
