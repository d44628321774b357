-- The board of those who opt in. A learner reads and writes their own row; what the group reads are two views, which belong to
-- the schema's owner and so see all rows: counts and means over five people or more, rounded, so that nobody's figure can
-- be told from them.

create table sysdrill.board (
    learner name primary key default current_user check (learner <> 'sysdrill_learner'),
    days_kept int not null check (days_kept between 0 and 14),
    cards_known int not null check (cards_known between 0 and 1000000),
    updated_on date not null default current_date
);

create table sysdrill.board_topic (
    learner name not null default current_user check (learner <> 'sysdrill_learner'),
    topic text not null check (octet_length(topic) between 1 and 100),
    answers int not null check (answers > 0),
    right_answers int not null check (right_answers between 0 and answers),
    primary key (learner, topic)
);

-- A condition of the reader is not looked at before the rows are counted: that is what `offset 0` is for.
create view sysdrill.group_board as
    select people, days_kept, cards_known from (
        select count(*)::int as people,
               round(avg(days_kept))::int as days_kept,
               (round(avg(cards_known) / 10) * 10)::int as cards_known
        from sysdrill.board having count(*) >= 5 offset 0
    ) as counted;

create view sysdrill.group_topic as
    select topic, people, right_percent from (
        select topic,
               count(*)::int as people,
               (round(avg(right_answers * 100.0 / answers) / 5) * 5)::int as right_percent
        from sysdrill.board_topic group by topic having count(*) >= 5 offset 0
    ) as counted;

revoke all on sysdrill.board, sysdrill.board_topic, sysdrill.group_board, sysdrill.group_topic from public;
grant select, insert, update, delete on sysdrill.board to sysdrill_learner;
grant select, insert, delete on sysdrill.board_topic to sysdrill_learner;
grant select on sysdrill.group_board, sysdrill.group_topic to sysdrill_learner;
alter table sysdrill.board enable row level security;
alter table sysdrill.board_topic enable row level security;
create policy own on sysdrill.board to sysdrill_learner
    using (learner = current_user) with check (learner = current_user);
create policy own on sysdrill.board_topic to sysdrill_learner
    using (learner = current_user) with check (learner = current_user);
