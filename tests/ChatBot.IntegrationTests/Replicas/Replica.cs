using ChatBot.Sandbox;

namespace ChatBot.IntegrationTests.Replicas;

/// <summary>One bot process, and its own wire to the target.</summary>
internal sealed class Replica(BotProcess process, WatchedWire wire) : IAsyncDisposable
{
    public BotProcess Process => process;

    /// <summary>As a power cut would end it.</summary>
    public void Kill() => process.Kill();

    /// <summary>It stands still and knows nothing of it, as on a machine that was suspended.</summary>
    public void Freeze() => Signal("STOP");

    public void GoOn() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync(); // a killed process is gone, frozen or not
        await wire.DisposeAsync();
    }

    private void Signal(string name) => Signals.Send(name, process.Id);
}
