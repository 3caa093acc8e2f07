-- The bot's accounts on a MariaDB server, 10.6 or later: the least that lets it diagnose and relieve.
-- (MySQL: mysql.sql. Managed services: at the end.) Run it once as root, with the mariadb client, because of DELIMITER;
-- running it again is harmless:
--   mariadb -u root -p < mariadb.sql
-- Then give the bot a password, which also lets it in. Type it in the client, store it in no file:
--   alter user 'chatbot'@'%' identified by '...' account unlock;
-- and connect the bot directly to the server, never through a proxy: a proxy's connection is not the server's.

-- What is written below means the same whatever the server's own sql_mode is; routines keep the mode they were made with.
set session sql_mode = 'NO_ENGINE_SUBSTITUTION';

-- Locked until it has a password. '%' is everywhere: use the bot's own network instead, everywhere in this file, if you know it.
create user if not exists 'chatbot'@'%' account lock;

-- 3 = 2 x replicas + 1. A replica holds one warm connection, and for a moment a second one while a hung one ends.
-- The server keeps this promise even if the bot should not. Two replicas need 5.
alter user 'chatbot'@'%' with max_user_connections 3;

-- Without PROCESS the server shows the bot its own sessions only, and no error: it would count one session, its own.
-- No table of yours is granted.
grant process on *.* to 'chatbot'@'%';

-- Which program a session belongs to. Says nothing unless the server runs with performance_schema=ON, which isn't the default.
grant select on performance_schema.* to 'chatbot'@'%';

-- Holds the power that the bot does not have. Nobody can log in as it.
create user if not exists 'chatbot_owner'@'localhost' account lock;
alter user 'chatbot_owner'@'localhost' account lock;

-- CONNECTION ADMIN ends sessions of others, root's as well, and sets max_connections: MariaDB keeps nobody out of reach.
-- So the bot does not get it; what the locked owner does with it is written in the routines below.
grant process, connection admin on *.* to 'chatbot_owner'@'localhost';

-- Who is privileged, and how many connections an account may have. The column Priv holds password hashes as well; the
-- view below shows none of them.
grant select (Host, User, Priv) on mysql.global_priv to 'chatbot_owner'@'localhost';
grant select (Host, User, Role) on mysql.roles_mapping to 'chatbot_owner'@'localhost';

create database if not exists chatbot character set utf8mb4;

-- Your list: accounts, by user name, that the bot may never touch, whatever is approved. Add to it and delete from it as you like.
create table if not exists chatbot.protected (
  user varchar(128) character set utf8mb4 collate utf8mb4_bin not null primary key,
  why varchar(200) not null default ''
);
insert ignore into chatbot.protected (user, why) values ('chatbot', 'the bot itself'), ('root', 'people and their tools');
grant select on chatbot.protected to 'chatbot_owner'@'localhost';

-- Every account with its limit (null: none), and whether it is out of reach: protected, or with rights over other
-- sessions or replication, be it through roles. One such account makes all of the same user name untouchable, since a
-- session shows only that.
create or replace definer = 'chatbot_owner'@'localhost' sql security definer view chatbot.accounts as
with recursive account (user, host, rights, max_user_connections, is_role) as (
  select User,
         Host,
         cast(coalesce(json_value(Priv, '$.access'), 0) as unsigned),
         cast(coalesce(json_value(Priv, '$.max_user_connections'), 0) as signed),
         coalesce(json_value(Priv, '$.is_role'), 0)
    from mysql.global_priv
), privileged (user, host) as (
  -- In this order: SUPER, REPLICATION SLAVE, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN.
  select user, host from account where rights & (1 << 15 | 1 << 19 | 1 << 32 | 1 << 34 | 1 << 35) <> 0
  union
  select mapping.User, mapping.Host
    from privileged
    join mysql.roles_mapping mapping on mapping.Role = privileged.user and privileged.host = ''
)
select user,
       host,
       nullif(max_user_connections, 0) as max_user_connections,
       user in ('', 'root', 'mariadb.sys', 'mysql')
         or user in (select user from privileged)
         or convert(user using utf8mb4) collate utf8mb4_bin in (select user from chatbot.protected) as untouchable
  from account
 where not is_role;
grant select on chatbot.accounts to 'chatbot_owner'@'localhost';
grant select on chatbot.accounts to 'chatbot'@'%';

delimiter //

-- Ends one session, if it is still exactly the one that was approved: same life of the server, id, client, account,
-- database, and the same work. KILL knows ids only, so look and order are two statements of one call. The first look asks
-- for everything, and takes the server long when it has many sessions; the last one asks only whether the session did
-- anything since. What begins between that and the KILL is hit, and so is a transaction that began within the last 100 ms,
-- while InnoDB's list still shows the one before: too short for a person, not for a program.
--   p_act          'idle', 'idle in transaction', or 'transaction': any state, but in this very transaction
--   p_server       @@server_uid; empty where the server is too old to have one
--   p_started      when the server started, in seconds since 1970; one second to either side is the same start
--   p_work         QUERY_ID: the number of the last statement
--   p_transaction  trx_id, a blank, and trx_started; null outside a transaction
-- Answers 'told', 'none' (no session fits), 'worked' (it did something between the two looks), 'gone' (it ended by itself)
-- or 'denied' (the server protects it).
create or replace definer = 'chatbot_owner'@'localhost' procedure chatbot.end_session(
  in p_act varchar(20), in p_server varchar(64), in p_started bigint, in p_id bigint unsigned, in p_client varchar(300),
  in p_work varchar(64), in p_transaction varchar(64), in p_user varchar(128), in p_database varchar(64))
  reads sql data
  sql security definer
