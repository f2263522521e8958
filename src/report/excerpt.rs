//! The source around the marks of one finding, as codespan shows it: only lines with marks, the long ones cropped round
//! their marks, without secrets and control characters, under their real line and column numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use super::mask::Masked;
use super::printable::{blanked, escaped};
use crate::source::{FileId, Span};

/// Widest line that is shown, in characters.
const WIDTH: usize = 160;

/// How much of a cropped line is shown before the mark, in characters.
const BEFORE: usize = 50;

const ELLIPSIS: &str = "…";

/// The excerpts of one finding. Codespan's file ids are indexes of views.
#[derive(Debug)]
pub(super) struct Excerpts<'a> {
    masked: &'a Masked<'a>,
    views: Vec<View>,
}

/// Lines of one file. Two marks that are far apart in one long line are in two views.
#[derive(Debug)]
struct View {
    file: FileId,
    text: String,
    lines: BTreeMap<usize, Window>,
}

/// The part of a line that is shown.
#[derive(Debug, Clone)]
struct Window {
    /// Where it stands in the view's text, with its ellipses.
    shown: Range<usize>,
    /// Where its source stands in the file.
    source: Range<usize>,
    /// Length of the ellipsis before it.
    lead: usize,
}

impl Window {
    /// Where in the view's text a place of the file is.
    fn locate(&self, offset: usize) -> usize {
        self.shown.start + self.lead + offset.clamp(self.source.start, self.source.end) - self.source.start
    }

    /// Where in the file a place of the view's text is.
    fn origin(&self, shown: usize) -> usize {
        (self.source.start + shown.saturating_sub(self.shown.start + self.lead)).min(self.source.end)
    }
}

impl<'a> Excerpts<'a> {
    pub(super) fn new(masked: &'a Masked<'a>) -> Self {
        Self { masked, views: Vec::new() }
    }

    /// Shows the line that a span starts in. Returns the view and the place of the span in it, which ends with the line.
    pub(super) fn mark(&mut self, span: Span) -> (usize, Range<usize>) {
        let line = self.masked.source(span.file).lines().line_at(span.start);
        let whole = self.line(span.file, line);
        let start = (span.start as usize).min(whole.end);
        let end = (span.end as usize).clamp(start, whole.end);
        let source = crop(self.masked.text(span.file), whole.clone(), start);
        let fits = |view: &View| {
            let window = view.lines.get(&line);
            view.file == span.file
                && window
                    .is_none_or(|window| window.source.start <= start && end.min(start + WIDTH) <= window.source.end)
        };
        let at = self.views.iter().position(fits).unwrap_or_else(|| {
            self.views.push(View { file: span.file, text: String::new(), lines: BTreeMap::new() });
            self.views.len() - 1
        });
        let window = self.show(at, line, whole, source);
        (at, window.locate(start)..window.locate(end))
    }

    /// Shows the lines that stand alone between two others, as codespan does.
    pub(super) fn join(&mut self) {
        for at in 0..self.views.len() {
            let lines: Vec<usize> = self.views[at].lines.keys().copied().collect();
            for pair in lines.windows(2) {
                if pair[1] - pair[0] == 2 {
                    let whole = self.line(self.views[at].file, pair[0] + 1);
                    let source = crop(self.masked.text(self.views[at].file), whole.clone(), whole.start);
                    self.show(at, pair[0] + 1, whole, source);
                }
            }
        }
    }

    /// The line without what ends it.
    fn line(&self, file: FileId, line: usize) -> Range<usize> {
        let source = self.masked.source(file);
        let start = source.lines().start_of(line).map_or(source.text().len(), |start| start as usize);
        let end = source.lines().start_of(line + 1).map_or(source.text().len(), |end| end as usize);
        start..start + source.text()[start..end].trim_end_matches(['\r', '\n']).len()
    }

    /// Adds a line to a view, unless it is there.
    fn show(&mut self, at: usize, line: usize, whole: Range<usize>, source: Range<usize>) -> Window {
        let text = self.masked.text(self.views[at].file);
        let View { text: shown, lines, .. } = &mut self.views[at];
        let add = || {
            let start = shown.len();
            let lead = if source.start > whole.start { ELLIPSIS } else { "" };
            let tail = if source.end < whole.end { ELLIPSIS } else { "" };
            shown.push_str(lead);
            shown.push_str(&blanked(&text[source.clone()]));
            shown.push_str(tail);
            let end = shown.len();
            shown.push('\n');
            Window { shown: start..end, source, lead: lead.len() }
        };
        lines.entry(line).or_insert_with(add).clone()
    }

    fn window(&self, view: usize, line: usize) -> Result<(&View, &Window), Error> {
        let view = self.views.get(view).ok_or(Error::FileMissing)?;
        let given = line;
        let max = view.lines.keys().next_back().copied().unwrap_or_default();
        view.lines.get(&line).map(|window| (view, window)).ok_or(Error::LineTooLarge { given, max })
    }
}

/// The part of a line that is shown when `start` is what matters.
fn crop(text: &str, line: Range<usize>, start: usize) -> Range<usize> {
    let is_long = |range: Range<usize>| text[range].char_indices().nth(WIDTH).is_some();
    if !is_long(line.clone()) {
        return line;
    }
    let from =
        text[line.start..start].char_indices().rev().nth(BEFORE - 1).map_or(line.start, |(at, _)| line.start + at);
    let to = text[from..line.end].char_indices().nth(WIDTH).map_or(line.end, |(at, _)| from + at);
    from..to
}

impl<'f> Files<'f> for Excerpts<'_> {
    type FileId = usize;
    type Name = String;
    type Source = &'f str;

    fn name(&'f self, id: usize) -> Result<String, Error> {
        let view = self.views.get(id).ok_or(Error::FileMissing)?;
        Ok(escaped(self.masked.path(view.file)).into_owned())
    }

    fn source(&'f self, id: usize) -> Result<&'f str, Error> {
        self.views.get(id).map(|view| &*view.text).ok_or(Error::FileMissing)
    }

    fn line_index(&'f self, id: usize, byte_index: usize) -> Result<usize, Error> {
        let view = self.views.get(id).ok_or(Error::FileMissing)?;
        let holds = |window: &Window| window.shown.start <= byte_index && byte_index <= window.shown.end;
        let found = view.lines.iter().find(|(_, window)| holds(window)).map(|(line, _)| *line);
        found.ok_or(Error::IndexTooLarge { given: byte_index, max: view.text.len() })
    }

    fn column_number(&'f self, id: usize, line_index: usize, byte_index: usize) -> Result<usize, Error> {
        let (view, window) = self.window(id, line_index)?;
        let file = self.masked.source(view.file);
        Ok(file.lines().position(file.text(), window.origin(byte_index) as u32).column)
    }

    fn line_range(&'f self, id: usize, line_index: usize) -> Result<Range<usize>, Error> {
        Ok(self.window(id, line_index)?.1.shown.clone())
    }
}
