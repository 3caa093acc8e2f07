using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>How much more one message takes. A page may say anything at any length, and Slack refuses what is too long as a whole.</summary>
internal sealed class MessageRoom
{
    /// <summary>For what is added after the room was shared out: a line that says what was left out, a row of buttons.</summary>
    private const int KeptBlocks = 4;

    private int _characters;
    private int _blocks;

    /// <param name="taken">What stands in the message in any case, wherever.</param>
    /// <param name="kept">Characters of JSON for what is added later.</param>
    public MessageRoom(IEnumerable<Block> taken, int kept)
    {
        _characters = SlackLimits.MessageJson.Most - kept;
        _blocks = SlackLimits.MessageBlocks.Most - KeptBlocks;
        foreach (var block in taken)
        {
            _characters -= SlackMessage.SizeOf(block);
            _blocks--;
        }
    }

    /// <summary>True, and the room is smaller by it, when the block fits.</summary>
    public bool Takes(Block block)
    {
        var size = SlackMessage.SizeOf(block);
        if (size > _characters || _blocks == 0)
        {
            return false;
        }

        _characters -= size;
        _blocks--;
        return true;
    }
}
