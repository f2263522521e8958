//! The calls of the `acrtransfer` extension of the Azure CLI in scripts: what each flag is given, and how it is edited.

use super::super::FileCheck;
use super::argument::{Given, Name, given};
use super::flags::{
    ACCESS_MODE, Flag, GROUPS, Meaning, PIPELINE_TYPE, Takes, cmdlet, cmdlet_meaning, flags, known, meaning,
};
use super::shape::{Access, Kind};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind as Known, Part, Value, Via};
use crate::script::{Argument, Dialect, Invocation, Origin, Script};
use crate::source::{Sources, Span};
use crate::syntax::shell::{Assigned, Piece, PieceKind, Quoting, Word};

/// A call of one of the commands.
#[derive(Debug)]
pub(super) struct Call<'s> {
    /// The call as the shell sees it.
    pub invocation: Invocation<'s>,
    /// What it is about.
    pub kind: Kind,
    /// The flags that the command takes.
    pub flags: &'static [Flag],
    /// Whether it makes or changes something.
    pub creates: bool,
    /// Whether it is a cmdlet, whose parameters count as the flags that mean the same.
    pub is_cmdlet: bool,
    verb: String,
    /// Whether there may be more options than are written here.
    pub is_open: bool,
    options: Vec<(Meaning, Argument)>,
}

impl<'s> Call<'s> {
    /// The calls of a file, those that ask for help aside.
    pub(super) fn all(check: &FileCheck<'s>) -> impl Iterator<Item = &'s Self> + Clone + use<'s> {
        check.facts.scripts.calls(check).iter().map(|(_, call)| call)
    }

    /// The calls that make a pipeline.
    pub(super) fn pipelines(check: &FileCheck<'s>) -> impl Iterator<Item = &'s Self> + Clone + use<'s> {
        Self::all(check).filter(|call| call.creates && call.kind != Kind::Run)
    }

    /// The calls that start a run.
    pub(super) fn runs(check: &FileCheck<'s>) -> impl Iterator<Item = &'s Self> + Clone + use<'s> {
        Self::all(check).filter(|call| call.creates && call.kind == Kind::Run)
    }

    /// Reads a call.
    pub(super) fn new(invocation: Invocation<'s>) -> Option<Self> {
        let (kind, verb, flags) = match cmdlet(invocation.program) {
            Some((kind, verb, flags)) => (kind, verb.to_owned(), flags),
            None if !invocation.is_az(&["acr"]) => return None,
            None => {
                let (_, kind) = GROUPS.iter().find(|(group, _)| invocation.is_az(&["acr", group]))?;
                let verb = invocation.words.get(2)?.literal()?;
                let flags = flags(*kind, &verb)?;
                (*kind, verb, flags)
            }
        };
        let is_cmdlet = invocation.program != "az";
        let meaning = if is_cmdlet { cmdlet_meaning } else { meaning };
        let arguments = invocation.options();
        if arguments.iter().any(|argument| matches!(argument.name.as_str(), "--help" | "-h")) {
            return None;
        }
        let mut options: Vec<(Meaning, Argument)> =
            arguments.into_iter().map(|argument| (meaning(flags, &argument.name), argument)).collect();
        if is_cmdlet {
            for (_, argument) in &mut options {
                if let Some(elements) = elements(&invocation, &argument.values) {
                    argument.values = elements;
                }
            }
        }
        let is_open = is_open(&invocation, flags, &options);
        Some(Self { kind, flags, creates: verb == "create", is_cmdlet, verb, is_open, options, invocation })
    }

    /// The options in order, each with what it is.
    pub(super) fn options(&self) -> &[(Meaning, Argument)] {
        &self.options
    }

    /// The last option that is this flag.
    pub(super) fn argument(&self, flag: &str) -> Option<&Argument> {
        self.options.iter().rfind(|(meaning, _)| *meaning == Meaning::Flag(known(flag))).map(|(_, argument)| argument)
    }

    /// Whether the flag is certainly not given, nor one that was meant to be it.
    pub(super) fn lacks(&self, flag: &str) -> bool {
        let flag = known(flag);
        let is_it = |meaning: Meaning| meaning == Meaning::Flag(flag) || meaning == Meaning::Unknown(Some(flag));
        !self.is_open && !self.options.iter().any(|(meaning, _)| is_it(*meaning))
    }

    /// The one value of a flag.
    pub(super) fn value(&self, flag: &str) -> Option<Found> {
        let word = self.argument(flag)?.values.first()?;
        Some(self.found(word))
    }

    /// What a flag is given, with the variables of the script followed.
    pub(super) fn given(&self, flag: &str) -> Option<Given> {
        let word = self.argument(flag)?.values.first()?;
        Some(Given::new(&self.invocation, word))
    }

