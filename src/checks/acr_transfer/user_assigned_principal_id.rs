//! `acr-transfer-user-assigned-principal-id`: the principal id of a pipeline's own identity, when it has none.

use super::argument::{given, same};
use super::cli::Call;
use super::declared::{View, Wanted};
use super::flags::{IDENTITY, NAME, REGISTRY};
use super::script_access::{Identity as ScriptedIdentity, ScriptAccess, ScriptPipeline};
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::identity::{Identity, Principal, principal};
use crate::evaluate::resource_id::ResourceId;
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Value};
use crate::evaluate::{Env, Instance};
use crate::source::{Language, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::template::Resource;
use crate::template::walk::walk_expr;

use super::pipeline::shown;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, pipeline: &Instance<'t>) {
    let identity = Identity::of(check.evaluator, pipeline);
    if identity.system != Some(false) || identity.user_assigned.as_ref().is_some_and(Vec::is_empty) {
        return;
    }
    let Some(own) = check.evaluator.id(pipeline) else { return };
    let mut uses = Vec::new();
    for (expr, env) in expressions(check) {
        let value = check.evaluator.evaluate(expr, &env);
        collect(&value, &own, &mut uses);
    }
    uses.sort_unstable();
    uses.dedup();
    let declared = check.find(pipeline, &["identity", "type"]).span();
    let map = check.value(pipeline, &["identity", "userAssignedIdentities"]);
    let key = map.as_ref().and_then(Value::as_object).filter(|map| map.len() == 1);
    let key = key.and_then(|map| map.iter().next()?.1.key_span);
    let message = format!("{} has a user-assigned identity, so its own principal id is null", shown(check, pipeline));
    for span in uses {
        let mut finding = Finding::new(span, message.clone())
            .label("read from the pipeline instead of the identity")
            .help("use the principal id of the user-assigned identity: `reference(<its id>, '2023-01-31').principalId`")
            .fix(key.and_then(|key| from_identity(check, span, key)));
        if let Some(declared) = declared {
            finding = finding.related(declared, "the identity is user-assigned here");
        }
        check.report(finding);
    }
}

/// The values in resources and outputs that read a principal id.
fn expressions<'t>(check: &mut Check<'_, 't>) -> Vec<(&'t Expr, Env)> {
    let mut found = Vec::new();
    let reads = |resource: &Resource| !resource.existing && resource.parts().any(reads_principal);
    for instance in check.evaluator.instances(&reads) {
        let mut leaves = Vec::new();
        instance.resource.parts().for_each(|part| collect_leaves(part, &mut leaves));
        found.extend(leaves.into_iter().map(|leaf| (leaf, instance.env.clone())));
    }
    for (output, env) in check.evaluator.outputs() {
        if let Some(crate::template::Looped::Once(value)) = &output.value {
            let mut leaves = Vec::new();
            collect_leaves(value, &mut leaves);
            found.extend(leaves.into_iter().map(|leaf| (leaf, env.clone())));
        }
    }
    found
}

/// The largest parts of `expr` that are no objects or arrays and read a principal id.
fn collect_leaves<'t>(expr: &'t Expr, leaves: &mut Vec<&'t Expr>) {
    match &expr.kind {
        ExprKind::Object(members) => members.iter().for_each(|member| collect_leaves(&member.value, leaves)),
        ExprKind::Array(items) => items.iter().for_each(|item| collect_leaves(item, leaves)),
        _ if reads_principal(expr) => leaves.push(expr),
        _ => {}
    }
}

fn reads_principal(expr: &Expr) -> bool {
    let mut reads = false;
    walk_expr(expr, &mut |part| {
        reads |= match &part.kind {
            ExprKind::Property { name, .. } => name.is("principalId"),
            ExprKind::Index { index, .. } => {
                index.as_str().is_some_and(|name| name.eq_ignore_ascii_case("principalId"))
            }
            _ => false,
        };
    });
    reads
}

/// Where `value` reads the principal id of the resource `own`. What only one branch of an undecided `if` reads may
/// never be read.
fn collect(value: &Value, own: &ResourceId, uses: &mut Vec<Span>) {
    if let Some(Principal::SystemOf(id)) = principal(value) {
        if let (Some(true), Some(span)) = (id.same(own), value.origin.span) {
            uses.push(span);
        }
        return;
    }
    match &value.kind {
        Kind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } if name.eq_ignore_ascii_case("if") => {
                args.iter().take(1).for_each(|condition| collect(condition, own, uses));
            }
            Term::Call { args, .. } => args.iter().for_each(|arg| collect(arg, own, uses)),
            Term::Property { base, .. } => collect(base, own, uses),
            Term::Index { base, index } => {
                collect(base, own, uses);
                collect(index, own, uses);
            }
            Term::Placeholder(_) => {}
        },
        Kind::Array(items) => items.iter().for_each(|item| collect(item, own, uses)),
        Kind::Object(object) => object.iter().for_each(|(_, member)| collect(&member.value, own, uses)),
        _ => {}
    }
}

