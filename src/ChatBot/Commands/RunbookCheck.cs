using ChatBot.Incidents.Runbooks;

namespace ChatBot.Commands;

/// <summary>Explains a runbook page.</summary>
internal static class RunbookCheck
{
    public static int Run(string path, StepTypes types, TextWriter output, TextWriter errors)
    {
        output.WriteLine($"{path}: step types known are {string.Join(", ", types.Names)}.");
        errors.WriteLine("Pages can't be read yet.");
        return 1;
    }
}
