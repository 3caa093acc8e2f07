using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What <c>…/log</c> is asked for.</summary>
internal sealed record LogQuestion(string Container, bool IsPrevious, bool IsFollowed, bool HasTimes)
{
    public DateTimeOffset? Since { get; init; }

    public long? TailLines { get; init; }

    public long? LimitBytes { get; init; }

    /// <exception cref="ApiRefusal">400 for a container that there isn't, 422 for options that make no sense.</exception>
    public static LogQuestion Read(ApiRequest request, JsonObject pod, DateTimeOffset now)
    {
        var seconds = request.Number("sinceSeconds");
        var sinceTime = request.Query["sinceTime"].ToString();
        var question = new LogQuestion(
            ContainerOf(request, pod), request.Flag("previous"), request.Flag("follow"), request.Flag("timestamps"))
        {
            Since = sinceTime.Length > 0 ? Time(sinceTime) : seconds is { } ago ? now.AddSeconds(-ago) : null,
            TailLines = request.Number("tailLines"),
            LimitBytes = request.Number("limitBytes"),
        };
        var mistakes = new List<FieldMistake>();
        if (question.TailLines is < 0 and var tail)
        {
            mistakes.Add(FieldMistake.Invalid("tailLines", $"{tail}", "must be greater than or equal to 0"));
        }

        if (question.LimitBytes is < 1 and var limit)
        {
            mistakes.Add(FieldMistake.Invalid("limitBytes", $"{limit}", "must be greater than 0"));
        }

        if (seconds is not null && sinceTime.Length > 0)
        {
            mistakes.Add(FieldMistake.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        }
        else if (seconds is < 1)
        {
            mistakes.Add(FieldMistake.Invalid("sinceSeconds", $"{seconds}", "must be greater than 0"));
        }

        return mistakes.Count == 0
            ? question
            : throw ApiRefusal.Invalid(new ResourceType("", "v1", "PodLogOptions", "podlogoptions"), pod.Name(), mistakes);
    }

    private static string ContainerOf(ApiRequest request, JsonObject pod)
    {
        var names = pod.Items("spec", "containers").Select(container => container.Text("name") ?? "").ToList();
        return request.Query["container"].ToString() switch
        {
            "" when names is [var only] => only,
            "" => throw ApiRefusal.BadRequest(
                $"a container name must be specified for pod {pod.Name()}, choose one of: [{string.Join(' ', names)}]"),
            var asked when names.Contains(asked) => asked,
            var asked => throw ApiRefusal.BadRequest($"container {asked} is not valid for pod {pod.Name()}"),
        };
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw ApiRefusal.BadRequest($"parsing time {JsonSerializer.Serialize(text)} as \"2006-01-02T15:04:05Z07:00\": cannot parse");
}
