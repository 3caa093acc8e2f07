using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>What a service's customers got, counted by the service itself.</summary>
internal sealed class ServiceTally
{
    private int _done;
    private int _refused;
    private int _starved;
    private int _failed;

    /// <summary>Pieces of work that went well.</summary>
    public int Done => _done;

    /// <summary>Logins that the server refused because it was full (53300).</summary>
    public int Refused => _refused;

    /// <summary>Waits for a place in the service's own pool that ended in vain.</summary>
    public int Starved => _starved;

    /// <summary>Any other error.</summary>
    public int Failed => _failed;

    /// <summary>Does a piece of work and counts how it went.</summary>
    public async Task CountAsync(Func<Task> work)
    {
        try
        {
            await work();
            Interlocked.Increment(ref _done);
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            Interlocked.Increment(ref _refused);
        }
        catch (NpgsqlException exhausted) when (exhausted is not PostgresException && exhausted.InnerException is TimeoutException)
        {
            Interlocked.Increment(ref _starved);
        }
        catch (NpgsqlException)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
