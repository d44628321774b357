use super::screen::{boxes, event, help};
use super::*;
use crate::session::{ChainPlace, Feedback, Known, Revealed, Score, Skill, SlipName, Sprint, Summary, Table};
use insta::assert_snapshot;

fn show(shown: &Event) -> String {
    console::set_colors_enabled(false);
    let text = event(shown, 60, Shown { revealed: false, typed_at: 8 });
    for line in text.lines() {
        assert!(console::measure_text_width(line) <= 60, "too wide: {line}");
    }
    text.trim_start_matches('\n').to_owned()
}

fn question(form: Form, table: Option<Table>) -> Question {
    Question {
        n: 3,
        card: "latency/memory".to_owned(),
        deck: "latency".to_owned(),
        kind: "number",
        phase: "new",
        prompt: "Reference main memory (DRAM): one random access whose address depends on the one before it?"
            .to_owned(),
        form,
        table,
        remaining: 45,
        elapsed_s: 0.0,
        left_s: Some(751.0),
        flagged: false,
    }
}

fn typed(known: Vec<Known>) -> Form {
    let chain = (!known.is_empty()).then_some(ChainPlace { step: 3, steps: 5, title: None, known });
    Form::Typed { unit: "time".to_owned(), asked_in: "ns".to_owned(), drawing: None, chain }
}

fn feedback() -> Feedback {
    Feedback {
        card: "latency/memory".to_owned(),
        quality: 4,
        correct: true,
        expected: "100 ns".to_owned(),
        given: Some("100".to_owned()),
        ratio: Some(1.0),
        direction: None,
        slip: None,
        note: None,
        working: Vec::new(),
        why: Some("About 200 L1 hits: why pointer chasing loses to sequential scans.".to_owned()),
        source: Some("napkin-math".to_owned()),
        as_of: Some(2026),
        see: Vec::new(),
        review: Some("id".to_owned()),
        replaces: None,
        due: Some("2026-11-27".to_owned()),
        due_in_days: Some(6),
        asked_again: false,
        interval_days: Some(6),
        easiness: Some(2.5),
        repetitions: 2,
        lapses: 0,
        leech: false,
    }
}

fn fan_out(dimension: Option<&str>) -> Table {
    Table {
        title: "Fan-out on write or on read".to_owned(),
        options: vec!["On write (push)".to_owned(), "On read (pull)".to_owned()],
        dimension: dimension.map(str::to_owned),
    }
}

