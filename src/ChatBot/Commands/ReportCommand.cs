using System.CommandLine;
using System.Text;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Commands;

/// <summary><c>chatbot report</c>: an incident's report, at any time.</summary>
internal static class ReportCommand
{
    private const string Markdown = "md";
    private const string Html = "html";
    private const string Both = "both";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create(StoreAccess access)
    {
        var named = StoreAccess.Named();
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "The folder to write to; it is made if it is missing. Files of the same name are replaced.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => new DirectoryInfo("."),
        };
        var format = new Option<string>("--format") { Description = "Which files to write.", DefaultValueFactory = _ => Both };
        format.AcceptOnlyFromAmong(Markdown, Html, Both);

        var report = new Command("report", "Writes an incident's report: a timeline with who decided what, with which proof. Only reads the store; the bot may run meanwhile.") { named, output, format };
        report.SetAction((parsed, token) => access.UseAsync(
            parsed,
            parsed.GetRequiredValue(named),
            opened => WriteAsync(parsed, opened, parsed.GetRequiredValue(output), parsed.GetRequiredValue(format), token),
            token));
        return report;
    }

    private static async Task<int> WriteAsync(ParseResult parsed, OpenedStore opened, DirectoryInfo folder, string format, CancellationToken cancellationToken)
    {
        var id = new IncidentId(Guid.ParseExact(opened.Incident.Id, "N"));
        var files = await opened.Services.GetRequiredService<IncidentReport>().WriteAsync(id, cancellationToken);
        var wanted = files.Where(file => format == Both || Path.GetExtension(file.Name) == $".{format}").ToArray();
        if (wanted.Length == 0)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("The store has no events of this incident. chatbot audit says more.");
            return 1;
        }

        try
        {
            folder.Create();
            foreach (var file in wanted)
            {
                var path = Path.Combine(folder.FullName, file.Name);
                await File.WriteAllTextAsync(path, file.Text, Utf8, cancellationToken);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(path);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(TerminalAccess.Clean($"The report can't be written to {folder.FullName}: {refused.Message}"));
            return 1;
        }

        return 0;
    }
}
