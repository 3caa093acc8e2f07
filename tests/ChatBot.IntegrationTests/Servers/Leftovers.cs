using System.Net;
using System.Net.Sockets;

namespace ChatBot.IntegrationTests.Servers;

/// <summary>What a disposed server must not leave behind.</summary>
/// <param name="logFile">In its temporary folder.</param>
internal sealed class Leftovers(string logFile, int port, int process)
{
    private readonly string _folder = Path.GetDirectoryName(logFile)!;

    /// <summary>It is there, so that <see cref="AssertNoneAsync"/> means something.</summary>
    public void AssertAll()
    {
        Assert.True(Directory.Exists(_folder));
        Assert.True(IsAlive());
        Assert.Throws<SocketException>(Listen);
    }

    /// <summary>Waits for the process: PostgreSQL's is known to have stopped a moment before it is gone.</summary>
    public async Task AssertNoneAsync(CancellationToken cancellationToken)
    {
        while (IsAlive())
        {
            await Task.Delay(20, cancellationToken);
        }

        Assert.False(Directory.Exists(_folder), $"{_folder} is still there.");
        Listen();
    }

    private bool IsAlive()
    {
        try
        {
            // A dead one stays listed until its parent has read how it ended: that is up to the machine's init.
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Listen()
    {
        // Sockets that wait for their last packets don't matter: the servers do the same.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
    }
}
