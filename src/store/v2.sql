-- A card can be marked as one to come back to.
ALTER TABLE schedule ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1));

-- The parameters of the memory model as they were last fitted to the log: they can be dropped and fitted again.
CREATE TABLE fitted (
    reviews INTEGER NOT NULL,                             -- live reviews that they were fitted to
    parameters TEXT NOT NULL                              -- JSON: the numbers in their published order
) STRICT;

CREATE INDEX review_by_day ON review (day);

-- A checksum over each row of the log, made when it is written: damage that SQLite cannot see is found. Null where an
-- earlier version wrote the row.
ALTER TABLE review ADD COLUMN sum INTEGER;
ALTER TABLE retraction ADD COLUMN sum INTEGER;
ALTER TABLE mark ADD COLUMN sum INTEGER;
