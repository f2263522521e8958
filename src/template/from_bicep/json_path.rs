//! JSONPath over a literal tree: our own walk, which stops where a path of a few letters leads to more than any file
//! holds.

use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, Literal, Segment, Selector, SingularQuery, SingularQuerySegment, Test,
};
use jsonpath_rust::parser::parse_json_path;

use crate::source::limits::MAX_JSON_PATH_STEPS;
use crate::syntax::expression::{Expr, ExprKind};

/// Longest path that is read.
const MAX_PATH: usize = 4096;

/// Why a path selects nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is no path, or has a function that the compiler does not know.
    Invalid,
    /// It leads to too much.
    TooComplex,
}

/// What a path, which starts with `$`, selects.
pub(super) fn select<'e>(document: &'e Expr, path: &str) -> Result<Vec<&'e Expr>, Stop> {
    if path.len() > MAX_PATH {
        return Err(Stop::TooComplex);
    }
    let query = parse_json_path(path).map_err(|_| Stop::Invalid)?;
    let mut walk = Walk { root: document, left: MAX_JSON_PATH_STEPS };
    let found = walk.follow(document, &query.segments)?;
    // What is selected is copied, and parts of it may be selected several times.
    found.iter().try_for_each(|expr| walk.count(expr))?;
    Ok(found)
}

/// A walk along a path.
struct Walk<'e> {
    root: &'e Expr,
    /// How many more nodes may be looked at.
    left: usize,
}

impl<'e> Walk<'e> {
    /// Counts that a node is looked at.
    fn step(&mut self) -> Result<(), Stop> {
        self.left = self.left.checked_sub(1).ok_or(Stop::TooComplex)?;
        Ok(())
    }

    /// Counts a tree of nodes.
    fn count(&mut self, expr: &Expr) -> Result<(), Stop> {
        self.step()?;
        children(expr).try_for_each(|child| self.count(child))
    }

