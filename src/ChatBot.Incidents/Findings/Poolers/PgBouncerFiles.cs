using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>The files of a PgBouncer, 1.18 or later, without a secret in them.</summary>
/// <remarks>See https://www.pgbouncer.org/config.html. An unknown key keeps PgBouncer from starting, so newer ones are comments.</remarks>
public static class PgBouncerFiles
{
    public const string Ini = "pgbouncer.ini";
    public const string UserList = "userlist.txt";
    public const string AuthSql = "pgbouncer-auth.sql";

    /// <param name="consumers">Null while unknown.</param>
    /// <returns>The whole file; <c>[pgbouncer]</c> is its last section, so a later line wins over one of ours.</returns>
    public static string WriteIni(
        PooledServer server, PoolerEvidence evidence, PoolerSizing sizing, (int From, int To) bounds, ConnectionConsumers? consumers) => Text(
        $"""
        ; PgBouncer in front of {ConfigText.Comment(server.Database)} at {ConfigText.Comment(server.Host)}:{server.Port}, written by ChatBot from one incident's measurements.
        ; {Reasons.Measured(evidence, server.Engine)}
        ; Who held connections to this database:
        {Lines(Reasons.Held(consumers, server.Database))}
        ; Read it before you use it: a number is only as good as the incident it was measured in.

        [databases]
        {Database(server)}

        [pgbouncer]
        listen_addr = *
        listen_port = 6432
        unix_socket_dir = /var/run/postgresql
        logfile = /var/log/postgresql/pgbouncer.log
        pidfile = /var/run/postgresql/pgbouncer.pid

        ; A connection is lent for one transaction, so idle clients cost the server nothing. What it breaks: prepared
        ; statements with PgBouncer before 1.21 (pgjdbc: prepareThreshold=0; Npgsql: No Reset On Close=true and no Max Auto
        ; Prepare), SET outside a transaction, session advisory locks, LISTEN, temporary tables, WITH HOLD cursors.
        ; Who needs one of these gets a line of its own in [databases] with pool_mode=session, and a small pool.
        pool_mode = transaction
        ; PgBouncer 1.21 or later, and then prepared statements work (older ones refuse to start with this key):
        ;max_prepared_statements = 200

        ; For each pair of user and database{Pools(evidence)}: {Reasons.PoolSize(evidence, sizing, bounds)}
        default_pool_size = {sizing.PoolSize}
        ; A quarter more once a client has waited for 3 s.
        reserve_pool_size = {sizing.ReservePool}
        reserve_pool_timeout = 3
        ; {Reasons.ServerConnections(evidence)}
        ; Several PgBouncers share this number: divide it by how many there are.
        max_db_connections = {sizing.ServerConnections}
        ; {Reasons.ClientConnections(evidence)}
        ; The process needs more open files than this: ulimit -n, or LimitNOFILE= of its unit.
        max_client_conn = {sizing.ClientConnections}

        ; Server connections that nobody used for 5 minutes are closed, so that the slots come back after a peak.
        server_idle_timeout = 300
        ; A client that got no server connection for 30 s hears an error. The default, 120 s, is longer than callers wait.
        query_wait_timeout = 30
        ; The server refused a login: try again after 3 s, not 15.
        server_login_retry = 3
        {IdleTransactions(evidence)}

        ; Passwords stay at the server: PgBouncer asks for the secret of whoever logs in, by the function of {AuthSql}.
        auth_type = scram-sha-256
        auth_file = /etc/pgbouncer/{UserList}
        auth_user = pgbouncer_auth
        auth_query = SELECT name, secret FROM pgbouncer.secret_of($1)

        server_tls_sslmode = {Tls(server.Tls)}
        {(server.Tls is PoolerTls.VerifyFull ? "server_tls_ca_file = /etc/ssl/certs/ca-certificates.crt" : "; Nobody checks the server's certificate at this level: verify-full does.")}
        ; Clients log in without TLS until these are set:
        ;client_tls_sslmode = require
        ;client_tls_key_file = /etc/pgbouncer/server.key
        ;client_tls_cert_file = /etc/pgbouncer/server.crt
        ; pgjdbc sends it and PgBouncer can't pass it on.
        ignore_startup_parameters = extra_float_digits
        ; The server then shows who is really behind a connection: "shop-api - 10.0.0.7:34156".
        application_name_add_host = 1

        """);

    /// <summary>A template: its one line waits for a password that only the pooler's machine may know.</summary>
    public static string WriteUserList() =>
        $"""
        ;; Only the login that asks for everybody else's secret; see auth_query in {Ini}.
        ;; On the pooler's machine, and nowhere else: take off the semicolon, put the password in, then
        ;;   chown postgres: {UserList}; chmod 600 {UserList}
        ;"pgbouncer_auth" "its password"

        """;

    /// <summary>The role and the function that <c>auth_query</c> uses. Running it again is harmless.</summary>
    public static string WriteAuthSql() =>
        $"""
        -- Lets PgBouncer ask for the secret of whoever logs in (auth_query of {Ini}). Run it as a superuser, once in each
        -- database behind the pooler; running it again is harmless. Then give the role a password that is typed, not stored:
        --   \password pgbouncer_auth
        do $$
        begin
          if not exists (select from pg_roles where rolname = 'pgbouncer_auth') then
            create role pgbouncer_auth;
          end if;
        end
        $$;
        alter role pgbouncer_auth with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;

        create schema if not exists pgbouncer;
        grant usage on schema pgbouncer to pgbouncer_auth;

        -- Never a superuser's secret, and none that has expired.
        create or replace function pgbouncer.secret_of(wanted text)
          returns table (name text, secret text)
          language sql stable security definer
          set search_path = pg_catalog
        as $$
          select usename::text, passwd
            from pg_shadow
           where usename = wanted
             and not usesuper
             and (valuntil is null or valuntil > now())
        $$;
        revoke all on function pgbouncer.secret_of(text) from public;
        grant execute on function pgbouncer.secret_of(text) to pgbouncer_auth;

        """;

    // A line can't begin with just any name. Then whatever name the clients ask for, they get this one database.
    private static string Database(PooledServer server)
    {
        var to = Text($"host={ConfigText.IniValue(server.Host) ?? "'?'"} port={server.Port}");
        return (ConfigText.IniName(server.Database), ConfigText.IniValue(server.Database)) switch
        {
            ({ } name, { } value) => $"{name} = {to} dbname={value}",
            (null, { } value) => $"; PgBouncer can't read a line that begins with this database's name, so the line is for all names.\n* = {to} dbname={value}",
            _ => $"; This database's name can't be written here at all, so the line passes on the name that a client asks for.\n* = {to}",
        };
    }

    private static string IdleTransactions(PoolerEvidence evidence) => evidence.PeakInTransaction is > 0 and var seen
        ? Text($"; {seen} sessions were idle in a transaction at once: each would keep its server connection. After 60 s it is closed.\nidle_transaction_timeout = 60")
        : "; A transaction that is left open keeps its server connection. None was seen; this would end it after 60 s:\n;idle_transaction_timeout = 60";

    private static string Pools(PoolerEvidence evidence) => evidence.Pools is { } pools ? Text($" (now {pools})") : "";

    private static string Tls(PoolerTls tls) => tls switch
    {
        PoolerTls.Disable => "disable",
        PoolerTls.Prefer => "prefer",
        PoolerTls.Require => "require",
        _ => "verify-full",
    };

    private static string Lines(IEnumerable<string> lines) =>
        string.Join('\n', lines.DefaultIfEmpty("  unknown, or nobody").Select(line => $"; {line}"));

    private static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
}
