using ChatBot.Databases.PostgreSql;
using ChatBot.Steps.AdviseAppPooling;
using ChatBot.Steps.AdvisePooler;
using ChatBot.Steps.AdvisePoolSize;
using ChatBot.Steps.AdvisePractices;
using ChatBot.Steps.AdviseReplicas;
using ChatBot.Steps.CancelQuery;
using ChatBot.Steps.ConnectionMetrics;
using ChatBot.Steps.EndLockBlocker;
using ChatBot.Steps.EndOpenTransactions;
using ChatBot.Steps.HoldRollout;
using ChatBot.Steps.LeakLogs;
using ChatBot.Steps.LimitRole;
using ChatBot.Steps.RestartPods;
using ChatBot.Steps.ScaleDown;
using ChatBot.Steps.SetPoolSize;
using ChatBot.Steps.TerminateIdle;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Steps;

/// <summary>Every step type: one line each, and the probes they ask with. Registration only.</summary>
internal static class StepServices
{
    public static IServiceCollection AddSteps(this IServiceCollection services)
    {
        services.AddSingleton<IChangingStep, TerminateIdleStep>();
        services.AddSingleton<IChangingStep, EndTransactionsStep>();
        services.AddSingleton<IChangingStep, EndBlockerStep>();
        services.AddSingleton<IChangingStep, CancelStatementsStep>();
        services.AddSingleton<IChangingStep, LimitAccountStep>();

        services.AddSingleton<ServiceChoice>();
        services.AddSingleton<IChangingStep, RestartServiceStep>();
        services.AddSingleton<IChangingStep, PauseRolloutStep>();
        services.AddSingleton<IChangingStep, ScaleDownStep>();
        services.AddSingleton<IChangingStep, ResizePoolStep>();

        services.AddSingleton<IReadingStep, PoolerStep>();

        services.AddSingleton<ConnectionLivesProbe>();
        services.AddSingleton<IReadingStep, AppPoolingStep>();

        services.AddSingleton<SessionHabitsProbe>();
        services.AddSingleton<IReadingStep, PracticesStep>();

        services.AddSingleton<ReadShareProbe>();
        services.AddSingleton<IReadingStep, ReplicasStep>();

        services.AddSingleton<IReadingStep, ConnectionMetricsStep>();
        services.AddSingleton<IReadingStep, LeakLogsStep>();
        services.AddSingleton<IReadingStep, PoolSizeStep>();

        services.AddSingleton<StepCatalogue>();
        return services;
    }
}
