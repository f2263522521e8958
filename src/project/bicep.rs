//! Bicep files: parsed with every file that they name, then lowered.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::modules::Configurations;
use super::{Load, Look, MAX_LINKED, Omission, Omitted, Problem, Project, TemplateEntry, circles, join, safely};
use crate::source::{FileId, SourceFile, Span, decode};
use crate::syntax::SyntaxError;
use crate::syntax::bicep::{self, Dialect, Pragma, Program};
use crate::syntax::json;
use crate::template::{
    self, ParameterFile, Reference, ReferenceKind, Surroundings, Template, lower_bicep, lower_bicep_parameters,
    references,
};

/// The dialect of the file at `path`, told from its extension; `None` for what is not Bicep.
pub(super) fn dialect(path: &str) -> Option<Dialect> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "bicep" => Some(Dialect::Template),
        "bicepparam" => Some(Dialect::Parameters),
        _ => None,
    }
}

/// A file that was read.
struct Parsed {
    file: FileId,
    dialect: Dialect,
    /// Kept as long as what the file names, or what imports from it, has to be read.
    program: Option<Program>,
    pragmas: Vec<Pragma>,
    references: Vec<Reference>,
    /// What it became; most files need no others for that.
    lowered: Option<Lowered>,
    /// Whether it was asked for, and not only named by another.
    is_input: bool,
}

impl Parsed {
    /// Parses a file, and lowers it at once, while its tree is at hand, when that takes no other file.
    fn read(file: FileId, dialect: Dialect, text: &str) -> (Self, Vec<SyntaxError>) {
        let (mut program, errors) = bicep::parse(file, text, dialect);
        let pragmas = std::mem::take(&mut program.pragmas);
        let references = references(&program, text);
        let needs = |reference: &Reference| reference.kind != ReferenceKind::Module || reference.is_remote();
        let needs_others = dialect == Dialect::Parameters || references.iter().any(needs);
        let mut parsed = Self { file, dialect, program: None, pragmas, references, lowered: None, is_input: false };
        if needs_others {
            parsed.program = Some(program);
        } else {
            parsed.lowered = Some(parsed.lower(&program, &Surroundings::default()));
        }
        (parsed, errors)
    }

    fn lower(&self, program: &Program, surroundings: &Surroundings<'_>) -> Lowered {
        safely(|| match self.dialect {
            Dialect::Template => Lowered::Template(Box::new(lower_bicep(self.file, program, surroundings))),
            Dialect::Parameters => Lowered::Parameters(lower_bicep_parameters(self.file, program, surroundings)),
        })
        .unwrap_or(Lowered::Nothing)
    }
}

/// What a program became.
enum Lowered {
    Template(Box<Template>),
    Parameters(ParameterFile),
    Nothing,
}

/// The files that programs name, by the paths that messages show.
#[derive(Default)]
struct Known {
    programs: HashMap<String, usize>,
    /// Templates in JSON, as indices into [`Project::templates`].
    templates: HashMap<String, usize>,
    contents: HashMap<String, (FileId, Vec<u8>)>,
    seen: HashSet<(String, ReferenceKind)>,
    /// How many files were asked for, beside the inputs.
    asked: usize,
    folders: HashMap<String, Vec<String>>,
    configurations: Configurations,
}

impl Known {
    /// Whether the program or template at `path` is at hand.
    fn has(&self, path: &str, kind: ReferenceKind) -> bool {
        let is_code = !matches!(kind, ReferenceKind::Content | ReferenceKind::Folder);
        is_code && (self.programs.contains_key(path) || self.templates.contains_key(path))
    }
}

impl Project {
    /// Parses the Bicep files `files`, reads what they name, and lowers them; `look`s at the templates that they become.
    pub(super) fn read_bicep(&mut self, files: &[(FileId, Dialect)], load: &dyn Load, look: &Look<'_>) {
        let sources = &self.sources;
        let read = |(file, dialect): &(FileId, Dialect)| {
            let read = Parsed::read(*file, *dialect, sources.file(*file).text());
            if let Some(Lowered::Template(template)) = &read.0.lowered {
                look(*file, template, sources);
            }
            read
        };
        let parsed: Vec<_> = files.par_iter().map(read).collect();
        let mut programs = Vec::new();
        let path = |entry: &TemplateEntry| self.sources.file(entry.file).path().to_owned();
        let templates = self.templates.iter().map(path).zip(0..).collect();
        let mut known = Known { templates, ..Known::default() };
        for (parsed, errors) in parsed {
            self.take_errors(errors);
            known.programs.insert(self.path(parsed.file).to_owned(), programs.len());
            known.configurations.read(self.path(parsed.file), load);
            programs.push(Parsed { is_input: true, ..parsed });
        }
        self.take_configurations(&mut known.configurations);
        let mut at = 0;
        while at < programs.len() {
            self.follow_references(at, &mut programs, &mut known, load);
            at += 1;
        }
        self.find_circles_of_imports(&programs, &known);
        let surroundings = self.surroundings(&programs, &known);
        let lower = |parsed: &Parsed| {
            let program = parsed.program.as_ref().filter(|_| parsed.lowered.is_none())?;
            let lowered = parsed.lower(program, &surroundings);
            if let (Lowered::Template(template), true) = (&lowered, parsed.is_input) {
                look(parsed.file, template, &self.sources);
            }
            Some(lowered)
        };
        let lowered: Vec<Option<Lowered>> = programs.par_iter().map(lower).collect();
        drop(surroundings);
        for (parsed, lowered) in programs.into_iter().zip(lowered) {
            self.pragmas.extend(parsed.pragmas);
            match parsed.lowered.or(lowered).unwrap_or(Lowered::Nothing) {
                Lowered::Template(template) => self.templates.push(TemplateEntry {
                    file: parsed.file,
                    template: *template,
                    linked: false,
                    is_input: parsed.is_input,
                }),
                Lowered::Parameters(file) if parsed.is_input => self.parameter_files.push(file),
                Lowered::Parameters(_) => {}
                Lowered::Nothing => self.problems.push(Problem::bug(parsed.file)),
            }
        }
    }

