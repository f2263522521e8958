//! Date functions.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::date_format::format_utc;
use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    function("dateTimeAdd", 2, 3, date_time_add),
    function("dateTimeFromEpoch", 1, 1, date_time_from_epoch),
    function("dateTimeToEpoch", 1, 1, date_time_to_epoch),
];

/// How the service writes a point in time when nobody says how.
const ISO: &str = "yyyy-MM-ddTHH:mm:ssZ";

fn date_time_add(args: &Arguments<'_>) -> Evaluated {
    let base = time(args, 0)?;
    let duration =
        duration(args.string(1)?).ok_or_else(|| args.invalid("the duration is not of the form `P1DT12H`"))?;
    let format = if args.len() > 2 { args.string(2)? } else { ISO };
    let time = base.checked_add(duration).map_err(|_| args.invalid("the result lies outside the calendar"))?;
    format_utc(time, format).map(Value::from).map_err(|message| args.invalid(message))
}

fn date_time_from_epoch(args: &Arguments<'_>) -> Evaluated {
    let time =
        Timestamp::from_second(args.integer(0)?).map_err(|_| args.invalid("the result lies outside the calendar"))?;
    format_utc(time, ISO).map(Value::from).map_err(|message| args.invalid(message))
}

fn date_time_to_epoch(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(time(args, 0)?.as_second()))
}

/// The point in time that an argument spells; without a zone it is in UTC.
fn time(args: &Arguments<'_>, index: usize) -> Result<Timestamp, Stop> {
    let text = args.string(index)?.trim();
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let civil = text.parse::<DateTime>().ok().and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok());
    match civil {
        Some(time) => Ok(time),
        None if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            // The service reads many more spellings of a date than are documented.
            Err(Stop::Unknown)
        }
        None => Err(args.invalid("the string is not a date")),
    }
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
