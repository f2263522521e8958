//! `cli-output-index`: a query that takes a pipeline from a place in the list of what a deployment made.

use super::cli::value;
use crate::checks::FileCheck;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::engine::finding::Finding;
use crate::engine::query::Found;
use crate::evaluate::partial::Partial;
use crate::script::Invocation;
use crate::source::{MappedText, Sources};
use crate::syntax::shell::{PieceKind, Quoting, Word};

const LIST: &str = "outputresources[";

pub(super) fn check(check: &mut FileCheck<'_>) {
    let deploys = |call: &Invocation<'_>| call.is_az(&["deployment"]) || call.is_az(&["group", "deployment"]);
    let calls = check.invocations().filter(deploys);
    let queries: Vec<_> =
        calls.filter_map(|call| Some((call, call.option(&["--query"])?.values.into_iter().next()?))).collect();
    if queries.is_empty() {
        return;
    }
    let text = check.source().text().to_ascii_lowercase();
    let [exports, imports] = [["exportpipeline", "export-pipeline"], ["importpipeline", "import-pipeline"]]
        .map(|names| names.iter().any(|name| text.contains(name)));
    if !exports && !imports && !text.contains("acrtransfer") {
        return;
    }
    for (call, word) in queries {
        if is_of_run(&call) {
            continue;
        }
        let found = Found::Value { value: value(call.script, &word, call.command), key: None };
        let Some(query) = found.value().and_then(Partial::new) else { continue };
        let Some(at) = query.text().to_ascii_lowercase().find(LIST) else { continue };
        let inside = &query.text()[at + LIST.len()..];
        let digits = inside.len() - inside.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 || !inside[digits..].starts_with(']') {
            continue;
        }
        let range = at..at + LIST.len() + digits + 1;
        let kind = match (exports, imports) {
            (true, false) => Some("exportPipelines"),
            (false, true) => Some("importPipelines"),
            _ => None,
        };
        let fix = kind.and_then(|kind| select(check.sources, &word, kind));
        let message = format!("`{}` is not always the pipeline", query.slice(range.clone()));
        let finding = Finding::within(&found, &query, range, message);
        let help = "select it by its type: `outputResources[?contains(id, '/exportPipelines/')].id | [0]`";
        check.report(finding.map(|finding| finding.help(help).fix(fix)));
    }
}

/// Whether the deployment, as it is called, made a run: that one makes nothing else.
fn is_of_run(call: &Invocation<'_>) -> bool {
    let name = call.option(&["--name", "-n"]).and_then(|option| option.values.into_iter().next());
    name.is_some_and(|name| {
        let words = call.script.expand(&name, call.command);
        let texts = words.iter().filter_map(|piece| piece.literal().map(MappedText::text));
        texts.into_iter().any(|text| text.to_ascii_lowercase().contains("run"))
            || name
                .pieces
                .iter()
                .any(|piece| matches!(&piece.kind, PieceKind::Variable(of) if of.to_ascii_lowercase().contains("run")))
    })
}

/// Selects the pipeline by its type, where the query is nothing but `properties.outputResources[n].id`.
fn select(sources: &Sources, word: &Word, kind: &str) -> Option<Fix> {
    let written = sources.text(word.span);
    let query = word.literal()?;
    let folded = query.to_ascii_lowercase();
    let is_plain = folded.starts_with("properties.outputresources[") && folded.ends_with("].id");
    let quotes = usize::from(!word.is_bare());
    let is_whole = written.len() == query.len() + 2 * quotes
        && word.pieces.len() == 1
        && word.pieces.iter().all(|piece| piece.quoting != Quoting::Bare || quotes == 0);
    if !is_plain || !is_whole {
        return None;
    }
    let replacement = format!("\"properties.outputResources[?contains(id,'/{kind}/')].id | [0]\"");
    let edits = vec![Edit { span: word.span, replacement }];
    Some(Fix { title: "select the pipeline by its type".to_owned(), safety: Safety::Safe, edits })
}