    /// Reports what is wrong with configurations, unless they are inputs themselves.
    fn take_configurations(&mut self, configurations: &mut Configurations) {
        for (path, text) in configurations.broken.drain(..) {
            if self.sources.iter().any(|(_, file)| file.path() == path) {
                continue;
            }
            let reason = text.as_ref().err().cloned();
            let file = self.sources.add(SourceFile::new(path, text.unwrap_or_default()));
            let (_, errors) = json::parse(file, self.sources.file(file).text());
            self.unparsed += 1;
            match reason {
                Some(reason) => self.problems.push(Problem::new("unreadable-file", Span::new(file, 0, 0), reason)),
                None => self
                    .problems
                    .extend(errors.into_iter().map(|error| Problem::new("json-syntax", error.span, error.message))),
            }
        }
    }

    /// Reports files that import from themselves, or extend themselves, by way of others.
    fn find_circles_of_imports(&mut self, programs: &[Parsed], known: &Known) {
        let edges = |parsed: &Parsed| -> Vec<(usize, Span)> {
            let imports = parsed.references.iter().filter(|reference| reference.kind == ReferenceKind::Import);
            let target = |path: &str| known.programs.get(&join(self.path(parsed.file), path)).copied();
            imports.filter_map(|reference| Some((target(&reference.path)?, reference.span))).collect()
        };
        let edges: Vec<_> = programs.iter().map(edges).collect();
        for (path, span) in circles::find(&edges) {
            let names: Vec<&str> = path.iter().map(|at| self.path(programs[*at].file)).collect();
            let message = format!("this file needs itself: {}", names.join(" → "));
            self.problems.push(Problem::new("circular-definition", span, message));
        }
    }

    /// Reads the files that the program at `at` names.
    fn follow_references(&mut self, at: usize, programs: &mut Vec<Parsed>, known: &mut Known, load: &dyn Load) {
        let from = self.path(programs[at].file).to_owned();
        let mut is_full = false;
        for reference in programs[at].references.clone() {
            if known.asked >= MAX_LINKED && !known.has(&join(&from, &reference.path), reference.kind) {
                if !std::mem::replace(&mut is_full, true) {
                    self.unread(reference.span);
                }
                continue;
            }
            if reference.is_remote() {
                self.find_module(programs[at].file, &reference, known, load);
                continue;
            }
            let path = join(&from, &reference.path);
            if !known.seen.insert((path.clone(), reference.kind)) {
                continue;
            }
            known.asked += usize::from(!known.has(&path, reference.kind));
            match (reference.kind, dialect(&path)) {
                (ReferenceKind::Content, _) => self.read_content(&reference, path.clone(), known, load),
                (ReferenceKind::Folder, _) => {
                    let listed = load.folder(&path);
                    let names = listed.and_then(|listed| self.found(&reference, &path, Some(listed), true));
                    known.folders.extend(names.map(|names| (path.clone(), names)));
                }
                (_, Some(dialect)) if !known.programs.contains_key(&path) => {
                    let loaded = load.file(&path).map(|loaded| loaded.and_then(decode));
                    // Of a module, the search for linked templates says it.
                    let is_told = reference.kind != ReferenceKind::Module;
                    let Some(text) = self.found(&reference, &path, loaded, is_told) else { continue };
                    let file = self.sources.add(SourceFile::new(path.clone(), text));
                    let (parsed, errors) = Parsed::read(file, dialect, self.sources.file(file).text());
                    self.take_errors(errors);
                    known.programs.insert(path.clone(), programs.len());
                    // Who asks for a parameter file asks for what it deploys.
                    let is_input = reference.kind == ReferenceKind::Using && programs[at].is_input;
                    programs.push(Parsed { is_input, ..parsed });
                }
                (ReferenceKind::Import | ReferenceKind::Using, None) if !known.templates.contains_key(&path) => {
                    if let Some(template) = self.take_link(&path, reference.span, load.file(&path)) {
                        self.templates[template].is_input |=
                            reference.kind == ReferenceKind::Using && programs[at].is_input;
                        known.templates.insert(path.clone(), template);
                    }
                }
                _ => {}
            }
            if reference.kind == ReferenceKind::Import
                && let Some(&at) = known.programs.get(&path)
            {
                self.recall(&mut programs[at]);
            }
        }
    }

