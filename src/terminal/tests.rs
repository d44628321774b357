use super::input::{Command, Typed, nth};
use super::line::{Edit, Line};
use super::pane::rows_above;
use super::screen::Shown;
use super::screen::{boxes, clock, event, help};
use super::*;
use crate::deck::Kind;
use crate::estimate::Direction;
use crate::schedule::{CardId, Day, Easiness, Mode, Quality};
use crate::session::{
    Begun, ChainPlace, Counts, DayLoad, Ending, Event, Feedback, Form, Hard, Known, Marks, Next, Phase, Question,
    Revealed, Round, Schedule, Score, Skill, SlipName, Sprint, Summary, Table, Unfinished,
};
use console::Key;
use insta::assert_snapshot;

fn show(shown: &Event) -> String {
    console::set_colors_enabled(false);
    let text = |width| {
        let text = event(shown, width, Shown { typed_at: 8, ..Shown::default() });
        for line in text.lines() {
            assert!(console::measure_text_width(line) <= width, "too wide for {width}: {line}");
        }
        text.trim_start_matches('\n').to_owned()
    };
    text(40);
    text(60)
}

fn id(text: &str) -> CardId {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The id of a row of the log.
fn row() -> crate::log::LogId {
    crate::log::LogId::new(0, [0; 10])
}

fn question(form: Form, table: Option<Table>) -> Question {
    Question {
        first: None,
        n: 3,
        card: id("latency/memory"),
        deck: "latency".to_owned(),
        kind: Kind::Number,
        phase: Phase::New,
        prompt: "Reference main memory (DRAM): one random access whose address depends on the one before it?"
            .to_owned(),
        form,
        table,
        remaining: 45,
        total: Some(47),
        elapsed_s: 0.0,
        left_s: Some(751.0),
        flagged: false,
    }
}

fn asks(form: Form, table: Option<Table>) -> Box<Question> {
    Box::new(question(form, table))
}

fn typed(known: Vec<Known>) -> Form {
    let chain = (!known.is_empty()).then_some(ChainPlace { step: 3, steps: 5, answered: 3 - 1, title: None, known });
    Form::Typed { unit: "time".to_owned(), asked_in: "ns".to_owned(), drawing: None, chain }
}

fn feedback() -> Feedback {
    Feedback {
        card: id("latency/memory"),
        quality: Quality::GOOD,
        correct: true,
        expected: "100 ns".to_owned(),
        given: Some("100".to_owned()),
        ratio: Some(1.0),
        direction: None,
        marks: None,
        slip: None,
        note: None,
        working: Vec::new(),
        why: Some("About 200 L1 hits: why pointer chasing loses to sequential scans.".to_owned()),
        source: Some("napkin-math".to_owned()),
        as_of: Some(2026),
        see: Vec::new(),
        review: Some(row()),
        replaces: None,
        schedule: Schedule {
            next: Some(Next { due: day("2026-11-27"), in_days: 6, interval_days: 6 }),
            asked_again: false,
            easiness: Some(Easiness::START),
            repetitions: 2,
            lapses: 0,
        },
        leech: false,
    }
}

/// A card that is asked again today, forgotten so many times.
fn again(lapses: u32) -> Schedule {
    Schedule { asked_again: true, lapses, ..feedback().schedule }
}

fn fan_out(dimension: Option<&str>) -> Table {
    Table {
        title: "Fan-out on write or on read".to_owned(),
        options: vec!["On write (push)".to_owned(), "On read (pull)".to_owned()],
        dimension: dimension.map(str::to_owned),
    }
}

fn begun() -> Begun {
    Begun {
        protocol: 1,
        mode: Mode::Review,
        day: day("2026-11-21"),
        due: 38,
        fitting: None,
        new: 10,
        new_by_time: false,
        owed: 0,
        selection: false,
        budget_s: Some(900.0),
        new_waiting: 0,
        interview: None,
        interview_was: None,
        note: None,
    }
}

#[test]
fn a_session_says_what_it_holds() {
    assert_snapshot!(show(&Event::Begun(begun())), @r"
    Sat 21 Nov 2026: 38 due, 10 new, 15 minutes
    q quits, u takes back what you did last, ? shows all keys;
    at a prompt type the word: quit, undo, help
    ");
    let note = "the clock says 2026-11-21, but your latest answer is of 2026-11-30: is it right?".to_owned();
    let full = Begun { new_waiting: 10, interview: Some(day("2026-12-05")), note: Some(note), ..begun() };
    assert_snapshot!(show(&Event::Begun(full.clone())), @r"
    Sat 21 Nov 2026: 38 due, 10 new, 15 minutes
    interview on Sat 5 Dec 2026, 14 days left
    10 new cards wait: reviews fill the time
    the clock says 2026-11-21, but your latest answer is of
    2026-11-30: is it right?
    q quits, u takes back what you did last, ? shows all keys;
    at a prompt type the word: quit, undo, help
    ");
    for (on, expected) in [("2026-11-21", "today"), ("2026-11-22", "tomorrow"), ("2026-11-23", "2 days left")] {
        let told = show(&Event::Begun(Begun { interview: Some(day(on)), ..full.clone() }));
        let weekday = day(on).format("%a %-d %b %Y").to_string();
        assert!(told.contains(&format!("interview on {weekday}, {expected}\n")), "{told}");
    }
    let counts = |due, fitting, new, owed| Begun { due, fitting, new, new_by_time: true, owed, ..begun() };
    let saturday = "Sat 21 Nov 2026";
    for (begun, expected) in [
        (counts(0, None, 16, 0), ": about 16 new, 15 minutes"),
        (counts(0, None, 0, 2), ": 2 to repeat, 15 minutes"),
        (counts(0, None, 0, 0), ": nothing is due, 15 minutes"),
        (counts(38, None, 3, 1), ": 38 due, 1 to repeat, about 3 new, 15 minutes"),
        (
            counts(158, Some(65), 0, 0),
            ": 158 due, 15 minutes\nabout 65 of the due cards fit, the most urgent first; the\nrest comes over the next days",
        ),
        (Begun { selection: true, ..counts(3, None, 0, 0) }, ", your selection: 3 due, 15 minutes"),
        (Begun { budget_s: Some(60.0), ..counts(3, None, 0, 0) }, ": 3 due, 1 minute"),
        (Begun { budget_s: Some(40.0), ..counts(3, None, 0, 0) }, ": 3 due, less than a minute"),
        (
            Begun { budget_s: Some(0.0), ..counts(0, None, 0, 0) },
            ": today's minutes are done\nsysdrill --minutes 5 goes on for five more",
        ),
        (
            Begun { budget_s: Some(0.0), interview: Some(day("2026-11-21")), ..counts(0, None, 0, 0) },
            ": the warm-up for your interview is done\ninterview on Sat 21 Nov 2026, today",
        ),
        (
            Begun { interview_was: Some(day("2026-11-20")), ..counts(213, None, 0, 0) },
            ": 213 due, 15 minutes\nyour interview was on Fri 20 Nov 2026: the plan for it has\nended, and each card is due on its own day again",
        ),
    ] {
        let told = show(&Event::Begun(begun));
        let whole = format!("{saturday}{expected} q quits").replace('\n', " ");
        assert!(told.replace('\n', " ").starts_with(&whole), "{told}");
    }
    for (new_waiting, due, expected) in
        [(1, 38, "1 new card waits: there is no time for more"), (10, 0, "10 new cards wait: there is no time")]
    {
        let told = show(&Event::Begun(Begun { new_waiting, due, ..full.clone() }));
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn the_end_of_a_round_names_the_weak() {
    let weak = |count: usize| (1..=count).map(|n| id(&format!("latency/card-{n}"))).collect::<Vec<_>>();
    assert_snapshot!(show(&Event::Round(Round { round: 1, asked: 40, weak: weak(12) })), @r"
    round 1: 40 asked, 12 still weak
      latency/card-1
      latency/card-2
      latency/card-3
      latency/card-4
      latency/card-5
      and 7 more
    ");
    assert_snapshot!(show(&Event::Round(Round { round: 2, asked: 12, weak: weak(1) })), @r"
    round 2: 12 asked, 1 still weak
      latency/card-1
    ");
}

#[test]
fn the_clock_tells_what_is_true() {
    let probe = Form::Ticked { seconds: 30 };
    let typed = typed(Vec::new());
    for (form, left_s, spent_s, revealed, expected) in [
        (&typed, Some(751.0), 0, false, "0:00   12:31 left"),
        (&typed, Some(751.0), 7, false, "0:07   12:24 left"),
        (&typed, Some(7.5), 7, false, "0:07   0:01 left"),
        (&typed, Some(7.0), 7, false, "0:07   time is up after this one"),
        (&typed, Some(-3.0), 75, false, "1:15   time is up after this one"),
        (&typed, None, 3601, false, "60:01"),
        (&probe, Some(751.0), 7, false, "say it 0:23   12:24 left"),
        (&probe, Some(751.0), 31, false, "say it 0:00   12:00 left"),
        (&probe, None, 31, true, "0:31"),
    ] {
        let question = Question { left_s, ..question(form.clone(), None) };
        assert_eq!(clock(&question, spent_s, revealed), expected);
    }
}

#[test]
fn a_typed_question() {
    assert_snapshot!(show(&Event::Question(asks(typed(Vec::new()), None))), @r"
    latency/memory  number  new                          3 of 47
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
    assert_snapshot!(show(&Event::Question(asks(typed(known), None))), @r"
    latency/memory  number  new  step 3 of 5             3 of 47
      writes      400 QPS  (true: 38 QPS)
      peak reads  120k QPS
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    ");
}

#[test]
fn a_flagged_card_says_so() {
    let chain = Some(ChainPlace { step: 1, steps: 5, answered: 1 - 1, title: None, known: Vec::new() });
    let form = Form::Typed { unit: "rate".to_owned(), asked_in: "QPS".to_owned(), drawing: None, chain };
    let asked = Question {
        prompt: "A shortener takes 100M new links a month.\nWrites a second?".to_owned(),
        flagged: true,
        ..question(form, None)
    };
    assert_snapshot!(show(&Event::Question(Box::new(asked))), @r"
    latency/memory  number  new  step 1 of 5  flagged    3 of 47
    A shortener takes 100M new links a month.
    Writes a second?
    ");
}

#[test]
fn a_row_is_a_table_in_sixty_columns() {
    let cells = vec![
        "O(1): the timeline is ready and lies in memory".to_owned(),
        "O(followees): merged on each load, and cached for a while".to_owned(),
    ];
    assert_snapshot!(show(&Event::Question(asks(Form::Revealed {}, Some(fan_out(Some("Cost of a read")))))), @r"
    latency/memory  number  new                          3 of 47
    Reference main memory (DRAM): one random access whose
    address depends on the one before it?
    ------------------------------------------------------------
    On write (push) | ?
    On read (pull)  | ?
    ------------------------------------------------------------
    ");
    let answer = Revealed {
        card: id("a/b"),
        kind: Kind::Matrix,
        text: String::new(),
        points: Vec::new(),
        cells,
        table: Some(fan_out(Some("Cost of a read"))),
        why: None,
        grades: Vec::new(),
    };
    assert_snapshot!(show(&Event::Revealed(answer.clone())), @r"
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
    assert_snapshot!(show(&Event::Question(asks(form, Some(fan_out(None))))), @r"
    latency/memory  number  new                          3 of 47
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
    assert_snapshot!(boxes(&points, &[true, false], 60, 9), @r"
    1 [x] Answer from the stale copy while one request refreshes
          it in the background
    2 [ ] Jitter
    ");
    assert_snapshot!(boxes(&points, &[true, false], 60, 2), @r"
    1 [x] Answer from the stale copy while one request refreshes
    2 [ ] Jitter
    ");
}

#[test]
fn a_row_that_a_narrower_terminal_wraps_is_counted() {
    for (widths, cursor, columns, rows) in [
        (&[][..], 8, 60, 0),
        (&[20], 8, 60, 1),
        (&[0, 59], 59, 60, 2),
        (&[20, 59], 8, 40, 3),
        (&[20], 59, 40, 2),
        (&[20], 80, 40, 3),
        (&[5], 5, 0, 10),
    ] {
        assert_eq!(rows_above(widths, cursor, columns), rows, "{widths:?} {cursor} {columns}");
    }
}

#[test]
fn what_an_answer_means() {
    assert_snapshot!(show(&Event::Feedback(Box::new(feedback()))), @r"
    right: 100 ns  next in 6 days, Fri 27 Nov
      About 200 L1 hits: why pointer chasing loses to sequential
      scans.
      napkin-math, as of 2026
    ");
    let slip = SlipName { id: "bits-for-bytes".to_owned(), say: "8x high: bits and bytes were confused.".to_owned() };
    let wrong = Feedback {
        quality: Quality::NEARLY,
        schedule: again(0),
        ratio: Some(8.0),
        direction: Some(Direction::High),
        slip: Some(slip),
        working: vec!["50M x 10 requests a day = 500M".to_owned()],
        why: None,
        source: None,
        ..feedback()
    };
    assert_snapshot!(show(&Event::Feedback(Box::new(wrong))), @r"
    wrong, 8.0x high: you said 100; right is 100 ns  again today
      8x high: bits and bytes were confused.
      50M x 10 requests a day = 500M
    ");
}

#[test]
fn a_leech_is_offered_a_way_out() {
    let leech = Feedback {
        quality: Quality::AGAIN,
        schedule: again(8),
        leech: true,
        note: crate::session::leech_advice(&id("latency/memory"), 8),
        why: None,
        source: None,
        given: None,
        ..feedback()
    };
    assert_snapshot!(show(&Event::Feedback(Box::new(leech))), @r"
    wrong: 100 ns  again today
      forgotten 8 times: reword it, split it in two, or take it
      out with sysdrill suspend latency/memory
    ");
}

#[test]
fn a_regrade_tells_the_answer_of_the_card_that_it_is_about() {
    console::set_colors_enabled(false);
    let told = Feedback { replaces: Some(row()), why: None, source: None, ..feedback() };
    let text = event(&Event::Feedback(Box::new(told)), 60, Shown { revealed: true, ..Shown::default() });
    assert_snapshot!(text, @r"
    regraded latency/memory
    right: 100 ns  next in 6 days, Fri 27 Nov
    ");
}

#[test]
fn a_probe_tells_its_points_and_not_its_answer_again() {
    console::set_colors_enabled(false);
    let told = Feedback {
        quality: Quality::HARD,
        schedule: again(0),
        given: Some("2 of 4 points".to_owned()),
        ratio: None,
        marks: Some(Marks::Points { points: vec!["Jitter".to_owned()], said: Vec::new() }),
        ..feedback()
    };
    let text = event(&Event::Feedback(Box::new(told)), 60, Shown { revealed: true, ..Shown::default() });
    assert_snapshot!(text, @r"
    close: 2 of 4 points  again today
      napkin-math, as of 2026
    ");
}

#[test]
fn an_error_has_a_caret_under_its_place() {
    let error = Event::Refused { message: "'foo' is no unit".to_owned(), column: Some(5) };
    assert_snapshot!(show(&error), @r"
                ^
    'foo' is no unit
    ");
}

#[test]
fn the_end_of_a_session() {
    let summary = Summary {
        answered: 48,
        correct: 41,
        repeats: 7,
        elapsed_s: 871.0,
        counted_s: 866.0,
        next_due: Some(day("2026-11-22")),
        ..Summary::default()
    };
    assert_snapshot!(show(&Event::Summary(Box::new(summary.clone()))), @r"
    48 answers: 41 right, 7 repeats, 14 min
    nothing more is due today; the next cards come on Sun 22 Nov
    ");
    let ids = |deck: &str, count: usize| (1..=count).map(|n| id(&format!("{deck}/card-{n}"))).collect::<Vec<_>>();
    let hardest = |count: usize| {
        let hard = |card: CardId| Hard { card, prompt: "Egress at 3x the peak?\nIn Gbps.".to_owned() };
        ids("conversions", count).into_iter().map(hard).collect()
    };
    let load = [14, 9, 12, 0, 103, 5, 1].iter().zip(22..);
    let load = load.map(|(due, at)| DayLoad { day: day(&format!("2026-11-{at}")), due: *due }).collect();
    let whole = Summary { learned: ids("latency", 8), hardest: hardest(6), load, ..summary.clone() };
    assert_snapshot!(show(&Event::Summary(Box::new(whole))), @r"
    48 answers: 41 right, 7 repeats, 14 min
    8 new cards learned
    hardest today
      Egress at 3x the peak?
      (conversions/card-1)
      Egress at 3x the peak?
      (conversions/card-2)
      Egress at 3x the peak?
      (conversions/card-3)
      Egress at 3x the peak?
      (conversions/card-4)
      Egress at 3x the peak?
      (conversions/card-5)
      and 1 more
    nothing more is due today; the next cards come on Sun 22 Nov
    coming due: Sun 22: 14, Mon 23: 9, Tue 24: 12, Wed 25: 0,
    Thu 26: 103, Fri 27: 5, Sat 28: 1
    ");
    let left = |due, owed, new| Counts { due, owed, new, new_by_time: true, ..Counts::default() };
    let next = "; the next cards come on Sun 22 Nov";
    for (today, selection, ended, expected) in [
        (left(33, 2, 3), None, Ending::Quit, "still waiting today: 33 due, 2 to repeat, about 3 new"),
        (left(1, 0, 0), None, Ending::Time, "Time is up.|still waiting today: 1 due"),
        (left(0, 0, 16), None, Ending::Quit, "nothing more is due today; about 16 new cards still wait"),
        (left(0, 2, 0), None, Ending::Quit, "still waiting today: 2 to repeat"),
        (
            left(38, 0, 0),
            Some(left(0, 0, 0)),
            Ending::Done,
            "your selection: nothing more is due today|all cards: still waiting today: 38 due",
        ),
        (
            left(0, 0, 0),
            Some(left(0, 0, 0)),
            Ending::Done,
            &format!("your selection: nothing more is due today|all cards: nothing more is due today{next}"),
        ),
        (
            left(0, 0, 0),
            None,
            Ending::Day,
            &format!("The day is over: what is left comes on the next one.|nothing more is due today{next}"),
        ),
    ] {
        let (today, all) = selection.map_or((today, None), |selection| (selection, Some(today)));
        let told = show(&Event::Summary(Box::new(Summary { today, all, ended, answered: 0, ..summary.clone() })));
        let (told, expected) = (told.replace('\n', " "), expected.replace('|', " "));
        assert_eq!(told, expected);
    }
    let done = Summary { is_interview: true, answered: 0, ..summary.clone() };
    let told = show(&Event::Summary(Box::new(done)));
    assert_eq!(told, "nothing more is planned for today: all the best for your\ninterview");
    let unfinished = Some(Unfinished { card: id("estimates/chat"), steps: 4 });
    let told = show(&Event::Summary(Box::new(Summary { unfinished, today: left(39, 0, 0), answered: 0, ..summary })));
    assert_eq!(
        told,
        "4 answered steps of estimates/chat are not kept: a chain\ncounts when its last step is answered\nstill waiting today: 39 due"
    );
}

#[test]
fn where_a_question_stands() {
    let place = |q: Question| {
        let told = show(&Event::Question(Box::new(q)));
        told.lines().next().unwrap_or_default().rsplit("  ").next().unwrap_or_default().trim().to_owned()
    };
    let asked = |n, total, left_s| Question { n, total, left_s, ..question(Form::Revealed {}, None) };
    for (q, expected) in [
        (asked(3, Some(47), Some(751.0)), "3 of 47"),
        (asked(3, Some(47), None), "3 of 47"),
        // How many there will be depends on the learner's pace.
        (asked(3, None, Some(751.0)), "3, 12 min left"),
        (asked(3, None, Some(60.0)), "3, 1 min left"),
        (asked(3, None, Some(59.0)), "3, last minute"),
        (asked(3, None, Some(-2.0)), "3"),
        (asked(3, None, None), "3"),
        (asked(48, Some(47), None), "48"),
        (Question { phase: Phase::Repeat, remaining: 2, ..asked(48, Some(47), None) }, "2 to repeat"),
        (Question { phase: Phase::Repeat, remaining: 2, ..asked(48, None, Some(120.0)) }, "48, 2 min left"),
    ] {
        assert_eq!(place(q), expected);
    }
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
        far_off: 1,
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
    assert_snapshot!(show(&Event::Summary(Box::new(summary.clone()))), @r"
    10 questions in 5 min
    within tolerance    6 of 10
    within 2x           7 of 10
    within 10x          9 of 10
    median factor     1.3x
    over 100x off       1 of 10
    bias of the rest  1.4x low
    weakest
      wrong       conversions/bloom
    slowest
           41 s  conversions/egress
    wrong turns
            2 x  bits and bytes confused
    your last sprints
      2026-11-20  4 of 10 right, median -
    ");
}

#[test]
fn the_keys_explain_themselves() {
    assert_snapshot!(help(&question(Form::Revealed {}, None), Scale::FourKeys.keys(), 60), @r"
    1 Again  2 Hard  3 Good  4 Easy
    u  take back what you did last
    r  change the last grade
    s  leave it out of this session
    x  leave it out until it is resumed
    X  suspend the card before
    !  mark it, to come back to it later
    l  see a new card's answer first
    o  see the card that the last one refers to
    e  open its file in your editor, or your note on it
    q  end; all answers are saved
    ");
    assert_snapshot!(help(&question(typed(Vec::new()), None), "", 40), @r#"
    type the answer: 5.8k, 200 ms,
    50M*10/day; Enter twice says "I don't
    know"
    undo     take back what you did last
    regrade  change the last grade
    skip     leave it out of this session
    suspend  leave it out until it is
    resumed
    :X       suspend the card before
    flag     mark it, to come back to it
    later
    look     see a new card's answer first
    open     see the card that the last one
    refers to
    edit     open its file in your editor,
    or your note on it
    quit     end; all answers are saved
    "#);
}

#[test]
fn nothing_in_a_deck_reaches_the_terminal_raw() {
    let hostile = "red \u{1b}[31m bell \u{7} title \u{1b}]0;x\u{7} csi \u{9b}2J";
    let mut asked = question(Form::Picked { options: vec![hostile.to_owned()] }, None);
    asked.prompt = hostile.to_owned();
    let answer = Revealed {
        card: id("a/b"),
        kind: Kind::Recall,
        text: hostile.to_owned(),
        points: vec![hostile.to_owned()],
        cells: Vec::new(),
        table: None,
        why: Some(hostile.to_owned()),
        grades: Vec::new(),
    };
    let told =
        Feedback { expected: hostile.to_owned(), note: Some(hostile.to_owned()), replaces: Some(row()), ..feedback() };
    let skill = Skill { card: hostile.to_owned(), took_s: 1.0, quality: 1 };
    let score = Score {
        questions: 1,
        within_tolerance: 0,
        within_2x: 0,
        within_10x: 0,
        median_factor: None,
        bias: None,
        far_off: 0,
        slowest: vec![skill.clone()],
        weakest: vec![skill],
        slips: [(hostile.to_owned(), 2)].into(),
        before: Vec::new(),
    };
    let note = Some(hostile.to_owned());
    for told in [
        Event::Begun(Begun { note, ..begun() }),
        Event::Question(Box::new(asked)),
        Event::Revealed(answer.clone()),
        Event::Looked(Box::new(answer.clone())),
        Event::Feedback(Box::new(told)),
        Event::Refused { message: hostile.to_owned(), column: None },
        Event::Summary(Box::new(Summary { score: Some(score), ..Summary::default() })),
    ] {
        let text = event(&told, 60, Shown::default());
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
    assert!(!boxes(&answer.points, &[false], 60, 9).contains(char::is_control));
}

#[test]
fn keys_stand_for_grades() {
    let qualities = |scale: Scale| ('0'..='6').map(|key| scale.quality(key).map(Quality::get)).collect::<Vec<_>>();
    assert_eq!(qualities(Scale::FourKeys), [None, Some(1), Some(3), Some(4), Some(5), None, None]);
    assert_eq!(qualities(Scale::Full), [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), None]);
}

#[test]
fn number_keys_pick() {
    for (key, picked) in [('1', Some(0)), ('3', Some(2)), ('4', None), ('0', None), ('x', None)] {
        assert_eq!(nth(&Key::Char(key), 3), picked, "{key}");
    }
    assert_eq!(nth(&Key::Enter, 3), None);
}

/// Keys as a table writes them: `<` and `>` move, `^` goes to the start, `$` to the end, `~` deletes back, `#` under the
/// cursor, `|` ends the line; a capital is a control key or, of `E` and `P`, Escape and Up.
fn press(line: &mut Line, keys: &str) -> Edit {
    let mut edit = Edit::Open;
    for key in keys.chars() {
        edit = line.press(&match key {
            '<' => Key::ArrowLeft,
            '>' => Key::ArrowRight,
            '^' => Key::Home,
            '$' => Key::End,
            '~' => Key::Backspace,
            '#' => Key::Del,
            '|' => Key::Enter,
            'E' => Key::Escape,
            'P' => Key::ArrowUp,
            'D' | 'K' | 'U' | 'W' | 'G' => Key::Char(char::from(key as u8 - b'@')),
            key => Key::Char(key),
        });
    }
    edit
}

#[test]
fn a_line_is_edited() {
    for (keys, text, cursor) in [
        ("", "", 0),
        ("200 ms", "200 ms", 6),
        ("20<0", "200", 2),
        ("ab<<<x", "xab", 1),
        ("ab>>x", "abx", 3),
        ("ab^x$y", "xaby", 4),
        ("abc~", "ab", 2),
        ("~abc^~", "abc", 0),
        ("abc^#", "bc", 0),
        ("abc^D", "bc", 0),
        ("abc#D", "abc", 3),
        ("abc<U", "c", 0),
        ("abc<K", "ab", 2),
        ("50 * 10/day W", "50 * ", 5),
        ("one two<W", "one o", 4),
        ("  W", "", 0),
        ("aGb", "ab", 2),
        ("abE", "", 0),
        ("P", "last", 4),
        ("xP~", "las", 3),
        ("5 \u{b5}s<~", "5 s", 2),
        ("\u{5199}\u{5165}<", "\u{5199}\u{5165}", 2),
    ] {
        let mut line = Line::default();
        press(&mut line, "last");
        line.take();
        assert_eq!(press(&mut line, keys), Edit::Open, "{keys}");
        assert_eq!(line.view(60), (text.to_owned(), cursor), "{keys}");
        assert_eq!(line.take(), text, "{keys}");
        assert_eq!(line.view(60), (String::new(), 0), "{keys}");
    }
}

#[test]
fn a_line_ends() {
    for (keys, edit) in [
        ("|", Edit::Done),
        ("abc<|", Edit::Done),
        ("E", Edit::Quit),
        ("D", Edit::Quit),
        ("aED", Edit::Quit),
        ("aD", Edit::Open),
        ("P", Edit::Open),
    ] {
        assert_eq!(press(&mut Line::default(), keys), edit, "{keys}");
    }
}

#[test]
fn a_long_line_moves_sideways() {
    for (keys, text, cursor) in [
        ("abcdefgh", "bcdefgh", 7),
        ("abcdefgh<", "abcdefgh", 7),
        ("abcdefghij", "defghij", 7),
        ("abcdefghij^", "abcdefgh", 0),
        ("abcdefghij^>>", "abcdefgh", 2),
        ("abcdefghij<<<", "abcdefgh", 7),
        ("\u{5199}\u{5199}\u{5199}\u{5199}\u{5199}", "\u{5199}\u{5199}\u{5199}", 6),
        ("\u{5199}\u{5199}\u{5199}\u{5199}\u{5199}^", "\u{5199}\u{5199}\u{5199}\u{5199}", 0),
    ] {
        let mut line = Line::default();
        press(&mut line, keys);
        assert_eq!(line.view(8), (text.to_owned(), cursor), "{keys}");
        assert_eq!(line.view(0), (String::new(), 0), "{keys}");
    }
}

#[test]
fn a_typed_line_is_an_answer_a_blank_or_a_command() {
    for (line, typed) in [
        ("", Typed::Blank),
        ("  ", Typed::Blank),
        (" 5.8k ", Typed::Text(" 5.8k ".to_owned())),
        ("5", Typed::Text("5".to_owned())),
        ("?", Typed::Command(Command::Help)),
        (":q", Typed::Command(Command::Quit)),
        (" : ? ", Typed::Command(Command::Help)),
        (":quit", Typed::Command(Command::Quit)),
        ("quit", Typed::Command(Command::Quit)),
        (" Exit ", Typed::Command(Command::Quit)),
        ("undo", Typed::Command(Command::Undo)),
        ("skip", Typed::Command(Command::Skip)),
        ("help", Typed::Command(Command::Help)),
        ("q", Typed::BareLetter('q')),
        ("s", Typed::BareLetter('s')),
        ("m", Typed::BareLetter('m')),
        ("!", Typed::BareLetter('!')),
        (":nonsense", Typed::Unknown),
        (":", Typed::Unknown),
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
        show(&Event::Question(asks(Form::Revealed {}, Some(table))));
    }
}

mod keys;
