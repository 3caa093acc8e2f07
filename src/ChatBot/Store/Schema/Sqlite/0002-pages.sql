-- The twin of this script is ../PostgreSql/0002-pages.sql.

-- Runbook pages as incidents follow them, under the SHA-256 of their bytes.
create table pages (
    hash   text    not null primary key,
    bytes  blob    not null,
    at     integer not null
) strict, without rowid;

create trigger pages_refuse_update before update on pages
begin
    select raise(abort, 'pages are append-only');
end;

-- What is left to do after an incident. Projects the events; the number is how people name a follow-up.
create table followups (
    number       integer primary key autoincrement,
    incident_id  text    not null,
    step         text    not null,
    target       text    not null,
    owner_team   text    not null,
    owner_user   text    not null,
    due          integer not null,
    is_open      integer not null check (is_open in (0, 1)),
    unique (incident_id, step)
) strict;

create index followups_open on followups (due) where is_open = 1;
