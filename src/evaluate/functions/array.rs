//! Array functions.

use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::value::{Kind, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("array", 1, 1, array),
    function("createArray", 0, MANY, create_array),
    function("distinct", 1, 1, |args| args.array(0).and_then(|_| super::object::union(args))),
    function("flatten", 1, 1, flatten),
    function("indexFromEnd", 2, 2, index_from_end),
    function("range", 2, 2, range),
    function("tryIndexFromEnd", 2, MANY, try_index_from_end),
];

/// Most elements of a range, by the documentation.
const MAX_RANGE: i64 = 10_000;

fn create_array(args: &Arguments<'_>) -> Evaluated {
    args.element_room(0, args.len())?;
    Ok(Value::from(args.all().to_vec()))
}

fn array(args: &Arguments<'_>) -> Evaluated {
    let value = args.value(0)?;
    match &value.kind {
        Kind::Array(_) => Ok(value.clone()),
        _ => Ok(Value::from(vec![value.clone()])),
    }
}

fn flatten(args: &Arguments<'_>) -> Evaluated {
    let mut items = Vec::new();
    for item in args.array(0)? {
        match &item.kind {
            Kind::Array(inner) => {
                args.element_room(items.len(), inner.len())?;
                items.extend(inner.iter().cloned());
            }
            Kind::Unknown(_) | Kind::Undecidable(_) => return Err(Stop::Unknown),
            _ => return Err(args.invalid("every element must be an array")),
        }
    }
    Ok(Value::from(items))
}

fn range(args: &Arguments<'_>) -> Evaluated {
    let (start, count) = (args.integer(0)?, args.integer(1)?);
    if !(0..=MAX_RANGE).contains(&count) {
        return Err(args.invalid("the count must be from 0 to 10000"));
    }
    args.element_room(0, usize::try_from(count).unwrap_or(usize::MAX))?;
    match start.checked_add(count) {
        Some(end) if end <= i64::from(i32::MAX) => Ok(Value::from((start..end).map(Value::from).collect::<Vec<_>>())),
        _ => Err(args.invalid("the range reaches beyond 2147483647")),
    }
}

fn index_from_end(args: &Arguments<'_>) -> Evaluated {
    let (items, index) = (args.array(0)?, args.integer(1)?);
    from_end(items, index).cloned().ok_or_else(|| args.invalid("the array has no such element"))
}

fn try_index_from_end(args: &Arguments<'_>) -> Evaluated {
    let found = match &args.value(0)?.kind {
        Kind::Array(items) => from_end(items, args.integer(1)?),
        // Nothing else has elements.
        _ => return Ok(Value::null()),
    };
    match found {
        None => Ok(Value::null()),
        Some(value) => super::object::follow(args, value, 2),
    }
}

/// The element at `index`, where 1 is the last.
fn from_end(items: &[Value], index: i64) -> Option<&Value> {
    items.get(items.len().checked_sub(usize::try_from(index).ok().filter(|index| *index > 0)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_from_the_end_start_at_one() {
        let items = [Value::from(10), Value::from(20)];
        let found = |index| from_end(&items, index).and_then(Value::as_integer);
        assert_eq!([found(0), found(1), found(2), found(3), found(-1)], [None, Some(20), Some(10), None, None]);
    }
}
