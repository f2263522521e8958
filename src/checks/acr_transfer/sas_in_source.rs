//! `acr-transfer-sas-in-source`: a signature or an account key in a file that is committed.

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::sas::{LeakKind, leaks};
use crate::script::Found;
use crate::source::{Language, Span};

pub(super) fn check(check: &mut FileCheck<'_>) {
    // The text of a template is judged with the template.
    if check.scripts().is_some_and(Found::is_template) {
        return;
    }
    let text = check.source().text();
    let quote = match check.source().language() {
        Language::Json => b'"',
        Language::Bicep => b'\'',
    };
    let mut reported = 0;
    for leak in leaks(text) {
        // One finding for each literal, whatever is in it.
        if leak.range.start < reported {
            continue;
        }
        reported = literal_end(text, leak.range.end, quote);
        let what = match leak.kind {
            LeakKind::Signature => "the signature of a shared access signature",
            LeakKind::AccountKey => "an account key",
        };
        let span = Span::new(check.file, leak.range.start, leak.range.end);
        check.report(
            Finding::new(span, format!("{what} is in the source: whoever reads the file can use it")).help(
                "rotate the account key that made it, and pass it as a secure parameter or a key vault reference",
            ),
        );
    }
}

/// The end of the string around `at`, which ends with `quote`.
fn literal_end(text: &str, at: usize, quote: u8) -> usize {
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate().skip(at) {
        match byte {
            _ if byte == quote && !escaped => return offset,
            b'\n' => return offset,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    text.len()
}