    fn follow(&mut self, start: &'e Expr, segments: &[Segment]) -> Result<Vec<&'e Expr>, Stop> {
        let mut places = vec![start];
        for segment in segments {
            let mut next = Vec::new();
            for place in places {
                self.segment(place, segment, &mut next)?;
            }
            places = next;
        }
        Ok(places)
    }

    fn segment(&mut self, place: &'e Expr, segment: &Segment, found: &mut Vec<&'e Expr>) -> Result<(), Stop> {
        match segment {
            Segment::Selector(selector) => self.selector(place, selector, found),
            Segment::Selectors(selectors) => {
                selectors.iter().try_for_each(|selector| self.selector(place, selector, found))
            }
            Segment::Descendant(inner) => {
                self.step()?;
                self.segment(place, inner, found)?;
                children(place).try_for_each(|child| self.segment(child, segment, found))
            }
        }
    }

    fn selector(&mut self, place: &'e Expr, selector: &Selector, found: &mut Vec<&'e Expr>) -> Result<(), Stop> {
        self.step()?;
        match selector {
            Selector::Name(name) => found.extend(member(place, name)),
            Selector::Index(at) => found.extend(element(place, *at)),
            Selector::Wildcard => {
                for child in children(place) {
                    self.step()?;
                    found.push(child);
                }
            }
            Selector::Slice(start, end, step) => {
                for at in slice(elements(place).len(), *start, *end, step.unwrap_or(1)) {
                    self.step()?;
                    found.extend(elements(place).get(at));
                }
            }
            Selector::Filter(filter) => {
                for child in children(place) {
                    if self.holds(child, filter)? {
                        found.push(child);
                    }
                }
            }
        }
        Ok(())
    }

    fn holds(&mut self, item: &'e Expr, filter: &Filter) -> Result<bool, Stop> {
        self.step()?;
        match filter {
            Filter::Or(all) => any(all, |filter| self.holds(item, filter)),
            Filter::And(all) => any(all, |filter| self.holds(item, filter).map(|holds| !holds)).map(|fails| !fails),
            Filter::Atom(FilterAtom::Filter { expr, not }) => self.holds(item, expr).map(|holds| holds != *not),
            Filter::Atom(FilterAtom::Test { expr, not }) => {
                let found = match expr.as_ref() {
                    Test::RelQuery(segments) => self.follow(item, segments)?,
                    Test::AbsQuery(query) => self.follow(self.root, &query.segments)?,
                    Test::Function(_) => return Err(Stop::Invalid),
                };
                Ok(found.is_empty() == *not)
            }
            Filter::Atom(FilterAtom::Comparison(comparison)) => {
                let (left, right) = comparison.vals();
                let (left, right) = (self.comparable(item, left)?, self.comparable(item, right)?);
                let order = compare(left.as_ref(), right.as_ref());
                Ok(match comparison.as_ref() {
                    Comparison::Eq(..) => order == Some(Ordering::Equal),
                    Comparison::Ne(..) => order != Some(Ordering::Equal),
                    Comparison::Gt(..) => order == Some(Ordering::Greater),
                    Comparison::Gte(..) => order.is_some_and(Ordering::is_ge),
                    Comparison::Lt(..) => order == Some(Ordering::Less),
                    Comparison::Lte(..) => order.is_some_and(Ordering::is_le),
                })
            }
        }
    }

    /// What is compared, as a literal; nothing for what is not there.
    fn comparable(&mut self, item: &'e Expr, comparable: &Comparable) -> Result<Option<ExprKind>, Stop> {
        let (start, steps) = match comparable {
            Comparable::Literal(literal) => return Ok(Some(literal_kind(literal))),
            Comparable::Function(_) => return Err(Stop::Invalid),
            Comparable::SingularQuery(SingularQuery::Current(steps)) => (item, steps),
            Comparable::SingularQuery(SingularQuery::Root(steps)) => (self.root, steps),
        };
        let mut place = start;
        for step in steps {
            self.step()?;
            let next = match step {
                SingularQuerySegment::Index(at) => element(place, *at),
                SingularQuerySegment::Name(name) => member(place, name),
            };
            let Some(next) = next else { return Ok(None) };
            place = next;
        }
        match place.kind {
            // Whether two objects are alike is nothing that anybody asks.
            ExprKind::Array(_) | ExprKind::Object(_) => Err(Stop::Invalid),
            _ => Ok(Some(place.kind.clone())),
        }
    }
}

/// Whether `test` is true of one of `filters`; the rest is not asked then.
fn any(filters: &[Filter], mut test: impl FnMut(&Filter) -> Result<bool, Stop>) -> Result<bool, Stop> {
    for filter in filters {
        if test(filter)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn elements(place: &Expr) -> &[Expr] {
    match &place.kind {
        ExprKind::Array(items) => items,
        _ => &[],
    }
}

/// The elements of an array or the values of an object.
fn children(place: &Expr) -> impl Iterator<Item = &Expr> {
    elements(place).iter().chain(place.members().iter().map(|member| &member.value))
}

fn member<'e>(place: &'e Expr, name: &str) -> Option<&'e Expr> {
    place.members().iter().find(|member| member.key.as_str() == Some(name)).map(|member| &member.value)
}

/// The element at an index, which counts from the end when it is negative.
fn element(place: &Expr, at: i64) -> Option<&Expr> {
    let items = elements(place);
    let back = usize::try_from(at.unsigned_abs()).ok()?;
    items.get(if at < 0 { items.len().checked_sub(back)? } else { back })
}

/// The indexes that a slice of an array of this length takes.
fn slice(length: usize, start: Option<i64>, end: Option<i64>, step: i64) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let normal = |at: i64| if at < 0 { length.saturating_add(at) } else { at };
    let Ok(stride) = usize::try_from(step.unsigned_abs()) else { return Vec::new() };
    let range = if step > 0 {
        let (start, end) = (start.map_or(0, normal), end.map_or(length, normal));
        start.clamp(0, length)..end.clamp(0, length)
    } else {
        // From `start` down to just before `end`.
        let (start, end) = (start.map_or(length - 1, normal), end.map_or(-1, normal));
        end.clamp(-1, length - 1) + 1..start.clamp(-1, length - 1) + 1
    };
    let indexes = range.filter_map(|at| usize::try_from(at).ok());
    match step {
        0 => Vec::new(),
        1.. => indexes.step_by(stride).collect(),
        _ => indexes.rev().step_by(stride).collect(),
    }
}

