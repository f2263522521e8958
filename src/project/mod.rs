//! L5. From texts to templates, parameter files and artefacts, with the templates that they link to. No input or output.

mod bicep;
mod broken_secrets;
mod circles;
mod deployments;
mod json_values;
mod load;
mod modules;
mod omitted;
mod pairing;
mod script_secrets;
mod scripts;
mod secrets;
mod spelled;
mod template_scripts;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

pub use deployments::ScriptDeployment;
pub use load::Load;
pub use omitted::{Omission, Omitted, sort as sort_omitted};
pub use pairing::{Files, Namesakes, pair};
pub use script_secrets::script_secrets;
pub use scripts::ScriptFile;
pub use secrets::{Search, secrets};

use crate::artefact::{Artefact, may_be_artefact};
use crate::diagnostic::Label;
use crate::script;
use crate::source::limits::MAX_FILE_BYTES;
use crate::source::{FileId, SourceFile, Sources, Span, decode};
use crate::syntax::bicep::Pragma;
use crate::syntax::json::{self, Document, Kind, Node};
use crate::template::{NestedTemplate, ParameterFile, Template, lower_parameter_file, lower_template};

/// A file to read.
#[derive(Debug)]
pub struct Input {
    /// The path as messages show it.
    pub path: String,
    /// Its text, or why there is none.
    pub text: Result<String, String>,
    /// Whether the user named this very file.
    pub explicit: bool,
}

/// Templates in other files, by the file that links to them and the path it uses.
pub type Links<'t> = HashMap<(FileId, String), &'t Template>;

/// Something that is wrong with a file before anyone asks what it means.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The rule that it counts as.
    pub rule: &'static str,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// Another place that has to do with it.
    pub related: Option<Label>,
}

impl Problem {
    /// Whether the text is not what its language asks for.
    pub fn is_syntax(&self) -> bool {
        self.rule.ends_with("-syntax")
    }

    /// A bug of plimsoll's own that a file has shown.
    fn bug(file: FileId) -> Self {
        Self::new("internal-error", Span::new(file, 0, 0), BUG.to_owned())
    }

    fn new(rule: &'static str, span: Span, message: String) -> Self {
        Self { rule, span, message, related: None }
    }
}

/// What a file is, told from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An ARM template.
    Template,
    /// A parameter file.
    Parameters,
    /// Something else that tells about a transfer.
    Artefact,
    /// Nothing that is linted.
    Other,
}

/// A template and the file it was read from.
#[derive(Debug)]
pub struct TemplateEntry {
    /// The file.
    pub file: FileId,
    /// The template.
    pub template: Template,
    /// Whether another template deploys it: it is judged with the values that it is given there.
    pub linked: bool,
    /// Whether it was asked for, and not only read because another template links to it.
    pub is_input: bool,
}

/// All that was read.
#[derive(Debug, Default)]
pub struct Project {
    /// The texts.
    pub sources: Sources,
    /// The templates, first those of the inputs in their order.
    pub templates: Vec<TemplateEntry>,
    /// The parameter files, in the order of the inputs.
    pub parameter_files: Vec<ParameterFile>,
    /// The other files that tell about transfers, in the order of the inputs.
    pub artefacts: Vec<Artefact>,
    /// The files with scripts in them, in the order of the inputs, then the templates with scripts in them.
    pub scripts: Vec<ScriptFile>,
    /// What scripts deploy, in the order of the scripts.
    pub deployments: Vec<ScriptDeployment>,
    /// What is wrong with the files.
    pub problems: Vec<Problem>,
    /// The pragmas of Bicep files, those of one file in their order.
    pub pragmas: Vec<Pragma>,
    /// Files that could not be read or parsed.
    pub unparsed: usize,
    /// What was not looked into, in no order; more may be added.
    pub omitted: Vec<Omitted>,
    links: BTreeMap<(FileId, String), usize>,
}

/// A file's model and what its text is not allowed to hold.
#[derive(Default)]
struct Parsed {
    template: Option<Template>,
    parameters: Option<ParameterFile>,
    artefact: Option<Artefact>,
    problems: Vec<Problem>,
    broken: bool,
}

