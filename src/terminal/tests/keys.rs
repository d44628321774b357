//! Keys in every state: a script is pressed, and what a person sees and what the session hears is held.

use super::{asks, begun, feedback, id, typed};
use crate::drive::{Awaited, FrontEnd, Heard};
use crate::schedule::Quality;
use crate::session::{
    ChainPlace, Counts, Event, Feedback, First, Form, GradeMeans, Phase, Question, Reply, Revealed, Round, What, Which,
};
use crate::terminal::device::{Device, Input};
use crate::terminal::{Choice, More, Offer, Options, Pause, Scale, Terminal};
use console::Key;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// What a person does.
#[derive(Debug, Clone)]
enum Deed {
    Press(Key),
    Paste(&'static str),
    /// Thinks, or speaks, for so many milliseconds.
    Wait(u64),
    Resize,
}

/// A terminal whose keys are a script, and whose time passes when it is waited for.
struct Fake {
    deeds: VecDeque<Deed>,
    time: Duration,
    columns: usize,
    screen: Rc<RefCell<String>>,
    stops: Rc<RefCell<usize>>,
}

impl Device for Fake {
    fn next(&mut self, timeout: Duration) -> io::Result<Option<Input>> {
        match self.deeds.pop_front() {
            None => Err(io::ErrorKind::UnexpectedEof.into()),
            Some(Deed::Wait(ms)) if Duration::from_millis(ms) > timeout => {
                self.time += timeout;
                let left = Duration::from_millis(ms) - timeout;
                self.deeds.push_front(Deed::Wait(left.as_millis() as u64));
                Ok(None)
            }
            Some(Deed::Wait(ms)) => {
                self.time += Duration::from_millis(ms);
                self.next(timeout.saturating_sub(Duration::from_millis(ms)))
            }
            Some(Deed::Press(key)) => Ok(Some(Input::Key(key))),
            Some(Deed::Paste(text)) => Ok(Some(Input::Paste(text.to_owned()))),
            Some(Deed::Resize) => Ok(Some(Input::Redraw)),
        }
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.screen.borrow_mut().push_str(text);
        Ok(())
    }

    fn size(&self) -> (usize, usize) {
        (24, self.columns)
    }

    /// Nobody edits here: a minute passes that does not count.
    fn away(&mut self, _: &mut dyn FnMut()) -> io::Result<()> {
        *self.stops.borrow_mut() += 1;
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        *self.stops.borrow_mut() += 1;
        Ok(())
    }
}

const OPTIONS: Options = Options {
    scale: Scale::FourKeys,
    pause: Pause::Wrong,
    clock: true,
    plain: false,
    probe_at_once: true,
    confidence: false,
    keys_told: false,
};

/// A person at a terminal.
struct Person {
    terminal: Terminal,
    screen: Rc<RefCell<String>>,
    stops: Rc<RefCell<usize>>,
}

impl Person {
    fn new(deeds: Vec<Deed>, options: Options) -> Self {
        Self::before(80, deeds, options)
    }

    /// Before a screen of so many columns.
    fn before(columns: usize, deeds: Vec<Deed>, options: Options) -> Self {
        console::set_colors_enabled(false);
        let (screen, stops) = (Rc::default(), Rc::default());
        let fake = Fake {
            deeds: deeds.into(),
            time: Duration::ZERO,
            columns,
            screen: Rc::clone(&screen),
            stops: Rc::clone(&stops),
        };
        Self { terminal: Terminal::on(Box::new(fake), options), screen, stops }
    }

    fn sees(&mut self, event: Event) {
        self.terminal.show(&event).unwrap();
    }

    fn says(&mut self, question: &Question) -> Option<Heard> {
        self.terminal.hear(&Awaited::Question(Box::new(question.clone()))).unwrap()
    }

    /// The reply to a question that has just appeared.
    fn asked(&mut self, question: &Question) -> Option<Heard> {
        self.sees(Event::Question(Box::new(question.clone())));
        self.says(question)
    }

