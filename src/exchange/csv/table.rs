//! From the text of a table to its rows: the header lines of Anki, the separator, the quotes.

use crate::exchange::refused::Refused;
use csv::{ReaderBuilder, StringRecord};
use std::borrow::Cow;

/// No table with cards has more rows.
const MOST_ROWS: usize = 250_000;
/// No table with cards has more columns.
const MOST_COLUMNS: usize = 500;
/// No line of such a table is longer, in bytes.
const LONGEST_LINE: usize = 1 << 20;
/// A separator is chosen by so many bytes at the start.
const SAMPLE: usize = 64 << 10;
/// What is tried where no header line names the separator. Of two that fit equally, the first is taken.
const SEPARATORS: [(u8, &str); 4] = [(b'\t', "tab"), (b';', "semicolon"), (b',', "comma"), (b'|', "vertical bar")];
/// At least such a part of the rows has the same number of columns.
const LEAST_EVEN: f64 = 0.8;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What stands in its columns.
    pub cells: Vec<String>,
}

/// What a text is as a table.
#[derive(Debug)]
pub struct Table {
    /// What Anki's header lines say; none where there are none.
    pub directives: Option<Directives>,
    /// What stands between two columns.
    pub separator: char,
    /// Its rows. Empty lines are none.
    pub rows: Vec<Row>,
    /// Lines that are comments, as in a file with header lines each that begins with `#` is.
    pub comments: usize,
}

/// What Anki's header lines, `#key:value`, say of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directives {
    separator: Option<u8>,
    /// Lines among them that begin with `#` and say nothing.
    comments: usize,
    /// Whether the cells are HTML.
    pub html: Option<bool>,
    /// Tags of all rows.
    pub tags: Vec<String>,
    /// The names of the columns, as they stand there.
    pub columns: Option<String>,
    /// The note type of all rows.
    pub notetype: Option<String>,
    /// The deck of all rows.
    pub deck: Option<String>,
    /// The columns, from 1, that say something of a row.
    pub notetype_column: Option<usize>,
    /// See `notetype_column`.
    pub deck_column: Option<usize>,
    /// See `notetype_column`.
    pub tags_column: Option<usize>,
    /// See `notetype_column`.
    pub guid_column: Option<usize>,
}

impl Directives {
    /// Takes the header lines off a text, and comments among them. Says how many lines that were.
    fn take(text: &str) -> Result<(Option<Self>, &str, usize), Refused> {
        let mut found = Self::default();
        let (mut rest, mut lines, mut is_any) = (text, 0, false);
        while !rest.is_empty() {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let said = match line.strip_prefix('#') {
                Some(said) => said,
                None if lines == 0 && line.starts_with("tags:") => line,
                None => break,
            };
            lines += 1;
            let is_known =
                said.split_once(':').map_or(Ok(false), |(key, value)| found.read(lines, key, value.trim()))?;
            found.comments += usize::from(!is_known);
            is_any |= is_known;
            rest = after;
        }
        // Without a header line a `#` begins no comment: it may be a question about C#.
        Ok(if is_any { (Some(found), rest, lines) } else { (None, text, 0) })
    }

