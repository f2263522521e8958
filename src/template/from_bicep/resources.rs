//! Resources and modules.

use std::sync::Arc;

use super::symbols::Declared;
use super::{Lowering, call, name, property, string, word};
use crate::source::Span;
use crate::syntax::bicep::{self, ObjectItem, StatementKind};
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::template::walk::walk_expr_mut;
use crate::template::{
    Copy, EvaluationScope, Link, NestedDeployment, NestedTemplate, Resource, ResourceType, from_value, link,
};

/// The resource that another one is written in, or names as its parent.
pub(super) struct Parent {
    declared: usize,
    reference: Option<Expr>,
}

impl<'a> Lowering<'a> {
    /// The resources and modules of the file, in the order of their declarations.
    pub(super) fn resources(&mut self) -> Vec<Resource> {
        let declared = self.units[0].declared.clone();
        let mut resources: Vec<Resource> = Vec::with_capacity(declared.len());
        for (index, declaration) in declared.iter().enumerate() {
            let outer = declaration.outer.and_then(|outer| resources.get(outer));
            let outer = outer.map(|outer| (outer.ty.clone(), outer.api_version().cloned()));
            self.inside = Some(index);
            let lowered = match &declaration.statement.kind {
                StatementKind::Module { path, body, .. } => self.module(*declaration, path, body),
                StatementKind::Resource { resource_type, existing, body, .. } => {
                    self.declared_resource(*declaration, resource_type, existing.is_some(), body, outer.as_ref())
                }
                _ => continue,
            };
            self.inside = None;
            resources.push(lowered);
        }
        cut_circles(&mut resources);
        resources
    }

    /// Whether the declaration is a module.
    pub(super) fn is_module(&self, declared: usize) -> bool {
        matches!(self.units[0].declared[declared].statement.kind, StatementKind::Module { .. })
    }

    fn declared_resource(
        &mut self,
        declaration: Declared<'a>,
        resource_type: &'a bicep::Expr,
        existing: bool,
        body: &'a bicep::Expr,
        outer: Option<&(ResourceType, Option<Expr>)>,
    ) -> Resource {
        let written = resource_type.as_str().unwrap_or_default();
        let (alias, own) = self.qualified(written);
        let at = resource_type.span.start as usize + 1 + written.len() - own.len();
        let (mut ty, mut version) = type_and_version(own, at, resource_type.span, outer.map(|(ty, _)| ty));
        let extension = self.extension_of(alias, &ty);
        if extension.is_some() {
            // An extension's types are called with their versions.
            ty = ResourceType::of_extension(own, outer.map(|(ty, _)| ty), ty.span);
            version = None;
        }
        let (copy, (mut members, mut parent)) =
            self.body(declaration, body, |this, items| this.resource_members(items, extension.is_some()));
        if let Some(outer) = declaration.outer {
            parent = Some(Parent { declared: outer, reference: None });
            // A nested resource exists only where the one around it does.
            if let Some(condition) = self.condition_of(outer, None) {
                and_condition(&mut members, condition);
            }
        }
        members.insert(0, Member { key: string(word("type"), ty.span), value: string(ty.to_string(), ty.span) });
        // Without a version of its own, a nested resource has that of the one around it.
        let version = match version {
            Some((version, span)) => Some(string(version, span)),
            None => outer.and_then(|(_, version)| version.clone()),
        };
        if extension.is_some() {
            below_properties(&mut members, ty.span);
        }
        match (extension, version) {
            (Some(extension), _) => {
                members.insert(1, Member { key: string(word("extension"), ty.span), value: extension });
            }
            (None, Some(version)) => {
                members.insert(1, Member { key: string(word("apiVersion"), version.span), value: version });
            }
            (None, None) => {}
        }
        let mut own = Expr::new(ExprKind::Object(members), object_span(body));
        let deployment = (ty.deploys() && !existing).then(|| self.deployment(body, &mut own, &ty));
        let (parent, parent_reference) =
            parent.map_or((None, None), |parent| (Some(parent.declared), parent.reference));
        Resource {
            symbol: Some(name(declaration.name)),
            ty,
            parent,
            parent_reference: parent_reference.map(Box::new),
            existing,
            copy: copy.map(Box::new),
            body: own,
            deployment: deployment.map(Box::new),
        }
    }