begin
  declare found, still, last_query bigint unsigned default null;
  declare answer varchar(10) default 'none';
  declare continue handler for 1094 set answer = 'gone';
  declare continue handler for 1095, 1227 set answer = 'denied';

  select p.ID, p.QUERY_ID into found, last_query
    from information_schema.PROCESSLIST p
    left join information_schema.INNODB_TRX t on t.trx_mysql_thread_id = p.ID
   where p.ID = p_id
     and p.ID <> connection_id()
     and cast(convert(p.HOST using utf8mb4) as binary) = cast(p_client as binary)
     and cast(convert(p.USER using utf8mb4) as binary) = cast(p_user as binary)
     and cast(convert(coalesce(p.DB, '') using utf8mb4) as binary) = cast(p_database as binary)
     and p.COMMAND not in ('Killed', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')
     and coalesce(t.trx_state, '') <> 'ROLLING BACK'
     and (p_act = 'transaction' or p.COMMAND = 'Sleep')
     and (p_act = 'idle') = (p_transaction is null)
     and concat(t.trx_id, ' ', t.trx_started) <=> p_transaction
     and (p_act = 'transaction' or p.QUERY_ID = p_work)
     and p.USER <> substring_index(user(), '@', 1)
     and exists (select 1 from chatbot.accounts a where a.user = p.USER)
     and not exists (select 1 from chatbot.accounts a where a.user = p.USER and a.untouchable)
     and coalesce((select v.VARIABLE_VALUE from information_schema.GLOBAL_VARIABLES v where v.VARIABLE_NAME = 'SERVER_UID'), '') = p_server
     and abs(cast(unix_timestamp() as signed) - p_started
             - (select cast(u.VARIABLE_VALUE as signed) from information_schema.GLOBAL_STATUS u where u.VARIABLE_NAME = 'UPTIME')) <= 1
   limit 1;

  if found is not null then
    select p.ID into still from information_schema.PROCESSLIST p where p.ID = found and p.QUERY_ID = last_query;
    if still is null then
      set answer = 'worked';
    else
      set answer = 'told';
      kill connection still;
    end if;
  end if;

  select answer;
end//

-- Cancels one statement, if the session is still at exactly this one. The session stays. Here KILL knows the statement's
-- own number, so it can't hit another one.
-- Parameters and answers as above.
create or replace definer = 'chatbot_owner'@'localhost' procedure chatbot.cancel_statement(
  in p_server varchar(64), in p_started bigint, in p_id bigint unsigned, in p_client varchar(300), in p_work varchar(64),
  in p_user varchar(128), in p_database varchar(64))
  reads sql data
  sql security definer
begin
  declare found bigint unsigned default null;
  declare answer varchar(10) default 'none';
  declare continue handler for 1094, 1957 set answer = 'gone';
  declare continue handler for 1095, 1227 set answer = 'denied';

  select p.QUERY_ID into found
    from information_schema.PROCESSLIST p
   where p.ID = p_id
     and p.ID <> connection_id()
     and cast(convert(p.HOST using utf8mb4) as binary) = cast(p_client as binary)
     and cast(convert(p.USER using utf8mb4) as binary) = cast(p_user as binary)
     and cast(convert(coalesce(p.DB, '') using utf8mb4) as binary) = cast(p_database as binary)
     and p.COMMAND in ('Query', 'Execute')
     and not exists (select 1 from information_schema.INNODB_TRX t where t.trx_mysql_thread_id = p.ID and t.trx_state = 'ROLLING BACK')
     and p.QUERY_ID = p_work
     and p.USER <> substring_index(user(), '@', 1)
     and exists (select 1 from chatbot.accounts a where a.user = p.USER)
     and not exists (select 1 from chatbot.accounts a where a.user = p.USER and a.untouchable)
     and coalesce((select v.VARIABLE_VALUE from information_schema.GLOBAL_VARIABLES v where v.VARIABLE_NAME = 'SERVER_UID'), '') = p_server
     and abs(cast(unix_timestamp() as signed) - p_started
             - (select cast(u.VARIABLE_VALUE as signed) from information_schema.GLOBAL_STATUS u where u.VARIABLE_NAME = 'UPTIME')) <= 1
   limit 1;

  if found is not null then
    set answer = 'told';
    kill query id found;
  end if;

  select answer;
end//

-- Sets how many connections an account may have (null: as many as it likes), if the limit is still what was approved.
-- It works once part 1 below is granted. Answers 'set', 'none' (no such account, or another limit by now), 'read only' (a
-- replica, where the owner might write all the same, and the change would be on this server alone) or 'denied'.
create or replace definer = 'chatbot_owner'@'localhost' procedure chatbot.limit_account(
  in p_server varchar(64), in p_user varchar(128), in p_host varchar(255), in p_from int, in p_to int)
  modifies sql data
  sql security definer
begin
  declare answer varchar(10) default 'none';
  declare continue handler for 1227, 1044, 1142 set answer = 'denied';

  if cast(@@global.read_only as char) not in ('0', 'OFF') then
    set answer = 'read only';
  elseif coalesce((select v.VARIABLE_VALUE from information_schema.GLOBAL_VARIABLES v where v.VARIABLE_NAME = 'SERVER_UID'), '') = p_server
     and coalesce(p_to, 1) between 1 and 1000000
     and exists (select 1
                   from chatbot.accounts a
                  where cast(convert(a.user using utf8mb4) as binary) = cast(p_user as binary)
                    and cast(convert(a.host using utf8mb4) as binary) = cast(p_host as binary)
                    and a.max_user_connections <=> p_from
                    and not a.untouchable
                    and a.user <> substring_index(user(), '@', 1))
  then
    set answer = 'set';
    set @chatbot_limit = concat(
      'alter user `', replace(p_user, '`', '``'), '`@`', replace(p_host, '`', '``'), '` with max_user_connections ', coalesce(p_to, 0));
    prepare chatbot_limit from @chatbot_limit;
    execute chatbot_limit;
    deallocate prepare chatbot_limit;
    set @chatbot_limit = null;
  end if;

  select answer;
end//

-- Shows the bot what the owner may do, so that it can name a grant that is missing. Changes nothing.
create or replace definer = 'chatbot_owner'@'localhost' procedure chatbot.owner_grants()
  reads sql data
  sql security definer
begin
  show grants for current_user();
end//

delimiter ;

-- The definer needs the right to call its own routines, too.
grant execute on procedure chatbot.end_session to 'chatbot_owner'@'localhost';
grant execute on procedure chatbot.cancel_statement to 'chatbot_owner'@'localhost';
grant execute on procedure chatbot.limit_account to 'chatbot_owner'@'localhost';
grant execute on procedure chatbot.owner_grants to 'chatbot_owner'@'localhost';
grant execute on procedure chatbot.owner_grants to 'chatbot'@'%';

-- Leave these two out and the bot diagnoses and advises, and offers neither ending of sessions nor of statements.
grant execute on procedure chatbot.end_session to 'chatbot'@'%';
grant execute on procedure chatbot.cancel_statement to 'chatbot'@'%';

-- The optional parts: take the "-- " away from the lines you want, or paste them.
--
-- Part 1: limit the connections of an account. CREATE USER is the smallest right that MariaDB has for this. Only the
-- locked owner gets it, and its routine sets nothing but this one number, never for an untouchable account.
-- grant create user on *.* to 'chatbot_owner'@'localhost';
-- grant execute on procedure chatbot.limit_account to 'chatbot'@'%';
-- Undo:
--   revoke create user on *.* from 'chatbot_owner'@'localhost';
--   revoke execute on procedure chatbot.limit_account from 'chatbot'@'%';
--
-- Part 2: a door of its own on a full server, extra_port, takes anybody: it needs no right, but a setting and a restart.
--
-- Part 3, instead of the two EXECUTE above (option A): the bot itself may end any session, ROOT'S AS WELL, and may set
-- max_connections. It also gets the one slot that the server keeps beyond max_connections. The guards are the bot's
-- then, no longer the server's.
-- grant connection admin on *.* to 'chatbot'@'%';
-- Undo:
--   revoke connection admin on *.* from 'chatbot'@'%';

-- Managed services, NOT TESTED there; this is tested on a server whose administrator lacks CONNECTION ADMIN:
--   Amazon RDS: nobody gets CONNECTION ADMIN or reads mysql.global_priv. Leave out every statement about
--     'chatbot_owner'@'localhost', remove every "definer = ..." (the administrator who runs the file is the definer then),
--     and write "call mysql.rds_kill(still);" for "kill connection still;" and "call mysql.rds_kill_query_id(found);" for
--     "kill query id found;". What that administrator lacks, the bot can't tell beforehand: try it on a session of your own.
--     The view knows less there; instead of the one above:
--       create or replace sql security definer view chatbot.accounts as
--       select User as user,
--              Host as host,
--              nullif(max_user_connections, 0) as max_user_connections,
--              User in ('', 'root', 'rdsadmin', 'mariadb.sys', 'mysql')
--                or User in (select other.User from mysql.user other where other.Super_priv = 'Y' or other.Repl_slave_priv = 'Y')
--                or convert(User using utf8mb4) collate utf8mb4_bin in (select user from chatbot.protected) as untouchable
--         from mysql.user
--        where is_role = 'N';

-- To take it all back:
--   drop database chatbot;
--   drop user 'chatbot'@'%', 'chatbot_owner'@'localhost';
