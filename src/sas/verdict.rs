//! How the rules word what is wrong with a SAS, so that templates, commands and bare tokens are told the same.

use super::judge::{Needs, Problem};
use super::model::{Field, Sas};
use super::token::DefectKind;
use crate::diagnostic::Severity;

/// What a rule says about a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is; `None` for as bad as the rule says.
    pub severity: Option<Severity>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A SAS as somebody gives it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What it says.
    pub sas: &'a Sas,
    /// What is needed of it.
    pub needs: Needs,
    /// What a field is called there: a key of the token, or an argument.
    pub word: fn(Field) -> &'static str,
    /// Whether it is a token, which can't be edited because it is signed.
    pub signed: bool,
}

const MALFORMED: &str = "acr-transfer-sas-malformed";

impl Verdict {
    fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, severity: None, message: message.into(), help: None }
    }

    fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is said about a problem of a SAS.
    pub fn of_problem(problem: &Problem, given: &Given<'_>) -> Self {
        let word = (given.word)(problem.field());
        match problem {
            Problem::Expired { expiry } => {
                Self::new("acr-transfer-sas-expired", format!("the SAS expired at {expiry}"))
                    .help("make a new SAS, store it as a new version of the secret, and note when it expires")
            }
            Problem::ExpiresSoon { days, .. } => {
                Self::new("acr-transfer-sas-expires-soon", format!("the SAS expires {}", within(*days)))
                    .help("renew it in time: runs fail once it has expired")
            }
            Problem::NotYetValid { .. } | Problem::StartsNow | Problem::StartsAfterExpiry => of_start(problem, given),
            Problem::Permissions { missing, wanted } => of_permissions(missing, wanted, word, given),
            Problem::ResourceTypes { missing } => {
                let names: Vec<&str> = missing.chars().filter_map(resource_type).collect();
                let message = format!("the SAS lacks {} in `{word}`", names.join(" and "));
                let verdict =
                    Self::new("acr-transfer-sas-resource-types", message).help(format!("set `{word}` to `sco`"));
                if missing == "s" { verdict.severity(Severity::Warning) } else { verdict }
            }
            Problem::Services => {
                Self::new("acr-transfer-sas-services", format!("the SAS is not for blobs: `{word}` lacks `b`"))
                    .help(format!("add `b` to `{word}`"))
            }
            Problem::Resource => {
                let kind = resource(given.sas.known(Field::Resource).unwrap_or_default());
                let message = format!("the SAS is for {kind}; a pipeline needs one for the container (`sr=c`)");
                Self::new("acr-transfer-sas-resource", message).help("make a SAS for the container, or an account SAS")
            }
            Problem::Http => {
                let how = if given.sas.has(Field::Protocol) { "allows more than `https`" } else { "is missing" };
                let message = format!("the SAS may be sent over plain HTTP: `{word}` {how}");
                Self::new("acr-transfer-sas-https-only", message).help(format!("set `{word}` to `https`"))
            }
            Problem::PermissionOrder { ordered } => {
                let message = format!("the letters of `{word}` must be in the order `{ordered}`, each once");
                let verdict = Self::new("acr-transfer-sas-permission-order", message);
                if given.signed {
                    verdict.help("a token can't be edited, because it is signed; make a new one")
                } else {
                    verdict.severity(Severity::Warning)
                }
            }
            Problem::UserDelegation => Self::new(
                "acr-transfer-sas-user-delegation",
                "a user delegation SAS is valid for seven days at most, and ends with its key",
            )
            .help("store an account or service SAS, or let the pipeline use its managed identity"),
            Problem::Addresses => {
                let message = format!("`{word}` keeps out the registry service, whose addresses are not known");
                Self::new("acr-transfer-sas-ip-range", message).help(format!("leave `{word}` out"))
            }
            Problem::StoredPolicy => Self::new(
                "acr-transfer-sas-stored-policy",
                "permissions and times are in a stored access policy of the container, and not checked",
            )
            .help("check the policy: it must allow what the pipeline does, for as long as it runs"),
            Problem::ServiceKind => Self::new(
                "acr-transfer-sas-service-kind",
                "a service SAS can't read the properties of the container, and some transfers need that",
            )
            .help("if runs fail with 403, use an account SAS with `srt=sco`"),
        }
    }

    /// What is said about the way a token is written.
    pub fn of_defect(kind: DefectKind) -> Self {
        let (severity, message) = match kind {
            DefectKind::Quote => (Severity::Error, "the token holds a quotation mark"),
            DefectKind::Blank => (Severity::Error, "the token holds a blank or a line break"),
            DefectKind::EscapedAmpersand => (Severity::Error, "the token is escaped for HTML: `&amp;` instead of `&`"),
            DefectKind::EscapedTwice => (Severity::Warning, "the token is escaped twice"),
            DefectKind::Url => (
                Severity::Warning,
                "the secret holds a whole URL; it should hold the token alone, from `?` or `sv=` on",
            ),
            DefectKind::Unsigned => (Severity::Error, "the token has no signature; it may have been cut off at a `&`"),
            DefectKind::NoPermissions => {
                (Severity::Error, "the token has neither permissions (`sp`) nor a policy (`si`)")
            }
            DefectKind::NoExpiry => (Severity::Error, "the token has neither an expiry (`se`) nor a policy (`si`)"),
            DefectKind::NoResource => (
                Severity::Error,
                "the token says neither for which resource it is (`sr`) nor for which services (`ss` and `srt`)",
            ),
            DefectKind::NoServices => (Severity::Error, "the token of an account SAS has no services (`ss`)"),
            DefectKind::NoResourceTypes => {
                (Severity::Error, "the token of an account SAS has no resource types (`srt`)")
            }
            DefectKind::Time => (Severity::Error, "the token has a time that is not like `2027-01-31T00:00:00Z`"),
        };
        Self::new(MALFORMED, message)
            .severity(severity)
            .help("store the token as it was made: `sv=…&sig=…`, with or without a leading `?`")
    }

    /// What is said about an account key in place of a token.
    pub fn of_account_key() -> Self {
        Self::new(MALFORMED, "there is an account key where a SAS token belongs")
            .help("make a SAS with the key, and keep the key to yourself")
    }

    /// What is said about a text that is no token at all.
    pub fn of_other_text() -> Self {
        Self::new(MALFORMED, "this is not a SAS token: it has none of the fields of one")
            .help("a token looks like `sv=…&sp=…&se=…&sig=…`")
    }
}

