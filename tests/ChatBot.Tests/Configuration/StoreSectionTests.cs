using System.Collections;
using ChatBot.Configuration;

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

    private static (StoreOptions? Store, IReadOnlyList<string> Mistakes) Read(Hashtable environment)
    {
        var (configuration, mistakes) = ChatBotConfiguration.Build("/nowhere", environment);
        Assert.Empty(mistakes);
        return ChatBotConfiguration.ReadStore(configuration!);
    }
}
