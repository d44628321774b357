-- The log: append-only. The truth.
CREATE TABLE review (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16), -- UUIDv7 made from `at`
    card TEXT NOT NULL,
    at INTEGER NOT NULL,                                  -- UTC, milliseconds since 1970
    day INTEGER NOT NULL,                                 -- the day it counted for, since 1970-01-01
    quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 5),
    session BLOB NOT NULL CHECK (length(session) = 16),   -- the sitting it was given in
    mode TEXT NOT NULL CHECK (mode IN ('review', 'quiz', 'cram')),
    kind TEXT NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    prompt TEXT NOT NULL,                                 -- as shown
    given TEXT,                                           -- as typed or picked
    ratio REAL,                                           -- answer / accepted end: above 1 is too high
    slip TEXT,                                            -- the named wrong turn
    seed INTEGER CHECK (seed BETWEEN 0 AND 9007199254740991),
    drawn TEXT,                                           -- JSON: the given values, name to text
    steps TEXT                                            -- JSON: what was answered at each step of a chain
) STRICT;
CREATE INDEX review_by_card ON review (card, at, id);
CREATE INDEX review_by_time ON review (at);
CREATE INDEX review_by_session ON review (mode, session);

CREATE TABLE retraction (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    review BLOB NOT NULL REFERENCES review (id),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX retraction_by_review ON retraction (review);

CREATE TABLE mark (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    card TEXT NOT NULL,
    what TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX mark_by_card ON mark (card, at, id);

-- The projection: each row is the fold of one card's log, and can be dropped and made again.
CREATE TABLE schedule (
    card TEXT PRIMARY KEY NOT NULL,
    easiness INTEGER,                                     -- hundredths; null with the next four: never reviewed
    interval_days INTEGER,
    repetitions INTEGER,
    lapses INTEGER,
    due INTEGER,
    suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
    started INTEGER,                                      -- the day of the first review that counted
    latest_day INTEGER,                                   -- the latest live review's
    latest_quality INTEGER,
    CHECK ((easiness IS NULL) = (due IS NULL) AND (easiness IS NULL) = (started IS NULL)),
    CHECK ((latest_day IS NULL) = (latest_quality IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_by_due ON schedule (due);
