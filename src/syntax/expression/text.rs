//! Texts as expressions: a plain string, or one with holes where something is filled in before the deployment.

use std::ops::Range;

use super::{Expr, ExprKind, Segment};
use crate::source::Span;
use crate::syntax::Interner;
use crate::syntax::placeholder::{Placeholder, Site, placeholders};

/// The string `text` that stands at `site`, all of it written at `whole`, a part of it at the span that `part` tells.
pub fn text(text: &str, site: Site, whole: Span, part: &dyn Fn(Range<usize>) -> Span, names: &mut Interner) -> Expr {
    let mut found = Vec::new();
    let is_plain = || {
        found = placeholders(text, site);
        found.is_empty()
    };
    if let Some(text) = names.intern_if(text, site as u8, is_plain) {
        return Expr::new(ExprKind::String(text), whole);
    }
    let (mut segments, mut holes) = (Vec::new(), Vec::new());
    push_text(text, &found, part, &mut segments, &mut holes);
    joined(segments, holes, whole)
}

/// Adds the segments and the holes that the placeholders `found` in `text` make of it: one segment more than holes.
pub fn push_text(
    text: &str,
    found: &[Placeholder],
    part: &dyn Fn(Range<usize>) -> Span,
    segments: &mut Vec<Segment>,
    holes: &mut Vec<Expr>,
) {
    let segment = |range: Range<usize>| Segment { text: text[range.clone()].into(), span: part(range) };
    let mut start = 0;
    for Placeholder { range, default } in found {
        segments.push(segment(start..range.start));
        let Segment { text, span } = segment(range.clone());
        let kind = ExprKind::Placeholder { text, default: default.clone().map(segment) };
        holes.push(Expr::new(kind, span));
        start = range.end;
    }
    segments.push(segment(start..text.len()));
}

/// The string that `segments` and `holes` make in turn, written at `whole`: without holes a plain one.
pub fn joined(mut segments: Vec<Segment>, mut holes: Vec<Expr>, whole: Span) -> Expr {
    let kind = match (segments.as_mut_slice(), holes.as_mut_slice()) {
        ([only], []) => ExprKind::String(std::mem::take(&mut only.text)),
        ([before, after], [hole @ Expr { kind: ExprKind::Placeholder { .. }, .. }])
            if before.text.is_empty() && after.text.is_empty() =>
        {
            std::mem::replace(&mut hole.kind, ExprKind::Null)
        }
        _ => ExprKind::Interpolation { segments, holes },
    };
    Expr::new(kind, whole)
}
