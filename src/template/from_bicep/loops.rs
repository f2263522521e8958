//! Loops: `for` becomes the copy loop that the compiler makes of it.

use std::sync::Arc;

use super::symbols::Local;
use super::{Lowering, call, name, string, word};
use crate::source::Span;
use crate::syntax::bicep::{self, ExprKind as Bicep};
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use crate::template::{Copy, Looped};

impl<'a> Lowering<'a> {
    /// The value of a variable (then `copy` is its name) or output, which may be a loop.
    pub(super) fn looped(&mut self, value: &'a bicep::Expr, copy: Option<&Arc<str>>) -> Looped {
        match &value.without_parentheses().kind {
            Bicep::For(repeat) => {
                let copy = copy.map(|text| Name { text: Arc::clone(text), span: repeat.variables_span });
                let (count, input) = self.repeat(repeat, copy.as_ref(), |this| this.expr(&repeat.body));
                Looped::Each { copy: Copy { name: copy, count }, input }
            }
            _ => Looped::Once(self.expr(value)),
        }
    }

    /// A property whose value is a loop: the member `copy` that makes it.
    pub(super) fn property_loop(&mut self, key: &Name, repeat: &'a bicep::For) -> Member {
        let (count, input) = self.repeat(repeat, Some(key), |this| this.expr(&repeat.body));
        let member = |word: &str, value: Expr| Member { key: string(word, key.span), value };
        let members = vec![
            member("name", string(Arc::clone(&key.text), key.span)),
            member("count", count),
            member("input", input),
        ];
        let span = key.span;
        let array = Expr::new(ExprKind::Array(vec![Expr::new(ExprKind::Object(members), span)]), span);
        Member { key: string(word("copy"), span), value: array }
    }

    /// The number of iterations of a loop, and what `lower` makes of its body. The index counts for the loop called
    /// `copy`, or for that of the resource.
    pub(super) fn repeat<T>(
        &mut self,
        repeat: &'a bicep::For,
        copy: Option<&Name>,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> (Expr, T) {
        let source = self.expr(&repeat.source);
        let span = source.span;
        let source = self.shared(source, span);
        let count = call("length", vec![source.clone()], span);
        let index = |span: Span| {
            call("copyIndex", copy.iter().map(|name| string(Arc::clone(&name.text), span)).collect(), span)
        };
        let outer = self.locals.len();
        if !repeat.item.is_missing() {
            let item = ExprKind::Index { base: Box::new(source), index: Box::new(index(span)) };
            self.locals.push((Arc::clone(&repeat.item.text), Local::Value(Expr::new(item, span))));
        }
        if let Some(number) = &repeat.index {
            self.locals.push((Arc::clone(&number.text), Local::Value(index(name(number).span))));
        }
        let body = lower(self);
        self.locals.truncate(outer);
        (count, body)
    }

    /// An expression to be used several times: a long one that depends on no loop is kept in a variable of its own.
    fn shared(&mut self, source: Expr, span: Span) -> Expr {
        let is_long = matches!(&source.kind, ExprKind::Array(items) if items.len() > 1)
            || matches!(&source.kind, ExprKind::Array(items) if items.iter().any(|item| !item.members().is_empty()));
        if !is_long || !self.locals.is_empty() {
            return source;
        }
        let text: Arc<str> = format!("(loop at {})", span.start).into();
        let text: Arc<str> = format!("{}{text}", self.units[self.unit].prefix).into();
        if self.done.insert(format!("variable {text}")) {
            let name = Name { text: Arc::clone(&text), span };
            self.variables.push(crate::template::Variable { name, value: Looped::Once(source) });
        }
        call("variables", vec![string(text, span)], span)
    }
}
