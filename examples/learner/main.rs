//! Simulated learners on the way to an interview: what each policy leaves on the morning of the day, at equal minutes.
//!
//! ```text
//! cargo run --release --example learner
//! cargo run --release --example learner -- --seed 2 --learners 100 --weeks 4 --stability 0.5 --decay 0.5
//! ```
//!
//! Every learner has a memory after FSRS-6 with weights of their own, none of them what the program predicts with,
//! and answers through the real decks, queue, session and store.

mod course;
mod memory;
mod person;

use clap::Parser;
use course::{Cards, LAST_DAYS, MINUTES, Outcome, Policy};
use person::{Person, Population};
use std::thread;
use sysdrill::deck::Library;

#[derive(Parser)]
struct Args {
    /// Which population.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 40)]
    learners: u64,
    /// Weeks until the interview.
    #[arg(long, value_delimiter = ',', default_value = "2,4,8")]
    weeks: Vec<u32>,
    /// How long memories last: 1 as published.
    #[arg(long, default_value_t = 1.0)]
    stability: f64,
    /// How memories fade, in place of 0.2: FSRS-5 had 0.5.
    #[arg(long)]
    decay: Option<f64>,
    /// Prints the plan's days too.
    #[arg(long)]
    days: bool,
}

/// A learner and his outcomes, in the order of the policies.
type Lived = (f64, Vec<Outcome>);

fn main() {
    let args = Args::parse();
    let library = Library::new(&[]);
    let cards = &Cards::new(&library);
    let population = Population { seed: args.seed, stability: args.stability, decay: args.decay };
    println!(
        "{} learners, {MINUTES} minutes a day, {} cards; ± is half of a 95% interval",
        args.learners,
        cards.cards.len()
    );
    println!("met: cards met; % of met, % level 1: recalled on the day, in level 1 a card never met as forgotten;");
    println!("recalled: cards recalled of all; minutes in all; top day: the longest day's, the mean over learners");
    for weeks in args.weeks {
        let live = |number| -> Lived {
            let person = Person::new(population, number, cards.cards.len());
            (person.pace, Policy::ALL.map(|policy| course::run(cards, &person, policy, weeks)).to_vec())
        };
        let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
        let mut lived: Vec<Lived> = thread::scope(|scope| {
            let part = |first: u64| (first..args.learners).step_by(threads as usize).map(live).collect::<Vec<_>>();
            let parts: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
            parts.into_iter().flat_map(|part| part.join().expect("no learner gives up")).collect()
        });
        report(weeks, &mut lived, args.days);
    }
}

/// A column of a table: its head, its digits, its value.
type Column = (&'static str, usize, fn(&Outcome) -> f64);

const COLUMNS: [Column; 6] = [
    ("met", 0, |o| o.met),
    ("% of met", 1, |o| 100.0 * o.of_met),
    ("% level 1", 1, |o| 100.0 * o.of_level_1),
    ("recalled", 1, |o| o.recalled),
    ("minutes", 0, |o| o.minutes),
    ("top day", 1, |o| o.heaviest),
];

fn report(weeks: u32, lived: &mut [Lived], days: bool) {
    let of = |policy: Policy| Policy::ALL.iter().position(|known| *known == policy).unwrap_or_default();
    let heads: String = COLUMNS.iter().map(|(head, ..)| format!("{head:>11}")).collect();
    println!("\n{:<14}{heads}", format!("{weeks} weeks"));
    for policy in Policy::ALL {
        let values = |column: Column| lived.iter().map(|(_, o)| column.2(&o[of(policy)])).collect::<Vec<_>>();
        println!("{:<14}{}", policy.name(), COLUMNS.map(|c| cell(c, &values(c), "")).concat());
    }
    for base in [Policy::Sm2, Policy::Sm2Full] {
        println!("less {}", base.name());
        for policy in Policy::ALL.into_iter().filter(|policy| *policy != base) {
            let differences = |column: Column, lived: &[Lived]| {
                lived.iter().map(|(_, o)| column.2(&o[of(policy)]) - column.2(&o[of(base)])).collect::<Vec<_>>()
            };
            let line = |lived: &[Lived]| COLUMNS[..4].iter().map(|c| cell(*c, &differences(*c, lived), "+")).collect();
            let whole: String = line(lived);
            println!("{:<14}{whole}", policy.name());
            if policy == Policy::Plan {
                let quarter = lived.len().div_ceil(4);
                lived.sort_by(|a, b| b.0.total_cmp(&a.0));
                println!("{:<14}{}", "  the slowest", line(&lived[..quarter]));
                lived.sort_by(|(_, a), (_, b)| a[of(base)].of_met.total_cmp(&b[of(base)].of_met));
                println!("{:<14}{}", "  the weakest", line(&lived[..quarter]));
            }
        }
    }
    let plan: Vec<&Outcome> = lived.iter().map(|(_, o)| &o[of(Policy::Plan)]).collect();
    let percent =
        |value: &dyn Fn(&Outcome) -> f64| 100.0 * plan.iter().map(|o| value(o)).sum::<f64>() / plan.len() as f64;
    println!("the plan's heaviest day of all: {:.1} min", plan.iter().map(|o| o.heaviest).fold(0.0, f64::max));
    println!("its reviews before the day that was planned at a right answer: {:.1}%", percent(&|o| o.early));
    let last: String = (1..=LAST_DAYS).map(|day| format!(" {:.0}", percent(&|o| o.last_seen[day]))).collect();
    println!("% of met cards seen last 1, 2, .. {LAST_DAYS} and more days before:\n {last}");
    if days {
        let by_day = |values: &dyn Fn(&Outcome) -> &Vec<f64>| {
            let mean = |day: usize| plan.iter().map(|o| values(o)[day]).sum::<f64>() / plan.len() as f64;
            (0..7 * weeks as usize).map(|day| format!(" {:.0}", mean(day))).collect::<String>()
        };
        println!("new:    {}\nminutes:{}", by_day(&|o| &o.met_on), by_day(&|o| &o.minutes_on));
    }
}

/// A mean with half of its 95% confidence interval.
fn cell((_, digits, _): Column, values: &[f64], sign: &str) -> String {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let half = 1.96 * (variance / n).sqrt();
    let mean = if sign.is_empty() { format!("{mean:.digits$}") } else { format!("{mean:+.digits$}") };
    format!("{:>11}", format!("{mean}±{half:.digits$}"))
}
