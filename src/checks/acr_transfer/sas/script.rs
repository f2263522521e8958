//! The SAS that scripts make or hold, followed to the secret that a pipeline reads.

use std::collections::HashSet;

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::super::argument::takes_quotes_away;
use super::generator::Generator;
use super::pipeline::Direction;
use super::{add_direction, told_by_name, worded};
use crate::checks::FileCheck;
use crate::checks::script_pipelines::is_transfer_call;
use crate::checks::storage_place::same;
use crate::diagnostic::{Label, Severity};
use crate::engine::finding::Finding;
use crate::engine::view::TransferPipeline;
use crate::sas::{Field, Given, HOLE, Kind, Needs, Problem, Token, Verdict, instant, judge};
use crate::script::{Invocation, Origin, Script};
use crate::syntax::shell::{Assigned, Piece, PieceKind, Word};

/// A command that stores a secret in a vault.
#[derive(Debug)]
pub(in crate::checks::acr_transfer) struct SecretSet<'s> {
    /// The command.
    pub call: Invocation<'s>,
    /// The vault's name, as far as it is known.
    pub vault: Option<String>,
    /// The secret's name, as far as it is known.
    pub name: Option<String>,
    /// The value.
    pub value: Word,
}

/// What a SAS is kept for.
#[derive(Debug, Default)]
pub(in crate::checks::acr_transfer) struct Kept<'a> {
    /// What the pipelines do with it.
    pub needs: Needs,
    /// Whether it is for pipelines at all.
    pub serves: bool,
    /// The pipelines that are known to read it.
    pub users: Vec<&'a TransferPipeline>,
}

/// Deepest chain of commands that a value is followed through.
const MAX_DEPTH: usize = 8;

/// The commands of a script that make a SAS.
pub(in crate::checks::acr_transfer) fn generators(script: &Script) -> Vec<Generator<'_>> {
    script.invocations().filter_map(Generator::of).collect()
}

/// The commands of a script that store a secret.
pub(in crate::checks::acr_transfer) fn secret_sets(script: &Script) -> Vec<SecretSet<'_>> {
    let read = |call: Invocation<'_>| {
        let names: [&[&str]; 3] = match call.program {
            "set-azkeyvaultsecret" => [&["-VaultName"], &["-Name", "-SecretName"], &["-SecretValue"]],
            _ if call.is_az(&["keyvault", "secret", "set"]) => [&["--vault-name"], &["--name", "-n"], &["--value"]],
            _ => return None,
        };
        let [vault, name, value] = names.map(|names| call.option(names)?.values.into_iter().next());
        let text = |word: Option<Word>| {
            word.map(|word| crate::checks::storage_place::text_of(call.script, &word, call.command))
        };
        let (vault, name) = (text(vault), text(name));
        Some((vault, name, value?))
    };
    let calls = script.invocations();
    calls
        .filter_map(|call| {
            let command = call.command;
            let (vault, name, value) = read(call)?;
            let call = script.invocations_in(command..command + 1).next()?;
            Some(SecretSet { call, vault, name, value })
        })
        .collect()
}

/// The commands whose output a word holds.
fn reached(script: &Script, word: &Word, command: usize, depth: usize, found: &mut Vec<usize>) {
    for piece in script.expand(word, command) {
        let PieceKind::Substitution(range) = piece.kind else { continue };
        for inner in range {
            if depth == 0 || found.contains(&inner) {
                continue;
            }
            found.push(inner);
            let Some(command) = script.program.commands.get(inner) else { continue };
            let words = command.words.iter().chain(&command.input);
            words.for_each(|word| reached(script, word, inner, depth - 1, found));
        }
    }
}

impl SecretSet<'_> {
    /// Whether the secret holds what a command writes.
    pub(in crate::checks::acr_transfer) fn holds(&self, command: usize) -> bool {
        self.reached().contains(&command)
    }

    /// Whether something on the way to the secret takes quotes away.
    pub(in crate::checks::acr_transfer) fn is_without_quotes(&self) -> bool {
        let script = self.call.script;
        self.reached().into_iter().any(|at| script.invocations_in(at..at + 1).any(|call| takes_quotes_away(&call)))
    }

    fn reached(&self) -> Vec<usize> {
        let mut found = Vec::new();
        reached(self.call.script, &self.value, self.call.command, MAX_DEPTH, &mut found);
        found
    }

    /// What the pipelines in view do with the secret.
    pub(in crate::checks::acr_transfer) fn kept<'a>(&self, check: &FileCheck<'a>) -> Kept<'a> {
        let reads = |pipeline: &TransferPipeline| {
            let Some((vault, name)) = &pipeline.secret else { return false };
            if pipeline.file != check.file {
                return pipeline.reads(self.vault.as_deref(), self.name.as_deref());
            }
            !pipeline.uses_identity
                && same(name.as_deref(), self.name.as_deref()) == Some(true)
                && same(vault.as_deref(), self.vault.as_deref()) != Some(false)
        };
        let users = check.project.meant(check.sources, check.file, reads);
        let told = self.name.as_deref().and_then(|name| told_by_name(name, check.project.pipelines.is_empty()));
        let mut needs = Needs::default();
        for user in users.iter().filter(|user| told.is_none_or(|told| told == direction(user))) {
            add_needs(&mut needs, user);
        }
        if needs == Needs::default() {
            add_direction(&mut needs, told);
        }
        Kept { needs, serves: !users.is_empty() || told.is_some(), users }
    }
}

