//! A sheet as a page to read and to print: matrices as tables, numbers of a family together, answers that open at a tap
//! where they are hidden.

use super::page::page;
use super::sheet::{Entry, Matrix, Sheet, Written};
use maud::{Markup, html};

impl Sheet {
    /// The sheet as a page; `blank` hides each answer until it is opened, and keeps it off the paper.
    pub fn page(&self, title: &str, blank: bool) -> String {
        let body = html! {
            header { h1 { (title) } }
            @if self.sections.len() > 1 {
                nav aria-label="sections" {
                    ul class="inline" {
                        @for (at, section) in self.sections.iter().enumerate() {
                            li { a href=(format!("#s{at}")) { (section.title) } }
                        }
                    }
                }
            }
            main class="sheet" {
                (self.body(blank))
            }
        };
        page(title, &body)
    }

    /// The same without a page around it.
    pub fn body(&self, blank: bool) -> Markup {
        html! {
            @for (at, section) in self.sections.iter().enumerate() {
                section class="long" aria-labelledby=(format!("s{at}")) {
                    h2 id=(format!("s{at}")) { (section.title) }
                    (entries(&section.entries, blank))
                }
            }
        }
    }
}

/// The entries in order; the numbers of a family stand in one table, where the first of them is.
fn entries(entries: &[Entry], blank: bool) -> Markup {
    let family_of = |entry: &Entry| match entry {
        Entry::Card(card) => card.family.clone(),
        Entry::Matrix(_) => None,
    };
    let is_first =
        |at: usize, family: &str| !entries[..at].iter().any(|entry| family_of(entry).as_deref() == Some(family));
    let of_family = |family: &str| {
        let numbers = entries.iter().filter_map(|entry| match entry {
            Entry::Card(card) if card.family.as_deref() == Some(family) => Some(card.as_ref()),
            _ => None,
        });
        numbers.collect::<Vec<&Written>>()
    };
    html! {
        @for (at, entry) in entries.iter().enumerate() {
            @match (entry, family_of(entry)) {
                (Entry::Card(_), Some(family)) => {
                    @if is_first(at, &family) { (numbers(&of_family(&family), blank)) }
                }
                (Entry::Card(written), None) => (card(written, blank)),
                (Entry::Matrix(shown), _) => (matrix(shown, blank)),
            }
        }
    }
}

fn weak(is_weak: bool) -> Markup {
    html! { @if is_weak { " " span class="weak" { "weak" } } }
}

/// What is hidden until it is opened, where answers are.
fn answer(blank: bool, content: &Markup) -> Markup {
    html! {
        @if blank { details { summary { "answer" } (content) } } @else { (content) }
    }
}

fn inner(card: &Written) -> Markup {
    html! {
        @if !card.points.is_empty() { ul { @for point in &card.points { li { (point) } } } }
        @for line in &card.answer { p { (line) } }
        @if let Some(why) = &card.why { p class="dim" { (why) } }
        @if let Some(note) = &card.remark.note { p class="note" { "Note: " (note) } }
        @if let Some(source) = &card.source { p class="dim small" { "Source: " (source) } }
    }
}

fn card(card: &Written, blank: bool) -> Markup {
    html! {
        article {
            h3 { (card.ask) (weak(card.remark.weak)) }
            (answer(blank, &inner(card)))
        }
    }
}

fn numbers(cards: &[&Written], blank: bool) -> Markup {
    html! {
        article {
            table {
                thead { tr { th scope="col" { "number" } th scope="col" { "answer" } } }
                tbody {
                    @for card in cards {
                        tr {
                            th scope="row" { (card.ask) (weak(card.remark.weak)) }
                            td { (answer(blank, &inner(card))) }
                        }
                    }
                }
            }
        }
    }
}

fn matrix(matrix: &Matrix, blank: bool) -> Markup {
    html! {
        article {
            h3 { (matrix.title) }
            @if !matrix.rows.is_empty() {
                div class="scroll" tabindex="0" role="group" aria-label=(matrix.title) {
                    table {
                        thead { tr {
                            td { span class="unseen" { "dimension" } }
                            @for option in &matrix.options { th scope="col" { (option) } }
                        } }
                        tbody {
                            @for (dimension, cells, is_weak) in &matrix.rows {
                                tr {
                                    th scope="row" { (dimension) (weak(*is_weak)) }
                                    @for cell in cells { td { (answer(blank, &html! { (cell) })) } }
                                }
                            }
                        }
                    }
                }
            }
            @for verdict in &matrix.verdicts {
                h4 { (verdict.ask) (weak(verdict.remark.weak)) }
                (answer(blank, &inner(verdict)))
            }
        }
    }
}
