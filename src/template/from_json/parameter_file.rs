//! Parameter files in JSON.

use super::Lowering;
use crate::source::FileId;
use crate::syntax::Interner;
use crate::syntax::json::{Kind, Node};
use crate::template::{Assignment, ParameterFile};

/// The parameter values in the object `root` of `file`: under `parameters`, or the object itself when it has none.
pub fn lower_parameter_file(file: FileId, root: Node<'_>) -> ParameterFile {
    // Strings in brackets are plain strings here, so nothing can go wrong in lowering them.
    let mut lowering = Lowering { file, names: Interner::default(), errors: Vec::new() };
    let section = root.get("parameters");
    let list = section.unwrap_or(root);
    if list.kind() != Kind::Object {
        lowering.misshapen(list, "an object of parameter values");
    }
    let mut assignments = Vec::new();
    for member in list.members() {
        let Some(name) = lowering.name(member.key) else { continue };
        let is_object = member.value.kind() == Kind::Object;
        if !is_object && section.is_none() {
            continue;
        }
        if !is_object {
            lowering.misshapen(member.value, "an object with `value` or `reference`");
        }
        let span = name.span.cover(member.value.span(file));
        let value = member.value.get("value").map(|value| lowering.given(value));
        let is_stray = value.is_none() && member.value.get("reference").is_none();
        let stray = is_stray.then(|| lowering.literal(member.value));
        assignments.push(Assignment { name, value, stray, span });
    }
    ParameterFile { file, assignments, using: None, names: None, errors: lowering.errors }
}
