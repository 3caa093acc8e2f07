-- The twin of this script is ../Sqlite/0002-pages.sql.

-- Runbook pages as incidents follow them, under the SHA-256 of their bytes.
create table pages (
    hash   text   not null primary key,
    bytes  bytea  not null,
    at     bigint not null
);

create trigger pages_refuse_update before update on pages
    for each row execute function refuse_change();

-- What is left to do after an incident. Projects the events; the number is how people name a follow-up.
create table followups (
    number       bigint generated always as identity primary key,
    incident_id  text   not null,
    step         text   not null,
    target       text   not null,
    owner_team   text   not null,
    owner_user   text   not null,
    due          bigint not null,
    is_open      bigint not null check (is_open in (0, 1)),
    unique (incident_id, step)
);

create index followups_open on followups (due) where is_open = 1;
