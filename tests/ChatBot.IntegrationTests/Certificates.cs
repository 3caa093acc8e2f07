using System.Diagnostics;

namespace ChatBot.IntegrationTests;

/// <summary>An authority of a test's own, and a certificate for 127.0.0.1 that it issued. Made with openssl.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder;

    private Certificates(string folder)
    {
        _folder = folder;
    }

    public string Root => Path.Combine(_folder, "root.pem");

    public string Server => Path.Combine(_folder, "server.pem");

    public string Key => Path.Combine(_folder, "server.key");

    /// <param name="owner">The user of the machine whose server reads them; others may not.</param>
    public static async Task<Certificates> MakeAsync(string owner, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("chatbot-tls-").FullName;
        var made = new Certificates(folder);
        await RunAsync("openssl", $"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-root -keyout {folder}/root.key -out {made.Root}", cancellationToken);
        await RunAsync(
            "openssl",
            $"req -x509 -CA {made.Root} -CAkey {folder}/root.key -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 "
            + $"-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout {made.Key} -out {made.Server}",
            cancellationToken);
        await RunAsync("chmod", $"755 {folder}", cancellationToken);
        await RunAsync("chmod", $"600 {made.Key}", cancellationToken);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", $"{owner} {made.Key}", cancellationToken);
        }

        return made;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task RunAsync(string program, string arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, said);
    }
}