    /// Reads a header line; false for one that is none.
    fn read(&mut self, line: usize, key: &str, value: &str) -> Result<bool, Refused> {
        let column = || {
            let column = value.parse().ok().filter(|column| (1..=MOST_COLUMNS).contains(column));
            column
                .map(Some)
                .ok_or_else(|| Refused::new(format!("line {line}: '{value}' is no number of a column, from 1")))
        };
        match key.trim().to_ascii_lowercase().as_str() {
            "separator" => self.separator = Some(separator(line, value)?),
            "html" => self.html = Some(value.eq_ignore_ascii_case("true")),
            "tags" => self.tags = value.split_whitespace().map(str::to_owned).collect(),
            "columns" => self.columns = Some(value.to_owned()),
            "notetype" => self.notetype = Some(value.to_owned()),
            "deck" => self.deck = Some(value.to_owned()),
            "notetype column" => self.notetype_column = column()?,
            "deck column" => self.deck_column = column()?,
            "tags column" => self.tags_column = column()?,
            "guid column" => self.guid_column = column()?,
            "if matches" | "match scope" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The separator that `sep=;` says.
fn separator_of_excel(line: &str) -> Option<u8> {
    let sign = line.trim_matches('"').strip_prefix("sep=")?;
    SEPARATORS.iter().map(|(separator, _)| *separator).find(|separator| sign.as_bytes() == [*separator])
}

fn separator(line: usize, value: &str) -> Result<u8, Refused> {
    let named = match value.to_ascii_lowercase().as_str() {
        "comma" => b',',
        "semicolon" => b';',
        "tab" | "\\t" | "" => b'\t',
        "space" => b' ',
        "pipe" => b'|',
        "colon" => b':',
        _ => match value.as_bytes() {
            [character] if character.is_ascii_punctuation() && *character != b'"' => *character,
            _ => {
                return Err(Refused::new(format!(
                    "line {line}: the separator '{value}' is not one of comma, semicolon, tab, space, pipe, colon, nor one \
                     such character"
                )));
            }
        },
    };
    Ok(named)
}

/// The text as a table. `is_header` tells whether a first row names columns.
///
/// # Errors
/// No separator can be told, a quote takes in lines, or there is too much.
pub fn read(text: &str, is_header: &dyn Fn(&[String]) -> bool) -> Result<Table, Refused> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if let Some(long) = text.lines().position(|line| line.len() > LONGEST_LINE) {
        return Err(Refused::new(format!("line {} is longer than {} MB", long + 1, LONGEST_LINE >> 20)));
    }
    // Excel is told the separator at the top of a file.
    let (excel, text, first) =
        match text.split_once('\n').and_then(|(line, rest)| Some((separator_of_excel(line)?, rest))) {
            Some((separator, rest)) => (Some(separator), rest, 1),
            None => (None, text.as_str(), 0),
        };
    let (directives, rest, lines) = Directives::take(text)?;
    let lines = lines + first;
    if rest.trim().is_empty() {
        let nothing = if lines == 0 { "it is empty" } else { "it has header lines and no rows" };
        return Err(Refused::new(nothing));
    }
    let has_comments = directives.is_some();
    let said = directives.as_ref().and_then(|directives| directives.separator).or(excel);
    let separator = said.map_or_else(|| guess(rest, has_comments, is_header), Ok)?;
    let rest = &quotes_at_once(rest, separator);
    let records = Records { text: rest, separator, has_comments };
    let rows = records.rows(lines + 1)?;
    let comments = directives
        .as_ref()
        .map_or(0, |directives| directives.comments + rest.lines().filter(|line| line.starts_with('#')).count());
    Ok(Table { directives, separator: separator.into(), rows, comments })
}

/// A text whose quoted cells have no spaces around their quotes: some write `a, "b, c"`.
fn quotes_at_once(text: &str, separator: u8) -> Cow<'_, str> {
    let spaced = [format!("{} ", char::from(separator)), "\" ".to_owned()];
    if !text.contains('"') || !spaced.iter().any(|sign| text.contains(sign)) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes.get(at).is_none_or(|byte| *byte == separator || *byte == b'\n');
    let past_spaces = |at: usize| at + bytes[at..].iter().take_while(|byte| **byte == b' ').count();
    let (mut plain, mut at) = (String::with_capacity(text.len()), 0);
    while at < bytes.len() {
        // Here a cell begins.
        let begins = past_spaces(at);
        let close = if bytes.get(begins) == Some(&b'"') { closing_quote(bytes, begins) } else { None };
        let whole = close.map(|close| (close, past_spaces(close + 1))).filter(|(close, after)| {
            // One that has spaces before it and goes on over lines may be none.
            ends(*after) && (begins == at || !text[begins..*close].contains('\n'))
        });
        let next = match whole {
            Some((close, after)) => {
                plain += &text[begins..=close];
                after
            }
            None => {
                let length = bytes[at..].iter().position(|byte| *byte == separator || *byte == b'\n');
                let end = length.map_or(bytes.len(), |length| at + length);
                plain += &text[at..end];
                end
            }
        };
        plain += text.get(next..next + 1).unwrap_or_default();
        at = next + 1;
    }
    Cow::Owned(plain)
}

/// The separator that gives the rows the same number of columns.
fn guess(text: &str, has_comments: bool, is_header: &dyn Fn(&[String]) -> bool) -> Result<u8, Refused> {
    let cut = if text.len() <= SAMPLE {
        text.len()
    } else {
        text[..text.floor_char_boundary(SAMPLE)].rfind('\n').unwrap_or(0)
    };
    let sample = if cut == 0 { text } else { &text[..cut] };
    let mut best: Option<(f64, f64, u8)> = None;
    for (separator, _) in SEPARATORS {
        let sample = &quotes_at_once(sample, separator);
        let counts = Records { text: sample, separator, has_comments }.counts(is_header);
        let even = counts.even();
        if even >= LEAST_EVEN && best.is_none_or(|(most, spaced, _)| (even, -counts.spaced) > (most, -spaced)) {
            best = Some((even, counts.spaced, separator));
        }
    }
    let rows = sample.lines().filter(|line| !line.trim().is_empty());
    best.map(|(_, _, separator)| separator).ok_or_else(|| {
        let tried: Vec<&str> = SEPARATORS.iter().map(|(_, name)| *name).collect();
        Refused::new(format!(
            "its {} have no columns that can be told: neither {} stands equally often in each. Put texts with a separator in \
             them in quotes, or name it in a first line, such as #separator:comma",
            crate::shown::count(rows.count(), "line"),
            tried.join(" nor ")
        ))
    })
}

/// How many columns a separator gives.
struct Counts {
    columns: Vec<usize>,
    /// The part of the separators that a space follows, as it follows a comma in prose.
    spaced: f64,
    has_header: bool,
}

impl Counts {
    /// The part of the rows that has the number of columns which most have.
    fn even(&self) -> f64 {
        let Some(columns) = usual(self.columns.iter().copied().filter(|columns| *columns > 1)) else { return 0.0 };
        let rows = self.columns.len() as f64;
        let share = |fits: &dyn Fn(usize) -> bool| self.columns.iter().filter(|c| fits(**c)).count() as f64 / rows;
        match self.has_header {
            // Names of columns are more than chance.
            true => 1.0 + share(&|c| c == columns),
            // A term and a definition with more separators in it, in every row, is a table too.
            false => share(&|c| c == columns).max(if share(&|c| c > 1) == 1.0 { LEAST_EVEN } else { 0.0 }),
        }
    }
}

/// The number that is there most often; the smaller of two.
pub fn usual(numbers: impl Iterator<Item = usize>) -> Option<usize> {
    let mut times = std::collections::BTreeMap::new();
    numbers.for_each(|number| *times.entry(number).or_insert(0_usize) += 1);
    times.into_iter().rev().max_by_key(|(_, times)| *times).map(|(number, _)| number)
}

/// A text, cut into rows at a separator.
struct Records<'a> {
    text: &'a str,
    separator: u8,
    has_comments: bool,
}

