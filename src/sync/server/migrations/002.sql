-- Decks that a learner publishes for the group, version by version. Everybody in the group reads them, and their publisher alone
-- writes and takes them away.

create table sysdrill.deck (
    name text primary key check (name ~ '^[a-z0-9][a-z0-9-]*$' and octet_length(name) <= 100),
    publisher name not null default current_user check (publisher <> 'sysdrill_learner'),
    unique (name, publisher)
);

create table sysdrill.deck_version (
    name text not null,
    publisher name not null default current_user,
    version int not null check (version > 0),
    file_name text not null check (file_name ~ '^[A-Za-z0-9_][A-Za-z0-9 ._-]*[.](toml|md)$' and octet_length(file_name) <= 100),
    body text not null check (octet_length(body) <= 16777216),
    published_at timestamptz not null default now(),
    primary key (name, version),
    foreign key (name, publisher) references sysdrill.deck (name, publisher)
);

revoke all on sysdrill.deck, sysdrill.deck_version from public;
grant select, insert, delete on sysdrill.deck, sysdrill.deck_version to sysdrill_learner;
alter table sysdrill.deck enable row level security;
alter table sysdrill.deck_version enable row level security;
create policy read on sysdrill.deck for select to sysdrill_learner using (true);
create policy publish on sysdrill.deck for insert to sysdrill_learner with check (publisher = current_user);
create policy withdraw on sysdrill.deck for delete to sysdrill_learner using (publisher = current_user);
create policy read on sysdrill.deck_version for select to sysdrill_learner using (true);
create policy publish on sysdrill.deck_version for insert to sysdrill_learner
    with check (publisher = current_user);
create policy withdraw on sysdrill.deck_version for delete to sysdrill_learner using (publisher = current_user);
