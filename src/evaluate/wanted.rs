//! What Azure asks of the values of some parts: of a number of copies, a condition, a name, a version.

use super::Evaluator;
use super::functions::type_name;
use super::id_arguments::is_guid;
use super::refusal::Refusal;
use super::value::{Kind, Value};
use crate::source::Span;
use crate::source::limits::MAX_COPIES;

/// What is asked of the value of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing.
    Anything,
    /// A number of copies.
    Count,
    /// A boolean.
    Condition,
    /// A boolean, or a text that says one: what is declared to be text is sent so on purpose.
    Switch,
    /// A name of so many segments, where that is known.
    Name(Option<usize>),
    /// An API version.
    Version,
    /// The id of a subscription.
    Subscription,
    /// The name of a property.
    Key,
    /// Not a value: that nothing else is called so.
    Unused,
    /// Not a value: that the deployment which is called so is where it may be.
    Placement,
}

impl Evaluator<'_> {
    /// Notes that `value`, which stands at `span`, is not what is wanted there.
    pub(super) fn check_wanted(&mut self, wanted: Wanted, value: &Value, span: Span) {
        if value.is_unknown() || !self.watch.tells_refusals() || is_taken(wanted, &value.kind) {
            return;
        }
        let is_secret = value.secret_inside().is_some();
        let found = type_name(&value.kind);
        let (refusal, message) = match (wanted, &value.kind) {
            (Wanted::Count, Kind::Integer(count)) if !is_secret => {
                (Refusal::Count, format!("a loop makes 0 to {MAX_COPIES} copies, not {count}"))
            }
            (Wanted::Count, Kind::Integer(_)) => {
                (Refusal::Count, format!("a loop makes 0 to {MAX_COPIES} copies, and no other number"))
            }
            (Wanted::Count, _) => (Refusal::Count, format!("the number of copies must be an integer, not {found}")),
            (Wanted::Condition | Wanted::Switch, _) => {
                (Refusal::Condition, format!("a condition must be a boolean, not {found}"))
            }
            (Wanted::Name(segments), Kind::String(text)) => {
                let wrong = wrong_name(&text.value, segments);
                // An empty default is there to be filled in, and maybe it will.
                let is_given = !self.inputs.parameter_files.is_empty() || self.inputs.overrides.is_some();
                match wrong.filter(|_| is_given || !text.value.split('/').any(str::is_empty)) {
                    Some(message) => (Refusal::Segments, message),
                    None => return,
                }
            }
            (Wanted::Name(_), _) => (Refusal::Shape, format!("the name of a resource must be a string, not {found}")),
            (Wanted::Subscription, _) => {
                (Refusal::Argument, "a subscription is named by its id, which is a GUID".to_owned())
            }
            (Wanted::Key, _) => (Refusal::Argument, format!("the name of a property must be a string, not {found}")),
            (Wanted::Version, Kind::String(_)) => (Refusal::Shape, "a resource needs an API version".to_owned()),
            (Wanted::Version, _) => (Refusal::Shape, format!("an API version must be a string, not {found}")),
            (Wanted::Unused, _) => (Refusal::Shape, "the loop makes a property that the object has already".to_owned()),
            (Wanted::Anything | Wanted::Placement, _) => return,
        };
        self.refuse_value(refusal, span, message, value.origin.span);
    }
}

/// Whether a value is certainly or maybe what is wanted; names are looked at more closely.
fn is_taken(wanted: Wanted, value: &Kind) -> bool {
    match (wanted, value) {
        (Wanted::Count, Kind::Integer(count)) => (0..=MAX_COPIES).contains(count),
        (Wanted::Switch, Kind::String(text)) => says_boolean(&text.value),
        (Wanted::Version, Kind::String(text)) => !text.value.is_empty(),
        // Nothing leaves the deployment where it is.
        (Wanted::Subscription, Kind::String(text)) => text.value.is_empty() || is_guid(&text.value),
        // Whether a whole one is taken as a number of copies is not known, and nothing is no condition at all.
        _ => matches!(
            (wanted, value),
            (Wanted::Count, Kind::Float(_))
                | (Wanted::Condition | Wanted::Switch, Kind::Bool(_) | Kind::Null)
                | (Wanted::Key, Kind::String(_))
                | (Wanted::Subscription, Kind::Null)
        ),
    }
}

fn says_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What is wrong with a name that must have so many segments.
fn wrong_name(name: &str, wanted: Option<usize>) -> Option<String> {
    if name.is_empty() {
        return Some("the name of a resource can't be empty".to_owned());
    }
    let wanted = wanted?;
    // What another tool fills in may hold any number.
    if name.contains(['{', '$', '<', '#', '[']) || name.contains("__") {
        return None;
    }
    let segments = |count| if count == 1 { "1 segment".to_owned() } else { format!("{count} segments") };
    let found = name.split('/').filter(|segment| !segment.is_empty()).count();
    if found != wanted {
        return Some(format!("the type asks for a name of {}, this one has {}", segments(wanted), segments(found)));
    }
    let is_open = name.starts_with('/') || name.ends_with('/');
    is_open.then(|| "a name neither begins nor ends with `/`".to_owned())
}
