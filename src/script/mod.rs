//! L4. The scripts that a file holds, and what they call, with every place in that file: shell scripts themselves, steps
//! of GitHub workflows and Azure Pipelines, code blocks of Markdown, and text handed in from elsewhere.

mod choices;
mod elements;
mod invocation;
mod makefile;
mod markdown;
mod nested;
mod options;
mod python;
mod relevance;
mod steps;
mod value;

pub use crate::syntax::shell::{Dialect, Surroundings};
pub use invocation::Invocation;
pub use nested::with_nested;
pub use options::Argument;
pub use relevance::{is_relevant, is_wanted, may_be_wanted, speaks_of_transfers};

use std::collections::HashMap;

use crate::source::{FileId, MappedText, Span};
use crate::syntax::shell::{self, Opaque, PieceKind, Program, Word};
use crate::syntax::{SyntaxError, yaml};

/// Where a script was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The file is a script.
    File,
    /// A step of a GitHub workflow or action.
    Workflow,
    /// A step of Azure Pipelines.
    Pipeline,
    /// A code block of a document.
    Document,
    /// The text of a deployment script in a template.
    Template,
}

/// A script.
#[derive(Debug)]
pub struct Script {
    /// Its language.
    pub dialect: Dialect,
    /// Where it was found.
    pub origin: Origin,
    /// All of its text, as its shell reads it.
    pub text: MappedText<'static>,
    /// Its commands.
    pub program: Program,
    /// The variables that its surroundings set; of two with one name the later counts.
    pub environment: Vec<Variable>,
    /// Whether its words are the elements of a list in another language, with what that writes between them.
    pub is_list: bool,
    calls: invocation::Calls,
    /// The assignments by the names of their variables in lower case.
    assigned: HashMap<String, Vec<usize>>,
}

/// A variable that a workflow or pipeline sets.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its value.
    pub value: Word,
}

/// A step that calls a task of Azure Pipelines, or an action of GitHub.
#[derive(Debug)]
pub struct Task {
    /// The task with its version, as written: `AzureFileCopy@6`, `azure/arm-deploy@v2`.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Where it was found.
    pub origin: Origin,
    /// What it is given, in the order written.
    pub inputs: Vec<Input>,
    /// The variables that its surroundings set.
    pub environment: Vec<Variable>,
}

/// What a task is given.
#[derive(Debug)]
pub struct Input {
    /// The input's name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The value.
    pub value: MappedText<'static>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The scripts, in the order of the text.
    pub scripts: Vec<Script>,
    /// The tasks, in the order of the text.
    pub tasks: Vec<Task>,
    /// Why a part of the file could not be read.
    pub errors: Vec<SyntaxError>,
    /// The calls of other workflows, actions and templates of pipelines.
    pub template_calls: Vec<TemplateCall>,
    /// Whether other files may call this one with values of their own.
    pub is_callable: bool,
    /// Ways in which scripts of this file run that are not looked at, since there are too many.
    pub passed_over: usize,
    is_repeated: bool,
}

/// A call of another workflow, action or template of a pipeline.
#[derive(Debug, Clone)]
pub struct TemplateCall {
    /// The path, as written.
    pub path: String,
    /// What it is given: the parameters of the other file by the names of variables.
    pub given: Vec<Variable>,
}

/// What kind of file scripts are looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A script.
    Script(Dialect),
    /// A workflow or pipeline, perhaps.
    Yaml,
    /// A document.
    Markdown,
    /// A program in Python.
    Python,
    /// A makefile.
    Makefile,
    /// Something in a language that is not read.
    Foreign,
}

/// The kind of the file at `path`, told from its name, and without one from the first line of its text.
pub fn kind_of(path: &str, text: &str) -> Option<FileKind> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    Some(match extension.as_deref() {
        Some("sh" | "bash" | "zsh" | "azcli") => FileKind::Script(Dialect::Posix),
        Some("ps1" | "psm1") => FileKind::Script(Dialect::PowerShell),
        Some("cmd" | "bat") => FileKind::Script(Dialect::Batch),
        Some("yml" | "yaml") => FileKind::Yaml,
        Some("md" | "markdown") => FileKind::Markdown,
        Some("py") => FileKind::Python,
        Some("mk") => FileKind::Makefile,
        Some("tf") => FileKind::Foreign,
        Some(_) => return None,
        None if ["makefile", "gnumakefile"].iter().any(|known| name.eq_ignore_ascii_case(known)) => FileKind::Makefile,
        None => FileKind::Script(interpreter(text.lines().next()?.strip_prefix("#!")?)?),
    })
}