/// Adds to a finding about a SAS where pipelines read it.
pub(super) fn read_by<'a>(mut finding: Finding, users: impl IntoIterator<Item = &'a TransferPipeline>) -> Finding {
    for user in users {
        let text = format!("the {} pipeline reads the SAS here", direction(user).word());
        let label = Label::new(user.secret_at.unwrap_or(user.at), text);
        if !finding.related.contains(&label) {
            finding.related.push(label);
        }
    }
    finding
}

pub(super) fn direction(pipeline: &TransferPipeline) -> Direction {
    if pipeline.exports { Direction::Export } else { Direction::Import }
}

pub(super) fn add_needs(needs: &mut Needs, pipeline: &TransferPipeline) {
    add_direction(needs, Some(direction(pipeline)));
    needs.trigger |= !pipeline.exports && pipeline.trigger;
    needs.delete |= !pipeline.exports && pipeline.deletes;
}

/// What the SAS of a command is kept for: told by the secret that it is stored in, else by the variable that holds it.
pub(in crate::checks::acr_transfer) fn kept<'a>(
    check: &FileCheck<'a>,
    generator: &Generator<'_>,
    sets: &[SecretSet<'_>],
) -> Kept<'a> {
    let (script, command) = (generator.call.script, generator.call.command);
    let mut kept = Kept::default();
    let mut is_stored = false;
    for set in sets.iter().filter(|set| set.holds(command)) {
        is_stored = true;
        let by_set = set.kept(check);
        kept.needs.export |= by_set.needs.export;
        kept.needs.import |= by_set.needs.import;
        kept.needs.trigger |= by_set.needs.trigger;
        kept.needs.delete |= by_set.needs.delete;
        kept.serves |= by_set.serves;
        kept.users.extend(by_set.users);
    }
    if is_stored
        || !check.project.about_transfers.contains(&check.file)
        || check.facts.scripts.uses_otherwise(check, script, command)
    {
        return kept;
    }
    let holds = |assigned: &Assigned| match assigned {
        Assigned::Word(word) => word
            .pieces
            .iter()
            .any(|piece| matches!(&piece.kind, PieceKind::Substitution(range) if range.contains(&command))),
        _ => false,
    };
    let variable = script.program.assignments.iter().find(|assignment| holds(&assignment.value));
    let told = variable.filter(|variable| variable.name.to_ascii_lowercase().contains("sas"));
    if let Some(told) = told.and_then(|variable| Direction::from_name(&variable.name)) {
        add_direction(&mut kept.needs, Some(told));
        kept.serves = true;
    }
    kept
}

/// The commands of a script, by their indexes, whose output the script itself uses for something that it does with a
/// storage account.
pub(in crate::checks::acr_transfer) fn used_otherwise(script: &Script) -> HashSet<usize> {
    let mut used = HashSet::new();
    for call in script.all_invocations() {
        if call.program == "azcopy" || call.program == "curl" || call.is_az(&["storage"]) {
            for word in call.words {
                let mut found = Vec::new();
                reached(script, word, call.command, MAX_DEPTH, &mut found);
                used.extend(found.into_iter().filter(|command| *command != call.command));
            }
        }
    }
    used
}

/// Judges all SAS of the scripts in a file, and reports what the rule is about.
pub(in crate::checks::acr_transfer) fn check_scripts(check: &mut FileCheck<'_>) {
    let Some(found) = check.scripts() else { return };
    for script in &found.scripts {
        let sets = secret_sets(script);
        for generator in generators(script) {
            let kept = kept(check, &generator, &sets);
            check_generator(check, &generator, &kept);
        }
        for set in &sets {
            check_token(check, set);
        }
    }
}

