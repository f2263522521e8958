//! The text that an expression of a template spells out, with the way back to where each part of it is written.
//!
//! What a string puts in place of its holes is told from the text by `${{ … }}`, as in workflows: a script cannot know
//! the one from the other.

use std::collections::HashSet;
use std::sync::Arc;

use crate::script::{Surroundings, Variable};
use crate::source::{Language, MappedText, Sources, Span};
use crate::syntax::expression::{Expr, ExprKind, Segment};
use crate::syntax::{bicep, json, shell};
use crate::template::{Looped, Parameter, ParameterFile, Template};

/// Longest chain of variables that are followed.
const MAX_CHAIN: usize = 16;

/// Longest value of a variable that is looked into, in bytes: every script that uses it has a copy.
const MAX_VALUE: usize = 4096;

/// Most variables that one script is read with: each may hold many others, and every script that uses them has copies.
const MAX_HELD: usize = 64;

/// Most expressions that one script is put together from.
const MAX_STEPS: usize = 1024;

/// What the names of a template's variables start with among those of a script, none of which has a blank in its name.
const VARIABLE: &str = "template ";

/// What the names in the expressions of a template mean.
#[derive(Clone, Copy)]
pub(super) struct Names<'t> {
    pub template: &'t Template,
    /// The parameter files that it is deployed with.
    pub files: &'t [(Arc<str>, &'t ParameterFile)],
    /// Whether nobody else gives its parameters their values.
    pub is_outermost: bool,
}

impl<'t> Names<'t> {
    /// The value of a parameter, the same in every deployment in view.
    fn given(self, parameter: &'t Parameter) -> Option<&'t Expr> {
        if parameter.secure || !self.is_outermost {
            return None;
        }
        let mut values = self.files.iter().map(|(_, file)| match file.assignment(&parameter.name.text) {
            Some(assignment) => assignment.value.as_ref(),
            None => parameter.default.as_ref(),
        });
        let Some(first) = values.next() else { return parameter.default.as_ref() };
        let first = first?;
        values.all(|other| other.is_some_and(|other| other.kind == first.kind)).then_some(first)
    }
}

/// A text, and what is known of its holes.
pub(super) struct Spelled {
    /// The text.
    pub text: MappedText<'static>,
    /// The variables of the template that stand in the holes, as far as they are spelled out themselves.
    pub variables: Vec<Variable>,
}

/// The expression that gives `expr` its value: where it is a variable or a parameter, that of it.
pub(super) fn settled<'t>(expr: &'t Expr, names: Names<'t>) -> &'t Expr {
    follow(expr, &|expr| Some(named(expr, names)?.1))
}

/// The expression that `expr` may have its value from: as [`settled`], or the default of a parameter.
pub(super) fn likely<'t>(expr: &'t Expr, names: Names<'t>) -> &'t Expr {
    follow(expr, &|expr| named(expr, names).map(|found| found.1).or_else(|| default(expr, names.template)))
}

fn follow<'t>(expr: &'t Expr, next: &dyn Fn(&'t Expr) -> Option<&'t Expr>) -> &'t Expr {
    let mut expr = expr;
    for _ in 0..MAX_CHAIN {
        let inner = match &expr.kind {
            ExprKind::Interpolation { segments, holes } if segments.iter().all(|segment| segment.text.is_empty()) => {
                if let [hole] = holes.as_slice() {
                    Some(hole)
                } else {
                    None
                }
            }
            _ => next(expr),
        };
        let Some(inner) = inner else { break };
        expr = inner;
    }
    expr
}

/// The text that `expr` spells out; `None` for what is computed, or loaded from a file.
pub(super) fn spell<'t>(expr: &'t Expr, names: Names<'t>, sources: &Sources) -> Option<Spelled> {
    let mut speller = Speller { sources, names, met: HashSet::new(), waiting: Vec::new(), left: MAX_STEPS };
    let text = speller.text(expr)?;
    let mut variables = Vec::new();
    while let Some((name, value)) = speller.waiting.pop() {
        if let Some(text) = speller.text(value) {
            variables.push(Variable { name, span: value.span, value: word(&text) });
        }
    }
    Some(Spelled { text, variables })
}

/// The text of a variable that surrounds a script, as [`spell`].
pub(super) fn spell_value<'t>(expr: &'t Expr, names: Names<'t>, sources: &Sources) -> Option<Spelled> {
    if expr.span.len() > MAX_VALUE { None } else { spell(expr, names, sources) }
}

