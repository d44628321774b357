//! What the columns of a table are: by header lines, by the names in its first row, or by what the learner says.

use super::table::{Directives, Row};
use crate::exchange::refused::Refused;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is asked; a text with gaps, too.
    Question,
    /// What is to be recalled.
    Answer,
    /// An answer to choose from.
    Option,
    /// Which of the answers to choose from is right: its letter, its number or its text.
    Correct,
    /// Tags, with spaces or commas between them.
    Tags,
    /// A topic of one or more words: one tag.
    Topic,
    /// The deck.
    Deck,
    /// What is shown after the answer.
    Why,
    /// Where the fact comes from.
    Source,
    /// What tells the card from all others.
    Guid,
    /// Anki's note type.
    Notetype,
    /// A field of a note beyond the first two.
    Further,
    /// Nothing that is taken.
    Unused,
}

/// The columns that `--columns` can name, as they are written there.
const NAMES: [(&str, Role); 10] = [
    ("question", Role::Question),
    ("answer", Role::Answer),
    ("option", Role::Option),
    ("correct", Role::Correct),
    ("tags", Role::Tags),
    ("deck", Role::Deck),
    ("why", Role::Why),
    ("source", Role::Source),
    ("guid", Role::Guid),
    ("-", Role::Unused),
];

/// Names that columns have, in small letters and without what is no letter or digit.
const KNOWN: [(Role, &[&str]); 11] = [
    (
        Role::Question,
        &[
            "front",
            "frontside",
            "cardfront",
            "question",
            "questions",
            "q",
            "term",
            "prompt",
            "word",
            "ask",
            "text",
            "concept",
            "expression",
            "cue",
            "questiontext",
            "side1",
            "vorderseite",
            "frage",
            "begriff",
            "recto",
            "pregunta",
            "anverso",
            "domanda",
            "fronte",
            "pergunta",
            "frente",
            "вопрос",
            "问题",
            "質問",
        ],
    ),
    (
        Role::Answer,
        &[
            "back",
            "backside",
            "cardback",
            "answer",
            "answers",
            "a",
            "definition",
            "response",
            "meaning",
            "translation",
            "reply",
            "description",
            "answertext",
            "side2",
            "rückseite",
            "antwort",
            "verso",
            "réponse",
            "reponse",
            "respuesta",
            "reverso",
            "risposta",
            "retro",
            "resposta",
            "ответ",
            "答案",
            "回答",
        ],
    ),
    (Role::Correct, &["correct", "correctanswer", "correctoption", "correctchoice", "rightanswer", "key", "solution"]),
    (Role::Tags, &["tags", "tag", "labels", "keywords"]),
    (Role::Topic, &["topic", "topics", "category", "categories", "subject", "section", "chapter", "domain", "unit"]),
    (Role::Deck, &["deck", "deckname"]),
    (
        Role::Why,
        &[
            "why",
            "explanation",
            "explanations",
            "extra",
            "backextra",
            "rationale",
            "note",
            "notes",
            "comment",
            "hint",
            "details",
        ],
    ),
    (Role::Source, &["source", "sources", "reference", "references"]),
    (Role::Guid, &["guid", "uuid", "noteguid"]),
    (Role::Notetype, &["notetype", "model"]),
    (Role::Unused, &["", "id", "no", "number"]),
];

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each column what stands in it.
    pub roles: Vec<Role>,
    /// Whether the first row has their names.
    pub has_names: bool,
}

impl Columns {
    /// The columns with that role, from 0.
    pub fn of(&self, role: Role) -> impl Iterator<Item = usize> {
        self.roles.iter().enumerate().filter(move |(_, is)| **is == role).map(|(column, _)| column)
    }

    /// The first column with that role, from 0.
    pub fn first(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|is| *is == role)
    }

    fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they make cards.
    fn is_enough(&self) -> bool {
        self.has(Role::Question) && (self.has(Role::Answer) || self.has(Role::Correct) && self.has(Role::Option))
    }
}

/// Whether a row has names of columns that make cards.
pub fn is_header(cells: &[String]) -> bool {
    by_names(cells).is_some()
}

