-- The bot's role on a PostgreSQL server, 10 or later: the least that lets it diagnose and relieve.
-- Run it once as a superuser, in the database that the bot connects to (the target's Database; postgres if you left it
-- out). Running it again is harmless:
--   psql -d postgres -f postgresql.sql
-- Then give the role a password that is typed, not stored in a file or a shell history:
--   \password chatbot
-- and connect the bot directly to the server, never through a pooler: a pooler's slot is not the server's slot.
-- A managed service gives you no superuser: see postgresql-managed.md.

-- All of it or nothing, and with the server's own functions and operators only: who may create some in this database could
-- otherwise have theirs run as you.
begin;
set local search_path = pg_catalog, pg_temp;

do $$
begin
  if not exists (select from pg_roles where rolname = 'chatbot') then
    create role chatbot;
  end if;
  if not exists (select from pg_roles where rolname = 'chatbot_owner') then
    create role chatbot_owner;
  end if;
end
$$;

-- 3 = 2 x replicas + 1. A replica holds one warm connection, and for a moment a second one while a hung one ends.
-- The server keeps this promise even if the bot should not. Two replicas need 5.
alter role chatbot with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls connection limit 3;

-- Without this right the server blanks the rows of strangers in pg_stat_activity (start, state, client are null): the
-- bot would count one session, its own, and could not tell the approved session from another one with the same pid.
-- pg_monitor would do too, but allows more.
grant pg_read_all_stats to chatbot;

-- No table of yours is granted: the bot reads the server's own views only, and these need no more than CONNECT on one
-- database, which PUBLIC has unless it was revoked (then: grant connect on database postgres to chatbot).
-- The settings below also hold for somebody who logs in as the bot by hand.
alter role chatbot set statement_timeout = '5s';
alter role chatbot set lock_timeout = '2s';
alter role chatbot set default_transaction_read_only = on;
alter role chatbot set search_path = pg_catalog;

do $$
begin
  if current_setting('server_version_num')::int >= 140000 then
    -- The warm connection is idle on purpose; a server-wide limit would take away the bot's way in.
    alter role chatbot set idle_session_timeout = 0;
  end if;

  if current_setting('server_version_num')::int >= 160000 then
    -- A door of its own on a full server. It opens only if reserved_connections > 0, which needs a server restart.
    grant pg_use_reserved_connections to chatbot;
  end if;

  -- Who ran an older version of this file gave the bot this right for itself. Now the function below has it.
  if exists (select
               from pg_auth_members m
              where m.roleid = 'pg_signal_backend'::regrole
                and m.member = 'chatbot'::regrole) then
    revoke pg_signal_backend from chatbot;
  end if;
end
$$;

-- Ending sessions. The server itself guards it: the bot's role can end nothing but through this function, and the
-- function ends nothing but one session that is in every respect the one that was asked for. Who was asked whether it may
-- end, the bot knows and the server doesn't: whoever got hold of the bot's password could read a session's row and end it,
-- one at a time, but nobody privileged, and nobody in chatbot.protected. Leave this part out and the bot diagnoses and advises,
-- and offers no ending.
alter role chatbot_owner with nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
grant pg_read_all_stats, pg_signal_backend to chatbot_owner;

create schema if not exists chatbot;
revoke all on schema chatbot from public;
grant usage on schema chatbot to chatbot, chatbot_owner;

-- Whom nobody ends, cancels or limits through the bot, whatever its own settings say: names of roles and of
-- applications (application_name, also when something follows after a space). Yours to fill, for instance:
--   insert into chatbot.protected values ('billing'), ('nightly_report') on conflict do nothing;
create table if not exists chatbot.protected (name text primary key);
revoke all on table chatbot.protected from public;
grant select on table chatbot.protected to chatbot, chatbot_owner;

-- Whoever owns the schema or the list decides what the function below runs, with all its rights.
do $$
begin
  if exists (select
               from pg_namespace n
               left join pg_class c on c.relnamespace = n.oid and c.relname = 'protected'
               join pg_roles o on o.oid in (n.nspowner, c.relowner)
              where n.nspname = 'chatbot'
                and not o.rolsuper
                and o.rolname <> current_user) then
    raise exception 'Somebody else owns the schema chatbot or its table protected: look what it is, and drop it first.';
  end if;
end
$$;

-- Answers true: told. False: its process was going away at that moment. Null: no session fits, nobody was told.
--   end_idle                 still idle outside a transaction since state_since
--   end_idle_in_transaction  still idle in the same transaction since state_since
--   end_transaction          still in the transaction that began at transaction_since, whatever it does in it
--   cancel_statement         still at the statement that began at statement_since; the session stays
create or replace function chatbot.end_session(
  act text,
  process_id int,
  began timestamptz,
  state_since timestamptz,
  transaction_since timestamptz,
  statement_since timestamptz,
  username text,
  databasename text,
  server_began timestamptz)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- In a transaction the view would show what was, not what is.
  perform pg_stat_clear_snapshot();

  return (
    select case when act = 'cancel_statement' then pg_cancel_backend(a.pid) else pg_terminate_backend(a.pid) end
      from pg_stat_activity a
      join pg_roles r on r.oid = a.usesysid
     where a.pid = process_id
       and a.backend_start = began
       and case act
             when 'end_idle' then
               a.state = 'idle'
                 and a.state_change = state_since
                 and a.xact_start is not distinct from transaction_since
             when 'end_idle_in_transaction' then
               a.state like 'idle in transaction%'
                 and a.state_change = state_since
                 and a.xact_start is not distinct from transaction_since
             when 'end_transaction' then
               a.xact_start = transaction_since
             when 'cancel_statement' then
               a.state = 'active'
                 and a.query_start = statement_since
             else false
           end
       and a.usename::text = username
       and a.datname::text = databasename
       and pg_postmaster_start_time() = server_began
       and a.backend_type = 'client backend'
       and a.pid <> pg_backend_pid()
       and a.usename <> session_user
       and not r.rolsuper
       and not r.rolreplication
       and not exists (select
                         from chatbot.protected p
                        where p.name in (a.usename::text, a.application_name)
                           or left(a.application_name, length(p.name) + 1) = p.name || ' '));
end
$$;

alter function chatbot.end_session(text, int, timestamptz, timestamptz, timestamptz, timestamptz, text, text, timestamptz)
  owner to chatbot_owner;
revoke all on function chatbot.end_session(text, int, timestamptz, timestamptz, timestamptz, timestamptz, text, text, timestamptz)
  from public;
grant execute on function chatbot.end_session(text, int, timestamptz, timestamptz, timestamptz, timestamptz, text, text, timestamptz)
  to chatbot;

-- The simpler way, which the bot uses where the function is missing: instead of the part above,
--   grant pg_signal_backend to chatbot;
-- The bot then asks for the same things in its own statement, but the server would let its role end any session that
-- is not a superuser's, and chatbot.protected holds nobody: only the target's own Protected list does.

commit;

-- Limiting how many connections a role may have: see postgresql-limit-role.sql, which is optional.

-- To take it all back (drop schema takes the function and the list with it):
--   drop schema chatbot cascade; drop role chatbot; drop role chatbot_owner;
