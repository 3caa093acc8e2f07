using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Runbooks;

/// <summary>A binding as it stands on a page: <c>step: TYPE name=value</c>.</summary>
/// <param name="Type">Null when there is no such type; the mistake is noted.</param>
/// <param name="TypePlace">Where the type's name stands.</param>
/// <param name="Id">Null when the binding gives none.</param>
/// <param name="IdPlace">Where the id stands.</param>
internal sealed partial record PageBinding(
    StepType? Type,
    PagePlace TypePlace,
    ImmutableSortedDictionary<string, string> Parameters,
    string? Id,
    PagePlace IdPlace)
{
    /// <summary>Every binding can give its step a name; the step keeps it when the page around it changes.</summary>
    private const string IdName = "id";

    /// <summary>Reads a comment whose kind is <see cref="CommentKind.Binding"/>, and notes every mistake in it.</summary>
    /// <param name="phase">Where the step stands.</param>
    public static PageBinding Read(PageComment comment, RunbookPhase phase, PageText page, StepTypes types, PageMistakes mistakes)
    {
        var words = new Queue<(string Text, PagePlace Place)>();
        var colon = comment.Inside.IndexOf(':');
        foreach (Match word in Words.Matches(comment.Inside, colon + 1))
        {
            words.Enqueue((word.Value, page.At(comment.InsideStart + word.Index)));
        }

        var stepWord = page.At(comment.InsideStart + comment.Inside.IndexOf("step", StringComparison.Ordinal));
        var (type, place) = ReadType(words, stepWord, phase, types, mistakes);
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<string>();
        string? id = null;
        var idPlace = place;

        while (words.TryDequeue(out var word))
        {
            var equals = word.Text.IndexOf('=');
            if (equals <= 0)
            {
                AddFormMistake(word, words, mistakes);
                continue;
            }

            var name = word.Text[..equals];
            var value = word.Text[(equals + 1)..];
            var valuePlace = word.Place with { Column = word.Place.Column + equals + 1 };
            if (!seen.Add(name))
            {
                mistakes.Add(word.Place, $"{PageMistakes.Show(name)} is given twice.", "Each parameter once.");
            }
            else if (name == IdName)
            {
                if (IdShape.IsMatch(value))
                {
                    (id, idPlace) = (value, valuePlace);
                }
                else
                {
                    AddValueMistake(name, value, valuePlace, "1 to 60 characters of a-z, 0-9 and hyphens", mistakes);
                }
            }
            else if (type is not null)
            {
                ReadParameter(type, name, value, word.Place, valuePlace, parameters, mistakes);
            }
        }

        return new PageBinding(type, place, parameters.ToImmutable(), id, idPlace);
    }

    /// <summary>"One of a, b, c.": what a page that names no type, or an unknown one, could have named.</summary>
    private static string OneOf(StepTypes types) => $"One of {string.Join(", ", types.Names)}.";

    private static (StepType? Type, PagePlace Place) ReadType(
        Queue<(string Text, PagePlace Place)> words, PagePlace stepWord, RunbookPhase phase, StepTypes types, PageMistakes mistakes)
    {
        if (!words.TryPeek(out var word) || word.Text.Contains('='))
        {
            mistakes.Add(stepWord, "This binding names no step type.", OneOf(types));
            return (null, stepWord);
        }

        words.Dequeue();
        if (types.Find(word.Text) is not { } type)
        {
            var guess = Spelling.Nearest(word.Text, types.Names) is { } near ? $" Did you mean {near}?" : "";
            mistakes.Add(word.Place, $"There is no step type {PageMistakes.Show(word.Text)}.{guess}", OneOf(types));
            return (null, word.Place);
        }

        if (!type.Phases.IsEmpty && !type.Phases.Contains(phase))
        {
            mistakes.Add(word.Place, $"{type.Name} can't stand under {PhaseNames.Of(phase)}.", $"Under {string.Join(" or ", type.Phases.Select(PhaseNames.Of))}.");
        }

        return (type, word.Place);
    }

    private static void ReadParameter(
        StepType type,
        string name,
        string value,
        PagePlace place,
        PagePlace valuePlace,
        ImmutableSortedDictionary<string, string>.Builder parameters,
        PageMistakes mistakes)
    {
        var known = type.AllParameters;
        if (known.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
        {
            var names = known.Select(parameter => parameter.Name).Append(IdName).ToList();
            var guess = Spelling.Nearest(name, names) is { } near ? $" Did you mean {near}?" : "";
            mistakes.Add(place, $"{type.Name} has no parameter {PageMistakes.Show(name)}.{guess}", $"{string.Join(", ", names)}.");
        }
        else if (!parameter.Allows(value))
        {
            AddValueMistake(name, value, valuePlace, parameter.Allowed, mistakes);
        }
        else
        {
            parameters[name] = value;
        }
    }

    private static void AddValueMistake(string name, string value, PagePlace place, string allowed, PageMistakes mistakes) => mistakes.Add(
        place,
        value.Length == 0 ? $"{name} has no value." : $"{PageMistakes.Show(value)} is not allowed for {name}.",
        $"{char.ToUpperInvariant(allowed[0])}{allowed[1..]}.");

    /// <summary>A word without "=" or without a name: one mistake for all that belongs to it.</summary>
    private static void AddFormMistake((string Text, PagePlace Place) word, Queue<(string Text, PagePlace Place)> words, PageMistakes mistakes)
    {
        if (word.Text[0] != '=' && words.TryPeek(out var next) && next.Text[0] == '=')
        {
            words.Dequeue(); // name = value
            if (next.Text == "=" && words.TryPeek(out var value) && !value.Text.Contains('='))
            {
                words.Dequeue();
            }

            mistakes.Add(word.Place, $"There are spaces around the = of {PageMistakes.Show(word.Text)}.", "name=value, without spaces.");
            return;
        }

        mistakes.Add(
            word.Place,
            word.Text[0] == '=' ? $"{PageMistakes.Show(word.Text)} has no name." : $"{PageMistakes.Show(word.Text)} has no value.",
            "name=value, without spaces.");
    }

    [GeneratedRegex(@"\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Words { get; }

    [GeneratedRegex("^[a-z0-9-]{1,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex IdShape { get; }
}
