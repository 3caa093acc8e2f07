using System.Net;
using System.Net.Sockets;

namespace ChatBot.IntegrationTests.Servers;

/// <summary>What a disposed server must not leave behind.</summary>
/// <param name="logFile">In its temporary folder.</param>
internal sealed class Leftovers(string logFile, int port, int process)
{
    private readonly string _folder = Path.GetDirectoryName(logFile)!;

    /// <summary>It is there, so that <see cref="AssertNone"/> means something.</summary>
    public void AssertAll()
    {
        Assert.True(Directory.Exists(_folder));
        Assert.True(Directory.Exists($"/proc/{process}"));
        Assert.Throws<SocketException>(Listen);
    }

    public void AssertNone()
    {
        Assert.False(Directory.Exists(_folder), $"{_folder} is still there.");
        Assert.False(Directory.Exists($"/proc/{process}"), $"Process {process} is still there.");
        Listen();
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
