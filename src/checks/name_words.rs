//! The words that a name is put together from: `ssh`, `public` and `key` of `sshPublicKey`.

/// The words of a name in lower case, told by case, digits and what is no letter.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let follows = |is: fn(char) -> bool| before.is_some_and(is);
        let ends_acronym = follows(char::is_uppercase) && chars.peek().copied().is_some_and(char::is_lowercase);
        let starts = c.is_uppercase() && (follows(|b| !b.is_uppercase()) || ends_acronym);
        if starts || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What may follow what a thing is, and says nothing about that.
const FORMS: [&str; 7] = ["value", "secret", "string", "text", "primary", "secondary", "current"];

/// Whether a name is that of a SAS, token, key or signature, by its last word.
pub(super) fn is_of_credential(name: &str) -> bool {
    let words = words(name);
    let mut rest = words.as_slice();
    while let [before @ .., last] = rest
        && !before.is_empty()
        && FORMS.contains(&&**last)
    {
        rest = before;
    }
    match rest {
        [.., before, last] if matches!(&**last, "url" | "uri") => is_sas(before),
        [.., before, last] if last == "key" => before != "public",
        [.., last] => {
            is_sas(last)
                || matches!(&**last, "key" | "token" | "signature")
                || ["accountkey", "storagekey", "accesskey", "sharedkey"].iter().any(|end| last.ends_with(end))
        }
        [] => false,
    }
}

/// Whether a name says that a SAS is meant.
pub(super) fn says_sas(name: &str) -> bool {
    words(name).iter().any(|word| is_sas(word))
}

/// Whether a word is `sas`, by itself or grown together with others, as in `acrexportsas` and `sastoken`.
fn is_sas(word: &str) -> bool {
    let begins = word.strip_prefix("sas").is_some_and(|rest| {
        ["token", "url", "uri", "key", "secret", "import", "export", "value", "string", "acr"]
            .iter()
            .any(|next| rest.starts_with(next))
    });
    begins || (word.ends_with("sas") && !word.ends_with("kansas"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_falls_into_words() {
        assert_eq!(words("sshPublicKey"), ["ssh", "public", "key"]);
        assert_eq!(words("ACRExportSAS2_token-x"), ["acr", "export", "sas", "token", "x"]);
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn a_word_inside_of_another_is_none() {
        for name in
            ["monkeyName", "sshPublicKey", "tokenIssuer", "keyVaultName", "turkey", "donkey", "kansas", "keyUri"]
        {
            assert!(!is_of_credential(name), "{name}");
        }
        for name in
            ["sasToken", "exportSas", "acrexportsas", "storageKey", "accountKey1", "sasUrl", "tokenValue", "sastoken"]
        {
            assert!(is_of_credential(name), "{name}");
        }
        assert!(says_sas("acr-export-sas") && says_sas("sastoken") && says_sas("acrimportsas"));
        assert!(!says_sas("disaster-plan-url") && !says_sas("passage") && !says_sas("arkansas"));
    }
}
