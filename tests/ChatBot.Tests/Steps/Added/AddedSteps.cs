using ChatBot.Steps;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Tests.Steps.Added;

/// <summary>All that the rest of the program is told about the two added steps: one line each.</summary>
internal static class AddedSteps
{
    public static IServiceCollection AddWidgets(this IServiceCollection services)
    {
        services.AddSingleton<IReadingStep, CountWidgetsStep>();
        services.AddSingleton<IChangingStep, MoveWidgetStep>();
        return services;
    }
}
