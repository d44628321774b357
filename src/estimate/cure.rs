//! Which card teaches what a wrong turn gets wrong.

/// The cards of the embedded decks that teach what the general wrong turns get wrong.
const CURES: [(&str, &str); 10] = [
    ("bits-for-bytes", "conversions/bits-in-a-byte"),
    ("prefix", "conversions/million-times-a-kilobyte"),
    ("binary-prefix", "conversions/gib-over-gb"),
    ("minutes", "conversions/seconds-in-an-hour"),
    ("hours", "conversions/seconds-in-an-hour"),
    ("days", "conversions/seconds-in-a-day"),
    ("hours-of-a-day", "conversions/minutes-in-a-day"),
    ("days-of-a-year", "conversions/hours-in-a-year"),
    ("peak-left-out", "conversions/peak-factor"),
    ("replicas-left-out", "conversions/storage-a-year"),
];

/// The card that teaches what a wrong turn gets wrong, where there is one for it.
pub fn cure(slip: &str) -> Option<&'static str> {
    CURES.iter().find(|(name, _)| *name == slip).map(|(_, card)| *card)
}
