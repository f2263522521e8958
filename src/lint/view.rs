//! What the files of a run say together.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::checks::ProjectView;
use crate::evaluate::{Evaluator, Inputs};
use crate::project::{Project, TemplateEntry};
use crate::source::Sources;

/// The view of all files, for those rules that look at more than one. Only artefacts have such rules, so that most runs
/// need none.
pub(super) fn of(project: &Project, deployed: &[(&TemplateEntry, Inputs<'_>)], sources: &Sources) -> ProjectView {
    let mut view = ProjectView::default();
    if project.artefacts.is_empty() {
        return view;
    }
    for artefact in &project.artefacts {
        view.add_artefact(artefact, sources.file(artefact.file).text());
    }
    // What other templates deploy is seen there.
    for (_, inputs) in deployed.iter().filter(|(entry, _)| !entry.linked) {
        // The rules over this very template will show the same bug, and report it.
        let _ = catch_unwind(AssertUnwindSafe(|| view.add_template(&mut Evaluator::new(*inputs))));
    }
    view
}
