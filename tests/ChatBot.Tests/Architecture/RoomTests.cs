using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using ChatBot.Slack;

namespace ChatBot.Tests.Architecture;

/// <summary>Which room may know which, read from the compiled program.</summary>
public class RoomTests
{
    /// <summary>They meet only in Dispatch, as values of the core.</summary>
    public static readonly TheoryData<string> Rooms = ["Slack", "Databases", "Store", "Reports", "Kubernetes", "Metrics", "Terminal"];

    /// <summary>Why each interface is worth its file, if it has fewer than two implementations.</summary>
    private static readonly Dictionary<Type, string> Interfaces = new()
    {
        [typeof(ISlackWire)] = "the wire to another process; a second implementation is built with -p:SlackWire=SlackNet",
    };

    private static readonly string[] Tops = ["src", "tests", "manifests"];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_no_other_room(string room)
    {
        var others = Rooms.Select(row => row.Data).Where(other => other != room);
        var known = ProgramCode.References
            .Where(reference => IsIn(reference.From, room) && reference.ToType is { } to && others.Any(other => IsIn(to, other)))
            .Select(reference => $"{reference.From} knows {reference.ToType}");

        Assert.Empty(known.Distinct());
    }

    [Fact]
    public void The_rooms_are_where_this_test_looks_for_them()
    {
        Assert.All(["Slack", "Databases", "Store", "Dispatch"], room => Assert.Contains(ProgramCode.Program.GetTypes(), type => IsIn(type, room)));
        Assert.Contains(ProgramCode.References, reference => IsIn(reference.From, "Dispatch") && reference.ToType is { } to && IsIn(to, "Store"));
    }

    [Fact]
    public void Only_Dispatch_ends_sessions()
    {
        var users = ProgramCode.References
            .Where(reference => reference.ToType == typeof(SessionTerminator) && reference.To is System.Reflection.MethodBase method && method.DeclaringType == typeof(SessionTerminator))
            .Select(reference => reference.From)
            .Where(from => from != typeof(SessionTerminator) && !ProgramCode.IsGenerated(from))
            .Distinct()
            .ToList();

        Assert.NotEmpty(users);
        Assert.All(users, user => Assert.True(IsIn(user, "Dispatch"), $"{user} calls SessionTerminator."));
    }

    [Fact]
    public void Only_the_terminator_knows_the_words_that_end_a_session()
    {
        var knows = ProgramCode.References
            .Where(reference => reference.Text is { } text
                && (text.Contains("pg_terminate_backend", StringComparison.OrdinalIgnoreCase) || text.Contains("pg_cancel_backend", StringComparison.OrdinalIgnoreCase)))
            .Select(reference => reference.From)
            .Distinct();

        Assert.Equal([typeof(SessionTerminator)], knows);
    }

    [Fact]
    public void An_interface_has_two_implementations_or_a_reason()
    {
        var types = ProgramCode.Program.GetTypes();
        foreach (var contract in types.Where(type => type.IsInterface && !ProgramCode.IsGenerated(type)))
        {
            var implementations = types.Count(type => type.IsClass && contract.IsAssignableFrom(type));
            Assert.True(implementations >= 2 || Interfaces.ContainsKey(contract), $"{contract} has {implementations} implementations and no reason.");
        }
    }

    [Fact]
    public void The_core_needs_nothing_but_its_state_machine_and_its_page_reader()
    {
        var references = typeof(Incident).Assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();

        Assert.Contains("Stateless", references);
        Assert.All(references, name => Assert.True(
            name is "Stateless" or "Markdig" or "System" or "mscorlib" or "netstandard" || name.StartsWith("System.", StringComparison.Ordinal), $"The core refers to {name}."));
        Assert.DoesNotContain(references, name => name.StartsWith("System.Net", StringComparison.Ordinal) || name.StartsWith("System.Data", StringComparison.Ordinal));
    }

    [Fact]
    public void No_room_is_a_lumber_room()
    {
        string[] lumber = ["Common", "Helpers", "Helper", "Utils", "Util", "Utilities", "Core", "Shared", "Services", "Manager", "Managers", "Misc"];
        var namespaces = new[] { ProgramCode.Program, typeof(Incident).Assembly, typeof(RoomTests).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => (type.Namespace ?? "").Split('.'));
        var folders = Tops
            .SelectMany(top => Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, top), "*", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(SourceTree.Root, path).Split(Path.DirectorySeparatorChar))
            .Where(parts => !parts.Any(part => part is "node_modules" or "obj" or "bin"))
            .SelectMany(parts => parts)
            .ToList();

        Assert.Contains("Slack", folders);
        Assert.Empty(namespaces.Concat(folders).Intersect(lumber, StringComparer.OrdinalIgnoreCase));
    }

    private static bool IsIn(Type type, string room) =>
        type.Namespace is { } name && (name == $"ChatBot.{room}" || name.StartsWith($"ChatBot.{room}.", StringComparison.Ordinal));
}
