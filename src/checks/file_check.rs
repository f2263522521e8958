//! What a rule about a whole file sees.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::acr_transfer::ScriptFacts;
use crate::artefact::Artefact;
use crate::diagnostic::{Diagnostic, Edit};
use crate::engine::finding::Finding;
use crate::engine::rule::Rule;
use crate::engine::view::ProjectView;
use crate::script::{Found, Invocation, Script};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::sites::{Loop, Site, walk};
use crate::template::{ParameterFile, Template};
use jiff::Timestamp;

/// What was read from a file.
#[derive(Debug, Clone, Copy)]
pub enum FileInput<'a> {
    /// A template.
    Template(&'a Template),
    /// A parameter file.
    Parameters(&'a ParameterFile),
    /// A file with scripts in it.
    Scripts(&'a Found),
    /// Something else that tells about a transfer.
    Artefact(&'a Artefact),
    /// A file that holds tokens and little else.
    Tokens,
}

/// What several rules ask of all of a file.
#[derive(Debug, Default)]
pub struct FileFacts<'a> {
    pub(super) scripts: ScriptFacts<'a>,
    expressions: OnceCell<Expressions<'a>>,
}

/// What rules look at of all that a template says.
#[derive(Debug, Default)]
struct Expressions<'a> {
    /// Where calls and symbolic names stand: many of them in one place.
    sites: Vec<Site<'a>>,
    /// The calls and symbolic names, each with the index of its site.
    computed: Vec<(usize, &'a Expr)>,
    /// The `copy` members of objects.
    copies: Vec<&'a Expr>,
    /// The loops that the calls stand in.
    loops: Vec<Loop<'a>>,
}

/// One run of a rule over one file.
#[derive(Debug)]
pub struct FileCheck<'a> {
    /// The texts of all files.
    pub sources: &'a Sources,
    /// The file.
    pub file: FileId,
    /// What was read from it.
    pub input: FileInput<'a>,
    /// What the other files say.
    pub project: &'a ProjectView,
    /// The time of the check.
    pub now: Timestamp,
    /// What is known of the file.
    pub(super) facts: &'a FileFacts<'a>,
    rule: &'a Rule,
    diagnostics: Vec<Diagnostic>,
    /// Of scripts with commands that run several times: what has been said, and where.
    said: HashSet<(Span, String)>,
}

impl<'a> FileCheck<'a> {
    /// A run of `rule` over `file`, which `facts` are about.
    pub fn new(
        sources: &'a Sources,
        file: FileId,
        input: FileInput<'a>,
        facts: &'a FileFacts<'a>,
        project: &'a ProjectView,
        now: Timestamp,
        rule: &'a Rule,
    ) -> Self {
        Self { sources, file, input, project, now, facts, rule, diagnostics: Vec::new(), said: HashSet::new() }
    }

    /// The id of the rule.
    pub fn rule_id(&self) -> &'a str {
        &self.rule.metadata.id
    }

    /// The file's text.
    pub fn source(&self) -> &'a SourceFile {
        self.sources.file(self.file)
    }

    /// The template, if the file is one.
    pub fn template(&self) -> Option<&'a Template> {
        match self.input {
            FileInput::Template(template) => Some(template),
            FileInput::Parameters(_) | FileInput::Scripts(_) | FileInput::Artefact(_) | FileInput::Tokens => None,
        }
    }

    /// The calls and symbolic names in the template, those of nested templates included, each before its parts; none if
    /// the file is no template.
    pub fn expressions(&self) -> impl Iterator<Item = (&'a Site<'a>, &'a Expr)> + use<'a> {
        let Expressions { sites, computed, .. } = self.walked();
        computed.iter().map(|(site, expr)| (&sites[*site], *expr))
    }

    /// The loops that the template describes: what its objects have as `copy`.
    pub fn copies(&self) -> &'a [&'a Expr] {
        &self.walked().copies
    }

    /// The loops that the calls stand in, by which their sites tell them.
    pub fn loops(&self) -> &'a [Loop<'a>] {
        &self.walked().loops
    }

    fn walked(&self) -> &'a Expressions<'a> {
        self.facts.expressions.get_or_init(|| {
            let mut expressions = Expressions::default();
            if let Some(template) = self.template() {
                let loops = walk(template, &mut |site, expr| match expr.kind {
                    ExprKind::Call { .. } | ExprKind::Resource { .. } => {
                        if !expressions.sites.last().is_some_and(|last| last.is_that_of(site)) {
                            expressions.sites.push(*site);
                        }
                        expressions.computed.push((expressions.sites.len() - 1, expr));
                    }
                    ExprKind::Object(_) => expressions.copies.extend(expr.get("copy")),
                    _ => {}
                });
                expressions.loops = loops;
            }
            expressions
        })
    }

    /// The artefact, if the file is one, and its text.
    pub fn artefact(&self) -> Option<(&'a Artefact, &'a str)> {
        match self.input {
            FileInput::Artefact(artefact) => Some((artefact, self.source().text())),
            FileInput::Template(_) | FileInput::Parameters(_) | FileInput::Scripts(_) | FileInput::Tokens => None,
        }
    }

    /// The scripts and tasks of the file.
    pub fn scripts(&self) -> Option<&'a Found> {
        match self.input {
            FileInput::Scripts(found) => Some(found),
            FileInput::Template(_) | FileInput::Parameters(_) | FileInput::Artefact(_) | FileInput::Tokens => None,
        }
    }

    /// The calls that the scripts of the file make, in order.
    pub fn invocations(&self) -> impl Iterator<Item = Invocation<'a>> + use<'a> {
        self.scripts().into_iter().flat_map(|found| &found.scripts).flat_map(Script::invocations)
    }

    /// Reports a finding.
    pub fn report(&mut self, finding: impl Into<Option<Finding>>) {
        let Some(finding) = finding.into() else { return };
        if self.scripts().is_some_and(Found::runs_repeatedly) {
            // One of the values of a loop is enough to show what is wrong with a word that all of them stand in.
            if !self.said.insert((finding.primary.span, without_values(&finding.message))) {
                return;
            }
        }
        let severity = finding.severity.unwrap_or(self.rule.metadata.severity);
        let id = self.rule.metadata.id.clone();
        let mut diagnostic = Diagnostic::new(id, severity, finding.message, finding.primary);
        diagnostic.related = finding.related;
        diagnostic.help = finding.help;
        diagnostic.fix = finding.fix.filter(|fix| fix.edits.iter().all(|edit| self.fits(edit)));
        self.diagnostics.push(diagnostic);
    }

    /// Whether an edit is the same in a script that stands in quotes as in a file of its own: there it would have to be
    /// written with the escapes of the language around it.
    fn fits(&self, edit: &Edit) -> bool {
        let Some(found) = self.scripts() else { return true };
        let text = self.sources.file(edit.span.file).text();
        let is_quoted = |script: &Script| {
            let before = text.get(..script.span().start as usize).unwrap_or_default();
            script.span().contains(edit.span) && before.ends_with(['"', '\''])
        };
        // Words of a list can be changed, but no others added.
        let is_list = |script: &Script| script.is_list && script.span().contains(edit.span);
        if found.scripts.iter().any(is_list) && (edit.span.is_empty() || edit.replacement.contains(' ')) {
            return false;
        }
        let is_plain = |text: &str| !text.contains(['"', '\'', '\\', '$', '{', '}', '\n', '\r']);
        let is_free = !found.is_template() && !found.scripts.iter().any(is_quoted);
        is_free || is_plain(&edit.replacement) && is_plain(self.sources.text(edit.span))
    }

    /// The findings.
    pub fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// A message without the values in it; options stay.
fn without_values(message: &str) -> String {
    let parts = message.split('`').enumerate();
    let parts = parts.filter(|(at, part)| at % 2 == 0 || part.starts_with('-')).map(|(_, part)| part);
    parts.collect::<String>().replace(|letter: char| letter.is_ascii_digit(), "")
}