fn check_generator(check: &mut FileCheck<'_>, generator: &Generator<'_>, kept: &Kept<'_>) {
    let is_near = kept.serves || check.project.about_transfers.contains(&check.file);
    let given = Given { sas: &generator.sas, needs: kept.needs, word: generator.word(), signed: false };
    for problem in judge(&generator.sas, kept.needs, check.now) {
        // The command puts the letters in order.
        let is_meant = kept.serves || (is_near && problem.matters_always());
        if !is_meant || matches!(problem, Problem::PermissionOrder { .. }) {
            continue;
        }
        let verdict = Verdict::of_problem(&problem, &given);
        if verdict.rule != check.rule_id() {
            continue;
        }
        let (span, used) = generator.place_of(problem.field());
        let mut finding = softened(worded(span, verdict), &problem, generator.call.script);
        match &problem {
            Problem::Permissions { wanted, .. } => finding = finding.fix(generator.fix(Field::Permissions, wanted)),
            Problem::ResourceTypes { .. } if !generator.is_cmdlet => {
                finding = finding.fix(generator.fix(Field::ResourceTypes, "sco"));
            }
            Problem::Services if !generator.is_cmdlet => {
                let services = format!("b{}", generator.sas.known(Field::Services).unwrap_or_default());
                finding = finding.fix(generator.fix(Field::Services, &services));
            }
            Problem::Http if generator.is_cmdlet => {
                finding =
                    finding.help("set `-Protocol` to `HttpsOnly`").fix(generator.fix(Field::Protocol, "HttpsOnly"));
            }
            Problem::Http => {
                finding = finding.help("add `--https-only`").fix(generator.fix(Field::Protocol, "https"));
            }
            Problem::ExpiresSoon { .. } if runs_at_once(generator.call.script) => {
                finding = finding.severity(Severity::Info);
            }
            Problem::UserDelegation if outlives_key(generator, check.now) => {
                let (span, _) = generator.place_of(Field::Expiry);
                finding = Finding { primary: Label::new(span, ""), ..finding }.severity(Severity::Error);
            }
            _ => {}
        }
        if let Some(used) = used {
            finding = finding.related(used, "used here");
        }
        check.report(read_by(finding, kept.users.iter().copied()));
    }
}

/// Whether the script also starts a run, so that the SAS need not live long.
fn runs_at_once(script: &Script) -> bool {
    script.invocations().any(|call| is_transfer_call(&call) && call.path().any(|word| word == "pipeline-run"))
}

/// Whether a user delegation SAS is to be valid for longer than its key can be.
fn outlives_key(generator: &Generator<'_>, now: Timestamp) -> bool {
    let expiry = generator.sas.known(Field::Expiry).and_then(instant);
    generator.sas.kind() == Some(Kind::UserDelegation)
        && expiry.is_some_and(|expiry| expiry.duration_since(now) > SignedDuration::from_hours(24 * 7))
}

/// A token that a script holds as text and stores for a pipeline.
fn check_token(check: &mut FileCheck<'_>, set: &SecretSet<'_>) {
    let kept = set.kept(check);
    if !kept.serves {
        return;
    }
    let pieces = set.call.script.expand(&set.value, set.call.command);
    let mut text = String::new();
    let mut places: Vec<(Range<usize>, &Piece)> = Vec::new();
    for piece in &pieces {
        let start = text.len();
        match piece.literal() {
            Some(literal) => text.push_str(literal.text()),
            None => text.push(HOLE),
        }
        places.push((start..text.len(), piece));
    }
    let place = |range: Range<usize>| {
        let holder = places.iter().find(|(whole, _)| whole.start <= range.start && range.end <= whole.end);
        let part = holder
            .and_then(|(whole, piece)| Some(piece.literal()?.span(range.start - whole.start..range.end - whole.start)));
        part.unwrap_or(set.value.span)
    };
    let Some(token) = Token::parse(&text) else { return };
    let mut findings = Vec::new();
    for defect in &token.defects {
        let verdict = Verdict::of_defect(defect.kind);
        findings.push((verdict.rule, worded(place(defect.range.clone()), verdict)));
    }
    let given = Given { sas: &token.sas, needs: kept.needs, word: Field::key, signed: true };
    for problem in judge(&token.sas, kept.needs, check.now) {
        let span = token.range(problem.field()).map_or(set.value.span, &place);
        let verdict = Verdict::of_problem(&problem, &given);
        let rule = verdict.rule;
        findings.push((rule, softened(worded(span, verdict), &problem, set.call.script)));
    }
    for (rule, finding) in findings {
        if rule == check.rule_id() {
            check.report(read_by(finding, kept.users.iter().copied()));
        }
    }
}

/// The finding as it is for an example in a document: the time in it is there to be replaced, and runs out by itself.
fn softened(finding: Finding, problem: &Problem, script: &Script) -> Finding {
    match problem {
        Problem::Expired { .. } if script.origin == Origin::Document => finding.severity(Severity::Warning),
        Problem::ExpiresSoon { .. } if script.origin == Origin::Document => finding.severity(Severity::Info),
        _ => finding,
    }
}
