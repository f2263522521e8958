//! Object functions, and those of them that take arrays too.

use std::sync::Arc;

use super::comparison::{is_open_key, same};
use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Member, Object, Value};
use crate::source::limits::{MAX_EVALUATION_DEPTH, MAX_VALUE_SIZE};

pub(super) const FUNCTIONS: &[Function] = &[
    function("createObject", 0, MANY, create_object),
    function("intersection", 2, MANY, intersection),
    function("items", 1, 1, items),
    function("null", 0, 0, |_| Ok(Value::null())),
    function("objectKeys", 1, 1, object_keys),
    function("shallowMerge", 1, 1, shallow_merge),
    function("tryGet", 2, MANY, try_get),
    function("union", 2, MANY, union),
];

fn create_object(args: &Arguments<'_>) -> Evaluated {
    args.element_room(0, args.len())?;
    let mut object = Object::default();
    for (index, pair) in args.all().chunks(2).enumerate() {
        let [key, value] = pair else { return Err(args.invalid("the last key has no value")) };
        let name = args.string(index * 2)?;
        object.insert(name, Member { key_span: key.origin.span, value: value.clone() });
    }
    Ok(Value::object(object))
}

/// The members of the object at `index`, whose keys are all known.
fn closed<'a>(args: &Arguments<'a>, index: usize) -> Result<&'a Object, Stop> {
    let object = args.object(index)?;
    if object.iter().any(|(key, _)| is_open_key(key)) { Err(Stop::Unknown) } else { Ok(object) }
}

fn items(args: &Arguments<'_>) -> Evaluated {
    let object = closed(args, 0)?;
    // An object of two members for each.
    args.element_room(0, object.len().saturating_mul(4))?;
    let mut members: Vec<_> = object.iter().collect();
    // By name without regard to case; names that differ in nothing else can't be in one object.
    members.sort_by_cached_key(|(key, _)| key.to_lowercase());
    let item = |(key, member): (&Arc<str>, &Member)| {
        Value::object(Object::from_iter([("key", key_value(key, member)), ("value", member.value.clone())]))
    };
    Ok(Value::from(members.into_iter().map(item).collect::<Vec<_>>()))
}

fn object_keys(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(closed(args, 0)?.iter().map(|(key, member)| key_value(key, member)).collect::<Vec<_>>()))
}

/// A key as a string, written where the key is.
fn key_value(key: &Arc<str>, member: &Member) -> Value {
    let value = Value::from(Arc::clone(key));
    match member.key_span {
        Some(span) => value.or_at(span),
        None => value,
    }
}

fn shallow_merge(args: &Arguments<'_>) -> Evaluated {
    let mut merged = Object::default();
    for item in args.array(0)? {
        let object = match &item.kind {
            Kind::Object(object) => object,
            Kind::Unknown(_) | Kind::Undecidable(_) => return Err(Stop::Unknown),
            _ => return Err(args.invalid("every element must be an object")),
        };
        if object.iter().any(|(key, _)| is_open_key(key)) {
            return Err(Stop::Unknown);
        }
        for (key, member) in object.iter() {
            merged.insert(key.clone(), member.clone());
        }
    }
    Ok(Value::object(merged))
}

fn try_get(args: &Arguments<'_>) -> Evaluated {
    follow(args, args.value(0)?, 1)
}

/// Follows the keys and indexes from the argument at `index` on; where one is missing, the result is null.
pub(super) fn follow(args: &Arguments<'_>, start: &Value, index: usize) -> Evaluated {
    let mut current = start;
    for (step, at) in args.all().iter().enumerate().skip(index) {
        let next = match (&current.kind, &at.kind) {
            (Kind::Unknown(_) | Kind::Undecidable(_), _) => {
                // What is left to do stays as a call.
                let rest = std::iter::once(current).chain(&args.all()[step..]).cloned().collect();
                return Ok(Value::unknown(Term::Call { name: "tryGet".into(), args: rest }));
            }
            (_, Kind::Unknown(_) | Kind::Undecidable(_)) => return Err(Stop::Unknown),
            (Kind::Null, _) => None,
            (Kind::Object(object), Kind::String(key)) => match object.get(&key.value) {
                None if object.iter().any(|(key, _)| is_open_key(key)) => return Err(Stop::Unknown),
                found => found,
            },
            (Kind::Array(items), Kind::Integer(index)) => usize::try_from(*index).ok().and_then(|at| items.get(at)),
            (Kind::Array(items), Kind::Object(index))
                if index.get("fromEnd").and_then(Value::as_bool) == Some(true) =>
            {
                let back = index.get("value").and_then(Value::as_integer).ok_or(Stop::Unknown)?;
                usize::try_from(back).ok().and_then(|back| items.get(items.len().checked_sub(back)?))
            }
            (Kind::Object(_), _) => return Err(args.mismatch(step, "a string")),
            (Kind::Array(_), _) => return Err(args.mismatch(step, "an integer")),
            _ => return Err(args.invalid("only objects and arrays can be looked into")),
        };
        match next {
            Some(value) => current = value,
            None => return Ok(Value::null()),
        }
    }
    Ok(current.clone())
}

