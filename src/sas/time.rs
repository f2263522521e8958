//! The times of a shared access signature.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads a time as the storage service does: a date, a date with hours and minutes, or one with seconds, in UTC.
/// `None` for anything else.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let civil = match text.split_once(['T', 't']) {
        Some((_, clock)) if clock.len() < 5 => None,
        Some(_) => text.parse::<DateTime>().ok(),
        None => text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)),
    };
    TimeZone::UTC.to_timestamp(civil?).ok()
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
        for text in ["", "tomorrow", "2027-13-01", "01/02/2027", "2027", "2027-01-01T5"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