/// A text that a template spells out or computes, as a word.
pub(super) fn word(text: &MappedText<'_>) -> shell::Word {
    shell::raw(text, Surroundings::default())
}

/// What stands for a hole: `${{ … }}` with the text that is written there.
pub(super) fn hole(written: &str, span: Span) -> MappedText<'static> {
    let mut text = MappedText::empty(span.file, span.start as usize);
    push_hole(&mut text, &opaque(written), span);
    text
}

/// A text for a hole that no variable of a workflow is called as.
fn opaque(written: &str) -> String {
    format!("({})", unbraced(written))
}

/// The text without braces, which would end the hole that it stands in.
fn unbraced(text: &str) -> String {
    text.replace('}', ")")
}

fn push_hole(text: &mut MappedText<'static>, label: &str, span: Span) {
    text.push_escape(&format!("${{{{{label}}}}}"), span.range());
}

/// The variable or parameter that `expr` is, by a name of its own, and its value.
fn named<'t>(expr: &Expr, names: Names<'t>) -> Option<(String, &'t Expr)> {
    if let Some((name, value)) = variable(expr, names.template) {
        return Some((name.to_owned(), value));
    }
    let template = names.template;
    let parameter = template.parameters.get(template.parameter(argument(expr, "parameters")?)?)?;
    // No variable has a blank in its name.
    Some((format!("parameter {}", parameter.name.text), names.given(parameter)?))
}

/// The variable that `expr` is, and its value.
fn variable<'t>(expr: &Expr, names: &'t Template) -> Option<(&'t str, &'t Expr)> {
    let variable = names.variables.get(names.variable(argument(expr, "variables")?)?)?;
    match &variable.value {
        Looped::Once(value) => Some((&variable.name.text, value)),
        Looped::Each { .. } => None,
    }
}

/// The default of the parameter that `expr` is.
fn default<'t>(expr: &Expr, names: &'t Template) -> Option<&'t Expr> {
    names.parameters.get(names.parameter(argument(expr, "parameters")?)?)?.default.as_ref()
}

/// The only argument of a call of `function`.
fn argument<'e>(expr: &'e Expr, function: &str) -> Option<&'e str> {
    match &expr.kind {
        ExprKind::Call { name, args } if name.is(function) && args.len() == 1 => args.first()?.as_str(),
        _ => None,
    }
}

