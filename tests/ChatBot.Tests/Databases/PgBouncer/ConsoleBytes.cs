using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Tests.Databases.PgBouncer;

/// <summary>What a PgBouncer would send, as bytes.</summary>
internal static class ConsoleBytes
{
    public static byte[] Ok => Authentication(0);

    public static byte[] Ready => Message('Z', "I"u8.ToArray());

    /// <summary>Let in without a question.</summary>
    public static byte[] Trusted => [.. Ok, .. Welcome("1.18.0/bouncer")];

    public static byte[] Welcome(string version) => [.. Message('S', [.. Text("server_version"), .. Text(version)]), .. Message('K', new byte[8]), .. Ready];

    public static byte[] Authentication(int kind, params byte[] data) => Message('R', [.. Number(kind), .. data]);

    /// <param name="routine">Only PostgreSQL itself names one.</param>
    public static byte[] Error(string code, string words, string? routine = null) => Message(
        'E',
        [(byte)'S', .. Text("FATAL"), (byte)'C', .. Text(code), (byte)'M', .. Text(words), .. routine is null ? [] : (byte[])[(byte)'R', .. Text(routine)], 0]);

    public static byte[] Table(string columns, params string?[][] rows) => [.. Columns(columns), .. rows.SelectMany(Row), .. Message('C', Text("SHOW")), .. Ready];

    public static byte[] Columns(string columns)
    {
        var names = columns.Split(' ');
        return Message('T', [.. Short(names.Length), .. names.SelectMany(name => (byte[])[.. Text(name), .. new byte[18]])]);
    }

    public static byte[] Row(params string?[] values) => Message(
        'D',
        [.. Short(values.Length), .. values.SelectMany(value => value is null ? Number(-1) : [.. Number(Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)])]);

    public static byte[] Message(char type, params byte[] body) => [(byte)type, .. Number(4 + body.Length), .. body];

    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    public static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    public static byte[] Scram => Authentication(10, [.. Text("SCRAM-SHA-256"), 0]);

    /// <summary>The server's side of SCRAM, one answer for each message of the client.</summary>
    public static Func<byte[], byte[]> ScramServer(string password, int iterations = 4096)
    {
        var salt = "0123456789abcdef"u8.ToArray();
        var (bare, first) = ("", "");
        return asked =>
        {
            if (asked[0] != 'p')
            {
                return Scram;
            }

            var said = Encoding.UTF8.GetString(asked);
            if (said.IndexOf("n,,", StringComparison.Ordinal) is >= 0 and var at)
            {
                bare = said[(at + 3)..];
                first = $"{bare[bare.IndexOf("r=", StringComparison.Ordinal)..]}XYZ,s={Convert.ToBase64String(salt)},i={iterations}";
                return Authentication(11, Encoding.UTF8.GetBytes(first));
            }

            var final = said[said.IndexOf("c=biws", StringComparison.Ordinal)..];
            var talk = Encoding.UTF8.GetBytes($"{bare},{first},{final[..final.IndexOf(",p=", StringComparison.Ordinal)]}");
            var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
            var signature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), talk);
            return [.. Authentication(12, Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(signature)}")), .. Trusted];
        };
    }

    private static byte[] Short(int number) => [(byte)(number >> 8), (byte)number];
}
