-- The bot's role on a PostgreSQL server, 10 or later: the least that lets it diagnose and relieve.
-- Run it once as a superuser (on a managed service: as the administrator it gave you); running it again is harmless:
--   psql -f postgresql.sql
-- Then give the role a password that is typed, not stored in a file or a shell history:
--   \password chatbot
-- and connect the bot directly to the server, never through a pooler: a pooler's slot is not the server's slot.

do $$
begin
  if not exists (select from pg_roles where rolname = 'chatbot') then
    create role chatbot;
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

-- Option A, the simple one: lets the bot end sessions of any role that is not a superuser. The bot itself ends only
-- idle client sessions that were named in an approved plan, are unchanged since, and are not on the target's protected
-- list. Leave this grant out and the bot diagnoses and advises, and offers no ending of sessions.
grant pg_signal_backend to chatbot;

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
end
$$;

-- To take it all back:
--   drop role chatbot;
