-- A card's log is folded from its index alone, without a look at the table.
DROP INDEX review_by_card;
CREATE INDEX review_by_card ON review (card, at, id, day, quality, mode);

-- What is due is asked of the index of the decks.
DROP INDEX schedule_by_due;
CREATE INDEX schedule_by_start ON schedule (started);
-- Cards that a day may still owe a repeat.
CREATE INDEX schedule_owed ON schedule (latest_day) WHERE latest_quality < 4;

-- The index of the decks: what must be known of a card before it is read. All of it can be dropped and made again.
CREATE TABLE catalog (
    build TEXT NOT NULL                                   -- the program that made it: its decks and how it reads others
) STRICT;

CREATE TABLE deck (
    path TEXT PRIMARY KEY NOT NULL,                       -- its first file
    user INTEGER NOT NULL CHECK (user IN (0, 1)),         -- 0: part of the program
    name TEXT,                                            -- null with the next three: it cannot be read
    title TEXT,
    about TEXT,
    defaults TEXT,                                        -- JSON: what it sets for its cards
    errors TEXT                                           -- JSON: why it is left out
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deck_by_name ON deck (name);

CREATE TABLE deck_file (
    id INTEGER PRIMARY KEY,
    deck TEXT NOT NULL,                                   -- the deck's path
    path TEXT NOT NULL UNIQUE,
    place INTEGER NOT NULL,                               -- among the deck's files
    stamp TEXT NOT NULL,                                  -- size and times: while they stand, it was not changed
    hash INTEGER NOT NULL                                 -- of what stands in it
) STRICT;

CREATE TABLE card (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,                            -- `deck/slug`: the `card` of the log
    user INTEGER NOT NULL,                                -- as its deck's
    deck TEXT NOT NULL,                                   -- the deck's name
    place INTEGER NOT NULL,                               -- in its deck
    level INTEGER NOT NULL,
    kind TEXT NOT NULL,
    answers INTEGER NOT NULL,                             -- a chain's steps, or 1
    tags TEXT NOT NULL,                                   -- a JSON array
    prompt TEXT NOT NULL,
    file INTEGER NOT NULL,                                -- of deck_file
    line INTEGER NOT NULL,                                -- the block's first
    block_start INTEGER NOT NULL,                         -- bytes of the file
    block_end INTEGER NOT NULL,
    block_hash INTEGER NOT NULL,
    due INTEGER,                                          -- as in schedule; null for a new or suspended card
    interval_days INTEGER,
    unseen INTEGER NOT NULL CHECK (unseen IN (0, 1))      -- new, and not suspended
) STRICT;
CREATE INDEX card_by_due ON card (due, interval_days, kind, answers, deck) WHERE due IS NOT NULL;
CREATE INDEX card_unseen ON card (level, user, deck, place, kind) WHERE unseen = 1;
CREATE INDEX card_by_file ON card (file);

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
