//! Commands that make a SAS: `az storage … generate-sas`, `New-AzStorage…SASToken`. Their arguments, as what the SAS will
//! say.

use super::super::moves::head;
use crate::checks::script_pipelines::is_open;
use crate::checks::storage_place::{MARK, Place, text_of};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::sas::{Field, Kind, Sas};
use crate::script::{Argument, Invocation};
use crate::source::Span;
use crate::syntax::shell::{Piece, PieceKind};

/// A command that makes a SAS.
#[derive(Debug)]
pub(in crate::checks::acr_transfer) struct Generator<'s> {
    /// The command.
    pub call: Invocation<'s>,
    /// What the SAS will say.
    pub sas: Sas,
    /// The account and container that it is for, as far as they are known.
    pub place: Place,
    /// Whether it is a cmdlet; else it is the Azure CLI.
    pub is_cmdlet: bool,
}

/// The options that name the account and the container.
pub(in crate::checks::acr_transfer) const ACCOUNT: [&str; 1] = ["--account-name"];

impl<'s> Generator<'s> {
    /// What a call makes, if it makes a SAS.
    pub(in crate::checks::acr_transfer) fn of(call: Invocation<'s>) -> Option<Self> {
        let is_az = |group: &str| call.is_az(&["storage", group, "generate-sas"]);
        let (kind, resource) = match call.program {
            "new-azstoragecontainersastoken" => (Kind::Service, Some("c")),
            "new-azstorageblobsastoken" => (Kind::Service, Some("b")),
            "new-azstorageaccountsastoken" => (Kind::Account, None),
            _ if is_az("container") => (Kind::Service, Some("c")),
            _ if is_az("blob") => (Kind::Service, Some("b")),
            _ if is_az("account") => (Kind::Account, None),
            _ => return None,
        };
        let is_cmdlet = call.program != "az";
        let by_user = !is_cmdlet && (call.option(&["--as-user"]).is_some() || is_login(&call));
        let mut made = Self {
            sas: Sas::of_kind(if by_user { Kind::UserDelegation } else { kind }),
            place: Place::default(),
            is_cmdlet,
            call,
        };
        if is_open(&made.call, 3) {
            made.sas.set_open();
        }
        made.sas.set(Field::Resource, resource.map(str::to_owned).or(Some(String::new())));
        for field in Field::ALL {
            if let Some(option) = made.option(field) {
                let value = made.value(field, &option);
                made.sas.set(field, value);
            }
        }
        let names: &[&str] = match (is_cmdlet, resource) {
            (true, Some("c")) => &["-Name", "-Container", "-N"],
            (true, _) => &["-Container"],
            (false, Some("c")) => &["--name", "-n"],
            (false, _) => &["--container-name", "-c"],
        };
        let text = |names: &[&str]| {
            let option = made.call.option(names)?;
            Some(text_of(made.call.script, option.values.first()?, made.call.command))
        };
        let container = resource.and_then(|_| text(names));
        made.place = Place { account: text(&ACCOUNT).filter(|_| !is_cmdlet), container, blob: None };
        Some(made)
    }

    /// The option that sets a field.
    pub(in crate::checks::acr_transfer) fn option(&self, field: Field) -> Option<Argument> {
        let names: &[&str] = match (field, self.is_cmdlet) {
            (Field::Delegate, false) => &["--as-user"],
            (Field::Resource | Field::Delegate, _) => return None,
            (Field::Addresses, true) => &["-IPAddressOrRange"],
            (field, true) => &[cmdlet_parameter(field)],
            (field, false) => &[az_option(field)],
        };
        self.call.option(names)
    }

