//! L5. From texts to templates, parameter files and artefacts, with the templates that they link to. No input or output.

mod bicep;
mod broken_secrets;
mod circles;
mod compiled;
mod deployments;
mod json_values;
mod load;
mod meant;
mod modules;
mod omitted;
mod pairing;
mod places;
mod recognition;
mod script_secrets;
mod scripts;
mod secret_names;
mod secrets;
mod spelled;
mod template_scripts;
mod tokens;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

pub use compiled::Compiled;
pub use deployments::ScriptDeployment;
pub use load::Load;
pub use meant::{meant_templates, said_templates};
pub use omitted::{Omission, Omitted, sort as sort_omitted};
pub use pairing::{Files, Namesakes, Pairing, pair};
pub use places::{Surroundings, companion_folders};
pub use recognition::{FileKind, classify};
pub use script_secrets::script_secrets;
pub use scripts::ScriptFile;
pub use secret_names::names;
pub use secrets::{Search, secrets};
pub use tokens::TokenFile;

use crate::artefact::Artefact;
use crate::diagnostic::Label;
use crate::sas::stored_tokens;
use crate::script;
use crate::source::limits::MAX_FILE_BYTES;
use crate::source::{FileId, SourceFile, Sources, Span, decode};
use crate::syntax::bicep::Pragma;
use crate::syntax::json::{self, Document};
use crate::template::{
    Link, NestedTemplate, ParameterFile, Template, TemplateErrorKind, lower_parameter_file, lower_template,
};

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
    /// The files that hold tokens, in the order of the inputs.
    pub tokens: Vec<TokenFile>,
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
    /// The parameter files that are nothing but names and values, so that they may be anything.
    bare: HashSet<FileId>,
    /// The templates in JSON that say that Bicep made them.
    compiled: Vec<FileId>,
}

/// A file's model and what its text is not allowed to hold.
#[derive(Default)]
struct Parsed {
    template: Option<Template>,
    parameters: Option<ParameterFile>,
    artefact: Option<Artefact>,
    problems: Vec<Problem>,
    broken: bool,
    /// Whether it holds values of parameters without saying that they are.
    bare: bool,
    /// Whether it says that Bicep made it.
    compiled: bool,
    /// Whether it is none of ours although it has a few words of it; then it is not for us to judge.
    foreign: bool,
}

const BUG: &str = "plimsoll failed on this file; please report it";

/// How many files one run may reach through links.
const MAX_LINKED: usize = 8192;

/// How much of a file tells whether it may be ours, in bytes: of a script all of it, of anything else its beginning.
pub fn telling_bytes(path: &str) -> usize {
    let is_whole = bicep::dialect(path).is_some() || script::kind_of(path, "").is_some();
    if is_whole { MAX_FILE_BYTES as usize } else { HEAD_BYTES }
}

/// How many bytes the beginning of a file has. No token is longer.
const HEAD_BYTES: usize = 16 * 1024;

/// Whether a file may be ours, told by a search for a few words in its [`telling_bytes`].
pub fn may_be_ours(path: &str, bytes: &[u8]) -> bool {
    if bicep::dialect(path).is_some() {
        return true;
    }
    if let Some(kind) = script::kind_of(path, "") {
        return script::may_be_wanted(kind, bytes);
    }
    // A template in UTF-16 is ours, although nobody can read it.
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let has_zeros = memchr::memchr(0, text.as_bytes()).is_some();
    let text = if has_zeros { text.replace('\0', "").into() } else { text };
    let (text, is_cut) = (text.trim_start_matches('\u{feff}'), bytes.len() >= HEAD_BYTES);
    if script::kind_of(path, text).is_some() {
        return is_cut || script::is_relevant(text);
    }
    recognition::may_be_read(path, text, is_cut) || holds_tokens(path, text)
}

/// Whether a file holds tokens and little else; one in JSON is something else.
fn holds_tokens(path: &str, text: &str) -> bool {
    !recognition::is_json(path) && !stored_tokens(text).is_empty()
}

/// Whether a file is called by a name that says what it is.
pub fn is_named_as_ours(path: &str) -> bool {
    bicep::dialect(path).is_some()
        || script::kind_of(path, "").is_some()
        || pairing::file_name(path) == modules::CONFIGURATION
        || recognition::is_snapshot(path)
}

/// Looks at a template of the inputs as soon as it is read: later, its parts have left the processor's caches. Many
/// threads may call it.
pub type Look<'a> = dyn Fn(FileId, &Template, &Sources) + Sync + 'a;

/// Reads all inputs, then the local templates that they link to.
pub fn read(inputs: Vec<Input>, load: &dyn Load) -> Project {
    read_looking(inputs, &[], load, &|_, _, _| {})
}

