using System.Text.Json;

namespace ChatBot.Terminal;

/// <summary>How the wire's values are written and read: nothing that is missing, unknown or there twice is accepted.</summary>
internal static class TerminalJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 8,
    };
}