const BUG: &str = "plimsoll failed on this file; please report it";

/// How many files one run may reach through links.
const MAX_LINKED: usize = 8192;

/// What a file is, told from the beginning of its text: the schema that it names.
pub fn classify(text: &str) -> FileKind {
    let mut end = text.len().min(4096);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text[..end].to_ascii_lowercase();
    if head.contains("deploymenttemplate.json") {
        FileKind::Template
    } else if head.contains("deploymentparameters.json") {
        FileKind::Parameters
    } else {
        FileKind::Other
    }
}

/// How much of a file tells whether it may be ours, in bytes: of JSON its beginning, of anything else all of it.
pub fn telling_bytes(path: &str) -> usize {
    let is_json = bicep::dialect(path).is_none() && script::kind_of(path, "").is_none();
    if is_json { 16 * 1024 } else { MAX_FILE_BYTES as usize }
}

/// Whether a file that nobody named may be ours, told by a search for a few words in its [`telling_bytes`].
pub fn may_be_ours(path: &str, bytes: &[u8]) -> bool {
    if bicep::dialect(path).is_some() {
        return true;
    }
    if let Some(kind) = script::kind_of(path, "") {
        let calls = |text: &str| kind == script::FileKind::Yaml && script::may_call(text);
        return std::str::from_utf8(bytes).is_ok_and(|text| script::is_relevant(text) || calls(text));
    }
    // A template in UTF-16 is ours, although nobody can read it.
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let has_zeros = memchr::memchr(0, text.as_bytes()).is_some();
    let text = if has_zeros { text.replace('\0', "").into() } else { text };
    classify(&text) != FileKind::Other || may_be_artefact(&text)
}

/// Looks at a template of the inputs as soon as it is read: later, its parts have left the processor's caches. Many
/// threads may call it.
pub type Look<'a> = dyn Fn(FileId, &Template, &Sources) + Sync + 'a;

/// Reads all inputs, then the local templates that they link to.
pub fn read(inputs: Vec<Input>, load: &dyn Load) -> Project {
    read_looking(inputs, load, &|_, _, _| {})
}

/// [`read`], with a `look` at each template of the inputs on the way.
pub fn read_looking(inputs: Vec<Input>, load: &dyn Load, look: &Look<'_>) -> Project {
    let mut read = Project::default();
    let (mut files, mut bicep_files) = (Vec::new(), Vec::new());
    let (mut script_files, mut callers) = (Vec::new(), Vec::new());
    for input in inputs {
        match input.text {
            Ok(text) => {
                if let Some(dialect) = bicep::dialect(&input.path) {
                    bicep_files.push((read.sources.add(SourceFile::new(input.path, text)), dialect));
                    continue;
                }
                if let Some(kind) = script::kind_of(&input.path, &text) {
                    if script::is_relevant(&text) {
                        script_files.push((read.sources.add(SourceFile::new(input.path, text)), kind));
                    } else if kind == script::FileKind::Yaml && script::may_call(&text) {
                        callers.push((input.path, text));
                    }
                    continue;
                }
                let kind = if input.explicit { None } else { Some(classify(&text)) };
                let kind = if kind == Some(FileKind::Other) && may_be_artefact(&text) {
                    Some(FileKind::Artefact)
                } else {
                    kind
                };
                if kind != Some(FileKind::Other) {
                    files.push((read.sources.add(SourceFile::new(input.path, text)), kind));
                }
            }
            Err(reason) => {
                read.unparsed += 1;
                let span = Span::new(read.sources.add(SourceFile::new(input.path, "")), 0, 0);
                read.problems.push(Problem::new("unreadable-file", span, reason));
            }
        }
    }
    let sources = &read.sources;
    let parse = |(file, _): &(FileId, _)| {
        let parsed = parse_safely(*file, sources);
        parsed.template.iter().for_each(|template| look(*file, template, sources));
        (*file, parsed)
    };
    let parsed: Vec<(FileId, Parsed)> = files.par_iter().map(parse).collect();
    for ((file, parsed), (_, kind)) in parsed.into_iter().zip(&files) {
        // What turns out to be none of ours although it has a few words of it is not for us to judge.
        if *kind != Some(FileKind::Artefact) || parsed.artefact.is_some() {
            read.take(file, parsed, true);
        }
    }
    read.read_bicep(&bicep_files, load, look);
    read.read_scripts(&script_files, callers);
    read.follow_links(load);
    read.name_unseen_templates();
    // What a script in a template deploys are not the files beside the template.
    read.find_deployments();
    read.read_template_scripts();
    read
}

