//! Whether a shared access signature serves a pipeline, field by field.

use jiff::{SignedDuration, Timestamp};

use super::model::{Content, Field, Kind, Sas};
use super::time::instant;

/// A SAS that ends within this many days is about to expire.
pub const SOON_DAYS: i64 = 30;

/// Clocks of the services may differ by this much.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// The order that the storage service asks for in the `sp` of a service or user delegation SAS.
const ORDER: &str = "racwdxyltmeopfi";

/// What the pipelines that use a SAS do with it. Neither export nor import: it serves one of them, but which is not
/// known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// An export pipeline writes with it.
    pub export: bool,
    /// An import pipeline reads with it.
    pub import: bool,
    /// The source trigger of the import pipeline is on.
    pub trigger: bool,
    /// The import pipeline deletes the blobs that it has read.
    pub delete: bool,
}

/// Something that keeps a SAS from serving, each about one [`Field`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It has expired.
    Expired {
        /// When.
        expiry: Timestamp,
    },
    /// It expires within [`SOON_DAYS`].
    ExpiresSoon {
        /// When.
        expiry: Timestamp,
        /// Whole days left.
        days: i64,
    },
    /// It becomes valid later.
    NotYetValid {
        /// When.
        start: Timestamp,
    },
    /// It became valid so recently that a clock that is behind refuses it.
    StartsNow,
    /// Its start is not before its expiry.
    StartsAfterExpiry,
    /// It lacks permissions.
    Permissions {
        /// The letters it lacks, in the service's order.
        missing: String,
        /// All letters it should have, in the service's order.
        wanted: String,
    },
    /// An account SAS lacks resource types.
    ResourceTypes {
        /// The letters it lacks, in the order `s`, `c`, `o`.
        missing: String,
    },
    /// An account SAS is not for blobs.
    Services,
    /// A service SAS is for something other than a container.
    Resource,
    /// It may be used without encryption.
    Http,
    /// Its permissions are not in the order that the service asks for.
    PermissionOrder {
        /// The letters in order, each once.
        ordered: String,
    },
    /// It is a user delegation SAS, which lives seven days at most.
    UserDelegation,
    /// It may be used from some addresses only.
    Addresses,
    /// A stored access policy holds what it leaves out.
    StoredPolicy,
    /// It is a service SAS.
    ServiceKind,
}

impl Problem {
    /// Whether it is one whatever the SAS is for.
    pub fn matters_always(&self) -> bool {
        matches!(self, Self::Expired { .. } | Self::NotYetValid { .. } | Self::StartsAfterExpiry)
    }

    /// The field that is wrong, or lacks something.
    pub fn field(&self) -> Field {
        match self {
            Self::Expired { .. } | Self::ExpiresSoon { .. } => Field::Expiry,
            Self::NotYetValid { .. } | Self::StartsNow | Self::StartsAfterExpiry => Field::Start,
            Self::Permissions { .. } | Self::PermissionOrder { .. } => Field::Permissions,
            Self::ResourceTypes { .. } => Field::ResourceTypes,
            Self::Services => Field::Services,
            Self::Resource | Self::ServiceKind => Field::Resource,
            Self::Http => Field::Protocol,
            Self::UserDelegation => Field::Delegate,
            Self::Addresses => Field::Addresses,
            Self::StoredPolicy => Field::Policy,
        }
    }
}

/// All problems that `sas` has at `now` with what is needed of it. What is not known is no problem, and neither is a
/// field that must be there but is not: whoever made the SAS was told so.
pub fn judge(sas: &Sas, needs: Needs, now: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::new();
    let expiry = judge_expiry(sas, now);
    if !matches!(expiry, Some(Problem::Expired { .. })) {
        problems.extend(judge_start(sas, now));
    }
    problems.extend(expiry);
    problems.extend(judge_permissions(sas, needs));
    problems.extend(judge_order(sas));
    problems.extend(judge_reach(sas));
    match sas.get(Field::Protocol) {
        Content::Absent => problems.push(Problem::Http),
        Content::Known(protocol) if !protocol.eq_ignore_ascii_case("https") => problems.push(Problem::Http),
        Content::Known(_) | Content::Unknown => {}
    }
    if sas.kind() == Some(Kind::UserDelegation) {
        problems.push(Problem::UserDelegation);
    }
    if sas.has(Field::Addresses) {
        problems.push(Problem::Addresses);
    }
    if sas.has(Field::Policy) {
        problems.push(Problem::StoredPolicy);
    }
    if sas.kind() == Some(Kind::Service) {
        problems.push(Problem::ServiceKind);
    }
    problems
}

