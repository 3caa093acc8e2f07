-- Times are UTC in Unix milliseconds, JSON is text. The twin of this script is ../Sqlite/0001-tables.sql.

-- Every command that was decided, with the answer that a repeated delivery gets again.
create table commands (
    id           text   not null primary key,
    incident_id  text,
    kind         text   not null,
    answer       text   not null,
    at           bigint not null
);

-- The truth. A row's hash covers its fields and the hash before it (EventChain.cs).
create table events (
    incident_id  text   not null,
    seq          bigint not null,
    type         text   not null,
    version      bigint not null,
    at           bigint not null,
    body         bytea  not null,
    prev_hash    bytea  not null,
    hash         bytea  not null unique,
    primary key (incident_id, seq)
);

create function refuse_change() returns trigger language plpgsql as
$$
begin
    raise exception '% are append-only', tg_table_name;
end
$$;

create trigger events_refuse_change before update or delete on events
    for each row execute function refuse_change();

create trigger events_refuse_truncate before truncate on events
    for each statement execute function refuse_change();

-- What came from outside. The body goes once it is done; the id stays and refuses repeats.
create table inbox (
    seq          bigint generated always as identity primary key,
    id           text   not null unique,
    source       text   not null,
    body         text   not null,
    received_at  bigint not null,
    done_at      bigint
);

create index inbox_pending on inbox (seq) where done_at is null;

-- Effects, timers and the Slack outbox. A finished row is deleted.
-- claimed_until is 0 while nobody ever held the row or its holder gave it back.
create table work (
    seq            bigint generated always as identity primary key,
    kind           text   not null,
    incident_id    text,
    lane           text,
    merge_key      text,
    body           text   not null,
    due            bigint not null,
    claimed_until  bigint not null default 0,
    fence          bigint not null default 0,
    attempts       bigint not null default 0,
    last_error     text
);

create index work_due on work (due, seq);
create index work_lane on work (lane, seq) where lane is not null;
create index work_merge on work (merge_key) where merge_key is not null;

-- Read model: can be drawn again from the events.
create table incidents (
    id          text   not null primary key,
    target      text   not null,
    state       text   not null,
    is_open     bigint not null check (is_open in (0, 1)),
    version     bigint not null,
    channel     text,
    opened_at   bigint not null,
    updated_at  bigint not null
);

create unique index incidents_one_open_per_target on incidents (target) where is_open = 1;

-- The exact bytes that people approve and the executor parses.
create table plans (
    id           text   not null primary key,
    incident_id  text   not null,
    bytes        bytea  not null,
    hash         bytea  not null,
    expires_at   bigint not null,
    created_at   bigint not null
);

create index plans_of_incident on plans (incident_id);

create trigger plans_refuse_update before update on plans
    for each row execute function refuse_change();

create table approvals (
    plan_id   text   not null references plans (id),
    person    text   not null,
    decision  text   not null,
    at        bigint not null,
    primary key (plan_id, person)
);

create table executions (
    plan_id      text   not null primary key references plans (id),
    target       text   not null,
    started_at   bigint not null,
    finished_at  bigint
);

create unique index executions_one_unfinished_per_target on executions (target) where finished_at is null;

-- Written before an effect, and its outcome after it. No intent without an execution.
create table intents (
    plan_id     text   not null references executions (plan_id),
    step        text   not null,
    idem_key    text   not null,
    fence       bigint not null,
    attempts    bigint not null default 1,
    at          bigint not null,
    outcome     text,
    outcome_at  bigint,
    primary key (plan_id, step)
);

create index intents_open on intents (plan_id) where outcome is null;

-- The only home of foreign text: log lines, queries, alert annotations. Can be erased without touching the events.
create table evidence (
    id           text   not null primary key,
    incident_id  text   not null,
    kind         text   not null,
    at           bigint not null,
    body         text   not null
);

create index evidence_of_incident on evidence (incident_id);

-- Which Slack message shows which part of an incident.
create table messages (
    incident_id  text   not null,
    slot         text   not null,
    channel      text   not null,
    ts           text   not null,
    digest       text   not null,
    primary key (incident_id, slot)
);
