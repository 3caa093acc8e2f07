using System.Text;

namespace ChatBot.Tests.Slack.Views;

/// <summary>
/// Messages as they read, in files beside the tests. To change a wording: run with UPDATE_GOLDEN=1, then read the
/// difference as somebody would at 3 a.m. on a phone.
/// </summary>
internal static class Golden
{
    public static void AssertSame(string file, IEnumerable<(string Name, string Text)> messages)
    {
        var seen = messages.Aggregate(new StringBuilder(), (all, message) => all.Append("=== ").Append(message.Name).Append('\n').Append(message.Text).Append('\n')).ToString();
        var kept = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Slack", "Views", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, seen);
        }

        Assert.Equal(File.ReadAllText(kept), seen);
    }
}
