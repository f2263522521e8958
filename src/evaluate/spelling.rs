//! Which names are spelled alike: a number for each, the same for the same text however it is put together.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{Resource, Template};

/// Deepest nesting of expressions that is looked at.
const MAX_DEPTH: usize = 24;

/// What separates the parts of a call, and is in no text.
const MARK: u8 = 0xFF;

/// The state that all numbers begin with.
static START: LazyLock<FixedState> = LazyLock::new(FixedState::default);

/// The spelling of a text that is put together from others.
pub(super) struct Spelling {
    hasher: <FixedState as BuildHasher>::Hasher,
    /// Whether something was too deep to be told.
    is_open: bool,
}

impl Spelling {
    pub(super) fn new() -> Self {
        Self { hasher: START.build_hasher(), is_open: false }
    }

    /// The number of the spelling; `None` when it can't be told.
    pub(super) fn finish(&self) -> Option<u64> {
        (!self.is_open).then(|| self.hasher.finish())
    }

    /// Adds a text, without regard to ASCII case.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.add_text(text);
        self
    }

    /// Adds what an expression spells.
    pub(super) fn expr(mut self, expr: &Expr) -> Self {
        self.add(expr, 0);
        self
    }

    /// Adds the full name of a resource.
    pub(super) fn name(self, template: &Template, resource: &Resource) -> Option<Self> {
        let own = resource.name()?;
        let parent = resource.ty.segments_in_parent().and(resource.parent);
        match parent.and_then(|parent| template.resources.get(parent)) {
            Some(parent) => Some(self.name(template, parent)?.text("/").expr(own)),
            None => Some(self.expr(own)),
        }
    }

    fn add_text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.hasher.write_u8(byte.to_ascii_lowercase()));
    }

    fn add(&mut self, expr: &Expr, depth: usize) {
        if depth > MAX_DEPTH {
            self.is_open = true;
            return;
        }
        match &expr.kind {
            ExprKind::String(text) => self.add_text(text),
            ExprKind::Integer(number) => self.add_text(&number.to_string()),
            ExprKind::Interpolation { segments, holes } => {
                let mut holes = holes.iter();
                for segment in segments {
                    self.add_text(&segment.text);
                    holes.next().into_iter().for_each(|hole| self.add(hole, depth + 1));
                }
            }
            ExprKind::Call { name, args } if name.is("concat") => args.iter().for_each(|arg| self.add(arg, depth + 1)),
            ExprKind::Call { name, args } if name.is("format") => {
                if !self.add_format(args, depth) {
                    self.add_call(&name.text, args, depth);
                }
            }
            ExprKind::Call { name, args } => self.add_call(&name.text, args, depth),
            ExprKind::Property { base, name } => {
                self.add(base, depth + 1);
                self.hasher.write_u8(MARK);
                self.add_text(&name.text);
            }
            ExprKind::Index { base, index } => {
                self.add(base, depth + 1);
                self.hasher.write_u8(MARK);
                self.add(index, depth + 1);
            }
            _ => self.is_open = true,
        }
    }

    fn add_call(&mut self, name: &str, args: &[Expr], depth: usize) {
        self.hasher.write_u8(MARK);
        self.add_text(name);
        for arg in args {
            self.hasher.write_u8(MARK);
            self.add(arg, depth + 1);
        }
        self.hasher.write_u8(MARK);
    }

    /// Adds what a format yields whose holes are `{0}`, `{1}`, …; `false` when it has others.
    fn add_format(&mut self, args: &[Expr], depth: usize) -> bool {
        let Some(text) = args.first().and_then(Expr::as_str) else { return false };
        let mut parts = text.split('{');
        let head = parts.next().unwrap_or_default();
        let hole = |part: &str| {
            let (number, rest) = part.split_once('}')?;
            args.get(number.parse::<usize>().ok()?.checked_add(1)?).filter(|_| !rest.contains('}'))
        };
        if head.contains('}') || parts.clone().any(|part| hole(part).is_none()) {
            return false;
        }
        self.add_text(head);
        for part in parts {
            if let Some(arg) = hole(part) {
                self.add(arg, depth + 1);
            }
            self.add_text(part.split_once('}').map_or("", |(_, rest)| rest));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::json;
    use crate::template::lower_template;

    fn spelled(expression: &str) -> Option<u64> {
        let text = format!(r#"{{"variables": {{"a": "{expression}"}}, "resources": []}}"#);
        let (document, _) = json::parse(FileId(0), &text);
        let template = lower_template(FileId(0), document.root(&text).unwrap());
        let crate::template::Looped::Once(value) = &template.variables[0].value else { panic!("a loop") };
        Spelling::new().expr(value).finish()
    }

    #[test]
    fn the_same_text_is_the_same_however_it_is_put_together() {
        let one = spelled("[concat(parameters('net'), '/', 'part')]");
        assert!(one.is_some());
        assert_eq!(one, spelled("[format('{0}/Part', parameters('Net'))]"));
        assert_ne!(one, spelled("[concat(parameters('net'), '/parts')]"));
        assert_ne!(one, spelled("[concat(variables('net'), '/part')]"));
        assert_ne!(spelled("[toLower('ab')]"), spelled("[toLower('a', 'b')]"));
    }
}
