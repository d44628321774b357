-- A card's log is folded from its index alone, without a look at the table.
DROP INDEX review_by_card;
CREATE INDEX review_by_card ON review (card, at, id, day, quality, mode);

-- What is due is asked of the index of the decks.
DROP INDEX schedule_by_due;
CREATE INDEX schedule_by_start ON schedule (started);
-- Cards that a day may still owe a repeat.
CREATE INDEX schedule_owed ON schedule (latest_day) WHERE latest_quality < 4;
