using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>auth.test, apps.connections.open, users.* and usergroups.*: who is who.</summary>
internal sealed class PeopleMethods(SlackWorkspace workspace, Func<string> newSocketUrl)
{
    public IEnumerable<ApiMethod> All =>
    [
        new("auth.test", RateTier.Special, [], Identity),
        new("apps.connections.open", RateTier.Tier1, ["connections:write"], OpenConnection) { IsForApp = true },
        new("users.info", RateTier.Tier4, ["users:read"], User) { IsReading = true },
        new("usergroups.list", RateTier.Tier2, ["usergroups:read"], Groups) { IsReading = true },
        new("usergroups.users.list", RateTier.Tier2, ["usergroups:read"], Members) { IsReading = true },
    ];

    private JsonObject Identity(ApiArguments arguments) => new()
    {
        ["url"] = $"https://{workspace.TeamName.ToLowerInvariant()}.slack.com/",
        ["team"] = workspace.TeamName,
        ["user"] = workspace.BotUser.Name,
        ["team_id"] = workspace.TeamId,
        ["user_id"] = workspace.BotUser.Id,
        ["bot_id"] = workspace.BotId,
        ["is_enterprise_install"] = false,
    };

    private JsonObject OpenConnection(ApiArguments arguments) => new() { ["url"] = newSocketUrl() };

    private JsonObject User(ApiArguments arguments) =>
        arguments.Text("user") is { } id && workspace.FindUser(id) is { } user && user.Id == id
            ? new JsonObject { ["user"] = MessageJson.Of(user, workspace) }
            : throw new SlackRefusal("user_not_found");

    private JsonObject Groups(ApiArguments arguments)
    {
        var withUsers = arguments.Flag("include_users");
        var groups = workspace.UserGroups.Select(group =>
        {
            var json = new JsonObject
            {
                ["id"] = group.Id,
                ["team_id"] = workspace.TeamId,
                ["is_usergroup"] = true,
                ["handle"] = group.Handle,
                ["name"] = group.Name,
                ["user_count"] = group.Members.Count,
                ["date_delete"] = 0,
            };
            if (withUsers)
            {
                json["users"] = Ids(group);
            }

            return json;
        });
        return new JsonObject { ["usergroups"] = new JsonArray([.. groups]) };
    }

    private JsonObject Members(ApiArguments arguments) =>
        workspace.FindUserGroup(arguments.Require("usergroup")) is { } group
            ? new JsonObject { ["users"] = Ids(group) }
            : throw new SlackRefusal("no_such_subteam");

    /// <summary>Deactivated people aren't listed, as in Slack (include_disabled is about groups).</summary>
    private JsonArray Ids(SlackUserGroup group) => new(
        [.. group.Members.Where(id => workspace.FindUser(id) is { IsDeleted: false }).Select(id => JsonValue.Create(id))]);
}
