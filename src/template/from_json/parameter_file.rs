//! Parameter files in JSON.

use super::Lowering;
use crate::source::{FileId, Span};
use crate::syntax::json::{Kind, Node};
use crate::template::{Assignment, ParameterFile};

/// What stands beside the values of a file that has no `parameters`.
const ENVELOPE: [&str; 3] = ["$schema", "contentVersion", "metadata"];

/// The parameter values in the object `root` of `file`: under `parameters`, or the object itself when it has none. There, a
/// value may stand for itself.
pub fn lower_parameter_file(file: FileId, root: Node<'_>) -> ParameterFile {
    // Strings in brackets are plain strings here, so nothing can go wrong in lowering them.
    let mut lowering = Lowering::new(file);
    let section = root.get("parameters");
    let list = section.unwrap_or(root);
    if list.kind() != Kind::Object {
        lowering.misshapen(list, "an object of parameter values");
    }
    let mut assignments = Vec::new();
    for member in list.members() {
        let Some(name) = lowering.name(member.key) else { continue };
        if section.is_none() && ENVELOPE.iter().any(|key| name.is(key)) {
            continue;
        }
        let span = name.span.cover(member.value.span(file));
        let holds = |key: &str| member.value.get(key).is_some();
        let is_object = member.value.kind() == Kind::Object;
        if section.is_none() && !(is_object && (holds("value") || holds("reference"))) {
            // A map of names and values.
            let value = Some(lowering.given(member.value));
            assignments.push(Assignment { name, value, stray: None, span });
            continue;
        }
        if !is_object {
            lowering.misshapen(member.value, "an object with `value` or `reference`");
        }
        let value = member.value.get("value").map(|value| lowering.given(value));
        let is_stray = value.is_none() && !holds("reference");
        let stray = is_stray.then(|| lowering.literal(member.value));
        assignments.push(Assignment { name, value, stray, span });
    }
    let using = root.get("metadata").and_then(|metadata| metadata.get("template")).and_then(Node::as_str);
    let key = root.members().map(|member| member.key).find(|key| key.as_str().is_some_and(|key| key == "parameters"));
    let start = root.span(file).start;
    let start = Span { file, start, end: start };
    let span = key.map_or(start, |key| key.span(file));
    ParameterFile { file, span, assignments, using: using.map(Into::into), names: None, errors: lowering.errors }
}
