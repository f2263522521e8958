//! The order of strings by culture, as the service compares them: punctuation, symbols, digits, then letters with the
//! small one before the capital. What it is for characters beyond the table is not known here.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

/// The blanks, punctuation and symbols of ASCII in order.
const SIGNS: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// The first of those that are symbols.
const FIRST_SYMBOL: char = '`';

/// Letters with an accent that are one character: the letter, and the accent as a combining character.
const ACCENTED: &str = "à\u{300}á\u{301}â\u{302}ã\u{303}ä\u{308}å\u{30a}ç\u{327}è\u{300}é\u{301}ê\u{302}ë\u{308}\
                        ì\u{300}í\u{301}î\u{302}ï\u{308}ñ\u{303}ò\u{300}ó\u{301}ô\u{302}õ\u{303}ö\u{308}ù\u{300}\
                        ú\u{301}û\u{302}ü\u{308}ý\u{301}ÿ\u{308}";

/// The letters that [`ACCENTED`] are made of, in the same order.
const BARE: &str = "aaaaaaceeeeiiiinooooouuuuyy";

/// What decides first: another character, not another accent or case of one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Weight {
    /// A place in the order.
    Place(usize),
    /// Some symbol: somewhere between the first symbol and the digits.
    Symbol,
}

/// A character as it is compared.
#[derive(Debug, Clone, Copy)]
struct Element {
    weight: Weight,
    accent: Option<char>,
    is_capital: bool,
}

/// How `a` compares to `b`; `None` when that is not known.
pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    let (mut left, mut right) = (Elements::of(a), Elements::of(b));
    let (mut accents, mut cases) = (Some(Ordering::Equal), Ordering::Equal);
    loop {
        let (x, y) = match (left.next(), right.next()) {
            (None, None) => return accents.map(|accents| accents.then(cases)),
            (None, Some(next)) => return next.map(|_| Ordering::Less),
            (Some(next), None) => return next.map(|_| Ordering::Greater),
            (Some(x), Some(y)) => (x?, y?),
        };
        if let (Weight::Symbol, Weight::Symbol) = (x.weight, y.weight) {
            return None;
        }
        match weigh(x.weight, y.weight)? {
            Ordering::Equal => {}
            decided => return Some(decided),
        }
        if accents == Some(Ordering::Equal) {
            accents = match (x.accent, y.accent) {
                (None, Some(_)) => Some(Ordering::Less),
                (Some(_), None) => Some(Ordering::Greater),
                (one, other) => (one == other).then_some(Ordering::Equal),
            };
        }
        cases = cases.then(x.is_capital.cmp(&y.is_capital));
    }
}

fn weigh(a: Weight, b: Weight) -> Option<Ordering> {
    match (a, b) {
        (Weight::Place(a), Weight::Place(b)) => Some(a.cmp(&b)),
        (Weight::Symbol, Weight::Place(place)) => beside_symbols(place).map(Ordering::reverse),
        (Weight::Place(place), Weight::Symbol) => beside_symbols(place),
        (Weight::Symbol, Weight::Symbol) => None,
    }
}

/// How a place compares to symbols that are not in the table.
fn beside_symbols(place: usize) -> Option<Ordering> {
    let first = SIGNS.chars().position(|sign| sign == FIRST_SYMBOL)?;
    match place {
        _ if place < first => Some(Ordering::Less),
        _ if place >= SIGNS.chars().count() => Some(Ordering::Greater),
        _ => None,
    }
}

/// The characters of a string as they are compared; an item is `None` where that is not known.
struct Elements<'a> {
    left: Peekable<Chars<'a>>,
    /// The second letter of one that is compared as two.
    second: Option<Element>,
}

impl<'a> Elements<'a> {
    fn of(text: &'a str) -> Self {
        Self { left: text.chars().peekable(), second: None }
    }
}

impl Iterator for Elements<'_> {
    type Item = Option<Element>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(second) = self.second.take() {
            return Some(Some(second));
        }
        let c = self.left.next()?;
        let is_combining = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
        if self.left.peek().is_some_and(is_combining) {
            return Some(None);
        }
        let plain = |weight| Element { weight, accent: None, is_capital: false };
        let letter = |c: char| {
            let place = SIGNS.chars().count() + 10 + (c.to_ascii_lowercase() as usize - 'a' as usize);
            Element { weight: Weight::Place(place), accent: None, is_capital: c.is_uppercase() }
        };
        Some(match c {
            'a'..='z' | 'A'..='Z' => Some(letter(c)),
            '0'..='9' => Some(plain(Weight::Place(SIGNS.chars().count() + (c as usize - '0' as usize)))),
            'ß' => {
                self.second = Some(letter('s'));
                // Compared with `ss` it is another one.
                Some(Element { accent: Some(c), ..letter('s') })
            }
            // The pictures of the supplementary planes.
            '\u{1f300}'..='\u{1faff}' => Some(plain(Weight::Symbol)),
            _ => match SIGNS.chars().position(|sign| sign == c) {
                Some(place) => Some(plain(Weight::Place(place))),
                None => accented(c).map(|(bare, accent)| Element {
                    accent: Some(accent),
                    is_capital: c.is_uppercase(),
                    ..letter(bare)
                }),
            },
        })
    }
}

/// The letter and the accent of a letter with one.
fn accented(c: char) -> Option<(char, char)> {
    if c == 'İ' {
        return Some(('i', '\u{307}'));
    }
    let mut lower = c.to_lowercase();
    let (Some(small), None) = (lower.next(), lower.next()) else { return None };
    let mut pairs = ACCENTED.chars().step_by(2).zip(ACCENTED.chars().skip(1).step_by(2)).zip(BARE.chars());
    pairs.find(|((letter, _), _)| *letter == small).map(|((_, accent), bare)| (bare, accent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_come_before_digits_before_letters_and_small_letters_before_capitals() {
        let ordered =
            ["", " x", "_", "-a", "{0}", "$", "1", "a", "A", "ä", "a1", "aB", "äb", "az", "b", "B", "straße", "z"];
        for (at, a) in ordered.iter().enumerate() {
            for (other, b) in ordered.iter().enumerate() {
                assert_eq!(compare(a, b), Some(at.cmp(&other)), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn what_is_beyond_the_table_is_not_known_unless_something_decides_before() {
        assert_eq!(compare("x-\u{4e00}", "x-\u{4e01}"), None);
        assert_eq!(compare("a\u{4e00}", "b\u{4e01}"), Some(Ordering::Less));
        assert_eq!(compare("\u{1f600}x", "it's"), Some(Ordering::Less));
        assert_eq!(compare("\u{1f600}", "+"), None);
        assert_eq!(compare("strasse", "straße"), Some(Ordering::Less));
    }
}
