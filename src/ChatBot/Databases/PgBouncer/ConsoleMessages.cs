using System.Buffers.Binary;
using System.Text;

namespace ChatBot.Databases.PgBouncer;

/// <summary>The messages of PostgreSQL's protocol 3.0 that a console needs, as bytes. No I/O.</summary>
/// <remarks>See https://www.postgresql.org/docs/current/protocol-message-formats.html.</remarks>
internal static class ConsoleMessages
{
    public const byte Authentication = (byte)'R';
    public const byte ParameterStatus = (byte)'S';
    public const byte KeyData = (byte)'K';
    public const byte Notice = (byte)'N';
    public const byte Error = (byte)'E';
    public const byte Ready = (byte)'Z';
    public const byte Columns = (byte)'T';
    public const byte Row = (byte)'D';
    public const byte Complete = (byte)'C';

    /// <summary>What every message of a server starts with: its type, and its length without the type.</summary>
    public const int HeadLength = 5;

    /// <summary>The name of the database that is none: whoever connects to it gets the console.</summary>
    private const string ConsoleDatabase = "pgbouncer";

    private const int Protocol30 = 3 << 16;
    private const int SslRequestCode = (1234 << 16) | 5679;

    /// <summary>1.18 shows 18 columns at most; more than this is no console.</summary>
    private const int MostColumns = 100;

    public static byte[] SslRequest { get; } = Untyped(Number(SslRequestCode));

    public static byte[] Terminate { get; } = Typed('X', []);

    public static byte[] Startup(string user) =>
        Untyped([.. Number(Protocol30), .. Text("user"), .. Text(user), .. Text("database"), .. Text(ConsoleDatabase), 0]);

    public static byte[] Query(ConsoleCommand command) => Typed('Q', Text(command.Text()));

    public static byte[] Password(string password) => Typed('p', Text(password));

    public static byte[] SaslStart(string mechanism, string first)
    {
        var data = Encoding.UTF8.GetBytes(first);
        return Typed('p', [.. Text(mechanism), .. Number(data.Length), .. data]);
    }

    public static byte[] SaslAnswer(string answer) => Typed('p', Encoding.UTF8.GetBytes(answer));

    /// <returns>The kind of authentication, and what belongs to it.</returns>
    /// <exception cref="InvalidDataException">It is cut short.</exception>
    public static (AuthenticationKind Kind, byte[] Data) ReadAuthentication(ReadOnlySpan<byte> body)
    {
        var reader = new MessageReader(body);
        return ((AuthenticationKind)reader.Int32(), reader.Rest().ToArray());
    }

    /// <summary>The mechanisms that a server offers for SASL.</summary>
    /// <exception cref="InvalidDataException">It is cut short.</exception>
    public static IReadOnlyList<string> ReadMechanisms(ReadOnlySpan<byte> body)
    {
        var mechanisms = new List<string>();
        var reader = new MessageReader(body);
        while (reader.Text() is { Length: > 0 } mechanism)
        {
            mechanisms.Add(mechanism);
        }

        return mechanisms;
    }

    /// <exception cref="InvalidDataException">It is cut short.</exception>
    public static (string Name, string Value) ReadParameter(ReadOnlySpan<byte> body)
    {
        var reader = new MessageReader(body);
        return (reader.Text(), reader.Text());
    }

    /// <summary>What kind of refusal an error is. The server's words are compared here, and never leave.</summary>
    /// <remarks>
    /// PgBouncer has one code (08P01) for nearly everything, so its fixed English words have to tell. Only PostgreSQL itself
    /// names the routine (R) that raised the error; PgBouncer never does.
    /// </remarks>
    /// <exception cref="InvalidDataException">It is cut short.</exception>
    public static ConsoleRefusal ReadError(ReadOnlySpan<byte> body)
    {
        var words = "";
        var code = "";
        var reader = new MessageReader(body);
        while (reader.Byte() is not 0 and var field)
        {
            var value = reader.Text();
            switch (field)
            {
                case (byte)'R':
                    return ConsoleRefusal.PostgreSql;
                case (byte)'C':
                    code = value;
                    break;
                case (byte)'M':
                    words = value;
                    break;
            }
        }

        return code is "28P01" or "28000" || Says("authentication failed") || Says("auth failed") || Says("no such user") ? ConsoleRefusal.Login
            : Says("not allowed") ? ConsoleRefusal.NotAllowed
            : Says("SSL required") || Says("TLS required") ? ConsoleRefusal.TlsRequired
            : Says("no more connections allowed") ? ConsoleRefusal.Full
            : ConsoleRefusal.Other;

        bool Says(string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The columns' names, in their order.</summary>
    /// <exception cref="InvalidDataException">It is cut short, or has too many.</exception>
    public static string[] ReadColumns(ReadOnlySpan<byte> body)
    {
        var reader = new MessageReader(body);
        var columns = new string[reader.Count(MostColumns)];
        for (var at = 0; at < columns.Length; at++)
        {
            columns[at] = reader.Text();
            reader.Skip(4 + 2 + 4 + 2 + 4 + 2); // table, column, type, its size, its modifier, format
        }

        return columns;
    }

    /// <summary>One row: as many texts as columns, null for NULL.</summary>
    /// <exception cref="InvalidDataException">It is cut short, or has another number of values.</exception>
    public static string?[] ReadRow(ReadOnlySpan<byte> body, int columns)
    {
        var reader = new MessageReader(body);
        var row = new string?[reader.Count(MostColumns)];
        if (row.Length != columns)
        {
            throw new InvalidDataException("The row has another number of values than there are columns.");
        }

        for (var at = 0; at < row.Length; at++)
        {
            var length = reader.Int32();
            row[at] = length == -1 ? null : Encoding.UTF8.GetString(reader.Bytes(length));
        }

        return row;
    }

    private static byte[] Typed(char type, byte[] body) => [(byte)type, .. Untyped(body)];

    private static byte[] Untyped(byte[] body) => [.. Number(4 + body.Length), .. body];

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}

/// <summary>What a server wants before it lets anybody in; the numbers are the protocol's.</summary>
internal enum AuthenticationKind
{
    Ok = 0,
    PlainPassword = 3,
    Md5Password = 5,
    Sasl = 10,
    SaslContinue = 11,
    SaslFinal = 12,
}

/// <summary>What an error of a server comes down to.</summary>
internal enum ConsoleRefusal
{
    /// <summary>Name or password; PgBouncer treats both alike.</summary>
    Login,

    /// <summary>The user is in neither <c>stats_users</c> nor <c>admin_users</c>.</summary>
    NotAllowed,

    /// <summary>Only encrypted connections are let in.</summary>
    TlsRequired,

    /// <summary><c>max_client_conn</c> is reached.</summary>
    Full,

    /// <summary>PostgreSQL itself raised it.</summary>
    PostgreSql,

    Other,
}