fn of_start(problem: &Problem, given: &Given<'_>) -> Verdict {
    let message = match problem {
        Problem::NotYetValid { start } => format!("the SAS is not valid before {start}"),
        Problem::StartsNow => "the SAS starts now, and a clock that is behind refuses it".to_owned(),
        _ => format!("the SAS never becomes valid: it starts at or after `{}`", (given.word)(Field::Expiry)),
    };
    let verdict = Verdict::new("acr-transfer-sas-not-yet-valid", message)
        .help("leave the start out, or set it to at least 15 minutes ago");
    if *problem == Problem::StartsNow { verdict.severity(Severity::Warning) } else { verdict }
}

fn of_permissions(missing: &str, wanted: &str, word: &str, given: &Given<'_>) -> Verdict {
    let reasons: Vec<String> = missing.chars().map(|letter| reason(letter, given.needs)).collect();
    let user = match (given.needs.export, given.needs.import) {
        (true, false) => "an export pipeline",
        (false, true) => "an import pipeline",
        _ => "a pipeline",
    };
    let message = format!("the SAS for {user} lacks {} in `{word}`", reasons.join(" and "));
    Verdict::new("acr-transfer-sas-permissions", message).help(if given.signed {
        "make a new SAS with these permissions; a signed token can't be edited".to_owned()
    } else {
        format!("set `{word}` to `{wanted}`")
    })
}

/// A permission, and why it is needed.
fn reason(letter: char, needs: Needs) -> String {
    match letter {
        'r' => "`r` (read)".to_owned(),
        'w' => "`w` (write)".to_owned(),
        'a' => "`a` (add)".to_owned(),
        'l' if needs.import && needs.trigger => "`l` (list, for the source trigger)".to_owned(),
        'l' => "`l` (list)".to_owned(),
        'd' => "`d` (delete, for `DeleteSourceBlobOnSuccess`)".to_owned(),
        other => format!("`{other}`"),
    }
}

fn resource_type(letter: char) -> Option<&'static str> {
    match letter {
        's' => Some("`s` (service)"),
        'c' => Some("`c` (container)"),
        'o' => Some("`o` (object)"),
        _ => None,
    }
}

fn resource(letters: &str) -> &'static str {
    match letters {
        "b" => "a blob",
        "bs" => "a snapshot of a blob",
        "bv" => "a version of a blob",
        "d" => "a directory",
        _ => "something else",
    }
}

fn within(days: i64) -> String {
    match days {
        0 => "within a day".to_owned(),
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    }
}
