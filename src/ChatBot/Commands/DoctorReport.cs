using System.Globalization;
using ChatBot.Configuration;
using ChatBot.Databases;

namespace ChatBot.Commands;

/// <summary>What <c>chatbot doctor</c> prints. A statement stands on a line of its own, to be pasted.</summary>
internal sealed class DoctorReport(TextWriter output)
{
    private int _missing;

    /// <param name="warnings">Of the settings, such as a password file that everybody can read.</param>
    public void Settings(IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            return;
        }

        Line("Settings");
        foreach (var warning in warnings)
        {
            Line($"  advice   {warning}");
        }

        Line("");
    }

    public void Target(TargetOptions target, ServerCheckup checkup)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {target.Environment}, {target.Host}:{target.Port}, mode {target.Mode}"));
        foreach (var part in checkup.Findings.GroupBy(finding => finding.Part).OrderBy(part => part.Key))
        {
            Line($"  {Name(part.Key)}");
            foreach (var finding in part)
            {
                Finding(finding);
            }
        }

        Line("");
        _missing += checkup.Findings.Count(finding => finding.Level is CheckupLevel.Missing);
    }

    /// <returns>The exit code.</returns>
    public int Sum()
    {
        Line(_missing switch
        {
            0 => "Nothing is missing.",
            1 => "One thing is missing.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{_missing} things are missing."),
        });
        return _missing == 0 ? 0 : 1;
    }

    private void Finding(CheckupFinding finding)
    {
        Line($"    {Name(finding.Level)}  {finding.Words}");
        if (finding.Statement is { } statement)
        {
            Line($"               {statement}");
        }

        if (finding.Afterwards is { } afterwards)
        {
            Line($"             {afterwards}");
        }
    }

    private static string Name(CheckupPart part) => part switch
    {
        CheckupPart.Connection => "Connection",
        CheckupPart.Sight => "Sight",
        CheckupPart.EndingSessions => "Ending sessions, cancelling statements",
        CheckupPart.LimitingAccounts => "Limiting accounts",
        CheckupPart.ConnectionLimit => "The bot's own connection limit",
        CheckupPart.EmergencyDoor => "Getting in when the server is full",
        CheckupPart.Pooler => "Pooler",
        CheckupPart.Cluster => "Kubernetes",
        _ => "The bot's store",
    };

    private static string Name(CheckupLevel level) => level switch
    {
        CheckupLevel.Works => "works  ",
        CheckupLevel.Untried => "untried",
        CheckupLevel.Advice => "advice ",
        _ => "MISSING",
    };

    // A name that a server tells may be anything, also to a terminal.
    private void Line(string text) => output.WriteLine(TerminalAccess.Clean(text).ReplaceLineEndings(" "));
}
