using System.Collections;
using System.CommandLine;
using ChatBot.Configuration;
using ChatBot.Store;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Commands;

/// <summary>The bot's store, for commands that only look: they need its settings and no others, and no running bot.</summary>
/// <param name="baseFolder">Where appsettings.json is.</param>
/// <param name="environment">As of <see cref="Environment.GetEnvironmentVariables()"/>.</param>
internal sealed class StoreAccess(string baseFolder, IDictionary environment)
{
    /// <summary>The incident that a command is about.</summary>
    public static Argument<string> Named() => new("INCIDENT") { Description = "A target, for its open or else its last incident; or an incident's 32 digits." };

    /// <summary>What goes wrong is said in a line or a few.</summary>
    /// <param name="name">As <see cref="StoreReader.FindNamedIncidentAsync"/> takes it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> UseAsync(ParseResult parsed, string name, Func<OpenedStore, Task<int>> use, CancellationToken cancellationToken)
    {
        var errors = parsed.InvocationConfiguration.Error;
        var (configuration, mistakes) = ChatBotConfiguration.Build(baseFolder, environment);
        StoreOptions? options = null;
        if (configuration is not null)
        {
            (options, mistakes) = ChatBotConfiguration.ReadStore(configuration);
        }

        if (options is null)
        {
            await errors.WriteLineAsync(string.Join('\n', mistakes.Prepend("The settings of the store:")));
            return 1;
        }

        try
        {
            await using var store = await IncidentStore.OpenReadOnlyAsync(StoreSettings.From(options), TimeProvider.System, cancellationToken);
            if (await store.ReadAsync((reader, _) => reader.FindNamedIncidentAsync(name), cancellationToken) is not { } incident)
            {
                await errors.WriteLineAsync(TerminalAccess.Clean($"The store has no incident {name}, neither under this id nor on a target of this name."));
                return 1;
            }

            await using var services = ServicesOver(store, options, TerminalReader.ReadNames(configuration!));
            return await use(new OpenedStore(store, incident, services));
        }
        catch (StoreUnavailableException unavailable)
        {
            await errors.WriteLineAsync(TerminalAccess.Clean(unavailable.Message));
            return 1;
        }
        catch (Exception damaged) when (damaged is FormatException or InvalidOperationException)
        {
            await errors.WriteLineAsync(TerminalAccess.Clean($"The incident's record can't be read to its end: {damaged.Message}"));
            return 1;
        }
    }

    /// <summary>The program's own parts over this store, without a target or Slack; nothing of it runs.</summary>
    private static ServiceProvider ServicesOver(IncidentStore store, StoreOptions options, AccountNames names) => new ServiceCollection()
        .AddLogging()
        .AddChatBot(
            new ChatBotOptions
            {
                Slack = new SlackOptions { BotToken = new(""), AppToken = new("") },
                Store = options,
                Targets = new Dictionary<string, TargetOptions>(),
            },
            store)
        .AddSingleton(names) // instead of those of the options, which hold nobody here
        .BuildServiceProvider();
}

/// <param name="Incident">The one that the command is about.</param>
internal sealed record OpenedStore(IncidentStore Store, IncidentRow Incident, IServiceProvider Services);
