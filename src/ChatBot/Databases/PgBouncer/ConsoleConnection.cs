using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ChatBot.Configuration;

namespace ChatBot.Databases.PgBouncer;

/// <summary>The way to a console before anything is said: TCP or a Unix socket, encrypted as configured.</summary>
internal static class ConsoleConnection
{
    /// <exception cref="SocketException">Nobody answers.</exception>
    /// <exception cref="TargetUnavailableException">No encryption as asked for.</exception>
    public static async Task<Stream> OpenAsync(PgBouncerTarget target, ConsoleTrouble trouble, CancellationToken cancellationToken)
    {
        Stream plain = new NetworkStream(await ConnectAsync(target, trouble, cancellationToken), ownsSocket: true);
        try
        {
            // PgBouncer encrypts no Unix socket; nobody sits in between there.
            return target.Tls is TlsMode.Disable || target.IsSocket
                ? plain
                : await EncryptAsync(plain, target, trouble, cancellationToken);
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }
    }

    private static async Task<Socket> ConnectAsync(PgBouncerTarget target, ConsoleTrouble trouble, CancellationToken cancellationToken)
    {
        var socket = target.IsSocket
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await (target.IsSocket
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}"), cancellationToken)
                : socket.ConnectAsync(target.Host, target.Port, cancellationToken));
            return socket;
        }
        catch (ArgumentException)
        {
            // A name or a socket's path that is too long for the system: nobody can be there.
            socket.Dispose();
            throw trouble.NobodyAnswers;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(Stream plain, PgBouncerTarget target, ConsoleTrouble trouble, CancellationToken cancellationToken)
    {
        // Exactly one byte: what somebody smuggles in behind it must not pass for a part of the encrypted talk.
        var answer = new byte[1];
        await plain.WriteAsync(ConsoleMessages.SslRequest, cancellationToken);
        await plain.ReadExactlyAsync(answer, cancellationToken);
        return answer[0] switch
        {
            (byte)'S' => await HandshakeAsync(plain, target, trouble, cancellationToken),
            (byte)'N' when target.Tls is TlsMode.Prefer => plain,
            (byte)'N' => throw trouble.NoTls,
            (byte)'H' => throw trouble.WebServer, // of HTTP/1.1 400 Bad Request
            _ => throw trouble.NotPgBouncer,
        };
    }

    private static async Task<SslStream> HandshakeAsync(Stream plain, PgBouncerTarget target, ConsoleTrouble trouble, CancellationToken cancellationToken)
    {
        var isTrusted = true;
        var encrypted = new SslStream(plain);
        try
        {
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = target.Host,
                    RemoteCertificateValidationCallback = (_, _, _, errors) =>
                        isTrusted = target.Tls is not TlsMode.VerifyFull || errors is SslPolicyErrors.None,
                },
                cancellationToken);
            return encrypted;
        }
        catch (AuthenticationException)
        {
            await encrypted.DisposeAsync();
            throw isTrusted ? trouble.TlsFailed : trouble.Certificate;
        }
    }
}
