-- What was done on a day is read from an index alone.
DROP INDEX review_by_day;
CREATE INDEX review_by_day ON review (day, card, at, id, quality, kind, took_ms);
-- Typed numbers, with how far off they were and the wrong turn that was taken.
CREATE INDEX review_typed ON review (day, card, ratio, slip, quality, id) WHERE ratio IS NOT NULL;
-- Answers with how sure the learner was.
CREATE INDEX review_sure ON review (day, card, confidence, quality, id) WHERE confidence IS NOT NULL;

-- As before, with the answers by the days since the one before. Made of the log: it is made again.
DROP TABLE trace;
CREATE TABLE trace (
    card TEXT PRIMARY KEY NOT NULL,
    reviews INTEGER NOT NULL CHECK (reviews > 0),         -- live ones
    met INTEGER NOT NULL,                                 -- the day of the first of them
    latest_day INTEGER NOT NULL,                          -- the last day of any of them
    stability_days REAL NOT NULL CHECK (stability_days > 0), -- from that day until the chance of recall is 0.9
    difficulty REAL NOT NULL CHECK (difficulty BETWEEN 1 AND 10),
    -- Answers on a later day than those of all before; how many recalled; and how many recalls were predicted. In four
    -- bins by the chance that was predicted, then in six by the days since the answer before.
    answered BLOB NOT NULL CHECK (length(answered) = 160)
) STRICT, WITHOUT ROWID;
DELETE FROM trace_model;
