//! The ids by which the service's own logs of a request are found.

use std::sync::LazyLock;

use regex::Regex;

/// The ids in an input, each once, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupportIds {
    /// Correlation ids: of a deployment and everything that it led to.
    pub correlation: Vec<String>,
    /// Ids of single requests, such as one to storage.
    pub request: Vec<String>,
}

/// The groups are the name and the id. Between them stand quotes of JSON, maybe escaped, or the brackets of azcopy.
static NAMED_ID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)
        \b ( correlation [\ _-]? (?: request [\ _-]? )? id | x-ms-correlation-request-id | activity [\ _-]? id
           | x-ms-request-id | request [\ _-]? id | tracking [\ _-]? id )
        (?: \s+ is )? [\s"'\\:=\[(`]{0,12}
        ( [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} )
        "#,
    )
    .ok()
});

/// The ids that `text` names.
pub(super) fn support_ids(text: &str) -> SupportIds {
    let mut ids = SupportIds::default();
    for found in NAMED_ID.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let (Some(name), Some(id)) = (found.get(1), found.get(2)) else { continue };
        let is_correlation = name.as_str().to_ascii_lowercase().contains("correlation");
        let list = if is_correlation { &mut ids.correlation } else { &mut ids.request };
        let id = id.as_str().to_ascii_lowercase();
        let is_set = id.bytes().any(|byte| byte != b'0' && byte != b'-');
        if is_set && !list.contains(&id) && list.len() < MAX_IDS {
            list.push(id);
        }
    }
    ids
}

/// Most ids of a kind: a log of thousands of requests is no help.
const MAX_IDS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_every_spelling() {
        let id = "0b7e2c1d-1111-4a2b-8c3d-000000000001";
        for text in [
            format!("\"correlationId\": \"{id}\""),
            format!("{{\\\"correlationId\\\":\\\"{id}\\\"}}"),
            format!("Correlation ID: {id}"),
            format!("x-ms-correlation-request-id: {id}"),
            format!("CorrelationId = '{}'", id.to_ascii_uppercase()),
            format!("tracking id is '0', correlation id is '{id}'"),
        ] {
            assert_eq!(support_ids(&text).correlation, [id], "{text}");
        }
        for text in [format!("X-Ms-Request-Id: [{id}]"), format!("RequestId:{id}"), format!("tracking id is '{id}'")] {
            let ids = support_ids(&text);
            assert_eq!((ids.request, ids.correlation), (vec![id.to_owned()], Vec::new()), "{text}");
        }
    }

    #[test]
    fn other_ids_are_not() {
        let text = "objectId: 0b7e2c1d-1111-4a2b-8c3d-000000000001 correlationId: 00000000-0000-0000-0000-000000000000";
        assert_eq!(support_ids(text), SupportIds::default());
    }
}