/// The columns that these names say, if they make cards.
fn by_names(cells: &[String]) -> Option<Columns> {
    let plain: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    let is_choice = |name: &str| {
        let rest = ["option", "choice", "answer", "distractor"].iter().find_map(|word| name.strip_prefix(word));
        rest.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    // A quiz may call its answers a, b, c, d.
    let has_letters = ["a", "b", "c"].iter().all(|letter| plain.iter().any(|name| name == letter));
    let is_letter = |name: &str| has_letters && name.len() == 1 && ("a"..="h").contains(&name);
    let mut columns = Columns { roles: Vec::new(), has_names: true };
    for name in &plain {
        let known = || KNOWN.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(role, _)| *role);
        let role = if is_choice(name) || is_letter(name) { Role::Option } else { known().unwrap_or(Role::Unused) };
        // The first column of a kind is it, but for those of which there may be more.
        let is_one = !matches!(role, Role::Option | Role::Tags | Role::Topic | Role::Why | Role::Unused);
        columns.roles.push(if is_one && columns.has(role) { Role::Unused } else { role });
    }
    let options = columns.of(Role::Option).count();
    if options < 2 {
        columns.roles.iter_mut().filter(|role| **role == Role::Option).for_each(|role| *role = Role::Unused);
    } else if !columns.has(Role::Correct) {
        // Beside answers to choose from, the answer says which.
        columns.roles.iter_mut().filter(|role| **role == Role::Answer).for_each(|role| *role = Role::Correct);
    }
    // Of a solution or a key without answers to choose from, it is the answer.
    if options < 2 && !columns.has(Role::Answer) {
        columns.roles.iter_mut().filter(|role| **role == Role::Correct).for_each(|role| *role = Role::Answer);
    }
    // An explanation or a note is the answer where there is no other.
    let why = columns.first(Role::Why);
    if let Some(why) = why.filter(|_| !columns.is_enough()) {
        columns.roles[why] = Role::Answer;
    }
    let is_question = |cell: &String| cell.trim_end().ends_with(['?', '.', '!']) || cell.chars().count() > 40;
    (columns.is_enough() && !cells.iter().any(is_question)).then_some(columns)
}

/// A name in small letters, without what is no letter or digit.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the columns of these rows are.
///
/// # Errors
/// It cannot be told, or what was said of them does not fit.
pub fn find(
    rows: &[Row],
    directives: Option<&Directives>,
    separator: char,
    said: Option<&str>,
) -> Result<Columns, Refused> {
    let count = super::table::usual(rows.iter().map(|row| row.cells.len())).unwrap_or(0);
    let first = rows.first().map_or(&[] as &[String], |row| &row.cells);
    if let Some(said) = said {
        return by_what_is_said(said, rows, count);
    }
    if let Some(directives) = directives {
        let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        return by_directives(directives, widest, separator);
    }
    if let Some(columns) = by_names(first) {
        return Ok(columns);
    }
    match count {
        0 | 1 => Err(Refused::new(format!(
            "it has one column, and a card needs two: a question and an answer. Put a comma, a tab, a semicolon or a vertical bar \
             between them (line {})",
            rows.first().map_or(1, |row| row.line)
        ))),
        2 => Ok(Columns { roles: vec![Role::Question, Role::Answer], has_names: seems_named(rows) }),
        _ => {
            let cells: Vec<String> = first.iter().take(8).map(|cell| format!("'{}'", shortened(cell))).collect();
            let more = if first.len() > 8 { format!(" and {} more", first.len() - 8) } else { String::new() };
            let name = |at: usize| first.get(at).map_or("", |cell| cell.trim());
            let is_name =
                |name: &str| !name.is_empty() && name.chars().count() <= 40 && !name.contains([',', '=', '"', '\n']);
            let by_name = match is_name(name(0)) && is_name(name(1)) {
                true => format!(", or by name: --columns 'question={},answer={}'", name(0), name(1)),
                false => String::new(),
            };
            Err(Refused::new(format!(
                "which of its {count} columns are question and answer? The first row has {}{more}. Say it in order, such as \
                 --columns question,answer,tags, with a - for what is not taken{by_name}",
                cells.join(", ")
            )))
        }
    }
}

fn shortened(cell: &str) -> String {
    let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if cell.chars().count() <= 30 { cell } else { cell.chars().take(29).chain(['…']).collect() }
}

fn role(name: &str) -> Result<Role, Refused> {
    let plain = plain(name);
    let named = NAMES.iter().find(|(known, _)| *known == name.trim().to_lowercase());
    let known = || KNOWN.iter().find(|(_, names)| !plain.is_empty() && names.contains(&plain.as_str()));
    named
        .map(|(_, role)| *role)
        .or_else(|| known().map(|(role, _)| *role))
        .or(name.trim().is_empty().then_some(Role::Unused))
        .ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            Refused::new(format!("--columns: '{}' is not one of {}", name.trim(), names.join(", ")))
        })
}

