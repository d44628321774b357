-- A card's log is folded from its index alone, without a look at the table.
DROP INDEX review_by_card;
CREATE INDEX review_by_card ON review (card, at, id, day, quality, mode);

-- What is due is asked of the index of the decks.
DROP INDEX schedule_by_due;
CREATE INDEX schedule_by_start ON schedule (started);
-- Cards that a day may still owe a repeat.
CREATE INDEX schedule_owed ON schedule (latest_day) WHERE latest_quality < 4;

-- What each card's live reviews left, by FSRS-6 with the parameters in `fitted` or, without any, the published ones. Made
-- of the log: it can be dropped and made again.
CREATE TABLE trace (
    card TEXT PRIMARY KEY NOT NULL,
    reviews INTEGER NOT NULL CHECK (reviews > 0),         -- live ones
    met INTEGER NOT NULL,                                 -- the day of the first of them
    latest_day INTEGER NOT NULL,                          -- the last day of any of them
    stability_days REAL NOT NULL CHECK (stability_days > 0), -- from that day until the chance of recall is 0.9
    difficulty REAL NOT NULL CHECK (difficulty BETWEEN 1 AND 10),
    -- Answers on a later day than those of all before; how many recalled; and how many recalls were predicted. In four
    -- bins, by the chance that was predicted for each: below 70%, up to 80, 90 and 100%.
    answers_to_70 INTEGER NOT NULL,
    recalled_to_70 INTEGER NOT NULL,
    expected_to_70 REAL NOT NULL,
    answers_to_80 INTEGER NOT NULL,
    recalled_to_80 INTEGER NOT NULL,
    expected_to_80 REAL NOT NULL,
    answers_to_90 INTEGER NOT NULL,
    recalled_to_90 INTEGER NOT NULL,
    expected_to_90 REAL NOT NULL,
    answers_to_100 INTEGER NOT NULL,
    recalled_to_100 INTEGER NOT NULL,
    expected_to_100 REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- The live reviews that the log had when its parameters were fitted: more than they were fitted to, where it is long.
ALTER TABLE fitted ADD COLUMN log_reviews INTEGER NOT NULL DEFAULT 0;
UPDATE fitted SET log_reviews = reviews;
