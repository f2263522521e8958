//! `acr-transfer-sas-account-policy`: a SAS that is valid for longer than the storage account allows.

use jiff::SignedDuration;

use super::sas::{account_of, held_by};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::evaluate::Instance;
use crate::sas::{Field, instant};

pub(super) fn check<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) {
    let Some(now) = check.evaluator.context().now else { return };
    for held in held_by(check, secret).into_iter().filter(|held| held.serves) {
        let Some(expiry) = held.sas.known(Field::Expiry).and_then(instant) else { continue };
        let Some(account) = account_of(check, &held) else { continue };
        let action = check.text(&account, &["properties", "sasPolicy", "expirationAction"]);
        let period = check.find(&account, &["properties", "sasPolicy", "sasExpirationPeriod"]);
        let longest = period.value().and_then(|period| period.as_str()).and_then(duration);
        let start = held.sas.known(Field::Start).and_then(instant).unwrap_or(now);
        let is_blocked = action.is_some_and(|action| action.eq_ignore_ascii_case("Block"));
        if let (true, Some(longest), Some(span)) = (is_blocked, longest, held.place(check.sources, Field::Expiry))
            && expiry.duration_since(start) > longest
        {
            let days = longest.as_hours() / 24;
            let finding = held
                .used(Finding::new(span, format!("the account blocks a SAS that is valid for more than {days} days")));
            check.report(match period.span() {
                Some(span) => finding.related(span, "the longest time that a SAS may be valid"),
                None => finding,
            });
        }
    }
}

/// Reads `DD.HH:MM:SS`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let mut seconds = days.parse::<i64>().ok()?.checked_mul(24)?;
    let mut parts = clock.split(':');
    seconds = seconds.checked_add(parts.next()?.parse().ok()?)?.checked_mul(60)?;
    seconds = seconds.checked_add(parts.next()?.parse().ok()?)?.checked_mul(60)?;
    seconds = seconds.checked_add(parts.next()?.parse().ok()?)?;
    parts.next().is_none().then(|| SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_is_days_and_a_clock() {
        assert_eq!(duration("1.12:05:06"), Some(SignedDuration::from_secs(129_906)));
        assert_eq!(duration("07.00:00:00"), Some(SignedDuration::from_hours(168)));
        assert_eq!(duration("P7D"), None);
    }
}
