//! A text that was decoded from a part of a file, and the way back from each of its bytes to the file.

use std::borrow::Cow;
use std::ops::Range;

use super::{FileId, Span};

/// A decoded text: the value of a YAML scalar, a word of a shell without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedText<'a> {
    file: FileId,
    text: Cow<'a, str>,
    /// Where the first byte comes from.
    start: u32,
    /// The places from which text and source differ by something else than before, sorted by both offsets.
    runs: Vec<Run>,
}

/// From here to the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    text: u32,
    source: u32,
    /// For an escape: the end of the source that the whole run stands for. Elsewhere bytes stand for themselves.
    escape_end: Option<u32>,
}

impl<'a> MappedText<'a> {
    /// No text, at `start`.
    pub fn empty(file: FileId, start: usize) -> Self {
        Self { file, text: Cow::Borrowed(""), start: start as u32, runs: Vec::new() }
    }

    /// A text that stands in the file as it is, from `start` on.
    pub fn plain(file: FileId, text: &'a str, start: usize) -> Self {
        Self { file, text: Cow::Borrowed(text), start: start as u32, runs: Vec::new() }
    }

    /// A text of which `offset_of` tells where each character starts, and where the last one ends.
    pub fn with_offsets(file: FileId, text: &'a str, offset_of: &dyn Fn(usize) -> usize) -> Self {
        let mut mapped = Self::empty(file, offset_of(0));
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            let source = offset_of(at)..offset_of(end);
            if source.len() == character.len_utf8() {
                mapped.push(&text[at..end], source.start);
            } else {
                mapped.push_escape(&text[at..end], source);
            }
        }
        mapped
    }

    /// The file.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Appends `text`, which stands at `source` in the file as it is.
    pub fn push(&mut self, text: &str, source: usize) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        if at == 0 && self.runs.is_empty() {
            self.start = source as u32;
        }
        let (from, since, escape_end) =
            self.runs.last().map_or((0, self.start, None), |run| (run.text, run.source, run.escape_end));
        if escape_end.is_some() || since + (at - from) != source as u32 {
            self.runs.push(Run { text: at, source: source as u32, escape_end: None });
        }
        self.text.to_mut().push_str(text);
    }

    /// Appends `text`, for which something else stands at `source`.
    pub fn push_escape(&mut self, text: &str, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        if at == 0 && self.runs.is_empty() {
            self.start = source.start as u32;
        }
        self.runs.push(Run { text: at, source: source.start as u32, escape_end: Some(source.end as u32) });
        self.text.to_mut().push_str(text);
    }

    /// Appends a part of another text of the same file.
    pub fn push_part(&mut self, other: &MappedText<'_>, range: Range<usize>) {
        let mut at = range.start;
        let mut next = other.run_after(at);
        while at < range.end {
            let end = other.runs.get(next).map_or(range.end, |run| (run.text as usize).min(range.end));
            let text = &other.text[at..end];
            let run = next.checked_sub(1).map(|last| other.runs[last]);
            match run.and_then(|run| run.escape_end.map(|escape_end| (run, escape_end))) {
                Some((run, escape_end)) => self.push_escape(text, run.source as usize..escape_end as usize),
                None => self.push(text, other.offset(at)),
            }
            at = end;
            next += 1;
        }
    }

    /// A part of this text.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> MappedText<'static> {
        let mut part = MappedText::empty(self.file, self.offset(range.start));
        part.push_part(self, range);
        part
    }

    /// The same text, `by` bytes further on in the file.
    #[must_use]
    pub fn moved(mut self, by: usize) -> Self {
        self.start += by as u32;
        for run in &mut self.runs {
            run.source += by as u32;
            run.escape_end = run.escape_end.map(|end| end + by as u32);
        }
        self
    }

    /// The same text, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> MappedText<'static> {
        MappedText { file: self.file, text: Cow::Owned(self.text.into_owned()), start: self.start, runs: self.runs }
    }

    /// What `range` of the text stands for in the file.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        let end = if range.is_empty() { start } else { self.end_offset(range.end).max(start) };
        Span::new(self.file, start, end)
    }

    /// What the whole text stands for.
    pub fn whole(&self) -> Span {
        self.span(0..self.text.len())
    }

    /// Index of the first run that starts after `at`.
    fn run_after(&self, at: usize) -> usize {
        self.runs.partition_point(|run| run.text as usize <= at)
    }

    /// Where what is at `at` starts.
    fn offset(&self, at: usize) -> usize {
        match self.run_after(at).checked_sub(1).map(|last| self.runs[last]) {
            Some(Run { source, escape_end: Some(end), .. }) if at == self.text.len() => (source.max(end)) as usize,
            Some(Run { source, escape_end: Some(_), .. }) => source as usize,
            Some(run) => run.source as usize + (at - run.text as usize),
            None => self.start as usize + at,
        }
    }

    /// Where what ends before `at`, which is not 0, ends.
    fn end_offset(&self, at: usize) -> usize {
        match self.run_after(at - 1).checked_sub(1).map(|last| self.runs[last]) {
            Some(Run { escape_end: Some(end), .. }) => end as usize,
            Some(run) => run.source as usize + (at - run.text as usize),
            None => self.start as usize + at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    fn range(mapped: &MappedText<'_>, range: Range<usize>) -> (u32, u32) {
        let span = mapped.span(range);
        (span.start, span.end)
    }

    /// `ab\tcd`, decoded, then `ef` from further on.
    fn sample() -> MappedText<'static> {
        let mut mapped = MappedText::empty(FILE, 10);
        mapped.push("ab", 10);
        mapped.push_escape("\t", 12..14);
        mapped.push("cd", 14);
        mapped.push("ef", 20);
        mapped
    }

    #[test]
    fn each_part_is_found_in_the_file() {
        let mapped = sample();
        assert_eq!(mapped.text(), "ab\tcdef");
        assert_eq!(range(&mapped, 0..2), (10, 12));
        assert_eq!(range(&mapped, 2..3), (12, 14));
        assert_eq!(range(&mapped, 3..5), (14, 16));
        assert_eq!(range(&mapped, 4..6), (15, 21));
        assert_eq!(range(&mapped, 5..5), (20, 20));
        assert_eq!(range(&mapped, 7..7), (22, 22));
    }

    #[test]
    fn a_part_keeps_its_places() {
        let part = sample().part(1..6);
        assert_eq!(part.text(), "b\tcde");
        assert_eq!(range(&part, 0..1), (11, 12));
        assert_eq!(range(&part, 1..2), (12, 14));
        assert_eq!(range(&part, 2..5), (14, 21));
    }

    #[test]
    fn offsets_of_another_map_are_taken_over() {
        // The source is `a\n"`, with an escape of two characters.
        let mapped = MappedText::with_offsets(FILE, "a\nb", &|at| [5, 6, 8, 9][at]);
        assert_eq!(range(&mapped, 0..1), (5, 6));
        assert_eq!(range(&mapped, 1..2), (6, 8));
        assert_eq!(range(&mapped, 2..3), (8, 9));
    }
}
