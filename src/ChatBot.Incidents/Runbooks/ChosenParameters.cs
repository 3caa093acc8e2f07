using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Runbooks;

/// <summary>What a person chose for one plan, in the words in which a page sets parameters: <c>size=12 for=4h</c>.</summary>
public static partial class ChosenParameters
{
    /// <summary>Only such words get into a log; what they mean, the step type says.</summary>
    public static bool IsPlain(string choice) => choice.Length <= 200 && Shape.IsMatch(choice);

    /// <summary>The page's parameters with the chosen ones in their place.</summary>
    /// <exception cref="FormatException">A value is not allowed; the message says what is, to a responder.</exception>
    public static StepBinding Over(StepBinding binding, string choice)
    {
        var parameters = binding.Parameters;
        foreach (var (name, value) in Read(choice))
        {
            var parameter = binding.Type.AllParameters.FirstOrDefault(known => known.Name == name) ?? throw new FormatException($"This step has no {name} to choose.");
            parameters = parameter.Allows(value)
                ? parameters.SetItem(name, value)
                : throw new FormatException($"{parameter.Summary} ({name}) is {parameter.Allowed}. You chose {value}.");
        }

        return binding with { Parameters = parameters };
    }

    private static IEnumerable<(string Name, string Value)> Read(string choice) =>
        choice.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => (pair[0], pair[1]));

    [GeneratedRegex(@"\A(?:[a-z-]{1,20}=[A-Za-z0-9._-]{1,63}(?: |\z))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }
}
