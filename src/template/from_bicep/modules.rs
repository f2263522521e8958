//! Modules: the deployments that they become.

use super::resources::object_span;
use super::surroundings::is_remote;
use super::symbols::Declared;
use super::{Lowering, call, name, property, string, word};
use crate::syntax::bicep::{self, ObjectItem};
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use crate::template::resource_type::DEPLOYMENTS;
use crate::template::{EvaluationScope, Link, NestedDeployment, NestedTemplate, Resource, ResourceType};

/// The API version that stands for whichever the compiler writes.
const DEPLOYMENTS_VERSION: &str = "2025-04-01";

impl<'a> Lowering<'a> {
    pub(super) fn module(
        &mut self,
        declaration: Declared<'a>,
        path: &'a bicep::Expr,
        body: &'a bicep::Expr,
    ) -> Resource {
        let span = path.span;
        let (copy, (mut members, _)) = self.body(declaration, body, |this, items| (this.module_members(items), None));
        let at = members.iter().position(|member| member.key.as_str() == Some("params"));
        let given = at.map(|at| members.remove(at));
        let (parameters_at, parameters) = given.map(|given| (given.key.span, given.value)).unzip();
        if !members.iter().any(|member| member.key.as_str() == Some("name")) {
            let key = string(word("name"), declaration.name.span);
            members.push(Member { key, value: generated_name(declaration.name, copy.is_some()) });
        }
        members.insert(0, Member { key: string(word("type"), span), value: string(word(DEPLOYMENTS), span) });
        members.insert(
            1,
            Member { key: string(word("apiVersion"), span), value: string(word(DEPLOYMENTS_VERSION), span) },
        );
        let template = match path.as_str() {
            Some(text) if !is_remote(text) || self.compiled(path).is_some() => {
                NestedTemplate::File(Link { path: text.into(), span, is_certain: true })
            }
            _ => NestedTemplate::Elsewhere(span),
        };
        Resource {
            symbol: Some(name(declaration.name)),
            ty: ResourceType::new(DEPLOYMENTS, None, span),
            parent: None,
            parent_reference: None,
            existing: false,
            copy: copy.map(Box::new),
            body: Expr::new(ExprKind::Object(members), object_span(body)),
            deployment: Some(Box::new(NestedDeployment {
                evaluation: EvaluationScope::Inner,
                parameters,
                parameters_at,
                template,
            })),
        }
    }

    /// The members of a module. `params` becomes the object that a deployment takes: `{name: {value: …}}`.
    fn module_members(&mut self, items: &'a [ObjectItem]) -> Vec<Member> {
        let mut members = Vec::new();
        for item in items {
            let ObjectItem::Property(found) = item else { continue };
            match found.key.as_str() {
                Some("params") => {
                    let value = match &found.value.kind {
                        bicep::ExprKind::Object(items)
                            if items.iter().all(|item| matches!(item, ObjectItem::Property(_))) =>
                        {
                            Expr::new(ExprKind::Object(self.arguments(items)), found.value.span)
                        }
                        _ => {
                            let value = self.expr(&found.value);
                            each_as_value(value)
                        }
                    };
                    members.push(Member { key: string(word("params"), found.key.span()), value });
                }
                _ => members.extend(self.placing(found).or_else(|| self.member(found))),
            }
        }
        members
    }

    /// `{name: value}` as a deployment takes it: `{name: {value: value}}`. A secret of a vault has no value to speak of.
    fn arguments(&mut self, items: &'a [ObjectItem]) -> Vec<Member> {
        let mut arguments = Vec::new();
        for item in items {
            let ObjectItem::Property(found) = item else { continue };
            let span = found.value.span;
            let word = Name { text: word("value"), span };
            let member = match (&found.value.without_parentheses().kind, found.key.as_str()) {
                (bicep::ExprKind::For(repeat), Some(key)) => {
                    let value = self.property_loop(&word, repeat);
                    Some((string(key, found.key.span()), value))
                }
                _ => self.member(found).map(|Member { key, value }| {
                    let is_secret = matches!(&value.kind, ExprKind::Call { name, .. } if name.is("getSecret"));
                    let word = if is_secret { "reference" } else { "value" };
                    (key, Member { key: string(word, span), value })
                }),
            };
            arguments.extend(
                member.map(|(key, value)| Member { key, value: Expr::new(ExprKind::Object(vec![value]), span) }),
            );
        }
        arguments
    }
}

/// The name of a module that is given none: its symbol, cut so that all fits into the 64 characters of a deployment's
/// name, the iteration, and a hash.
fn generated_name(symbol: &bicep::Name, is_loop: bool) -> Expr {
    let span = symbol.span;
    let text = |text: &str| string(text, span);
    let deployment = property(call("deployment", Vec::new(), span), word("name"), span);
    let hash = call("uniqueString", vec![text(&symbol.text), deployment], span);
    let prefix = |length: usize| symbol.text.chars().take(length).collect::<String>();
    let args = if is_loop {
        vec![text(&format!("{}-{{0}}-{{1}}", prefix(46))), call("copyIndex", Vec::new(), span), hash]
    } else {
        vec![text(&format!("{}-{{0}}", prefix(50))), hash]
    };
    call("format", args, span)
}

/// Of an object that an expression computes, each value as a deployment takes it.
fn each_as_value(params: Expr) -> Expr {
    let span = params.span;
    let variable = || string(word("value"), span);
    let value = Member { key: variable(), value: call("lambdaVariables", vec![variable()], span) };
    let body = Expr::new(ExprKind::Object(vec![value]), span);
    let lambda = call("lambda", vec![variable(), body], span);
    call("mapValues", vec![params, lambda], span)
}
