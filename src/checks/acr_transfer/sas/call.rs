//! `listAccountSas` and `listServiceSas`: the arguments of a call, as what the SAS will say.

use crate::engine::query::Found;
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind as ValueKind, Member, Object, Value};
use crate::sas::{Field, Kind, Sas};
use crate::source::{Sources, Span};

/// One call.
#[derive(Debug, Clone)]
pub(in crate::checks::acr_transfer) struct ListCall {
    /// Which function.
    pub function: &'static ListFunction,
    /// The call itself.
    pub value: Value,
    /// Its arguments.
    pub args: Vec<Value>,
    /// The property taken of its result, with the expression that takes it.
    pub result: Option<(String, Value)>,
}

/// A function that makes a SAS.
#[derive(Debug)]
pub(in crate::checks::acr_transfer) struct ListFunction {
    /// Its name.
    pub name: &'static str,
    /// The kind of SAS.
    pub kind: Kind,
    /// The property of its result that is the token.
    pub result: &'static str,
    /// The arguments that it needs.
    pub required: &'static [&'static str],
    /// The arguments that it takes besides.
    pub optional: &'static [&'static str],
}

/// The functions that make a SAS, with their arguments from the type definitions of the storage provider.
pub(in crate::checks::acr_transfer) const LIST_FUNCTIONS: [ListFunction; 2] = [
    ListFunction {
        name: "listAccountSas",
        kind: Kind::Account,
        result: "accountSasToken",
        required: &["signedServices", "signedResourceTypes", "signedPermission", "signedExpiry"],
        optional: &["signedIp", "signedProtocol", "signedStart", "keyToSign"],
    },
    ListFunction {
        name: "listServiceSas",
        kind: Kind::Service,
        result: "serviceSasToken",
        required: &["canonicalizedResource"],
        optional: &[
            "signedResource",
            "signedPermission",
            "signedExpiry",
            "signedIdentifier",
            "signedIp",
            "signedProtocol",
            "signedStart",
            "startPk",
            "endPk",
            "startRk",
            "endRk",
            "keyToSign",
            "rscc",
            "rscd",
            "rsce",
            "rscl",
            "rsct",
        ],
    },
];

/// The argument that sets a field.
pub(in crate::checks::acr_transfer) fn argument_of(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Services => "signedServices",
        Field::ResourceTypes => "signedResourceTypes",
        Field::Resource => "signedResource",
        Field::Permissions => "signedPermission",
        Field::Start => "signedStart",
        Field::Expiry => "signedExpiry",
        Field::Protocol => "signedProtocol",
        Field::Addresses => "signedIp",
        Field::Policy => "signedIdentifier",
        Field::Version | Field::Delegate | Field::KeyStart | Field::KeyExpiry => return None,
    })
}

impl ListFunction {
    /// The function of this name.
    pub(in crate::checks::acr_transfer) fn named(name: &str) -> Option<&'static Self> {
        LIST_FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
    }
}

impl ListCall {
    /// The calls in `value` and in what it is computed from.
    pub(in crate::checks::acr_transfer) fn all_in(value: &Value) -> Vec<Self> {
        let mut calls = Vec::new();
        collect(value, None, &mut calls, 0);
        calls
    }

    /// The object with the arguments, if it is one that can be looked into.
    pub(in crate::checks::acr_transfer) fn arguments(&self) -> Option<&Object> {
        self.args.get(2)?.as_object()
    }

    /// The argument of this name, unless it is null or an empty string, which count as not given.
    pub(in crate::checks::acr_transfer) fn argument(&self, name: &str) -> Option<&Member> {
        self.arguments()?.member(name).filter(|member| !member.value.is_null() && member.value.as_str() != Some(""))
    }

    /// What the SAS will say.
    pub(in crate::checks::acr_transfer) fn sas(&self) -> Sas {
        let mut sas = Sas::of_kind(self.function.kind);
        match self.arguments() {
            Some(arguments) if !arguments.iter().any(|(key, _)| key.starts_with('[')) => {}
            _ => sas.set_open(),
        }
        for field in Field::ALL {
            let Some(argument) = argument_of(field).and_then(|name| self.argument(name)) else { continue };
            let text = argument.value.as_str().filter(|text| is_well_formed(field, text));
            sas.set(field, text.map(str::to_owned));
        }
        sas
    }

    /// The argument that sets a field, as rules find values.
    pub(in crate::checks::acr_transfer) fn found(&self, field: Field) -> Option<Found> {
        let member = self.argument(argument_of(field)?)?;
        Some(Found::Value { value: member.value.clone(), key: member.key_span })
    }

    /// Where to point when an argument is missing: at the key of the object that should hold it, else at the object or
    /// the call.
    pub(in crate::checks::acr_transfer) fn holder(&self, sources: &Sources) -> Option<Span> {
        match self.args.get(2) {
            Some(object) => object.origin.span.map(|span| key_before(sources, span).unwrap_or(span)),
            None => self.value.origin.span,
        }
    }
}

/// Whether the value of an argument of letters is nothing but letters.
pub(in crate::checks::acr_transfer) fn is_well_formed(field: Field, text: &str) -> bool {
    match field {
        Field::Services | Field::ResourceTypes | Field::Permissions | Field::Resource => {
            text.bytes().all(|byte| byte.is_ascii_lowercase())
        }
        _ => true,
    }
}

/// Deepest nesting that calls are looked for in.
const MAX_DEPTH: usize = 32;

fn collect(value: &Value, result: Option<(&str, &Value)>, calls: &mut Vec<ListCall>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match &value.kind {
        ValueKind::Unknown(term) => match term.as_ref() {
            Term::Call { name, args } => {
                if let Some(function) = ListFunction::named(name) {
                    let result = result.map(|(name, value)| (name.to_owned(), value.clone()));
                    calls.push(ListCall { function, value: value.clone(), args: args.clone(), result });
                } else if let ("tryGet", [base, key, rest @ ..]) = (&**name, args.as_slice()) {
                    let result = key.as_str().filter(|_| rest.is_empty()).map(|name| (name, value));
                    collect(base, result, calls, depth + 1);
                } else {
                    for arg in args {
                        collect(arg, None, calls, depth + 1);
                    }
                }
            }
            Term::Property { base, name } => collect(base, Some((name, value)), calls, depth + 1),
            Term::Index { base, index } => {
                let result = index.as_str().map(|name| (name, value));
                collect(base, result, calls, depth + 1);
            }
            Term::Placeholder(_) => {}
        },
        ValueKind::String(text) => {
            for part in text.parts.iter().flat_map(|parts| parts.iter()) {
                collect(&part.value, None, calls, depth + 1);
            }
        }
        _ => {}
    }
}

/// The key of the property whose value stands at `value`.
fn key_before(sources: &Sources, value: Span) -> Option<Span> {
    let text = sources.file(value.file).text();
    let before = text.get(..value.start as usize)?.trim_end().strip_suffix([':', '='])?.trim_end();
    let start = match before.chars().next_back().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => before[..before.len() - 1].rfind(quote)?,
        None => before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len(),
    };
    (start < before.len()).then(|| Span::new(value.file, start, before.len()))
}
