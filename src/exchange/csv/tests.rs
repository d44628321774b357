use super::*;

fn read(text: &str, columns: Option<&str>) -> Result<Incoming, String> {
    let html = |html: &str| Converted {
        text: if html.is_empty() { String::new() } else { format!("md({html})") },
        pictures: html.contains("<img").then(|| "a.png".to_owned()).into_iter().collect(),
        ..Converted::default()
    };
    super::read(text, &Reading { name: "cards", columns, header: false, html: &html }).map_err(|error| error.0)
}

/// A card in one line: deck, question, answer, why, tags.
fn shown(card: &IncomingCard) -> String {
    let body = match &card.body {
        DraftBody::Recall { ask, answer } => format!("{ask} => {answer}"),
        DraftBody::Cloze { text } => format!("cloze {text}"),
        other => format!("{other:?}"),
    };
    let deck = card.deck.as_ref().map(|deck| format!("{deck}: ")).unwrap_or_default();
    let why = card.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let tags: String = card.tags.iter().map(|tag| format!(" #{tag}")).collect();
    format!("{deck}{body}{why}{tags}").replace('\n', "/")
}

/// The name of the case, the file, the cards, what is left out.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CASES: [Case; 20] = [
    (
        "names are no card",
        "front,back\nWhat is p99?,\"99% are faster, 1% slower\"\n",
        &["What is p99? => 99% are faster, 1% slower"],
        &[],
    ),
    (
        "all headers",
        "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n\
         sd-1\tBasic\tSys::A\tQ <b>1</b>\tA 1\tt1 t2\nsd-2\tCloze\tSys::B\t{{c1::x}} y\textra\t\n",
        &["Sys::A: md(Q <b>1</b>) => md(A 1) #t1 #t2", "Sys::B: cloze md({{c1::x}} y) (md(extra))"],
        &[],
    ),
    (
        "semicolons",
        "#separator:semicolon\r\n#tags column:3\r\nQ1;A1;x y\r\nQ2;A2;\r\n",
        &["Q1 => A1 #x #y", "Q2 => A2"],
        &[],
    ),
    (
        "a deck's name",
        "#separator:Comma\n#html:false\n#deck:My Deck\n#notetype:Basic\n#tags:g1 g2\n#columns:Back,Front\nA <1>,\"Q, \"\"one\"\"\nline\"\n",
        &["My Deck: Q, \"one\"/line => A <1> #g1 #g2"],
        &[],
    ),
    ("one question twice", "#separator:tab\nQ\tA1\nQ\tA2\n", &["Q => A1", "Q => A2"], &[]),
    (
        "comments",
        "#separator:tab\n#not a card\tx\n\"#real card\"\ty\n",
        &["#real card => y"],
        &["1 comments: lines that begin with #"],
    ),
    (
        "Quizlet",
        "term 1\tdefinition 1\nterm 2\tdefinition with\ttab\n",
        &["term 1 => definition 1", "term 2 => definition with"],
        &["1 fields beyond those of the other rows (line 2)"],
    ),
    ("a tab in a comma's file", "q one,a\tb\nq two,c\n", &["q one => a\tb", "q two => c"], &[]),
    (
        "reversed",
        "#separator:tab\n#notetype:Basic (and reversed card)\nL1\t0.5 ns\n",
        &["L1 => 0.5 ns", "0.5 ns => L1"],
        &[],
    ),
    (
        "reversed where it is asked",
        "#separator:tab\n#notetype:Basic (optional reversed card)\na\tb\ty\nc\td\t\n",
        &["a => b", "b => a", "c => d"],
        &[],
    ),
    (
        "fields beyond",
        "#separator:tab\n#notetype:Mine\na\tb\tc\n",
        &["a => b"],
        &["1 fields of notes beyond the second (line 3)"],
    ),
    (
        "a choice",
        "Question,OptionA,OptionB,CorrectAnswer,Explanation\nWhich?,one,two,B,because\nWhat?,x,y,\"A,B\",\nWho?,x,y,C,\nHow?,x,y,Y,\n",
        &["Which?//A. one/B. two => B. two (because)", "What?//A. x/B. y => A. x/B. y", "How?//A. x/B. y => B. y"],
        &["1 rows whose correct answer is none of those to choose from (line 4)"],
    ),
    (
        "ragged rows",
        "question,answer\na,b\nc,\n,d\ne,f,g\nh\ni,j,\n,\n",
        &["a => b", "i => j"],
        &[
            "2 rows without an answer (lines 3, 6)",
            "1 rows without a question (line 4)",
            "1 rows with more columns than the others: a text with the separator in it needs quotes (line 5)",
        ],
    ),
    (
        "tags and topics",
        "question,answer,topic,tags\na,b,System design,\"cap theorem, caching\"\nc,d,,x y\n",
        &["a => b #cap-theorem #caching #System-design", "c => d #x #y"],
        &[],
    ),
    ("columns that are not taken", "id,front,back,date\n7,a,b,2020\n", &["a => b"], &["2 columns: id, date"]),
    ("the same row twice", "front,back\na,b\na,b\n", &["a => b"], &["1 rows that are there twice (line 3)"]),
    (
        "gaps without a type",
        "front,back\nThe {{c1::quorum}} rule,W + R > N\n",
        &["cloze The {{c1::quorum}} rule (W + R > N)"],
        &[],
    ),
    (
        "a type with gaps, and none",
        "#separator:tab\n#notetype:Cloze\nno gap\t\n",
        &[],
        &["1 notes of a cloze type without a gap, or with broken ones (line 3)"],
    ),
    (
        "a picture",
        "#separator:tab\n#notetype column:1\nImage Occlusion\tx\ty\n",
        &[],
        &["1 image occlusion cards: their question is a picture (line 3)"],
    ),
    ("decks", "deck,front,back\nCaching,a,b\nQueues,c,d\n", &["Caching: a => b", "Queues: c => d"], &[]),
];

