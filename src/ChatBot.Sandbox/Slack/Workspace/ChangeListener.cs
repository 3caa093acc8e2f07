using System.Threading.Channels;

namespace ChatBot.Sandbox.Slack;

/// <summary>Hears every change from its creation to its disposal.</summary>
internal sealed class ChangeListener(Action<ChangeListener> leave) : IDisposable
{
    private readonly Channel<SlackChange> _heard = Channel.CreateUnbounded<SlackChange>();

    public void Hear(SlackChange change) => _heard.Writer.TryWrite(change);

    public IAsyncEnumerable<SlackChange> ReadAsync(CancellationToken cancellationToken) =>
        _heard.Reader.ReadAllAsync(cancellationToken);

    public void Dispose() => leave(this);
}