fn by_what_is_said(said: &str, rows: &[Row], count: usize) -> Result<Columns, Refused> {
    let first = rows.first().map_or(&[] as &[String], |row| &row.cells);
    let parts: Vec<&str> = said.split(',').collect();
    let columns = if said.contains('=') {
        let mut roles = vec![Role::Unused; first.len()];
        for part in parts {
            let Some((is, name)) = part.split_once('=') else {
                return Err(Refused::new(format!("--columns: '{part}' has no =, as in question={part}")));
            };
            let at = first.iter().position(|cell| {
                plain(cell) == plain(name) && cell.trim().to_lowercase() == name.trim().to_lowercase()
            });
            let Some(at) = at else {
                let names: Vec<&str> = first.iter().map(|cell| cell.trim()).collect();
                return Err(Refused::new(format!(
                    "--columns: no column is called '{name}'; there are {}",
                    names.join(", ")
                )));
            };
            roles[at] = role(is)?;
        }
        Columns { roles, has_names: true }
    } else {
        let mut roles = parts.into_iter().map(role).collect::<Result<Vec<_>, _>>()?;
        if roles.len() > count {
            return Err(Refused::new(format!("--columns names {} columns, and the rows have {count}", roles.len())));
        }
        roles.resize(count, Role::Unused);
        let has_names = is_header(first) || is_named_so(first, &roles) || seems_named(rows);
        Columns { roles, has_names }
    };
    match columns.is_enough() {
        true => Ok(columns),
        false => Err(Refused::new("--columns must name a question and an answer, or options and which is correct")),
    }
}

/// Whether the first row has for each column that is taken a name of what it was said to be.
fn is_named_so(first: &[String], roles: &[Role]) -> bool {
    let is_it = |(cell, role): (&String, &Role)| {
        let plain = plain(cell);
        *role == Role::Unused || KNOWN.iter().any(|(known, names)| known == role && names.contains(&plain.as_str()))
    };
    first.iter().zip(roles).all(is_it)
}

/// How many rows after the first must speak against it.
const LEAST_ROWS: usize = 5;

/// Whether a first row of unknown words names columns: most of its cells are written otherwise than those below.
fn seems_named(rows: &[Row]) -> bool {
    let Some((first, below)) = rows.split_first().filter(|(_, below)| below.len() >= LEAST_ROWS) else { return false };
    let begins = |cell: &str| cell.trim().chars().next().map(|c| (c.is_uppercase(), c.is_alphabetic()));
    let is_word = |cell: &str| {
        cell.chars().count() <= 30 && !cell.contains(['?', '.', '!', '\n']) && cell.split_whitespace().count() <= 3
    };
    let differs = |(column, cell): (usize, &String)| {
        let others: Vec<_> = below.iter().filter_map(|row| begins(row.cells.get(column)?)).collect();
        let alike = others.iter().filter(|other| Some(**other) == begins(cell)).count();
        alike * 10 < others.len()
    };
    let differing = first.cells.iter().enumerate().filter(|cell| differs(*cell)).count();
    first.cells.iter().all(|cell| is_word(cell)) && differing * 2 >= first.cells.len() && differing > 0
}

