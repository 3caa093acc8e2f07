using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Databases.PgBouncer;

/// <summary>The client's side of one SCRAM-SHA-256 login (RFC 5802 and 7677), without channel binding. No I/O.</summary>
/// <remarks>
/// .NET has no SASLprep (RFC 4013), which the password would have to pass. For plain ASCII it changes nothing, so only such
/// a password may be used here: <see cref="CanUse"/>.
/// </remarks>
/// <param name="nonce">Used for one login only: printable ASCII without a comma.</param>
/// <param name="saslName">PostgreSQL and PgBouncer want it empty: they take the name from the startup message.</param>
internal sealed class ScramClient(string password, string nonce, string saslName = "")
{
    public const string Mechanism = "SCRAM-SHA-256";

    /// <summary>What RFC 7677 asks for at least, and the default of PostgreSQL and PgBouncer. Fewer would help whoever poses as the server.</summary>
    public const int FewestIterations = 4096;

    /// <summary>Takes about half a second; a server that asks for more only wants to keep the bot busy.</summary>
    public const int MostIterations = 1_000_000;

    private const string NoChannelBinding = "n,,";

    private byte[]? _serverSignature;

    public string First => NoChannelBinding + FirstBare;

    private string FirstBare => $"n={saslName},r={nonce}";

    /// <summary>Whether SASLprep leaves this password as it is: visible ASCII and spaces.</summary>
    public static bool CanUse(string password) => password.All(letter => letter is >= ' ' and <= '~');

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    /// <exception cref="InvalidDataException">It is not a first message of a server, or for another client.</exception>
    public ScramChallenge Read(string serverFirst)
    {
        var parts = serverFirst.Split(',');
        return parts.Length >= 3
            && Value(parts[0], 'r') is { } both && both.Length > nonce.Length && both.StartsWith(nonce, StringComparison.Ordinal)
            && Value(parts[1], 's') is { Length: > 0 } salt
            && Value(parts[2], 'i') is { } count && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
                ? new ScramChallenge(serverFirst, both, FromBase64(salt), iterations)
                : throw new InvalidDataException("That is no challenge for this client.");
    }

    /// <summary>Proves to the server that the client knows the password, without telling it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too few or too many iterations.</exception>
    public string Answer(ScramChallenge challenge)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(challenge.Iterations, FewestIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(challenge.Iterations, MostIterations);

        var withoutProof = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(NoChannelBinding))},r={challenge.Nonce}";
        var talk = Encoding.UTF8.GetBytes($"{FirstBare},{challenge.ServerFirst},{withoutProof}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), challenge.Salt, challenge.Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var clientSignature = HMACSHA256.HashData(SHA256.HashData(clientKey), talk);
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), talk);

        var proof = clientKey.Zip(clientSignature, (key, signature) => (byte)(key ^ signature)).ToArray();
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Whether the server proved that it knows the password, too.</summary>
    /// <exception cref="InvalidDataException">It is not a last message of a server.</exception>
    public bool Proves(string serverFinal) =>
        _serverSignature is { } expected
        && Value(serverFinal.Split(',')[0], 'v') is { } signature
        && CryptographicOperations.FixedTimeEquals(expected, FromBase64(signature));

    private static string? Value(string part, char name) =>
        part.Length >= 2 && part[0] == name && part[1] == '=' ? part[2..] : null;

    private static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new InvalidDataException("That is not base64.");
        }
    }
}

/// <summary>A server's first message, taken apart.</summary>
/// <param name="Nonce">The client's and the server's.</param>
internal sealed record ScramChallenge(string ServerFirst, string Nonce, byte[] Salt, int Iterations);