    fn screen(&self) -> String {
        self.screen.borrow().clone()
    }
}

/// Keys as a table writes them, each a second after the one before: `|` is Enter, `E` Escape; `+` makes the next one come at once.
fn keys(script: &str) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut at_once = false;
    for key in script.chars() {
        if key == '+' {
            at_once = true;
            continue;
        }
        if !std::mem::take(&mut at_once) {
            deeds.push(Deed::Wait(1000));
        }
        deeds.push(Deed::Press(match key {
            '|' => Key::Enter,
            'E' => Key::Escape,
            '<' => Key::Backspace,
            key => Key::Char(key),
        }));
    }
    deeds
}

fn number() -> Question {
    *asks(typed(Vec::new()), None)
}

fn recall() -> Question {
    *asks(Form::Revealed {}, None)
}

fn choice() -> Question {
    let options = ["Push", "Pull", "Both"].map(str::to_owned).to_vec();
    *asks(Form::Picked { options }, None)
}

fn probe() -> Question {
    *asks(Form::Ticked { seconds: 30 }, None)
}

fn answer(points: &[&str]) -> Event {
    Event::Revealed(Revealed {
        card: id("latency/memory"),
        kind: crate::deck::Kind::Probe,
        text: "It is so.".to_owned(),
        points: points.iter().map(|point| (*point).to_owned()).collect(),
        cells: Vec::new(),
        table: None,
        why: None,
        grades: [(1, true, 1), (3, true, 1), (4, false, 6), (5, false, 8)]
            .map(|(quality, asked_again, days)| GradeMeans {
                quality: Quality::new(quality).unwrap(),
                asked_again,
                due_in_days: Some(days),
            })
            .to_vec(),
    })
}

fn wrong() -> Feedback {
    Feedback { quality: Quality::AGAIN, correct: false, ..feedback() }
}

/// The reply to these keys, and the seconds that it took.
fn reply(question: &Question, script: &str) -> Option<(Reply, f64)> {
    let heard = Person::new(keys(script), OPTIONS).asked(question)?;
    Some((heard.reply.unwrap(), heard.took_s))
}

#[test]
fn ctrl_l_shows_the_question_anew() {
    let clear = [Deed::Press(Key::Char('\u{c}'))];
    for (question, script) in [(number(), "7|"), (recall(), " ")] {
        let mut person = Person::new(clear.iter().cloned().chain(keys(script)).collect(), OPTIONS);
        assert!(person.asked(&question).is_some());
        assert_eq!(person.screen().matches(&question.prompt.lines().next().unwrap()[..10]).count(), 2);
    }
}

#[test]
fn a_chain_in_its_middle_is_left_by_quitting_twice() {
    let at_step = |answered: usize| {
        let Form::Typed { unit, asked_in, .. } = number().form else { panic!("a number is typed") };
        let chain = Some(ChainPlace { step: answered + 1, steps: 5, answered, title: None, known: Vec::new() });
        Question { form: Form::Typed { unit, asked_in, drawing: None, chain }, ..number() }
    };
    let lost = "quit again, and 2 answered steps will not be kept";
    for (script, answered, expected, is_told) in [
        ("quit|", 0, Some(Reply::Quit), false),
        ("quit|", 2, None, true),
        ("quit|quit|", 2, Some(Reply::Quit), true),
        (":q|E", 2, Some(Reply::Quit), true),
        ("E7|", 2, Some(Reply::Answer("7".to_owned())), true),
    ] {
        let mut person = Person::new(keys(script), OPTIONS);
        let heard = person.asked(&at_step(answered)).map(|heard| heard.reply.unwrap());
        assert_eq!(heard, expected, "{script}");
        assert_eq!(person.screen().replace('\n', " ").contains(lost), is_told, "{script}: {}", person.screen());
    }
}

#[test]
fn nothing_typed_by_accident_becomes_an_answer() {
    let text = |text: &str| Some(Reply::Answer(text.to_owned()));
    for (script, expected) in [
        ("100 ns|", text("100 ns")),
        // A command's letter, a unit and a bare sign are refused, and the line is typed anew.
        ("q|100|", text("100")),
        ("s|7|", text("7")),
        ("m|7|", text("7")),
        ("quit|", Some(Reply::Quit)),
        ("exit|", Some(Reply::Quit)),
        (":q|", Some(Reply::Quit)),
        ("undo|", Some(Reply::Undo)),
        ("skip|", Some(Reply::Skip)),
        ("help|5|", text("5")),
        ("E", Some(Reply::Quit)),
        // "I don't know" is Enter twice; whoever types in between does know.
        ("||", Some(Reply::Blank)),
        ("|5|", text("5")),
        ("|5<||", Some(Reply::Blank)),
        ("|", None),
        // An Enter that comes with the question was meant for what stood there before; a letter is kept.
        ("+|+|5|", text("5")),
        ("+|+||", None),
        ("+1+0|", text("10")),
        ("+E5|", text("5")),
    ] {
        assert_eq!(reply(&number(), script).map(|(reply, _)| reply), expected, "{script}");
    }
}

