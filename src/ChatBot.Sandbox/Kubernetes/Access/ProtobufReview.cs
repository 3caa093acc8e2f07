using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// An access review as kubectl posts it: <c>k8s\0</c>, and a runtime.Unknown whose field 2 holds the review. Field
/// numbers from k8s.io/api/authorization/v1/generated.proto.
/// </summary>
internal static class ProtobufReview
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly string[] ResourceAttributes = ["", "namespace", "verb", "group", "version", "resource", "subresource", "name"];
    private static readonly string[] NonResourceAttributes = ["", "path", "verb"];

    public static JsonObject Read(ResourceType type, ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
        {
            throw ApiRefusal.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        var spec = Field(Field(body[4..], 2), 2); // the review's metadata is field 1, its spec field 2
        if (ReferenceEquals(type, ResourceCatalog.RulesReviews))
        {
            return new JsonObject { ["spec"] = new JsonObject { ["namespace"] = Encoding.UTF8.GetString(Field(spec, 1)) } };
        }

        var resource = Field(spec, 1);
        return new JsonObject
        {
            ["spec"] = resource.Length > 0
                ? new JsonObject { ["resourceAttributes"] = Texts(resource, ResourceAttributes) }
                : new JsonObject { ["nonResourceAttributes"] = Texts(Field(spec, 2), NonResourceAttributes) },
        };
    }

    private static JsonObject Texts(ReadOnlySpan<byte> message, string[] names)
    {
        var texts = new JsonObject();
        for (var number = 1; number < names.Length; number++)
        {
            texts[names[number]] = Encoding.UTF8.GetString(Field(message, number));
        }

        return texts;
    }

    /// <summary>The bytes of a field of a length; empty when it isn't there.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int wanted)
    {
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            switch (key & 7)
            {
                case 0:
                    Varint(ref message);
                    break;
                case 2:
                    var length = (int)Math.Min(Varint(ref message), (ulong)message.Length);
                    if (key >> 3 == (ulong)wanted)
                    {
                        return message[..length];
                    }

                    message = message[length..];
                    break;
                default:
                    throw ApiRefusal.BadRequest("proto: illegal wireType");
            }
        }

        return [];
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var (value, shift) = (0UL, 0);
        while (message.Length > 0)
        {
            var b = message[0];
            message = message[1..];
            value |= (ulong)(b & 0x7f) << shift;
            shift += 7;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw ApiRefusal.BadRequest("unexpected EOF");
    }
}