impl Project {
    fn take(&mut self, file: FileId, parsed: Parsed, is_input: bool) {
        self.unparsed += usize::from(parsed.broken);
        self.problems.extend(parsed.problems);
        self.templates.extend(parsed.template.map(|template| TemplateEntry {
            file,
            template,
            linked: false,
            is_input,
        }));
        self.parameter_files.extend(parsed.parameters);
        self.artefacts.extend(parsed.artefact);
    }

    fn follow_links(&mut self, load: &dyn Load) {
        let path_of = |read: &Self, at: usize| read.sources.file(read.templates[at].file).path().to_owned();
        let mut by_path: HashMap<String, usize> = (0..self.templates.len()).map(|at| (path_of(self, at), at)).collect();
        let (mut at, given) = (0, self.templates.len());
        let mut edges: Vec<Vec<(usize, Span)>> = Vec::new();
        while at < self.templates.len() {
            let from = self.templates[at].file;
            let mut paths = Vec::new();
            collect_links(&self.templates[at].template, &mut paths);
            at += 1;
            edges.push(Vec::new());
            for (relative, span) in paths {
                if let Some(&target) = self.links.get(&(from, relative.clone())) {
                    self.templates[target].linked |= self.templates[target].file != from;
                    edges[at - 1].push((target, span));
                    continue;
                }
                let base = self.sources.file(from).path();
                let path = join(base, &relative);
                let target = match by_path.get(&path) {
                    Some(&known) => Some(known),
                    None if self.templates.len() > given + MAX_LINKED => {
                        self.unread(span);
                        None
                    }
                    None => self.load_link(&path, span, load.file(&path)),
                };
                if let Some(target) = target {
                    by_path.entry(path).or_insert(target);
                    self.templates[target].linked |= self.templates[target].file != from;
                    self.links.insert((from, relative), target);
                    edges[at - 1].push((target, span));
                }
            }
        }
        for (path, span) in circles::find(&edges) {
            let names: Vec<&str> = path.iter().map(|at| self.path(self.templates[*at].file)).collect();
            let message = format!("this template deploys itself: {}", names.join(" → "));
            self.problems.push(Problem::new("circular-definition", span, message));
        }
    }

    /// Reports a file that is not read because too many are.
    fn unread(&mut self, span: Span) {
        let message = format!("this file was not read: the inputs name more than {MAX_LINKED} others");
        self.problems.push(Problem::new("missing-linked-template", span, message));
    }

    fn load_link(&mut self, path: &str, span: Span, loaded: Option<Result<Vec<u8>, String>>) -> Option<usize> {
        match loaded.map(|loaded| loaded.and_then(decode)) {
            Some(Ok(text)) => {
                let file = self.sources.add(SourceFile::new(path, text));
                let parsed = parse_safely(file, &self.sources);
                let is_template = parsed.template.is_some();
                self.take(file, parsed, false);
                is_template.then(|| self.templates.len() - 1)
            }
            Some(Err(reason)) => {
                self.problems.push(Problem::new("missing-linked-template", span, reason));
                None
            }
            None => {
                let message = format!("there is no file `{path}`");
                self.problems.push(Problem::new("missing-linked-template", span, message));
                None
            }
        }
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &str {
        self.sources.file(file).path()
    }

    /// The templates that links lead to.
    pub fn links(&self) -> Links<'_> {
        self.links.iter().map(|(link, target)| (link.clone(), &self.templates[*target].template)).collect()
    }
}