#[test]
fn a_refused_letter_says_how_to_say_it() {
    for (script, said) in [("q|", "type quit or :q"), ("s|", "type skip or :s"), ("m|", "help or :? shows")] {
        let mut person = Person::new(keys(script), OPTIONS);
        person.asked(&number());
        assert!(person.screen().contains(&format!("'{}' alone is not an answer", &script[..1])), "{}", person.screen());
        assert!(person.screen().contains(said), "{}", person.screen());
    }
    let mut person = Person::new(keys("|"), OPTIONS);
    person.asked(&number());
    assert!(person.screen().contains("Enter again: I don't know"));
}

#[test]
fn a_paste_of_many_lines_answers_one_card() {
    let mut deeds = vec![Deed::Wait(1000), Deed::Paste("100 ns\r\n200 ns\r\n300 ns\r\n")];
    deeds.extend(keys("|"));
    let mut person = Person::new(deeds, OPTIONS);
    assert_eq!(person.asked(&number()).unwrap().reply.unwrap(), Reply::Answer("100 ns".to_owned()));
    assert!(person.screen().contains("pasted the first line of 3"));
    assert!(person.says(&number()).is_none(), "nothing is left for the next card");
    // Where keys act, a pasted text is none.
    for question in [recall(), choice(), probe()] {
        let mut person = Person::new(vec![Deed::Wait(1000), Deed::Paste("1 q\r")], OPTIONS);
        assert!(person.asked(&question).is_none());
    }
}

#[test]
fn a_choice_is_picked_by_its_number() {
    for (script, expected) in [
        ("1", Some(Reply::Pick(0))),
        ("3", Some(Reply::Pick(2))),
        ("42", Some(Reply::Pick(1))),
        // Picked with Enter alone is nothing; twice it is "I don't know", and never the end.
        ("|", None),
        ("||", Some(Reply::Blank)),
        ("|2", Some(Reply::Pick(1))),
        ("+1", None),
        ("+12", Some(Reply::Pick(1))),
        ("q", Some(Reply::Quit)),
        ("u", Some(Reply::Undo)),
        ("s", Some(Reply::Skip)),
        ("x", Some(Reply::Suspend(Which::Open))),
        ("X", Some(Reply::Suspend(Which::Last))),
        ("!", Some(Reply::Flag(Which::Open))),
        ("l", Some(Reply::Look)),
        // Nothing was graded yet.
        ("r4", None),
        ("r1", Some(Reply::Pick(0))),
        ("?1", Some(Reply::Pick(0))),
        ("\u{4}", Some(Reply::Quit)),
    ] {
        assert_eq!(reply(&choice(), script).map(|(reply, _)| reply), expected, "{script}");
    }
}

#[test]
fn a_card_that_is_thought_over_is_revealed_and_then_graded() {
    for (script, expected) in [
        (" ", Some(Reply::Reveal)),
        ("|", Some(Reply::Reveal)),
        // A grade before the answer was seen is none.
        ("3", None),
        ("+ ", None),
        ("l", Some(Reply::Look)),
    ] {
        assert_eq!(reply(&recall(), script).map(|(reply, _)| reply), expected, "{script}");
    }
    for (script, expected) in
        [("1", Some(Quality::AGAIN)), ("2", Some(Quality::HARD)), ("3", Some(Quality::GOOD)), ("|", None), (" ", None)]
    {
        let mut person = Person::new(keys(script), OPTIONS);
        person.sees(Event::Question(Box::new(recall())));
        person.sees(answer(&[]));
        assert_eq!(person.says(&recall()).map(|heard| heard.reply.unwrap()), expected.map(Reply::Grade), "{script}");
        assert!(person.screen().contains("1 Again today  2 Hard today  3 Good 6 d  4 Easy 8 d"), "{}", person.screen());
    }
}

