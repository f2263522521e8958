//! A bare SAS token, judged as the rules judge one in a secret.

use std::ops::Range;

use jiff::Timestamp;

use super::rules::Rules;
use super::suppression::Suppressions;
use super::template::{Linted, lint_file};
use super::{Outcome, Run, Settings, own_finding};

use crate::checks::FileInput;
use crate::diagnostic::Diagnostic;
use crate::engine::view::ProjectView;
use crate::project::TokenFile;
use crate::sas::{DefectKind, Field, Given, Needs, Problem, Token, Verdict, is_account_key, judge, unproven};
use crate::source::{Secret, SourceFile, Sources, Span};

/// Judges `text`, read from `path`, as the SAS of pipelines that need `needs` of it. Quotation marks and blanks around
/// the token are those of the command that printed it, and a URL with the token is as good as the token.
pub fn lint_token(path: &str, text: String, needs: Needs, settings: &Settings) -> Outcome {
    let mut run = Run::new(settings, Rules::of(settings));
    let file = run.outcome.sources.add(SourceFile::new(path, text));
    let text = run.outcome.sources.file(file).text();
    let inner = unwrapped(text);
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    let span = Span::new(file, start, start + inner.len());
    let secrets =
        unproven(text).into_iter().map(|range| Secret::written(Span::new(file, range.start, range.end))).collect();
    let mut found = Vec::new();
    if let Some(token) = Token::parse(inner) {
        for defect in token.defects.iter().filter(|defect| defect.kind != DefectKind::Url) {
            found.push(finding(part(span, defect.range.clone()), Verdict::of_defect(defect.kind)));
        }
        found.extend(problems(&token, span, needs, settings.now).map(|(_, finding)| finding));
    } else if is_account_key(inner) {
        found.push(finding(span, Verdict::of_account_key()));
    } else {
        found.push(finding(span, Verdict::of_other_text()));
    }
    run.outcome.diagnostics = found;
    run.outcome.secrets = secrets;
    run.outcome.coverage.files = 1;
    run.finish(&Suppressions::default())
}

/// Judges the tokens that a file holds. Nobody says what they are for, so that only what keeps a token from serving
/// anything is wrong with it.
pub(super) fn lint_stored(tokens: &TokenFile, sources: &Sources, rules: &Rules, now: Timestamp) -> Linted {
    let mut linted = lint_file(tokens.file, FileInput::Tokens, &ProjectView::default(), sources, rules, now);
    for &span in &tokens.tokens {
        let text = sources.text(span);
        linted.secrets.extend(unproven(text).into_iter().map(|range| part(span, range)));
        if let Some(token) = Token::parse(text) {
            let found = problems(&token, span, Needs::default(), now);
            linted.diagnostics.extend(found.filter(|(problem, _)| problem.matters_always()).map(|(_, found)| found));
        }
    }
    linted
}

/// What is wrong with the token at `span`, each with its finding.
fn problems(token: &Token, span: Span, needs: Needs, now: Timestamp) -> impl Iterator<Item = (Problem, Diagnostic)> {
    judge(&token.sas, needs, now).into_iter().map(move |problem| {
        let given = Given { sas: &token.sas, needs, word: Field::key, signed: true };
        let place = token.range(problem.field()).map_or(span, |range| part(span, range));
        let found = finding(place, Verdict::of_problem(&problem, &given));
        (problem, found)
    })
}

/// A part of the text at `span`.
fn part(span: Span, range: Range<usize>) -> Span {
    Span::new(span.file, span.start as usize + range.start, span.start as usize + range.end)
}

/// What stands inside the blanks and one pair of quotation marks around a text.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let inside = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    inside.map_or(text, str::trim)
}

fn finding(span: Span, verdict: Verdict) -> Diagnostic {
    let mut diagnostic = own_finding(verdict.rule, span, verdict.message);
    diagnostic.severity = verdict.severity.unwrap_or(diagnostic.severity);
    diagnostic.help = verdict.help;
    diagnostic
}
