using System.Text;

namespace ChatBot.Configuration;

/// <summary>A file with one credential in it, as Kubernetes, Docker and systemd hand them out.</summary>
internal static class SecretFile
{
    /// <summary>Nothing that is called a credential is longer: 64 KiB.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <returns>The credential without the line break at its end; or what was found instead, and what is expected.</returns>
    public static (string? Secret, string Found, string Expected) Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                return (null, "a larger file", "a file of at most 64 KiB");
            }

            var secret = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer, 0, length).TrimEnd('\r', '\n');
            return secret.Length == 0 ? (null, "an empty file", "a file with the secret in it") : (secret, "", "");
        }
        catch (DecoderFallbackException)
        {
            return (null, "a file that isn't text", "a UTF-8 file with the secret in it");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, Name(path), "the path of a file that exists");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            return (null, Name(path), "the path of a file that this program may read");
        }
    }

    /// <returns>True when everybody on the machine can read the file.</returns>
    public static bool IsReadableByOthers(string path) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);

    // Somebody may have put the secret itself here, so only what is surely a path is shown.
    private static string Name(string path) =>
        Path.IsPathRooted(path) && path.LastIndexOf('/') > 0 && Directory.Exists(Path.GetDirectoryName(path))
            ? $"\"{path}\""
            : "***";
}