/// The language of the script that a `#!` line or a `shell:` names an interpreter for.
fn interpreter(line: &str) -> Option<Dialect> {
    let mut words = line.split_whitespace().map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
    let program = words.find(|word| *word != "env" && !word.starts_with('-'))?.to_ascii_lowercase();
    match program.trim_end_matches(".exe") {
        "sh" | "bash" | "zsh" | "dash" | "ksh" => Some(Dialect::Posix),
        "pwsh" | "powershell" => Some(Dialect::PowerShell),
        "cmd" => Some(Dialect::Batch),
        _ => None,
    }
}

/// The scripts and tasks of a text of this kind.
pub fn find(kind: FileKind, file: FileId, text: &str) -> Found {
    find_given(kind, file, text, &[])
}

/// [`find`], with the ways in which other files call this one, if any do.
pub fn find_given(kind: FileKind, file: FileId, text: &str, given: &[Vec<Variable>]) -> Found {
    let mut found = match kind {
        FileKind::Script(dialect) => {
            let text = MappedText::plain(file, text, 0);
            let script = Script::new(&text, dialect, Origin::File);
            Found { scripts: vec![script], ..Found::default() }
        }
        FileKind::Yaml => {
            let (stream, errors) = yaml::parse(file, text);
            let mut found = Found { errors, ..Found::default() };
            for document in stream.documents() {
                steps::find(document, file, given, &mut found);
            }
            found
        }
        FileKind::Markdown => markdown::find(file, text),
        FileKind::Python => {
            Found { scripts: python::scripts(&MappedText::plain(file, text, 0), Origin::File), ..Found::default() }
        }
        FileKind::Makefile => Found { scripts: makefile::scripts(file, text), ..Found::default() },
        FileKind::Foreign => Found::default(),
    };
    found.scripts = found.scripts.into_iter().flat_map(with_nested).collect();
    let unread = found.scripts.iter().map(|script| script.program.passed_over);
    found.passed_over += unread.sum::<usize>();
    found
}

impl Script {
    /// Reads a script.
    pub fn new(text: &MappedText<'_>, dialect: Dialect, origin: Origin) -> Self {
        let surroundings =
            Surroundings { macros: origin == Origin::Pipeline, placeholders: origin == Origin::Document };
        Self::surrounded(text, dialect, origin, surroundings)
    }

    /// Reads a script in which its surroundings put other things than usual.
    fn surrounded(text: &MappedText<'_>, dialect: Dialect, origin: Origin, surroundings: Surroundings) -> Self {
        let program = shell::parse(text, dialect, surroundings);
        let text = text.clone().into_owned();
        let calls = invocation::Calls::default();
        let mut assigned: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, assignment) in program.assignments.iter().enumerate() {
            assigned.entry(assignment.name.to_ascii_lowercase()).or_default().push(at);
        }
        let mut script =
            Self { dialect, origin, text, program, environment: Vec::new(), is_list: false, calls, assigned };
        script.calls = invocation::Calls::of(&script);
        script
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.text.whole()
    }
}

impl Found {
    /// Where words of commands are filled in by another tool, or by the reader.
    pub fn placeholders(&self) -> impl Iterator<Item = Span> {
        let words = self.scripts.iter().flat_map(|script| &script.program.commands).flat_map(|command| &command.words);
        words.flat_map(|word| word.pieces.iter()).filter_map(|piece| match &piece.kind {
            // `{}` of `xargs` has no name.
            PieceKind::Opaque(Opaque::Placeholder, name) if !name.is_empty() => Some(piece.span),
            _ => None,
        })
    }

    /// Whether the file is a document, whose commands are examples.
    pub fn is_document(&self) -> bool {
        self.scripts.iter().any(|script| script.origin == Origin::Document)
    }

    /// Whether some command is read several times, with the values that it has one after another.
    pub fn runs_repeatedly(&self) -> bool {
        self.is_repeated || self.scripts.iter().any(|script| script.program.is_unrolled)
    }

    /// Whether the file is a template, which is also judged as one.
    pub fn is_template(&self) -> bool {
        self.scripts.iter().any(|script| script.origin == Origin::Template)
    }
}

impl Task {
    /// The input with this name, without regard to case, as tasks do.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name))
    }

    /// Whether this is a task or action of this name, whatever its version.
    pub fn is(&self, name: &str) -> bool {
        self.name.split('@').next().unwrap_or_default().eq_ignore_ascii_case(name)
    }
}

impl Input {
    /// The words of an input that holds arguments, such as `overrideParameters`.
    pub fn arguments(&self) -> Vec<Word> {
        shell::arguments(&self.value, Surroundings { macros: true, placeholders: false })
    }
}