    /// The deployment that a resource is: of the template in a file, where it loads one, or in `lowered`.
    fn deployment(&self, body: &'a bicep::Expr, lowered: &mut Expr, ty: &ResourceType) -> NestedDeployment {
        let names = link::Names { parameters: &self.parameters, variables: &self.variables };
        let properties = from_value::member_mut(lowered, "properties");
        let mut deployment = from_value::deployment(properties, ty, names, 0);
        let written = body.layers().object.and_then(|items| property_value(items, "properties"));
        let written = written.and_then(|properties| properties.layers().object);
        if let Some(template) = written.and_then(|items| property_value(items, "template"))
            && let Some(path) = self.loads_all_of(template)
            && let Some(text) = path.as_str()
        {
            // What it says has been read once, and is left to the deployment as it stands.
            let link = Link { path: text.into(), span: path.span, is_certain: true };
            deployment.evaluation = EvaluationScope::Inner;
            deployment.template = NestedTemplate::File(link);
        }
        deployment
    }

    /// Takes a body apart: its loop, and the members that `lower` makes of the object inside, with the condition.
    pub(super) fn body(
        &mut self,
        declaration: Declared<'a>,
        body: &'a bicep::Expr,
        lower: impl FnOnce(&mut Self, &'a [ObjectItem]) -> (Vec<Member>, Option<Parent>),
    ) -> (Option<Copy>, (Vec<Member>, Option<Parent>)) {
        let layers = body.layers();
        let inside = |this: &mut Self| {
            let condition = layers.condition.map(|condition| this.expr(condition));
            let (mut members, parent) = lower(this, layers.object.unwrap_or_default());
            if layers.object.is_none() {
                // What stands there instead is broken, and nobody knows what it would hold.
                let nothing = || Expr::new(ExprKind::Invalid, object_span(body));
                members.push(Member { key: nothing(), value: nothing() });
            }
            if let Some(condition) = condition {
                let key = string(word("condition"), condition.span);
                members.push(Member { key, value: condition });
            }
            (members, parent)
        };
        match layers.repeat {
            Some(repeat) => {
                let (count, lowered) = self.repeat(repeat, None, inside);
                (Some(Copy { name: Some(name(declaration.name)), count }), lowered)
            }
            None => (None, inside(self)),
        }
    }

    /// The members of a resource, and the parent that it names. To an extension, a scope is a property like others.
    fn resource_members(&mut self, items: &'a [ObjectItem], is_extensible: bool) -> (Vec<Member>, Option<Parent>) {
        // Type, version and dependencies are added.
        let mut members = Vec::with_capacity(items.len() + 3);
        let mut parent = None;
        for item in items {
            let ObjectItem::Property(found) = item else { continue };
            match found.key.as_str() {
                Some("parent") => {
                    if let Some(reference) = self.resource(&found.value)
                        && let ExprKind::Resource { declared, .. } = reference.kind
                    {
                        parent = Some(Parent { declared, reference: Some(reference) });
                    }
                }
                Some("scope") if is_extensible => members.extend(self.member(found)),
                _ => members.extend(self.placing(found).or_else(|| self.member(found))),
            }
        }
        (members, parent)
    }

    /// The members that name other resources, `scope` and `dependsOn`, with the ids of these.
    pub(super) fn placing(&mut self, found: &'a bicep::Property) -> Option<Member> {
        let (key, value) = match (found.key.as_str()?, &found.value.kind) {
            ("scope", _) => ("scope", self.scope_id(&found.value)),
            ("dependsOn", bicep::ExprKind::Array(items)) => ("dependsOn", self.dependencies(items, found.value.span)),
            ("dependsOn", _) => ("dependsOn", self.dependencies(&[], found.value.span)),
            _ => return None,
        };
        Some(Member { key: string(word(key), found.key.span()), value })
    }

    fn dependencies(&mut self, items: &'a [bicep::ArrayItem], span: Span) -> Expr {
        let mut ids = Vec::new();
        for item in items {
            if let bicep::ArrayItem::Item(item) = item
                && let Some(resource) = self.resource(item)
            {
                ids.push(property(resource, word("id"), item.span));
            }
        }
        Expr::new(ExprKind::Array(ids), span)
    }

    /// The condition under which a resource or module is deployed, with those of the resources that it is nested in; of a
    /// loop, under which an `iteration` is.
    pub(super) fn condition_of(&mut self, declared: usize, iteration: Option<&Expr>) -> Option<Expr> {
        let condition = self.inline(0, |this| this.conditions(declared, iteration));
        condition.unwrap_or_else(|| Some(Expr::new(ExprKind::Invalid, self.units[0].declared[declared].name.span)))
    }

    fn conditions(&mut self, declared: usize, iteration: Option<&Expr>) -> Option<Expr> {
        let declaration = self.units[0].declared[declared];
        let (StatementKind::Resource { body, .. } | StatementKind::Module { body, .. }) = &declaration.statement.kind
        else {
            return None;
        };
        let layers = body.layers();
        let own = match (layers.condition, layers.repeat) {
            (Some(condition), Some(repeat)) => iteration.map(|iteration| {
                let (_, mut condition) = self.repeat(repeat, None, |this| this.expr(condition));
                walk_expr_mut(&mut condition, &mut |expr| {
                    if matches!(&expr.kind, ExprKind::Call { name, args } if name.is("copyIndex") && args.is_empty()) {
                        *expr = iteration.clone();
                    }
                });
                condition
            }),
            (condition, _) => condition.map(|condition| self.expr(condition)),
        };
        let above = declaration.outer.and_then(|outer| self.conditions(outer, None));
        match (above, own) {
            (Some(above), Some(own)) => {
                let span = own.span;
                Some(call("and", vec![above, own], span))
            }
            (above, own) => above.or(own),
        }
    }
}

/// The value of a property of an object.
fn property_value<'a>(items: &'a [ObjectItem], key: &str) -> Option<&'a bicep::Expr> {
    items.iter().find_map(|item| match item {
        ObjectItem::Property(property) if property.key.as_str() == Some(key) => Some(&property.value),
        _ => None,
    })
}

