using System.Text.Json.Nodes;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack;

/// <summary>Puts a modal on the screen of the person who has just pressed. See https://docs.slack.dev/reference/methods/views.open.</summary>
internal sealed class ModalOpener(ISlackWire wire, TimeProvider clock)
{
    /// <summary>A trigger lives 3 s: whoever still waits for an answer then has waited in vain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="triggerId">Of the press. It opens one modal.</param>
    /// <returns>False when another delivery of the same press has opened it already.</returns>
    /// <exception cref="SlackCallException">The modal isn't on the screen, or nobody knows. Only another press can open it.</exception>
    public async Task<bool> OpenAsync(string triggerId, ModalView view, CancellationToken cancellationToken)
    {
        const string method = "views.open";
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await wire.CallAsync(method, new JsonObject { ["trigger_id"] = triggerId, ["view"] = view.ToJson() }, either.Token);
            return true;
        }
        catch (SlackCallException refused) when (refused.Error is "trigger_exchanged" or "exchanged_trigger_id")
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SlackCallException(
                method, SlackFailure.NoAnswer, null, null, true, $"no answer within {Patience.TotalSeconds:0} s, and a trigger lives no longer");
        }
    }
}
