using System.Text.Json.Nodes;

namespace ChatBot.Tests.Slack;

/// <summary>Payloads as Slack documents them, and ways to damage them.</summary>
/// <remarks>
/// See https://docs.slack.dev/interactivity/implementing-slash-commands and
/// https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
/// </remarks>
internal static class Payloads
{
    public static JsonObject Command() => new()
    {
        ["token"] = "legacy-token",
        ["team_id"] = "T0HOME",
        ["team_domain"] = "home",
        ["channel_id"] = "C0INCIDENTS",
        ["channel_name"] = "incidents",
        ["user_id"] = "U0ANA",
        ["user_name"] = "ana.lima",
        ["command"] = "/runbook",
        ["text"] = "start orders-db",
        ["api_app_id"] = "A0BOT",
        ["is_enterprise_install"] = "false",
        ["response_url"] = "https://hooks.slack.com/commands/1234/5678",
        ["trigger_id"] = "13345224609.738474920.8088930838d88f008e0",
    };

    public static JsonObject Press() => new()
    {
        ["type"] = "block_actions",
        ["team"] = new JsonObject { ["id"] = "T0HOME", ["domain"] = "home" },
        ["user"] = new JsonObject { ["id"] = "U0ANA", ["username"] = "ana.lima", ["name"] = "ana.lima", ["team_id"] = "T0HOME" },
        ["api_app_id"] = "A0BOT",
        ["token"] = "legacy-token",
        ["container"] = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = "1764158400.000100",
            ["channel_id"] = "C0INCIDENTS",
            ["is_ephemeral"] = false,
        },
        ["trigger_id"] = "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        ["enterprise"] = null,
        ["is_enterprise_install"] = false,
        ["channel"] = new JsonObject { ["id"] = "C0INCIDENTS", ["name"] = "incidents" },
        ["message"] = new JsonObject { ["type"] = "message", ["text"] = "orders-db, PRODUCTION: 93 of 97 slots", ["ts"] = "1764158400.000100" },
        ["state"] = new JsonObject { ["values"] = new JsonObject() },
        ["response_url"] = "https://hooks.slack.com/actions/1234/5678",
        ["actions"] = new JsonArray(new JsonObject
        {
            ["action_id"] = "plan.approve",
            ["block_id"] = "=qXel",
            ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = "Approve", ["emoji"] = false },
            ["value"] = "01936c5e0000700080000000000000aa.01936c5e000070008000000000000001",
            ["style"] = "danger",
            ["type"] = "button",
            ["action_ts"] = "1764158410.000200",
        }),
    };

    /// <summary>See https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.</summary>
    public static JsonObject Submission() => new()
    {
        ["type"] = "view_submission",
        ["team"] = new JsonObject { ["id"] = "T0HOME", ["domain"] = "home" },
        ["user"] = new JsonObject { ["id"] = "U0ANA", ["username"] = "ana.lima", ["name"] = "ana.lima", ["team_id"] = "T0HOME" },
        ["api_app_id"] = "A0BOT",
        ["token"] = "legacy-token",
        ["trigger_id"] = "12321423424.333649436676.d8c1bb837935619ccad0f624c448ffb4",
        ["view"] = new JsonObject
        {
            ["id"] = "V0NOTE",
            ["team_id"] = "T0HOME",
            ["type"] = "modal",
            ["callback_id"] = "step.done",
            ["private_metadata"] = "C0INCIDENTS|1764158400.000100|01936c5e0000700080000000000000aa.3",
            ["hash"] = "1764158411.rd1UEaQA",
            ["title"] = new JsonObject { ["type"] = "plain_text", ["text"] = "Done", ["emoji"] = false },
            ["blocks"] = new JsonArray(),
            ["state"] = new JsonObject
            {
                ["values"] = new JsonObject
                {
                    ["note"] = new JsonObject
                    {
                        ["note"] = new JsonObject { ["type"] = "plain_text_input", ["value"] = "restarted the pods" },
                    },
                },
            },
            ["root_view_id"] = "V0NOTE",
            ["previous_view_id"] = null,
        },
        ["response_urls"] = new JsonArray(),
        ["is_enterprise_install"] = false,
        ["enterprise"] = null,
    };

    /// <summary>Removes, replaces, renames or doubles one thing somewhere.</summary>
    public static void Mutate(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } json:
                var (name, value) = json.ElementAt(random.Next(json.Count));
                if (value is JsonObject or JsonArray && random.Next(4) > 0)
                {
                    Mutate(value, random);
                }
                else if (random.Next(4) == 0)
                {
                    json.Remove(name);
                }
                else
                {
                    json[name] = Odd(random);
                }

                break;
            case JsonArray { Count: > 0 } list:
                var at = random.Next(list.Count);
                if (list[at] is { } child && random.Next(3) > 0)
                {
                    Mutate(child, random);
                }
                else if (random.Next(2) == 0)
                {
                    list.Add(list[at]?.DeepClone());
                }
                else
                {
                    list[at] = Odd(random);
                }

                break;
        }
    }

    private static JsonNode? Odd(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => JsonValue.Create(random.NextInt64()),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => new JsonObject { ["id"] = "U0EVE" },
        4 => new JsonArray("U0EVE"),
        5 => new JsonArray(),
        6 => JsonValue.Create(""),
        7 => JsonValue.Create(new string((char)random.Next(32, 0xD800), random.Next(1, 600))),
        8 => JsonValue.Create("\0\u202e<!channel>\ud83d\ude00`*_"),
        9 => JsonValue.Create(new string('9', random.Next(1, 3_000))),
        10 => JsonValue.Create(1e308),
        _ => JsonValue.Create("block_actions"),
    };
}
