//! Bicep files: parsed with every file that they name, then lowered.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{Load, MAX_LINKED, Problem, Project, TemplateEntry, join, safely};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::bicep::{self, Dialect, Program};
use crate::template::{
    ParameterFile, ReferenceKind, Surroundings, Template, lower_bicep, lower_bicep_parameters, references,
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

/// A parsed file.
struct Parsed {
    file: FileId,
    dialect: Dialect,
    program: Program,
    /// Whether it was asked for, and not only named by another.
    is_input: bool,
}

/// What a program became.
enum Lowered {
    Template(Template),
    Parameters(ParameterFile),
    Nothing,
}

/// The files that programs name, by the paths that messages show.
#[derive(Default)]
struct Known {
    programs: HashMap<String, usize>,
    contents: HashMap<String, FileId>,
    loaded: usize,
}

impl Project {
    /// Parses the Bicep files `files`, reads what they name, and lowers them.
    pub(super) fn read_bicep(&mut self, files: &[(FileId, Dialect)], load: &Load<'_>) {
        let sources = &self.sources;
        let parsed: Vec<_> = files
            .par_iter()
            .map(|(file, dialect)| (*file, *dialect, bicep::parse(*file, sources.file(*file).text(), *dialect)))
            .collect();
        let mut programs = Vec::new();
        let mut known = Known::default();
        for (file, dialect, (program, errors)) in parsed {
            self.unparsed += usize::from(!errors.is_empty());
            self.problems
                .extend(errors.into_iter().map(|error| Problem::new("bicep-syntax", error.span, error.message)));
            known.programs.insert(self.sources.file(file).path().to_owned(), programs.len());
            programs.push(Parsed { file, dialect, program, is_input: true });
        }
        let mut at = 0;
        while at < programs.len() {
            self.follow_references(at, &mut programs, &mut known, load);
            at += 1;
        }
        let surroundings = self.surroundings(&programs, &known);
        let lowered: Vec<Lowered> = programs
            .par_iter()
            .map(|parsed| {
                safely(|| match parsed.dialect {
                    Dialect::Template => Lowered::Template(lower_bicep(parsed.file, &parsed.program, &surroundings)),
                    Dialect::Parameters => {
                        Lowered::Parameters(lower_bicep_parameters(parsed.file, &parsed.program, &surroundings))
                    }
                })
                .unwrap_or(Lowered::Nothing)
            })
            .collect();
        drop(surroundings);
        self.pragmas.extend(programs.iter().flat_map(|parsed| parsed.program.pragmas.iter().cloned()));
        for (parsed, lowered) in programs.into_iter().zip(lowered) {
            match lowered {
                Lowered::Template(template) => self.templates.push(TemplateEntry {
                    file: parsed.file,
                    template,
                    linked: false,
                    is_input: parsed.is_input,
                }),
                Lowered::Parameters(file) if parsed.is_input => self.parameter_files.push(file),
                Lowered::Parameters(_) => {}
                Lowered::Nothing => self.problems.push(Problem::bug(parsed.file)),
            }
        }
    }

    /// Reads the files that the program at `at` names.
    fn follow_references(&mut self, at: usize, programs: &mut Vec<Parsed>, known: &mut Known, load: &Load<'_>) {
        let from = self.sources.file(programs[at].file).path().to_owned();
        for reference in references(&programs[at].program) {
            if reference.is_remote() {
                continue;
            }
            let path = join(&from, &reference.path);
            let dialect = match reference.kind {
                ReferenceKind::Content => None,
                _ => dialect(&path),
            };
            let is_content = reference.kind == ReferenceKind::Content;
            if known.programs.contains_key(&path) && !is_content || known.contents.contains_key(&path) && is_content {
                continue;
            }
            if dialect.is_none() && !is_content || known.loaded >= MAX_LINKED {
                continue;
            }
            known.loaded += 1;
            match load(&path) {
                Some(Ok(text)) => {
                    let file = self.sources.add(SourceFile::new(path.clone(), text));
                    match dialect {
                        Some(dialect) => {
                            let (program, errors) = bicep::parse(file, self.sources.file(file).text(), dialect);
                            self.unparsed += usize::from(!errors.is_empty());
                            let problem = |error: crate::syntax::SyntaxError| {
                                Problem::new("bicep-syntax", error.span, error.message)
                            };
                            self.problems.extend(errors.into_iter().map(problem));
                            known.programs.insert(path, programs.len());
                            programs.push(Parsed { file, dialect, program, is_input: false });
                        }
                        None => {
                            known.contents.insert(path, file);
                        }
                    }
                }
                // Of a module, the search for linked templates says it.
                _ if reference.kind == ReferenceKind::Module => {}
                Some(Err(reason)) => self.missing(reference.span, reason),
                None => self.missing(reference.span, format!("there is no file `{path}`")),
            }
        }
    }

    fn missing(&mut self, span: Span, message: String) {
        self.problems.push(Problem::new("missing-linked-template", span, message));
    }

    fn surroundings<'a>(&'a self, programs: &'a [Parsed], known: &Known) -> Surroundings<'a> {
        let mut surroundings = Surroundings::default();
        for parsed in programs {
            let from = self.sources.file(parsed.file).path();
            for reference in references(&parsed.program) {
                let path = join(from, &reference.path);
                let key = (parsed.file, reference.path);
                match reference.kind {
                    ReferenceKind::Content => {
                        if let Some(&file) = known.contents.get(&path) {
                            surroundings.contents.insert(key, (file, self.sources.file(file).text()));
                        }
                    }
                    _ => {
                        if let Some(&at) = known.programs.get(&path) {
                            surroundings.programs.insert(key, (programs[at].file, &programs[at].program));
                        }
                    }
                }
            }
        }
        surroundings
    }
}
