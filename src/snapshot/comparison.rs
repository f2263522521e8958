//! What differs between a snapshot that was kept and the present one. Secrets are hidden in both; where one hides them and
//! the other shows them, nobody can tell.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde_json::{Map, Value as Json};

/// Most characters of a value that are shown.
const MAX_SHOWN: usize = 120;

/// Something that is not in both snapshots alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A resource that is deployed no more, by its id.
    Missing(String),
    /// A resource that was not deployed, by its id.
    New(String),
    /// What differs in a resource, by its id.
    Changed(String, Vec<Change>),
    /// What differs in the outputs.
    Outputs(Vec<Change>),
}

/// A value that is another one than was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The way to it, such as `properties.rules[0].port`.
    pub path: String,
    /// What was kept; `None` when it was not there.
    pub expected: Option<Json>,
    /// What is there now.
    pub found: Option<Json>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, changes) = match self {
            Self::Missing(id) => return write!(f, "- {id}: not deployed any more"),
            Self::New(id) => return write!(f, "+ {id}: not deployed before"),
            Self::Changed(id, changes) => (&**id, changes),
            Self::Outputs(changes) => ("outputs", changes),
        };
        write!(f, "~ {title}")?;
        changes.iter().try_for_each(|change| write!(f, "\n    {change}"))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, expected, found } = self;
        write!(f, "{path}: expected {}, found {}", shown(expected.as_ref()), shown(found.as_ref()))
    }
}

/// A value on one line, which may be cut.
fn shown(value: Option<&Json>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What differs, in the order of the present snapshot, and last what is not there any more; `None` when what was kept is
/// no snapshot. The order of resources makes no difference.
pub(super) fn compare(kept: &Json, present: &Json) -> Option<Vec<Difference>> {
    let (kept_resources, kept_outputs) = (kept.get("predictedResources")?.as_array()?, kept.get("outputs"));
    let mut differences = Vec::new();
    let mut left: HashMap<(String, usize), &Json> = keyed(kept_resources).collect();
    let present_resources = present.get("predictedResources").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    for (key, resource) in keyed(present_resources) {
        match left.remove(&key) {
            Some(expected) => {
                let changes = changes(Some(expected), Some(resource));
                if !changes.is_empty() {
                    differences.push(Difference::Changed(key.0, changes));
                }
            }
            None => differences.push(Difference::New(key.0)),
        }
    }
    let gone = keyed(kept_resources).map(|(key, _)| key).filter(|key| left.contains_key(key));
    differences.extend(gone.map(|(id, _)| Difference::Missing(id)));
    // One that was made without outputs may have left them off.
    let none = Json::Object(Map::new());
    let outputs = changes(Some(kept_outputs.unwrap_or(&none)), Some(present.get("outputs").unwrap_or(&none)));
    if !outputs.is_empty() {
        differences.push(Difference::Outputs(outputs));
    }
    Some(differences)
}

/// Resources by what they are called, and which of those with one name they are.
fn keyed(resources: &[Json]) -> impl Iterator<Item = ((String, usize), &Json)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    resources.iter().map(move |resource| {
        let text = |key: &str| resource.get(key).and_then(Json::as_str).unwrap_or_default();
        // What an extension deploys has no id.
        let name = if text("id").is_empty() { text("type") } else { text("id") };
        let before = seen.entry(name.to_owned()).or_default();
        *before += 1;
        ((name.to_owned(), *before), resource)
    })
}

fn changes(expected: Option<&Json>, found: Option<&Json>) -> Vec<Change> {
    let mut changes = Vec::new();
    add_changes(String::new(), expected, found, &mut changes);
    changes
}

fn add_changes(path: String, expected: Option<&Json>, found: Option<&Json>, changes: &mut Vec<Change>) {
    match (expected, found) {
        (Some(Json::Object(before)), Some(Json::Object(now))) => {
            let mut met = HashSet::new();
            for key in before.keys().chain(now.keys()).filter(|key| met.insert(*key)) {
                add_changes(member(&path, key), before.get(key), now.get(key), changes);
            }
        }
        (Some(Json::Array(before)), Some(Json::Array(now))) => add_elements(&path, before, now, changes),
        _ if expected == found || is_hidden(expected, found) => {}
        _ => changes.push(Change { path, expected: expected.cloned(), found: found.cloned() }),
    }
}

