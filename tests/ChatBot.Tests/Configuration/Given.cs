using System.Text.Json.Nodes;
using ChatBot.Configuration;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Tests.Configuration;

/// <summary>A smallest right configuration, as JSON, to be made wrong.</summary>
internal static class Given
{
    /// <summary>The section, with all it can have.</summary>
    public const string Terminal =
        """
        {
          "Port": 8371,
          "People": {
            "ana": { "User": "U0ANA", "Team": "T0HOME", "Token": "canary-1-0123456789abcdefghijklmnop", "Groups": ["S0123ABCD"] },
            "boris": { "User": "W0BORIS", "Team": "E0HOME", "Token": "canary-2-0123456789abcdefghijklmnop" }
          }
        }
        """;

    public static JsonObject Smallest() => JsonNode.Parse(
        """
        {
          "Slack": { "BotToken": "xoxb-canary-1", "AppToken": "xapp-canary-2" },
          "Targets": {
            "orders-db": { "Host": "127.0.0.1", "User": "chatbot", "Environment": "PRODUCTION" }
          }
        }
        """)!.AsObject();

    /// <summary>Every setting that the smallest one leaves out, too.</summary>
    public static JsonObject Full()
    {
        var full = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json")))!.AsObject();
        full["Slack"]!["BotToken"] = "xoxb-canary-1";
        full["Slack"]!["AppToken"] = "xapp-canary-2";
        full["Terminal"] = JsonNode.Parse(Terminal);
        full["Targets"] = JsonNode.Parse(
            """
            {
              "orders-db": {
                "Engine": "PostgreSql", "Host": "db.example.com", "Port": 5432, "Database": "orders", "User": "chatbot",
                "Password": "canary-3-hunter2", "Tls": "Require", "Environment": "PRODUCTION", "Channel": "C0123ABCD",
                "Approvers": ["S0123ABCD", "U0123ABCD"], "Mode": "Act", "ConnectTimeout": "5s", "StatementTimeout": "5s",
                "Protected": { "Users": ["replicator"], "Applications": ["pg_dump"], "Defaults": "Keep" },
                "PgBouncer": { "Host": "pooler.example.com", "Port": 6433, "User": "pooler-bot", "Password": "canary-3-pooler", "Tls": "Require" },
                "Runbook": "orders", "Services": { "checkout-api": { "Namespace": "shop" }, "reports": { "Namespace": "back-office" } }
              }
            }
            """);
        return full;
    }

    public static (ChatBotOptions? Options, IReadOnlyList<string> Mistakes) Read(JsonNode settings)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString()));
        return ChatBotConfiguration.Read(new ConfigurationBuilder().AddJsonStream(json).Build());
    }

    /// <summary>Sets or, with null, removes what a path such as Targets:orders-db:Port leads to.</summary>
    public static JsonObject With(this JsonObject settings, string path, JsonNode? value, bool remove = false)
    {
        var keys = path.Split(':');
        var at = keys[..^1].Aggregate(settings, (parent, key) => (parent[key] ??= new JsonObject()).AsObject());
        if (remove)
        {
            at.Remove(keys[^1]);
        }
        else
        {
            at[keys[^1]] = value;
        }

        return settings;
    }
}
