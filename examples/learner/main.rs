//! Simulated learners on the way to an interview: what each rule leaves on the morning of the day, at equal minutes.
//!
//! ```text
//! cargo run --release --example learner
//! cargo run --release --example learner -- --learners 20 --days 14 --minutes 15 --mix simple
//! ```
//!
//! Every learner has a memory of one of several makes (`memory.rs` names their sources), with constants of their own, none of
//! them what the program predicts with. The plan and SM-2 run through the product's own day: decks, practice, session and
//! store. The other programs' rules are simulated with the same cards and the same answers (`rival.rs`).

mod course;
mod memory;
mod person;
mod rival;

use clap::Parser;
use course::{Cards, Outcome, Policy};
use memory::Make;
use person::{Mix, Person};
use rival::Rival;
use std::thread;

#[derive(Parser)]
struct Args {
    /// Which population.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 20)]
    learners: u64,
    /// Days until the interview.
    #[arg(long, value_delimiter = ',', default_value = "3,7,14,28,56")]
    days: Vec<u32>,
    /// Minutes a day.
    #[arg(long, value_delimiter = ',', default_value = "15")]
    minutes: Vec<u32>,
    /// `simple`: 8 s when right, 14 s when wrong; `kinds`: as long as each kind takes.
    #[arg(long, default_value = "simple")]
    mix: String,
    /// Only policies whose name contains this, beside those that they are held against.
    #[arg(long)]
    only: Option<String>,
    /// Prints each make's table too.
    #[arg(long)]
    makes: bool,
}

fn main() {
    let args = Args::parse();
    let cards = &Cards::read();
    let mix = if args.mix == "kinds" { Mix::Kinds } else { Mix::Simple };
    println!("{} learners of each make, {} cards, mix {}", args.learners, cards.briefs.len(), args.mix);
    let wanted = |policy: &Policy| {
        is_base(policy) || args.only.as_ref().is_none_or(|only| policy.name().contains(only.as_str()))
    };
    let policies: Vec<Policy> = Policy::ALL.into_iter().filter(wanted).collect();
    for minutes in &args.minutes {
        for days in &args.days {
            println!("\n{days} days of {minutes} minutes");
            let of_make: Vec<Vec<Outcome>> = Make::ALL
                .into_iter()
                .map(|make| {
                    let person = |number| Person::new(make, mix, args.seed, number, cards.briefs.len());
                    let live = |number| -> Vec<Outcome> {
                        let run = |policy: &Policy| course::run(cards, &person(number), *policy, *days, *minutes);
                        policies.iter().map(run).collect()
                    };
                    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
                    let lived: Vec<Vec<Outcome>> = thread::scope(|scope| {
                        let part = |first: u64| (first..args.learners).step_by(threads as usize).map(live).collect();
                        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
                        parts
                            .into_iter()
                            .flat_map(|part| -> Vec<Vec<Outcome>> { part.join().expect("none gives up") })
                            .collect()
                    });
                    let of_policy = |at: usize| mean(&lived.iter().map(|outcomes| &outcomes[at]).collect::<Vec<_>>());
                    (0..policies.len()).map(of_policy).collect()
                })
                .collect();
            if args.makes {
                for (make, outcomes) in Make::ALL.iter().zip(&of_make) {
                    table(make.name(), &policies, outcomes);
                }
            }
            let of_all = |at: usize| mean(&of_make.iter().map(|outcomes| &outcomes[at]).collect::<Vec<_>>());
            table("all makes", &policies, &(0..policies.len()).map(of_all).collect::<Vec<_>>());
            ratios(&policies, &of_make);
        }
    }
}

/// What the plan is held against.
fn is_base(policy: &Policy) -> bool {
    *policy == Policy::SM2_20
        || matches!(policy, Policy::Other(Rival::Anki { new: 20 }))
        || matches!(policy, Policy::Other(Rival::Fsrs { retention, new: 20 }) if *retention == 0.9)
}

type Column = (&'static str, fn(&Outcome) -> f64);

const COLUMNS: [Column; 7] = [
    ("met", |o| o.met),
    ("recalled", |o| o.recalled),
    ("level 1", |o| o.level_1),
    ("solid", |o| o.solid),
    ("% right", |o| 100.0 * o.right),
    ("30 d later", |o| o.later),
    ("top day", |o| o.heaviest),
];

fn table(head: &str, policies: &[Policy], outcomes: &[Outcome]) {
    println!("{head:<28}{}", COLUMNS.map(|(name, _)| format!("{name:>11}")).concat());
    for (policy, outcome) in policies.iter().zip(outcomes) {
        let cells = COLUMNS.map(|(_, value)| format!("{:>11.1}", value(outcome))).concat();
        let [first, middle, last] = outcome.predicted;
        let predicted =
            if first > 0.0 { format!("   predicted {first:.0} {middle:.0} {last:.0}") } else { String::new() };
        println!("{:<28}{cells}{predicted}", policy.name());
    }
}

/// Each style against the best of SM-2, Anki's SM-2 and FSRS at 0.9 with 20 new cards: the geometric mean over the makes of
/// memory, the worst of them, and other things that count.
fn ratios(policies: &[Policy], of_make: &[Vec<Outcome>]) {
    let base: Vec<usize> = (0..policies.len()).filter(|at| is_base(&policies[*at])).collect();
    let sm2 = policies.iter().position(|policy| *policy == Policy::SM2_20).unwrap_or_default();
    for (at, policy) in policies.iter().enumerate() {
        let (Policy::Plan(_) | Policy::Ask(_)) = policy else { continue };
        let best = |o: &[Outcome]| base.iter().map(|at| o[*at].recalled).fold(0.0, f64::max);
        let against = |value: &dyn Fn(&[Outcome]) -> f64| {
            let ratios: Vec<f64> = of_make.iter().map(|o| value(o)).collect();
            let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
            let least = ratios.iter().copied().fold(f64::MAX, f64::min);
            format!("{mean:.2} ({least:.2})")
        };
        let of_met = |o: &Outcome| o.recalled / o.met;
        let points: Vec<String> =
            of_make.iter().map(|o| format!("{:+.0}", 100.0 * (of_met(&o[at]) - of_met(&o[sm2])))).collect();
        let off = |told: usize| {
            let off = |o: &Vec<Outcome>| format!("{:+.0}", 100.0 * (o[at].predicted[told] / o[at].recalled - 1.0));
            of_make.iter().map(off).collect::<Vec<_>>().join(" ")
        };
        println!(
            "{:<28}recalled {}, solid {}, level 1 {}, 30 d {}; recall of met {}; predicted off by {}% | {}% | {}%",
            policy.name(),
            against(&|o| o[at].recalled / best(o)),
            against(&|o| o[at].solid / o[sm2].solid),
            against(&|o| o[at].level_1 / o[sm2].level_1),
            against(&|o| o[at].later / o[sm2].later),
            points.join(" "),
            off(0),
            off(1),
            off(2),
        );
    }
}

fn mean(outcomes: &[&Outcome]) -> Outcome {
    let of = |value: fn(&Outcome) -> f64| outcomes.iter().map(|o| value(o)).sum::<f64>() / outcomes.len() as f64;
    Outcome {
        met: of(|o| o.met),
        recalled: of(|o| o.recalled),
        level_1: of(|o| o.level_1),
        solid: of(|o| o.solid),
        right: of(|o| o.right),
        later: of(|o| o.later),
        heaviest: of(|o| o.heaviest),
        predicted: [of(|o| o.predicted[0]), of(|o| o.predicted[1]), of(|o| o.predicted[2])],
    }
}
