-- The log: what features to come write of an answer, and the day of a mark.
ALTER TABLE review ADD COLUMN options TEXT;               -- JSON: the options in the order in which they were shown
ALTER TABLE review ADD COLUMN confidence INTEGER CHECK (confidence IN (50, 80, 95)); -- percent, said before the answer
ALTER TABLE review ADD COLUMN source TEXT;                -- the program that it was given in; null: this one
ALTER TABLE mark ADD COLUMN day INTEGER;                  -- the day it counts for; null where an earlier version wrote it
CREATE INDEX mark_by_day ON mark (day) WHERE day IS NOT NULL;
-- Which cards go on from where another one was.
CREATE INDEX mark_of_move ON mark (what) WHERE what >= 'from ' AND what < 'from!';

-- A card's log is folded in order of (day, time, id), from its index alone.
DROP INDEX review_by_card;
CREATE INDEX review_by_card ON review (card, day, at, id, quality, mode, source);

-- The projection leaves out what the log says of days to come.
ALTER TABLE schedule ADD COLUMN next_day INTEGER;         -- the first of those days; null as a rule
CREATE INDEX schedule_by_next_day ON schedule (next_day) WHERE next_day IS NOT NULL;

-- The program that made the rows of `trace`: those of another version are made anew.
CREATE TABLE trace_model (
    made_by TEXT NOT NULL
) STRICT;

-- Which file this is. `this` is drawn anew by each transaction and in each copy, `before` is what it was before: they
-- stand in the write-ahead log too, so that one which belongs to another file is known before it is replayed.
CREATE TABLE generation (
    this BLOB NOT NULL CHECK (length(this) = 16),
    before BLOB NOT NULL CHECK (length(before) = 16),
    restored INTEGER                                      -- UTC, milliseconds since 1970: backups of before may have more
) STRICT;
INSERT INTO generation (this, before) VALUES (randomblob(16), zeroblob(16));

-- The words of the cards, for search: taken in when somebody searches. Part of the index of the decks.
CREATE VIRTUAL TABLE card_words USING fts5 (
    name, prompt, answer, tags,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);

-- What a card says of other cards.
CREATE TABLE card_relation (
    card TEXT NOT NULL,
    file INTEGER NOT NULL,                                -- of deck_file, as the card's
    kind TEXT NOT NULL CHECK (kind IN ('after', 'was', 'replaces')),
    other TEXT NOT NULL                                   -- a card's name; after may name a matrix
) STRICT;
CREATE INDEX card_relation_by_card ON card_relation (card, kind, other);
CREATE INDEX card_relation_by_kind ON card_relation (kind, other, card);
CREATE INDEX card_relation_by_file ON card_relation (file);
