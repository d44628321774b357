//! The real binary on a pseudo-terminal: what a person sees, and how the terminal is left.

use crate::harness::{World, recall};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Whoever waits longer than this waits for something that does not come.
const DEADLINE: Duration = Duration::from_secs(60);
const ESTIMATE: &str = "[[estimate]]\nid = \"qps\"\nask = \"{dau} users make a request a day. Average QPS?\"\nunit = \"QPS\"\n\
    answer = \"dau / day\"\ngiven.dau = { pick = [\"10M\"] }\n\
    [[estimate.check]]\ngiven = { dau = \"10M\" }\nanswer = \"115.7/s\"\n";
const NUMBER: &str = "[[number]]\nid = \"memory\"\nask = \"Reference main memory\"\nanswer = \"100 ns\"\n";

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// A person before a terminal.
pub struct Sitting {
    child: Child,
    /// The person's end; none once the terminal was closed.
    master: Option<File>,
    /// The program's end, to see how it is left.
    slave: File,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Sitting {
    fn begin(world: &World, args: &[&str], size: (u16, u16)) -> Self {
        // Set up already.
        let config = world.path("config/config.toml");
        if !config.exists() {
            fs::write(config, "").unwrap();
        }
        let mut command = world.command(args);
        command.env("EDITOR", format!("sh {}", world.path("editor.sh").display()));
        Self::of(command, size)
    }

    /// Before whatever program.
    pub fn of(mut command: Command, (rows, columns): (u16, u16)) -> Self {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        let child = command.env("TERM", "xterm-256color").stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let master = File::from(master);
        let mut reader = master.try_clone().unwrap();
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(cells(rows), cells(columns), 1000);
        Self { child, master: Some(master), slave, bytes, screen, raw: Vec::new() }
    }

    /// A review of the deck `mine` on a screen of 80 by 24.
    fn review(world: &World) -> Self {
        Self::begin(world, &["review", "--deck", "mine", "--seed", "1"], (24, 80))
    }

    pub fn press(&mut self, keys: &str) {
        self.master.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.raw.extend_from_slice(bytes);
    }

    /// Waits until a person sees this, and gives the screen.
    pub fn sees(&mut self, text: &str) -> String {
        let since = Instant::now();
        loop {
            let contents = self.screen.screen().contents();
            if contents.contains(text) {
                return contents;
            }
            match self.bytes.recv_timeout(DEADLINE.saturating_sub(since.elapsed())) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => panic!("nobody sees {text:?} on\n{contents}"),
            }
        }
    }

    /// Waits until the question has stood there for a second: keys are meant for it now.
    fn reads(&mut self, question: &str) -> String {
        self.sees(question);
        self.sees("0:01")
    }

    /// Presses a key until that is so: what is pressed too soon after something appeared is dropped.
    fn press_until<T>(&mut self, key: &str, mut there: impl FnMut(&mut Self) -> Option<T>) -> T {
        let since = Instant::now();
        loop {
            if let Some(found) = there(self) {
                return found;
            }
            assert!(since.elapsed() < DEADLINE, "it does not come");
            match self.bytes.recv_timeout(Duration::from_millis(100)) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => self.press(key),
            }
        }
    }

    /// Waits for what is offered at the end, and declines.
    fn declines(mut self) -> (ExitStatus, String) {
        self.sees("What next?");
        self.press_until("\r", |sitting| sitting.child.try_wait().unwrap());
        self.ends()
    }

    /// Waits until a person has seen this so many times.
    fn sees_times(&mut self, text: &str, times: usize) {
        let since = Instant::now();
        while String::from_utf8_lossy(&self.raw).matches(text).count() < times {
            match self.bytes.recv_timeout(DEADLINE.saturating_sub(since.elapsed())) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => panic!("nobody sees {text:?} {times} times on\n{}", self.screen.screen().contents()),
            }
        }
    }

    /// Shows the answer of a card that is thought over, and grades it as known.
    fn knows(&mut self, card: &str) {
        self.sees(&format!("What is {card}?"));
        let answer = format!("It is {card}.");
        self.press_until(" ", |sitting| sitting.screen.screen().contents().contains(&answer).then_some(()));
        self.press("3");
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn has_echo(&self) -> bool {
        let modes = tcgetattr(&self.slave).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// Waits for the end, and holds that the terminal is as it was found.
    pub fn ends(mut self) -> (ExitStatus, String) {
        let status = wait_until(|| self.child.try_wait().unwrap());
        assert!(self.has_echo(), "the terminal is left without echo");
        while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(50)) {
            self.take(&bytes);
        }
        let raw = String::from_utf8_lossy(&self.raw).into_owned();
        assert!(raw.rfind("\u{1b}[?2004l") >= raw.rfind("\u{1b}[?2004h"), "pastes are still marked");
        (status, self.screen.screen().contents())
    }
}

