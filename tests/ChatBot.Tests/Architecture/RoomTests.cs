using System.Reflection;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Kubernetes;
using ChatBot.Slack;
using ChatBot.Steps;

namespace ChatBot.Tests.Architecture;

/// <summary>Which room may know which, read from the compiled program.</summary>
public class RoomTests
{
    /// <summary>They meet only in Dispatch, and the first two in Steps, as values of the core.</summary>
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

    /// <summary>A step asks the databases and draws. The rest of the program is no business of its.</summary>
    [Fact]
    public void Steps_know_the_probes_and_how_to_draw_and_no_other_room()
    {
        string[] allowed = ["Steps", "Databases", "Kubernetes", "Metrics", "Slack.BlockKit", "Slack.Views", "Configuration"];
        var known = ProgramCode.References
            .Where(reference => IsIn(reference.From, "Steps") && reference.ToType is { } to && to.Assembly == ProgramCode.Program)
            .Where(reference => reference.ToType != typeof(StoredJson) && !ProgramCode.IsGenerated(reference.ToType!) && !allowed.Any(room => IsIn(reference.ToType!, room)))
            .Select(reference => $"{reference.From} knows {reference.ToType}");

        Assert.Empty(known.Distinct());
        Assert.Contains(ProgramCode.References, reference => IsIn(reference.From, "Steps") && reference.ToType is { } to && IsIn(to, "Databases"));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_room_that_steps_use_knows_them(string room) =>
        Assert.DoesNotContain(ProgramCode.References, reference => IsIn(reference.From, room) && reference.ToType is { } to && IsIn(to, "Steps"));

    [Fact]
    public void The_rooms_are_where_this_test_looks_for_them()
    {
        Assert.All(["Slack", "Databases", "Store", "Dispatch", "Steps"], room => Assert.Contains(ProgramCode.Program.GetTypes(), type => IsIn(type, room)));
        Assert.Contains(ProgramCode.References, reference => IsIn(reference.From, "Dispatch") && reference.ToType is { } to && IsIn(to, "Store"));
    }

    [Fact]
    public void Only_Dispatch_and_the_registration_know_the_steps()
    {
        var knowing = ProgramCode.References
            .Where(reference => !IsIn(reference.From, "Steps") && reference.ToType is { } to && IsIn(to, "Steps"))
            .Select(reference => reference.From)
            .Distinct()
            .ToList();

        Assert.NotEmpty(knowing);
        Assert.All(knowing, from => Assert.True(from.Namespace == "ChatBot" || IsIn(from, "Dispatch") || IsIn(from, "Commands"), $"{from} knows a step."));
    }

    /// <summary>A step type's own folder is all that knows it: one that names another can't be taken out or put in alone.</summary>
    [Fact]
    public void Nobody_but_the_registration_knows_one_step_type()
    {
        var knowing = ProgramCode.References
            .Where(reference => reference.ToType is { Namespace: { } space } && space.StartsWith("ChatBot.Steps.", StringComparison.Ordinal) && reference.From.Namespace != space)
            .Select(reference => $"{reference.From}")
            .Distinct()
            .Except(["ChatBot.ChatBotServices", "ChatBot.Steps.StepServices"], StringComparer.Ordinal);

        Assert.Empty(knowing);
    }

    /// <summary>Whoever changes a target does it as one effect of an approved plan: there is no other way in.</summary>
    [Theory]
    [InlineData(typeof(ITargetServer), nameof(ITargetServer.ActAsync))]
    [InlineData(typeof(ITargetServer), nameof(ITargetServer.LimitAsync))]
    [InlineData(typeof(DeploymentRestarter), nameof(DeploymentRestarter.RestartAsync))]
    [InlineData(typeof(RolloutPause), nameof(RolloutPause.SetAsync))]
    [InlineData(typeof(WorkloadScaler), nameof(WorkloadScaler.ScaleAsync))]
    [InlineData(typeof(PoolSizeSetting), nameof(PoolSizeSetting.ChangeAsync))]
    public void Only_a_step_that_applies_a_plan_changes_a_target(Type room, string change)
    {
        var calls = ProgramCode.References
            .Where(reference => reference.To is MethodBase called && called.DeclaringType == room && called.Name == change)
            .ToList();

        Assert.NotEmpty(calls);
        Assert.All(calls, call =>
        {
            Assert.True(IsIn(call.From, "Steps") && call.From.IsAssignableTo(typeof(IChangingStep)), $"{call.From} changes a target and is no step.");
            Assert.Equal(nameof(IChangingStep.ApplyAsync), call.In);
        });
    }

    /// <summary>An engine's own ways to change something are called by its server alone.</summary>
    [Fact]
    public void Only_a_target_server_knows_who_ends_sessions() =>
        Assert.All(CallersOf(typeof(SessionTerminator)), caller => Assert.True(caller.IsAssignableTo(typeof(ITargetServer)), $"{caller} ends sessions."));

    [Fact]
    public void Only_the_runner_applies_a_step() =>
        Assert.Equal([typeof(StepRunner)], CallersOf(typeof(IChangingStep), nameof(IChangingStep.ApplyAsync)));

    /// <summary>Whatever changes a cluster is looked at before and afterwards. The fence only asks what would happen.</summary>
    [Fact]
    public void Only_a_change_that_is_looked_at_writes_to_a_cluster()
    {
        Assert.All(CallersOf(typeof(Cluster), nameof(Cluster.WriteAsync)), caller =>
            Assert.True(caller == typeof(KubernetesFence) || (caller.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(ObjectChange<>)), $"{caller} writes to a cluster."));
        Assert.NotEmpty(CallersOf(typeof(Cluster), nameof(Cluster.WriteAsync)));
    }

    /// <summary>What sends a change to a cluster is called by the four that say what of it a plan may ask for.</summary>
    [Fact]
    public void Only_the_four_changes_of_a_service_are_applied_to_a_cluster() => Assert.Equal(
        ["DeploymentRestarter", "PoolSizeSetting", "RolloutPause", "WorkloadScaler"],
        CallersOf(typeof(ClusterChanges), nameof(ClusterChanges.ApplyAsync)).Select(caller => caller.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_the_terminator_knows_the_words_that_end_a_session()
    {
        var knows = ProgramCode.References
            .Where(reference => reference.Text is { } text
                && (text.Contains("pg_terminate_backend", StringComparison.OrdinalIgnoreCase) || text.Contains("pg_cancel_backend", StringComparison.OrdinalIgnoreCase)))
            .Select(reference => reference.From)
            .Distinct();

        Assert.Equal([typeof(PastedAct), typeof(SessionTerminator)], knows.OrderBy(type => type.Name)); // what is pasted, a person sends
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

    /// <summary>Whose code calls a method of this type, other than its own and what registers it.</summary>
    /// <param name="method">Null for any.</param>
    private static IEnumerable<Type> CallersOf(Type type, string? method = null) => ProgramCode.References
        .Where(reference => reference.To is MethodBase called && called.DeclaringType == type && (method is null || called.Name == method))
        .Select(reference => reference.From)
        .Where(from => from != type && !ProgramCode.IsGenerated(from))
        .Distinct();

    private static bool IsIn(Type type, string room) =>
        type.Namespace is { } name && (name == $"ChatBot.{room}" || name.StartsWith($"ChatBot.{room}.", StringComparison.Ordinal));
}
