//! The times of a shared access signature.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads a time as the storage service does: a date, a date with hours and minutes, or one with seconds, in UTC. The last
/// day of the year 9999, which people write for "never", counts although only part of it is a [`Timestamp`]. `None` for
/// anything else.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let text = without_zone(text);
    let civil = match text.split_once(['T', 't']) {
        Some((_, clock)) if clock.len() < 5 => None,
        Some(_) => text.parse::<DateTime>().ok(),
        None => text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)),
    };
    let civil = civil?;
    TimeZone::UTC.to_timestamp(civil).ok().or_else(|| (civil.year() == DateTime::MAX.year()).then_some(Timestamp::MAX))
}

/// The text without `Z`, or without `+00:00`, which says the same.
fn without_zone(text: &str) -> &str {
    let zone = ["Z", "z", "+00:00", "-00:00"].iter().find_map(|zone| text.strip_suffix(zone));
    zone.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_or_a_date_and_time_in_utc_is_read() {
        for (text, expected) in [
            ("2027-01-01", "2027-01-01T00:00:00Z"),
            ("2027-01-01Z", "2027-01-01T00:00:00Z"),
            ("2027-01-01T05:06Z", "2027-01-01T05:06:00Z"),
            ("2027-01-01T05:06:07Z", "2027-01-01T05:06:07Z"),
            ("2027-01-01T05:06:07.1234567Z", "2027-01-01T05:06:07.1234567Z"),
            ("2027-01-01T05:06:07+02:00", "2027-01-01T03:06:07Z"),
        ] {
            assert_eq!(instant(text), Some(expected.parse().unwrap()), "{text}");
        }
        for text in [
            "9999-12-31",
            "9999-12-31T23:59Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999Z",
            "9999-12-31T23:59:59+00:00",
        ] {
            assert_eq!(instant(text), Some(Timestamp::MAX), "{text}");
        }
        for text in ["", "tomorrow", "2027-13-01", "01/02/2027", "2027", "2027-01-01T5"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
