//! The shared access signatures that the secrets of a template hold for transfer pipelines: what each one says, where
//! it says so, and what is needed of it. The `sas-…` rules are thin over this.

mod call;
mod generator;
mod pipeline;
mod script;
mod stray;

pub(super) use call::{ListCall, argument_of, is_well_formed};
pub(super) use generator::{ACCOUNT, Generator};
pub(super) use pipeline::{Direction, Pipeline, pipelines};
pub(super) use script::{SecretSet, check_scripts, generators, kept, secret_sets, used_otherwise};

use std::ops::Range;

use crate::checks::name_words::says_sas;
use crate::diagnostic::{Fix, Safety};
use crate::engine::check::Check;
use crate::engine::finding::Finding;
use crate::engine::fix::{insert_member, replace_value};
use crate::engine::query::Found;
use crate::engine::view::TransferPipeline;
use crate::evaluate::partial::{self, Partial};
use crate::evaluate::resource_id::{ResourceId, same_name};
use crate::evaluate::value::Value;
use crate::evaluate::{Instance, varies};
use crate::sas::{self, Field, Given, Needs, Problem, Sas, Token, Verdict, judge};
use crate::source::{Sources, Span};
use crate::syntax::edit;

/// A SAS that a secret holds.
#[derive(Debug)]
pub(super) struct HeldSas {
    /// What it says.
    pub sas: Sas,
    /// What the pipelines do with it.
    pub needs: Needs,
    /// Whether it is for pipelines at all, rather than for something else in a template with pipelines.
    pub serves: bool,
    /// The pipelines that are known to read it.
    pub users: Vec<Pipeline>,
    /// Those of other files, when the template has none.
    pub elsewhere: Vec<TransferPipeline>,
    /// How it is given.
    pub form: Form,
    /// The value of the secret.
    pub value: Value,
}

/// How a SAS is given.
#[derive(Debug)]
pub(super) enum Form {
    /// As text.
    Token(Token, Partial),
    /// By a call that makes it.
    Call(ListCall),
}

/// The secret that a rule looks at, as far as the pipelines see it.
#[derive(Debug)]
pub(super) struct TransferSecret {
    /// Its value.
    pub value: Found,
    /// What the pipelines do with it.
    pub needs: Needs,
    /// The pipelines that are known to read it.
    pub users: Vec<Pipeline>,
    /// Those of other files, when the template has none.
    pub elsewhere: Vec<TransferPipeline>,
}

// The text of a partly known value is read as it is.
const _: () = assert!(sas::HOLE == partial::HOLE);

const SECRET: &str = "Microsoft.KeyVault/vaults/secrets";

/// The secret, if it is one that transfer pipelines read; by its name alone where no pipeline tells.
pub(super) fn transfer_secret<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) -> Option<TransferSecret> {
    let names = check.evaluator.names(secret).filter(|_| secret.resource.ty.is(SECRET))?;
    let [vault, name] = names.as_slice() else { return None };
    let all = pipelines(check);
    let told = name.as_str().and_then(|name| told_by_name(name, all.is_empty()));
    let (mut users, mut possible) = (Vec::new(), Vec::new());
    for pipeline in all {
        match pipeline.reads(vault, name) {
            Some(true) => users.push(pipeline),
            None => possible.push(pipeline),
            Some(false) => {}
        }
    }
    let mut needs = Needs::default();
    let elsewhere = if users.is_empty() { readers_elsewhere(check, vault, name) } else { Vec::new() };
    if !elsewhere.is_empty() {
        for user in elsewhere.iter().filter(|user| told.is_none_or(|told| told == script::direction(user))) {
            script::add_needs(&mut needs, user);
        }
        if needs == Needs::default() {
            add_direction(&mut needs, told);
        }
    } else if !users.is_empty() {
        // A pipeline that reads a secret made for the other direction is a mistake of its own.
        for user in users.iter().filter(|user| told.is_none_or(|told| told == user.direction)) {
            add_needs(&mut needs, user);
        }
        if needs == Needs::default() {
            add_direction(&mut needs, told);
        }
    } else if told.is_some() {
        add_direction(&mut needs, told);
        for pipeline in possible.iter().filter(|pipeline| Some(pipeline.direction) == told) {
            add_needs(&mut needs, pipeline);
        }
    } else {
        let first = possible.first()?.direction;
        let is_only_one = check.resources(&[SECRET]).len() == 1;
        if is_only_one && possible.iter().all(|pipeline| pipeline.direction == first) {
            add_direction(&mut needs, Some(first));
        }
    }
    let value = check.find(secret, &["properties", "value"]);
    Some(TransferSecret { value, needs, users, elsewhere })
}

