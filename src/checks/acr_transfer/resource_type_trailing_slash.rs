//! `resource-type-trailing-slash`: a type that ends with `/`.

use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::source::Span;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, instance: &Instance<'t>) {
    let span = instance.resource.ty.span;
    let written = check.sources.text(span);
    let inner = written.trim_end_matches(['"', '\'']);
    let kept = inner.trim_end_matches('/');
    if kept.len() == inner.len() {
        return;
    }
    let start = span.start as usize;
    let slash = Span::new(span.file, start + kept.len(), start + inner.len());
    let edit = Edit { span: slash, replacement: String::new() };
    // In `\/` the backslash would be left behind.
    let fix = (!kept.ends_with('\\')).then(|| Fix {
        title: "remove the trailing `/`".to_owned(),
        safety: Safety::Safe,
        edits: vec![edit],
    });
    let finding = Finding::new(span, "the resource type ends with a `/`, which tools that compare types trip over");
    check.report(finding.help("remove the trailing `/`").fix(fix));
}
