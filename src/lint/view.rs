//! What the files of a run say together.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::checks::{asks_for_view, is_about_transfers};
use crate::engine::view::ProjectView;
use crate::evaluate::{Evaluator, Inputs};
use crate::project::{Compiled, Project, ScriptFile, TemplateEntry};
use crate::source::limits::MAX_STEPS;
use crate::source::{FileId, Sources};

/// The view of all files, for those rules that look at more than one: none when they are about other things, as they are
/// in most runs.
pub(super) fn of(
    project: &Project,
    deployed: &[(&TemplateEntry, Inputs<'_>)],
    compiled: &[Compiled],
    sources: &Sources,
) -> ProjectView {
    let asks = project.scripts.iter().any(|script| asks_for_view(&script.found));
    // What other templates deploy is seen there, and what was compiled is seen in its source.
    let compiled: HashSet<FileId> = compiled.iter().map(|compiled| compiled.file).collect();
    let is_root = |entry: &TemplateEntry| !entry.linked && !compiled.contains(&entry.file);
    let roots = || deployed.iter().filter(|(entry, _)| is_root(entry));
    let has_several =
        || roots().count() > 1 && project.templates.iter().any(|entry| is_about_transfers(&entry.template));
    if project.artefacts.is_empty() && !asks && !has_several() {
        return ProjectView::default();
    }
    let part = |file: FileId, add: &dyn Fn(&mut ProjectView)| {
        let mut view = ProjectView::default();
        // The rules over this very file will show the same bug, and report it.
        let _ = catch_unwind(AssertUnwindSafe(|| add(&mut view)));
        (file, view)
    };
    let templates: Vec<_> = deployed
        .par_iter()
        .filter(|(entry, _)| is_root(entry))
        .map(|(entry, inputs)| {
            part(entry.file, &|view| {
                let mut evaluator = Evaluator::new(*inputs);
                evaluator.allow(MAX_STEPS);
                view.add_template(entry.file, &mut evaluator);
            })
        })
        .collect();
    let script = |script: &ScriptFile| {
        let text = sources.file(script.file).text();
        part(script.file, &|view| view.add_scripts(script.file, text, &script.found))
    };
    let scripts: Vec<_> = project.scripts.par_iter().map(script).collect();
    let artefacts = project.artefacts.iter().map(|artefact| {
        let text = sources.file(artefact.file).text();
        part(artefact.file, &|view| view.add_artefact(artefact, text))
    });
    let mut parts: Vec<_> = artefacts.chain(scripts).chain(templates).collect();
    parts.sort_by_key(|(file, _)| sources.file(*file).path());
    let mut whole = ProjectView::default();
    for (_, view) in parts {
        whole.append(view);
    }
    whole
}
