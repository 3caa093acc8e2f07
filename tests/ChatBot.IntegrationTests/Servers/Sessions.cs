using System.Data.Common;

namespace ChatBot.IntegrationTests.Servers;

/// <summary>Sessions that a test holds open.</summary>
internal sealed class Sessions : List<DbConnection>, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var session in this)
        {
            await session.DisposeAsync();
        }
    }
}