/// `letters` in the order that the storage service asks for, each once; letters that it doesn't know come last.
pub fn ordered(letters: &str) -> String {
    let mut known: String = ORDER.chars().filter(|letter| letters.contains(*letter)).collect();
    for letter in letters.chars() {
        if !known.contains(letter) {
            known.push(letter);
        }
    }
    known
}

fn judge_expiry(sas: &Sas, now: Timestamp) -> Option<Problem> {
    let expiry = instant(sas.known(Field::Expiry)?)?;
    let left = expiry.duration_since(now);
    if left.is_negative() {
        return Some(Problem::Expired { expiry });
    }
    let days = left.as_hours() / 24;
    // A user delegation SAS is never valid for longer.
    (left <= SignedDuration::from_hours(24 * SOON_DAYS) && sas.kind() != Some(Kind::UserDelegation))
        .then_some(Problem::ExpiresSoon { expiry, days })
}

fn judge_start(sas: &Sas, now: Timestamp) -> Option<Problem> {
    let start = instant(sas.known(Field::Start)?)?;
    if let Some(expiry) = sas.known(Field::Expiry).and_then(instant)
        && start >= expiry
    {
        return Some(Problem::StartsAfterExpiry);
    }
    let age = now.duration_since(start);
    if age.abs() < SKEW {
        Some(Problem::StartsNow)
    } else {
        age.is_negative().then_some(Problem::NotYetValid { start })
    }
}

fn judge_permissions(sas: &Sas, needs: Needs) -> Option<Problem> {
    // What a policy allows is added to what the token allows.
    if sas.has(Field::Policy) {
        return None;
    }
    let given = sas.known(Field::Permissions)?;
    let mut wanted = String::from("rl");
    if needs.export {
        wanted.push_str("aw");
    }
    if needs.import && needs.delete {
        wanted.push('d');
    }
    let missing: String = ordered(&wanted).chars().filter(|letter| !given.contains(*letter)).collect();
    (!missing.is_empty()).then(|| Problem::Permissions { wanted: ordered(&format!("{given}{missing}")), missing })
}

fn judge_order(sas: &Sas) -> Option<Problem> {
    let given = sas.known(Field::Permissions)?;
    let ordered = ordered(given);
    let asked = matches!(sas.kind(), Some(Kind::Service | Kind::UserDelegation));
    // Letters that nobody knows have no place in the order.
    let known = given.chars().all(|letter| ORDER.contains(letter));
    (asked && known && given != ordered).then_some(Problem::PermissionOrder { ordered })
}

