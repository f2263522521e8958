//! Which texts may be ordinary words, that texts hold for other reasons than that they are someone's secret.

/// Fewest letters of a word within a name written as `camelCase`, on average: a person's words are longer than the
/// stretches between the capitals of a random password.
const MIN_LETTERS: usize = 3;

/// Most letters of one word: what is longer is several, which someone strung together.
const MAX_LETTERS: usize = 16;

/// Most consonants in a row, as in `lengths`.
const MAX_CONSONANTS: usize = 5;

/// Whether a text is one word, such as `location`, `resourceGroup` or `-password`: letters only but for signs around
/// them, as a person would capitalise them, that can be pronounced.
pub fn is_ordinary(text: &str) -> bool {
    is_word(text.trim_matches(|c: char| c.is_ascii_punctuation()))
}

/// Whether a text may be the name of something: ordinary words with signs between them and at most one digit behind
/// them, such as `Standard_LRS` or `eastus2`.
pub fn may_be_name(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_ascii_punctuation());
    let text = text.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(text);
    text.split(['-', '_', '.', '/', ' ']).all(|part| part.is_empty() || is_word(part) || is_abbreviation(part))
}

fn is_abbreviation(part: &str) -> bool {
    part.len() <= MIN_LETTERS && part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_word(text: &str) -> bool {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    if text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return is_pronounceable(text);
    }
    let capitals: Vec<usize> = text.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at).collect();
    let starts = std::iter::once(0).chain(capitals.into_iter().filter(|at| *at > 0));
    let ends = starts.clone().skip(1).chain([text.len()]);
    let words: Vec<&str> = starts.zip(ends).map(|(start, end)| &text[start..end]).collect();
    text.len() >= MIN_LETTERS * words.len() && words.iter().all(|word| is_pronounceable(word))
}

fn is_pronounceable(word: &str) -> bool {
    let is_vowel = |byte: u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let vowels = word.bytes().filter(|byte| is_vowel(*byte)).count();
    let consonants = word.as_bytes().split(|byte| is_vowel(*byte)).map(<[u8]>::len).max().unwrap_or_default();
    word.len() <= MAX_LETTERS && consonants <= MAX_CONSONANTS && (word.len() <= MIN_LETTERS || vowels * 5 >= word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_told_from_a_password() {
        for word in
            ["location", "westeurope", "resourceGroup", "ResourceGroup", "LOCATION", "-password", "healthchecks"]
        {
            assert!(is_ordinary(word) && may_be_name(word), "{word}");
        }
        for password in [
            "aXkQzPwvRtLm",
            "xkqzpwvrtbcd",
            "hunter2secret",
            "correct-horse",
            "correcthorsebattery",
            "",
            "-",
            "pässword",
            "p4ssword",
        ] {
            assert!(!is_ordinary(password), "{password}");
        }
    }

    #[test]
    fn a_name_may_have_several_words() {
        for name in ["Standard_LRS", "eastus2", "storage-account", "Microsoft.Storage/storageAccounts"] {
            assert!(may_be_name(name), "{name}");
        }
        for password in ["SesameOpen-Grotto77", "hunter2hunter2", "aB3$xY9z", "Tr0ub4dor", "correcthorsebattery"] {
            assert!(!may_be_name(password), "{password}");
        }
    }
}
