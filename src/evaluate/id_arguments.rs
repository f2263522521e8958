//! What is wrong with the arguments of `resourceId` and its kin.

use super::Evaluator;
use super::call::Written;
use super::expression::Env;
use super::functions::type_name;
use super::refusal::Refusal;
use super::value::Value;
use crate::source::Span;
use crate::template::TargetScope;

/// How many hexadecimal digits the id of a subscription has.
const GUID_DIGITS: usize = 32;

impl Evaluator<'_> {
    /// Notes what is wrong with the arguments of `function`, one of those that make the ids of resources.
    pub(super) fn check_id_arguments(&mut self, written: Written<'_>, function: &str, args: &[Value], env: &Env) {
        // What a management group's id lacks is its number of arguments.
        let is_short = function == "managementGroupResourceId" && args.len() < 3;
        if is_short || !self.watch.tells_refusals() || args.iter().any(|arg| arg.secret_inside().is_some()) {
            return;
        }
        let has_groups = self.scope(env.deployment).kind != TargetScope::Subscription;
        if let Some((at, message)) = wrong(function, args, has_groups) {
            let span: Option<Span> = at.and_then(|at| written.args.get(at)).map(|arg| arg.span);
            self.refuse(Refusal::Argument, span.unwrap_or(written.name.span), message);
        }
    }
}

/// The argument that is wrong, where it is one, and why. What stands alone before the type is the name of a group only
/// where the scope `has_groups` around it, else a subscription.
fn wrong(function: &str, args: &[Value], has_groups: bool) -> Option<(Option<usize>, String)> {
    let is_known = |value: &Value| !value.is_unknown();
    if let Some(at) = args.iter().position(|arg| is_known(arg) && arg.as_str().is_none()) {
        let found = type_name(&args[at].kind);
        return Some((Some(at), format!("argument {} of `{function}` must be a string, not {found}", at + 1)));
    }
    let first = usize::from(function.eq_ignore_ascii_case("extensionResourceId"));
    let is_root = |text: &str| !text.starts_with('/') || text.trim_matches('/').is_empty();
    if first == 1 && args[0].as_str().is_some_and(is_root) {
        return Some((Some(0), format!("argument 1 of `{function}` must be the id of a resource")));
    }
    let is_of_segments = |at: &usize| args[*at].as_str().is_some_and(|text| text.trim_matches('/').contains('/'));
    let mut of_segments = (first..args.len()).filter(is_of_segments);
    let Some(ty) = of_segments.next() else {
        let is_sure = args.iter().all(is_known);
        return is_sure.then(|| (None, format!("no argument of `{function}` is the full type of a resource")));
    };
    if let Some(second) = of_segments.next() {
        return Some((Some(second), format!("of the arguments of `{function}` only the type may hold a `/`")));
    }
    // What stands before may be the type, too.
    if !args[first..ty].iter().all(is_known) {
        return None;
    }
    let takes = args[ty].as_str()?.trim_matches('/').matches('/').count();
    let given = args.len() - ty - 1;
    if takes != given {
        let names = if takes == 1 { "name" } else { "names" };
        let are = if given == 1 { "is" } else { "are" };
        return Some((Some(ty), format!("the type takes {takes} {names}, and {given} {are} given")));
    }
    let subscription = match (function.to_ascii_lowercase().as_str(), ty) {
        ("resourceid", 2) | ("subscriptionresourceid", 1) => args[0].as_str(),
        ("resourceid", 1) if !has_groups => args[0].as_str(),
        _ => None,
    };
    let is_wrong = subscription.is_some_and(|id| !is_guid(id));
    is_wrong.then(|| (Some(0), format!("argument 1 of `{function}` must be the id of a subscription, a GUID")))
}

/// Whether a text is a GUID in one of its usual forms.
pub(super) fn is_guid(text: &str) -> bool {
    let text = text.trim();
    let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let bare = bare.or_else(|| text.strip_prefix('(').and_then(|text| text.strip_suffix(')'))).unwrap_or(text);
    let digits = bare.bytes().filter(u8::is_ascii_hexdigit).count();
    let hyphens: Vec<usize> = bare.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(at, _)| at).collect();
    digits == GUID_DIGITS && digits + hyphens.len() == bare.len() && matches!(hyphens[..], [] | [8, 13, 18, 23])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::term::Term;

    const GUID: &str = "22222222-2222-2222-2222-222222222222";

    /// The argument to blame: `name` where it is the call as a whole, and nothing where nothing is wrong.
    fn at(function: &str, args: &[&str]) -> String {
        let unknown = || Value::unknown(Term::Call { name: "parameters".into(), args: vec![Value::from("p")] });
        let args: Vec<Value> = args.iter().map(|arg| if *arg == "?" { unknown() } else { Value::from(*arg) }).collect();
        let at = |at: Option<usize>| at.map_or("name".to_owned(), |at| at.to_string());
        wrong(function, &args, true).map_or_else(String::new, |(blamed, _)| at(blamed))
    }

    #[test]
    fn the_argument_to_blame_is_told() {
        for (function, args, expected) in [
            ("resourceId", &["A.B/c", "n"][..], ""),
            ("resourceId", &["A.B/c/", "n"], ""),
            ("resourceId", &["A.B/c", "?"], ""),
            ("resourceId", &["?", "A.B/c"], ""),
            ("resourceId", &["?", "?"], ""),
            ("resourceId", &["A.B/c/d", "n"], "0"),
            ("resourceId", &["A.B/c/d", "?"], "0"),
            ("resourceId", &["A.B/c", "n/m"], "1"),
            ("resourceId", &["group", "A.B/c", "n"], ""),
            ("resourceId", &["no guid", "group", "A.B/c", "n"], "0"),
            ("resourceId", &[GUID, "group", "A.B/c", "n"], ""),
            ("subscriptionResourceId", &["{22222222222222222222222222222222}", "A.B/c", "n"], ""),
            ("subscriptionResourceId", &["2222", "A.B/c", "n"], "0"),
            ("resourceId", &["type", "n"], "name"),
            ("extensionResourceId", &["/subscriptions/x", "A.B/c", "n"], ""),
            ("extensionResourceId", &["x", "A.B/c", "n"], "0"),
            ("extensionResourceId", &["?", "A.B/c"], "1"),
        ] {
            assert_eq!(at(function, args), expected, "{function}{args:?}");
        }
        let wrong = wrong("tenantResourceId", &[Value::from("A.B/c"), Value::from(5)], true);
        assert_eq!(wrong.map(|(at, _)| at), Some(Some(1)));
    }
}
