using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Configuration;

/// <summary>What the people of <c>Terminal:People</c> are called, by Slack account.</summary>
internal sealed record AccountNames(IReadOnlyDictionary<Person, ForeignText> ByPerson)
{
    /// <summary>Of a name: 40 characters.</summary>
    private const int Longest = 40;

    public static AccountNames Of(TerminalOptions terminal) =>
        Of(terminal.People.Values.Select(person => (new Person(person.Team, person.User), person.Name)));

    /// <summary>An account that has several names keeps the first.</summary>
    public static AccountNames Of(IEnumerable<(Person Person, string Name)> people) =>
        new(people.DistinctBy(known => known.Person).ToDictionary(known => known.Person, known => ForeignText.From(known.Name, Longest)));
}
