using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Databases.PgBouncer;

/// <summary>Gets into a console: says who comes, and proves it the way PgBouncer asks for.</summary>
/// <param name="isPrivate">Whether nobody can read along: encrypted, or on this machine.</param>
internal sealed class ConsoleLogin(ConsoleWire wire, PgBouncerTarget target, ConsoleTrouble trouble, bool isPrivate)
{
    /// <summary>Ends what a console gives as its version: <c>1.18.0/bouncer</c>.</summary>
    private const string Bouncer = "/bouncer";

    /// <summary>A console sends a handful of parameters; more than this is none.</summary>
    private const int MostParameters = 100;

    /// <exception cref="TargetUnavailableException">It does not let the bot in, or is no PgBouncer.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await wire.SendAsync(ConsoleMessages.Startup(target.User), cancellationToken);
        var (kind, data) = await AskedAsync(cancellationToken);
        switch (kind)
        {
            case AuthenticationKind.Ok:
                break;
            case AuthenticationKind.PlainPassword:
                await wire.SendAsync(ConsoleMessages.Password(isPrivate ? Password() : throw trouble.PlainPassword), cancellationToken);
                await ExpectAsync(AuthenticationKind.Ok, cancellationToken);
                break;
            case AuthenticationKind.Md5Password:
                await wire.SendAsync(ConsoleMessages.Password(Md5Of(target.User, Password(), data)), cancellationToken);
                await ExpectAsync(AuthenticationKind.Ok, cancellationToken);
                break;
            case AuthenticationKind.Sasl when ConsoleMessages.ReadMechanisms(data).Contains(ScramClient.Mechanism):
                await ProveAsync(cancellationToken);
                await ExpectAsync(AuthenticationKind.Ok, cancellationToken);
                break;
            default:
                throw trouble.UnknownMethod;
        }

        await SettleAsync(cancellationToken);
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        var password = Password();
        if (!ScramClient.CanUse(password))
        {
            throw trouble.PasswordLetters;
        }

        var client = new ScramClient(password, ScramClient.NewNonce());
        await wire.SendAsync(ConsoleMessages.SaslStart(ScramClient.Mechanism, client.First), cancellationToken);
        var challenge = client.Read(Encoding.UTF8.GetString(await ExpectAsync(AuthenticationKind.SaslContinue, cancellationToken)));
        if (challenge.Iterations is < ScramClient.FewestIterations or > ScramClient.MostIterations)
        {
            throw trouble.Iterations;
        }

        await wire.SendAsync(ConsoleMessages.SaslAnswer(client.Answer(challenge)), cancellationToken);
        if (!client.Proves(Encoding.UTF8.GetString(await ExpectAsync(AuthenticationKind.SaslFinal, cancellationToken))))
        {
            throw trouble.Impostor;
        }
    }

    /// <summary>Reads on until the console waits for a question.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var messages = 0; messages < MostParameters; messages++)
        {
            var message = await wire.ReadAsync(cancellationToken);
            switch (message.Type)
            {
                case ConsoleMessages.Ready:
                    return;
                case ConsoleMessages.Error:
                    throw Refusal(message);
                case ConsoleMessages.ParameterStatus when ConsoleMessages.ReadParameter(message.Body) is ("server_version", var version)
                    && !version.EndsWith(Bouncer, StringComparison.Ordinal):
                    throw trouble.PostgreSql; // with a database that happens to be called pgbouncer
                case ConsoleMessages.ParameterStatus or ConsoleMessages.KeyData or ConsoleMessages.Notice:
                    break;
                default:
                    throw trouble.NotPgBouncer;
            }
        }

        throw trouble.NotPgBouncer;
    }

    private async Task<byte[]> ExpectAsync(AuthenticationKind expected, CancellationToken cancellationToken)
    {
        var (kind, data) = await AskedAsync(cancellationToken);

        // Let in without its own proof: whoever answers needn't know the password.
        return kind == expected ? data
            : throw (kind is AuthenticationKind.Ok ? trouble.Impostor : trouble.NotPgBouncer);
    }

    private async Task<(AuthenticationKind Kind, byte[] Data)> AskedAsync(CancellationToken cancellationToken)
    {
        var message = await wire.ReadAsync(cancellationToken);
        return message.Type switch
        {
            ConsoleMessages.Authentication => ConsoleMessages.ReadAuthentication(message.Body),
            ConsoleMessages.Error => throw Refusal(message),
            _ => throw trouble.NotPgBouncer,
        };
    }

    private TargetUnavailableException Refusal(ConsoleMessage error) => ConsoleMessages.ReadError(error.Body) switch
    {
        ConsoleRefusal.Login => trouble.Login,
        ConsoleRefusal.NotAllowed => trouble.NotAllowed,
        ConsoleRefusal.TlsRequired => trouble.TlsRequired,
        ConsoleRefusal.Full => trouble.Full,
        ConsoleRefusal.PostgreSql => trouble.PostgreSql,
        _ => trouble.Refused,
    };

    private string Password() => target.Password?.Reveal() ?? throw trouble.NoPassword;

    [SuppressMessage("Security", "CA5351", Justification = "The protocol's own; auth_type md5 is still PgBouncer's default.")]
    private static string Md5Of(string user, string password, byte[] salt)
    {
        if (salt.Length != 4)
        {
            throw new InvalidDataException("A salt has four bytes.");
        }

        var inner = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)));
        return $"md5{Convert.ToHexStringLower(MD5.HashData([.. Encoding.ASCII.GetBytes(inner), .. salt]))}";
    }
}