struct Speller<'t, 's> {
    sources: &'s Sources,
    names: Names<'t>,
    met: HashSet<String>,
    /// Variables in holes whose values have yet to be read.
    waiting: Vec<(String, &'t Expr)>,
    /// How many more expressions are read: variables may hold each other.
    left: usize,
}

impl<'t> Speller<'t, '_> {
    fn text(&mut self, expr: &'t Expr) -> Option<MappedText<'static>> {
        self.left = self.left.checked_sub(1)?;
        match &expr.kind {
            ExprKind::String(text) | ExprKind::Placeholder { text, .. } => self.literal(text, expr.span),
            ExprKind::Interpolation { segments, holes } => self.interpolation(segments, holes),
            ExprKind::Call { name, args } if name.is("format") => {
                let (pattern, args) = args.split_first()?;
                let pattern = self.literal(pattern.as_str()?, pattern.span)?;
                self.format(&pattern, args)
            }
            ExprKind::Call { name, args } if name.is("join") => self.join(args),
            ExprKind::Call { name, args } if name.is("concat") => {
                let mut whole = MappedText::empty(expr.span.file, expr.span.start as usize);
                for arg in args {
                    match arg.as_str().and_then(|text| self.literal(text, arg.span)) {
                        Some(part) => whole.push_part(&part, 0..part.text().len()),
                        None => self.hole(&mut whole, arg, arg.span),
                    }
                }
                Some(whole)
            }
            _ => None,
        }
    }

    /// The string literal at `span`, which stands for `text`; `None` where something else that does so is written there.
    fn literal(&self, text: &str, span: Span) -> Option<MappedText<'static>> {
        let source = self.sources.file(span.file);
        let (written, start) = (source.text().get(span.range())?, span.start as usize);
        if source.language() == Language::Bicep {
            return bicep::decode_mapped(span.file, written, start, text);
        }
        let inside = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote);
        let mapped = if let Some(contents) = inside('"') {
            let mapped = json::decode_mapped(span.file, contents, start + 1);
            // `"[[…]"` is no expression, but a text that starts with one bracket.
            if mapped.text().strip_prefix('[') == Some(text) { mapped.part(1..text.len() + 1) } else { mapped }
        } else {
            undoubled(&json::decode_mapped(span.file, inside('\'')?, start + 1))
        };
        (mapped.text() == text).then_some(mapped)
    }

    /// The texts of an array with a separator between them.
    fn join(&mut self, args: &'t [Expr]) -> Option<MappedText<'static>> {
        let [list, separator] = args else { return None };
        let ExprKind::Array(items) = &settled(list, self.names).kind else { return None };
        let separator = settled(separator, self.names);
        let between = self.literal(separator.as_str()?, separator.span)?;
        let mut whole = MappedText::empty(list.span.file, list.span.start as usize);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                whole.push_part(&between, 0..between.text().len());
            }
            let part = self.text(settled(item, self.names));
            match part {
                Some(part) => whole.push_part(&part, 0..part.text().len()),
                None => self.hole(&mut whole, item, item.span),
            }
        }
        Some(whole)
    }

    fn interpolation(&mut self, segments: &[Segment], holes: &'t [Expr]) -> Option<MappedText<'static>> {
        let first = segments.first()?.span;
        let source = self.sources.file(first.file).text();
        let mut whole = MappedText::empty(first.file, first.start as usize);
        for (at, segment) in segments.iter().enumerate() {
            let Span { file, start, end } = segment.span;
            let part = bicep::decode_segment(file, source.get(segment.span.range())?, start as usize, &segment.text)?;
            whole.push_part(&part, 0..part.text().len());
            if let (Some(hole), Some(next)) = (holes.get(at), segments.get(at + 1)) {
                self.hole(&mut whole, hole, Span { file, start: end, end: next.span.start });
            }
        }
        Some(whole)
    }

    /// The text that `format` makes of `pattern`.
    fn format(&mut self, pattern: &MappedText<'_>, args: &'t [Expr]) -> Option<MappedText<'static>> {
        let text = pattern.text();
        let mut whole = MappedText::empty(pattern.file(), pattern.whole().start as usize);
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let plain = rest.find(['{', '}']).unwrap_or(rest.len());
            whole.push_part(pattern, at..at + plain);
            at += plain;
            let rest = &text[at..];
            if rest.is_empty() {
                break;
            }
            let length = if rest.starts_with("{{") || rest.starts_with("}}") {
                whole.push_escape(&rest[..1], pattern.span(at..at + 2).range());
                2
            } else {
                let length = rest.find('}')? + 1;
                let index = rest.get(1..length - 1)?.split([':', ',']).next()?.parse().ok();
                let arg = args.get(index.unwrap_or(usize::MAX))?;
                self.hole(&mut whole, arg, pattern.span(at..at + length));
                length
            };
            at += length;
        }
        Some(whole)
    }

    /// Appends what stands for the value of `expr`, in whose place `span` is written.
    fn hole(&mut self, whole: &mut MappedText<'static>, expr: &'t Expr, span: Span) {
        if let Some((name, value)) = named(expr, self.names) {
            // Commands are part of the script, not one of its words.
            if is_of_words(value)
                && value.span.len() <= MAX_VALUE
                && let Some(part) = self.text(value)
            {
                whole.push_part(&part, 0..part.text().len());
                return;
            }
            let name = format!("{VARIABLE}{}", unbraced(&name));
            push_hole(whole, &format!("variables.{name}"), span);
            if value.span.len() <= MAX_VALUE && self.met.len() < MAX_HELD && self.met.insert(name.clone()) {
                self.waiting.push((name, value));
            }
            return;
        }
        let written = self.sources.file(expr.span.file).text().get(expr.span.range()).unwrap_or_default();
        push_hole(whole, &opaque(written), span);
    }
}

/// Whether a text is more than one word.
fn is_of_words(value: &Expr) -> bool {
    let has_blank = |expr: &Expr| expr.texts().any(|(text, _)| text.trim().contains(char::is_whitespace));
    match &value.kind {
        ExprKind::Call { name, args } if name.is("join") || name.is("concat") || name.is("format") => {
            name.is("join") || args.iter().any(has_blank)
        }
        _ => has_blank(value),
    }
}

/// A text of the template language with one quote where two are written.
fn undoubled(text: &MappedText<'_>) -> MappedText<'static> {
    let mut out = MappedText::empty(text.file(), text.whole().start as usize);
    let mut at = 0;
    for (quotes, _) in text.text().match_indices("''") {
        out.push_part(text, at..quotes);
        out.push_escape("'", text.span(quotes..quotes + 2).range());
        at = quotes + 2;
    }
    out.push_part(text, at..text.text().len());
    out
}
