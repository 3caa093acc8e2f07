using System.Data.Common;
using MySqlConnector;
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

    /// <summary>Logins that the server refused because it was full, or a limit was reached (53300; 1040, 1203, 1226).</summary>
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
        catch (DbException full) when (IsFull(full))
        {
            Interlocked.Increment(ref _refused);
        }
        catch (DbException exhausted) when (IsOwnPool(exhausted))
        {
            Interlocked.Increment(ref _starved);
        }
        catch (DbException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private static bool IsFull(DbException refused) => refused switch
    {
        PostgresException server => server.SqlState == PostgresErrorCodes.TooManyConnections,
        MySqlException server => server.ErrorCode is MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.UserLimitReached,
        _ => false,
    };

    // MySqlConnector has no code of its own for this: only its words.
    private static bool IsOwnPool(DbException exhausted) => exhausted switch
    {
        PostgresException => false,
        NpgsqlException => exhausted.InnerException is TimeoutException,
        MySqlException => exhausted.Message.Contains("All pooled connections are in use", StringComparison.Ordinal),
        _ => false,
    };
}