/// The pipelines of other files that certainly read a secret.
fn readers_elsewhere(check: &Check<'_, '_>, vault: &Value, name: &Value) -> Vec<TransferPipeline> {
    let file = check.file();
    let reads = |pipeline: &TransferPipeline| pipeline.file != file && pipeline.reads(vault.as_str(), name.as_str());
    check.project.meant(check.sources, file, reads).into_iter().cloned().collect()
}

/// The direction that a secret's name tells, if it also tells that this is about transfers.
fn told_by_name(name: &str, is_alone: bool) -> Option<Direction> {
    let folded = name.to_ascii_lowercase();
    let (says_sas, says_acr) = (says_sas(name), folded.contains("acr"));
    let says_transfer = if is_alone { says_sas && says_acr } else { says_sas || says_acr };
    Direction::from_name(name).filter(|_| says_transfer)
}

fn add_direction(needs: &mut Needs, direction: Option<Direction>) {
    needs.export |= direction == Some(Direction::Export);
    needs.import |= direction == Some(Direction::Import);
}

fn add_needs(needs: &mut Needs, pipeline: &Pipeline) {
    add_direction(needs, Some(pipeline.direction));
    if pipeline.direction == Direction::Import {
        needs.trigger |= pipeline.trigger;
        needs.delete |= pipeline.delete;
    }
}

/// The SAS that a secret holds for pipelines, more than one where an expression chooses among them. Of a pipeline, those
/// that the template has elsewhere.
pub(super) fn held_by<'t>(check: &mut Check<'_, 't>, secret: &Instance<'t>) -> Vec<HeldSas> {
    if !secret.resource.ty.is(SECRET) {
        return stray::strays(check);
    }
    let Some(TransferSecret { value: found, needs, users, elsewhere }) = transfer_secret(check, secret) else {
        return Vec::new();
    };
    let Some(value) = found.value().cloned() else { return Vec::new() };
    let held = |sas, form| HeldSas {
        sas,
        needs,
        serves: true,
        users: users.clone(),
        elsewhere: elsewhere.clone(),
        form,
        value: value.clone(),
    };
    let calls = ListCall::all_in(&value);
    if !calls.is_empty() {
        return calls.into_iter().map(|call| held(call.sas(), Form::Call(call))).collect();
    }
    if let Some(text) = Partial::new(&value)
        && let Some(token) = Token::parse(text.text())
    {
        return vec![held(token.sas.clone(), Form::Token(token, text))];
    }
    if value.is_unknown() {
        check.undecided(&found);
    }
    Vec::new()
}

/// Reports the problems that the rule is about of the SAS that `secret` holds, or that the template has beside a
/// pipeline, as `finding` has them; it is given the SAS, the problem, and the finding as the rule words it.
pub(super) fn report_problems<'t>(
    check: &mut Check<'_, 't>,
    secret: &Instance<'t>,
    finding: impl Fn(&HeldSas, &Problem, Finding) -> Option<Finding>,
) {
    let Some(now) = check.evaluator.context().now else { return };
    for held in held_by(check, secret) {
        for problem in judge(&held.sas, held.needs, now) {
            let verdict = Verdict::of_problem(&problem, &held.given());
            if verdict.rule != &*check.rule.metadata.id || !(held.serves || problem.matters_always()) {
                continue;
            }
            let Some(span) = held.place(check.sources, problem.field()) else { continue };
            check.report(finding(&held, &problem, worded(span, verdict)).map(|finding| held.used(finding)));
        }
    }
}