    /// The name that a flag gives.
    pub(super) fn name(&self, flag: &str) -> Option<Name> {
        self.given(flag)?.name()
    }

    /// Whether it is about a pipeline in one of these ways, and if so, whether that exports.
    pub(super) fn is_of_pipeline(&self, verbs: &[&str]) -> Option<bool> {
        (verbs.contains(&&*self.verb) && self.kind != Kind::Run).then_some(self.kind == Kind::Export)
    }

    /// The values of a flag.
    pub(super) fn values(&self, flag: &str) -> Vec<Found> {
        let words = self.argument(flag).map(|argument| argument.values.as_slice()).unwrap_or_default();
        words.iter().map(|word| self.found(word)).collect()
    }

    /// The known text of a flag's value.
    pub(super) fn text(&self, flag: &str) -> Option<String> {
        self.value(flag)?.value()?.as_str().map(str::to_owned)
    }

    /// A word as it was found.
    pub(super) fn found(&self, word: &Word) -> Found {
        Found::Value { value: value(self.invocation.script, word, self.invocation.command), key: None }
    }

    /// The storage access mode, in whatever spelling.
    pub(super) fn access(&self) -> Access {
        match self.value(ACCESS_MODE) {
            Some(found) => found.value().map_or(Access::Other, Access::of_value),
            // No cmdlet can say anything else.
            None if self.is_cmdlet => Access::SasToken,
            None if self.lacks(ACCESS_MODE) => Access::Unsaid,
            None => Access::Other,
        }
    }

    /// Whether a run exports; `None` for what is no kind or not known.
    pub(super) fn exports(&self) -> Option<bool> {
        if self.is_cmdlet {
            return self.direction_of_cmdlet();
        }
        let ty = self.text(PIPELINE_TYPE)?;
        match ty.to_ascii_lowercase().as_str() {
            "export" => Some(true),
            "import" => Some(false),
            _ => None,
        }
    }

    /// Whether a run that a cmdlet starts exports: told by the pipeline's id, else by which end has a blob.
    fn direction_of_cmdlet(&self) -> Option<bool> {
        let id = given(&self.invocation, &["-RequestPipelineResourceId"]).map(|id| id.pattern().to_ascii_lowercase());
        let is_of = |kind: &str| id.as_ref().is_some_and(|id| id.contains(kind));
        let has = |names: &[&str]| self.invocation.option(names).is_some();
        match (is_of("/exportpipelines/"), is_of("/importpipelines/")) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => match (has(&["-TargetName", "-RequestTargetType"]), has(&["-SourceName", "-RequestSourceType"])) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            },
        }
    }

    /// What a flag is called here.
    pub(super) fn word(&self, flag: &'static str) -> &'static str {
        let named = self.flags.iter().find(|known| self.is_cmdlet && known.long == flag);
        named.map_or(flag, |flag| flag.short)
    }

    /// From the program to the end of the subcommand.
    pub(super) fn path_span(&self) -> Span {
        self.invocation.path_span()
    }

    /// Adds a flag right after the subcommand.
    pub(super) fn insert(&self, text: &str, safety: Safety) -> Fix {
        let at = self.path_span().end;
        let span = Span { start: at, end: at, ..self.path_span() };
        let edits = vec![Edit { span, replacement: format!(" {text}") }];
        Fix { title: format!("add `{text}`"), safety, edits }
    }
}

/// Removes an option with its values.
pub(super) fn remove_option(sources: &Sources, argument: &Argument, safety: Safety) -> Option<Fix> {
    let span = argument.values.iter().fold(argument.span, |span, word| span.cover(word.span));
    let span = with_blank(sources, span)?;
    let title = format!("remove `{}`", argument.name);
    Some(Fix { title, safety, edits: vec![Edit { span, replacement: String::new() }] })
}

/// A span with the blank before it; `None` where something else stands there.
pub(super) fn with_blank(sources: &Sources, span: Span) -> Option<Span> {
    sources.before(span).ends_with(' ').then(|| Span { start: span.start - 1, ..span })
}

/// Replaces a whole value by a word, where it is written out.
pub(super) fn replace(sources: &Sources, found: &Found, new: &str, safety: Safety) -> Option<Fix> {
    let value = found.value()?;
    let span = value.origin.span.filter(|span| value.as_str() == Some(sources.text(*span)))?;
    Some(Fix { title: format!("replace by `{new}`"), safety, edits: vec![Edit { span, replacement: new.to_owned() }] })
}

/// Removes one of the values of an option, or the option with its only value.
pub(super) fn remove_word(sources: &Sources, argument: &Argument, word: &Word, safety: Safety) -> Option<Fix> {
    if argument.values.len() == 1 {
        return remove_option(sources, argument, safety);
    }
    let title = format!("remove `{}`", sources.text(word.span));
    let span = with_blank(sources, word.span)?;
    Some(Fix { title, safety, edits: vec![Edit { span, replacement: String::new() }] })
}