fn by_directives(directives: &Directives, widest: usize, separator: char) -> Result<Columns, Refused> {
    let named: Option<Vec<&str>> = directives.columns.as_ref().map(|names| names.split(separator).collect());
    let mut roles = match &named {
        Some(names) => {
            let owned: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
            by_names(&owned).map_or_else(|| vec![Role::Further; names.len()], |columns| columns.roles)
        }
        None => vec![Role::Further; widest],
    };
    roles.resize(roles.len().max(widest), Role::Further);
    let special = [
        (directives.notetype_column, Role::Notetype),
        (directives.deck_column, Role::Deck),
        (directives.tags_column, Role::Tags),
        (directives.guid_column, Role::Guid),
    ];
    for (column, role) in special {
        if let Some(at) = column.and_then(|column| roles.get_mut(column - 1)) {
            *at = role;
        }
    }
    // What is left are the fields of the note, in order.
    let mut columns = Columns { roles, has_names: false };
    for role in [Role::Question, Role::Answer] {
        if !columns.has(role)
            && let Some(at) = columns.first(Role::Further)
        {
            columns.roles[at] = role;
        }
    }
    match columns.is_enough() {
        true => Ok(columns),
        false => Err(Refused::new(format!(
            "its rows have {widest} columns, and no two of them are left for a question and an answer: look at its header lines"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::csv::table;

    /// The columns of a text as letters: the first of each role's name, `.` for an unused one, in capitals under a header.
    fn columns(text: &str, said: Option<&str>) -> Result<String, String> {
        let table = table::read(text, &is_header).map_err(|error| error.0)?;
        let found = find(&table.rows, table.directives.as_ref(), table.separator, said).map_err(|error| error.0)?;
        let letter = |role: &Role| match role {
            Role::Unused => '.',
            role => format!("{role:?}").to_lowercase().chars().next().unwrap(),
        };
        let letters: String = found.roles.iter().map(letter).collect();
        Ok(if found.has_names { letters.to_uppercase() } else { letters })
    }

    #[test]
    fn columns_are_known_by_their_names_or_by_what_is_said() {
        let places = "country,capital,capital:de\nEngland,London,London\nFrance,Paris,Paris\nItaly,Rome,Rom\nSpain,Madrid,Madrid\n\
                      Norway,Oslo,Oslo\n";
        let cases = [
            ("two columns", "a,b\nc,d\n", None, Ok("qa")),
            ("names", "Question,ANSWER,Tags\na,b,c\n", None, Ok("QAT")),
            ("other names", "Term\tDefinition\na\tb\n", None, Ok("QA")),
            ("names in another order", "id,tags,back,front,deck,explanation\n1,t,b,f,d,e\n", None, Ok(".TAQDW")),
            ("an explanation for an answer", "term,explanation\na,b\n", None, Ok("QA")),
            (
                "a choice",
                "Question,OptionA,OptionB,OptionC,CorrectAnswer,Explanation\nq,1,2,3,A,e\n",
                None,
                Ok("QOOOCW"),
            ),
            ("a choice of letters", "question,a,b,c,d,answer\nq,1,2,3,4,c\n", None, Ok("QOOOOC")),
            ("q and a", "q,a\nb,c\n", None, Ok("QA")),
            ("a question of such words", "What is a term?,A definition.\nb,c\n", None, Ok("qa")),
            ("said in order", "a,b,c\nd,e,f\n", Some("question,-,answer"), Ok("q.a")),
            ("said in order beside names", places, Some("question,answer"), Ok("QA.")),
            ("said by name", places, Some("question=country,answer=capital:de"), Ok("Q.A")),
            ("said with a tag", "a,b,c\nd,e,f\n", Some("tags, Front ,Back"), Ok("tqa")),
            ("unknown names", places, None, Err("--columns 'question=country,answer=capital'")),
            ("three without names", "a?,\"b, c\",d\ne,f,g\n", None, Err("which of its 3 columns")),
            ("a word that is no role", "a,b\n", Some("question,back,xyz"), Err("'xyz' is not one of")),
            ("too many", "a,b\n", Some("question,answer,tags"), Err("names 3 columns, and the rows have 2")),
            ("no answer", "a,b\n", Some("question,tags"), Err("must name a question and an answer")),
            (
                "no such name",
                places,
                Some("question=land,answer=capital"),
                Err("no column is called 'land'; there are country"),
            ),
            (
                "header lines",
                "#separator:tab\n#guid column:1\n#deck column:3\n#tags column:6\ng\tn\td\tq\ta\tt\n",
                None,
                Ok("gqdaft"),
            ),
            ("columns in a header line", "#separator:Comma\n#columns:Back,Front\na,b\n", None, Ok("aq")),
            ("one column", "#separator:tab\na\nb\n", None, Err("no two of them are left")),
            ("small letters over capitals", "kanji,english\nA,B\nC,D\nE,F\nG,H\nI,J\n", None, Ok("QA")),
            ("vocabulary", "dog,Hund\ncat,Katze\nox,Ochse\ncow,Kuh\nhen,Huhn\nelk,Elch\n", None, Ok("qa")),
        ];
        for (name, text, said, expected) in cases {
            match (columns(text, said), expected) {
                (Ok(columns), Ok(expected)) => assert_eq!(columns, expected, "{name}"),
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{name}: {error}"),
                (found, _) => panic!("{name}: {found:?}"),
            }
        }
    }
}
