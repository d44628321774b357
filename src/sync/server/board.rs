//! The group's board: what a learner gives to it who opts in, and what everybody in the group can read of it.

use super::connection::Connection;
use super::error::{ServerError, in_words};

/// What one learner gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// On how many of the last 14 days something was answered.
    pub days_kept: i32,
    /// Cards that are known.
    pub cards_known: i32,
    /// By topic, how many answers there were and how many were right; topics without an answer are left out.
    pub topics: Vec<(String, i32, i32)>,
}

/// What the group reads: means and counts over five people or more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// How many take part, on how many of 14 days they learned, and how many cards they know, to tens; none below five people.
    pub people: Option<(i32, i32, i32)>,
    /// The topics with five people behind them, the weakest first: how many people, and how many per cent were right, to fives.
    pub topics: Vec<(String, i32, i32)>,
}

impl Connection {
    /// Puts the learner's figures there, in the place of those that were there.
    ///
    /// # Errors
    /// The server did not confirm it.
    pub fn join_board(&mut self, own: &Own) -> Result<(), ServerError> {
        let (names, answers, right) = own.topics.iter().fold(
            (Vec::new(), Vec::new(), Vec::new()),
            |(mut names, mut answers, mut right), (name, asked, held)| {
                names.push(name.as_str());
                answers.push(*asked);
                right.push(*held);
                (names, answers, right)
            },
        );
        let address = &self.address;
        let failed = |error: postgres::Error| in_words(&error, address);
        let mut tx = self.client.transaction().map_err(failed)?;
        let sql = "insert into sysdrill.board (days_kept, cards_known) values ($1, $2) on conflict (learner) do update \
                   set days_kept = excluded.days_kept, cards_known = excluded.cards_known, updated_on = current_date";
        tx.execute(sql, &[&own.days_kept, &own.cards_known]).map_err(failed)?;
        tx.execute("delete from sysdrill.board_topic where learner = current_user", &[]).map_err(failed)?;
        let sql = "insert into sysdrill.board_topic (topic, answers, right_answers) \
                   select unnest($1::text[]), unnest($2::int4[]), unnest($3::int4[])";
        tx.execute(sql, &[&names, &answers, &right]).map_err(failed)?;
        tx.commit().map_err(failed)
    }

    /// Takes the learner's figures away.
    ///
    /// # Errors
    /// The server did not confirm it.
    pub fn leave_board(&mut self) -> Result<(), ServerError> {
        let address = &self.address;
        let failed = |error: postgres::Error| in_words(&error, address);
        let mut tx = self.client.transaction().map_err(failed)?;
        for table in ["board", "board_topic"] {
            let sql = format!("delete from sysdrill.{table} where learner = current_user");
            tx.execute(&sql, &[]).map_err(failed)?;
        }
        tx.commit().map_err(failed)
    }

    /// What the group reads.
    ///
    /// # Errors
    /// The server did not say.
    pub fn board(&mut self) -> Result<Group, ServerError> {
        let people = self.rows("select people, days_kept, cards_known from sysdrill.group_board", &[])?;
        let topics = self
            .rows("select topic, people, right_percent from sysdrill.group_topic order by right_percent, topic", &[])?;
        Ok(Group {
            people: people.first().map(|row| (row.get(0), row.get(1), row.get(2))),
            topics: topics.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect(),
        })
    }
}
