//! The template that a value spells out: what Bicep writes or loads as the `template` of a deployment.

use std::sync::Arc;

use super::from_json::scope_of;
use super::link::{self, Names};
use super::resource_type::types_of;
use super::walk::{walk_expr, walk_expr_mut};
use super::{
    Copy, EvaluationScope, Looped, NestedDeployment, NestedTemplate, Output, Parameter, ParameterType, Resource,
    ResourceType, TargetScope, Template, Type, Types, Variable,
};
use crate::source::limits::MAX_DEPLOYMENT_DEPTH;
use crate::syntax::Interner;
use crate::syntax::expression::{self, Expr, ExprKind, Member, Name};

/// The deployment of a resource with these `properties`. Takes the template out of them when it is spelled out there;
/// `names` are those of the template around.
pub(super) fn deployment(
    properties: Option<&mut Expr>,
    ty: &ResourceType,
    names: Names<'_>,
    depth: usize,
) -> NestedDeployment {
    let Some(properties) = properties else {
        let template = NestedTemplate::Elsewhere(ty.span);
        return NestedDeployment {
            evaluation: EvaluationScope::Outer,
            parameters: None,
            parameters_at: None,
            template,
        };
    };
    let option = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
    let inner = option.and_then(Expr::as_str).is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
    let evaluation = if inner && !ty.is_stack() { EvaluationScope::Inner } else { EvaluationScope::Outer };
    let given = properties.get("parameters").cloned();
    let parameters = given.or_else(|| Some(Expr::new(ExprKind::Invalid, properties.get("parametersLink")?.span)));
    let written = properties.get("template");
    let template = match written {
        Some(written) => {
            let span = written.span;
            let known = spelled(written, names).cloned();
            let template = known.and_then(|value| template(value, evaluation, names, depth + 1));
            if template.is_some()
                && matches!(written.kind, ExprKind::Object(_))
                && let ExprKind::Object(members) = &mut properties.kind
            {
                members.retain(|member| !member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("template")));
            }
            template.map_or(NestedTemplate::Elsewhere(span), |found| NestedTemplate::Inline(Box::new(found)))
        }
        None => linked(properties, names).unwrap_or(NestedTemplate::Elsewhere(ty.span)),
    };
    let parameters_at = properties.member("parameters").map(|member| member.key.span);
    NestedDeployment { evaluation, parameters, parameters_at, template }
}

/// Where a `templateLink` leads.
fn linked(properties: &Expr, names: Names<'_>) -> Option<NestedTemplate> {
    let link = properties.get("templateLink")?;
    let (written, found) = match (link.get("relativePath"), link.get("uri")) {
        (Some(path), _) => (path, link::relative(path, names)),
        (None, Some(uri)) => (uri, link::published(uri, names)),
        (None, None) => (link.get("id").unwrap_or(link), None),
    };
    Some(found.map_or(NestedTemplate::Elsewhere(written.span), NestedTemplate::File))
}

/// The object that an expression is, or that the variable holds which it names.
fn spelled<'t>(expr: &'t Expr, names: Names<'t>) -> Option<&'t Expr> {
    let mut expr = expr;
    // A variable may lead to another; a longer chain is a circle.
    for _ in 0..16 {
        match &expr.kind {
            ExprKind::Object(_) => return Some(expr),
            ExprKind::Call { name, args } if name.is("variables") => {
                let wanted = args.first()?.as_str()?;
                match &names.variables.iter().find(|variable| variable.name.is(wanted))?.value {
                    Looped::Once(value) => expr = value,
                    Looped::Each { .. } => return None,
                }
            }
            ExprKind::Property { base, name } => expr = spelled(base, names)?.get(&name.text)?,
            _ => return None,
        }
    }
    None
}

/// The template that `value` is; `None` for one with parts that are not spelled out.
fn template(mut value: Expr, evaluation: EvaluationScope, around: Names<'_>, depth: usize) -> Option<Template> {
    if depth > MAX_DEPLOYMENT_DEPTH || value.get("functions").is_some() {
        return None;
    }
    match evaluation {
        EvaluationScope::Outer => defer(&mut value),
        // Inside of it, nobody knows the resources of the file around.
        EvaluationScope::Inner if names_resources(&value) => return None,
        EvaluationScope::Inner => {}
    }
    let scope = value.get("$schema").and_then(Expr::as_str).map_or(TargetScope::ResourceGroup, scope_of);
    let parameters: Vec<Parameter> = section(&value, "parameters")?.into_iter().map(parameter).collect();
    let variables: Option<Vec<Variable>> = section(&value, "variables")?.into_iter().map(variable).collect();
    let outputs = section(&value, "outputs")?.into_iter().map(output).collect();
    let (variables, span) = (variables?, value.span);
    let parameters_at = value.get("parameters").map(|parameters| parameters.span);
    let own = Names { parameters: &parameters, variables: &variables };
    let names = if evaluation == EvaluationScope::Inner { own } else { around };
    let mut resources = Vec::new();
    collect(&mut value, None, names, depth, &mut resources)?;
    Some(Template {
        is_bicep: false,
        span,
        scope,
        types: types_of(&resources),
        parameters_at,
        functions: Vec::new(),
        outputs,
        errors: Vec::new(),
        declared: Types::default(),
        names: super::Names::default(),
        parameters,
        variables,
        resources,
    })
}

