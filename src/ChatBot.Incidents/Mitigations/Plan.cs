using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>One mitigation, pinned to its target, exactly as it is approved and carried out.</summary>
/// <remarks>
/// The canonical bytes are stored as they are and are what the executor reads back: what was hashed, what was shown and
/// what is done are the same bytes. Everything in them means something; words chosen for people stay outside.
/// </remarks>
/// <param name="Quorum">How many approvers it needs, the requester never among them.</param>
public sealed record Plan(
    PlanId Id,
    IncidentId Incident,
    string Target,
    string Environment,
    Mitigation Mitigation,
    Person RequestedBy,
    int Quorum,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    private const string HashPrefix = "chatbot/plan/v1\0";
    private const string KeyPrefix = "chatbot/idem/v1\0";
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>UTF-8 JSON without white space, properties always in the same order.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("plan", Id.ToString());
            json.WriteString("incident", Incident.ToString());
            json.WriteString("target", Target);
            json.WriteString("environment", Environment);
            json.WriteString("mitigation", Mitigation.Name);
            json.WriteStartObject("changes");
            Mitigation.WriteTo(json);
            json.WriteEndObject();
            json.WriteString("requestedByTeam", RequestedBy.Team);
            json.WriteString("requestedByUser", RequestedBy.User);
            json.WriteNumber("quorum", Quorum);
            json.WriteNumber("createdAt", CreatedAt.ToUnixTimeMilliseconds());
            json.WriteNumber("expiresAt", ExpiresAt.ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no plan of a version this program knows.</exception>
    public static Plan FromBytes(ReadOnlyMemory<byte> bytes, MitigationKinds kinds)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            if (json.GetProperty("version").GetInt32() != 1)
            {
                throw new FormatException("A newer version of the bot wrote this plan.");
            }

            var plan = new Plan(
                new PlanId(Guid.ParseExact(json.GetProperty("plan").GetString()!, "N")),
                new IncidentId(Guid.ParseExact(json.GetProperty("incident").GetString()!, "N")),
                json.GetProperty("target").GetString() ?? throw new FormatException("The plan names no target."),
                json.GetProperty("environment").GetString() ?? throw new FormatException("The plan names no environment."),
                kinds.Read(json.GetProperty("mitigation").GetString()!, json.GetProperty("changes")),
                new Person(
                    json.GetProperty("requestedByTeam").GetString() ?? throw new FormatException("The plan names no requester."),
                    json.GetProperty("requestedByUser").GetString() ?? throw new FormatException("The plan names no requester.")),
                json.GetProperty("quorum").GetInt32(),
                DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("createdAt").GetInt64()),
                DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("expiresAt").GetInt64()));

            // One plan has one form: bytes that say the same in other words are not what was hashed and approved.
            return plan.ToBytes().AsSpan().SequenceEqual(bytes.Span)
                ? plan
                : throw new FormatException("These bytes are not a plan in the form in which the bot writes it.");
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException("These bytes are not a plan.", damaged);
        }
    }

    /// <summary>SHA-256 over a prefix of our own and the bytes: 64 lower-case hex digits.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(HashPrefix), .. bytes]));

    /// <summary>Marks one step's effect at the target; the same for every try of the same step. 26 characters of base 32.</summary>
    public string IdempotencyKeyOf(int step)
    {
        var seed = string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}{Id}|{step}|{Mitigation.PinOf(step)}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));

        // 130 bits of the hash, five at a time.
        return string.Create(26, hash, static (key, bits) =>
        {
            for (var i = 0; i < key.Length; i++)
            {
                var at = i * 5;
                var pair = (bits[at / 8] << 8) | bits[(at / 8) + 1];
                key[i] = Base32[(pair >> (11 - (at % 8))) & 31];
            }
        });
    }
}