/// Asks again until there is something.
fn wait_until<T>(mut there: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(since.elapsed() < DEADLINE, "it does not come");
        std::thread::yield_now();
    }
}

fn reviews(world: &World, card: &str) -> usize {
    world.card(card)["reviews"].as_array().unwrap().len()
}

#[test]
fn a_session_from_the_first_question_to_the_end() {
    let world = World::with_deck(NUMBER);
    world.json(&["due", "--json"]);
    let mut sitting = Sitting::review(&world);
    assert!(!sitting.reads("Reference main memory").contains("right"));
    assert!(!sitting.has_echo());
    sitting.press("100 ns\r");
    sitting.sees("right: 100 ns");
    let (status, screen) = sitting.declines();
    assert!(status.success() && screen.contains("1 answer: 1 right"), "{screen}");
    let took_s = world.card("mine/memory")["reviews"][0]["took_s"].as_f64().unwrap();
    assert!((1.0..60.0).contains(&took_s), "the time was measured: {took_s}");
}

#[test]
fn ctrl_c_and_a_signal_leave_a_clean_terminal() {
    let world = World::with_deck(NUMBER);
    world.json(&["due", "--json"]);
    for how in ["key", "term", "hup"] {
        let mut sitting = Sitting::review(&world);
        sitting.reads("Reference main memory");
        sitting.press("12");
        sitting.sees("in ns > 12");
        match how {
            "key" => sitting.press("\u{3}"),
            "term" => sitting.signal(Signal::TERM),
            _ => sitting.signal(Signal::HUP),
        }
        let (status, screen) = sitting.ends();
        assert_eq!(status.code(), Some(130), "{how}");
        let says = screen.contains("every answer that you have had feedback on is saved");
        assert_eq!(says, how == "key", "{how}: {screen}");
    }
    assert_eq!(reviews(&world, "mine/memory"), 0);
}

#[test]
fn ctrl_z_stops_and_going_on_comes_back_to_the_card() {
    let world = World::with_deck(NUMBER);
    world.json(&["due", "--json"]);
    let mut sitting = Sitting::review(&world);
    sitting.reads("Reference main memory");
    sitting.press("10\u{1a}");
    let stat = format!("/proc/{}/stat", sitting.child.id());
    wait_until(|| fs::read_to_string(&stat).unwrap().contains(") T ").then_some(()));
    assert!(sitting.has_echo(), "a shell has the terminal now");
    sitting.signal(Signal::CONT);
    wait_until(|| (!sitting.has_echo()).then_some(()));
    sitting.press("0 ns\r");
    sitting.sees("right: 100 ns");
    assert!(sitting.declines().0.success());
    assert_eq!(reviews(&world, "mine/memory"), 1);
}

#[test]
fn a_narrower_terminal_shows_the_prompt_whole() {
    let world = World::with_deck(NUMBER);
    world.json(&["due", "--json"]);
    let mut sitting = Sitting::review(&world);
    sitting.reads("Reference main memory");
    sitting.press("100");
    sitting.sees("in ns > 100");
    let size = Winsize { ws_row: 20, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&sitting.slave, size).unwrap();
    sitting.screen.screen_mut().set_size(cells(20), cells(40));
    sitting.signal(Signal::WINCH);
    sitting.press(" ns");
    let screen = sitting.sees("in ns > 100 ns");
    assert_eq!(screen.matches("in ns >").count(), 1, "{screen}");
    sitting.press("\r");
    sitting.sees("right");
    assert!(sitting.declines().0.success());
}

#[test]
fn a_paste_with_line_breaks_answers_one_card() {
    let other = NUMBER.replace("memory", "other");
    let world = World::with_deck(&[NUMBER, &other].concat());
    world.json(&["due", "--json"]);
    let mut sitting = Sitting::review(&world);
    sitting.reads("Reference main");
    sitting.press("\u{1b}[200~100 ns\r100 ns\r\u{1b}[201~");
    sitting.sees("pasted the first line of 2");
    sitting.press("\r");
    sitting.sees("2 of 2");
    sitting.sees("0:01");
    sitting.press("quit\r");
    assert!(sitting.ends().0.success());
    assert_eq!(reviews(&world, "mine/memory") + reviews(&world, "mine/other"), 1);
}

