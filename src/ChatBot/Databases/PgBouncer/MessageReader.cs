using System.Buffers.Binary;
using System.Text;

namespace ChatBot.Databases.PgBouncer;

/// <summary>Reads one message of a server that may send anything: every step is checked against what is left.</summary>
/// <remarks>Each member throws <see cref="InvalidDataException"/> when the message ends before.</remarks>
internal ref struct MessageReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _left = body;

    public byte Byte() => Bytes(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Bytes(4));

    /// <summary>A count that stands before a list.</summary>
    public int Count(int most)
    {
        var count = BinaryPrimitives.ReadInt16BigEndian(Bytes(2));
        return count >= 0 && count <= most ? count : throw new InvalidDataException("The message has an impossible count.");
    }

    /// <summary>Text up to a zero byte. What isn't valid UTF-8 becomes U+FFFD.</summary>
    public string Text()
    {
        var end = _left.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(Bytes(end));
        Skip(1);
        return text;
    }

    public void Skip(int length) => Bytes(length);

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length < 0 || length > _left.Length)
        {
            throw new InvalidDataException("The message is cut short.");
        }

        var bytes = _left[..length];
        _left = _left[length..];
        return bytes;
    }

    public ReadOnlySpan<byte> Rest() => Bytes(_left.Length);
}
