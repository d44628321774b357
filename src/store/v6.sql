-- Part of the index of the decks: what a card of a Markdown file answers, by which it is known in other words. The index is
-- made anew.
ALTER TABLE card ADD COLUMN answer_hash INTEGER;
-- The last that was known of cards of Markdown files that no deck has any more and the log does. Of a file that is broken or
-- gone all its cards, for between which others a card stood says which one it is.
CREATE TABLE card_former (
    name TEXT PRIMARY KEY NOT NULL,
    path TEXT NOT NULL,                                   -- its deck's
    place INTEGER NOT NULL,                               -- among those of its deck
    prompt TEXT NOT NULL,
    answer_hash INTEGER
) STRICT, WITHOUT ROWID;