#[test]
fn the_end_of_the_input_ends_the_session_and_keeps_the_answers() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    world.json(&["due", "--json"]);
    let mut sitting = Sitting::review(&world);
    sitting.reads("What is a?");
    sitting.press(" ");
    sitting.sees("It is a.");
    sitting.press("3");
    sitting.sees("What is b?");
    sitting.press("\u{4}");
    sitting.sees("0:01");
    sitting.press("\u{4}");
    assert!(sitting.ends().0.success());
    assert_eq!((reviews(&world, "mine/a"), reviews(&world, "mine/b")), (1, 0));
}

#[test]
fn a_small_and_a_plain_terminal_ask_as_well() {
    let world = World::with_deck(NUMBER);
    world.json(&["due", "--json"]);
    for (args, size) in
        [(&["review", "--deck", "mine"][..], (20, 60)), (&["review", "--deck", "mine", "--plain"], (24, 80))]
    {
        let mut sitting = Sitting::begin(&world, args, size);
        sitting.sees("in ns >");
        sitting.press("\u{3}");
        assert_eq!(sitting.ends().0.code(), Some(130));
    }
}

/// One card a day: the day's cards are done at once, and there is much time left.
fn one_a_day(cards: &str) -> World {
    let world = World::with_deck(cards);
    fs::write(world.path("config/config.toml"), "new_per_day = 1\n").unwrap();
    world.json(&["due", "--json"]);
    world
}

#[test]
fn when_the_day_is_done_more_cards_a_sprint_and_a_plan_are_offered() {
    let world = one_a_day(&[recall("a"), ESTIMATE.to_owned()].concat());
    let mut sitting = Sitting::review(&world);
    sitting.knows("a");
    let screen = sitting.sees("p  plan for an interview");
    assert!(
        screen.contains("14 minutes left today. What next?") && screen.contains("m  1 more new card\n"),
        "{screen}"
    );
    assert!(screen.contains("z  a sprint of 10 estimates, due or not"), "{screen}");
    sitting.press("m");
    sitting.sees("your selection: 1 new, 14 minutes");
    sitting.reads("Average QPS?");
    sitting.press("skip\r");
    sitting.sees_times("p  plan for an interview", 2);
    sitting.press("z");
    sitting.reads("1 of 10");
    sitting.press("quit\r");
    let (status, screen) = sitting.ends();
    assert!(status.success() && screen.contains("quiz, 14 minutes"), "{screen}");
    assert_eq!((reviews(&world, "mine/a"), reviews(&world, "mine/qps")), (1, 0));
}

#[test]
fn a_plan_that_is_made_at_the_end_is_offered_no_more_and_has_the_next_cards() {
    let world = one_a_day(&[recall("a"), recall("b")].concat());
    let mut sitting = Sitting::review(&world);
    sitting.knows("a");
    sitting.sees("p  plan for an interview");
    sitting.press("p");
    sitting.sees("Day of the interview");
    sitting.press("2001-01-01\r");
    sitting.sees("that day is not ahead");
    let today: chrono::NaiveDate = world.json(&["stats", "--json"])["day"].as_str().unwrap().parse().unwrap();
    sitting.press(&format!("{}\r", today + chrono::Days::new(14)));
    let screen = sitting.sees("m  the plan's next cards: about 1 new");
    let offered = &screen[screen.rfind("What next?").unwrap()..];
    assert!(!offered.contains("p  plan") && !offered.contains("z  "), "{screen}");
    sitting.press("m");
    sitting.sees("What is b?");
    sitting.sees("Enter: show me");
    sitting.press("\u{3}");
    assert_eq!(sitting.ends().0.code(), Some(130));
}

#[test]
fn nothing_is_offered_to_who_quits_whose_time_is_up_or_who_asked_for_so_many() {
    let world = one_a_day(&[recall("a"), recall("b")].concat());
    let mut sitting = Sitting::review(&world);
    sitting.reads("What is a?");
    sitting.press("q");
    let (status, screen) = sitting.ends();
    assert!(status.success() && !screen.contains("What next?"), "{screen}");
    // So many cards were asked for; or less than a minute is left of one.
    for (card, more) in [("a", ["--limit", "1"].as_slice()), ("b", &["--more", "1", "--minutes", "1"])] {
        let mut sitting = Sitting::begin(&world, &[&["review", "--deck", "mine"], more].concat(), (24, 80));
        sitting.knows(card);
        let (status, screen) = sitting.ends();
        let is_done = status.success() && screen.contains("1 answer: 1 right");
        assert!(is_done && !screen.contains("What next?"), "{screen}");
    }
}