/// Reads the principal id from the pipeline's one identity, whose id is written as the `key` of the map.
fn from_identity(check: &Check<'_, '_>, span: Span, key: Span) -> Option<Fix> {
    if check.sources.file(span.file).language() == Language::Bicep {
        return from_identity_in_bicep(check, span, key);
    }
    let written = check.sources.text(span);
    let span = if written.starts_with("\"[") && written.ends_with("]\"") {
        Span { start: span.start + 2, end: span.end - 2, ..span }
    } else {
        span
    };
    if key.file != span.file || !check.sources.text(span).to_ascii_lowercase().starts_with("reference(") {
        return None;
    }
    let key = check.sources.text(key);
    let expression = match key.strip_prefix("\"[").and_then(|key| key.strip_suffix("]\"")) {
        Some(expression) => expression.to_owned(),
        None => format!("'{}'", key.trim_matches('"')),
    };
    // What a loop or a JSON escape means may differ from one place to the other.
    if expression.contains('\\') || expression.to_ascii_lowercase().contains("copyindex") {
        return None;
    }
    Some(reading(span, format!("reference({expression}, '2023-01-31').principalId")))
}

fn from_identity_in_bicep(check: &Check<'_, '_>, span: Span, key: Span) -> Option<Fix> {
    if key.file != span.file || !check.sources.text(span).ends_with(".principalId") {
        return None;
    }
    let key = check.sources.text(key);
    let hole = key.strip_prefix("'${").and_then(|key| key.strip_suffix("}'")).filter(|hole| !hole.contains(['{', '}']));
    let symbol = hole.and_then(|hole| hole.strip_suffix(".id")).filter(|symbol| !symbol.contains(['.', '(', '[']));
    Some(match (symbol, hole) {
        (Some(symbol), _) => reading(span, format!("{symbol}.properties.principalId")),
        (None, Some(id)) => reading(span, format!("reference({id}, '2023-01-31').principalId")),
        (None, None) if key.contains("${") => return None,
        (None, None) => reading(span, format!("reference({key}, '2023-01-31').principalId")),
    })
}

fn reading(span: Span, replacement: String) -> Fix {
    let title = "read the principal id of the user-assigned identity".to_owned();
    Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span, replacement }] }
}

/// A script that asks for the principal id of a pipeline which it gave a user-assigned identity.
pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    for call in Call::all(check) {
        let Some(exports) = call.is_of_pipeline(&["show", "create"]) else { continue };
        let Some(query) = given(&call.invocation, &["--query"]) else { continue };
        let path = query.text().unwrap_or_default();
        if !path.eq_ignore_ascii_case("identity.principalId") && !path.eq_ignore_ascii_case("principalId") {
            continue;
        }
        let wanted = call.name(NAME);
        let is_it = |pipeline: &&ScriptPipeline<'_>| {
            pipeline.exports == exports && same(pipeline.name.as_ref(), wanted.as_ref()) == Some(true)
        };
        // Made in more than one way, these are ways to choose from.
        let is_user_assigned = |pipeline: &ScriptPipeline<'_>| matches!(pipeline.identity, ScriptedIdentity::User(_));
        if !access.pipelines.iter().filter(is_it).all(is_user_assigned) {
            continue;
        }
        let made = access.pipelines.iter().rfind(is_it);
        let declared = match made {
            Some(pipeline) => pipeline.call.argument(IDENTITY).map(|option| option.span),
            None => elsewhere(check, call, exports),
        };
        if made.is_none() && declared.is_none() {
            continue;
        }
        let shown = wanted.map_or_else(|| "the pipeline".to_owned(), |name| format!("`{}`", name.text));
        let mut finding = query.finding(format!("{shown} has a user-assigned identity: its own `principalId` is null"));
        if let Some(declared) = declared {
            finding = finding.related(declared, "the identity is user-assigned here");
        }
        check.report(finding.help("ask the identity: `az identity show --ids <id> --query principalId`"));
    }
}

/// Where another file gives the pipeline that a call asks for a user-assigned identity, and no file another one.
fn elsewhere(check: &FileCheck<'_>, call: &Call<'_>, exports: bool) -> Option<Span> {
    let wanted = Wanted { exports, registry: call.text(REGISTRY)?, name: call.text(NAME)? };
    let declared = wanted.declared(View::of_file(check));
    let spans: Option<Vec<Span>> = declared.iter().map(|pipeline| pipeline.user_assigned).collect();
    spans?.first().copied()
}
