using System.Net;
using System.Net.Sockets;

namespace ChatBot.Databases;

/// <summary>Which addresses a target's name means now.</summary>
internal class HostNames
{
    /// <summary>A name server that takes longer is asked again another time: 2 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>Empty when that is unknown, or can't change: an address, a socket.</returns>
    public async Task<IReadOnlyList<IPAddress>> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (host.StartsWith('/') || IPAddress.TryParse(host, out _))
        {
            return [];
        }

        try
        {
            return await AskAsync(host, cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception unknown) when (unknown is SocketException or TimeoutException)
        {
            return [];
        }
    }

    protected virtual Task<IPAddress[]> AskAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
