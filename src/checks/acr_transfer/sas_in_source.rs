//! `acr-transfer-sas-in-source`: a signature or an account key in a file that is committed.

use std::ops::Range;

use jiff::Timestamp;

use crate::checks::FileCheck;
use crate::engine::finding::Finding;
use crate::sas::{Field, LeakKind, Token, instant, leaks};
use crate::script::{self, FileKind, Found};
use crate::source::{Language, Span};

pub(super) fn check(check: &mut FileCheck<'_>) {
    // The text of a template is judged with the template.
    if check.scripts().is_some_and(Found::is_template) {
        return;
    }
    let text = check.source().text();
    let quote = match check.source().language() {
        Language::Bicep => b'\'',
        _ => b'"',
    };
    let is_document = matches!(script::kind_of(check.source().path(), text), Some(FileKind::Markdown));
    let mut reported = 0;
    for leak in leaks(text) {
        // One finding for each literal, whatever is in it. Nobody can use what a document shows after its time.
        if leak.range.start < reported || (is_document && is_expired(text, &leak.range, check.now)) {
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

/// Whether the signature belongs to a token that says that its time is over.
fn is_expired(text: &str, signature: &Range<usize>, now: Timestamp) -> bool {
    let ends = |c: char| c.is_whitespace() || "\"'`<>()|".contains(c);
    let start = text[..signature.start].rfind(ends).map_or(0, |at| at + 1);
    let end = text[signature.end..].find(ends).map_or(text.len(), |length| signature.end + length);
    let token = text.get(start..end).and_then(Token::parse);
    token.and_then(|token| instant(token.sas.known(Field::Expiry)?)).is_some_and(|expiry| expiry < now)
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
