//! Small texts that hold shared access signatures or account keys and little else: a token that was saved, a list of them,
//! or the variables of an environment.

use std::ops::Range;

use super::leak::leaks;
use super::model::Field;

/// Most bytes of such a text: a token has a few hundred.
const MAX_BYTES: usize = 4096;

/// The tokens of a text, each with the variable that holds it; none when it is about other things as well. A token whose
/// signature is left out stands for one that its reader has.
pub fn stored_tokens(text: &str) -> Vec<(Option<&str>, Range<usize>)> {
    let mut found = Vec::new();
    if text.len() > MAX_BYTES || leaks(text).is_empty() {
        return found;
    }
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) || line.starts_with("//") {
            continue;
        }
        let (name, value) = assigned(line).map_or((None, line), |(name, value)| (Some(name), value));
        let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        if !value.contains(char::is_whitespace) && !leaks(value).is_empty() {
            let start = value.as_ptr() as usize - text.as_ptr() as usize;
            found.push((name, start..start + value.len()));
        } else if name.is_none() {
            // Only the variables of an environment may hold anything.
            return Vec::new();
        }
    }
    found
}

/// The variable that a line sets, and to what: `NAME=value`, `export NAME="value"`, `name: value`.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let rest = ["export ", "set ", "SET ", "$env:"].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))?;
    let (name, value) = rest.split_at(end);
    let value = value.trim_start();
    let value = value.strip_prefix('=').or_else(|| value.strip_prefix(": "))?;
    // The first field of a token, or of a connection string.
    let is_field = Field::from_key(name).is_some() || OTHER_FIELDS.contains(&name);
    (!name.is_empty() && !is_field).then_some((name, value))
}

/// What may begin the text of a token or of a connection string, beside a [`Field`].
const OTHER_FIELDS: [&str; 6] =
    ["sig", "sktid", "DefaultEndpointsProtocol", "AccountName", "AccountKey", "BlobEndpoint"];

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for the tests: the signature of no account.
    const SIG: &str = "q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEk%3D";

    fn found(text: &str) -> Vec<(Option<&str>, &str)> {
        stored_tokens(text).into_iter().map(|(name, range)| (name, text.get(range).unwrap_or_default())).collect()
    }

    #[test]
    fn a_file_of_tokens_or_of_variables_shows_them() {
        let token = format!("sv=2022-11-02&sp=r&sig={SIG}");
        let asked = format!("?{token}");
        let url = format!("https://x.blob.core.windows.net/c?{token}");
        assert_eq!(found(&format!("{token}\r\n")), [(None, &*token)]);
        assert_eq!(found(&format!("# for tests\n\n{asked}\n{url}")), [(None, &*asked), (None, &*url)]);
        assert_eq!(found(&format!("A=1\nexport SAS=\"{asked}\"\nB=")), [(Some("SAS"), &*asked)]);
        assert_eq!(found(&format!("SAS={token}")), [(Some("SAS"), &*token)]);
        assert_eq!(found(&format!("sas: '{token}'")), [(Some("sas"), &*token)]);
    }

    #[test]
    fn a_text_about_other_things_holds_no_tokens() {
        let token = format!("sv=2022-11-02&sp=r&sig={SIG}");
        for text in [
            format!("The token is\n{token}"),
            format!("curl https://x/c?{token}"),
            "sv=2022-11-02&sp=r&sig=xxxx".to_owned(),
            "SAS=?sv=2022-11-02&sig=<signature>".to_owned(),
            "A=1\nB=2".to_owned(),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }
}
