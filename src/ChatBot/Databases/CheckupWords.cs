using System.Globalization;
using ChatBot.Configuration;

namespace ChatBot.Databases;

/// <summary>What the doctor says of every engine alike.</summary>
internal static class CheckupWords
{
    public static string Encryption(bool isEncrypted, bool isVerified) =>
        !isEncrypted ? "not encrypted" : isVerified ? "encrypted, its certificate verified" : "encrypted, its certificate not verified";

    /// <returns>Null when it is as it should be; on this machine nobody sits in between.</returns>
    public static CheckupFinding? Tls(string host, bool isEncrypted, bool isVerified) => TargetReader.IsThisMachine(host) || isVerified
        ? null
        : new(
            CheckupPart.Connection,
            CheckupLevel.Advice,
            isEncrypted
                ? "The server's certificate is not verified: somebody in between could pose as the server. Set the target's Tls to VerifyFull."
                : "The connection is not encrypted: whoever sits in between can read and change all of it. Give the server a certificate, and set the target's Tls to VerifyFull.");

    /// <param name="tested">Versions, the newest last.</param>
    public static CheckupFinding TooNew(string product, string version, string tested) => new(
        CheckupPart.Connection, CheckupLevel.Advice, $"{product} {version} is newer than what the bot is tested with, {tested}. Look for a newer bot.");

    /// <param name="limit">Null for none.</param>
    /// <param name="statement">That sets it to a number.</param>
    public static CheckupFinding OwnLimit(int? limit, int replicas, Func<int, string> statement)
    {
        var needed = (2 * replicas) + 1;
        var need = string.Create(CultureInfo.InvariantCulture, $"{replicas} {(replicas == 1 ? "replica needs" : "replicas need")} {needed}, 2 for each and 1 more");
        return limit is not { } most
            ? new(CheckupPart.ConnectionLimit, CheckupLevel.Advice, $"The bot's account has no connection limit of its own; {need}. As an administrator:", statement(needed))
            : most < needed
                ? new(CheckupPart.ConnectionLimit, CheckupLevel.Missing, string.Create(CultureInfo.InvariantCulture,
                    $"The bot's account may have {most} {(most == 1 ? "connection" : "connections")}, and {need}. As an administrator:"), statement(needed))
                : new(CheckupPart.ConnectionLimit, CheckupLevel.Works, string.Create(CultureInfo.InvariantCulture,
                    $"The bot's account may have {most} connections; {need}."));
    }
}