#[test]
fn a_probe_is_ticked_and_an_enter_with_nothing_ticked_asks_once_more() {
    for (script, expected) in [
        ("1|", Some(vec![0])),
        ("13|", Some(vec![0, 2])),
        ("113|", Some(vec![2])),
        ("a|", Some(vec![0, 1, 2])),
        ("1a|", Some(vec![0, 1, 2])),
        ("|", None),
        ("||", Some(vec![])),
        ("|2|", Some(vec![1])),
    ] {
        let mut person = Person::new(keys(script), OPTIONS);
        person.sees(Event::Question(Box::new(probe())));
        person.sees(answer(&["one", "two", "three"]));
        assert_eq!(person.says(&probe()).map(|heard| heard.reply.unwrap()), expected.map(Reply::Said), "{script}");
    }
    let mut person = Person::new(keys("2|"), OPTIONS);
    person.sees(Event::Question(Box::new(probe())));
    person.sees(answer(&["one", "two", "three"]));
    person.says(&probe());
    let screen = person.screen();
    assert!(screen.contains("1  [ ] not said: one") && screen.contains("2  [x] two"), "{screen}");
}

#[test]
fn a_probe_out_of_time_took_all_of_it_and_a_late_enter_grades_nothing() {
    // Enter comes just after the points appeared by themselves, then again: it was meant to show them.
    let deeds = vec![Deed::Wait(30_100), Deed::Press(Key::Enter), Deed::Wait(200), Deed::Press(Key::Enter)];
    let mut person = Person::new(deeds, OPTIONS);
    let heard = person.asked(&probe()).unwrap();
    assert_eq!((heard.reply.unwrap(), heard.took_s), (Reply::Reveal, 30.0));
    person.sees(answer(&["one", "two"]));
    assert!(person.says(&probe()).is_none(), "nothing was graded");
    assert!(!person.screen().contains("nothing is ticked"));
    // Revealed before, it took what it took.
    assert_eq!(reply(&probe(), "?? "), Some((Reply::Reveal, 3.0)));
}

#[test]
fn the_time_of_a_probe_begins_with_a_key_unless_it_is_to_begin_at_once() {
    let options = Options { probe_at_once: false, ..OPTIONS };
    let deeds = [vec![Deed::Wait(12_000)], keys("  ")].concat();
    let mut person = Person::new(deeds, options);
    let heard = person.asked(&probe()).unwrap();
    assert_eq!((heard.reply.unwrap(), heard.took_s, heard.read_s), (Reply::Reveal, 1.0, 13.0));
    assert!(person.screen().contains("Space: begin your 30 seconds"));
}

#[test]
fn the_time_on_a_card_is_measured_from_its_question() {
    assert_eq!(reply(&number(), "100|"), Some((Reply::Answer("100".to_owned()), 4.0)));
    // What was refused is part of it; what follows is counted from there.
    let mut person = Person::new(keys("5|7|"), OPTIONS);
    assert_eq!(person.asked(&number()).unwrap().took_s, 2.0);
    person.sees(Event::Refused { message: "no".to_owned(), column: None });
    assert_eq!(person.says(&number()).unwrap().took_s, 2.0);
}

#[test]
fn wrong_feedback_stays_until_a_key_and_its_reading_is_no_answering_time() {
    let next = Question { n: 4, prompt: "The next one?".to_owned(), ..number() };
    let deeds = [vec![Deed::Wait(9000)], keys("|5|")].concat();
    let mut person = Person::new(deeds, OPTIONS);
    person.sees(Event::Question(Box::new(number())));
    person.sees(Event::Feedback(Box::new(wrong())));
    person.sees(Event::Question(Box::new(next.clone())));
    assert!(!person.screen().contains("The next one?"), "the next question waits");
    let heard = person.says(&next).unwrap();
    assert_eq!(heard.reply.unwrap(), Reply::Answer("5".to_owned()));
    assert_eq!((heard.took_s, heard.read_s), (2.0, 10.0));
    assert!(person.screen().contains("The next one?"));
}

