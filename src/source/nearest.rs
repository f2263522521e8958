//! What a name that nothing has may have been meant to be.

use super::limits::MAX_LIKENESSES;

/// A search for likely names, which ends when it has cost too much: a text may hold thousands of wrong names, and
/// thousands of right ones to compare each with.
#[derive(Debug)]
pub struct Nearest {
    /// How many more names may be compared.
    left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self { left: MAX_LIKENESSES }
    }
}

impl Nearest {
    /// The name that is most like `wanted`, if any is like it; of several the first by the alphabet.
    pub fn to<'n>(&mut self, wanted: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        let wanted = wanted.to_ascii_lowercase();
        let mut nearest: Option<(f64, &str)> = None;
        for name in known {
            self.left = self.left.checked_sub(1)?;
            let likeness = strsim::jaro_winkler(&wanted, &name.to_ascii_lowercase());
            let is_nearer = |(best, other): (f64, &str)| likeness > best || likeness >= best && name < other;
            if likeness > LIKE && nearest.is_none_or(is_nearer) {
                nearest = Some((likeness, name));
            }
        }
        nearest.map(|(_, name)| name)
    }
}

/// The least likeness of names that may be meant for each other.
const LIKE: f64 = 0.85;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_until_too_many_were_compared() {
        let mut nearest = Nearest::default();
        assert_eq!(nearest.to("registryNmae", ["registry", "registryName", "other"]), Some("registryName"));
        assert_eq!(nearest.to("naem", ["namf", "name", "x"]), Some("name"));
        assert_eq!(nearest.to("nothing", ["else"]), None);
        assert_eq!(nearest.to("name", vec!["x"; MAX_LIKENESSES]), None);
        assert_eq!(nearest.to("registryNmae", ["registryName"]), None);
    }
}
