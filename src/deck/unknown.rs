//! Names that nothing has, and what was meant.

/// A name that nothing has, and the nearest that exist.
#[derive(Debug, thiserror::Error)]
#[error("there is no {what} '{name}'{}", suggestion(.nearest, *.is_near))]
pub struct Unknown {
    what: &'static str,
    name: String,
    nearest: Vec<String>,
    /// Whether these are like it, and not all that there are.
    is_near: bool,
}

fn suggestion(nearest: &[String], is_near: bool) -> String {
    match nearest {
        [] => String::new(),
        names if is_near => format!(": did you mean {}?", one_of(names)),
        names => format!("; there are {}", names.join(", ")),
    }
}

/// Some names, of which one is meant: `a, b or c`.
pub fn one_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} or {last}", some.join(", ")),
    }
}

impl Unknown {
    /// Whether nothing that exists has a name that is near.
    pub fn is_far(&self) -> bool {
        self.nearest.is_empty()
    }

    /// No card has this id; the nearest of those that exist are named.
    pub fn card<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self { what: "card", name: id.to_owned(), nearest: nearest(id, known), is_near: true }
    }

    /// No deck has this name; the nearest are named, or all where none is near.
    pub fn deck<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut nearest = nearest(name, known.clone());
        let is_near = !nearest.is_empty();
        if !is_near {
            nearest = known.map(str::to_owned).collect();
        }
        Self { what: "deck", name: name.to_owned(), nearest, is_near }
    }
}

/// The names that someone who typed `name` most likely meant, best first, at most three.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| {
            let whole = strsim::jaro_winkler(name, candidate);
            let slug = strsim::jaro_winkler(&last(name), &last(candidate)) - 0.02;
            // Of a short word two letters that changed places leave little.
            let is_turned =
                name.len() > 2 && name.len() == candidate.len() && strsim::osa_distance(name, candidate) == 1;
            (whole.max(slug).max(if is_turned { 0.9 } else { 0.0 }), candidate)
        })
        .filter(|(score, _)| *score > 0.82)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by_key(|(_, candidate)| *candidate);
    scored.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}
