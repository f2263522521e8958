//! Look-up of what a template declares by name: a template may declare tens of thousands of variables, each of which
//! uses another.

use std::cmp::Ordering;
use std::sync::OnceLock;

/// Up to this many names are compared one by one.
const FEW: usize = 16;

/// Up to this many are compared by where they are.
const MANY: usize = 64;

/// The declarations of one kind in the order of their names, put in that order by the first look-up.
#[derive(Debug, Default)]
pub(super) struct NameIndex(OnceLock<Vec<u32>>);

impl NameIndex {
    /// The first of `items` whose name is `wanted`, without regard to ASCII case. Must be asked about the same items
    /// each time.
    pub(super) fn find<T>(&self, items: &[T], name: impl Fn(&T) -> Option<&str>, wanted: &str) -> Option<usize> {
        // The strings of a file are shared, so that most are found by where they are.
        let is_shared = |item: &T| name(item).is_some_and(|name| std::ptr::eq(name, wanted));
        if let Some(found) = items.iter().take(MANY).position(is_shared) {
            return Some(found);
        }
        if items.len() <= FEW {
            return items.iter().position(|item| name(item).is_some_and(|name| name.eq_ignore_ascii_case(wanted)));
        }
        let name_at = |at: u32| name(&items[at as usize]).unwrap_or_default();
        let sorted = self.0.get_or_init(|| {
            let named = (0_u32..).zip(items).filter(|(_, item)| name(item).is_some());
            let mut sorted: Vec<u32> = named.map(|(at, _)| at).collect();
            sorted.sort_by(|a, b| compare_folded(name_at(*a), name_at(*b)));
            sorted
        });
        let first = sorted.partition_point(|at| compare_folded(name_at(*at), wanted).is_lt());
        let found = sorted.get(first).filter(|at| name_at(**at).eq_ignore_ascii_case(wanted))?;
        Some(*found as usize)
    }
}

fn compare_folded(a: &str, b: &str) -> Ordering {
    let fold = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(fold).cmp(b.bytes().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_is_found_among_few_and_among_many() {
        for count in [FEW, 10 * FEW] {
            let names: Vec<Option<String>> =
                (0..count).map(|at| (at != 3).then(|| format!("{}{at}", ["x", "X"][at % 2]))).collect();
            let names = [names.clone(), names].concat();
            let index = NameIndex::default();
            let find = |wanted: &str| index.find(&names, Option::as_deref, wanted);
            for at in (0..count).filter(|at| *at != 3) {
                assert_eq!(find(&format!("x{at}")), Some(at));
            }
            assert_eq!([find("x3"), find(""), find("y"), find("X10000")], [None; 4]);
        }
    }
}
