-- Where this file is synced to, and how far: one row of JSON. It is this computer's, and no part of the log.
CREATE TABLE sync (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    state TEXT NOT NULL
) STRICT;
-- Lines of newer versions that came by a sync, to be passed on as they are; and what takes back a review that has not come.
CREATE TABLE sync_line (
    key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 16),
    line BLOB NOT NULL
) STRICT, WITHOUT ROWID;