impl Records<'_> {
    /// Hands each record over: its cells as the reader has them, and the bytes that it stands in.
    fn each<E>(&self, take: &mut dyn FnMut(&StringRecord, usize, &str) -> Result<(), E>) -> Result<(), E> {
        let mut reader = ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(self.separator);
        reader.comment(self.has_comments.then_some(b'#'));
        let mut reader = reader.from_reader(self.text.as_bytes());
        let mut record = StringRecord::new();
        let mut start = 0;
        // The text is UTF-8 and rows may be of any length, so that nothing can go wrong.
        while reader.read_record(&mut record).unwrap_or(false) {
            let end = usize::try_from(reader.position().byte()).unwrap_or(self.text.len()).min(self.text.len());
            // The reader passes over empty lines and comments before a record.
            while let Some(line) = self.text[start..end].split_inclusive('\n').next()
                && (line == "\n" || self.has_comments && line.starts_with('#'))
            {
                start += line.len();
            }
            take(&record, start, self.text[start..end].trim_end_matches('\n'))?;
            start = end;
        }
        Ok(())
    }

    fn counts(&self, is_header: &dyn Fn(&[String]) -> bool) -> Counts {
        let mut counts = Counts { columns: Vec::new(), spaced: 0.0, has_header: false };
        let (mut separators, mut spaced) = (0_usize, 0_usize);
        let separator = char::from(self.separator);
        let counted = self.each::<()>(&mut |record, _, raw| {
            if counts.columns.is_empty() {
                counts.has_header = is_header(&cells(record));
            }
            counts.columns.push(record.len());
            separators += raw.matches(separator).count();
            spaced += raw.matches(&[separator, ' '].iter().collect::<String>()).count();
            Ok(())
        });
        debug_assert!(counted.is_ok());
        counts.spaced = spaced as f64 / separators.max(1) as f64;
        counts
    }

    /// The rows, the first of which stands on this line or below.
    fn rows(&self, first_line: usize) -> Result<Vec<Row>, Refused> {
        let mut rows: Vec<Row> = Vec::new();
        let (mut line, mut counted) = (first_line, 0);
        self.each(&mut |record, start, raw| {
            line += self.text[counted..start].matches('\n').count();
            counted = start;
            if record.len() > MOST_COLUMNS {
                return Err(Refused::new(format!("line {line} has {} columns, more than {MOST_COLUMNS}", record.len())));
            }
            if rows.len() == MOST_ROWS {
                return Err(Refused::new(format!("line {line}: it has more than {MOST_ROWS} rows")));
            }
            let cells = match self.quotes(raw, rows.last().map_or(0, |row| row.cells.len())) {
                Quotes::Sound => cells(record),
                // A quote that does not end its cell is a character like any other, as long as it stays on its line.
                Quotes::Literal => raw.split(char::from(self.separator)).map(str::to_owned).collect(),
                Quotes::Swallowing { at } => {
                    let line = line + raw[..at].matches('\n').count();
                    let taken = match raw[at..].matches('\n').count() {
                        0 => "and is not closed".to_owned(),
                        lines => format!("and takes in {} after it", crate::shown::count(lines, "line")),
                    };
                    return Err(Refused::new(format!(
                        "line {line}: a quote opens a cell {taken}. Close it, or, in a quoted text, write it twice (\"\"), or take \
                         it away"
                    )));
                }
            };
            rows.push(Row { line, cells });
            Ok(())
        })?;
        Ok(rows)
    }

    /// How the quotes of a record stand; the record before it had so many columns.
    fn quotes(&self, raw: &str, columns_before: usize) -> Quotes {
        if !raw.contains('"') {
            return Quotes::Sound;
        }
        let is_one_line = !raw.contains('\n');
        let (bytes, mut at) = (raw.as_bytes(), 0);
        while at < bytes.len() {
            if bytes[at] != b'"' {
                // An open cell ends at its separator.
                at = bytes[at..]
                    .iter()
                    .position(|byte| *byte == self.separator)
                    .map_or(bytes.len(), |next| at + next + 1);
                continue;
            }
            let Some(close) = closing_quote(bytes, at) else { return Quotes::Swallowing { at } };
            let follows = bytes.get(close + 1);
            if follows.is_some_and(|byte| *byte != self.separator) {
                return if is_one_line { Quotes::Literal } else { Quotes::Swallowing { at } };
            }
            if self.is_made_of_rows(&raw[at..=close], columns_before) {
                return Quotes::Swallowing { at };
            }
            at = close + 2;
        }
        Quotes::Sound
    }

    /// Whether a quoted cell looks like rows of their own, so that its quotes are strays.
    fn is_made_of_rows(&self, cell: &str, columns: usize) -> bool {
        let separator = char::from(self.separator);
        let lines: Vec<&str> = cell.split('\n').collect();
        let whole = lines.get(1..lines.len().saturating_sub(1)).unwrap_or(&[]);
        columns > 1
            && lines[0].contains(separator)
            && !whole.is_empty()
            && whole.iter().all(|line| line.matches(separator).count() + 1 == columns)
    }
}