#[test]
fn what_stays_on_the_screen_is_a_setting() {
    let close = Feedback { quality: Quality::HARD, ..feedback() };
    let by_hand = Feedback { given: None, ..close.clone() };
    for (pause, told, stays) in [
        (Pause::Wrong, wrong(), true),
        (Pause::Wrong, close, true),
        (Pause::Wrong, by_hand, false),
        (Pause::Wrong, feedback(), false),
        (Pause::Always, feedback(), true),
        (Pause::Never, wrong(), false),
    ] {
        let mut person = Person::new(Vec::new(), Options { pause, ..OPTIONS });
        person.sees(Event::Feedback(Box::new(told)));
        person.sees(Event::Question(Box::new(recall())));
        assert_eq!(!person.screen().contains("Reference main memory"), stays, "{pause:?}");
    }
}

#[test]
fn while_feedback_is_read_keys_are_about_the_card_that_it_is_of() {
    for (script, expected) in [
        ("u", Some(Reply::Undo)),
        ("r3", Some(Reply::Regrade(Quality::GOOD))),
        ("x", Some(Reply::Suspend(Which::Last))),
        ("!", Some(Reply::Flag(Which::Last))),
        ("o", Some(Reply::Show(id("latency/l1")))),
        ("q", Some(Reply::Quit)),
        ("?q", Some(Reply::Quit)),
        // The Enter that gave the answer does not put its feedback away, nor do keys of the next card act.
        ("+|", None),
        ("+|+|", None),
        ("123", None),
    ] {
        let mut person = Person::new(keys(script), OPTIONS);
        person.sees(Event::Question(Box::new(number())));
        person.sees(Event::Feedback(Box::new(Feedback { see: vec![id("latency/l1")], ..wrong() })));
        person.sees(Event::Question(Box::new(recall())));
        assert_eq!(person.says(&recall()).map(|heard| heard.reply.unwrap()), expected, "{script}");
    }
}

/// What can be pressed is told whole, the way to all keys last.
#[test]
fn the_keys_that_are_told_fit_in_sixty_columns() {
    let new = |question: Question| Question { phase: Phase::New, ..question };
    let at_key = Options { probe_at_once: false, ..OPTIONS };
    let looks_first = Question { first: Some(First::Look), ..new(number()) };
    for (question, options) in
        [(new(recall()), OPTIONS), (new(probe()), at_key), (new(choice()), OPTIONS), (looks_first, OPTIONS)]
    {
        let mut person = Person::before(60, keys("E"), options);
        person.asked(&question);
        assert!(person.screen().contains("?: keys"), "{}", person.screen());
    }
    for see in [vec![id("latency/l1")], Vec::new()] {
        let mut person = Person::before(60, keys("q"), OPTIONS);
        person.sees(Event::Question(Box::new(number())));
        person.sees(Event::Feedback(Box::new(Feedback { see, ..wrong() })));
        person.says(&recall());
        assert!(person.screen().contains("? keys"), "{}", person.screen());
    }
}

#[test]
fn a_new_card_of_a_plan_is_shown_first_unless_it_is_asked_for() {
    let new = Question { first: Some(First::Look), ..number() };
    for (script, reply) in [
        ("|", Some(Reply::Look)),
        (" ", Some(Reply::Look)),
        ("z7|", Some(Reply::Look)),
        ("a100|", Some(Reply::Answer("100".to_owned()))),
        ("s", Some(Reply::Skip)),
        ("E", Some(Reply::Quit)),
        // A key that was meant for what stood there before shows nothing.
        ("+|+ ", None),
    ] {
        let heard = Person::new(keys(script), OPTIONS).asked(&new);
        assert_eq!(heard.map(|heard| heard.reply.unwrap()), reply, "{script:?}");
    }
    // Asked back, the same question is not offered again.
    let mut person = Person::new(keys("a1|2|"), OPTIONS);
    person.asked(&new);
    assert_eq!(person.says(&new).unwrap().reply, Ok(Reply::Answer("2".to_owned())));
}