fn literal_kind(literal: &Literal) -> ExprKind {
    match literal {
        Literal::Int(value) => ExprKind::Integer(*value),
        Literal::Float(value) => ExprKind::Float(*value),
        Literal::String(value) => ExprKind::String(value.as_str().into()),
        Literal::Bool(value) => ExprKind::Bool(*value),
        Literal::Null => ExprKind::Null,
    }
}

/// How two scalars compare; `None` for those of different kinds.
fn compare(a: Option<&ExprKind>, b: Option<&ExprKind>) -> Option<Ordering> {
    match (a, b) {
        (None, None) | (Some(ExprKind::Null), Some(ExprKind::Null)) => Some(Ordering::Equal),
        (Some(ExprKind::String(a)), Some(ExprKind::String(b))) => Some(a.cmp(b)),
        (Some(ExprKind::Integer(a)), Some(ExprKind::Integer(b))) => Some(a.cmp(b)),
        (Some(ExprKind::Bool(a)), Some(ExprKind::Bool(b))) if a == b => Some(Ordering::Equal),
        (Some(a), Some(b)) => number(a)?.partial_cmp(&number(b)?),
        _ => None,
    }
}

fn number(kind: &ExprKind) -> Option<f64> {
    match kind {
        ExprKind::Integer(value) => value.to_string().parse().ok(),
        ExprKind::Float(value) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::json;
    use crate::template::from_json;

    fn tree(text: &str) -> Expr {
        let (document, _) = json::parse(FileId(0), text);
        from_json::lower_literal(FileId(0), document.root(text).unwrap())
    }

    fn numbers(document: &Expr, path: &str) -> Result<Vec<i64>, Stop> {
        let of = |expr: &&Expr| if let ExprKind::Integer(number) = expr.kind { number } else { -1 };
        Ok(select(document, path)?.iter().map(of).collect())
    }

    #[test]
    fn a_path_selects_what_it_says() {
        let document =
            tree(r#"{"a": [10, 11, 12, 13], "b": {"a": 20, "c": {"a": 21}}, "d": [{"n": "x", "v": 1}, {"v": 2}]}"#);
        let cases: [(&str, &[i64]); 16] = [
            ("$.a[0]", &[10]),
            ("$['a'][-1]", &[13]),
            ("$.a[1:3]", &[11, 12]),
            ("$.a[::2]", &[10, 12]),
            ("$.a[::-2]", &[13, 11]),
            ("$.a[2:0:-1]", &[12, 11]),
            ("$.a[0,3]", &[10, 13]),
            ("$.b..a", &[20, 21]),
            ("$.b.*", &[20, -1]),
            ("$.d[?(@.v > 1)].v", &[2]),
            ("$.d[?(@.n == 'x')].v", &[1]),
            ("$.d[?(@.n)].v", &[1]),
            ("$.d[?(!@.n && @.v <= 2)].v", &[2]),
            ("$.d[?(@.n == 'y' || @.v == 2.0)].v", &[2]),
            ("$.d[?(@.v == $.d[1].v)].v", &[2]),
            ("$.missing", &[]),
        ];
        for (path, expected) in cases {
            assert_eq!(numbers(&document, path).as_deref(), Ok(expected), "{path}");
        }
        for path in ["$.d[?(count(@.*) > 1)]", "$[", "a", "$.a[?(@ =~ /x/)]"] {
            assert_eq!(numbers(&document, path), Err(Stop::Invalid), "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_to_too_much_leads_nowhere() {
        let nested = tree(&format!("{}1{}", r#"{"a":"#.repeat(50), "}".repeat(50)));
        assert_eq!(numbers(&nested, "$..*").map(|found| found.len()), Ok(50));
        assert_eq!(numbers(&nested, "$..*..*..*..*..*"), Err(Stop::TooComplex));
        let wide = tree(&format!("[{}0]", "[1,2],".repeat(2000)));
        assert_eq!(numbers(&wide, "$[?($..*)]"), Err(Stop::TooComplex));
        // What is selected again and again is counted each time.
        let deep = tree(&format!("{}[{}1]{}", "[".repeat(200), "1,".repeat(20_000), "]".repeat(200)));
        assert_eq!(numbers(&deep, "$..*"), Err(Stop::TooComplex));
    }
}
