using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Tests.Slack;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>Finding a message of ours whose posting got no answer.</summary>
public sealed class PostedMessagesTests
{
    private const string Slot = "card";

    [Fact]
    public async Task Our_own_marked_message_is_found_on_a_later_page() =>
        Assert.Equal("2.0", await FindAsync([Message("1.0", "U0ANA")], [Message("2.0", "U0BOT", Slot)]));

    [Fact]
    public async Task A_copy_of_the_mark_by_another_author_is_not_ours() =>
        Assert.Null(await FindAsync([Message("1.0", "U0OTHERAPP", Slot)]));

    [Fact]
    public async Task A_message_of_another_part_is_another() =>
        Assert.Null(await FindAsync([Message("1.0", "U0BOT", "consumers")]));

    [Fact]
    public async Task A_channel_without_end_is_not_read_for_ever()
    {
        var wire = new AnsweringWire((method, _) => method == "auth.test"
            ? new JsonObject { ["ok"] = true, ["user_id"] = "U0BOT" }
            : new JsonObject { ["ok"] = true, ["messages"] = new JsonArray(), ["response_metadata"] = new JsonObject { ["next_cursor"] = "more" } });

        Assert.Null(await new PostedMessages(wire).FindAsync(Deciding.Incident, card: null, Slot, TestContext.Current.CancellationToken));
        Assert.Equal(10, wire.Methods.Count(method => method == "conversations.history"));
    }

    private static async Task<string?> FindAsync(params JsonObject[][] pages)
    {
        var wire = new AnsweringWire((method, arguments) =>
        {
            if (method == "auth.test")
            {
                return new JsonObject { ["ok"] = true, ["user_id"] = "U0BOT" };
            }

            var page = arguments["cursor"] is { } cursor ? int.Parse((string)cursor!, System.Globalization.CultureInfo.InvariantCulture) : 0;
            return new JsonObject
            {
                ["ok"] = true,
                ["messages"] = new JsonArray([.. pages[page]]),
                ["response_metadata"] = new JsonObject { ["next_cursor"] = page + 1 < pages.Length ? $"{page + 1}" : "" },
            };
        });
        return await new PostedMessages(wire).FindAsync(Deciding.Incident, card: null, Slot, TestContext.Current.CancellationToken);
    }

    private static JsonObject Message(string ts, string author, string? slot = null)
    {
        var message = new JsonObject { ["ts"] = ts, ["user"] = author };
        if (slot is not null)
        {
            message["metadata"] = PostedMessages.Mark(Deciding.Incident, slot);
        }

        return message;
    }
}