/// Whether a value is a list in one word.
pub(super) fn is_list(text: &str) -> bool {
    text.contains(',') || text.starts_with('[')
}

/// Reports findings that were made in parts.
pub(super) fn report(check: &mut FileCheck<'_>, findings: impl IntoIterator<Item = Finding>) {
    for finding in findings {
        check.report(finding);
    }
}

/// The elements of the array that a parameter of a cmdlet is given by the name of a variable.
fn elements(invocation: &Invocation<'_>, values: &[Word]) -> Option<Vec<Word>> {
    let [Word { pieces, .. }] = values else { return None };
    let [Piece { kind: PieceKind::Variable(name), .. }] = &**pieces else { return None };
    match &invocation.script.assignment(name, invocation.command)?.value {
        Assigned::Array(elements) => Some(elements.clone()),
        _ => None,
    }
}

/// Whether something in a call may be more options than it shows.
fn is_open(invocation: &Invocation<'_>, flags: &[Flag], options: &[(Meaning, Argument)]) -> bool {
    let may_be_options = |word: &Word| match &*word.pieces {
        [Piece { kind: PieceKind::Literal(text), .. }] => {
            is_elision(text.text()) || text.text().starts_with(['[', '@'])
        }
        [Piece { kind: PieceKind::Elements(_), .. }] => true,
        pieces => {
            // Of `$REPO:$TAG` no part becomes an option, whatever the shell splits.
            let splits = invocation.script.dialect != Dialect::PowerShell && !pieces.is_empty();
            splits && pieces.iter().all(|piece| piece.literal().is_none() && piece.quoting == Quoting::Bare)
        }
    };
    let several =
        |meaning: Meaning| flags.iter().any(|flag| Meaning::Flag(flag.long) == meaning && flag.takes == Takes::Several);
    let mut spare =
        options.iter().flat_map(|(meaning, argument)| argument.values.iter().skip(usize::from(!several(*meaning))));
    // A document that names a command does not call it.
    let is_mention = invocation.script.origin == Origin::Document && options.is_empty();
    let is_array = |word: &Word| matches!(&*word.pieces, [Piece { kind: PieceKind::Elements(_), .. }]);
    // `create @args.json`, `create ...`: such a word right after the subcommand is read as part of it.
    let is_more = |word: &Word| word.literal().is_some_and(|text| text.starts_with('@') || is_elision(&text));
    is_mention
        || invocation.operands().iter().any(may_be_options)
        || invocation.words.iter().any(|word| is_array(word) || is_more(word))
        || spare.any(|word| word.literal().as_deref() != Some("[system]") && may_be_options(word))
}

/// Whether a word stands for what a document leaves out.
fn is_elision(text: &str) -> bool {
    matches!(text, "..." | "…" | "<...>" | "<…>")
}

/// What a word, an argument of command `command`, is: text, or as much of it as is known.
pub(super) fn value(script: &Script, word: &Word, command: usize) -> Value {
    let pieces = script.expand(word, command);
    let parts: Vec<Value> = pieces.iter().map(part).collect();
    let value = match parts.as_slice() {
        [only] => only.clone(),
        _ if parts.iter().all(|part| part.as_str().is_some()) => {
            let (mut text, mut row) = (String::new(), Vec::new());
            for part in parts {
                text.push_str(part.as_str().unwrap_or_default());
                row.push(Part { end: text.len(), value: part });
            }
            Value::composed(text, row)
        }
        _ => {
            let unknown = Term::Call { name: "concat".into(), args: parts };
            Value::unknown(unknown)
        }
    };
    let value = value.or_at(word.span);
    let elsewhere = value.origin.span.is_some_and(|span| span.file != word.span.file || !word.span.contains(span));
    match word.pieces.iter().find(|piece| piece.literal().is_none()) {
        Some(piece) if elsewhere => value.via(word.span, Via::Variable(variable(piece).into())),
        _ => value,
    }
}

fn part(piece: &Piece) -> Value {
    if let Some(text) = piece.literal() {
        return Value::from(text.text()).or_at(piece.span);
    }
    let mut args = vec![Value::from(variable(piece))];
    // Two calls of one command need not print the same.
    if matches!(piece.kind, PieceKind::Substitution(_)) {
        args.push(Value::new(Known::Integer(i64::from(piece.span.start))));
    }
    Value::unknown(Term::Call { name: "shell".into(), args }).or_at(piece.span)
}

/// The name of the variable that a piece is; for other pieces what tells them apart.
fn variable(piece: &Piece) -> &str {
    match &piece.kind {
        PieceKind::Variable(name) | PieceKind::Elements(name) | PieceKind::Opaque(_, name) => name,
        PieceKind::Literal(_) | PieceKind::Substitution(_) => "",
    }
}
