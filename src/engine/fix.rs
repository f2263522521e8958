//! From a rule's fix to edits of the text.

use super::check::Check;
use super::query::Found;
use super::rule::Fix;
use crate::diagnostic;
use crate::evaluate::Instance;

/// The edits that make `fix`, or `None` when the text there is not a literal that can be edited.
pub fn build<'t>(_check: &mut Check<'_, 't>, _instance: &Instance<'t>, _fix: &Fix, _at: &Found) -> Option<diagnostic::Fix> {
    None
}
