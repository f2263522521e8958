//! Where blobs are, as far as their place is known.

/// Encloses, in a text, what stands for something that is not known: the name of a variable, or the like.
pub const MARK: char = '\0';

/// Where a blob is; what is not said is `None`. Names may hold what is not known, between two marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The storage account.
    pub account: Option<String>,
    /// The container.
    pub container: Option<String>,
    /// The blob.
    pub blob: Option<String>,
}

/// Whether two names are the same; `None` when that can't be known. The same unknown part is the same.
pub fn same(a: Option<&str>, b: Option<&str>) -> Option<bool> {
    let (a, b) = (a?, b?);
    if a.eq_ignore_ascii_case(b) {
        Some(true)
    } else if a.contains(MARK) || b.contains(MARK) {
        None
    } else {
        Some(false)
    }
}

impl Place {
    /// Whether this is in the container of `other`; `None` when that can't be known.
    pub fn is_in(&self, other: &Self) -> Option<bool> {
        let account = same(self.account.as_deref(), other.account.as_deref());
        let container = same(self.container.as_deref(), other.container.as_deref());
        match (account, container) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// Whether account and container are known.
    pub fn is_known(&self) -> bool {
        [&self.account, &self.container].iter().all(|name| name.as_ref().is_some_and(|name| !name.contains(MARK)))
    }

    /// Reads the URL of a container or blob.
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if scheme.contains(MARK) {
            return None;
        }
        let rest = rest.split('?').next().unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (account, _) = host.split_once(".blob.")?;
        // The copy of an account in another region is no account of its own.
        let account = account.strip_suffix("-secondary").unwrap_or(account);
        let (container, blob) = path.split_once('/').unwrap_or((path, ""));
        let name = |text: &str| Some(without_sas(text)).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self { account: name(account), container: name(container), blob: name(blob) })
    }
}

/// A name without the SAS that is joined to it: `transfer$SAS`.
fn without_sas(text: &str) -> &str {
    let Some(inner) = text.strip_suffix(MARK) else { return text };
    let Some((name, variable)) = inner.rsplit_once(MARK) else { return text };
    let variable = variable.to_ascii_lowercase();
    let is_sas = variable.contains("sas") || variable.contains("token") || variable.len() == 1;
    if is_sas && !name.is_empty() { name } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> Option<[String; 3]> {
        let place = Place::of_url(url)?;
        Some([place.account, place.container, place.blob].map(Option::unwrap_or_default))
    }

    #[test]
    fn a_url_leads_to_a_place() {
        let parts = |a: &str, b: &str, c: &str| Some([a, b, c].map(str::to_owned));
        assert_eq!(place("https://a.blob.core.windows.net/transfer/x/y?sv=1"), parts("a", "transfer", "x/y"));
        assert_eq!(place("https://a.blob.core.windows.net/transfer\0SAS\0"), parts("a", "transfer", ""));
        assert_eq!(place("https://a.blob.core.windows.net/t\0env\0"), parts("a", "t\0env\0", ""));
        assert_eq!(place("https://\0A\0.blob.core.windows.net/c"), parts("\0A\0", "c", ""));
        assert_eq!(place("https://a.file.core.windows.net/c"), None);
        assert_eq!(place("./blob"), None);
    }

    #[test]
    fn unknown_names_are_the_same_only_when_written_alike() {
        assert_eq!(same(Some("a"), Some("A")), Some(true));
        assert_eq!(same(Some("a"), Some("b")), Some(false));
        assert_eq!(same(Some("\0x\0"), Some("\0x\0")), Some(true));
        assert_eq!(same(Some("\0x\0"), Some("b")), None);
        assert_eq!(same(None, Some("b")), None);
    }
}