#[test]
fn a_typed_question() {
    assert_snapshot!(show(&Event::Question(&question(typed(Vec::new()), None))), @r"
    latency  number  new                                 3 of 47
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    ");
}

#[test]
fn a_chain_shows_what_is_known() {
    let known = vec![
        Known {
            step: "writes".to_owned(),
            ask: "Links a second?".to_owned(),
            value: "400 QPS".to_owned(),
            truth: Some("38 QPS".to_owned()),
        },
        Known {
            step: "peak_reads".to_owned(),
            ask: "Redirects a second at a peak of 3x?".to_owned(),
            value: "120k QPS".to_owned(),
            truth: None,
        },
    ];
    assert_snapshot!(show(&Event::Question(&question(typed(known), None))), @r"
    latency  number  new  step 3 of 5                    3 of 47
      writes      400 QPS  (true: 38 QPS)
      peak reads  120k QPS
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    ");
}

#[test]
fn a_row_is_a_table_in_sixty_columns() {
    let cells = vec![
        "O(1): the timeline is ready and lies in memory".to_owned(),
        "O(followees): merged on each load, and cached for a while".to_owned(),
    ];
    assert_snapshot!(show(&Event::Question(&question(Form::Revealed {}, Some(fan_out(Some("Cost of a read")))))), @r"
    latency  number  new                                 3 of 47
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    ------------------------------------------------------------
    On write (push) | ?
    On read (pull)  | ?
    ------------------------------------------------------------
    ");
    let answer = Revealed {
        card: "a/b".to_owned(),
        kind: "matrix",
        text: String::new(),
        points: Vec::new(),
        cells,
        table: Some(fan_out(Some("Cost of a read"))),
        why: None,
    };
    assert_snapshot!(show(&Event::Answer(&answer)), @r"
    ------------------------------------------------------------
    On write (push) | O(1): the timeline is ready and lies in
                    | memory
    On read (pull)  | O(followees): merged on each load, and
                    | cached for a while
    ------------------------------------------------------------
    ");
}

#[test]
fn a_choice_lists_its_options() {
    let form = Form::Picked { options: fan_out(None).options };
    assert_snapshot!(show(&Event::Question(&question(form, Some(fan_out(None))))), @r"
    latency  number  new                                 3 of 47
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    Fan-out on write or on read
      1  On write (push)
      2  On read (pull)
    ");
}

#[test]
fn points_have_boxes() {
    let points = vec![
        "Answer from the stale copy while one request refreshes it in the background".to_owned(),
        "Jitter".to_owned(),
    ];
    assert_snapshot!(boxes(&points, &[true, false], 60), @r"
    1 [x] Answer from the stale copy while one request refreshes
          it in the background
    2 [ ] Jitter
    ");
}

#[test]
fn what_an_answer_means() {
    assert_snapshot!(show(&Event::Feedback(&feedback())), @r"
    right: 100 ns  next in 6 days
      About 200 L1 hits: why pointer chasing loses to sequential
      scans.
      napkin-math, as of 2026
    ");
    let slip = SlipName { id: "bits-for-bytes".to_owned(), say: "8x high: bits and bytes were confused.".to_owned() };
    let wrong = Feedback {
        quality: 2,
        asked_again: true,
        ratio: Some(8.0),
        direction: Some("high"),
        slip: Some(slip),
        working: vec!["50M x 10 requests a day = 500M".to_owned()],
        why: None,
        source: None,
        ..feedback()
    };
    assert_snapshot!(show(&Event::Feedback(&wrong)), @r"
    wrong, 8.0x high: 100 ns  asked again today
      8x high: bits and bytes were confused.
      50M x 10 requests a day = 500M
    ");
}

#[test]
fn a_probe_tells_its_points_and_not_its_answer_again() {
    console::set_colors_enabled(false);
    let told = Feedback {
        quality: 3,
        asked_again: true,
        given: Some("2 of 4 points".to_owned()),
        ratio: None,
        note: Some("not said: Jitter".to_owned()),
        ..feedback()
    };
    let text = event(&Event::Feedback(&told), 60, Shown { revealed: true, typed_at: 0 });
    assert_snapshot!(text, @r"
    close: 2 of 4 points  asked again today
      not said: Jitter
      napkin-math, as of 2026
    ");
}

#[test]
fn an_error_has_a_caret_under_its_place() {
    let error = Event::Error { message: "'foo' is no unit", column: Some(5) };
    assert_snapshot!(show(&error), @r"
                ^
    'foo' is no unit
    ");
}

#[test]
fn the_end_of_a_session() {
    let mut summary = Summary {
        answered: 48,
        correct: 41,
        repeats: 7,
        elapsed_s: 871.0,
        counted_s: 866.0,
        next_due: Some("2026-11-22".to_owned()),
        ..Summary::default()
    };
    assert_snapshot!(show(&Event::Summary(&summary)), @r"
    48 answers: 41 right, 7 repeats, 14 min
    nothing more is due today; next on 2026-11-22
    ");
    summary.left_due = 1;
    assert_snapshot!(show(&Event::Summary(&summary)), @r"
    48 answers: 41 right, 7 repeats, 14 min
    1 card waits for the next session
    ");
}

#[test]
fn the_end_of_a_sprint() {
    let skill = |card: &str, quality| Skill { card: card.to_owned(), took_s: 41.0, quality };
    let score = Score {
        questions: 10,
        within_tolerance: 6,
        within_2x: 7,
        within_10x: 9,
        median_factor: Some(1.32),
        bias: Some(0.7),
        slowest: vec![skill("conversions/egress", 4)],
        weakest: vec![skill("conversions/bloom", 1)],
        slips: [("bits-for-bytes".to_owned(), 2)].into(),
        before: vec![Sprint { day: "2026-11-20".to_owned(), questions: 10, within_tolerance: 4, median_factor: None }],
    };
    let summary = Summary {
        answered: 10,
        correct: 7,
        elapsed_s: 300.0,
        counted_s: 300.0,
        score: Some(score),
        ..Summary::default()
    };
    assert_snapshot!(show(&Event::Summary(&summary)), @r"
    10 questions in 5 min
    within tolerance    6 of 10
    within 2x           7 of 10
    within 10x          9 of 10
    median factor     1.3x
    bias              1.4x low
    weakest
      quality 1  conversions/bloom
    slowest
           41 s  conversions/egress
    wrong turns
            2 x  bits-for-bytes
    your last sprints
      2026-11-20  4 of 10 right, median -
    ");
}

#[test]
fn the_keys_explain_themselves() {
    assert_snapshot!(help(&question(Form::Revealed {}, None), Scale::FourKeys.keys(), 60), @r"
    1 Again  2 Hard  3 Good  4 Easy
    u take the last answer back   r change its grade
    s skip, not in this session   x suspend until resumed
    l look at a new card first    q quit
    ");
}

#[test]
fn nothing_in_a_deck_reaches_the_terminal_raw() {
    let hostile = "red \u{1b}[31m bell \u{7} title \u{1b}]0;x\u{7} csi \u{9b}2J";
    let mut asked = question(Form::Picked { options: vec![hostile.to_owned()] }, None);
    asked.prompt = hostile.to_owned();
    let answer = Revealed {
        card: "a/b".to_owned(),
        kind: "recall",
        text: hostile.to_owned(),
        points: vec![hostile.to_owned()],
        cells: Vec::new(),
        table: None,
        why: Some(hostile.to_owned()),
    };
    let told = Feedback { expected: hostile.to_owned(), note: Some(hostile.to_owned()), ..feedback() };
    for text in [
        show(&Event::Question(&asked)),
        show(&Event::Answer(&answer)),
        show(&Event::Feedback(&told)),
        boxes(&answer.points, &[false], 60),
    ] {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn keys_stand_for_grades() {
    let qualities = |scale: Scale| ('0'..='6').map(|key| scale.quality(key).map(Quality::get)).collect::<Vec<_>>();
    assert_eq!(qualities(Scale::FourKeys), [None, Some(1), Some(3), Some(4), Some(5), None, None]);
    assert_eq!(qualities(Scale::Full), [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), None]);
}

#[test]
fn a_typed_line_is_an_answer_a_blank_or_a_command() {
    for (line, typed) in [
        ("", Typed::Blank),
        ("  ", Typed::Blank),
        (" 5.8k ", Typed::Text(" 5.8k ".to_owned())),
        ("?", Typed::Command(Some('?'))),
        (":q", Typed::Command(Some('q'))),
        (" : ? ", Typed::Command(Some('?'))),
        (":quit", Typed::Command(None)),
        (":", Typed::Command(None)),
    ] {
        assert_eq!(Typed::of(line), typed, "{line:?}");
    }
}

#[test]
fn a_table_holds_any_width_of_letter() {
    for name in [
        "On write (push), careful \u{26a0}\u{fe0f}",
        "\u{5199}\u{5165}\u{6642}\u{6269}\u{6563}",
        "e\u{301}".repeat(40).as_str(),
    ] {
        let mut table = fan_out(Some("Cost"));
        table.options[0] = name.to_owned();
        show(&Event::Question(&question(Form::Revealed {}, Some(table))));
    }
}
