using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ChatBot.Sandbox.Databases;

/// <summary>How programs of database servers are run: each in its own folder, and never as root, which they refuse.</summary>
internal static class ServerPrograms
{
    /// <summary>The longest a program that isn't a server may take: 2 min. The slowest initialises MySQL in 4 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Servers get ports below those of clients: Linux takes the near end of an outgoing connection from 32768 up
    /// (net.ipv4.ip_local_port_range). A port from there that is free now may be some client's before the server has it,
    /// or while the server is down.
    /// </summary>
    private static readonly (int First, int Count) ServerPorts = (20_000, 12_000);

    /// <summary>How many ports were given out. It begins anywhere: another process of ours begins elsewhere.</summary>
    private static int _given = Random.Shared.Next(ServerPorts.Count);

    /// <summary>A TCP port of 127.0.0.1 for a server: nothing listens at it, and no client will be given it.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static int FreePort()
    {
        for (var attempt = 0; attempt < ServerPorts.Count; attempt++)
        {
            var port = ServerPorts.First + ((Interlocked.Increment(ref _given) & int.MaxValue) % ServerPorts.Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // Another server has it.
            }
        }

        throw new InvalidOperationException($"None of the ports {ServerPorts.First}-{ServerPorts.First + ServerPorts.Count - 1} of 127.0.0.1 is free.");
    }

    /// <summary>Hands a folder to the unprivileged user, if we are root and wouldn't run its server ourselves.</summary>
    public static async Task GiveAsync(string folder, string user, CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["-R", $"{user}:{user}", folder], folder, asUser: null, cancellationToken);
        }
    }

    /// <param name="asUser">Who root becomes; null to run as whoever we are.</param>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, string folder, string? asUser)
    {
        string[] before = asUser is not null && Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={asUser}", $"--regid={asUser}", "--clear-groups"]
            : [];
        string[] all = [.. before, program, .. arguments];
        return new ProcessStartInfo(all[0], all[1..]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="leavesServer">The program leaves a server behind.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; with what it said.</exception>
    /// <exception cref="TimeoutException">It didn't end, and was killed.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        string? asUser,
        CancellationToken cancellationToken,
        bool leavesServer = false)
    {
        var (exitCode, said) = await TryAsync(StartInfo(program, arguments, folder, asUser), Patience, cancellationToken, leavesServer);
        return exitCode == 0
            ? said
            : throw new InvalidOperationException($"{Path.GetFileName(program)} failed with exit code {exitCode}: {said}");
    }

    /// <summary>Runs one of the scripts beside the sandbox, which get servers that Debian doesn't have.</summary>
    /// <returns>Its exit code and what it said last: a folder, or why there is none.</returns>
    public static async Task<(int ExitCode, string LastLine)> ScriptAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var script = Path.Combine(AppContext.BaseDirectory, name);
        var start = StartInfo("bash", [script, .. arguments], AppContext.BaseDirectory, asUser: null);
        var (exitCode, said) = await TryAsync(start, TimeSpan.FromMinutes(6), cancellationToken); // its download may take 5
        return (exitCode, said.TrimEnd().Split('\n')[^1]);
    }

    /// <summary>Asks a process to end (SIGTERM). .NET sends no signals, and the shell's own kill is on every machine.</summary>
    public static async Task TerminateAsync(Process process, string folder, CancellationToken cancellationToken) =>
        await RunAsync("sh", ["-c", $"kill -TERM {process.Id}"], folder, asUser: null, cancellationToken);

    private static async Task<(int ExitCode, string Said)> TryAsync(
        ProcessStartInfo start,
        TimeSpan atMost,
        CancellationToken cancellationToken,
        bool leavesServer = false)
    {
        // The server inherits the pipes of its starter and keeps them open, so its words go to the log file instead.
        start.RedirectStandardOutput = start.RedirectStandardError = !leavesServer;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        await using var killing = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        // Both at once: a program stops when either pipe is full.
        var said = leavesServer
            ? ""
            : string.Concat(await Task.WhenAll(
                process.StandardError.ReadToEndAsync(CancellationToken.None),
                process.StandardOutput.ReadToEndAsync(CancellationToken.None)));
        await process.WaitForExitAsync(CancellationToken.None); // killed at the latest when cancelled
        cancellationToken.ThrowIfCancellationRequested();
        return limit.IsCancellationRequested
            ? throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within {atMost.TotalMinutes:0} min.")
            : (process.ExitCode, said);
    }
}
