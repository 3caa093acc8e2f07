using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Which limit refused a login. The server has one code, 53300, for all of them.</summary>
internal enum RefusingLimit
{
    /// <summary>The server's own slots: it is full.</summary>
    Server,

    /// <summary>The limit of the role that logs in: the server may have room.</summary>
    Role,

    /// <summary>The limit of the database: the server may have room.</summary>
    Database,

    /// <summary>One of them.</summary>
    Unknown,
}

/// <summary>Tells the limits apart that share SQLSTATE 53300.</summary>
internal static class LoginRefusal
{
    /// <summary>A managed service may raise it elsewhere, and then its words tell, if they are English: the server translates them (<c>lc_messages</c>).</summary>
    public static RefusingLimit LimitOf(PostgresException refusal) => refusal.Routine switch
    {
        // Where the server's source raises it: miscinit.c, postinit.c, proc.c, procarray.c, postmaster.c, backend_startup.c.
        "InitializeSessionUserId" => RefusingLimit.Role,
        "CheckMyDatabase" => RefusingLimit.Database,
        "InitPostgres" or "InitProcess" or "ProcArrayAdd" or "ProcessStartupPacket" or "BackendInitialize" => RefusingLimit.Server,
        _ => LimitOf(refusal.MessageText),
    };

    private static RefusingLimit LimitOf(string words) =>
        words.StartsWith("too many connections for role", StringComparison.Ordinal) ? RefusingLimit.Role
        : words.StartsWith("too many connections for database", StringComparison.Ordinal) ? RefusingLimit.Database
        : words.StartsWith("remaining connection slots are reserved", StringComparison.Ordinal)
            || words.StartsWith("sorry, too many clients already", StringComparison.Ordinal) ? RefusingLimit.Server
        : RefusingLimit.Unknown;
}
