using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace ChatBot.Tests.Architecture;

/// <summary>What the compiled code of an assembly refers to: in signatures, attributes' owners and method bodies.</summary>
internal static class ProgramCode
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static readonly Assembly Program = typeof(ChatBotHost).Assembly;

    /// <summary>One reference from the code of a type (the outermost around lambdas and state machines) to something else.</summary>
    /// <param name="From">Such as <c>ChatBot.Slack.SlackDirectory</c>.</param>
    /// <param name="To">The member; null where only the type is named.</param>
    /// <param name="Text">A string in the code; null where it is none.</param>
    internal sealed record Reference(Type From, Type? ToType, MemberInfo? To, string? Text)
    {
        /// <summary>The method whose code it is, by the name a person gave it; null in a signature.</summary>
        public string? In { get; init; }
    }

    public static readonly IReadOnlyList<Reference> References = [.. Program.GetTypes().SelectMany(Of)];

    /// <summary>The type that a person wrote around this one.</summary>
    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Reference> Of(Type type)
    {
        var from = Outermost(type);
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Everything).Select(field => field.FieldType),
            .. type.GetMethods(Everything).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)),
            .. type.GetConstructors(Everything).SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType)),
        ];
        var signatures = named.OfType<Type>().SelectMany(Parts).Select(part => new Reference(from, part, null, null));
        var bodies = type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).SelectMany(method => InBody(from, method));
        return signatures.Concat(bodies);
    }

    private static IEnumerable<Reference> InBody(Type from, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } bytes)
        {
            yield break;
        }

        foreach (var local in body.LocalVariables.SelectMany(local => Parts(local.LocalType)))
        {
            yield return new Reference(from, local, null, null);
        }

        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethodDefinition ? method.GetGenericArguments() : null;
        for (var at = 0; at < bytes.Length;)
        {
            var code = Codes[bytes[at] == 0xFE ? unchecked((short)(0xFE00 | bytes[at + 1])) : bytes[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineString)
            {
                yield return new Reference(from, null, null, method.Module.ResolveString(BitConverter.ToInt32(bytes, at)));
            }
            else if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(bytes, at), typeArguments, methodArguments)!;
                foreach (var part in Owners(member).SelectMany(Parts))
                {
                    yield return new Reference(from, part, member, null) { In = NameOf(method) };
                }
            }

            at += SizeOf(code.OperandType, bytes, at);
        }
    }

    /// <summary>A state machine and a lambda have their method's name in angle brackets.</summary>
    private static string NameOf(MethodBase method) =>
        new[] { method.Name, method.DeclaringType!.Name }.Select(name => name.Split('<', '>')).FirstOrDefault(parts => parts is ["", { Length: > 0 }, ..]) is { } named
            ? named[1]
            : method.Name;

    private static IEnumerable<Type> Owners(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => [method.DeclaringType!, .. method.GetGenericArguments()],
        _ => [member.DeclaringType!],
    };

    /// <summary>The type, what it is made of, and the type around it.</summary>
    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => [Outermost(type.GetGenericTypeDefinition()), .. type.GetGenericArguments().SelectMany(Parts)],
        _ => [Outermost(type)],
    };

    private static int SizeOf(OperandType operand, byte[] bytes, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, at)),
        _ => 4,
    };

    /// <summary>Written by the compiler, not by us.</summary>
    public static bool IsGenerated(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.Namespace is null or not { Length: > 0 };
}
