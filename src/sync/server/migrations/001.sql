-- What learners did, line by line, each in a device's order. Nothing here is peculiar to one PostgreSQL: no triggers, no
-- advisory locks, no sequences. A learner's rows lie together, so that the tables can be divided by learner. A learner has the
-- type of current_user: compared with a text, which is in another collation, the keys would not be used.

create table sysdrill.device (
    learner name not null default current_user check (learner <> 'sysdrill_learner'),
    device text not null check (device ~ '^[0-9a-f]{16}$'),
    primary key (learner, device)
);

create table sysdrill.line (
    learner name not null default current_user check (learner <> 'sysdrill_learner'),
    device text not null,
    idx bigint not null check (idx > 0),
    line text not null check (octet_length(line) <= 67108864),
    primary key (learner, device, idx),
    foreign key (learner, device) references sysdrill.device (learner, device)
);

revoke all on schema sysdrill from public;
revoke all on all tables in schema sysdrill from public;
grant usage on schema sysdrill to sysdrill_learner;
grant select on sysdrill.schema_version to sysdrill_learner;
-- Rows are added and, when a learner leaves, deleted; they never change.
grant select, insert, delete on sysdrill.device, sysdrill.line to sysdrill_learner;

-- Who somebody is, the database knows by the role that logged in. What a client says about it counts for nothing.
alter table sysdrill.device enable row level security;
alter table sysdrill.line enable row level security;
create policy own on sysdrill.device to sysdrill_learner
    using (learner = current_user) with check (learner = current_user);
create policy own on sysdrill.line to sysdrill_learner
    using (learner = current_user) with check (learner = current_user);
