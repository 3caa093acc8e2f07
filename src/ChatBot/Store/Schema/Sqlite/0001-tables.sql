-- Times are UTC in Unix milliseconds, JSON is text. The twin of this script is ../PostgreSql/0001-tables.sql.

-- Every command that was decided, with the answer that a repeated delivery gets again.
create table commands (
    id           text    not null primary key,
    incident_id  text,
    kind         text    not null,
    answer       text    not null,
    at           integer not null
) strict, without rowid;

-- The truth. A row's hash covers its fields and the hash before it (EventChain.cs).
create table events (
    incident_id  text    not null,
    seq          integer not null,
    type         text    not null,
    version      integer not null,
    at           integer not null,
    body         blob    not null,
    prev_hash    blob    not null,
    hash         blob    not null unique,
    primary key (incident_id, seq)
) strict;

create trigger events_refuse_update before update on events
begin
    select raise(abort, 'events are append-only');
end;

create trigger events_refuse_delete before delete on events
begin
    select raise(abort, 'events are append-only');
end;

-- What came from outside. The body goes once it is done; the id stays and refuses repeats.
create table inbox (
    seq          integer primary key autoincrement,
    id           text    not null unique,
    source       text    not null,
    body         text    not null,
    received_at  integer not null,
    done_at      integer
) strict;

create index inbox_pending on inbox (seq) where done_at is null;

-- Effects, timers and the Slack outbox. A finished row is deleted.
-- claimed_until is 0 while nobody ever held the row or its holder gave it back.
create table work (
    seq            integer primary key autoincrement,
    kind           text    not null,
    incident_id    text,
    lane           text,
    merge_key      text,
    body           text    not null,
    due            integer not null,
    claimed_until  integer not null default 0,
    fence          integer not null default 0,
    attempts       integer not null default 0,
    last_error     text
) strict;

create index work_due on work (due, seq);
create index work_lane on work (lane, seq) where lane is not null;
create index work_merge on work (merge_key) where merge_key is not null;

-- Read model: can be drawn again from the events.
create table incidents (
    id          text    not null primary key,
    target      text    not null,
    state       text    not null,
    is_open     integer not null check (is_open in (0, 1)),
    version     integer not null,
    channel     text,
    opened_at   integer not null,
    updated_at  integer not null
) strict;

create unique index incidents_one_open_per_target on incidents (target) where is_open = 1;

-- The exact bytes that people approve and the executor parses.
create table plans (
    id           text    not null primary key,
    incident_id  text    not null,
    bytes        blob    not null,
    hash         blob    not null,
    expires_at   integer not null,
    created_at   integer not null
) strict;

create index plans_of_incident on plans (incident_id);

create trigger plans_refuse_update before update on plans
begin
    select raise(abort, 'plans are append-only');
end;

create table approvals (
    plan_id   text    not null references plans (id),
    person    text    not null,
    decision  text    not null,
    at        integer not null,
    primary key (plan_id, person)
) strict;

create table executions (
    plan_id      text    not null primary key references plans (id),
    target       text    not null,
    started_at   integer not null,
    finished_at  integer
) strict;

create unique index executions_one_unfinished_per_target on executions (target) where finished_at is null;

-- Written before an effect, and its outcome after it. No intent without an execution.
create table intents (
    plan_id     text    not null references executions (plan_id),
    step        text    not null,
    idem_key    text    not null,
    fence       integer not null,
    attempts    integer not null default 1,
    at          integer not null,
    outcome     text,
    outcome_at  integer,
    primary key (plan_id, step)
) strict;

create index intents_open on intents (plan_id) where outcome is null;

-- The only home of foreign text: log lines, queries, alert annotations. Can be erased without touching the events.
create table evidence (
    id           text    not null primary key,
    incident_id  text    not null,
    kind         text    not null,
    at           integer not null,
    body         text    not null
) strict;

create index evidence_of_incident on evidence (incident_id);

-- Which Slack message shows which part of an incident.
create table messages (
    incident_id  text    not null,
    slot         text    not null,
    channel      text    not null,
    ts           text    not null,
    digest       text    not null,
    primary key (incident_id, slot)
) strict;
