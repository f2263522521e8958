//! What a file in JSON is: by its words before it is parsed, by its members afterwards.

use memchr::memmem;

use super::modules::CONFIGURATION;
use super::pairing;
use crate::artefact::may_be_artefact;
use crate::syntax::json::{Kind, Node};

/// What a file is, told from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An ARM template.
    Template,
    /// A parameter file.
    Parameters,
    /// Something else.
    Other,
}

/// What ends the names of the schemas, without their last part.
const SCHEMAS: [(&[u8], FileKind); 2] =
    [(b"deploymentTemplate", FileKind::Template), (b"deploymentParameters", FileKind::Parameters)];

/// What templates are called, in lower case and without their extension.
const TEMPLATE_NAMES: [&str; 8] =
    ["main", "azuredeploy", "maintemplate", "template", "deploy", "armtemplate", "arm-template", "arm_template"];

/// What a text speaks of: the first schema in it.
pub fn classify(text: &str) -> FileKind {
    let bytes = text.as_bytes();
    let mut ends = memmem::find_iter(bytes, ".json").chain(memmem::find_iter(bytes, ".JSON"));
    let schema = |end: usize| {
        let is_named =
            |name: &[u8]| end.checked_sub(name.len()).is_some_and(|start| bytes[start..end].eq_ignore_ascii_case(name));
        SCHEMAS.iter().find(|(name, _)| is_named(name)).map(|(_, kind)| *kind)
    };
    ends.find_map(schema).unwrap_or(FileKind::Other)
}

/// Whether the JSON `text` of the file at `path` is worth being parsed, as far as a search for a few words tells. It may be
/// the beginning of a longer one, which `is_cut`.
pub(super) fn may_be_read(path: &str, text: &str, is_cut: bool) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if pairing::file_name(path) == CONFIGURATION {
        return true;
    }
    if is_snapshot(path) {
        return false;
    }
    if text.trim().is_empty() {
        return is_json(path) && (is_cut || is_called_ours(path));
    }
    if !is_json(path) && !text.trim_start().starts_with(['{', '[']) {
        return false;
    }
    // A key may stand far behind; only the whole text shows that it does not.
    let speaks_of_deployments = || has("\"contentVersion\"") || has("\"apiVersion\"") && has("Microsoft.");
    let is_comment = || text.trim_start().starts_with('/');
    classify(text) != FileKind::Other
        || may_be_artefact(text)
        || is_json(path) && is_called_parameters(path)
        || speaks_of_deployments() && (is_cut || has("\"resources\"") || has("\"parameters\""))
        || is_cut && is_comment()
}

/// Whether a file is called as templates or parameter files are, so that it is wrong for it to be empty.
pub(super) fn is_called_ours(path: &str) -> bool {
    is_json(path) && (TEMPLATE_NAMES.contains(&&*pairing::stem(path)) || is_called_parameters(path))
}

/// Whether a file is called as parameter files are.
fn is_called_parameters(path: &str) -> bool {
    pairing::says_parameters(pairing::file_name(path))
}

/// Whether a file is called as snapshots are, of Bicep's or of our own making. What they hold may look like anything.
pub(super) fn is_snapshot(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".snapshot.json")
}

/// Whether a file is called as one in JSON.
pub(super) fn is_json(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["json", "jsonc"].iter().any(|json| extension.eq_ignore_ascii_case(json))
}

/// What the document with this root is, for the file at `path`: by its schema, else by its members. What is too `broken`
/// to show either is what its text speaks of.
pub(super) fn kind_of(path: &str, root: Node<'_>, text: &str, broken: bool) -> FileKind {
    let schema = root.get("$schema");
    match schema.and_then(Node::as_str).map(|schema| classify(&schema)) {
        Some(kind @ (FileKind::Template | FileKind::Parameters)) => return kind,
        _ if has_resources(root) => return FileKind::Template,
        Some(_) => return FileKind::Other,
        None => {}
    }
    let is_parameters = match root.get("parameters").filter(|values| values.kind() == Kind::Object) {
        Some(values) => {
            let is_value = |value: Node<'_>| ["value", "reference"].iter().any(|key| value.get(key).is_some());
            let mut members = values.members();
            let is_one = root.get("contentVersion").is_some() || is_called_parameters(path);
            // Others give their values by themselves, below the same word.
            is_one
                && root.get("resources").is_none()
                && (values.members().next().is_none() || members.any(|member| is_value(member.value)))
        }
        // Without the envelope, only the name tells.
        None => root.kind() == Kind::Object && is_json(path) && is_called_parameters(path),
    };
    if is_parameters {
        FileKind::Parameters
    } else if broken {
        match is_json(path) || !pairing::file_name(path).contains('.') {
            true if TEMPLATE_NAMES.contains(&&*pairing::stem(path)) => FileKind::Template,
            true => classify(text),
            // Whatever language that is.
            false => FileKind::Other,
        }
    } else {
        FileKind::Other
    }
}

