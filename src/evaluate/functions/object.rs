//! Object functions, and those of them that take arrays too.

use super::comparison::same;
use super::sequence::fold;
use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::filled::is_filled;
use crate::evaluate::term::Term;
use crate::evaluate::value::{Key, Kind, Member, Object, Value, may_be};
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
        let [name, value] = pair else { return Err(args.invalid("the last key has no value")) };
        let key = Key::new(name).ok_or_else(|| args.mismatch(index * 2, "a string"))?;
        if key.open().is_none() && object.get_exact(key.text()).is_some() {
            return Err(args.invalid("two keys are the same"));
        }
        object.insert_key(key, Member { key_span: name.origin.span, value: value.clone() });
    }
    Ok(Value::object(object))
}

/// The members of the object at `index` as keys and values in the order of the keys, which takes them all to be known.
fn sorted<'a>(args: &Arguments<'a>, index: usize) -> Result<Vec<(Value, &'a Value)>, Stop> {
    let object = args.object(index)?;
    if object.is_open() && object.len() > 1 {
        return Err(Stop::Unknown);
    }
    let mut members: Vec<(Value, &Value)> = object.keys().zip(object.iter().map(|(_, member)| &member.value)).collect();
    // By the code units of the key in capitals; keys that differ in case only keep their order.
    members.sort_by_cached_key(|(key, _)| fold(key.as_str().unwrap_or_default()).encode_utf16().collect::<Vec<u16>>());
    Ok(members)
}

fn items(args: &Arguments<'_>) -> Evaluated {
    // An object of two members for each.
    args.element_room(0, args.object(0)?.len().saturating_mul(4))?;
    let item =
        |(key, value): (Value, &Value)| Value::object(Object::from_iter([("key", key), ("value", value.clone())]));
    Ok(Value::from(sorted(args, 0)?.into_iter().map(item).collect::<Vec<_>>()))
}

fn object_keys(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(sorted(args, 0)?.into_iter().map(|(key, _)| key).collect::<Vec<_>>()))
}

fn shallow_merge(args: &Arguments<'_>) -> Evaluated {
    let mut merged = Object::default();
    for item in args.array(0)? {
        let object = match &item.kind {
            Kind::Object(object) => object,
            Kind::Unknown(_) | Kind::Undecidable(_) => return Err(Stop::Unknown),
            _ => return Err(args.invalid("every element must be an object")),
        };
        for (key, member) in object.entries() {
            settle(&merged, key, member)?;
            merged.replace(key.clone(), member.clone());
        }
    }
    Ok(Value::object(merged))
}

/// Stops when a member that is put into an object may fall together with one whose key is not known to be the same, and
/// it would then matter which of the two is there.
fn settle(into: &Object, key: &Key, member: &Member) -> Result<(), Stop> {
    if !into.is_open() && key.open().is_none() {
        return Ok(());
    }
    affordable(into.len(), into.len())?;
    for (other, old) in into.entries() {
        let is_certain = other.open().is_none() && key.open().is_none() || other == key;
        if is_certain || !other.may_be(key) {
            continue;
        }
        // What comes later is what is found under a key that is known.
        let is_last = key.open().is_none()
            && matches!(member.value.kind, Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_));
        if !is_last && same(&old.value, &member.value) != Some(true) {
            return Err(Stop::Unknown);
        }
    }
    Ok(())
}

/// Whether a key of an object may be `key`, which is not known.
pub(super) fn may_have(object: &Object, key: &Value) -> bool {
    object.is_open() || object.iter().any(|(known, _)| may_be(key, known))
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
            // Nothing inside of what has no members, whatever is asked for.
            (Kind::Null | Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_), _) if step == index => {
                None
            }
            (Kind::Null, _) => None,
            (Kind::Object(object), Kind::Unknown(_)) if !may_have(object, at) => None,
            (_, Kind::Unknown(_) | Kind::Undecidable(_)) => return Err(Stop::Unknown),
            (Kind::Object(object), Kind::String(key)) => match object.get(&key.value) {
                None if object.may_have(&key.value) => return Err(Stop::Unknown),
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
            // Only the first step may fail, and what is null has nothing inside.
            None if step == index || current.is_null() => return Ok(Value::null()),
            None => return Err(args.invalid("there is nothing of that key or index")),
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
    args.element_room(0, args.object(0)?.len())?;
    let mut merged = args.object(0)?.clone();
    for index in 1..args.len() {
        merge(args, &mut merged, args.object(index)?, 0)?;
    }
    Ok(Value::object(merged))
}

/// Merges objects in objects too; anything else is replaced, though not by null. The last spelling of a key stays.
fn merge(args: &Arguments<'_>, into: &mut Object, from: &Object, depth: usize) -> Result<(), Stop> {
    args.element_room(into.len(), from.len())?;
    if depth > MAX_EVALUATION_DEPTH {
        return Err(Stop::Unknown);
    }
    for (key, member) in from.entries() {
        settle(into, key, member)?;
        let value = match into.get(key.text()) {
            None => member.value.clone(),
            Some(old) => merged(args, old, &member.value, depth)?,
        };
        into.replace(key.clone(), Member { key_span: member.key_span, value });
    }
    Ok(())
}

/// What is left of two values of one key.
fn merged(args: &Arguments<'_>, old: &Value, new: &Value, depth: usize) -> Evaluated {
    let nothing_sure = || Value::unknown(Term::Call { name: "union".into(), args: vec![old.clone(), new.clone()] });
    Ok(match (&old.kind, &new.kind) {
        (Kind::Object(a), Kind::Object(b)) => {
            args.element_room(0, a.len())?;
            let mut inner = a.as_ref().clone();
            merge(args, &mut inner, b, depth + 1)?;
            Value { kind: Value::object(inner).kind, origin: new.origin.clone() }
        }
        (Kind::Null, _) => new.clone(),
        (_, Kind::Null) => old.clone(),
        (Kind::Object(_), Kind::Unknown(_) | Kind::Undecidable(_))
        | (Kind::Unknown(_) | Kind::Undecidable(_), Kind::Object(_)) => nothing_sure(),
        // A text replaces another, but what is null does not.
        (Kind::Unknown(_) | Kind::Undecidable(_), Kind::Unknown(_) | Kind::Undecidable(_)) if !is_filled(new) => {
            nothing_sure()
        }
        (_, Kind::Unknown(term)) if is_null_where_missing(term) => nothing_sure(),
        (Kind::Object(_), _) | (_, Kind::Object(_)) => {
            return Err(args.invalid("an object and a value of another type stand under one key"));
        }
        _ => new.clone(),
    })
}

/// Whether a term is what there may be nothing of.
fn is_null_where_missing(term: &Term) -> bool {
    ["tryGet", "tryIndexFromEnd"].iter().any(|name| term.call(name).is_some())
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
    let closed = |index| args.object(index).and_then(|it| if it.is_open() { Err(Stop::Unknown) } else { Ok(it) });
    args.element_room(0, closed(0)?.len())?;
    let mut common = closed(0)?.clone();
    for index in 1..args.len() {
        let object = closed(index)?;
        let mut kept = Object::default();
        for (key, member) in common.iter() {
            let equal = match object.get_exact(key) {
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