/// What the SAS reaches: services and resource types of the account, or a resource.
fn judge_reach(sas: &Sas) -> Vec<Problem> {
    let mut problems = Vec::new();
    match sas.kind() {
        Some(Kind::Account) => {
            if sas.known(Field::Services).is_some_and(|services| !services.contains('b')) {
                problems.push(Problem::Services);
            }
            if let Some(types) = sas.known(Field::ResourceTypes) {
                let missing: String = "sco".chars().filter(|letter| !types.contains(*letter)).collect();
                if !missing.is_empty() {
                    problems.push(Problem::ResourceTypes { missing });
                }
            }
        }
        // An account SAS is for no resource, so that this is known of one of which not all is seen.
        Some(Kind::Service | Kind::UserDelegation) | None => {
            if sas.known(Field::Resource).is_some_and(|resource| resource != "c") {
                problems.push(Problem::Resource);
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::token::Token;
    use super::*;

    const ACCOUNT: &str = "sv=2022-11-02&ss=b&srt=sco&sp=rwdlac&st=2026-11-01&se=2027-06-01&spr=https&sig=x";
    const SERVICE: &str = "sv=2022-11-02&sr=c&sp=racwdl&st=2026-11-01&se=2027-06-01&spr=https&sig=x";
    const USER: &str = "sv=2022-11-02&skoid=x&skt=2026-11-22&ske=2026-11-29&sr=c&sp=racwdl&st=2026-11-01\
                        &se=2026-11-29&spr=https&sig=x";
    const EXPORT: Needs = Needs { export: true, import: false, trigger: false, delete: false };
    const IMPORT: Needs = Needs { export: false, import: true, trigger: true, delete: true };

    /// What is wrong with `token` after `from` in it became `to`, apart from what is wrong with its kind.
    fn judged(token: &str, (from, to): (&str, &str), needs: Needs) -> Vec<Problem> {
        let text = token.replace(from, to);
        assert!(from.is_empty() || text != token, "`{from}` is not in the token");
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut problems = judge(&Token::parse(&text).unwrap().sas, needs, now);
        problems.retain(|problem| !matches!(problem, Problem::ServiceKind | Problem::UserDelegation));
        problems
    }

    fn at(text: &str) -> Timestamp {
        instant(text).unwrap()
    }

    #[test]
    fn a_sound_sas_of_each_kind_serves() {
        for token in [ACCOUNT, SERVICE, USER] {
            for needs in [EXPORT, IMPORT, Needs::default()] {
                assert_eq!(judged(token, ("", ""), needs), [], "{token}");
            }
        }
    }

    #[test]
    fn each_field_of_an_account_sas_can_be_wrong() {
        let missing = |letters: &str| vec![Problem::ResourceTypes { missing: letters.to_owned() }];
        let lacks = |letters: &str, all: &str| {
            vec![Problem::Permissions { missing: letters.to_owned(), wanted: all.to_owned() }]
        };
        for (change, needs, expected) in [
            (("ss=b", "ss=q"), EXPORT, vec![Problem::Services]),
            (("srt=sco", "srt=o"), EXPORT, missing("sc")),
            (("srt=sco", "srt=co"), EXPORT, missing("s")),
            (("sp=rwdlac", "sp=rl"), EXPORT, lacks("aw", "rawl")),
            (("sp=rwdlac", "sp=rdl"), IMPORT, vec![]),
            (("sp=rwdlac", "sp=r"), IMPORT, lacks("dl", "rdl")),
            (("sp=rwdlac", "sp=lwacr"), EXPORT, vec![]),
            (("sp=rwdlac", "sp=w"), Needs::default(), lacks("rl", "rwl")),
            (("se=2027-06-01", "se=2026-11-22"), EXPORT, vec![Problem::Expired { expiry: at("2026-11-22") }]),
            (
                ("se=2027-06-01", "se=2026-12-01T12:00Z"),
                EXPORT,
                vec![Problem::ExpiresSoon { expiry: at("2026-12-01T12:00:00Z"), days: 8 }],
            ),
            (
                ("se=2027-06-01", "se=2026-12-23"),
                EXPORT,
                vec![Problem::ExpiresSoon { expiry: at("2026-12-23"), days: 30 }],
            ),
            (("se=2027-06-01", "se=2026-12-23T00:01Z"), EXPORT, vec![]),
            (("st=2026-11-01", "st=2026-11-24"), EXPORT, vec![Problem::NotYetValid { start: at("2026-11-24") }]),
            (("st=2026-11-01", "st=2026-11-23T00:10Z"), EXPORT, vec![Problem::StartsNow]),
            (("st=2026-11-01", "st=2026-11-22T23:50Z"), EXPORT, vec![Problem::StartsNow]),
            (("st=2026-11-01", "st=2027-06-01"), EXPORT, vec![Problem::StartsAfterExpiry]),
            (("spr=https", "spr=https,http"), EXPORT, vec![Problem::Http]),
            (("&spr=https", ""), EXPORT, vec![Problem::Http]),
            (("spr=https", "spr=https&sip=10.0.0.1"), EXPORT, vec![Problem::Addresses]),
        ] {
            assert_eq!(judged(ACCOUNT, change, needs), expected, "{change:?}");
        }
    }

    #[test]
    fn each_field_of_a_service_or_user_delegation_sas_can_be_wrong() {
        let order = |letters: &str| Problem::PermissionOrder { ordered: letters.to_owned() };
        for token in [SERVICE, USER] {
            for (change, needs, expected) in [
                (("sr=c", "sr=b"), EXPORT, vec![Problem::Resource]),
                (("sp=racwdl", "sp=ldcwar"), EXPORT, vec![order("racwdl")]),
                (
                    ("sp=racwdl", "sp=rll"),
                    IMPORT,
                    vec![Problem::Permissions { missing: "d".to_owned(), wanted: "rdl".to_owned() }, order("rl")],
                ),
                (("sp=racwdl", "si=transfer"), EXPORT, vec![Problem::StoredPolicy]),
                (("st=2026-11-01", "st=2026-11-25"), EXPORT, vec![Problem::NotYetValid { start: at("2026-11-25") }]),
                (("&spr=https", ""), IMPORT, vec![Problem::Http]),
            ] {
                assert_eq!(judged(token, change, needs), expected, "{change:?}");
            }
        }
        let expired = vec![Problem::Expired { expiry: at("2026-11-20") }];
        assert_eq!(judged(USER, ("se=2026-11-29", "se=2026-11-20"), EXPORT), expired);
    }

    #[test]
    fn what_is_not_known_is_no_problem() {
        let mut sas = Sas::of_kind(Kind::Account);
        sas.set_open();
        assert_eq!(judge(&sas, EXPORT, at("2026-11-23")), []);
    }
}
