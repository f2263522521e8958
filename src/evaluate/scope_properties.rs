//! What `resourceGroup()`, `subscription()` and `deployment()` have, and what they certainly do not.

use super::deployment::DeploymentId;
use super::expression::Env;
use super::refusal::Refusal;
use super::term::Term;
use super::value::Value;
use super::{Evaluator, Inputs, references};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::{NestedTemplate, TargetScope, Template};

/// The functions, and the properties that each has wherever it may be called.
const ALWAYS: [(&str, &[&str]); 3] = [
    ("resourceGroup", &["id", "name", "type", "location", "tags", "managedBy", "properties"]),
    ("subscription", &["id", "subscriptionId", "tenantId", "displayName"]),
    ("deployment", &["name", "properties"]),
];

/// What a deployment has where it is no resource of a group, or newer versions of the language ask for it.
const SOMETIMES: [&str; 5] = ["location", "id", "scope", "tags", "metadata"];

/// Whether a property may not be there of what a function without arguments says of the scope.
pub(super) fn may_be_absent(template: &Template, base: &Expr, name: &str) -> bool {
    match &base.kind {
        ExprKind::Property { base, name: outputs } if outputs.is("outputs") => {
            let is_reference = matches!(&base.kind, ExprKind::Call { name, .. } if name.is("reference"));
            is_reference && !template.inline().any(|inner| inner.output(name).is_some())
        }
        ExprKind::Call { name: function, args } if args.is_empty() => {
            let known = ALWAYS.iter().find(|(known, _)| function.is(known));
            known.is_some_and(|(_, properties)| !is_one_of(name, properties))
        }
        ExprKind::Property { base, name: properties } if name.eq_ignore_ascii_case("templateLink") => {
            let is_deployment = |name: &str| name.eq_ignore_ascii_case("deployment");
            properties.is("properties")
                && matches!(&base.kind, ExprKind::Call { name, args } if args.is_empty() && is_deployment(&name.text))
        }
        _ => false,
    }
}

impl Evaluator<'_> {
    /// Notes that the scope has no property of this name, which is written at `span`.
    pub(super) fn check_scope_property(&mut self, base: &Value, name: &str, span: Span, env: &Env) {
        if !self.watch.tells_refusals() {
            return;
        }
        match base.as_term() {
            Some(Term::Call { name: function, args }) if args.is_empty() => {
                let known = ALWAYS.iter().find(|(known, _)| function.eq_ignore_ascii_case(known));
                let Some((function, properties)) = known.filter(|(_, properties)| !is_one_of(name, properties)) else {
                    return;
                };
                if *function == "deployment"
                    && is_one_of(name, &SOMETIMES)
                    && !(name.eq_ignore_ascii_case("location") && self.is_surely_of_group(env.deployment))
                {
                    return;
                }
                let message = format!("`{function}()` has no property `{name}`: it has `{}`", properties.join("`, `"));
                self.refuse(Refusal::Property, span, message);
            }
            Some(Term::Property { base, name: properties })
                if name.eq_ignore_ascii_case("templateLink")
                    && properties.eq_ignore_ascii_case("properties")
                    && base.as_term().and_then(|term| term.call("deployment")).is_some()
                    && self.is_sent_as_text(env.deployment) =>
            {
                let message = "the deployment has no `templateLink`: its template is sent with it";
                self.refuse(Refusal::Property, span, message);
            }
            Some(Term::Property { base, name: outputs }) if outputs.eq_ignore_ascii_case("outputs") => {
                let Some(term) = base.as_term() else { return };
                if let Some((instance, has_output)) = references::is_output(self, term, name, env)
                    && !has_output
                    && self.is_deployed(&instance)
                {
                    let message = format!("the template of this deployment has no output `{name}`");
                    self.refuse(Refusal::Output, span, message);
                }
            }
            _ => {}
        }
    }

    /// Whether a deployment is certainly one to a resource group. What the schema of a template says in JSON does not
    /// matter to those that link to it.
    pub(super) fn is_surely_of_group(&mut self, id: DeploymentId) -> bool {
        let is_known = self.deployment(id).within.is_some() || self.is_sent_as_text(id);
        is_known && self.scope(id).kind == TargetScope::ResourceGroup
    }

    /// Whether the template of a deployment is certainly not one that a link leads to: it is written in another one, or a
    /// Bicep parameter file in the present world deploys it.
    pub(super) fn is_sent_as_text(&mut self, id: DeploymentId) -> bool {
        if let Some(instance) = &self.deployment(id).within {
            let nested = instance.resource.deployment.as_ref();
            return nested.is_some_and(|nested| matches!(nested.template, NestedTemplate::Inline(_)));
        }
        let Inputs { parameter_files, .. } = self.inputs;
        let at = match parameter_files.len() {
            0 => return false,
            1 => 0,
            _ => {
                let choice = self.file_choice();
                self.worlds.decide(choice) as usize
            }
        };
        parameter_files[at].1.is_for_file_beside()
    }
}

fn is_one_of(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(name))
}
