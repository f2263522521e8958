//! The commands of the `acrtransfer` extension of the Azure CLI: `az acr export-pipeline`, `import-pipeline` and
//! `pipeline-run`, with the flags that they take, and their calls in scripts.

use super::super::FileCheck;
use super::argument::{Given, Name};
use super::shape::{Access, Kind};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind as Known, Part, Value, Via};
use crate::script::{Argument, Dialect, Invocation, Origin, Script};
use crate::source::{Sources, Span};
use crate::syntax::shell::{Piece, PieceKind, Quoting, Word};

/// How often a flag must be given, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// One word, and the flag must be there.
    Required,
    /// One word.
    One,
    /// Several words.
    Several,
    /// Perhaps one word.
    Switch,
}

/// A flag of a command.
#[derive(Debug)]
pub(super) struct Flag {
    /// With two dashes.
    pub long: &'static str,
    /// With one dash; empty where there is none.
    pub short: &'static str,
    /// What it takes.
    pub takes: Takes,
}

const fn flag(long: &'static str, short: &'static str, takes: Takes) -> Flag {
    Flag { long, short, takes }
}

pub(super) const NAME: &str = "--name";
pub(super) const REGISTRY: &str = "--registry";
pub(super) const GROUP: &str = "--resource-group";
pub(super) const CONTAINER_URI: &str = "--storage-container-uri";
pub(super) const SECRET_URI: &str = "--secret-uri";
pub(super) const ACCESS_MODE: &str = "--storage-access-mode";
pub(super) const IDENTITY: &str = "--assign-identity";
pub(super) const OPTIONS: &str = "--options";
pub(super) const SOURCE_TRIGGER: &str = "--source-trigger-enabled";
pub(super) const PIPELINE: &str = "--pipeline";
pub(super) const PIPELINE_TYPE: &str = "--pipeline-type";
pub(super) const BLOB: &str = "--storage-blob";
pub(super) const ARTIFACTS: &str = "--artifacts";
pub(super) const FORCE: &str = "--force-redeploy";

/// The flags of `create` for import pipelines.
const IMPORT: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag(CONTAINER_URI, "-c", Takes::Required),
    flag(SECRET_URI, "-s", Takes::One),
    flag(ACCESS_MODE, "-m", Takes::One),
    flag(IDENTITY, "-i", Takes::Several),
    flag(OPTIONS, "-z", Takes::Several),
    flag(SOURCE_TRIGGER, "-e", Takes::Switch),
];

/// The flags of `create` for export pipelines: the same but for the last, the trigger.
const EXPORT: &[Flag] = IMPORT.split_at(IMPORT.len() - 1).0;

/// The flags of `create` for runs.
const RUN: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag(PIPELINE, "-p", Takes::Required),
    flag(PIPELINE_TYPE, "-t", Takes::Required),
    flag(BLOB, "-b", Takes::Required),
    flag(ARTIFACTS, "-a", Takes::Several),
    flag(FORCE, "-f", Takes::Switch),
];

/// The flags of `show` and `delete`.
const ONE: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag(NAME, "-n", Takes::Required),
    flag("--yes", "-y", Takes::Switch),
];

/// The flags of `list`.
const ALL: &[Flag] = &[flag(GROUP, "-g", Takes::Required), flag(REGISTRY, "-r", Takes::Required)];

/// The flags of `clean`.
const CLEAN: &[Flag] = &[
    flag(GROUP, "-g", Takes::Required),
    flag(REGISTRY, "-r", Takes::Required),
    flag("--dry-run", "-d", Takes::Switch),
];

/// The flags that all commands take.
const GLOBAL: &[&str] = &[
    "--acquire-policy-token",
    "--change-reference",
    "--debug",
    "--help",
    "--ids",
    "--only-show-errors",
    "--output",
    "--query",
    "--subscription",
    "--verbose",
];

/// Flags of other commands and of older guides, and what they are called here.
const CUSTOM: &[(&str, &str)] = &[
    ("--access-mode", ACCESS_MODE),
    ("--blob", BLOB),
    ("--blob-name", BLOB),
    ("--container-uri", CONTAINER_URI),
    ("--force", FORCE),
    ("--force-update-tag", FORCE),
    ("--identity", IDENTITY),
    ("--key-vault-uri", SECRET_URI),
    ("--keyvault-secret-uri", SECRET_URI),
    ("--keyvault-uri", SECRET_URI),
    ("--pipeline-name", PIPELINE),
    ("--pipeline-name", NAME),
    ("--registry-name", REGISTRY),
    ("--secret-url", SECRET_URI),
    ("--storage-account-sas", SECRET_URI),
    ("--storage-container", CONTAINER_URI),
    ("--storage-uri", CONTAINER_URI),
    ("--type", PIPELINE_TYPE),
];

/// The command groups, in the order of the kinds.
pub(super) const GROUPS: [(&str, Kind); 3] =
    [("export-pipeline", Kind::Export), ("import-pipeline", Kind::Import), ("pipeline-run", Kind::Run)];

/// The flags of a command; `None` where there is no such command.
fn flags(kind: Kind, verb: &str) -> Option<&'static [Flag]> {
    Some(match (verb, kind) {
        ("create", Kind::Export) => EXPORT,
        ("create", Kind::Import) => IMPORT,
        ("create", Kind::Run) => RUN,
        ("show" | "delete", _) => ONE,
        ("list", _) => ALL,
        ("clean", Kind::Run) => CLEAN,
        _ => return None,
    })
}