/// [`read`], with a `look` at each template of the inputs on the way. The inputs at the paths `chosen` are parameter files,
/// whatever they look like.
pub fn read_looking(inputs: Vec<Input>, chosen: &[String], load: &dyn Load, look: &Look<'_>) -> Project {
    let mut read = Project::default();
    let (mut files, mut bicep_files, mut script_files) = (Vec::new(), Vec::new(), Vec::new());
    for Input { path, text, explicit } in inputs {
        match text {
            Ok(text) => {
                let dialect = bicep::dialect(&path);
                let script = if dialect.is_none() { script::kind_of(&path, &text) } else { None };
                if script.is_some_and(|kind| !script::is_wanted(kind, &text)) {
                    continue;
                }
                let is_chosen = chosen.contains(&path);
                let holds_tokens = holds_tokens(&path, &text) && !is_chosen;
                let may_be_json = is_chosen || recognition::may_be_read(&path, &text, false);
                let file = read.sources.add(SourceFile::new(path, text));
                match (dialect, script) {
                    (Some(dialect), _) => bicep_files.push((file, dialect)),
                    (_, Some(kind)) => script_files.push((file, kind)),
                    _ if holds_tokens => read.take_tokens(file),
                    _ if may_be_json => files.push((file, explicit, is_chosen)),
                    _ => read.pass_over(file, explicit),
                }
            }
            Err(reason) => {
                read.unparsed += 1;
                let span = Span::new(read.sources.add(SourceFile::new(path, "")), 0, 0);
                read.problems.push(Problem::new("unreadable-file", span, reason));
            }
        }
    }
    let sources = &read.sources;
    let parse = |(file, _, is_chosen): &(FileId, bool, bool)| {
        let parsed = parse_safely(*file, sources, *is_chosen);
        parsed.template.iter().for_each(|template| look(*file, template, sources));
        parsed
    };
    let parsed: Vec<Parsed> = files.par_iter().map(parse).collect();
    for (parsed, (file, explicit, _)) in parsed.into_iter().zip(files) {
        if parsed.foreign {
            read.pass_over(file, explicit);
        } else {
            read.take(file, parsed, true);
        }
    }
    read.read_bicep(&bicep_files, load, look);
    read.read_scripts(&script_files);
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
        self.bare.extend(parsed.bare.then_some(file));
        self.compiled.extend(parsed.compiled.then_some(file));
        self.templates.extend(parsed.template.map(|template| TemplateEntry {
            file,
            template,
            linked: false,
            is_input,
        }));
        self.parameter_files.extend(parsed.parameters);
        self.artefacts.extend(parsed.artefact);
    }

    /// Names a file that is none of ours if somebody named it to us.
    fn pass_over(&mut self, file: FileId, explicit: bool) {
        if explicit && !is_named_as_ours(self.path(file)) {
            self.omitted.push(Omitted::file(Omission::Unrecognised, file, &self.sources));
        }
    }

    fn follow_links(&mut self, load: &dyn Load) {
        let path_of = |read: &Self, at: usize| read.sources.file(read.templates[at].file).path().to_owned();
        let mut by_path: HashMap<String, usize> = (0..self.templates.len()).map(|at| (path_of(self, at), at)).collect();
        let (mut at, given) = (0, self.templates.len());
        let mut edges: Vec<Vec<(usize, Span)>> = Vec::new();
        let mut unknown = BTreeSet::new();
        while at < self.templates.len() {
            let from = self.templates[at].file;
            let mut links = Vec::new();
            collect_links(&self.templates[at].template, &mut links);
            at += 1;
            edges.push(Vec::new());
            for link in links {
                let relative = link.path.to_string();
                if let Some(&target) = self.links.get(&(from, relative.clone())) {
                    self.templates[target].linked |= self.templates[target].file != from;
                    edges[at - 1].push((target, link.span));
                    continue;
                }
                let path = join(self.sources.file(from).path(), &relative);
                let target = match by_path.get(&path) {
                    Some(&known) => Some(known),
                    None if self.templates.len() > given + MAX_LINKED => {
                        self.unread(link.span);
                        None
                    }
                    None => self.load_link(&path, &link, load),
                };
                if let Some(target) = target {
                    by_path.entry(path).or_insert(target);
                    self.templates[target].linked |= self.templates[target].file != from;
                    self.links.insert((from, relative), target);
                    edges[at - 1].push((target, link.span));
                } else if !link.is_certain {
                    unknown.insert(link.span);
                }
            }
        }
        for entry in &mut self.templates {
            send_elsewhere(&mut entry.template, &unknown);
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

    /// Reads the template at the end of a link. Where it need not be there, and is not, that is no mistake.
    fn load_link(&mut self, path: &str, link: &Link, load: &dyn Load) -> Option<usize> {
        let loaded = load.file(path);
        if !link.is_certain && !matches!(loaded, Some(Ok(_))) {
            return None;
        }
        self.take_link(path, link.span, loaded)
    }

    fn take_link(&mut self, path: &str, span: Span, loaded: Option<Result<Vec<u8>, String>>) -> Option<usize> {
        let reason = match loaded.map(|loaded| loaded.and_then(decode)) {
            Some(Ok(text)) => {
                let file = self.sources.add(SourceFile::new(path, text));
                let parsed = parse_safely(file, &self.sources, false);
                let is_template = parsed.template.is_some();
                if is_template || parsed.broken {
                    self.take(file, parsed, false);
                } else {
                    let message = format!("`{}` is no template", self.path(file));
                    self.problems.push(Problem::new("missing-linked-template", span, message));
                }
                return is_template.then(|| self.templates.len() - 1);
            }
            Some(Err(reason)) => reason,
            None => format!("there is no file `{path}`"),
        };
        self.problems.push(Problem::new("missing-linked-template", span, reason));
        None
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &str {
        self.sources.file(file).path()
    }

    /// The files that those in `from` link to, other than themselves.
    pub fn linked_from(&self, from: &HashSet<FileId>) -> HashSet<FileId> {
        let links = self.links.iter().map(|((file, _), target)| (*file, self.templates[*target].file));
        links.filter(|(file, target)| file != target && from.contains(file)).map(|(_, target)| target).collect()
    }

    /// The templates that links lead to.
    pub fn links(&self) -> Links<'_> {
        self.links.iter().map(|(link, target)| (link.clone(), &self.templates[*target].template)).collect()
    }
}

/// A bug costs the file that shows it and is reported as one; the other files go on.
fn parse_safely(file: FileId, sources: &Sources, is_chosen: bool) -> Parsed {
    safely(|| parse(file, sources, is_chosen)).unwrap_or_else(|| Parsed {
        problems: vec![Problem::bug(file)],
        broken: true,
        ..Parsed::default()
    })
}

/// What `work` returns; `None` when a bug made it panic.
fn safely<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Parses a file, which `is_chosen` when somebody says that it is a parameter file.
fn parse(file: FileId, sources: &Sources, is_chosen: bool) -> Parsed {
    let (path, text) = (sources.file(file).path(), sources.file(file).text());
    let (document, errors) = json::parse(file, text);
    let mut parsed = Parsed { broken: !errors.is_empty(), ..Parsed::default() };
    for error in errors {
        parsed.problems.push(Problem::new("json-syntax", error.span, error.message));
    }
    if pairing::file_name(path) == modules::CONFIGURATION {
        return Parsed { foreign: !parsed.broken, ..parsed };
    }
    let Some(root) = document.root(text) else {
        return Parsed { foreign: !is_chosen && !recognition::is_called_ours(path), ..parsed };
    };
    match recognition::kind_of(path, root, text, parsed.broken) {
        FileKind::Template => {
            parsed.compiled = compiled::is_compiled(root);
            let mut template = lower_template(file, root);
            if parsed.broken {
                template.errors.retain(|error| !matches!(error.kind, TemplateErrorKind::Missing(_)));
            }
            parsed.template = Some(template);
        }
        FileKind::Other if !is_chosen => {
            // Nobody wrote the keys of an answer by hand.
            return match Artefact::recognise(file, document, text) {
                Ok(artefact) => Parsed { artefact: Some(artefact), ..parsed },
                Err(_) => Parsed { foreign: true, ..parsed },
            };
        }
        FileKind::Parameters | FileKind::Other => {
            parsed.bare = !is_chosen && root.get("parameters").is_none() && root.get("$schema").is_none();
            parsed.parameters = Some(lower_parameter_file(file, root));
        }
    }
    add_duplicate_keys(&document, sources, &mut parsed.problems);
    parsed
}

fn add_duplicate_keys(document: &Document, sources: &Sources, problems: &mut Vec<Problem>) {
    for duplicate in document.duplicate_keys() {
        let [first, second] = [duplicate.first, duplicate.second].map(|span| sources.text(span).trim_matches('"'));
        let message = if first == second {
            format!("the key `{second}` stands twice; the last one counts")
        } else {
            format!(
                "the key `{second}` differs from `{first}` in case only; what has a meaning of its own is one for the service"
            )
        };
        let mut problem = Problem::new("duplicate-key", duplicate.second, message);
        problem.related = Some(Label::new(duplicate.first, "first here"));
        problems.push(problem);
    }
}

fn collect_links(template: &Template, links: &mut Vec<Link>) {
    for resource in &template.resources {
        match resource.deployment.as_ref().map(|nested| &nested.template) {
            Some(NestedTemplate::File(link)) => links.push(link.clone()),
            Some(NestedTemplate::Inline(inner)) => collect_links(inner, links),
            _ => {}
        }
    }
}

/// Takes the templates of these links to be somewhere else.
fn send_elsewhere(template: &mut Template, unknown: &BTreeSet<Span>) {
    for nested in template.resources.iter_mut().filter_map(|resource| resource.deployment.as_mut()) {
        match &mut nested.template {
            NestedTemplate::File(link) if unknown.contains(&link.span) => {
                nested.template = NestedTemplate::Elsewhere(link.span);
            }
            NestedTemplate::Inline(inner) => send_elsewhere(inner, unknown),
            NestedTemplate::File(_) | NestedTemplate::Elsewhere(_) => {}
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
            // Nothing is above the root.
            ".." if rooted && parts.is_empty() => {}
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
        assert_eq!(join("/x/main.json", "../../../b.json"), "/b.json");
    }
}
