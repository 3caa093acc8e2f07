using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>status.conditions</c>.</summary>
internal static class Conditions
{
    public static JsonObject? Find(JsonNode? status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } condition)
        {
            ((JsonArray)status["conditions"]!).Remove(condition);
        }

        if (status["conditions"] is JsonArray { Count: 0 })
        {
            status.Remove("conditions"); // the API leaves out what is empty
        }
    }

    /// <param name="value">Null when it is unknown.</param>
    public static void Set(JsonObject status, string type, bool? value, DateTimeOffset now, string? reason = null, string? message = null)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        var word = value switch { true => "True", false => "False", null => "Unknown" };
        var condition = Find(status, type);
        if (condition is null)
        {
            conditions.Add((JsonNode)(condition = new JsonObject { ["type"] = type }));
        }

        if (condition.Text("status") != word)
        {
            condition["status"] = word;
            condition["lastTransitionTime"] = now.Stamp();
        }

        Put("reason", reason);
        Put("message", message);

        void Put(string field, string? text)
        {
            if (text is null)
            {
                condition.Remove(field);
            }
            else
            {
                condition[field] = text;
            }
        }
    }
}
