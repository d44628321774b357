//! Text as it is written: lines, indents, emphasis and the white space between words.

/// No list, quote or emphasis is nested deeper; what is stands as if it were not.
pub(super) const DEEPEST: usize = 12;

/// Where text goes: the page, or a cell of a table.
#[derive(Default)]
pub(super) struct Out {
    pub(super) text: String,
    /// Lines that end before what comes next: 1 for a new line, 2 for an empty one between.
    breaks: usize,
    /// A space stands before what comes next.
    pub(super) space: bool,
    pub(super) indents: Vec<Indent>,
    /// The marks of emphasis that are open, each with whether it stands there.
    open: Vec<(&'static str, bool)>,
}

/// What stands at the beginning of lines.
pub(super) enum Indent {
    Quote,
    /// An item of a list: its mark, until that stands there.
    Item {
        mark: Option<String>,
        width: usize,
    },
}

impl Out {
    /// Text as HTML means it: white space is one space.
    pub(super) fn words(&mut self, text: &str) {
        let mut first = true;
        for word in text.split(|c: char| c.is_ascii_whitespace()) {
            if !first {
                self.space = true;
            }
            first = false;
            if !word.is_empty() {
                self.raw(&word.replace('\u{a0}', " "));
            }
        }
    }

    /// Text as it is, after what is due before it.
    pub(super) fn raw(&mut self, text: &str) {
        self.begin_line();
        for (mark, stands) in &mut self.open {
            if !*stands {
                self.text.push_str(mark);
                *stands = true;
            }
        }
        self.text.push_str(text);
    }

    /// Writes the ends of lines, the indents and the space that are due.
    pub(super) fn begin_line(&mut self) {
        if self.text.is_empty() {
            self.breaks = 0;
        }
        let is_first = self.text.is_empty();
        if self.breaks > 0 || is_first {
            for at in 0..self.breaks {
                self.text.push('\n');
                // Between two parts of a quote its mark goes on.
                if at + 1 < self.breaks && self.indents.iter().any(|indent| matches!(indent, Indent::Quote)) {
                    self.text.push('>');
                }
            }
            for indent in &mut self.indents {
                match indent {
                    Indent::Quote => self.text.push_str("> "),
                    Indent::Item { mark, width } => match mark.take() {
                        Some(mark) => self.text.push_str(&mark),
                        None => self.text.extend(std::iter::repeat_n(' ', *width)),
                    },
                }
            }
        } else if self.space {
            self.text.push(' ');
        }
        (self.breaks, self.space) = (0, false);
    }

    /// Ends the line, and leaves an empty one where there are two breaks.
    pub(super) fn line(&mut self, breaks: usize) {
        // Emphasis ends with the line, and begins again on the next.
        for (mark, stands) in self.open.iter_mut().rev() {
            if *stands {
                self.text.push_str(mark);
                *stands = false;
            }
        }
        self.space = false;
        self.breaks = self.breaks.max(breaks);
    }

    pub(super) fn indent(&mut self, indent: Indent) {
        if self.indents.len() < DEEPEST {
            self.indents.push(indent);
        }
    }

    pub(super) fn outdent(&mut self, which: fn(&Indent) -> bool) {
        if let Some(at) = self.indents.iter().rposition(which) {
            self.indents.truncate(at);
        }
    }

    pub(super) fn emphasis(&mut self, mark: &'static str) {
        if self.open.len() < DEEPEST && !self.open.iter().any(|(open, _)| *open == mark) {
            self.open.push((mark, false));
        }
    }

    pub(super) fn emphasis_ends(&mut self, mark: &str) {
        let Some(at) = self.open.iter().rposition(|(open, _)| *open == mark) else { return };
        // Those within it end with it, and begin again.
        for (mark, stands) in self.open[at..].iter_mut().rev() {
            if *stands {
                self.text.push_str(mark);
                *stands = false;
            }
        }
        self.open.remove(at);
    }

    pub(super) fn finish(mut self) -> String {
        self.line(0);
        self.text.trim_end().to_owned()
    }
}
