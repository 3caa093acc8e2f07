using System.Text.RegularExpressions;
using ChatBot.Incidents;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Configuration;

/// <summary>Reads the section <c>Terminal</c>.</summary>
internal static partial class TerminalReader
{
    /// <summary>128 bits, written as hex digits.</summary>
    private const int ShortestToken = 32;

    /// <summary>No header line that a client or server refuses: 200 characters.</summary>
    private const int LongestToken = 200;

    /// <summary>Of 32 random hex digits fewer different ones than this come up once in 10,000 times: more likely it is no random token.</summary>
    private const int FewestSigns = 10;

    private const string ATokenIs = "32 to 200 random characters without spaces, such as from openssl rand -hex 32";

    public static TerminalOptions Read(SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var terminal = new TerminalOptions
        {
            Port = section.Number("Port", 0, 0, 65535),
            People = section.Section("People", people => ReadPeople(people, mistakes, warnings)),
        };

        // Half of it is off without a word, and found out on the day that it is needed.
        if (terminal is { Port: > 0, People.Count: 0 })
        {
            mistakes.Add(section.PathOf("People"), "nobody", "at least one person, such as Terminal:People:ana, because Terminal:Port is set");
        }
        else if (terminal is { Port: 0, People.Count: > 0 })
        {
            mistakes.Add(section.PathOf("Port"), section.Has("Port") ? "\"0\"" : "nothing", "a port from 1 to 65535, because Terminal:People has people");
        }

        return terminal;
    }

    /// <summary>Only what people are called: mistakes don't matter here, and no token is read.</summary>
    public static AccountNames ReadNames(IConfiguration configuration) => AccountNames.Of(
        from person in configuration.GetSection("Terminal:People").GetChildren()
        let team = person["Team"] ?? ""
        let user = person["User"] ?? ""
        where Name().IsMatch(person.Key) && Team().IsMatch(team) && User().IsMatch(user)
        select (new Person(team, user), person.Key));

    private static Dictionary<string, TerminalPerson> ReadPeople(SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var people = new Dictionary<string, TerminalPerson>(StringComparer.OrdinalIgnoreCase);
        var (tokens, accounts) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var name in section.Names)
        {
            if (!Name().IsMatch(name))
            {
                mistakes.Add(section.PathOf(name), "an unusable name", "1 to 40 of a-z, A-Z, 0-9, dot, hyphen and underscore, starting with a letter or digit");
            }

            var person = section.Section(name, one => ReadPerson(name, one, mistakes, warnings));
            if (person.Token.Reveal() is { Length: > 0 } token && !tokens.Add(token))
            {
                mistakes.Add($"{section.PathOf(name)}:Token", "the token of another person", "a token of their own for everybody");
            }

            if (person.User.Length > 0 && !accounts.Add(person.User))
            {
                mistakes.Add($"{section.PathOf(name)}:User", "the account of another person", "an account of their own for everybody");
            }

            people[name] = person;
        }

        return people;
    }

    private static TerminalPerson ReadPerson(string name, SettingsSection section, Mistakes mistakes, List<string> warnings)
    {
        var token = section.Secret("Token", required: true, ATokenIs, "", warnings);
        if (token is not null && !IsRandom(token.Reveal()))
        {
            mistakes.Add(section.PathOf(section.Has("Token") ? "Token" : "TokenFile"), "***", ATokenIs);
        }

        return new TerminalPerson
        {
            Name = name,
            User = section.Required("User", "", "a Slack user id, U... or W...", Matches(User())),
            Team = section.Required("Team", "", "a Slack workspace id, T... (E... in an Enterprise organisation)", Matches(Team())),
            Token = token ?? new Secret(""),
            Groups = section.List("Groups", "Slack ids of user groups (S...)", Group().IsMatch),
        };
    }

    private static bool IsRandom(string token) =>
        token.Length is >= ShortestToken and <= LongestToken
        && token.All(sign => sign is > ' ' and <= '~')
        && token.Distinct().Count() >= FewestSigns;

    private static SettingsSection.TryParse<string> Matches(Regex pattern) => (text, out value) =>
    {
        value = text;
        return pattern.IsMatch(text);
    };

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,39}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[UW][A-Z0-9]{2,30}\z")]
    private static partial Regex User();

    [GeneratedRegex(@"\A[TE][A-Z0-9]{2,30}\z")]
    private static partial Regex Team();

    [GeneratedRegex(@"\AS[A-Z0-9]{2,30}\z")]
    private static partial Regex Group();
}
