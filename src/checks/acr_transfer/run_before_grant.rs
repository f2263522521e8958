//! `acr-transfer-run-before-grant`: a run that may start before its pipeline has been given access.

use super::access::giving;
use super::argument::same;
use super::flags::{PIPELINE, REGISTRY};
use super::order::Order;
use super::pipeline::{PIPELINES, shown};
use super::script_access::{ScriptAccess, ScriptPipeline};
use super::script_verdict::{is_meant_for, may_serve};
use super::shape::Kind;
use crate::checks::FileCheck;
use crate::diagnostic::{Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::{insert_element, insert_member};
use crate::engine::grants::Grant;
use crate::evaluate::Instance;
use crate::evaluate::resource_id::ResourceId;
use crate::script::Invocation;
use crate::source::Language;
use crate::syntax::expression::Expr;
use crate::syntax::json;
use crate::syntax::shell::BlockKind;

pub(super) fn check<'t>(check: &mut Check<'_, 't>, run: &Instance<'t>) {
    let request = check.value(run, &["properties", "request", "pipelineResourceId"]);
    let Some(wanted) = request.as_ref().and_then(ResourceId::parse) else { return };
    for pipeline in check.resources(PIPELINES).iter() {
        if check.evaluator.id(pipeline).and_then(|id| id.same(&wanted)) == Some(true) {
            judge(check, run, pipeline);
        }
    }
}

fn judge<'t>(check: &mut Check<'_, 't>, run: &Instance<'t>, pipeline: &Instance<'t>) {
    let grants = giving(check, pipeline);
    let Some(first) = grants.first() else { return };
    let order = Order::before(check.evaluator, run);
    let list = check.find(run, &["dependsOn"]);
    if order.open {
        return check.undecided(&list);
    }
    if grants.iter().any(|grant| order.contains(&grant.instance)) {
        return;
    }
    let Some(key) = list.key() else { return };
    let message = format!("the run does not wait until {} has been given access", shown(check, pipeline));
    let fix = wait_for(check, run, first);
    check.report(
        Finding::new(key, message)
            .related(first.instance.resource.ty.span, "access is given here")
            .help("add the grant to `dependsOn`; a new role can still take up to 30 minutes to have effect")
            .fix(fix),
    );
}

/// Adds the grant to the dependencies, if there is a plain way to name it.
fn wait_for<'t>(check: &Check<'_, 't>, run: &Instance<'t>, grant: &Grant<'t>) -> Option<Fix> {
    let (run_resource, resource) = (run.resource, grant.instance.resource);
    let language = check.sources.file(run_resource.body.span.file).language();
    let reachable = run.deployment == grant.instance.deployment && resource.copy.is_none() && resource.parent.is_none();
    if !reachable {
        return None;
    }
    let entry = if let Some(symbol) = &resource.symbol {
        symbol.text.to_string()
    } else {
        if language != Language::Json {
            return None;
        }
        let scope = expression(check, resource.body.get("scope")?)?;
        let name = expression(check, resource.name()?)?;
        if !scope.to_ascii_lowercase().contains("resourceid(") {
            return None;
        }
        format!("[extensionResourceId({scope}, 'Microsoft.Authorization/roleAssignments', {name})]")
    };
    // Bicep names what to wait for by its symbol, and writes each in a line of its own.
    let (entry, alone) = match language {
        Language::Json => (json::quote(&entry), format!("[{}]", json::quote(&entry))),
        Language::Bicep => (entry.clone(), format!("[\n  {entry}\n]")),
        _ => return None,
    };
    let edit = match run_resource.body.get("dependsOn") {
        None => insert_member(check.sources, run_resource.body.span, "dependsOn", &alone)?,
        // What the compiler adds by itself is written nowhere.
        Some(list) if check.sources.text(list.span).starts_with('[') => {
            insert_element(check.sources, list.span, &entry)?
        }
        Some(_) if language == Language::Bicep => {
            insert_member(check.sources, run_resource.body.span, "dependsOn", &alone)?
        }
        Some(_) => return None,
    };
    let title = "make the run wait for the grant".to_owned();
    Some(Fix { title, safety: Safety::Safe, edits: vec![edit] })
}

/// The text of a JSON string as a part of an expression.
fn expression(check: &Check<'_, '_>, expr: &Expr) -> Option<String> {
    if let Some(text) = expr.as_str() {
        return Some(format!("'{}'", text.replace('\'', "''")));
    }
    let text = check.sources.text(expr.span).strip_prefix("\"[")?.strip_suffix("]\"")?;
    (!text.contains('\\')).then(|| text.to_owned())
}

/// A script that starts a run and only then gives the pipeline access.
pub(super) fn check_commands(check: &mut FileCheck<'_>) {
    let Some(access) = ScriptAccess::of(check) else { return };
    let runs = check.facts.scripts.calls(check).iter().filter(|(_, call)| call.creates && call.kind == Kind::Run);
    for (at, run) in runs {
        let (wanted, registry) = (run.name(PIPELINE), run.name(REGISTRY));
        let is_run = |pipeline: &&ScriptPipeline<'_>| {
            same(pipeline.name.as_ref(), wanted.as_ref()) == Some(true)
                && same(pipeline.registry.as_ref(), registry.as_ref()) != Some(false)
        };
        let Some(pipeline) = access.pipelines.iter().chain(&access.others).find(is_run) else { continue };
        // One that is too weak comes too late as well.
        let mut grants = access.grants.iter().filter(|grant| is_meant_for(pipeline, grant));
        let may_be_given = access.grants.iter().any(|grant| grant.at < *at && may_serve(pipeline, grant));
        let Some(first) = grants.find(|grant| grant.at > *at && !may_be_given) else { continue };
        let same_script = std::ptr::eq(first.invocation.script, run.invocation.script);
        if same_script && is_straight(&run.invocation) && is_straight(&first.invocation) {
            let message = format!("the run does not wait until {} has been given access", pipeline.shown());
            let finding =
                Finding::new(run.path_span(), message).related(first.invocation.path_span(), "access is given here");
            check.report(
                pipeline
                    .shown_in(finding)
                    .help("give access before the run; a new role can still take up to 30 minutes to have effect"),
            );
        }
    }
}

/// Whether a call runs just where it stands, once: in no function.
fn is_straight(call: &Invocation<'_>) -> bool {
    let program = &call.script.program;
    let block = program.commands.get(call.command).map_or(0, |command| command.block);
    let is_function = |at: usize| program.blocks.get(at).is_some_and(|block| block.kind == BlockKind::Function);
    !(0..program.blocks.len()).any(|at| is_function(at) && program.is_within(block, at))
}
