using System.Reflection;
using System.Runtime.CompilerServices;

namespace ChatBot.Incidents.Tests;

public sealed class PurityTests
{
    private static readonly Assembly Core = typeof(Incident).Assembly;

    /// <summary>What a library without clock, files, network and threads may refer to.</summary>
    private static readonly string[] Allowed =
    [
        "Markdig",
        "Stateless",
        "System.Collections",
        "System.Collections.Immutable",
        "System.Linq",
        "System.Memory",
        "System.Runtime",
        "System.Security.Cryptography", // SHA-256
        "System.Text.Encodings.Web",
        "System.Text.Json",
        "System.Text.RegularExpressions",
    ];

    [Fact]
    public void The_core_refers_to_nothing_but_Markdig_Stateless_and_the_plain_library() =>
        Assert.Empty(Core.GetReferencedAssemblies().Select(reference => reference.Name!).Except(Allowed));

    [Fact]
    public void Nothing_in_the_core_can_be_waited_for() =>
        Assert.DoesNotContain(
            Core.GetTypes().SelectMany(type => type.GetMethods((BindingFlags)(-1))).Where(method => method.DeclaringType!.Assembly == Core),
            method => method.GetCustomAttribute<AsyncStateMachineAttribute>() is not null
                || method.ReturnType.FullName?.StartsWith("System.Threading.", StringComparison.Ordinal) is true);

    [Fact]
    public void The_core_has_no_interfaces_of_its_own() => Assert.DoesNotContain(Core.GetTypes(), type => type.IsInterface);

    [Theory]
    [InlineData(typeof(IncidentEvent))]
    [InlineData(typeof(IncidentCommand))]
    [InlineData(typeof(Effect))]
    [InlineData(typeof(Decision))]
    public void Facts_wishes_effects_and_answers_are_closed_sets_of_sealed_records(Type family)
    {
        var members = Core.GetTypes().Where(type => type.IsSubclassOf(family)).ToList();

        Assert.NotEmpty(members);
        Assert.All(members, member =>
        {
            Assert.True(member.IsSealed, $"{member.Name} is not sealed.");
            Assert.NotNull(member.GetMethod("<Clone>$")); // only a record has it
            Assert.All(member.GetProperties().Where(property => property.SetMethod is not null), property =>
                Assert.Contains(typeof(IsExternalInit), property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));
        });
        Assert.DoesNotContain(
            family.GetConstructors((BindingFlags)(-1)),
            constructor => constructor is { IsPublic: true, IsStatic: false } or { IsFamily: true } && constructor.GetParameters().Length == 0);
    }
}
