//! `function-not-allowed`: a call of a function in a part of a template where the service does not evaluate it.

use std::collections::HashSet;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::evaluate::signature;
use crate::source::Language;
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::TargetScope;
use crate::template::sites::{Loop, LoopKind, Place, Site};

/// Functions that may not stand in some places.
struct Restriction {
    /// The functions, in lower case; `list*` are all that ask a resource.
    functions: &'static [&'static str],
    /// Whether they may stand there; `None` where that is not known.
    may_stand: fn(Place) -> Option<bool>,
    /// Whether Bicep refuses them in the same place.
    in_bicep: fn(Place) -> bool,
    /// Why not.
    because: &'static str,
    /// What to write instead.
    instead: &'static str,
}

/// The functions that are told by the part that they stand in.
const RESTRICTIONS: [Restriction; 3] = [
    Restriction {
        functions: &["reference", "references", "list*"],
        may_stand: |place| match place {
            Place::Values | Place::Output => Some(true),
            Place::NestedDefault | Place::Unevaluated | Place::Other => None,
            _ => Some(false),
        },
        // There, the compiler writes variables out where they are used.
        in_bicep: |place| matches!(place, Place::Condition | Place::CopyCount | Place::Member("name" | "location")),
        because: "it asks what is deployed, and that is known too late for this",
        instead: "call it in the properties, tags or SKU of a resource or in the value of an output, or let a nested \
                  deployment output the value and pass it on as a parameter",
    },
    Restriction {
        functions: &["newguid", "utcnow"],
        may_stand: |place| match place {
            Place::Default | Place::NestedDefault => Some(true),
            Place::Unevaluated => None,
            _ => Some(false),
        },
        in_bicep: |_| true,
        because: "its value is another at each deployment, and only the default of a parameter may be such",
        instead: "declare a parameter with this call as its default, and use the parameter here",
    },
    Restriction {
        functions: &["tologicalzone", "tologicalzones", "tophysicalzone", "tophysicalzones"],
        may_stand: |place| (place == Place::Variable).then_some(false),
        in_bicep: |_| false,
        because: "it asks the subscription, and that is known too late for a variable",
        instead: "call it where the value is used",
    },
];

/// What the names of the functions begin with that this rule is about.
const STARTS: &[u8] = b"clmnrstu";

pub(super) fn check(check: &mut FileCheck<'_>) {
    let is_bicep = check.source().language() == Language::Bicep;
    let loops = check.loops();
    let mut told = HashSet::new();
    for (site, expr) in check.expressions() {
        let ExprKind::Call { name, args } = &expr.kind else { continue };
        // Most calls are of functions that may stand anywhere.
        let first = name.text.as_bytes().first().map(u8::to_ascii_lowercase);
        if site.perhaps || !first.is_some_and(|first| STARTS.contains(&first)) || name.text.contains('.') {
            continue;
        }
        let finding = by_place(name, site.place, is_bicep)
            .or_else(|| by_scope(name, args, site))
            .or_else(|| if is_bicep { None } else { index_of_loop(name, args, site, loops) });
        // A template in a variable is read wherever it is deployed, too.
        if let Some(finding) = finding.filter(|it| it.primary.span.file == check.file && told.insert(it.primary.span)) {
            check.report(finding);
        }
    }
}

/// A function that may not stand in this part of any template.
fn by_place(name: &Name, place: Place, is_bicep: bool) -> Option<Finding> {
    let restriction = RESTRICTIONS.iter().find(|it| it.functions.iter().any(|known| is_called(name, known)))?;
    if (restriction.may_stand)(place) != Some(false) || is_bicep && !(restriction.in_bicep)(place) {
        return None;
    }
    let message = format!("`{}` can't stand in {}: {}", name.text, described(place), restriction.because);
    Some(Finding::new(name.span, message).help(restriction.instead))
}

fn is_called(name: &Name, known: &str) -> bool {
    match known {
        "list*" => name.text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list")) && is_list(name),
        _ => name.is(known),
    }
}

fn is_list(name: &Name) -> bool {
    signature(&name.text).is_some_and(|(known, ..)| known == "list*")
}

/// What the scope of the template does not have.
fn by_scope(name: &Name, args: &[Expr], site: &Site<'_>) -> Option<Finding> {
    use TargetScope::{ManagementGroup, ResourceGroup, Subscription, Tenant};
    if !args.is_empty() || matches!(site.place, Place::Unevaluated | Place::NestedDefault) {
        return None;
    }
    let (missing, scopes): (_, &[TargetScope]) = match () {
        () if name.is("resourceGroup") => ("resource group", &[Subscription, ManagementGroup, Tenant]),
        () if name.is("subscription") => ("subscription", &[ManagementGroup, Tenant]),
        () if name.is("managementGroup") => ("management group", &[ResourceGroup, Subscription, Tenant]),
        () => return None,
    };
    if !scopes.contains(&site.names.scope) {
        return None;
    }
    let target = match site.names.scope {
        ResourceGroup => "a resource group",
        Subscription => "a subscription",
        ManagementGroup => "a management group",
        Tenant => "the tenant",
    };
    let message = format!("there is no `{}` here: the template is deployed to {target}", name.text);
    let help = format!("pass what is needed of the {missing} as a parameter, or write its id out");
    Some(Finding::new(name.span, message).help(help))
}

