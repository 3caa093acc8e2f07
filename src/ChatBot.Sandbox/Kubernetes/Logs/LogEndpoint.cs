using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>GET …/pods/NAME/log</c>: plain text, until the end of what there is, or of the container when it is followed.</summary>
internal sealed class LogEndpoint(ObjectStore store, ClusterLogs logs, Ledger ledger, TimeProvider time)
{
    public async Task ServeAsync(Exchange exchange, ApiRequest request)
    {
        var pod = store.Find(ResourceCatalog.Pods, request.Namespace, request.Name) ?? throw ApiRefusal.NotFound(ResourceCatalog.Pods, request.Name);
        var question = LogQuestion.Read(request, pod, time.GetUtcNow());
        var log = Open(pod, question);
        await exchange.StartAsync("text/plain", ledger, time.GetUtcNow());
        var sink = new LogSink(exchange.Http.Response.Body, question.LimitBytes ?? long.MaxValue, exchange.Ended);
        if (log.Raw is { } raw)
        {
            await foreach (var bytes in raw(exchange.Ended).WithCancellation(exchange.Ended))
            {
                var isOpen = await sink.WriteAsync(bytes);
                await sink.FlushAsync();
                if (!isOpen)
                {
                    break;
                }
            }

            return;
        }

        await WriteAsync(log, question, sink, exchange.Ended);
    }

    private static async Task WriteAsync(ContainerLog log, LogQuestion question, LogSink sink, CancellationToken ended)
    {
        var (lines, more) = log.From(0);
        var next = lines.Count;
        var wanted = lines.Where(line => question.Since is not { } since || line.At >= since);
        wanted = question.TailLines is { } tail ? wanted.TakeLast((int)Math.Min(tail, int.MaxValue)) : wanted;
        var isOpen = true;
        while (true)
        {
            foreach (var line in wanted)
            {
                isOpen = isOpen && (!question.HasTimes || await sink.WriteAsync(line.Time())) && await sink.WriteAsync(line.Text);
                if (!isOpen)
                {
                    break;
                }
            }

            await sink.FlushAsync();
            if (!isOpen || !question.IsFollowed || more is null)
            {
                return;
            }

            await more.WaitAsync(ended);
            (lines, more) = log.From(next);
            (wanted, next) = (lines, next + lines.Count);
        }
    }

    private ContainerLog Open(JsonObject pod, LogQuestion question)
    {
        var status = pod.Items("status", "containerStatuses").FirstOrDefault(one => one.Text("name") == question.Container);
        if (question.IsPrevious)
        {
            return logs.Find(pod.Namespace(), pod.Name(), question.Container, isPrevious: true)
                ?? throw ApiRefusal.BadRequest($"previous terminated container \"{question.Container}\" in pod \"{pod.Name()}\" not found");
        }

        var waits = status.Text("state", "waiting", "reason");
        if (waits is null && status is not null)
        {
            return logs.Find(pod.Namespace(), pod.Name(), question.Container, isPrevious: false)!;
        }

        // A container that waits for its next run shows what its last one wrote.
        return (status.At("lastState", "terminated") is null ? null : logs.Find(pod.Namespace(), pod.Name(), question.Container, isPrevious: true))
            ?? throw ApiRefusal.BadRequest(
                $"container \"{question.Container}\" in pod \"{pod.Name()}\" is waiting to start: {(waits is "ImagePullBackOff" or "ErrImagePull" ? "trying and failing to pull image" : waits ?? "ContainerCreating")}");
    }
}
