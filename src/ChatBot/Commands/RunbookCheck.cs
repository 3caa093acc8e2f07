using System.Globalization;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Commands;

/// <summary><c>chatbot runbook check PAGE</c>: the page's steps as the bot will take them, or every mistake in it.</summary>
internal static class RunbookCheck
{
    /// <param name="path">Of the page, as the person typed it: mistakes begin with it, so that an editor finds the place.</param>
    /// <returns>The program's exit code: 0, or 1 when the page can't be used.</returns>
    public static int Run(string path, StepTypes types, TextWriter output, TextWriter errors)
    {
        if (Bytes(path, errors) is not { } bytes)
        {
            return 1;
        }

        var reading = RunbookPage.Read(bytes, types);
        if (reading.Runbook is { } runbook)
        {
            Write(runbook, output);
            return 0;
        }

        foreach (var mistake in reading.Mistakes)
        {
            errors.WriteLine(Say($"{path}:{mistake.Line}:{mistake.Column}: {mistake.Wrong} Allowed: {mistake.Allowed}"));
        }

        return 1;
    }

    /// <summary>Null, and a line for the person, when there is nothing to read. Never more than a page may have, and one byte.</summary>
    private static byte[]? Bytes(string path, TextWriter errors)
    {
        try
        {
            if (Directory.Exists(path))
            {
                errors.WriteLine($"{path} is a folder. Name a page in it, such as {Path.Join(path, "PAGE.md")}.");
                return null;
            }

            using var file = File.OpenRead(path);
            var bytes = new byte[RunbookPage.MostBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= RunbookPage.MostBytes)
            {
                return bytes[..length];
            }

            errors.WriteLine(Say($"{path} is too large for a page: at most {RunbookPage.MostBytes} bytes (1 MiB)."));
            return null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.WriteLine($"There is no file {path}.");
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            errors.WriteLine($"{path} can't be read: {unreadable.Message}");
            return null;
        }
    }

    private static void Write(Runbook runbook, TextWriter output)
    {
        var byBot = runbook.Steps.Count(step => step.Binding is not null);
        output.WriteLine(runbook.Title);
        output.WriteLine(Say($"{Count(runbook.Steps.Length, "step")}: {byBot} by the bot, {runbook.Steps.Length - byBot} by hand. SHA-256 {runbook.Hash}"));

        string[][] rows = [.. runbook.Steps.Select(Row)];
        int[] widths = [.. Enumerable.Range(0, rows.Length == 0 ? 0 : rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var under = "";
        foreach (var (step, row) in runbook.Steps.Zip(rows))
        {
            if (step == runbook.Steps.First(other => other.Phase == step.Phase))
            {
                output.WriteLine();
                output.WriteLine(PhaseNames.Of(step.Phase));
            }

            if (step.Under != under && step.Under.Length > 0)
            {
                output.WriteLine($"  {step.Under}:");
            }

            under = step.Under;
            output.WriteLine($"  {string.Join("  ", row.Zip(widths, (text, width) => text.PadRight(width)))}".TrimEnd());
            foreach (var line in Parameters(step.Binding))
            {
                output.WriteLine($"  {new string(' ', widths[0])}    {line}");
            }
        }
    }

    private static string[] Row(RunbookStep step) =>
    [
        step.Number,
        step.Binding?.Type.Name ?? "by hand",
        step.Binding?.Type.Work switch
        {
            StepWork.Reads => "reads",
            StepWork.Advises => "advises",
            StepWork.Changes => "changes, needs approval",
            _ => "",
        },
        step.Id,
        step.Commands.IsEmpty ? "" : Count(step.Commands.Length, "command block"),
        step.Title,
    ];

    private static IEnumerable<string> Parameters(StepBinding? binding)
    {
        if (binding is null)
        {
            yield break;
        }

        yield return $"{binding.Type.Summary}";
        foreach (var parameter in binding.Type.AllParameters)
        {
            var value = binding.Parameters.TryGetValue(parameter.Name, out var text) ? text
                : parameter.Default is { } usual ? $"{usual} (default)"
                : "(not set)";
            yield return $"{parameter.Name} = {value}: {parameter.Summary}";
        }
    }

    private static string Count(int number, string what) => Say($"{number} {what}{(number == 1 ? "" : "s")}");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
