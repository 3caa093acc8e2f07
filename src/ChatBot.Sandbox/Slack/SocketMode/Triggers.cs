using System.Security.Cryptography;

namespace ChatBot.Sandbox.Slack;

/// <summary>Each trigger_id opens one modal for one person, within three seconds.</summary>
internal sealed class Triggers(SlackSimulatorOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Trigger> _issued = [];

    public string Issue(string userId)
    {
        var id = $"{RandomNumberGenerator.GetInt32(int.MaxValue)}.{RandomNumberGenerator.GetHexString(20, lowercase: true)}";
        lock (_gate)
        {
            _issued[id] = new Trigger(userId, options.Time.GetTimestamp(), IsUsed: false);
        }

        return id;
    }

    /// <returns>Whose screen the modal goes on.</returns>
    /// <exception cref="SlackRefusal"><c>invalid_trigger</c>, <c>trigger_exchanged</c> or <c>trigger_expired</c>.</exception>
    public string Exchange(string id)
    {
        lock (_gate)
        {
            if (!_issued.TryGetValue(id, out var trigger))
            {
                throw new SlackRefusal("invalid_trigger");
            }

            if (trigger.IsUsed)
            {
                throw new SlackRefusal("trigger_exchanged");
            }

            if (options.Time.GetElapsedTime(trigger.IssuedAt) > options.TriggerLifetime)
            {
                throw new SlackRefusal("trigger_expired");
            }

            _issued[id] = trigger with { IsUsed = true };
            return trigger.UserId;
        }
    }

    private sealed record Trigger(string UserId, long IssuedAt, bool IsUsed);
}