/// A bug costs the file that shows it and is reported as one; the other files go on.
fn parse_safely(file: FileId, sources: &Sources) -> Parsed {
    safely(|| parse(file, sources)).unwrap_or_else(|| Parsed {
        problems: vec![Problem::bug(file)],
        broken: true,
        ..Parsed::default()
    })
}

/// What `work` returns; `None` when a bug made it panic.
fn safely<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn parse(file: FileId, sources: &Sources) -> Parsed {
    let text = sources.file(file).text();
    let (document, errors) = json::parse(file, text);
    let mut parsed = Parsed { broken: !errors.is_empty(), ..Parsed::default() };
    for error in errors {
        parsed.problems.push(Problem::new("json-syntax", error.span, error.message));
    }
    let Some(root) = document.root(text) else { return parsed };
    match kind_of(root, text) {
        FileKind::Template => parsed.template = Some(lower_template(file, root)),
        FileKind::Parameters => parsed.parameters = Some(lower_parameter_file(file, root)),
        FileKind::Artefact | FileKind::Other => {
            // Nobody wrote the keys of an answer by hand.
            let document = match Artefact::recognise(file, document, text) {
                Ok(artefact) => return Parsed { artefact: Some(artefact), ..parsed },
                Err(document) => document,
            };
            if !parsed.broken {
                let message = "this is neither an ARM template nor a parameter file".to_owned();
                parsed.problems.push(Problem::new("unrecognised-file", Span::new(file, 0, 0), message));
            }
            add_duplicate_keys(&document, sources, &mut parsed.problems);
            return parsed;
        }
    }
    add_duplicate_keys(&document, sources, &mut parsed.problems);
    parsed
}

fn add_duplicate_keys(document: &Document, sources: &Sources, problems: &mut Vec<Problem>) {
    for duplicate in document.duplicate_keys() {
        let message = format!("the key `{}` stands twice; the last one counts", sources.text(duplicate.second));
        let mut problem = Problem::new("duplicate-key", duplicate.second, message);
        problem.related = Some(Label::new(duplicate.first, "first here"));
        problems.push(problem);
    }
}

/// What a document is: by its schema, else by its members.
fn kind_of(root: Node<'_>, text: &str) -> FileKind {
    let kind = match root.get("$schema").and_then(Node::as_str) {
        Some(schema) => classify(&schema),
        None => classify(text),
    };
    let is_object = |key: &str| root.get(key).is_some_and(|node| node.kind() == Kind::Object);
    match kind {
        FileKind::Other if root.get("resources").is_some() && root.get("contentVersion").is_some() => {
            FileKind::Template
        }
        FileKind::Other if is_object("parameters") && root.get("contentVersion").is_some() => FileKind::Parameters,
        kind => kind,
    }
}

fn collect_links(template: &Template, paths: &mut Vec<(String, Span)>) {
    for resource in &template.resources {
        match resource.deployment.as_ref().map(|nested| &nested.template) {
            Some(NestedTemplate::RelativePath(path)) => {
                paths.extend(path.as_str().map(|text| (text.to_owned(), path.span)));
            }
            Some(NestedTemplate::Inline(inner)) => collect_links(inner, paths),
            _ => {}
        }
    }
}

/// The path `relative` as seen from the folder of `base`.
fn join(base: &str, relative: &str) -> String {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let rooted = base.starts_with('/');
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_seen_from_the_folder_of_the_file() {
        assert_eq!(join("infra/main.json", "modules/a.json"), "infra/modules/a.json");
        assert_eq!(join("infra/main.json", "../shared\\b.json"), "shared/b.json");
        assert_eq!(join("main.json", "../b.json"), "../b.json");
        assert_eq!(join("/x/main.json", "./b.json"), "/x/b.json");
    }

    #[test]
    fn the_schema_tells_what_a_file_is() {
        assert_eq!(
            classify("{\"$schema\": \"https://x/2018-05-01/subscriptionDeploymentTemplate.json#\"}"),
            FileKind::Template
        );
        assert_eq!(classify("{\"$schema\": \"https://x/deploymentParameters.json#\"}"), FileKind::Parameters);
        assert_eq!(classify("{\"name\": \"left-pad\"}"), FileKind::Other);
    }
}
