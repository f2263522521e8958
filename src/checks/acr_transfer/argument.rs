//! What commands in scripts are given, with the variables of the script followed.

use std::ops::Range;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::script::Invocation;
use crate::source::{MappedText, Span};
use crate::syntax::shell::{Piece, PieceKind, Word};

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

    /// The commands whose output the value is.
    pub(super) fn output(&self) -> Option<Range<usize>> {
        match self.pieces.as_slice() {
            [Piece { kind: PieceKind::Substitution(commands), .. }] => Some(commands.clone()),
            _ => None,
        }
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

/// The command that a value is the output of: the last one in its brackets.
pub(super) fn source<'s>(invocation: &Invocation<'s>, given: &Given) -> Option<Invocation<'s>> {
    invocation.script.invocations_in(given.output()?).last()
}

/// Whether a file speaks of transfers at all: a cheap look at its text, so that other scripts cost nothing.
pub(super) fn speaks_of_transfers(check: &FileCheck<'_>) -> bool {
    const WORDS: [&str; 8] = [
        "export-pipeline",
        "import-pipeline",
        "pipeline-run",
        "exportPipelines",
        "importPipelines",
        "RegistryExportPipeline",
        "RegistryImportPipeline",
        "acrtransfer",
    ];
    let speaks = || WORDS.iter().any(|word| check.source().text().contains(word));
    check.scripts().is_some() && *check.facts.speaks_of_transfers.get_or_init(speaks)
}
