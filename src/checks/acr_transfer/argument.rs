//! What commands in scripts are given, with the variables of the script followed.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::{Argument, Dialect, Invocation, Script};
use crate::source::{MappedText, Span};
use crate::syntax::shell::{Opaque, Piece, PieceKind, Word};

/// A value that a command is given.
#[derive(Debug)]
pub(super) struct Given {
    /// Where the value is written.
    pub span: Span,
    /// Where the command uses it, when that is another place.
    used: Option<Span>,
    pieces: Vec<Piece>,
}

/// A name, perhaps with variables in it that the script does not set.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// The name, with `${x}` for a variable.
    pub text: String,
    is_known: bool,
}

impl Name {
    /// The name `text`; none of an empty one.
    pub(super) fn new(text: &str) -> Option<Self> {
        let name = Self { text: text.to_owned(), is_known: !text.contains('$') };
        (!text.is_empty()).then_some(name)
    }

    /// The name, when all of it is known.
    pub(super) fn known(&self) -> Option<&str> {
        self.is_known.then_some(&*self.text)
    }

    /// Whether both are the same; `None` when unknown.
    pub(super) fn same(&self, other: &Self) -> Option<bool> {
        let is_same = self.text.eq_ignore_ascii_case(&other.text);
        if is_same || (self.is_known && other.is_known) { Some(is_same) } else { None }
    }
}

/// Whether both names are known to be the same or not.
pub(super) fn same(a: Option<&Name>, b: Option<&Name>) -> Option<bool> {
    a?.same(b?)
}

impl Given {
    /// An argument of `invocation`.
    pub(super) fn new(invocation: &Invocation<'_>, word: &Word) -> Self {
        let pieces = invocation.script.expand(word, invocation.command);
        let span = match pieces.as_slice() {
            [piece] if word.literal().is_none() && piece.literal().is_some() => piece.span,
            _ => word.span,
        };
        Self { span, used: (span != word.span).then_some(word.span), pieces }
    }

    /// The value, when all of it is known.
    pub(super) fn text(&self) -> Option<String> {
        self.pieces.iter().map(|piece| piece.literal().map(MappedText::text)).collect()
    }

    /// The value with `${x}` for each variable and `${}` for anything else that is not known.
    pub(super) fn pattern(&self) -> String {
        let text = |piece: &Piece| match (&piece.kind, piece.literal()) {
            (_, Some(text)) => text.text().to_owned(),
            (PieceKind::Variable(name), None) => format!("${{{name}}}"),
            _ => "${}".to_owned(),
        };
        self.pieces.iter().map(text).collect()
    }

    /// The value as a name; `None` when it is computed.
    pub(super) fn name(&self) -> Option<Name> {
        let pattern = self.pattern();
        if pattern.contains("${}") { None } else { Name::new(&pattern) }
    }

    /// A finding at the value, with the place that uses it.
    pub(super) fn finding(&self, message: impl Into<String>) -> Finding {
        let finding = Finding::new(self.span, message);
        match self.used {
            Some(span) => finding.related(span, "used here"),
            None => finding,
        }
    }
}

/// The value of the option that has one of these names.
pub(super) fn given(invocation: &Invocation<'_>, names: &[&str]) -> Option<Given> {
    let option = invocation.option(names)?;
    option.values.first().map(|word| Given::new(invocation, word))
}

/// The known text of the option that has one of these names.
pub(super) fn text(invocation: &Invocation<'_>, names: &[&str]) -> Option<String> {
    given(invocation, names)?.text()
}

/// The name that the option with one of these names gives.
pub(super) fn name(invocation: &Invocation<'_>, names: &[&str]) -> Option<Name> {
    given(invocation, names)?.name()
}

/// Where the values of an option are written: those of an array are where the command names that.
pub(super) fn values_span(invocation: &Invocation<'_>, option: &Argument) -> Option<Span> {
    let command = invocation.script.program.commands.get(invocation.command)?;
    let (first, last) = (option.values.first()?.span, option.values.last()?.span);
    if command.span.contains(first) && command.span.contains(last) {
        return Some(first.cover(last));
    }
    let after = command.words.iter().filter(|word| word.span.start >= option.span.end);
    let written: Vec<Span> = after.take_while(|word| !word.prefix().starts_with('-')).map(|word| word.span).collect();
    Some(written.first()?.cover(*written.last()?))
}