/// Takes the parent from each resource that is its own ancestor: whoever climbs to the top must get there. What it names
/// stays, so that the circle is told.
fn cut_circles(resources: &mut [Resource]) {
    // Of each resource the climb that came by, so that each is passed once.
    let mut passed = vec![None; resources.len()];
    for start in 0..resources.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|here| passed[*here].is_none()) {
            passed[here] = Some(start);
            at = resources[here].parent.filter(|parent| *parent < resources.len());
        }
        while let Some(here) = at.filter(|here| passed[*here] == Some(start)) {
            at = resources[here].parent.take();
        }
    }
}

/// The type and the API version of `type@version`, the text at `start` of the string at `whole`, each with its place. A
/// nested resource may leave out the type of the one around it.
fn type_and_version(
    text: &str,
    start: usize,
    whole: Span,
    outer: Option<&ResourceType>,
) -> (ResourceType, Option<(Arc<str>, Span)>) {
    let (ty, version) = match text.split_once('@') {
        Some((ty, version)) => {
            let at = start + ty.len() + 1;
            (ty, Some((Arc::from(version), Span::new(whole.file, at, at + version.len()))))
        }
        None => (text, None),
    };
    let span = if text.is_empty() { whole } else { Span::new(whole.file, start, start + ty.len()) };
    (ResourceType::new(ty, outer, span), version)
}

/// Puts what an extension knows of its resource below `properties`, as a deployment takes it.
fn below_properties(members: &mut Vec<Member>, span: Span) {
    let is_own = |member: &Member| {
        member.key.as_str().is_some_and(|key| matches!(key, "type" | "condition" | "copy" | "dependsOn"))
    };
    let (mut own, properties): (Vec<Member>, Vec<Member>) = members.drain(..).partition(is_own);
    own.push(Member { key: string(word("properties"), span), value: Expr::new(ExprKind::Object(properties), span) });
    *members = own;
}

fn and_condition(members: &mut Vec<Member>, condition: Expr) {
    let span = condition.span;
    match members.iter_mut().find(|member| member.key.as_str() == Some("condition")) {
        Some(member) => {
            let own = std::mem::replace(&mut member.value, Expr::new(ExprKind::Invalid, span));
            member.value = call("and", vec![condition, own], span);
        }
        None => members.push(Member { key: string(word("condition"), span), value: condition }),
    }
}

/// Where the object of a body stands.
pub(super) fn object_span(body: &bicep::Expr) -> Span {
    let mut body = body;
    loop {
        body = match &body.kind {
            bicep::ExprKind::For(repeat) => &repeat.body,
            bicep::ExprKind::If(check) => &check.body,
            _ => return body.span,
        };
    }
}