pub(super) fn union(args: &Arguments<'_>) -> Evaluated {
    if let Kind::Array(_) = args.value(0)?.kind {
        let mut merged: Vec<Value> = Vec::new();
        for index in 0..args.len() {
            let items = args.array(index)?;
            affordable(merged.len() + items.len(), items.len())?;
            args.element_room(merged.len(), items.len())?;
            for item in items {
                if !member_of(item, &merged)? {
                    merged.push(item.clone());
                }
            }
        }
        return Ok(Value::from(merged));
    }
    args.element_room(0, closed(args, 0)?.len())?;
    let mut merged = closed(args, 0)?.clone();
    for index in 1..args.len() {
        merge(args, &mut merged, closed(args, index)?, 0)?;
    }
    Ok(Value::object(merged))
}

/// Merges objects in objects too; anything else is replaced.
fn merge(args: &Arguments<'_>, into: &mut Object, from: &Object, depth: usize) -> Result<(), Stop> {
    args.element_room(into.len(), from.len())?;
    if depth > MAX_EVALUATION_DEPTH {
        return Err(Stop::Unknown);
    }
    for (key, member) in from.iter() {
        let merged = match into.get(key) {
            None => member.clone(),
            Some(old) => {
                let value = match (&old.kind, &member.value.kind) {
                    (Kind::Object(a), Kind::Object(b)) => {
                        if a.iter().chain(b.iter()).any(|(key, _)| is_open_key(key)) {
                            return Err(Stop::Unknown);
                        }
                        let mut inner = a.as_ref().clone();
                        args.element_room(0, inner.len())?;
                        merge(args, &mut inner, b, depth + 1)?;
                        Value { kind: Value::object(inner).kind, origin: member.value.origin.clone() }
                    }
                    // Whether a null replaces anything is not documented; two objects would be merged.
                    (
                        Kind::Object(_) | Kind::Unknown(_) | Kind::Undecidable(_),
                        Kind::Unknown(_) | Kind::Undecidable(_),
                    )
                    | (Kind::Unknown(_) | Kind::Undecidable(_), Kind::Object(_))
                    | (_, Kind::Null)
                        if !old.is_null() =>
                    {
                        Value::unknown(Term::Call {
                            name: "union".into(),
                            args: vec![old.clone(), member.value.clone()],
                        })
                    }
                    _ => member.value.clone(),
                };
                Member { key_span: member.key_span, value }
            }
        };
        into.insert(key.clone(), merged);
    }
    Ok(())
}

fn intersection(args: &Arguments<'_>) -> Evaluated {
    if let Kind::Array(_) = args.value(0)?.kind {
        let mut common: Vec<Value> = Vec::new();
        let first = args.array(0)?;
        affordable(first.len(), first.len())?;
        args.element_room(0, first.len())?;
        for item in first {
            if !member_of(item, &common)? {
                common.push(item.clone());
            }
        }
        for index in 1..args.len() {
            let items = args.array(index)?;
            affordable(common.len(), items.len())?;
            let mut kept = Vec::new();
            for item in common {
                if member_of(&item, items)? {
                    kept.push(item);
                }
            }
            common = kept;
        }
        return Ok(Value::from(common));
    }
    args.element_room(0, closed(args, 0)?.len())?;
    let mut common = closed(args, 0)?.clone();
    for index in 1..args.len() {
        let object = closed(args, index)?;
        let mut kept = Object::default();
        for (key, member) in common.iter() {
            let equal = match object.get(key) {
                Some(other) => same(&member.value, other).ok_or(Stop::Unknown)?,
                None => false,
            };
            if equal {
                kept.insert(key.clone(), member.clone());
            }
        }
        common = kept;
    }
    Ok(Value::object(common))
}

fn member_of(item: &Value, items: &[Value]) -> Result<bool, Stop> {
    let mut unsure = false;
    for other in items {
        match same(item, other) {
            Some(true) => return Ok(true),
            Some(false) => {}
            None => unsure = true,
        }
    }
    if unsure { Err(Stop::Unknown) } else { Ok(false) }
}

/// Stops before every element of one array is compared with every element of another when both are huge.
fn affordable(a: usize, b: usize) -> Result<(), Stop> {
    if a.saturating_mul(b) <= MAX_VALUE_SIZE { Ok(()) } else { Err(Stop::Unknown) }
}
