using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using ChatBot.Sandbox;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Reads the two builds as files: the one that is shipped can't be told to die.</summary>
public sealed class CrashBuildTests
{
    private static readonly string[] Names =
        [.. typeof(CrashPoint).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    [Theory]
    [InlineData("release", false)]
    [InlineData("crash", true)] // the control: this test sees crash points where there are some
    public void Only_the_crash_build_reaches_crash_points(string configuration, bool reaches)
    {
        using var file = new PEReader(File.OpenRead(BotProcess.PathOf(configuration)));
        var metadata = file.GetMetadataReader();

        Assert.Equal(8, Names.Length);
        var strings = StringsOf(metadata).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(reaches ? Names : [], Names.Where(strings.Contains));
        Assert.Equal(reaches, strings.Contains("CRASH_AT"));
        Assert.Equal(reaches ? Names.Length + 1 : 0, CallsOfReached(file, metadata)); // deliveries come in by two doors
    }

    /// <summary>What the code loads as text.</summary>
    private static IEnumerable<string> StringsOf(MetadataReader metadata)
    {
        for (var handle = MetadataTokens.UserStringHandle(0); ;)
        {
            handle = metadata.GetNextHandle(handle);
            if (handle.IsNil)
            {
                yield break;
            }

            yield return metadata.GetUserString(handle);
        }
    }

    // The bytes of a call with its token may also stand in some other operand, which would count one too many, never one too few.
    private static int CallsOfReached(PEReader file, MetadataReader metadata)
    {
        var type = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Single(type => metadata.StringComparer.Equals(type.Name, nameof(CrashPoint)));
        var reached = type.GetMethods().Single(method => metadata.StringComparer.Equals(metadata.GetMethodDefinition(method).Name, nameof(CrashPoint.Reached)));
        var call = new byte[5];
        call[0] = (byte)ILOpCode.Call;
        BinaryPrimitives.WriteInt32LittleEndian(call.AsSpan(1), MetadataTokens.GetToken(reached));

        return metadata.MethodDefinitions
            .Select(metadata.GetMethodDefinition)
            .Where(method => method.RelativeVirtualAddress != 0)
            .Sum(method => file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes().AsSpan().Count(call));
    }
}
