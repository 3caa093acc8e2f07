using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Databases.PgBouncer;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Metrics;
using ChatBot.Slack;
using ChatBot.Steps;
using ChatBot.Store;
using ChatBot.Terminal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot;

/// <summary>What the program consists of. Registration only.</summary>
internal static class ChatBotServices
{
    /// <param name="store">Open already: without a store the program doesn't start.</param>
    public static IServiceCollection AddChatBot(this IServiceCollection services, ChatBotOptions options, IncidentStore store)
    {
        services.AddSingleton(options);
        services.AddSingleton(store);
        services.AddSingleton(TimeProvider.System);
        if (options.Store.Engine is StoreEngine.PostgreSql)
        {
            services.AddHostedService<StoreWatch>();
        }

        return services.AddTargets(options).AddSlack(options).AddDispatch(options).AddTerminal(options);
    }

    /// <summary>What pages can name, without a running bot: no target is asked and no setting is needed.</summary>
    public static async Task<StepTypes> TypesOfStepsAsync()
    {
        var nothing = new ChatBotOptions
        {
            Slack = new SlackOptions { BotToken = new(""), AppToken = new("") },
            Targets = new Dictionary<string, TargetOptions>(),
        };
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(nothing)
            .AddSingleton(TimeProvider.System)
            .AddTargets(nothing)
            .BuildServiceProvider();
        return services.GetRequiredService<StepCatalogue>().Types;
    }

    /// <summary>The targets alone, for a command that asks them: nothing runs beside it.</summary>
    public static ServiceProvider TargetsOf(ChatBotOptions options) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(options)
        .AddSingleton(TimeProvider.System)
        .AddTargets(options)
        .BuildServiceProvider();

    private static IServiceCollection AddTargets(this IServiceCollection services, ChatBotOptions options)
    {
        services.AddSingleton(provider => new WarmConnections(
            Of(DatabaseEngine.PostgreSql).Select(target => PostgreSqlTarget.From(target, options.EndIdleSessions)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<WarmConnections>());
        services.AddSingleton(provider => new MySqlConnections(
            Of(DatabaseEngine.MySql).Select(target => MySqlTarget.From(target, options.EndIdleSessions)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<MySqlConnections>());
        foreach (var target in options.Targets.Values)
        {
            services.AddSingleton<ITargetServer>(provider => target.Engine is DatabaseEngine.MySql
                ? ActivatorUtilities.CreateInstance<MySqlTargetServer>(provider, target.Name)
                : ActivatorUtilities.CreateInstance<PostgreSqlTargetServer>(provider, target.Name));
        }

        services.AddSingleton<TargetServers>();
        services.AddSingleton<TargetDoctor>();
        services.AddSingleton(provider => new PgBouncerPoolsProbe(
            [.. options.Targets.Values.Select(PgBouncerTarget.From).OfType<PgBouncerTarget>()], provider.GetRequiredService<TimeProvider>()));
        return services.AddKubernetes(options.Kubernetes).AddMetrics(options.Prometheus).AddSteps();

        IEnumerable<TargetOptions> Of(DatabaseEngine engine) => options.Targets.Values.Where(target => target.Engine == engine);
    }

    private static IServiceCollection AddSlack(this IServiceCollection services, ChatBotOptions options)
    {
        services.AddSingleton(new SlackWireSettings(options.Slack.ApiUrl, options.Slack.BotToken, options.Slack.AppToken)
        {
            CallTimeout = options.Slack.CallTimeout,
            SilenceLimit = options.Slack.SilenceLimit,
        });
        services.AddSingleton<ISlackWire, SocketModeWire>();
        services.AddSingleton<SlackFiles>();
        services.AddSingleton<ModalOpener>();
        services.AddSingleton(provider => new SlackDirectory(
            provider.GetRequiredService<ISlackWire>(),
            provider.GetRequiredService<TimeProvider>(),
            options.Approval.MembershipFreshFor,
            provider.GetRequiredService<ILogger<SlackDirectory>>()));
        return services;
    }

    private static IServiceCollection AddTerminal(this IServiceCollection services, ChatBotOptions options)
    {
        if (options.Terminal.Port > 0)
        {
            services.AddSingleton<TerminalDesk>();
            services.AddSingleton<TerminalGate>();
            services.AddSingleton<TerminalEndpoints>();
            services.AddHostedService<TerminalDoor>();
        }

        return services;
    }

    private static IServiceCollection AddDispatch(this IServiceCollection services, ChatBotOptions options)
    {
        services.AddSingleton(provider => new Pages(
            Path.Combine(AppContext.BaseDirectory, options.Runbooks.Folder),
            provider.GetRequiredService<StepCatalogue>(),
            provider.GetRequiredService<ILogger<Pages>>()));
        services.AddSingleton<IncidentLog>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<FactsReader>();
        services.AddSingleton<DeliveryHandler>();
        services.AddSingleton<DeliveryAnswers>();
        services.AddSingleton<TypedCommands>();
        services.AddSingleton<FollowUpList>();
        services.AddSingleton<IncidentThread>();
        services.AddSingleton<IncidentDrawing>();
        services.AddSingleton(AccountNames.Of(options.Terminal));
        services.AddSingleton<IncidentReport>();
        services.AddSingleton<IncidentCheck>();
        services.AddSingleton<FileOutbox>();
        services.AddSingleton<PageStepReports>();
        services.AddSingleton<ClusterQuestion>();
        services.AddSingleton<TargetReports>();
        services.AddSingleton<TemporaryPlans>();
        services.AddSingleton<RolloutWatch>();
        services.AddSingleton<StepRunner>();
        services.AddSingleton<PostedMessages>();
        services.AddSingleton<SlackOutbox>();
        services.AddSingleton<PlanForms>();
        services.AddSingleton<NoteRequest>();
        services.AddSingleton<WorkRunner>();

        // Targets that hang must not keep Slack from being told, nor the other way round.
        foreach (var share in Enum.GetValues<WorkShare>())
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<WorkPump>(provider, share));
        }

        services.AddHostedService<InboxPump>();
        services.AddHostedService<SlackIntake>();
        return services;
    }
}
