using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Store;

/// <summary>Each event's hash covers its stored bytes and the hash before it, so no event can be changed unseen.</summary>
/// <remarks>
/// <c>SHA-256("chatbot/event/v1\0" ‖ incident ‖ seq ‖ type ‖ version ‖ at ‖ body ‖ previous)</c>: every field with its length in
/// bytes before it (8 bytes, big-endian), texts in UTF-8, integers as 8 bytes big-endian, <c>at</c> in Unix milliseconds.
/// The first event's previous is <c>SHA-256("chatbot/genesis/v1\0" ‖ incident)</c>.
/// </remarks>
internal static class EventChain
{
    public static byte[] Genesis(string incidentId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("chatbot/genesis/v1\0"u8);
        Append(hash, Encoding.UTF8.GetBytes(incidentId));
        return hash.GetHashAndReset();
    }

    public static byte[] Hash(
        string incidentId,
        long seq,
        string type,
        int version,
        DateTimeOffset at,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("chatbot/event/v1\0"u8);
        Append(hash, Encoding.UTF8.GetBytes(incidentId));
        Append(hash, seq);
        Append(hash, Encoding.UTF8.GetBytes(type));
        Append(hash, version);
        Append(hash, at.ToUnixTimeMilliseconds());
        Append(hash, body);
        Append(hash, previous);
        return hash.GetHashAndReset();
    }

    /// <summary>Recomputes every hash.</summary>
    public static async Task<ChainVerdict> VerifyAsync(string incidentId, IAsyncEnumerable<StoredEvent> events)
    {
        var previous = Genesis(incidentId);
        var count = 0L;

        await foreach (var e in events)
        {
            if (e.Seq != count + 1)
            {
                return new ChainVerdict(count, count + 1, $"Event {count + 1} is missing: the next one is {e.Seq}.");
            }

            if (!e.PreviousHash.Span.SequenceEqual(previous))
            {
                return new ChainVerdict(count, e.Seq, $"Event {e.Seq} doesn't follow the one before it.");
            }

            previous = Hash(incidentId, e.Seq, e.Type, e.Version, e.At, e.Body.Span, previous);
            if (!e.Hash.Span.SequenceEqual(previous))
            {
                return new ChainVerdict(count, e.Seq, $"Event {e.Seq} isn't what was stored: its hash differs.");
            }

            count++;
        }

        return new ChainVerdict(count, FirstBad: null, Broken: null);
    }

    private static void Append(IncrementalHash hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        Append(hash, bytes);
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
    }
}

/// <summary>What a check of one incident's chain found.</summary>
/// <param name="Events">How many events are good, from the first on.</param>
/// <param name="FirstBad">Seq of the first that isn't; null when all are good.</param>
/// <param name="Broken">What is wrong with it. A cut tail can't be seen from inside.</param>
internal sealed record ChainVerdict(long Events, long? FirstBad, string? Broken);
