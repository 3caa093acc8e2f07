-- Optional, after postgresql.sql, as a superuser and in the same database: lets the bot set and take back the connection
-- limit of a role, when that was approved. Without it the bot shows the statement for a person to paste.
--   psql -d postgres -f postgresql-limit-role.sql
-- The right to change roles belongs to a role that nobody can log in as, and is used in one function only. Sessions that
-- are open stay open: a limit refuses new ones.

-- All of it or nothing, and with the server's own functions and operators only, as in postgresql.sql.
begin;
set local search_path = pg_catalog, pg_temp;

do $$
begin
  -- Whoever owns the schema or the list decides what the function below runs, with all its rights.
  if exists (select
               from pg_namespace n
               left join pg_class c on c.relnamespace = n.oid and c.relname = 'protected'
               join pg_roles o on o.oid in (n.nspowner, c.relowner)
              where n.nspname = 'chatbot'
                and not o.rolsuper
                and o.rolname <> current_user) then
    raise exception 'Somebody else owns the schema chatbot or its table protected: look what it is, and drop it first.';
  end if;

  if not exists (select from pg_roles where rolname = 'chatbot_limiter') then
    create role chatbot_limiter;
  end if;
end
$$;

-- Up to PostgreSQL 15 this allows to change every role that is not a superuser. From 16 on it allows nothing by itself:
-- name the roles that the bot may limit, one line for each:
--   grant app to chatbot_limiter with admin true, inherit false, set false;
alter role chatbot_limiter with nologin nosuperuser nocreatedb createrole noreplication nobypassrls;
grant usage on schema chatbot to chatbot_limiter;
grant select on table chatbot.protected to chatbot_limiter;

-- Answers true: set. Null: the limit or the server is no longer what was approved, or nobody limits this role from here.
-- A limit of null is none. Never 0: that would lock everybody out.
create or replace function chatbot.limit_role(role_name text, from_limit int, to_limit int, server_began timestamptz)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if to_limit < 1 or not exists (
       select
         from pg_roles r
        where r.rolname::text = role_name
          and r.rolconnlimit = coalesce(from_limit, -1)
          and pg_postmaster_start_time() = server_began
          and not r.rolsuper
          and not r.rolreplication
          and r.rolname <> session_user
          and r.rolname not in ('chatbot', 'chatbot_owner', 'chatbot_limiter')
          and not exists (select from chatbot.protected p where p.name = r.rolname::text)) then
    return null;
  end if;

  execute format('alter role %I connection limit %s', role_name, coalesce(to_limit, -1));
  return true;
end
$$;

alter function chatbot.limit_role(text, int, int, timestamptz) owner to chatbot_limiter;
revoke all on function chatbot.limit_role(text, int, int, timestamptz) from public;
grant execute on function chatbot.limit_role(text, int, int, timestamptz) to chatbot;

commit;

-- To take it back:
--   drop function chatbot.limit_role(text, int, int, timestamptz);
--   drop owned by chatbot_limiter; drop role chatbot_limiter;