#[test]
fn how_sure_an_answer_is_is_asked_where_the_learner_wants_that() {
    let options = Options { confidence: true, ..OPTIONS };
    for (question, script, said) in [
        (number(), "7|1", Some((Reply::Answer("7".to_owned()), Some(50)))),
        (number(), "7|x93", Some((Reply::Answer("7".to_owned()), Some(95)))),
        (number(), "7||", Some((Reply::Answer("7".to_owned()), None))),
        (number(), "7|", None),
        (recall(), " 2", Some((Reply::Reveal, Some(80)))),
        (choice(), "12", Some((Reply::Pick(0), Some(80)))),
        // What is no answer is not asked for.
        (recall(), "s", Some((Reply::Skip, None))),
    ] {
        let heard = Person::new(keys(script), options).asked(&question);
        let said = said.map(|(reply, odds)| (Ok(reply), odds));
        assert_eq!(heard.map(|heard| (heard.reply, heard.confidence)), said, "{script:?}");
    }
    // The time over it is no time over the card.
    let heard = Person::new(keys(" 2"), options).asked(&recall()).unwrap();
    assert_eq!((heard.took_s, heard.read_s), (1.0, 1.0));
}

/// A screen's height lies between an answer and the same card that comes again at once.
#[test]
fn a_card_that_comes_again_at_once_does_not_stand_below_its_answer() {
    for (phase, is_far) in [(Phase::Repeat, true), (Phase::New, false)] {
        let mut person = Person::new(Vec::new(), Options { pause: Pause::Never, ..OPTIONS });
        person.sees(Event::Question(Box::new(recall())));
        person.sees(Event::Feedback(Box::new(Feedback { card: recall().card, ..wrong() })));
        let before = person.screen().len();
        person.sees(Event::Question(Box::new(Question { phase, ..recall() })));
        assert_eq!(person.screen()[before..].matches('\n').count() > 24, is_far, "{phase:?}");
    }
}

#[test]
fn a_look_stays_until_a_key() {
    let mut person = Person::new(keys("| "), OPTIONS);
    person.sees(Event::Question(Box::new(recall())));
    if let Event::Revealed(shown) = answer(&[]) {
        person.sees(Event::Looked(Box::new(shown)));
    }
    let next = Question { n: 4, prompt: "The next one?".to_owned(), ..recall() };
    person.sees(Event::Question(Box::new(next.clone())));
    assert!(!person.screen().contains("The next one?"));
    let heard = person.says(&next).unwrap();
    assert_eq!((heard.reply.unwrap(), heard.read_s, heard.took_s), (Reply::Reveal, 1.0, 1.0));
}

#[test]
fn what_is_taken_back_needs_no_reading() {
    let mut person = Person::new(keys("5|"), OPTIONS);
    person.sees(Event::Feedback(Box::new(wrong())));
    person.sees(Event::Undone { card: id("a/b"), review: None, what: What::Answer, restored: None });
    person.sees(Event::Question(Box::new(number())));
    assert!(person.screen().contains("taken back: your answer to a/b"));
    assert_eq!(person.says(&number()).unwrap().reply.unwrap(), Reply::Answer("5".to_owned()));
}

#[test]
fn at_the_end_of_a_round_no_is_no() {
    let round = Round { round: 1, asked: 3, weak: vec![id("a/b")] };
    for (script, expected) in [
        ("y", Some(Reply::Again)),
        ("|", Some(Reply::Again)),
        ("n", Some(Reply::Quit)),
        ("q", Some(Reply::Quit)),
        ("E", Some(Reply::Quit)),
        ("u", Some(Reply::Undo)),
        ("X", Some(Reply::Suspend(Which::Last))),
        ("r1", Some(Reply::Regrade(Quality::AGAIN))),
        ("+|", None),
    ] {
        let mut person = Person::new(keys(script), OPTIONS);
        person.sees(Event::Round(round.clone()));
        let heard = person.terminal.hear(&Awaited::Round(round.clone())).unwrap();
        assert_eq!(heard.map(|heard| heard.reply.unwrap()), expected, "{script}");
    }
}

fn offer() -> Offer {
    Offer { day_minutes: Some((15, 7)), more: Some(More::New(10)), sprint: Some(10), plan: true }
}

/// What these keys choose of an offer; what none of them decides is the end of the input.
fn chosen(offer: Offer, script: &str, options: Options) -> Option<Choice> {
    Person::new(keys(script), options).terminal.offer(&offer).unwrap()
}