#[test]
fn a_table_gives_its_cards_and_says_what_it_leaves_out() {
    for (name, text, cards, left_out) in CASES {
        let incoming = read(text, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(incoming.cards.iter().map(shown).collect::<Vec<_>>(), cards, "{name}");
        let left: Vec<String> = incoming.left_out.iter().map(|left| format!("{} {}", left.count, left.what)).collect();
        assert_eq!(left, left_out, "{name}");
    }
}

#[test]
fn a_card_is_known_again_by_its_guid_or_its_question() {
    let keys = |text: &str, name: &str| {
        let reading = Reading { name, columns: None, header: false, html: &|_| Converted::default() };
        let incoming = super::read(text, &reading).unwrap();
        incoming.cards.into_iter().map(|card| (incoming.program, card.key)).collect::<Vec<_>>()
    };
    let before = keys("front,back\na,b\nc,d\n", "mine");
    assert_eq!(
        before,
        keys("front,back,tags\na,changed,t\nc,d,\n", "Mine (2)"),
        "an answer was changed, and the file got again"
    );
    let reworded = keys("front,back\nA,b\nc,d\n", "mine");
    assert!(before[0] != reworded[0] && before[1] == reworded[1], "a question was reworded");
    assert!(before[0] != keys("front,back\na,b\n", "other")[0], "another table with the same question");
    let twice = keys("front,back\na,b\na,c\n", "mine");
    assert!(twice[0] == before[0] && twice[1] != twice[0], "{twice:?}");
    let anki = keys("#separator:tab\n#guid column:1\ng1\ta\tb\n", "mine");
    assert_eq!(anki, [("anki", "g1:0".to_owned())]);
    assert_eq!(keys("guid,front,back\ng1,a,b\n", "mine"), [("csv", "g1:0".to_owned())]);
}

#[test]
fn a_table_whose_rows_do_not_fit_its_names_is_refused() {
    let error = read("front,back\na,b,c\nd,e, f\ng,h\n", None).unwrap_err();
    assert!(
        error.contains("2 of its 3 rows have more columns than its first row has names, the first of them on line 2"),
        "{error}"
    );
}
