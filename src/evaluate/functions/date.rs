//! Date functions.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};

use super::date_format::{format_at, format_utc};
use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::value::{Kind, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("dateTimeAdd", 2, 3, date_time_add),
    function("dateTimeFromEpoch", 1, 1, date_time_from_epoch),
    function("dateTimeToEpoch", 1, 1, date_time_to_epoch),
];

/// How the service writes a point in time when nobody says how.
const ISO: &str = "yyyy-MM-ddTHH:mm:ssZ";

/// The sum has the offset of the base, which the format need not show.
fn date_time_add(args: &Arguments<'_>) -> Evaluated {
    let (base, offset) = time(args, 0)?;
    let duration =
        duration(args.string(1)?).ok_or_else(|| args.invalid("the duration is not of the form `P1DT12H`"))?;
    let format = if args.len() > 2 { args.string(2)? } else { ISO };
    let outside = || args.invalid("the result lies outside the calendar");
    let time = base.checked_add(duration).map_err(|_| outside())?;
    format_at(time, offset, format).map(Value::from).map_err(|message| args.invalid(message))
}

fn date_time_from_epoch(args: &Arguments<'_>) -> Evaluated {
    let seconds = match args.get(0).map(|value| &value.kind) {
        Some(Kind::String(text)) => {
            text.value.trim().parse().map_err(|_| args.invalid("the string is not an integer"))?
        }
        _ => args.integer(0)?,
    };
    let time = Timestamp::from_second(seconds).map_err(|_| args.invalid("the result lies outside the calendar"))?;
    format_utc(time, ISO).map(Value::from).map_err(|message| args.invalid(message))
}

fn date_time_to_epoch(args: &Arguments<'_>) -> Evaluated {
    let (time, offset) = time(args, 0)?;
    let time = offset.to_timestamp(time).map_err(|_| args.invalid("the date lies outside the calendar"))?;
    Ok(Value::from(time.as_second()))
}

/// The date and time that an argument spells, and its offset from UTC; without one it is in UTC.
fn time(args: &Arguments<'_>, index: usize) -> Result<(DateTime, Offset), Stop> {
    let text = args.string(index)?.trim();
    if let Ok(pieces) = Pieces::parse(text) {
        let time = pieces.time().unwrap_or(Time::midnight());
        return Ok((pieces.date().to_datetime(time), pieces.to_numeric_offset().unwrap_or(Offset::UTC)));
    }
    match american(text) {
        Some(time) => Ok((time, Offset::UTC)),
        None if text.bytes().any(|byte| byte.is_ascii_digit()) && !is_no_day(text) && !is_one_word(text) => {
            // The service reads many more spellings of a date than are documented.
            Err(Stop::Unknown)
        }
        None => Err(args.invalid("the string is not a date")),
    }
}

/// Whether a text begins as a day of the calendar is written by ISO 8601, and there is no such day.
fn is_no_day(text: &str) -> bool {
    let Some(day) = text.get(..10) else { return false };
    let is_digit = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    day.bytes().enumerate().all(is_digit) && day.parse::<Date>().is_err()
}

/// Whether nothing parts a text, and it names no month either: no spelling of a date is such.
fn is_one_word(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let folded = text.to_ascii_lowercase();
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !MONTHS.iter().any(|month| folded.contains(month))
}

/// `MM/dd/yyyy`, with a time behind it or without.
fn american(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let mut numbers = date.split('/').map(str::parse::<i16>);
    let (month, day, year) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    if numbers.next().is_some() || year < 1000 {
        return None;
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(date.to_datetime(time.parse().ok()?))
}

/// An ISO 8601 duration of years to seconds; by the documentation a year is 365 days and a month 30.
fn duration(text: &str) -> Option<SignedDuration> {
    if !text.trim_start_matches(['-', '+']).starts_with('P') {
        return None;
    }
    let span: Span = text.parse().ok().filter(|span: &Span| span.get_weeks() == 0)?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30 + i64::from(span.get_days());
    let hours = days.checked_mul(24)?.checked_add(i64::from(span.get_hours()))?;
    let minutes = hours.checked_mul(60)?.checked_add(span.get_minutes())?;
    let seconds = minutes.checked_mul(60)?.checked_add(span.get_seconds())?;
    SignedDuration::from_secs(seconds)
        .checked_add(SignedDuration::from_millis(span.get_milliseconds()))?
        .checked_add(SignedDuration::from_micros(span.get_microseconds()))?
        .checked_add(SignedDuration::from_nanos(span.get_nanoseconds()))
}
