//! Date and time format strings as .NET reads them in the invariant culture: `u`, `yyyy-MM-dd`.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The point in time in UTC, in a standard or custom format of .NET; the error says why it is none.
pub fn format_utc(time: Timestamp, format: &str) -> Result<String, &'static str> {
    formatted(TimeZone::UTC.to_datetime(time), None, format)
}

/// The same for a time at an offset from UTC.
pub(super) fn format_at(time: DateTime, offset: Offset, format: &str) -> Result<String, &'static str> {
    match format {
        "u" | "r" | "R" => {
            let time = offset.to_timestamp(time).map_err(|_| "the date lies outside the calendar")?;
            format_utc(time, format)
        }
        "" => formatted(time, Some(offset), "MM/dd/yyyy HH:mm:ss zzz"),
        "U" => Err("the date has no such format"),
        _ => formatted(time, Some(offset), format),
    }
}

fn formatted(time: DateTime, offset: Option<Offset>, format: &str) -> Result<String, &'static str> {
    let mut chars = format.chars();
    let format = match (chars.next(), chars.as_str()) {
        (None, _) => "MM/dd/yyyy HH:mm:ss",
        (Some(letter), "") => standard(letter).ok_or("the date has no such format")?,
        _ => format,
    };
    custom(time, offset, format)
}

/// An offset from UTC, with minutes where there is room for them.
fn written(offset: Option<Offset>, count: usize) -> String {
    let minutes = offset.map_or(0, Offset::seconds) / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    match count {
        1 => format!("{sign}{hours}"),
        2 => format!("{sign}{hours:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

/// The custom format that a standard one stands for.
fn standard(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "MM/dd/yyyy",
        'D' => "dddd, dd MMMM yyyy",
        'f' => "dddd, dd MMMM yyyy HH:mm",
        'F' | 'U' => "dddd, dd MMMM yyyy HH:mm:ss",
        'g' => "MM/dd/yyyy HH:mm",
        'G' => "MM/dd/yyyy HH:mm:ss",
        'm' | 'M' => "MMMM dd",
        'o' | 'O' => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        'r' | 'R' => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        's' => "yyyy-MM-ddTHH:mm:ss",
        't' => "HH:mm",
        'T' => "HH:mm:ss",
        'u' => "yyyy-MM-dd HH:mm:ss'Z'",
        'y' | 'Y' => "yyyy MMMM",
        _ => return None,
    })
}

fn custom(time: DateTime, offset: Option<Offset>, format: &str) -> Result<String, &'static str> {
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => loop {
                match chars.next() {
                    Some(next) if next == c => break,
                    Some('\\') => text.push(chars.next().ok_or("the format ends in an escape")?),
                    Some(next) => text.push(next),
                    None => return Err("the format has a quote that is not closed"),
                }
            },
            '\\' => text.push(chars.next().ok_or("the format ends in an escape")?),
            '%' => match chars.peek() {
                None | Some('%') => return Err("the format has a `%` with nothing to apply it to"),
                Some(_) => {}
            },
            _ => {
                let count = 1 + repeated(&mut chars, c);
                specifier(&mut text, time, offset, c, count)?;
            }
        }
    }
    Ok(text)
}

/// Takes the repetitions of `c` and counts them.
fn repeated(chars: &mut Peekable<Chars<'_>>, c: char) -> usize {
    std::iter::from_fn(|| chars.next_if_eq(&c)).count()
}

/// Writes what `count` times the letter `c` stands for.
fn specifier(
    text: &mut String,
    time: DateTime,
    offset: Option<Offset>,
    c: char,
    count: usize,
) -> Result<(), &'static str> {
    let name = |names: &[&'static str], index: i8| {
        let name = usize::try_from(index - 1).ok().and_then(|index| names.get(index)).copied().unwrap_or_default();
        if count == 3 { name.get(..3).unwrap_or(name) } else { name }
    };
    let mut padded = |number: i64| {
        // Two digits are the most that these letters ask for.
        let width = count.min(2);
        let _ = write!(text, "{number:0width$}");
    };
    let hour = time.hour();
    match c {
        'd' if count <= 2 => padded(time.day().into()),
        'd' => text.push_str(name(&DAYS, time.weekday().to_monday_one_offset())),
        'M' if count <= 2 => padded(time.month().into()),
        'M' => text.push_str(name(&MONTHS, time.month())),
        'y' if count <= 2 => padded(i64::from(time.year()) % 100),
        'y' => {
            let width = count.min(16);
            let _ = write!(text, "{:0width$}", time.year());
        }
        'H' => padded(hour.into()),
        'h' => padded(if hour % 12 == 0 { 12 } else { hour % 12 }.into()),
        'm' => padded(time.minute().into()),
        's' => padded(time.second().into()),
        't' => {
            let half = if hour < 12 { "AM" } else { "PM" };
            text.push_str(half.get(..count.min(2)).unwrap_or(half));
        }
        'f' | 'F' if count > 7 => return Err("the format has more than seven digits of a second"),
        'f' | 'F' => {
            let digits = format!("{:09}", time.subsec_nanosecond());
            let digits = digits.get(..count).unwrap_or(&digits);
            match c {
                'f' => text.push_str(digits),
                _ if digits.trim_end_matches('0').is_empty() => {
                    // The point before digits that are not written goes too.
                    if text.ends_with('.') {
                        text.pop();
                    }
                }
                _ => text.push_str(digits.trim_end_matches('0')),
            }
        }
        'g' => text.push_str("A.D."),
        'K' if offset.is_none() => text.extend(std::iter::repeat_n('Z', count)),
        'K' => text.push_str(&written(offset, 3).repeat(count)),
        'z' => text.push_str(&written(offset, count)),
        other => text.extend(std::iter::repeat_n(other, count)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_a_point_in_time() {
        let time: Timestamp = "2019-03-05T07:53:08.12Z".parse().unwrap();
        let cases = [
            ("yyyyMMddTHHmmssZ", "20190305T075308Z"),
            ("d", "03/05/2019"),
            ("M d", "3 5"),
            ("u", "2019-03-05 07:53:08Z"),
            ("s", "2019-03-05T07:53:08"),
            ("o", "2019-03-05T07:53:08.1200000Z"),
            ("R", "Tue, 05 Mar 2019 07:53:08 GMT"),
            ("D", "Tuesday, 05 March 2019"),
            ("h:mm tt", "7:53 AM"),
            ("%h", "7"),
            ("yy.M.d 'at' H\\H", "19.3.5 at 7H"),
            ("ss.FFF", "08.12"),
            ("zzz", "+00:00"),
            ("ddd MMM", "Tue Mar"),
            ("", "03/05/2019 07:53:08"),
        ];
        for (format, expected) in cases {
            assert_eq!(format_utc(time, format).as_deref(), Ok(expected), "{format}");
        }
        for format in ["q", "'open", "yyyy\\", "%", "ffffffff"] {
            assert!(format_utc(time, format).is_err(), "{format}");
        }
    }

    #[test]
    fn a_whole_second_has_no_fraction_to_show() {
        let time: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(format_utc(time, "HH:mm:ss.FFF").as_deref(), Ok("00:00:00"));
    }
}