#[test]
fn at_the_end_a_letter_goes_on_and_a_stray_key_does_nothing() {
    let without_plan = Offer { plan: false, ..offer() };
    let without_cards = Offer { more: None, sprint: None, ..offer() };
    for (offered, script, expected) in [
        (offer(), "m", Some(Choice::More)),
        (offer(), "z", Some(Choice::Sprint)),
        (offer(), "p", Some(Choice::Plan)),
        (offer(), "|", None),
        (offer(), "q", None),
        (offer(), "E", None),
        (offer(), "xm", Some(Choice::More)),
        (offer(), "?z", Some(Choice::Sprint)),
        (offer(), "Mp", Some(Choice::Plan)),
        (offer(), "x|m", None),
        (offer(), "\u{4}", None),
        // A key that was meant for the last card does not end the program; a letter is meant whenever it comes.
        (offer(), "+|m", Some(Choice::More)),
        (offer(), "+3+E+ +z", Some(Choice::Sprint)),
        (offer(), "+3E", None),
        (offer(), "+m", Some(Choice::More)),
        // What is not offered is a stray key.
        (without_plan, "pm", Some(Choice::More)),
        (without_cards, "mzp", Some(Choice::Plan)),
    ] {
        assert_eq!(chosen(offered, script, OPTIONS), expected, "{script} {offered:?}");
    }
    // Plainly it is a line.
    let plain = Options { plain: true, ..OPTIONS };
    for (script, expected) in [
        ("m|", Some(Choice::More)),
        ("z|", Some(Choice::Sprint)),
        ("p|", Some(Choice::Plan)),
        ("m<z|", Some(Choice::Sprint)),
        (" m |", Some(Choice::More)),
        ("|", None),
        ("x|m|", Some(Choice::More)),
        ("mz|?|p|", Some(Choice::Plan)),
        ("q|m|", None),
        ("E", None),
        ("\u{4}", None),
        ("+|m|", Some(Choice::More)),
        ("m", None),
    ] {
        assert_eq!(chosen(offer(), script, plain), expected, "{script}");
    }
    // The terminal was closed, or the learner interrupts.
    assert_eq!(Person::new(Vec::new(), OPTIONS).terminal.offer(&offer()).unwrap(), None);
    let mut person = Person::new(vec![Deed::Press(Key::CtrlC)], OPTIONS);
    assert_eq!(person.terminal.offer(&offer()).unwrap_err().kind(), io::ErrorKind::Interrupted);
}

#[test]
fn what_is_offered_is_told_with_its_key() {
    for (offered, told) in [
        (
            offer(),
            "7 minutes left today. What next?\n  m  10 more new cards\n  z  a sprint of 10 estimates, due or not\n  \
             p  plan for an interview\n",
        ),
        (
            Offer { day_minutes: Some((15, 1)), more: Some(More::New(1)), ..Offer::default() },
            "1 minute left today. What next?\n  m  1 more new card\n",
        ),
        (
            Offer { day_minutes: Some((15, 0)), more: Some(More::New(1)), ..Offer::default() },
            "Today's 15 minutes are done. What next?\n  m  1 more new card\n",
        ),
        (
            Offer {
                more: Some(More::Planned(Counts { due: 6, new: 4, owed: 1, ..Counts::default() })),
                ..Offer::default()
            },
            "What next?\n  m  the plan's next cards: 6 due, 1 to repeat, 4 new\n",
        ),
    ] {
        for plain in [false, true] {
            let mut person = Person::new(keys("|"), Options { plain, ..OPTIONS });
            person.terminal.offer(&offered).unwrap();
            assert!(person.screen().contains(told), "{}", person.screen());
        }
    }
    assert!(Offer { day_minutes: Some((15, 3)), ..Offer::default() }.is_empty() && !offer().is_empty());
}

