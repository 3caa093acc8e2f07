using System.Collections;
using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Store;
using ChatBot.Terminal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot;

/// <summary>Starts the program, or says line by line why not.</summary>
internal static partial class ChatBotHost
{
    /// <returns>
    /// 0 after a stop that was asked for; 1 when the settings or the store don't let it start; 2 when a part of it failed
    /// for good, so that whoever watches it starts it again.
    /// </returns>
    public static async Task<int> RunAsync(string baseFolder, IDictionary environment)
    {
        var (configuration, mistakes) = ChatBotConfiguration.Build(baseFolder, environment);
        ChatBotOptions? options = null;
        if (configuration is not null)
        {
            (options, mistakes) = ChatBotConfiguration.Read(configuration);
        }

        if (configuration is null || options is null)
        {
            return await RefuseAsync(mistakes);
        }

        if (await StorePlace.FindAsync(options, CancellationToken.None) is { } neighbour)
        {
            return await RefuseAsync([WrongPlace(neighbour)]);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = baseFolder });
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.AddLines(configuration);

        using var logs = LoggerFactory.Create(logging => logging.AddLines(configuration));
        IncidentStore store;
        try
        {
            store = await IncidentStore.OpenAsync(StoreSettings.From(options.Store), TimeProvider.System, logs, CancellationToken.None);
            await store.ReleaseAllClaimsAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException unavailable)
        {
            return await RefuseAsync([$"Store  {unavailable.Message}"]);
        }

        await using (store)
        {
            builder.Services.AddChatBot(options, store);
            using var host = builder.Build();
            if (host.Services.GetRequiredService<Pages>().Check(options.Targets.Values) is { Count: > 0 } broken)
            {
                return await RefuseAsync(broken, "the runbook pages");
            }

            var settings = host.Services.GetRequiredService<ILogger<ChatBotOptions>>();
            foreach (var warning in options.Warnings)
            {
                LogWarning(settings, warning);
            }

            foreach (var password in options.Targets.Values.SelectMany(target => new[] { target.Password, target.PgBouncer?.Password }).OfType<FileSecret>())
            {
                password.Lost += warning => LogWarning(settings, warning);
            }

            var parts = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
            try
            {
                await host.RunAsync();
            }
            catch (DoorBlockedException blocked)
            {
                return await RefuseAsync([$"Terminal:Port  {blocked.Message}"]);
            }

            if (parts.OfType<StoreWatch>().SingleOrDefault()?.Found is { } found)
            {
                return await RefuseAsync([WrongPlace(found)]);
            }

            return parts.Any(part => part.ExecuteTask is { IsFaulted: true }) ? 2 : 0;
        }
    }

    private static string WrongPlace(StoreNeighbour neighbour) => $"Store:ConnectionString  {neighbour.Why}";

    /// <summary>One line for each message, with the time in UTC.</summary>
    private static ILoggingBuilder AddLines(this ILoggingBuilder logging, IConfiguration configuration) => logging
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning) // or two lines for every request at the terminal's door
        .AddConfiguration(configuration.GetSection("Logging"))
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });

    private static async Task<int> RefuseAsync(IReadOnlyList<string> mistakes, string where = "the settings")
    {
        await Console.Error.WriteLineAsync($"ChatBot doesn't start. {mistakes.Count} {(mistakes.Count == 1 ? "mistake" : "mistakes")} in {where}:");
        foreach (var mistake in mistakes)
        {
            await Console.Error.WriteLineAsync($"  {mistake}");
        }

        return 1;
    }

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
