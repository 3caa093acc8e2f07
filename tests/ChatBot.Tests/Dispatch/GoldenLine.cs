using System.Text;
using System.Text.Json;

namespace ChatBot.Tests.Dispatch;

/// <summary>One stored value as it was written once: its name, and its bytes.</summary>
internal sealed record GoldenLine(string Name, string Body)
{
    public static IReadOnlyList<GoldenLine> ReadAll(string file) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Dispatch", file)).Where(line => line.Length > 0).Select(Read)];

    /// <summary>The line to append for a new kind; compare it with care, it is for ever.</summary>
    public static string Write(string name, ReadOnlySpan<byte> body) => $$"""{"name":"{{name}}","body":{{Encoding.UTF8.GetString(body)}}}""";

    private static GoldenLine Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        return new GoldenLine(json.RootElement.GetProperty("name").GetString()!, json.RootElement.GetProperty("body").GetRawText());
    }
}
