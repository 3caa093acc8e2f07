namespace ChatBot.Databases.PgBouncer;

/// <summary>All that the bot can ever say to a console: each only reads.</summary>
/// <remarks>See https://www.pgbouncer.org/usage.html#show-commands.</remarks>
internal enum ConsoleCommand
{
    Pools,
    Databases,
    Clients,
    Servers,
    Stats,
    Version,
    Lists,
    Config,
}

internal static class ConsoleCommands
{
    /// <summary>As PgBouncer spells it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number that is no command.</exception>
    public static string Text(this ConsoleCommand command) => command switch
    {
        ConsoleCommand.Pools => "SHOW POOLS",
        ConsoleCommand.Databases => "SHOW DATABASES",
        ConsoleCommand.Clients => "SHOW CLIENTS",
        ConsoleCommand.Servers => "SHOW SERVERS",
        ConsoleCommand.Stats => "SHOW STATS",
        ConsoleCommand.Version => "SHOW VERSION",
        ConsoleCommand.Lists => "SHOW LISTS",
        ConsoleCommand.Config => "SHOW CONFIG",
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };
}
