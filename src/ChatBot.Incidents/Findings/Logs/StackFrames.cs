using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>Finds, in the lines around a message, the topmost frame of the service's own code: where a developer has to look.</summary>
/// <remarks>
/// Frames of runtimes, frameworks, drivers and pools are passed over: they are the same in every trace. Traces of the JVM, .NET,
/// Node.js, Go, Ruby, PHP and Elixir stand below their message; Python's stands above.
/// </remarks>
internal static partial class StackFrames
{
    /// <summary>A trace that says nothing of the service in so many lines is none of its: 100.</summary>
    private const int LinesAtMost = 100;

    /// <summary>Lines between the message and its first frame, such as the cause's own message: 3.</summary>
    private const int GapAtMost = 3;

    /// <param name="before">What stands above the message's line, up to its beginning.</param>
    /// <param name="after">What stands below, from the next line's beginning.</param>
    /// <returns>Such as <c>com.shop.OrderExport.run(OrderExport.java:88)</c>, of the stranger's own making; null when there is no trace, or nothing of the service in it.</returns>
    public static string? Top(ReadOnlySpan<char> before, ReadOnlySpan<char> message, ReadOnlySpan<char> after)
    {
        // A log in JSON keeps the trace in the message's own line.
        if (message.Contains("\\n", StringComparison.Ordinal) && Below(Unescape(message)) is { } inside)
        {
            return inside;
        }

        return Below(after) ?? Above(before);
    }

    private static string? Below(ReadOnlySpan<char> text)
    {
        var (seen, gap) = (0, 0);
        string? function = null; // Go has a frame in two lines
        foreach (var range in text.Split('\n'))
        {
            var line = LogLine.Content(text[range]);
            if (++seen > LinesAtMost)
            {
                return null;
            }

            if (function is not null && GoPlace.Match(line.ToString()) is { Success: true } place)
            {
                if (!IsLibrary(function) && !IsLibrary(place.Groups["at"].Value))
                {
                    return $"{function} ({place.Groups["at"].Value})";
                }

                function = null;
                continue;
            }

            if (Frame(line) is { } frame)
            {
                gap = 0;
                if (!IsLibrary(frame))
                {
                    return frame;
                }
            }
            else if (GoFunction.Match(line.ToString()) is { Success: true } called)
            {
                (gap, function) = (0, called.Groups["what"].Value);
            }
            else if (!IsBetweenFrames(line) && ++gap > GapAtMost)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Python: "most recent call last", so the nearest one of the service.</summary>
    private static string? Above(ReadOnlySpan<char> text)
    {
        var (seen, gap) = (0, 0);
        while (!text.IsEmpty && ++seen <= LinesAtMost && gap <= GapAtMost)
        {
            var trimmed = text.TrimEnd('\n');
            var begin = trimmed.LastIndexOf('\n') + 1;
            var line = LogLine.Content(trimmed[begin..]);
            text = trimmed[..begin];
            if (line.StartsWith("Traceback", StringComparison.Ordinal))
            {
                return null;
            }

            if (Python.Match(line.ToString()) is { Success: true } frame)
            {
                gap = 0;
                if (!IsLibrary(frame.Groups["at"].Value))
                {
                    return $"{frame.Groups["what"].Value} ({frame.Groups["at"].Value}:{frame.Groups["line"].Value})";
                }
            }
            else
            {
                gap++;
            }
        }

        return null;
    }

    private static string? Frame(ReadOnlySpan<char> line)
    {
        var text = line.ToString();
        if (AtFrame.Match(text) is { Success: true } at)
        {
            return at.Groups["frame"].Value;
        }

        if (Ruby.Match(text) is { Success: true } ruby)
        {
            return $"{ruby.Groups["what"].Value} ({ruby.Groups["at"].Value})";
        }

        if (Php.Match(text) is { Success: true } php)
        {
            return $"{php.Groups["what"].Value} ({php.Groups["at"].Value}:{php.Groups["line"].Value})";
        }

        return Elixir.Match(text) is { Success: true } elixir ? $"{elixir.Groups["what"].Value} ({elixir.Groups["at"].Value})" : null;
    }

    private static bool IsBetweenFrames(ReadOnlySpan<char> line) =>
        line.IsWhiteSpace()
        || line.TrimStart().StartsWith("Caused by:", StringComparison.Ordinal)
        || line.TrimStart().StartsWith("... ", StringComparison.Ordinal)
        || line.TrimStart().StartsWith("--- ", StringComparison.Ordinal)
        || line.StartsWith("goroutine ", StringComparison.Ordinal);

    private static bool IsLibrary(string frame) => Libraries.IsMatch(frame);

    private static string Unescape(ReadOnlySpan<char> json) => json.ToString()
        .Replace("\\r", "", StringComparison.Ordinal)
        .Replace("\\n", "\n", StringComparison.Ordinal)
        .Replace("\\t", "\t", StringComparison.Ordinal);

    // "at com.shop.Export.run(Export.java:88)", "at Shop.Export.Run(Int32 id) in /src/Export.cs:line 88", "at run (/app/export.js:88:13)"
    [GeneratedRegex(@"^\s*at (?:async )?(?<frame>[^\s""][^""]{0,300})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex AtFrame { get; }

    [GeneratedRegex(@"^\s*File ""(?<at>[^""]{1,300})"", line (?<line>\d+), in (?<what>\S{1,200})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Python { get; }

    [GeneratedRegex(@"^(?<what>[\w./*()\-]{1,300})\([^)]*\)$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex GoFunction { get; }

    [GeneratedRegex(@"^\s+(?<at>/?\S{1,300}\.go:\d+)(?: \+0x[0-9a-f]+)?$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex GoPlace { get; }

    [GeneratedRegex(@"^\s*(?:from )?(?<at>[^\s:]{1,300}\.rb:\d+):in [`'](?<what>[^'`]{1,200})'", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Ruby { get; }

    [GeneratedRegex(@"^\s*#\d+ (?<at>[^(\s]{1,300}\.php)\((?<line>\d+)\): (?<what>[^(]{1,200})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Php { get; }

    [GeneratedRegex(@"^\s*(?:\([\w.\- ]+\) )?(?<at>lib/[^\s:]{1,300}\.ex:\d+): (?<what>\S{1,200})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Elixir { get; }

    [GeneratedRegex(
        @"^(?:java\.|javax\.|jakarta\.|jdk\.|sun\.|com\.sun\.|kotlin|scala\.|groovy\.|clojure\.|reactor\.|rx\.|io\.netty\.|io\.quarkus\.|io\.agroal\.|io\.micrometer\.|io\.vertx\.|com\.zaxxer\.hikari\.|com\.mchange\.|com\.mysql\.|org\.(?:springframework|hibernate|apache|postgresql|mariadb|jboss|jooq|eclipse|slf4j|mybatis|aopalliance)\.)"
        + @"|^(?:System\.|Microsoft\.|Npgsql\.|MySqlConnector\.|MySql\.Data\.|Dapper\.|Polly\.|lambda_method)"
        + @"|node_modules|node:|\(internal/|<anonymous>$"
        + @"|site-packages|dist-packages|/lib/python\d"
        + @"|^(?:runtime|database/sql|net/http|net|context|sync|testing)\.|^runtime/|^github\.com/(?:jackc|lib/pq|go-sql-driver|jmoiron|go-gorm)/|^gorm\.io/|/usr/local/go/|^created by"
        + @"|/gems/|/ruby/\d|/vendor/",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Libraries { get; }
}