#[test]
fn plainly_what_is_offered_is_chosen_by_a_line() {
    let world = one_a_day(&[recall("a"), recall("b")].concat());
    let mut sitting = Sitting::begin(&world, &["review", "--deck", "mine", "--seed", "1", "--plain"], (24, 80));
    sitting.knows("a");
    sitting.sees("a letter and Enter, or Enter alone to end >");
    sitting.press("m");
    sitting.sees("to end > m");
    sitting.press_until("\r", |sitting| sitting.screen.screen().contents().contains("What is b?").then_some(()));
    sitting.press("\u{3}");
    assert_eq!(sitting.ends().0.code(), Some(130));
}

/// The first start asks its questions, and tells the keys once. What was pasted before a question was there answers none.
#[test]
fn the_first_start_asks_what_matters_and_tells_the_keys_once() {
    let world = World::with_deck(&recall("a"));
    let mut sitting = Sitting::of(world.command(&[]), (24, 60));
    sitting.sees("> none, or not yet");
    sitting.press("\r\r\r\r");
    sitting.sees("Time a day:");
    sitting.sees("> 15 minutes");
    sitting.press("\u{1b}");
    sitting.sees("Time a day: left as it is");
    sitting.sees("> all of them");
    sitting.press("\u{1b}[B");
    sitting.sees("> I will choose");
    sitting.press("\r");
    sitting.sees("> [x]");
    sitting.press(" ");
    sitting.sees("> [ ]");
    sitting.press("\r");
    sitting.sees("Decks: ");
    let shown = sitting.sees("?: keys");
    assert_eq!(shown.matches("ends the session; every answer is saved at once").count(), 1, "{shown}");
    assert!(!shown.contains("q quits"), "{shown}");
    sitting.press_until("q", |sitting| sitting.child.try_wait().unwrap());
    sitting.ends();
    let settings = fs::read_to_string(world.path("config/config.toml")).unwrap();
    assert!(settings.contains("minutes = 15") && settings.contains("decks_off = [\"conversions\"]"), "{settings}");
}

/// How often the editor was opened.
fn opened(world: &World) -> usize {
    fs::read_to_string(world.path("opened")).map_or(0, |opened| opened.lines().count())
}

/// A file that is left broken opens again where it is broken.
#[test]
fn e_opens_a_broken_file_again_at_its_error() {
    let world = World::with_deck(&recall("a"));
    world.json(&["due", "--json"]);
    let editor = "echo \"$@\" >> opened\nif [ -e broken ]; then sed -i 's/answr/answer/' \"$1\"; \
                  else touch broken; sed -i 's/answer/answr/' \"$1\"; fi\n";
    fs::write(world.path("editor.sh"), editor).unwrap();
    let mut sitting = Sitting::review(&world);
    sitting.reads("What is a?");
    sitting.press("e");
    sitting.sees("Its cards are left out");
    sitting.press_until("e", |_| (opened(&world) > 1).then_some(()));
    sitting.press_until("q", |sitting| sitting.child.try_wait().unwrap());
    sitting.ends();
    assert!(world.ok(&["deck", "check"]).contains("all sound"));
}

#[test]
fn e_edits_the_card_and_the_session_goes_on() {
    let world = World::with_deck(&recall("a"));
    world.json(&["due", "--json"]);
    // The editor finds the terminal as the shell would have it.
    fs::write(world.path("editor.sh"), "stty -a > modes\nsed -i 's/What is a/What is now a/' \"$1\"\n").unwrap();
    let mut sitting = Sitting::review(&world);
    sitting.reads("What is a?");
    sitting.press("e");
    sitting.sees("What is now a?");
    assert!(!sitting.has_echo(), "keys come as they are pressed again");
    let modes = fs::read_to_string(world.path("modes")).unwrap();
    assert!(modes.contains(" echo ") && modes.contains(" icanon"), "{modes}");
    // An editor that fails is told, with the place, and the card is still there.
    fs::write(world.path("editor.sh"), "exit 3\n").unwrap();
    sitting.sees("0:03");
    sitting.press("e");
    sitting.sees("code 3");
    sitting.sees("0:05");
    sitting.press(" ");
    sitting.sees("It is a.");
    sitting.press("3");
    assert!(sitting.declines().0.success());
    assert_eq!(reviews(&world, "mine/a"), 1);
}
