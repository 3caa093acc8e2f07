using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

/// <summary>The other side of the wire: answers as told, and remembers what was asked.</summary>
internal sealed class RecordedSlack : ISlackWire
{
    private readonly Dictionary<string, Func<JsonElement>> _answers = [];

    public List<string> Asked { get; } = [];

    public int SocketsOpen => 2;

    /// <param name="question">The method, or the method and its first argument: <c>usergroups.users.list S0DBA</c>.</param>
    public RecordedSlack Says(string question, string json)
    {
        _answers[question] = () => JsonElement.Parse(json);
        return this;
    }

    public RecordedSlack Fails(string question, SlackFailure failure, string? error = null)
    {
        _answers[question] = () => throw new SlackCallException(question, failure, error, retryAfter: null, mayHaveHappened: false, "as the test says");
        return this;
    }

    public Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken)
    {
        var question = string.Join(' ', [method, .. arguments.Select(argument => argument.Value!.ToString())]);
        Asked.Add(question);
        var answer = _answers.GetValueOrDefault(question) ?? _answers.GetValueOrDefault(method)
            ?? throw new InvalidOperationException($"The test has no answer to {question}.");
        return Task.Run(answer, cancellationToken);
    }

    public Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<SlackEnvelope> ReadAllAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
