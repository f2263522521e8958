//! `unknown-function`: a call of a function that does not exist.

use crate::checks::FileCheck;
use crate::diagnostic::Severity;
use crate::engine::finding::Finding;
use crate::evaluate::{function_names, signature};
use crate::source::{Language, Span};
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::template::sites::Site;
use crate::template::{FUNCTIONS, PARAMETER_FILE_FUNCTIONS};

/// The newest version of Bicep whose functions are known here.
const KNOWN_BICEP: (u32, u32) = (0, 49);

/// Functions that the evaluator has for what Bicep says in other ways; no template in JSON may call them.
const OF_BICEP: [&str; 2] = ["externalInput", "getSecret"];

pub(super) fn check(check: &mut FileCheck<'_>) {
    // Lowering has judged the functions that Bicep has by itself: they have other names and arguments there.
    let is_bicep = check.source().language() == Language::Bicep;
    let mut dead: Vec<Span> = Vec::new();
    for (site, expr) in check.expressions() {
        let ExprKind::Call { name, args } = &expr.kind else { continue };
        dead.extend(never_taken(name, args).map(|branch| branch.span));
        if is_bicep && !name.text.contains('.') {
            continue;
        }
        let Some(mut finding) = judge(*site, name) else { continue };
        let is_unknown = !name.text.contains('.') && signature(&name.text).is_none();
        if is_unknown && (dead.iter().any(|branch| branch.contains(expr.span)) || is_newer(check.source().text())) {
            finding = finding.severity(Severity::Warning);
            finding.message = format!("`{}` is not known to this version of plimsoll", name.text);
        }
        check.report(finding);
    }
}

/// The branches of `if` that are never evaluated, whatever the deployment.
fn never_taken<'e>(name: &Name, args: &'e [Expr]) -> Option<&'e Expr> {
    let [condition, yes, no] = args else { return None };
    let ExprKind::Call { name: constant, .. } = &condition.kind else { return None };
    match () {
        () if !name.is("if") => None,
        () if constant.is("false") => Some(yes),
        () if constant.is("true") => Some(no),
        () => None,
    }
}

/// Whether the compiler that made the template is newer than what is known here.
fn is_newer(text: &str) -> bool {
    let version = || {
        let (_, generator) = text.split_once("\"_generator\"")?;
        let (_, version) = generator.get(..generator.len().min(500))?.split_once("\"version\"")?;
        let mut numbers = version.split('"').nth(1)?.split('.');
        Some((numbers.next()?.parse::<u32>().ok()?, numbers.next()?.parse::<u32>().ok()?))
    };
    version().is_some_and(|version| version > KNOWN_BICEP)
}

fn judge(site: Site<'_>, name: &Name) -> Option<Finding> {
    if name.text.contains('.') {
        let message = || format!("the template has no function `{}`", name.text);
        return site.names.function(&name.text).is_none().then(|| Finding::new(name.span, message()));
    }
    if signature(&name.text).is_some_and(|(known, ..)| !OF_BICEP.contains(&known)) {
        return None;
    }
    let finding = Finding::new(name.span, format!("there is no function `{}`", name.text));
    let is_of_bicep = FUNCTIONS.iter().chain(PARAMETER_FILE_FUNCTIONS).any(|(_, known, ..)| name.is(known));
    Some(match nearest(&name.text) {
        _ if is_of_bicep => finding.help("only Bicep has it, which computes it when it compiles"),
        Some(known) => finding.help(format!("did you mean `{known}`?")),
        None => finding,
    })
}

/// The function whose name is most like `name`, if any is like it.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    function_names()
        .filter(|known| !OF_BICEP.contains(known))
        .map(|known| (strsim::jaro_winkler(&name, &known.to_ascii_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