/// A finding at `span` that says what `verdict` does.
pub(super) fn worded(span: Span, verdict: Verdict) -> Finding {
    Finding { severity: verdict.severity, help: verdict.help, ..Finding::new(span, verdict.message) }
}

impl HeldSas {
    /// The SAS as it is given: the words for its fields are keys of a token, or arguments.
    fn given(&self) -> Given<'_> {
        let signed = matches!(self.form, Form::Token(..));
        let word = if signed { Field::key } else { |field: Field| argument_of(field).unwrap_or_else(|| field.key()) };
        Given { sas: &self.sas, needs: self.needs, word, signed }
    }

    /// Where a field is written, or where it belongs when it is missing.
    pub(super) fn place(&self, sources: &Sources, field: Field) -> Option<Span> {
        match &self.form {
            Form::Token(token, text) => {
                let written = match token.range(field) {
                    Some(range) => part_span(sources, text, range),
                    None => text.origin(0..text.text().len()).span,
                };
                written.or(self.value.origin.span)
            }
            Form::Call(call) => match call.found(field) {
                Some(found) => found.span(),
                None => call.holder(sources),
            },
        }
    }

    /// Adds the places that use what the finding points at.
    pub(super) fn used(&self, finding: Finding) -> Finding {
        let finding = match &self.form {
            Form::Call(call) => match call.args.get(2) {
                Some(arguments) => finding.used(arguments),
                None => finding,
            },
            Form::Token(..) => finding.used(&self.value),
        };
        script::read_by(finding, &self.elsewhere)
    }

    /// Whether a field is another one at each deployment.
    pub(super) fn is_computed(&self, field: Field) -> bool {
        let Form::Call(call) = &self.form else { return false };
        call.found(field).is_some_and(|found| found.value().is_some_and(varies))
    }

    /// A change that gives an argument this value; a token is signed and can't be changed.
    pub(super) fn fix(&self, sources: &Sources, field: Field, value: &str) -> Option<Fix> {
        let Form::Call(call) = &self.form else { return None };
        if let Some(found) = call.found(field) {
            return replace_value(sources, &found, &value.into(), Safety::Safe);
        }
        let object = call.args.get(2)?.origin.span?;
        let name = argument_of(field)?;
        let written = edit::literal(sources.file(object.file).language(), &value.into())?;
        let edits = vec![insert_member(sources, object, name, &written)?];
        Some(Fix { title: format!("add `{name}` with the value '{value}'"), safety: Safety::Safe, edits })
    }
}

/// Where a part of a string is written: just the part where the source spells it out once, else all of the literal that
/// it is part of.
pub(super) fn part_span(sources: &Sources, text: &Partial, range: Range<usize>) -> Option<Span> {
    let literal = text.origin(range.clone()).span?;
    let key = text.slice(0..range.start).rfind(['&', '?']).map_or(range.start, |at| at + 1);
    let (written, wanted) = (sources.text(literal), text.slice(key..range.end));
    let mut places = written.match_indices(wanted).map(|(at, _)| literal.start as usize + at);
    match (places.next(), places.next()) {
        (Some(at), None) if !wanted.is_empty() => {
            Some(Span::new(literal.file, at + range.start - key, at + wanted.len()))
        }
        _ => Some(literal),
    }
}

/// The storage account in this template that a SAS is for.
pub(super) fn account_of<'t>(check: &mut Check<'_, 't>, held: &HeldSas) -> Option<Instance<'t>> {
    let id = match &held.form {
        Form::Call(call) => call.args.first().and_then(ResourceId::parse),
        Form::Token(..) => None,
    };
    let used = held.users.iter().filter_map(|user| user.container.as_ref());
    let names: Vec<Value> = used.filter_map(|container| container.account.clone()).collect();
    let accounts = check.resources(&["Microsoft.Storage/storageAccounts"]);
    let found = accounts.iter().find(|account| {
        let Some(own) = check.evaluator.id(account) else { return false };
        match (&id, own.name()) {
            (Some(id), _) => own.same(id) == Some(true),
            (None, Some(own)) => names.iter().any(|name| same_name(name, own) == Some(true)),
            (None, None) => false,
        }
    });
    found.cloned()
}
