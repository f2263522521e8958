//! What the files of a run say together.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::checks::{ProjectView, asks_for_view};
use crate::evaluate::{Evaluator, Inputs};
use crate::project::{Project, TemplateEntry};
use crate::source::Sources;

/// The view of all files, for those rules that look at more than one. Only artefacts and scripts have such rules, so that
/// most runs need none.
pub(super) fn of(project: &Project, deployed: &[(&TemplateEntry, Inputs<'_>)], sources: &Sources) -> ProjectView {
    let mut view = ProjectView::default();
    let asks = project.scripts.iter().any(|script| asks_for_view(&script.found));
    if project.artefacts.is_empty() && !asks {
        return view;
    }
    for artefact in &project.artefacts {
        view.add_artefact(artefact, sources.file(artefact.file).text());
    }
    for script in &project.scripts {
        let text = sources.file(script.file).text();
        let _ = catch_unwind(AssertUnwindSafe(|| view.add_scripts(script.file, text, &script.found)));
    }
    // What other templates deploy is seen there.
    for (entry, inputs) in deployed.iter().filter(|(entry, _)| !entry.linked) {
        // The rules over this very template will show the same bug, and report it.
        let _ = catch_unwind(AssertUnwindSafe(|| view.add_template(entry.file, &mut Evaluator::new(*inputs))));
    }
    view
}