/// Whether the members of a document are those of a template.
fn has_resources(root: Node<'_>) -> bool {
    let Some(resources) = root.get("resources") else { return false };
    let is_resource = |node: Node<'_>| {
        let ty = node.get("type").and_then(Node::as_str);
        ty.is_some_and(|ty| ty.contains('/')) && node.get("apiVersion").is_some()
    };
    let mut declared = resources.elements().chain(resources.members().map(|member| member.value));
    root.get("contentVersion").is_some() || declared.any(is_resource)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::json;

    #[test]
    fn the_schema_tells_what_a_file_is() {
        assert_eq!(
            classify("{\"$schema\": \"https://x/2018-05-01/subscriptionDeploymentTemplate.json#\"}"),
            FileKind::Template
        );
        assert_eq!(classify("{\"$schema\": \"https://x/deploymentParameters.json#\"}"), FileKind::Parameters);
        assert_eq!(classify("{\"$schema\": \"https://X/DEPLOYMENTPARAMETERS.JSON#\"}"), FileKind::Parameters);
        assert_eq!(classify("{\"name\": \"left-pad\"}"), FileKind::Other);
    }

    fn kind(path: &str, text: &str) -> FileKind {
        let (document, errors) = json::parse(FileId(0), text);
        kind_of(path, document.root(text).unwrap(), text, !errors.is_empty())
    }

    #[test]
    fn without_a_schema_the_members_tell() {
        let resource = r#"{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "a"}"#;
        for text in [
            format!("{{\"resources\": [{resource}]}}"),
            format!("{{\"resources\": {{\"a\": {resource}}}}}"),
            "{\"contentVersion\": \"1.0.0.0\", \"resources\": []}".to_owned(),
        ] {
            assert_eq!(kind("x.json", &text), FileKind::Template, "{text}");
            assert!(may_be_read("x.json", &text, false), "{text}");
        }
        let text = r#"{"contentVersion": "1.0.0.0", "parameters": {"a": {"value": 1}}}"#;
        assert_eq!(kind("x.json", text), FileKind::Parameters);
        for (path, text) in [
            ("main.parameters.json", r#"{"parameters": {"a": {"value": 1}, "b": 1}}"#),
            ("main_params.json", r#"{"a": 1}"#),
        ] {
            assert_eq!((kind(path, text), kind("x.json", text)), (FileKind::Parameters, FileKind::Other), "{text}");
        }
    }

    #[test]
    fn what_speaks_of_templates_need_not_be_one() {
        let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
        for text in [
            format!("{{\"json.schemas\": [{{\"url\": \"{schema}\"}}]}}"),
            format!("{{\"properties\": {{\"template\": {{\"$schema\": \"{schema}\", \"resources\": []}}}}}}"),
            // A workflow of Logic Apps.
            r#"{"$schema": "https://x/workflowdefinition.json#", "contentVersion": "1.0.0.0", "parameters": {}}"#
                .to_owned(),
            r#"{"resources": [{"type": "aws/x"}], "apiVersion": "v1"}"#.to_owned(),
            r#"{"Parameters": {"Name": "a"}, "Tags": {}}"#.to_owned(),
        ] {
            assert_eq!(kind("x.json", &text), FileKind::Other, "{text}");
        }
        assert_eq!(kind("x.json", &format!("\"$schema\": \"{schema}\"}}")), FileKind::Template);
    }
}