/// `copyIndex` where no loop is, or none of that name.
fn index_of_loop(name: &Name, args: &[Expr], site: &Site<'_>, loops: &[Loop<'_>]) -> Option<Finding> {
    if !name.is("copyIndex") || matches!(site.place, Place::Unevaluated | Place::NestedDefault) {
        return None;
    }
    let around = || std::iter::successors(site.inside, |index| loops[*index].outer).map(|index| &loops[index]);
    let Some(innermost) = around().next() else {
        let help = "call it in a resource with `copy`, or in the `input` of a loop";
        return Some(Finding::new(name.span, "`copyIndex` stands in no loop").help(help));
    };
    match args.first() {
        Some(wanted) if wanted.as_str().is_some() => {
            let text = wanted.as_str().unwrap_or_default();
            let is_open = around().any(|it| it.name.is_none_or(|name| name.eq_ignore_ascii_case(text)));
            let known: Vec<String> = around().filter_map(|it| Some(format!("`{}`", it.name?))).collect();
            let finding = || {
                let finding = Finding::new(wanted.span, format!("`copyIndex` stands in no loop `{text}`"));
                finding.help(format!("around it is {}", known.join(" in ")))
            };
            (!is_open).then(finding)
        }
        None if innermost.kind == LoopKind::Value && !around().any(|it| it.kind != LoopKind::Value) => {
            let finding = Finding::new(name.span, "`copyIndex` needs the name of the loop here");
            Some(match innermost.name {
                Some(known) => finding.help(format!("write `copyIndex('{known}')`")),
                None => finding,
            })
        }
        _ => None,
    }
}

fn described(place: Place) -> String {
    match place {
        Place::Default | Place::NestedDefault => "the default of a parameter".into(),
        Place::Function => "a user-defined function".into(),
        Place::Variable => "a variable".into(),
        Place::VariableCount | Place::OutputCount | Place::CopyCount | Place::PropertyCount => {
            "the `count` of a loop".into()
        }
        Place::OutputCondition => "the condition of an output".into(),
        Place::Output => "an output".into(),
        Place::Condition => "the condition of a resource".into(),
        Place::CopyName => "the name of a loop".into(),
        Place::Values | Place::Other | Place::Unevaluated => "a resource".into(),
        Place::Member(name) => format!("the `{name}` of a resource"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each function may stand, as the service's own engine says.
    const ROWS: [(Place, [Option<bool>; 3]); 18] = [
        (Place::Default, [Some(false), Some(true), None]),
        (Place::NestedDefault, [None, Some(true), None]),
        (Place::Function, [Some(false), Some(false), None]),
        (Place::Variable, [Some(false), Some(false), Some(false)]),
        (Place::VariableCount, [Some(false), Some(false), None]),
        (Place::OutputCondition, [Some(false), Some(false), None]),
        (Place::OutputCount, [Some(false), Some(false), None]),
        (Place::Output, [Some(true), Some(false), None]),
        (Place::Condition, [Some(false), Some(false), None]),
        (Place::CopyCount, [Some(false), Some(false), None]),
        (Place::CopyName, [Some(false), Some(false), None]),
        (Place::PropertyCount, [Some(false), Some(false), None]),
        (Place::Values, [Some(true), Some(false), None]),
        (Place::Member("name"), [Some(false), Some(false), None]),
        (Place::Member("dependsOn"), [Some(false), Some(false), None]),
        (Place::Member("identity"), [Some(false), Some(false), None]),
        (Place::Unevaluated, [None, None, None]),
        (Place::Other, [None, Some(false), None]),
    ];

    #[test]
    fn every_function_begins_as_is_said() {
        let scopes = ["copyIndex", "managementGroup", "resourceGroup", "subscription"];
        for name in RESTRICTIONS.iter().flat_map(|it| it.functions).chain(&scopes) {
            assert!(STARTS.contains(&name.as_bytes()[0]), "{name}");
        }
    }

    #[test]
    fn each_function_stands_where_the_table_says() {
        for (place, wanted) in ROWS {
            let found: Vec<_> = RESTRICTIONS.iter().map(|it| (it.may_stand)(place)).collect();
            assert_eq!(found, wanted, "{place:?}");
        }
    }
}
