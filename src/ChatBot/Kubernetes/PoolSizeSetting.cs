using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>Sets the size of a service's pool where it is kept, if it is still what was approved.</summary>
/// <seealso cref="PoolSizeInDeployment"/>
/// <seealso cref="PoolSizeInConfigMap"/>
internal sealed class PoolSizeSetting(ClusterChanges changes)
{
    /// <summary>Sets it. Sent once; doing it twice does no more than once.</summary>
    /// <param name="planId">Of the plan that was approved.</param>
    public Task<StepResult> ChangeAsync(SettingPin setting, int from, int to, string planId, CancellationToken cancellationToken)
    {
        var change = new PoolSizeChange(setting, from, to, planId);
        return setting.Holder switch
        {
            SettingHolder.ConfigMap => changes.ApplyAsync(setting.Cluster, new PoolSizeInConfigMap(change), cancellationToken),
            SettingHolder.Deployment => changes.ApplyAsync(setting.Cluster, new PoolSizeInDeployment(change), cancellationToken),
            _ => Task.FromResult(new StepResult(Outcome.NotApplied, $"Nothing was sent: {setting.Name} is no deployment, and the bot changes the pods' template of nothing else.")),
        };
    }

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(SettingPin setting, int from, int to, string planId, CancellationToken cancellationToken)
    {
        var change = new PoolSizeChange(setting, from, to, planId);
        return setting.Holder is SettingHolder.ConfigMap
            ? changes.ObserveAsync(setting.Cluster, new PoolSizeInConfigMap(change), cancellationToken)
            : changes.ObserveAsync(setting.Cluster, new PoolSizeInDeployment(change), cancellationToken);
    }
}
