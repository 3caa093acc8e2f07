using System.Data.Common;
using Dapper;

namespace ChatBot.Store;

/// <summary>A connection, with its transaction if it has one, for as long as one body runs.</summary>
/// <param name="giveBack">Called once, after rollback of what wasn't committed.</param>
internal sealed class StoreSession(
    DbConnection connection,
    DbTransaction? transaction,
    Func<ValueTask> giveBack,
    CancellationToken cancellationToken) : IAsyncDisposable
{
    private bool _closed;

    public Task<int> ExecuteAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    /// <summary>The first row; null when there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? values = null) =>
        connection.QueryFirstOrDefaultAsync<T>(Command(sql, values));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? values = null) =>
        (await connection.QueryAsync<T>(Command(sql, values))).AsList();

    public Task CommitAsync() =>
        (transaction ?? throw new InvalidOperationException("Nothing to commit: this session has no transaction."))
            .CommitAsync(CancellationToken.None); // once COMMIT is on its way, giving up would only hide its answer

    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        try
        {
            if (transaction is not null)
            {
                await transaction.DisposeAsync();
            }
        }
        finally
        {
            await giveBack();
        }
    }

    private CommandDefinition Command(string sql, object? values)
    {
        // The connection may already be somebody else's.
        ObjectDisposedException.ThrowIf(_closed, this);
        return new(sql, values, transaction, cancellationToken: cancellationToken);
    }
}
