using System.Collections;
using ChatBot.Configuration;
using ChatBot.Incidents;

namespace ChatBot.Tests.Configuration;

/// <summary>Commands that only look into the store need its settings and no others.</summary>
public sealed class StoreSectionTests
{
    [Fact]
    public void Mistakes_elsewhere_dont_matter()
    {
        var (store, mistakes) = Read(new()
        {
            ["CHATBOT_Store__Path"] = "elsewhere.db",
            ["CHATBOT_Slak__BotToken"] = "canary",
            ["CHATBOT_Watch__WatchFor"] = "soon",
        });

        Assert.Empty(mistakes);
        Assert.Equal((StoreEngine.Sqlite, "elsewhere.db"), (store!.Engine, store.Path));
    }

    [Fact]
    public void Mistakes_of_the_store_are_all_named_and_no_secret_is()
    {
        var (store, mistakes) = Read(new()
        {
            ["CHATBOT_Store__Engine"] = "Oracle",
            ["CHATBOT_Store__Pth"] = "canary-7",
            ["CHATBOT_Slack__BotToken"] = "canary-7",
        });

        Assert.Null(store);
        Assert.Equal(["Store:Engine", "Store:Pth"], mistakes.Select(mistake => mistake.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public void People_are_named_without_their_tokens_and_whatever_else_is_wrong()
    {
        var (configuration, _) = ChatBotConfiguration.Build("/nowhere", new Hashtable
        {
            ["CHATBOT_Terminal__People__ana__User"] = "U0ANA",
            ["CHATBOT_Terminal__People__ana__Team"] = "T0HOME",
            ["CHATBOT_Terminal__People__ana__TokenFile"] = "/nowhere/ana",
            ["CHATBOT_Terminal__People__boris__User"] = "W0BORIS", // of no workspace
            ["CHATBOT_Terminal__People__<b>__User"] = "U0CARL",
            ["CHATBOT_Terminal__People__<b>__Team"] = "T0HOME",
        });

        var (person, name) = Assert.Single(TerminalReader.ReadNames(configuration!).ByPerson);

        Assert.Equal((new Person("T0HOME", "U0ANA"), "ana"), (person, name.Value));
    }

    private static (StoreOptions? Store, IReadOnlyList<string> Mistakes) Read(Hashtable environment)
    {
        var (configuration, mistakes) = ChatBotConfiguration.Build("/nowhere", environment);
        Assert.Empty(mistakes);
        return ChatBotConfiguration.ReadStore(configuration!);
    }
}