/// What an option of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This flag of the command.
    Flag(&'static str),
    /// A flag that every command has.
    Global,
    /// None of them; perhaps this one was meant.
    Unknown(Option<&'static str>),
}

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
    /// Whether there may be more options than are written here.
    pub is_open: bool,
    options: Vec<(Meaning, Argument)>,
}

impl<'s> Call<'s> {
    /// The calls of a file, those that ask for help aside.
    pub(super) fn all(check: &FileCheck<'s>) -> Vec<Self> {
        check.invocations().filter_map(Self::new).collect()
    }

    /// The calls that make a pipeline.
    pub(super) fn pipelines(check: &FileCheck<'s>) -> Vec<Self> {
        let mut calls = Self::all(check);
        calls.retain(|call| call.creates && call.kind != Kind::Run);
        calls
    }

    /// The calls that start a run.
    pub(super) fn runs(check: &FileCheck<'s>) -> Vec<Self> {
        let mut calls = Self::all(check);
        calls.retain(|call| call.creates && call.kind == Kind::Run);
        calls
    }

    /// Reads a call.
    pub(super) fn new(invocation: Invocation<'s>) -> Option<Self> {
        if !invocation.is_az(&["acr"]) {
            return None;
        }
        let (_, kind) = GROUPS.iter().find(|(group, _)| invocation.is_az(&["acr", group]))?;
        let verb = invocation.words.get(2)?.literal()?;
        let flags = flags(*kind, &verb)?;
        let arguments = invocation.options();
        if arguments.iter().any(|argument| matches!(argument.name.as_str(), "--help" | "-h")) {
            return None;
        }
        let options: Vec<(Meaning, Argument)> =
            arguments.into_iter().map(|argument| (meaning(flags, &argument.name), argument)).collect();
        let is_open = is_open(&invocation, flags, &options);
        Some(Self { kind: *kind, flags, creates: verb == "create", is_open, options, invocation })
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
        let is_verb = self.invocation.words.get(2).is_some_and(|word| verbs.iter().any(|verb| word.is(verb)));
        (is_verb && self.kind != Kind::Run).then_some(self.kind == Kind::Export)
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
            None if self.lacks(ACCESS_MODE) => Access::Unsaid,
            None => Access::Other,
        }
    }

    /// Whether a run exports; `None` for what is no kind or not known.
    pub(super) fn exports(&self) -> Option<bool> {
        let ty = self.text(PIPELINE_TYPE)?;
        match ty.to_ascii_lowercase().as_str() {
            "export" => Some(true),
            "import" => Some(false),
            _ => None,
        }
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

/// The flag in the tables that this is.
fn known(flag: &str) -> &'static str {
    let all = [EXPORT, IMPORT, RUN, ONE, CLEAN].into_iter().flatten();
    all.map(|known| known.long).find(|long| *long == flag).unwrap_or_default()
}

/// What an option as written is for a command with these flags.
fn meaning(flags: &'static [Flag], name: &str) -> Meaning {
    if let Some(flag) = flags.iter().find(|flag| flag.long == name || flag.short == name) {
        return Meaning::Flag(flag.long);
    }
    if !name.starts_with("--") {
        // `-nname` is `-n name`.
        let short = flags.iter().find(|flag| !flag.short.is_empty() && name.starts_with(flag.short));
        return short.map_or(Meaning::Global, |flag| Meaning::Flag(flag.long));
    }
    if GLOBAL.contains(&name) {
        return Meaning::Global;
    }
    // Any start of a flag that is the start of no other stands for it.
    let mut starting = flags.iter().filter(|flag| flag.long.starts_with(name));
    if let (Some(flag), None) = (starting.next(), starting.next()) {
        return Meaning::Flag(flag.long);
    }
    if GLOBAL.iter().any(|global| global.starts_with(name)) {
        return Meaning::Global;
    }
    let longs = || flags.iter().map(|flag| flag.long);
    let name = name.to_ascii_lowercase();
    let custom = CUSTOM.iter().find(|(other, meant)| *other == name && longs().any(|long| long == *meant));
    if let Some((_, meant)) = custom {
        return Meaning::Unknown(Some(meant));
    }
    let close = longs().map(|long| (strsim::jaro_winkler(long, &name), long)).filter(|(likeness, _)| *likeness > 0.9);
    Meaning::Unknown(close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, long)| long))
}

/// Whether something in a call may be more options than it shows.
fn is_open(invocation: &Invocation<'_>, flags: &[Flag], options: &[(Meaning, Argument)]) -> bool {
    let may_be_options = |word: &Word| match word.pieces.as_slice() {
        [Piece { kind: PieceKind::Literal(text), .. }] => {
            is_elision(text.text()) || text.text().starts_with(['[', '@'])
        }
        [Piece { kind: PieceKind::Elements(_), .. }] => true,
        pieces => {
            let splits = invocation.script.dialect != Dialect::PowerShell;
            splits && pieces.iter().any(|piece| piece.literal().is_none() && piece.quoting == Quoting::Bare)
        }
    };
    let several =
        |meaning: Meaning| flags.iter().any(|flag| Meaning::Flag(flag.long) == meaning && flag.takes == Takes::Several);
    let mut spare =
        options.iter().flat_map(|(meaning, argument)| argument.values.iter().skip(usize::from(!several(*meaning))));
    // A document that names a command does not call it.
    let is_mention = invocation.script.origin == Origin::Document && options.is_empty();
    let is_array = |word: &Word| matches!(word.pieces.as_slice(), [Piece { kind: PieceKind::Elements(_), .. }]);
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
