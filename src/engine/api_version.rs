//! API versions: their order, and which of them define a resource type.

use std::cmp::Ordering;

/// An API version: a date and, for all but general availability, a stage such as `preview`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiVersion<'a> {
    date: &'a str,
    stage: &'a str,
}

impl<'a> ApiVersion<'a> {
    /// Reads `YYYY-MM-DD` or `YYYY-MM-DD-stage`; `None` for anything else.
    pub fn parse(text: &'a str) -> Option<Self> {
        let date = text.get(..10)?;
        let shape = date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let stage = match text.get(10..)? {
            "" => "",
            rest => rest.strip_prefix('-').filter(|stage| !stage.is_empty())?,
        };
        shape.then_some(Self { date, stage })
    }

    /// Whether the version is not generally available.
    pub fn is_preview(self) -> bool {
        !self.stage.is_empty()
    }

    /// The date, `YYYY-MM-DD`.
    pub fn date(self) -> &'a str {
        self.date
    }
}

impl Ord for ApiVersion<'_> {
    /// By date; on the same date a preview comes before general availability.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |version: &Self| (version.date.to_owned(), !version.is_preview(), version.stage.to_ascii_lowercase());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for ApiVersion<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const TRANSFER_TYPES: [&str; 3] = [
    "microsoft.containerregistry/registries/exportpipelines",
    "microsoft.containerregistry/registries/importpipelines",
    "microsoft.containerregistry/registries/pipelineruns",
];

/// Preview versions that define the transfer types: `bicep-types-az`, and the service's own list of supported versions.
const TRANSFER_VERSIONS: [&str; 17] = [
    "2019-12-01-preview",
    "2020-11-01-preview",
    "2021-06-01-preview",
    "2021-08-01-preview",
    "2021-12-01-preview",
    "2022-02-01-preview",
    "2023-01-01-preview",
    "2023-06-01-preview",
    "2023-08-01-preview",
    "2023-11-01-preview",
    "2024-11-01-preview",
    "2025-03-01-preview",
    "2025-05-01-preview",
    "2025-06-01-preview",
    "2025-12-01-preview",
    "2026-01-01-preview",
    "2026-03-01-preview",
];

/// Whether `version` defines the resource type `ty`; `None` when nothing is known of one of them.
pub fn defines_type(version: &str, ty: &str) -> Option<bool> {
    if !TRANSFER_TYPES.iter().any(|known| known.eq_ignore_ascii_case(ty)) {
        return None;
    }
    let parsed = ApiVersion::parse(version)?;
    if TRANSFER_VERSIONS.iter().any(|known| known.eq_ignore_ascii_case(version)) {
        return Some(true);
    }
    // The types have never been part of a generally available version, and did not exist before the first preview. A
    // preview that is not listed may be a newer one.
    let first = ApiVersion::parse(TRANSFER_VERSIONS[0])?;
    if parsed < first || (!parsed.is_preview() && parsed.date <= LAST_SURVEYED) {
        return Some(false);
    }
    None
}

/// The newest version of the provider when the list above was drawn up.
const LAST_SURVEYED: &str = "2026-03-01";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_decides_before_the_stage() {
        let version = |text| ApiVersion::parse(text).unwrap();
        assert!(version("2025-06-01-preview") < version("2025-06-01"));
        assert!(version("2025-06-01") < version("2025-11-01-preview"));
        assert_eq!(ApiVersion::parse("2025-6-1"), None);
        assert_eq!(ApiVersion::parse("latest"), None);
        assert_eq!(ApiVersion::parse("2025-06-01-"), None);
    }

    #[test]
    fn transfer_types_exist_in_previews_only() {
        let ty = "Microsoft.ContainerRegistry/registries/exportPipelines";
        assert_eq!(defines_type("2025-06-01-preview", ty), Some(true));
        assert_eq!(defines_type("2025-11-01", ty), Some(false));
        assert_eq!(defines_type("2019-05-01-preview", ty), Some(false));
        assert_eq!(defines_type("2025-12-01-preview", ty), Some(true));
        assert_eq!(defines_type("2026-12-01-preview", ty), None);
        assert_eq!(defines_type("2027-01-01", ty), None);
        assert_eq!(defines_type("2025-11-01", "Microsoft.ContainerRegistry/registries"), None);
    }
}
