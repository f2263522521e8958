//! What is certain of a value that is not known: that it is a text with characters in it, or that it is not null.

use super::functions;
use super::pieces::{Piece, pieces};
use super::term::Term;
use super::value::Value;

/// The functions that make a text which is never empty.
const FILLING: [&str; 12] = [
    "buildUri",
    "cidrHost",
    "cidrSubnet",
    "dataUri",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "guid",
    "newGuid",
    "padLeft",
    "uniqueString",
    "uri",
    "utcNow",
];

/// The functions that make ids.
const IDS: [&str; 5] =
    ["extensionResourceId", "managementGroupResourceId", "resourceId", "subscriptionResourceId", "tenantResourceId"];

/// The functions of values alone that may be null.
const NULLABLE: [&str; 8] = ["base64ToJson", "coalesce", "first", "json", "last", "null", "tryGet", "tryIndexFromEnd"];

/// Functions that show a scope or a resource, and those of their properties that are always filled.
const SHOWN: [(&str, &[&str]); 8] = [
    ("deployer", &["objectId", "tenantId"]),
    ("deployment", &["name"]),
    ("managementGroup", &["id", "name", "type"]),
    ("reference", &["id", "name", "type", "principalId", "clientId", "tenantId"]),
    ("resourceGroup", &["id", "name", "type", "location"]),
    ("resourceInfo", &["id", "name", "type", "apiVersion"]),
    ("subscription", &["id", "subscriptionId", "tenantId", "displayName"]),
    ("tenant", &["tenantId"]),
];

/// How deep calls are looked into.
const MAX_DEPTH: usize = 16;

/// Whether an unknown value is a resource's id.
pub(super) fn is_id(value: &Value) -> bool {
    value.as_term().is_some_and(|term| is_call_of(term, &IDS))
}

/// Whether an unknown value is always a text that is not empty.
pub(super) fn is_filled(value: &Value) -> bool {
    is_filled_at(value, 0)
}

fn is_filled_at(value: &Value, depth: usize) -> bool {
    if let Some(text) = value.as_str() {
        return !text.is_empty();
    }
    let Some(term) = value.as_term().filter(|_| depth < MAX_DEPTH) else { return false };
    let inside = |value: &Value| is_filled_at(value, depth + 1);
    match term {
        Term::Call { name, args } => match name.to_ascii_lowercase().as_str() {
            "concat" | "format" => pieces(value).is_some_and(|row| {
                row.iter().any(|piece| match piece {
                    Piece::Text(_) => true,
                    Piece::Unknown(part) => part != value && inside(part),
                })
            }),
            "if" => args.iter().skip(1).all(inside),
            "coalesce" => !args.is_empty() && args.iter().all(inside),
            "tolower" | "toupper" => args.iter().all(inside),
            _ => is_call_of(term, &FILLING) || is_call_of(term, &IDS),
        },
        Term::Property { base, name } => is_shown(base, name, depth),
        Term::Index { .. } | Term::Placeholder(_) => false,
    }
}

/// Whether a property of what shows a scope or a resource is always filled.
fn is_shown(base: &Value, name: &str, depth: usize) -> bool {
    match base.as_term() {
        Some(Term::Call { name: function, .. }) => SHOWN.iter().any(|(known, properties)| {
            known.eq_ignore_ascii_case(function) && properties.iter().any(|known| known.eq_ignore_ascii_case(name))
        }),
        // `reference(…).identity.principalId`, `environment().suffixes.storage`.
        Some(Term::Property { base, name: outer }) if depth < MAX_DEPTH => {
            let is_of = |function: &str| base.as_term().is_some_and(|term| term.call(function).is_some());
            outer.eq_ignore_ascii_case("identity") && is_of("reference") && is_shown(base, name, depth + 1)
                || outer.eq_ignore_ascii_case("suffixes") && is_of("environment")
        }
        _ => false,
    }
}

/// Whether an unknown value is never null.
pub(super) fn is_never_null(value: &Value) -> bool {
    is_never_null_at(value, 0)
}

fn is_never_null_at(value: &Value, depth: usize) -> bool {
    let Some(term) = value.as_term().filter(|_| depth < MAX_DEPTH) else {
        return !value.is_null() && !value.is_unknown();
    };
    let inside = |value: &Value| is_never_null_at(value, depth + 1);
    let by_kind = match term {
        Term::Call { name, args } => match name.to_ascii_lowercase().as_str() {
            "if" => args.iter().skip(1).all(inside),
            "coalesce" => args.iter().any(inside),
            "map" | "filter" | "sort" | "toobject" | "groupby" | "mapvalues" => true,
            _ => {
                SHOWN.iter().any(|(known, _)| term.call(known).is_some())
                    || functions::lookup(name).is_some() && !is_call_of(term, &NULLABLE)
            }
        },
        // Whatever it is filled in with is a text.
        Term::Placeholder(_) => true,
        Term::Property { .. } | Term::Index { .. } => false,
    };
    by_kind || is_filled_at(value, depth)
}

fn is_call_of(term: &Term, names: &[&str]) -> bool {
    names.iter().any(|name| term.call(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, args: Vec<Value>) -> Value {
        Value::unknown(Term::Call { name: name.into(), args })
    }

    fn property(base: Value, name: &str) -> Value {
        Value::unknown(Term::Property { base, name: name.into() })
    }

    #[test]
    fn ids_and_what_has_known_characters_are_filled() {
        let open = || call("parameters", vec![Value::from("p")]);
        let id = call("resourceId", vec![Value::from("Microsoft.Storage/storageAccounts"), open()]);
        let system = property(property(call("reference", vec![id.clone()]), "identity"), "principalId");
        let filled = [
            call("toLower", vec![id.clone()]),
            id,
            system,
            call("concat", vec![open(), Value::from("-x")]),
            call("format", vec![Value::from("{0}"), call("guid", vec![open()])]),
            call("if", vec![open(), Value::from("a"), call("uniqueString", vec![open()])]),
            property(call("subscription", vec![]), "id"),
        ];
        for value in filled {
            assert!(is_filled(&value) && is_never_null(&value), "{value:?}");
        }
        let unsure = [
            open(),
            call("concat", vec![open(), Value::from("")]),
            call("if", vec![open(), Value::from("a"), Value::from("")]),
            property(call("subscription", vec![]), "tags"),
            property(open(), "id"),
        ];
        for value in unsure {
            assert!(!is_filled(&value), "{value:?}");
        }
        assert!(is_never_null(&call("trim", vec![open()])));
        assert!(!is_never_null(&call("tryGet", vec![open(), Value::from("a")])));
    }
}