/// A part of what a command of Azure prints or returns.
#[derive(Debug)]
pub(super) struct Answer<'s> {
    /// The command.
    pub call: Invocation<'s>,
    /// Which part, in lower case, as in `identity.principalid`; all of it when empty.
    pub part: String,
}

/// The command whose answer a value is taken from: by `--query`, by `jq`, or as a member of an object of PowerShell.
pub(super) fn answer<'s>(invocation: &Invocation<'s>, given: &Given) -> Option<Answer<'s>> {
    taken_from(invocation.script, &given.pieces, MAX_STEPS)
}

/// Most commands that an answer passes through.
const MAX_STEPS: usize = 8;

fn taken_from<'s>(script: &'s Script, pieces: &[Piece], steps: usize) -> Option<Answer<'s>> {
    let (commands, members) = match pieces {
        [Piece { kind: PieceKind::Substitution(commands), .. }] => (commands, ""),
        [
            Piece { kind: PieceKind::Substitution(commands), .. },
            Piece { kind: PieceKind::Opaque(Opaque::Computed, members), .. },
        ] if script.dialect == Dialect::PowerShell && members.starts_with(['.', '[']) => {
            (commands, members.trim_start_matches('.'))
        }
        _ => return None,
    };
    let calls: Vec<_> = script.invocations_in(commands.clone()).collect();
    let mut answer = printed_by(script, calls, steps)?;
    answer.join(members);
    Some(answer)
}

/// What the last of these calls prints.
fn printed_by<'s>(script: &'s Script, mut calls: Vec<Invocation<'s>>, steps: usize) -> Option<Answer<'s>> {
    let last = calls.pop()?;
    let steps = steps.checked_sub(1)?;
    let command = script.program.commands.get(last.command)?;
    let filter = match last.program {
        "jq" => last.words.iter().find_map(|word| word.literal()?.strip_prefix('.').map(str::to_owned))?,
        "convertfrom-json" | "out-string" => String::new(),
        _ if takes_quotes_away(&last) => String::new(),
        "echo" | "printf" | "write-output" => {
            let word = last.words.iter().rfind(|word| word.literal().is_none())?;
            return taken_from(script, &script.expand(word, last.command), steps);
        }
        _ => {
            let part = text(&last, &["--query"]).unwrap_or_default().to_ascii_lowercase();
            return Some(Answer { call: last, part });
        }
    };
    let is_piped = |call: &Invocation<'_>| {
        script.program.commands.get(call.command).is_some_and(|other| other.pipeline == command.pipeline)
    };
    let mut answer = match command.input.as_slice() {
        [] => printed_by(script, calls.into_iter().filter(is_piped).collect(), steps)?,
        [word] => taken_from(script, &script.expand(word, last.command), steps)?,
        _ => return None,
    };
    answer.join(&filter);
    Some(answer)
}

/// Whether a filter hands on what it reads, but for quotes and blanks.
pub(super) fn takes_quotes_away(call: &Invocation<'_>) -> bool {
    let mut words = call.words.iter().map(Word::prefix);
    match call.program {
        "tr" => true,
        "sed" | "cut" | "awk" => words.any(|word| word.contains('"')),
        "jq" => words.any(|word| word == "--raw-output" || word.starts_with("-r") || word == "-cr" || word == "-jr"),
        "xargs" => words.all(|word| word.starts_with('-') || word == "echo"),
        _ => false,
    }
}

impl Answer<'_> {
    fn join(&mut self, part: &str) {
        let part = part.trim().to_ascii_lowercase();
        let part = part.trim_end_matches(".trim()");
        if !self.part.is_empty() && !part.is_empty() {
            self.part.push('.');
        }
        self.part.push_str(part);
    }
}

/// Whether a file sets what commands of Azure print, so that it need not be JSON.
pub(super) fn sets_output(check: &FileCheck<'_>) -> bool {
    let text = check.source().text();
    ["AZURE_CORE_OUTPUT", "az config", "az init"].iter().any(|setting| text.contains(setting))
}