    /// Brings back the tree of a file that something is imported from; its errors are told already.
    fn recall(&self, parsed: &mut Parsed) {
        if parsed.program.is_none() {
            let text = self.sources.file(parsed.file).text();
            parsed.program = Some(bicep::parse(parsed.file, text, parsed.dialect).0);
        }
    }

    /// Reads the compiled template of a module that lies in a registry, when there is a copy of it at hand.
    fn find_module(&mut self, from: FileId, reference: &Reference, known: &mut Known, load: &dyn Load) {
        let path = self.sources.file(from).path();
        let Some(module) = known.configurations.expand(&reference.path, path, load) else {
            return self.name_unseen(reference);
        };
        let template = match known.templates.get(&module) {
            Some(&template) => Some(template),
            None if !known.seen.insert((module.clone(), reference.kind)) => None,
            // Without a copy, the module is one of those that are not in view.
            None => {
                known.asked += 1;
                let loaded = load.module(&module, known.configurations.cache(path, load)).filter(Result::is_ok);
                loaded.and_then(|loaded| self.take_link(&module, reference.span, Some(loaded)))
            }
        };
        match template {
            Some(template) => {
                known.templates.insert(module, template);
                self.links.insert((from, reference.path.clone()), template);
            }
            None => self.name_unseen(reference),
        }
    }

    /// Names what is imported, or deployed by a parameter file, and not in view; a module is named where it is deployed.
    fn name_unseen(&mut self, reference: &Reference) {
        if reference.kind != ReferenceKind::Module {
            self.omitted.push(Omitted::template(Omission::Module, reference.span, &self.sources));
        }
    }

    fn read_content(&mut self, reference: &Reference, path: String, known: &mut Known, load: &dyn Load) {
        let loaded = load.file(&path);
        if let Some(bytes) = self.found(reference, &path, loaded, true) {
            // What a value in it is pointed at with.
            let text = template::decode(&bytes, None).unwrap_or_default();
            let file = self.sources.add(SourceFile::new(path.clone(), text));
            known.contents.insert(path, (file, bytes));
        }
    }

    /// What was loaded; without it, the reason is reported.
    fn found<T>(
        &mut self,
        reference: &Reference,
        path: &str,
        loaded: Option<Result<T, String>>,
        is_told: bool,
    ) -> Option<T> {
        let reason = match loaded {
            Some(Ok(loaded)) => return Some(loaded),
            Some(Err(reason)) => reason,
            None => format!("there is no file `{path}`"),
        };
        if is_told {
            self.problems.push(Problem::new("missing-linked-template", reference.span, reason));
        }
        None
    }

    fn take_errors(&mut self, errors: Vec<SyntaxError>) {
        self.unparsed += usize::from(!errors.is_empty());
        self.problems.extend(errors.into_iter().map(|error| Problem::new("bicep-syntax", error.span, error.message)));
    }

    fn surroundings<'a>(&'a self, programs: &'a [Parsed], known: &'a Known) -> Surroundings<'a> {
        let mut surroundings = Surroundings::default();
        for parsed in programs.iter().filter(|parsed| parsed.program.is_some()) {
            let from = self.path(parsed.file);
            for reference in &parsed.references {
                let path = join(from, &reference.path);
                let key = (parsed.file, reference.path.clone());
                if let Some(&at) = self.links.get(&key) {
                    let TemplateEntry { file, template, .. } = &self.templates[at];
                    surroundings.templates.insert(key, (*file, template));
                    continue;
                }
                match reference.kind {
                    ReferenceKind::Content => {
                        if let Some((file, bytes)) = known.contents.get(&path) {
                            surroundings.contents.insert(key, (*file, bytes));
                        }
                    }
                    ReferenceKind::Folder => {
                        if let Some(names) = known.folders.get(&path) {
                            surroundings.folders.insert(key, names);
                        }
                    }
                    _ => {
                        if let Some(&at) = known.programs.get(&path) {
                            let Parsed { file, program: Some(program), .. } = &programs[at] else { continue };
                            if reference.kind == ReferenceKind::Import {
                                surroundings.share(*file, program);
                            }
                            surroundings.programs.insert(key, (*file, program));
                        } else if let Some(&at) = known.templates.get(&path) {
                            surroundings.templates.insert(key, (self.templates[at].file, &self.templates[at].template));
                        }
                    }
                }
            }
        }
        surroundings
    }
}
