using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>views.*: modals. See https://docs.slack.dev/surfaces/modals.</summary>
internal sealed class ViewMethods(SlackWorkspace workspace, Triggers triggers, BlockCheck blocks)
{
    /// <summary>A modal and two more on top of it.</summary>
    private const int MostOnTop = 3;

    public IEnumerable<ApiMethod> All =>
    [
        new("views.open", RateTier.Tier4, [], arguments => Show(arguments, onTop: false)),
        new("views.push", RateTier.Tier4, [], arguments => Show(arguments, onTop: true)),
        new("views.update", RateTier.Tier4, [], Update),
    ];

    private JsonObject Show(ApiArguments arguments, bool onTop)
    {
        var view = Checked(arguments);
        var user = triggers.Exchange(arguments.Require("trigger_id"));
        var open = workspace.Views(user).Count;
        if (onTop && open >= MostOnTop)
        {
            throw new SlackRefusal("push_limit_reached");
        }

        if (!onTop)
        {
            workspace.CloseView(user, all: true);
        }

        return Answer(workspace.PushView(user, view));
    }

    private JsonObject Update(ApiArguments arguments)
    {
        var view = Checked(arguments);
        var known = workspace.FindView(arguments.Require("view_id")) ?? throw new SlackRefusal("not_found");
        if (arguments.Text("hash") is { } hash && hash != known.Hash)
        {
            throw new SlackRefusal("hash_conflict");
        }

        return Answer(workspace.ReplaceView(known.Id, view) ?? throw new SlackRefusal("not_found"));
    }

    private JsonElement Checked(ApiArguments arguments) => blocks.View(
        arguments.Json("view") ?? throw new SlackRefusal("invalid_arguments", "missing required field: view"));

    private JsonObject Answer(SlackView view) => new() { ["view"] = MessageJson.Of(view, workspace) };
}