enum Quotes {
    Sound,
    Literal,
    Swallowing { at: usize },
}

/// The quote that closes the one at `open`; a doubled one does not.
fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn cells(record: &StringRecord) -> Vec<String> {
    record.iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
        let table = read(text, &|cells| cells.len() > 1 && cells[0] == "front" && cells[1] == "back");
        table.map(|table| table.rows.into_iter().map(|row| (row.line, row.cells)).collect()).map_err(|error| error.0)
    }

    /// A text, and its rows: each with its line, cells with bars between them.
    type Case = (&'static str, &'static str, &'static [(usize, &'static str)]);

    #[test]
    fn rows_are_told_by_what_makes_them_even() {
        let cases: [Case; 18] = [
            ("commas", "a,b\nc,d\n", &[(1, "a|b"), (2, "c|d")]),
            ("a tab in a comma's file", "q one,a\tb\nq two,c\n", &[(1, "q one|a\tb"), (2, "q two|c")]),
            ("commas in a tab's file", "a, b\tc, d\ne, f\tg, h\n", &[(1, "a, b|c, d"), (2, "e, f|g, h")]),
            ("decimal commas", "0,5 ms;L1\n1,5 ms;L2\n", &[(1, "0,5 ms|L1"), (2, "1,5 ms|L2")]),
            ("a header", "front;back\na, b;c\nd, e;f, g\n", &[(1, "front|back"), (2, "a, b|c"), (3, "d, e|f, g")]),
            ("more tabs in some", "a\tb\nc\td\te\n", &[(1, "a|b"), (2, "c|d|e")]),
            ("quotes", "\"a \"\"x\"\"\",\"b\nc\"\nd,e\n", &[(1, "a \"x\"|b\nc"), (3, "d|e")]),
            ("a stray quote", "he said \"hi\tyes\n\"a\" b\tc\n", &[(1, "he said \"hi|yes"), (2, "\"a\" b|c")]),
            ("empty lines and CR LF", "\r\n\r\na,b\r\n\r\nc,d", &[(3, "a|b"), (5, "c|d")]),
            (
                "a sharp without a header",
                "#define,a macro\nC#,a language\n",
                &[(1, "#define|a macro"), (2, "C#|a language")],
            ),
            ("comments", "#separator:tab\n#no\tx\n\"#yes\"\ty\n#no\n\na\tb\n", &[(3, "#yes|y"), (6, "a|b")]),
            ("a named separator", "#separator:Colon\na:b, c\n", &[(2, "a|b, c")]),
            ("code in quotes", "front,back\nx,\"f(a,b)\n  g(c)\n\"\n", &[(1, "front|back"), (2, "x|f(a,b)\n  g(c)\n")]),
            (
                "spaces around quotes",
                "front, back\nx, \"a, b\" \n\"c, d\" , \"say \"\"hi\"\"\"\ne, plain\n",
                &[(1, "front| back"), (2, "x|a, b"), (3, "c, d|say \"hi\""), (4, "e| plain")],
            ),
            (
                "a quoted word after a comma",
                "front,back\nx, \"a\" and b\ny,\"c\"\n",
                &[(1, "front|back"), (2, "x| \"a\" and b"), (3, "y|c")],
            ),
            (
                "spaces before a quote over lines",
                "front,back\nx, \"a\ny,b\"\n",
                &[(1, "front|back"), (2, "x| \"a"), (3, "y|b\"")],
            ),
            ("bars", "a|b\nc|d\n", &[(1, "a|b"), (2, "c|d")]),
            ("old tags", "tags: x y\na\tb\n", &[(2, "a|b")]),
        ];
        for (name, text, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(line, cells)| (*line, cells.split('|').map(str::to_owned).collect())).collect();
            assert_eq!(rows(text), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_would_be_read_wrongly_is_refused_with_its_line() {
        let many = "a,".repeat(600);
        let cases = [
            ("nothing", "", "it is empty"),
            ("blank", " \n\n", "it is empty"),
            ("header lines alone", "#separator:tab\n", "no rows"),
            ("prose", "It is a day.\nNobody, as I said, knows, why\nit is, so\n", "no columns that can be told"),
            (
                "an open quote",
                "#separator:tab\nq\ta\n\"open\tnever closed\nnext\trow\n",
                "line 3: a quote opens a cell and takes in 1 line",
            ),
            ("one at the end", "a,b\nc,\"d", "line 2: a quote opens a cell and is not closed"),
            (
                "two strays",
                "a\tb\n\"c\td\ne\tf\ng\th\n\"i\" j\tk\n",
                "line 2: a quote opens a cell and takes in 3 lines",
            ),
            ("strays that fit", "a\tb\n\"c\td\ne\tf\ng \"\th\n", "line 2: a quote opens a cell and takes in 2 lines"),
            ("many columns", &many, "line 1 has 601 columns"),
            ("a separator of words", "#separator:words\na\n", "line 1: the separator 'words'"),
            ("a column that is none", "#guid column:x\na\tb\n", "line 1: 'x' is no number of a column"),
        ];
        for (name, text, expected) in cases {
            let error = rows(text).unwrap_err();
            assert!(error.contains(expected), "{name}: {error}");
        }
    }
}
