using System.Net;
using System.Net.Sockets;
using ChatBot.Configuration;
using ChatBot.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests;

public sealed class StartUpTests : IDisposable
{
    /// <summary>Stands in for Slack and for the database: whoever calls is noticed.</summary>
    private readonly TcpListener _network = new(IPAddress.Loopback, 0);
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-").FullName;

    public StartUpTests()
    {
        _network.Start();
    }

    public void Dispose()
    {
        _network.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false, 7)]
    [InlineData(true, 8)] // the terminal's door
    public async Task Everything_that_is_registered_can_be_built_without_touching_the_network(bool terminal, int parts)
    {
        var port = ((IPEndPoint)_network.LocalEndpoint).Port;
        var options = Options(port);
        options = terminal ? options with { Terminal = Configuration.Given.Read(Configuration.Given.Full()).Options!.Terminal } : options;
        await using var store = await IncidentStore.OpenAsync(
            new SqliteStoreSettings(Path.Combine(_folder, "chatbot.db")), TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders());
        services.AddChatBot(options, store);

        await using (var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }))
        {
            var ours = services.Select(service => service.ServiceType).Where(type => !type.ContainsGenericParameters).Distinct().ToList();
            Assert.All(ours, type => Assert.NotNull(provider.GetRequiredService(type)));
            Assert.Equal(parts, provider.GetServices<IHostedService>().Count());
        }

        Assert.False(_network.Pending(), "Somebody called before the host started.");
    }

    private static ChatBotOptions Options(int port)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Slack:BotToken"] = "xoxb-1",
            ["Slack:AppToken"] = "xapp-1",
            ["Slack:ApiUrl"] = $"http://127.0.0.1:{port}/api/",
            ["Targets:orders-db:Host"] = "127.0.0.1",
            ["Targets:orders-db:Port"] = $"{port}",
            ["Targets:orders-db:User"] = "chatbot",
            ["Targets:orders-db:Environment"] = "PRODUCTION",
        }).Build();
        var (options, mistakes) = ChatBotConfiguration.Read(configuration);
        Assert.Empty(mistakes);
        return options!;
    }
}