    /// What a field is called here.
    pub(in crate::checks::acr_transfer) fn word(&self) -> fn(Field) -> &'static str {
        if self.is_cmdlet { cmdlet_parameter } else { az_option }
    }

    fn value(&self, field: Field, option: &Argument) -> Option<String> {
        match (field, self.is_cmdlet) {
            (Field::Protocol, false) => return Some("https".to_owned()),
            (Field::Delegate, _) => return Some("user".to_owned()),
            _ => {}
        }
        let texts: Vec<String> =
            option.values.iter().map(|word| text_of(self.call.script, word, self.call.command)).collect();
        let text = texts.join(",");
        if text.contains(MARK) || text.is_empty() {
            return None;
        }
        Some(match (field, self.is_cmdlet) {
            (Field::Protocol, true) if text.eq_ignore_ascii_case("HttpsOnly") => "https".to_owned(),
            (Field::Protocol, true) => "https,http".to_owned(),
            (Field::Services | Field::ResourceTypes, true) => text
                .split([',', ' '])
                .filter_map(|word| word.trim().chars().next())
                .map(|letter| letter.to_ascii_lowercase())
                .collect(),
            (Field::Permissions, _) => text.to_ascii_lowercase(),
            _ => text,
        })
    }

    /// The command with its subcommand.
    pub(in crate::checks::acr_transfer) fn span(&self) -> Span {
        head(&self.call, if self.is_cmdlet { 0 } else { 3 })
    }

    /// Where a field is written, or belongs, and where the value is used when it is written elsewhere.
    pub(in crate::checks::acr_transfer) fn place_of(&self, field: Field) -> (Span, Option<Span>) {
        let Some(option) = self.option(field) else { return (self.span(), None) };
        self.place_of_option(&option)
    }

    /// Where the value of an option is written, and where it is used when that is elsewhere.
    pub(in crate::checks::acr_transfer) fn place_of_option(&self, option: &Argument) -> (Span, Option<Span>) {
        let (Some(first), Some(last)) = (option.values.first(), option.values.last()) else {
            return (option.span, None);
        };
        let used = first.span.cover(last.span);
        if let ([word], None) = (option.values.as_slice(), first.literal())
            && let [Piece { kind: PieceKind::Literal(_), span, .. }] =
                self.call.script.expand(word, self.call.command).as_slice()
        {
            return (*span, Some(used));
        }
        (used, None)
    }

    /// A change that gives a field this value.
    pub(in crate::checks::acr_transfer) fn fix(&self, field: Field, value: &str) -> Option<Fix> {
        let (edit, title) = if let Some(option) = self.option(field) {
            let [word] = option.values.as_slice() else { return None };
            let expanded = self.call.script.expand(word, self.call.command);
            let [Piece { kind: PieceKind::Literal(_), span, .. }] = expanded.as_slice() else { return None };
            (Edit { span: *span, replacement: value.to_owned() }, format!("replace by `{value}`"))
        } else {
            let name = (self.word())(field);
            let is_switch = field == Field::Protocol && !self.is_cmdlet;
            let written = if is_switch { name.to_owned() } else { format!("{name} {value}") };
            (self.appended(&written)?, format!("add `{written}`"))
        };
        Some(Fix { title, safety: Safety::Safe, edits: vec![edit] })
    }

    /// The edit that adds an option at the end.
    pub(in crate::checks::acr_transfer) fn appended(&self, text: &str) -> Option<Edit> {
        let end = self.call.script.program.commands.get(self.call.command)?.span.end;
        let span = Span { start: end, end, ..self.call.name.span };
        Some(Edit { span, replacement: format!(" {text}") })
    }
}

fn is_login(call: &Invocation<'_>) -> bool {
    let mode = call.option(&["--auth-mode"]);
    mode.is_some_and(|mode| mode.values.first().is_some_and(|mode| mode.is("login")))
}

fn az_option(field: Field) -> &'static str {
    match field {
        Field::Services => "--services",
        Field::ResourceTypes => "--resource-types",
        Field::Permissions => "--permissions",
        Field::Start => "--start",
        Field::Expiry => "--expiry",
        Field::Protocol => "--https-only",
        Field::Addresses => "--ip",
        Field::Policy => "--policy-name",
        Field::Version | Field::Resource | Field::Delegate | Field::KeyStart | Field::KeyExpiry => field.key(),
    }
}

fn cmdlet_parameter(field: Field) -> &'static str {
    match field {
        Field::Services => "-Service",
        Field::ResourceTypes => "-ResourceType",
        Field::Permissions => "-Permission",
        Field::Start => "-StartTime",
        Field::Expiry => "-ExpiryTime",
        Field::Protocol => "-Protocol",
        Field::Addresses => "-IPAddressOrRange",
        Field::Policy => "-Policy",
        Field::Version | Field::Resource | Field::Delegate | Field::KeyStart | Field::KeyExpiry => field.key(),
    }
}
