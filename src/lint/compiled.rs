//! Findings in templates that Bicep made of files in view: what is wrong in the source is wrong once, and said there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::project::Compiled;
use crate::source::FileId;

/// Removes from `diagnostics` what is found in compiled templates and in their sources, too. A finding of a rule stands
/// for one with the same words, else for any other of that rule, since the compiler may have changed what the words quote.
/// What only the compiled template has stays: it is not what the source says today.
pub(super) fn drop_repeated(diagnostics: &mut Vec<Diagnostic>, compiled: &[Compiled]) {
    if compiled.is_empty() {
        return;
    }
    let mut by_file: HashMap<FileId, Vec<usize>> = HashMap::new();
    for (at, diagnostic) in diagnostics.iter().enumerate() {
        by_file.entry(diagnostic.primary.span.file).or_default().push(at);
    }
    let mut repeated = HashSet::new();
    for Compiled { file, sources } in compiled {
        let Some(found) = by_file.get(file) else { continue };
        let in_sources = sources.iter().filter_map(|source| by_file.get(source)).flatten();
        let mut open: HashMap<(&Arc<str>, &str), bool> =
            in_sources.map(|at| (words(&diagnostics[*at]), false)).collect();
        let mut others = Vec::new();
        for at in found {
            match open.get_mut(&words(&diagnostics[*at])) {
                Some(is_told) => {
                    *is_told = true;
                    repeated.insert(*at);
                }
                None => others.push(*at),
            }
        }
        let mut untold: HashMap<&Arc<str>, usize> = HashMap::new();
        for ((rule, _), _) in open.iter().filter(|(_, is_told)| !**is_told) {
            *untold.entry(rule).or_default() += 1;
        }
        for at in others {
            if let Some(count) = untold.get_mut(&diagnostics[at].rule).filter(|count| **count > 0) {
                *count -= 1;
                repeated.insert(at);
            }
        }
    }
    let mut at = 0;
    diagnostics.retain(|_| {
        at += 1;
        !repeated.contains(&(at - 1))
    });
}

/// What a finding says: its rule and its message.
fn words(diagnostic: &Diagnostic) -> (&Arc<str>, &str) {
    (&diagnostic.rule, &diagnostic.message)
}