/// The members of an object of declarations; `None` for something else.
fn section(value: &Expr, key: &str) -> Option<Vec<Member>> {
    match value.get(key).map(|section| &section.kind) {
        None | Some(ExprKind::Null) => Some(Vec::new()),
        Some(ExprKind::Object(members)) if members.iter().all(|member| member.key.as_str().is_some()) => {
            Some(members.clone())
        }
        Some(_) => None,
    }
}

fn name(key: &Expr) -> Name {
    Name { text: key.as_str().unwrap_or_default().into(), span: key.span }
}

fn parameter(Member { key, value }: Member) -> Parameter {
    let ty = value.get("type").and_then(Expr::as_str).unwrap_or_default().to_ascii_lowercase();
    let allowed = match value.get("allowedValues").map(|allowed| &allowed.kind) {
        Some(ExprKind::Array(items)) => items.clone(),
        _ => Vec::new(),
    };
    Parameter {
        name: name(&key),
        ty: ParameterType::named(&ty),
        secure: ty.starts_with("secure"),
        secure_parts: Vec::new(),
        nullable: value.get("nullable").is_some_and(|flag| flag.kind == ExprKind::Bool(true)),
        default: value.get("defaultValue").cloned(),
        allowed,
        constraints: None,
    }
}

/// A variable; `None` for the loops that make several.
fn variable(Member { key, value }: Member) -> Option<Variable> {
    let name = name(&key);
    (!name.is("copy")).then_some(Variable { name, value: Looped::Once(value) })
}

fn output(Member { key, value }: Member) -> Output {
    Output {
        name: name(&key),
        ty: value.get("type").and_then(Expr::as_str).map(str::to_owned),
        condition: value.get("condition").cloned(),
        value: value.get("value").cloned().map(Looped::Once),
        declared: Type::unknown(key.span),
    }
}

/// Takes the resources out of `holder`, a template or a resource, and adds them with those inside of them.
fn collect(
    holder: &mut Expr,
    parent: Option<usize>,
    names: Names<'_>,
    depth: usize,
    resources: &mut Vec<Resource>,
) -> Option<()> {
    let ExprKind::Object(members) = &mut holder.kind else { return Some(()) };
    let at =
        members.iter().position(|member| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("resources")));
    let Some(at) = at else { return Some(()) };
    let declared: Vec<(Option<Name>, Expr)> = match members.remove(at).value.kind {
        ExprKind::Array(items) => items.into_iter().map(|item| (None, item)).collect(),
        ExprKind::Object(members) => {
            members.into_iter().map(|member| (Some(name(&member.key)), member.value)).collect()
        }
        ExprKind::Null => Vec::new(),
        _ => return None,
    };
    for (symbol, mut body) in declared {
        let ty = body.get("type")?;
        let ty = ResourceType::new(ty.as_str()?, parent.map(|parent| &resources[parent].ty), ty.span);
        let deployment = ty.deploys().then(|| {
            let properties = member_mut(&mut body, "properties");
            deployment(properties, &ty, names, depth)
        });
        let copy = body.get("copy").and_then(|copy| {
            let name =
                copy.get("name").and_then(|text| Some(Name { text: Arc::from(text.as_str()?), span: text.span }));
            Some(Copy { name, count: copy.get("count")?.clone() })
        });
        let existing = body.get("existing").is_some_and(|flag| flag.kind == ExprKind::Bool(true));
        let index = resources.len();
        let placeholder = Expr::new(ExprKind::Null, body.span);
        resources.push(Resource {
            symbol,
            ty,
            parent,
            parent_reference: None,
            existing,
            copy: copy.map(Box::new),
            body: placeholder,
            deployment: deployment.map(Box::new),
        });
        collect(&mut body, Some(index), names, depth, resources)?;
        resources[index].body = body;
    }
    Some(())
}

/// The value of a member, to change it.
pub(super) fn member_mut<'e>(object: &'e mut Expr, key: &str) -> Option<&'e mut Expr> {
    let ExprKind::Object(members) = &mut object.kind else { return None };
    let is_meant = |member: &&mut Member| member.key.as_str().is_some_and(|it| it.eq_ignore_ascii_case(key));
    members.iter_mut().rev().find(is_meant).map(|member| &mut member.value)
}

/// Makes expressions of the strings in brackets: the compiler writes them with one bracket more, which the template around
/// takes away.
fn defer(value: &mut Expr) {
    let mut names = Interner::default();
    walk_expr_mut(value, &mut |expr| {
        let Some(text) = expr.as_str().filter(|text| text.starts_with('[')) else { return };
        let span = expr.span;
        let mut deferred =
            expression::parse_string(span.file, text, span, &|_| span.start, &mut names, &mut Vec::new());
        if !matches!(deferred.kind, ExprKind::String(_)) {
            walk_expr_mut(&mut deferred, &mut |part| part.span = span);
            *expr = Expr::new(ExprKind::Deferred(Box::new(deferred)), span);
        }
    });
}

fn names_resources(value: &Expr) -> bool {
    let mut found = false;
    walk_expr(value, &mut |expr| found |= matches!(expr.kind, ExprKind::Resource { .. }));
    found
}