/// Adds what differs of two arrays. Where one is longer, those at both ends that are alike are the same ones.
fn add_elements(path: &str, before: &[Json], now: &[Json], changes: &mut Vec<Change>) {
    let alike = |pairs: &mut dyn Iterator<Item = (&Json, &Json)>| pairs.take_while(|(one, other)| one == other).count();
    let mut ends = (0, 0);
    if before.len() != now.len() {
        let start = alike(&mut before.iter().zip(now));
        ends = (start, alike(&mut before[start..].iter().rev().zip(now[start..].iter().rev())));
    }
    let (old, new) = (&before[ends.0..before.len() - ends.1], &now[ends.0..now.len() - ends.1]);
    for at in 0..old.len().max(new.len()) {
        add_changes(format!("{path}[{}]", ends.0 + at), old.get(at), new.get(at), changes);
    }
}

/// Whether one of the two hides a secret that the other may show, so that they can't be compared. Nobody is to see the
/// secret, either.
fn is_hidden(expected: Option<&Json>, found: Option<&Json>) -> bool {
    let (Some(expected), Some(found)) = (expected.and_then(Json::as_str), found.and_then(Json::as_str)) else {
        return false;
    };
    let hides = |text: &str| text.contains("***");
    // Parameters that are given nothing stay, and so do secure ones.
    let is_open = |text: &str| text.starts_with('[') && text.contains("parameters('");
    hides(found) || hides(expected) || is_open(found) && !expected.starts_with('[')
}

/// The path to a member.
fn member(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-$@".contains(c));
    match (is_plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", Json::from(key)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(kept: &Json, present: &Json) -> Vec<String> {
        compare(kept, present).unwrap().iter().map(Difference::to_string).collect()
    }

    fn snapshot(resources: &Json, outputs: &Json) -> Json {
        json!({ "predictedResources": resources, "diagnostics": [], "outputs": outputs })
    }

    #[test]
    fn resources_are_told_by_their_ids_in_any_order() {
        let [a, b, c] = ["/a", "/b", "/c"].map(|id| json!({ "id": id, "properties": { "n": 1 } }));
        let kept = snapshot(&json!([a, b]), &json!({}));
        assert_eq!(told(&kept, &snapshot(&json!([b, a]), &json!({}))), Vec::<String>::new());
        let found = told(&kept, &snapshot(&json!([c, a]), &json!({})));
        assert_eq!(found, ["+ /c: not deployed before", "- /b: not deployed any more"]);
        let found = told(&kept, &snapshot(&json!([a, a, b]), &json!({})));
        assert_eq!(found, ["+ /a: not deployed before"]);
        assert_eq!(compare(&json!([]), &kept), None);
        assert_eq!(compare(&json!({ "predictedResources": {} }), &kept), None);
    }

    #[test]
    fn what_differs_is_told_by_its_path() {
        let kept = snapshot(
            &json!([{ "id": "/a", "tags": { "my key": "x" }, "properties": { "rules": [{ "port": 1 }, { "port": 2 }], "gone": null } }]),
            &json!({ "same": 1, "other": [1] }),
        );
        let present = snapshot(
            &json!([{ "id": "/a", "tags": { "my key": "y" }, "properties": { "rules": [{ "port": 0 }, { "port": 1 }, { "port": 2 }] } }]),
            &json!({ "same": 1, "other": "1", "new": true }),
        );
        assert_eq!(
            told(&kept, &present),
            [
                "~ /a\n    tags[\"my key\"]: expected \"x\", found \"y\"\n    properties.rules[0]: expected nothing, found {\"port\":0}\n    properties.gone: expected null, found nothing",
                "~ outputs\n    other: expected [1], found \"1\"\n    new: expected nothing, found true",
            ]
        );
    }

    #[test]
    fn what_hides_a_secret_is_not_compared() {
        let kept = snapshot(&json!([]), &json!({ "a": "Zx81", "b": "***", "c": "Zx81", "d": "[x()]", "e": "***" }));
        let present = snapshot(
            &json!([]),
            &json!({ "a": "***", "b": "***", "c": "[f(parameters('key'))]", "d": "[parameters('k')]" }),
        );
        let differs =
            "~ outputs\n    d: expected \"[x()]\", found \"[parameters('k')]\"\n    e: expected \"***\", found nothing";
        assert_eq!(told(&kept, &present), [differs]);
    }
}
