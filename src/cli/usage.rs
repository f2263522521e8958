//! What is wrong with the arguments, which may hold secrets, and characters that act on a terminal.

use std::collections::HashSet;

use crate::report::escaped;
use crate::source::{Mask, Secret, SourceFile, Sources, Span, blot, names_secret};

/// A message of several lines about `arguments`, for a terminal.
pub(super) fn printable(text: &str, arguments: &[String]) -> String {
    let escape = |line: &str| match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", escaped(line)),
        None => escaped(line).into_owned(),
    };
    without_secrets(text, arguments).split_inclusive('\n').map(escape).collect()
}

/// The message `text` about `arguments`, without the values in these that their names tell to be secret.
pub(super) fn without_secrets(text: &str, arguments: &[String]) -> String {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("", arguments.join("\n")));
    let mut secrets = Vec::new();
    let (mut start, mut places) = (0, Vec::new());
    for argument in arguments {
        if let Some(at) = secret_value(argument) {
            secrets.push(Secret::written(Span::new(file, start + at, start + argument.len())));
            // Where it stands behind its name it is hidden, whatever it is.
            let value = argument.len() - at;
            places.extend(text.match_indices(&**argument).map(|(from, _)| from + at..from + at + value));
        }
        start += argument.len() + 1;
    }
    let text = blot(text, &places);
    Mask::new(&secrets, &HashSet::new(), &sources).hide(&text, &[file]).into_owned()
}

/// Where the value begins in an argument such as `adminPassword=…` or `--parameters=adminPassword=…`.
fn secret_value(argument: &str) -> Option<usize> {
    let mut equals = argument.match_indices('=').map(|(at, _)| at);
    let named = equals.find(|at| {
        let name = argument[..*at].rsplit(['=', '.', '&', '?', ';', ' ']).next().unwrap_or_default();
        name.eq_ignore_ascii_case("key") || names_secret(name)
    });
    named.map(|at| at + 1).filter(|at| *at < argument.len())
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_follows_the_name_of_a_secret_is_hidden() {
        let hidden = |text: &str, argument: &str| printable(text, &["plimsoll".to_owned(), argument.to_owned()]);
        for argument in ["adminPassword=value", "--parameters=db.password=value", "--api-key=value", "a b-token=value"]
        {
            let shown = argument.replace("value", "*****");
            let text = format!("error: unexpected argument '{argument}' found, no value\n");
            assert_eq!(hidden(&text, argument), format!("error: unexpected argument '{shown}' found, no *****\n"));
        }
        assert_eq!(hidden("name=value", "name=value"), "name=value");
        assert_eq!(hidden("password=", "password="), "password=");
        assert_eq!(hidden("a\u{1b}b\nc\n::d", "x"), "a\\u{1b}b\nc\n\\u{3a}:d");
    }
}
