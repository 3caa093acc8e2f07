using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Lists as <c>kubectl get</c> prints them: the server chooses the columns.</summary>
internal static class Tables
{
    /// <summary>The client would rather have a table.</summary>
    public static bool AreWanted(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("as=Table", StringComparison.Ordinal);

    /// <param name="from">The list or object that the rows are of, for its metadata.</param>
    public static JsonObject Of(ResourceType type, IEnumerable<JsonObject> rows, JsonObject from, DateTimeOffset now)
    {
        var columns = ColumnsOf(type);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = from.Text("metadata", "resourceVersion"),
                ["continue"] = from.Text("metadata", "continue") ?? "",
            },
            ["columnDefinitions"] = new JsonArray(
            [
                .. columns.Select(column => new JsonObject
                {
                    ["name"] = column.Name,
                    ["type"] = "string",
                    ["format"] = column.Name == "Name" ? "name" : "",
                    ["description"] = "",
                    ["priority"] = 0,
                }),
            ]),
            ["rows"] = new JsonArray(
            [
                .. rows.Select(row => new JsonObject
                {
                    ["cells"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Cell(row, now))]),
                    ["object"] = Identity(row),
                }),
            ]),
        };
    }

    private static JsonObject Identity(JsonObject row) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = row["metadata"]?.DeepClone(),
    };

    private static IReadOnlyList<(string Name, Func<JsonObject, DateTimeOffset, string> Cell)> ColumnsOf(ResourceType type)
    {
        List<(string, Func<JsonObject, DateTimeOffset, string>)> own = type.Plural switch
        {
            "pods" =>
            [
                ("Ready", (pod, _) => $"{Statuses(pod).Count(status => status.Flag("ready"))}/{pod.Items("spec", "containers").Count()}"),
                ("Status", (pod, _) => PodStatus(pod)),
                ("Restarts", (pod, _) => $"{Statuses(pod).Sum(status => status.Number("restartCount") ?? 0)}"),
            ],
            "deployments" =>
            [
                ("Ready", (one, _) => $"{Counter(one, "readyReplicas")}/{one.Number("spec", "replicas") ?? 0}"),
                ("Up-to-date", (one, _) => Counter(one, "updatedReplicas")),
                ("Available", (one, _) => Counter(one, "availableReplicas")),
            ],
            "replicasets" =>
            [
                ("Desired", (one, _) => $"{one.Number("spec", "replicas") ?? 0}"),
                ("Current", (one, _) => Counter(one, "replicas")),
                ("Ready", (one, _) => Counter(one, "readyReplicas")),
            ],
            "statefulsets" => [("Ready", (one, _) => $"{Counter(one, "readyReplicas")}/{one.Number("spec", "replicas") ?? 0}")],
            "daemonsets" =>
            [
                ("Desired", (one, _) => Counter(one, "desiredNumberScheduled")),
                ("Current", (one, _) => Counter(one, "currentNumberScheduled")),
                ("Ready", (one, _) => Counter(one, "numberReady")),
                ("Up-to-date", (one, _) => Counter(one, "updatedNumberScheduled")),
                ("Available", (one, _) => Counter(one, "numberAvailable")),
            ],
            "horizontalpodautoscalers" =>
            [
                ("Reference", (one, _) => $"{one.Text("spec", "scaleTargetRef", "kind")}/{one.Text("spec", "scaleTargetRef", "name")}"),
                ("MinPods", (one, _) => $"{one.Number("spec", "minReplicas") ?? 1}"),
                ("MaxPods", (one, _) => $"{one.Number("spec", "maxReplicas") ?? 0}"),
                ("Replicas", (one, _) => Counter(one, "currentReplicas")),
            ],
            "configmaps" or "secrets" => [("Data", (one, _) => $"{(one["data"] as JsonObject)?.Count ?? 0}")],
            "namespaces" => [("Status", (one, _) => one.Text("status", "phase") ?? "")],
            "events" =>
            [
                ("Type", (one, _) => one.Text("type") ?? ""),
                ("Reason", (one, _) => one.Text("reason") ?? ""),
                ("Object", (one, _) => $"{one.Text("involvedObject", "kind")?.ToLowerInvariant()}/{one.Text("involvedObject", "name")}"),
                ("Message", (one, _) => one.Text("message") ?? ""),
            ],
            _ => [],
        };
        return [("Name", (one, _) => one.Name()), .. own, ("Age", (one, now) => Age(now - one.Time("metadata", "creationTimestamp")))];
    }

    private static IEnumerable<JsonObject> Statuses(JsonObject pod) => pod.Items("status", "containerStatuses");

    private static string Counter(JsonObject of, string name) => $"{of.Number("status", name) ?? 0}";

    private static string PodStatus(JsonObject pod) => pod.Text("metadata", "deletionTimestamp") is not null
        ? "Terminating"
        : Statuses(pod).Select(status => status.Text("state", "waiting", "reason")).FirstOrDefault(reason => reason is not null)
            ?? pod.Text("status", "phase") ?? "Unknown";

    private static string Age(TimeSpan? age) => age is not { } old ? "<unknown>" : old switch
    {
        { TotalDays: >= 2 } => $"{(int)old.TotalDays}d",
        { TotalHours: >= 2 } => $"{(int)old.TotalHours}h",
        { TotalMinutes: >= 2 } => $"{(int)old.TotalMinutes}m",
        _ => ((int)Math.Max(0, old.TotalSeconds)).ToString(CultureInfo.InvariantCulture) + "s",
    };
}