#[test]
fn ctrl_c_ends_and_the_end_of_the_input_is_heard() {
    for question in [number(), recall(), choice(), probe()] {
        let mut person = Person::new(vec![Deed::Press(Key::CtrlC)], OPTIONS);
        person.sees(Event::Question(Box::new(question.clone())));
        let error = person.terminal.hear(&Awaited::Question(Box::new(question.clone()))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        assert!(Person::new(Vec::new(), OPTIONS).asked(&question).is_none());
    }
}

#[test]
fn ctrl_z_stops_and_the_card_is_shown_again() {
    let mut person = Person::new(keys("\u{1a}7|"), OPTIONS);
    assert_eq!(person.asked(&number()).unwrap().reply.unwrap(), Reply::Answer("7".to_owned()));
    assert_eq!(*person.stops.borrow(), 1);
    assert_eq!(person.screen().matches("Reference main memory").count(), 2);
}

/// What was typed and ticked is there after the terminal has another size.
#[test]
fn a_resize_loses_nothing() {
    let deeds = [keys("12"), vec![Deed::Resize], keys("3|")].concat();
    assert_eq!(Person::new(deeds, OPTIONS).asked(&number()).unwrap().reply.unwrap(), Reply::Answer("123".to_owned()));
}

#[test]
fn the_pane_is_drawn_over_itself() {
    let mut person = Person::new(vec![Deed::Wait(3000)], OPTIONS);
    person.asked(&number());
    // The clock and the prompt: each second goes up by one row to draw both anew.
    assert_eq!(person.screen().matches("\r\u{1b}[1A").count(), 2, "{:?}", person.screen());
}

#[test]
fn without_a_clock_nothing_changes_by_itself() {
    let screen = |clock| {
        let mut person = Person::new([vec![Deed::Wait(60_000)], keys("5|")].concat(), Options { clock, ..OPTIONS });
        person.asked(&number());
        person.screen()
    };
    assert!(screen(true).contains("0:59") && screen(true).contains("left"));
    assert!(!screen(false).contains("0:") && !screen(false).contains("left"));
}

/// A screen reader is given lines, and nothing is drawn over.
#[test]
fn plainly_each_change_is_a_line() {
    let options = Options { plain: true, ..OPTIONS };
    let mut person = Person::new(keys("2|1|"), options);
    person.sees(Event::Begun(begun()));
    person.asked(&number());
    person.sees(Event::Question(Box::new(probe())));
    person.sees(answer(&["one", "two"]));
    person.says(&probe());
    let screen = person.screen();
    assert!(!screen.contains(['\u{1b}', '\r', '|']) && !screen.contains("---"), "{screen:?}");
    let asked = screen.find("in ns >").unwrap();
    assert!(screen[asked..].starts_with("in ns > 2\n"), "{screen}");
    assert_eq!(screen.matches("2 [ ] two").count(), 1, "only the box that changed is told again: {screen}");
    assert!(screen.contains("1 [x] one"));
}

#[test]
fn a_card_is_edited_and_the_time_away_does_not_count() {
    use crate::session::{Edit, EditPlace};
    let edit = || {
        let place = Some(EditPlace { file: "mine.toml".to_owned(), line: 3 });
        Event::Edit(Box::new(Edit { card: id("latency/memory"), place, note: None }))
    };
    let mut person = Person::new(keys("e"), OPTIONS);
    let heard = person.asked(&recall()).unwrap();
    assert_eq!((heard.reply.unwrap(), heard.took_s), (Reply::Edit(Which::Open), 1.0));
    person.sees(edit());
    assert_eq!(*person.stops.borrow(), 1, "the editor has the terminal");
    let heard = person.says(&recall()).unwrap();
    assert_eq!((heard.reply.unwrap(), heard.took_s), (Reply::Edited(None), 0.0));
    // While feedback is read the card is the one that it is of; at a typed prompt it is a word.
    let mut person = Person::new(keys("e"), OPTIONS);
    person.sees(Event::Feedback(Box::new(wrong())));
    person.sees(Event::Question(Box::new(recall())));
    assert_eq!(person.says(&recall()).unwrap().reply.unwrap(), Reply::Edit(Which::Last));
    for words in ["edit|", ":e|"] {
        let mut person = Person::new(keys(words), OPTIONS);
        assert_eq!(person.asked(&number()).unwrap().reply.unwrap(), Reply::Edit(Which::Open), "{words}");
    }
}

#[test]
fn after_an_edited_card_the_next_question_has_its_own_time() {
    use crate::session::Edit;
    let options = Options { probe_at_once: false, ..OPTIONS };
    let mut person = Person::new(keys("e   "), options);
    person.asked(&recall());
    person.sees(Event::Edit(Box::new(Edit { card: id("latency/memory"), place: None, note: None })));
    person.says(&recall());
    assert_eq!(person.asked(&recall()).unwrap().reply.unwrap(), Reply::Reveal);
    let heard = person.asked(&Question { n: 4, ..probe() }).unwrap();
    assert_eq!(
        (heard.reply.unwrap(), heard.took_s, heard.read_s),
        (Reply::Reveal, 1.0, 1.0),
        "a key begins its seconds"
    );
}
