//! A bare SAS token, judged as the rules judge one in a secret.

use super::rules::Rules;
use super::suppression::Suppressions;
use super::{Outcome, Run, Settings, own_finding};

use crate::diagnostic::Diagnostic;
use crate::sas::{DefectKind, Field, Given, Needs, Token, Verdict, is_account_key, judge, unproven};
use crate::source::{Secret, SourceFile, Span};

/// Judges `text`, read from `path`, as the SAS of pipelines that need `needs` of it. Quotation marks and blanks around
/// the token are those of the command that printed it, and a URL with the token is as good as the token.
pub fn lint_token(path: &str, text: String, needs: Needs, settings: &Settings) -> Outcome {
    let mut run = Run::new(settings, Rules::of(settings));
    let file = run.outcome.sources.add(SourceFile::new(path, text));
    let text = run.outcome.sources.file(file).text();
    let inner = unwrapped(text);
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    let at = |range: std::ops::Range<usize>| Span::new(file, start + range.start, start + range.end);
    let secrets =
        unproven(text).into_iter().map(|range| Secret::written(Span::new(file, range.start, range.end))).collect();
    let mut found = Vec::new();
    if let Some(token) = Token::parse(inner) {
        for defect in token.defects.iter().filter(|defect| defect.kind != DefectKind::Url) {
            found.push(finding(at(defect.range.clone()), Verdict::of_defect(defect.kind)));
        }
        let given = Given { sas: &token.sas, needs, word: Field::key, signed: true };
        for problem in judge(&token.sas, needs, settings.now) {
            let range = token.range(problem.field()).unwrap_or(0..inner.len());
            found.push(finding(at(range), Verdict::of_problem(&problem, &given)));
        }
    } else if is_account_key(inner) {
        found.push(finding(at(0..inner.len()), Verdict::of_account_key()));
    } else {
        found.push(finding(at(0..inner.len()), Verdict::of_other_text()));
    }
    run.outcome.diagnostics = found;
    run.outcome.secrets = secrets;
    run.outcome.coverage.files = 1;
    run.finish(&Suppressions::default())
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
