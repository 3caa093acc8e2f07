using System.Net.Security;
using System.Net.Sockets;

namespace ChatBot.Databases.PgBouncer;

/// <summary>One short-lived connection to the admin console of a PgBouncer. It can say <see cref="ConsoleCommand"/> and nothing else.</summary>
/// <remarks>
/// The console speaks only PostgreSQL's simple query protocol, which Npgsql does not. It lets the bot in when
/// <c>max_client_conn</c> is reached: that limit does not hold for it (measured with 1.18), though it takes one of the
/// clients' places. See https://www.pgbouncer.org/usage.html#admin-console. Not for two callers at a time, and of no more
/// use after a failure.
/// </remarks>
internal sealed class PgBouncerConsole : IAsyncDisposable
{
    /// <summary>A console shows one row for each client; more than this is no answer to read: 20,000.</summary>
    public const int MostRows = 20_000;

    private readonly ConsoleWire _wire;
    private readonly ConsoleTrouble _trouble;
    private readonly CancellationTokenSource _deadline;

    private PgBouncerConsole(PgBouncerTarget target, Stream stream, CancellationTokenSource deadline)
    {
        _trouble = new ConsoleTrouble(target);
        _wire = new ConsoleWire(stream, _trouble);
        _deadline = deadline;
    }

    /// <summary>Connects and logs in. The time that the target allows starts here, and holds for every question.</summary>
    /// <exception cref="TargetUnavailableException">It can't be reached, or does not let the bot in: a sentence says which.</exception>
    public static async Task<PgBouncerConsole> OpenAsync(PgBouncerTarget target, TimeProvider clock, CancellationToken cancellationToken)
    {
        var trouble = new ConsoleTrouble(target);
        var deadline = new CancellationTokenSource(target.Within, clock);
        Stream? stream = null;
        try
        {
            stream = await InTimeAsync(token => ConsoleConnection.OpenAsync(target, trouble, token), trouble, deadline, cancellationToken);
            return await EnterAsync(target, stream, deadline, cancellationToken);
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            deadline.Dispose();
            throw;
        }
    }

    /// <summary>Logs in over an open connection.</summary>
    /// <param name="deadline">The console's from now on, if it is let in.</param>
    internal static async Task<PgBouncerConsole> EnterAsync(
        PgBouncerTarget target, Stream stream, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var console = new PgBouncerConsole(target, stream, deadline);
        var login = new ConsoleLogin(console._wire, target, console._trouble, target.IsThisMachine || stream is SslStream);
        await InTimeAsync(
            async token =>
            {
                await login.EnterAsync(token);
                return true;
            },
            console._trouble,
            deadline,
            cancellationToken);
        return console;
    }

    /// <exception cref="TargetUnavailableException">No answer, or none that can be read: a sentence says why.</exception>
    public Task<ConsoleRows> QueryAsync(ConsoleCommand command, CancellationToken cancellationToken) =>
        InTimeAsync(token => AskAsync(command, token), _trouble, _deadline, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Else PgBouncer would log an unexpected end for each look at it.
            await _wire.SendAsync(ConsoleMessages.Terminate, _deadline.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // It is gone already, or in the middle of something.
        }

        await _wire.DisposeAsync();
        _deadline.Dispose();
    }

    private async Task<ConsoleRows> AskAsync(ConsoleCommand command, CancellationToken cancellationToken)
    {
        await _wire.SendAsync(ConsoleMessages.Query(command), cancellationToken);
        string[] columns = [];
        var rows = new List<string?[]>();
        while (true)
        {
            var message = await _wire.ReadAsync(cancellationToken);
            switch (message.Type)
            {
                case ConsoleMessages.Columns when columns.Length == 0:
                    columns = ConsoleMessages.ReadColumns(message.Body);
                    break;
                case ConsoleMessages.Row when columns.Length > 0:
                    rows.Add(rows.Count < MostRows ? ConsoleMessages.ReadRow(message.Body, columns.Length) : throw _trouble.TooMuch);
                    break;
                case ConsoleMessages.Ready:
                    return new ConsoleRows(command, columns, rows, _trouble);
                case ConsoleMessages.Error when ConsoleMessages.ReadError(message.Body) is ConsoleRefusal.PostgreSql:
                    throw _trouble.PostgreSql;
                case ConsoleMessages.Error:
                    throw _trouble.RefusedCommand(command);
                case ConsoleMessages.Complete or ConsoleMessages.Notice or ConsoleMessages.ParameterStatus:
                    break;
                default:
                    throw _trouble.NotPgBouncer;
            }
        }
    }

    /// <summary>Turns what can happen on the way into sentences. A cancelled caller is no trouble of PgBouncer's.</summary>
    private static async Task<T> InTimeAsync<T>(
        Func<CancellationToken, Task<T>> talk, ConsoleTrouble trouble, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await talk(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw trouble.TimedOut;
        }
        catch (SocketException)
        {
            throw trouble.NobodyAnswers;
        }
        catch (IOException)
        {
            throw trouble.Closed;
        }
        catch (InvalidDataException)
        {
            throw trouble.NotPgBouncer;
        }
    }
}
