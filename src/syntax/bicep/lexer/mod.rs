//! Text to tokens. Blanks vanish; comments and pragmas are kept beside the tokens.

mod trivia;

pub use trivia::{Comment, Pragma, PragmaKind};

use super::token::{Token, TokenKind};
use crate::source::limits::MAX_RECOVERIES;
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;

/// Longest identifier that the compiler takes, in bytes.
const MAX_IDENTIFIER: usize = 255;

/// A text taken apart.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The tokens; the last is [`TokenKind::EndOfFile`], and no two of [`TokenKind::NewLine`] stand together.
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) pragmas: Vec<Pragma>,
    pub(super) errors: Vec<SyntaxError>,
}

/// Takes `text` apart.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let tokens = Vec::with_capacity(text.len() / 6 + 1);
    let out = Lexed { tokens, ..Lexed::default() };
    let mut lexer = Lexer { file, text, bytes: text.as_bytes(), at: 0, open: Vec::new(), out };
    lexer.run();
    lexer.out
}

/// What a `}` closes while a string has an open hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A brace within the hole.
    Brace,
    /// The hole of a string in single quotes.
    Hole,
    /// The hole of a multi-line string with so many `$` before its quotes.
    MultiLineHole(usize),
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    out: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) {
        loop {
            self.skip_trivia();
            let start = self.at;
            let Some(byte) = self.peek(0) else { break };
            let kind = self.token(byte);
            let after_newline = self.out.tokens.last().is_some_and(|token| token.kind == TokenKind::NewLine);
            if kind == TokenKind::NewLine && after_newline {
                continue;
            }
            self.out.tokens.push(Token { kind, start: start as u32, end: self.at as u32 });
        }
        let end = self.text.len() as u32;
        self.out.tokens.push(Token { kind: TokenKind::EndOfFile, start: end, end });
    }

    fn token(&mut self, byte: u8) -> TokenKind {
        use TokenKind as Kind;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'\n' | b'\r' => self.line_break(),
            b'\'' => self.string(),
            b'0'..=b'9' => {
                self.skip_while(|byte| byte.is_ascii_digit());
                Kind::Integer
            }
            b'{' => {
                if !self.open.is_empty() {
                    self.open.push(Open::Brace);
                }
                self.take(1, Kind::LeftBrace)
            }
            b'}' => self.closing_brace(),
            b'(' => self.take(1, Kind::LeftParen),
            b')' => self.take(1, Kind::RightParen),
            b'[' => self.take(1, Kind::LeftSquare),
            b']' => self.take(1, Kind::RightSquare),
            b'@' => self.take(1, Kind::At),
            b',' => self.take(1, Kind::Comma),
            b';' => self.take(1, Kind::Semicolon),
            b'+' => self.take(1, Kind::Plus),
            b'-' => self.take(1, Kind::Minus),
            b'%' => self.take(1, Kind::Modulo),
            b'*' => self.take(1, Kind::Asterisk),
            b'/' => self.take(1, Kind::Slash),
            b'^' => self.take(1, Kind::Hat),
            b'.' if self.starts_with("...") => self.take(3, Kind::Ellipsis),
            b'.' => self.take(1, Kind::Dot),
            b'?' => self.either(b'?', Kind::DoubleQuestion, Kind::Question),
            b':' => self.either(b':', Kind::DoubleColon, Kind::Colon),
            b'<' => self.either(b'=', Kind::LessThanOrEqual, Kind::LeftChevron),
            b'>' => self.either(b'=', Kind::GreaterThanOrEqual, Kind::RightChevron),
            b'|' => self.either(b'|', Kind::LogicalOr, Kind::Pipe),
            b'!' if self.peek(1) == Some(b'=') => self.take(2, Kind::NotEquals),
            b'!' => self.either(b'~', Kind::NotEqualsInsensitive, Kind::Exclamation),
            b'=' if self.peek(1) == Some(b'=') => self.take(2, Kind::Equals),
            b'=' if self.peek(1) == Some(b'~') => self.take(2, Kind::EqualsInsensitive),
            b'=' => self.either(b'>', Kind::Arrow, Kind::Assignment),
            b'&' if self.peek(1) == Some(b'&') => self.take(2, Kind::LogicalAnd),
            b'$' => self.dollars(),
            _ => self.unrecognized(),
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_while(is_word);
        match &self.text[start..self.at] {
            "true" => TokenKind::True,
            "false" => TokenKind::False,
            "null" => TokenKind::Null,
            word => {
                if word.len() > MAX_IDENTIFIER {
                    let message = format!("an identifier has at most {MAX_IDENTIFIER} characters");
                    self.error(start, self.at, message);
                }
                TokenKind::Identifier
            }
        }
    }

    /// A line break; within a hole it ends all open strings instead, with an error.
    fn line_break(&mut self) -> TokenKind {
        if !self.open.is_empty() {
            let message = "the string is not closed on this line; `${` and its `}` stand on one line";
            self.error(self.at, self.at, message.to_owned());
            self.open.clear();
            return TokenKind::StringRight;
        }
        self.skip_while(is_line_break);
        TokenKind::NewLine
    }

    fn closing_brace(&mut self) -> TokenKind {
        let kind = match self.open.last() {
            Some(Open::Hole) => self.segment(self.at, TokenKind::StringMiddle, TokenKind::StringRight),
            Some(&Open::MultiLineHole(dollars)) => {
                self.at += 1;
                self.multi_line_segment(self.at - 1, dollars, TokenKind::StringMiddle, TokenKind::StringRight)
            }
            Some(Open::Brace) => {
                self.open.pop();
                return self.take(1, TokenKind::RightBrace);
            }
            None => return self.take(1, TokenKind::RightBrace),
        };
        if kind == TokenKind::StringRight {
            self.open.pop();
        }
        kind
    }

    fn string(&mut self) -> TokenKind {
        let start = self.at;
        if self.starts_with("'''") {
            self.at += 3;
            return self.multi_line_segment(start, 0, TokenKind::StringLeft, TokenKind::StringComplete);
        }
        let kind = self.segment(start, TokenKind::StringLeft, TokenKind::StringComplete);
        if kind == TokenKind::StringLeft {
            self.open.push(Open::Hole);
        }
        kind
    }

    fn dollars(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_while(|byte| byte == b'$');
        let dollars = self.at - start;
        if !self.starts_with("'''") {
            self.error(start, self.at, "`$` has no meaning outside of a string".to_owned());
            return TokenKind::Unrecognized;
        }
        self.at += 3;
        let kind = self.multi_line_segment(start, dollars, TokenKind::StringLeft, TokenKind::StringComplete);
        if kind == TokenKind::StringLeft {
            self.open.push(Open::MultiLineHole(dollars));
        }
        kind
    }

    /// A piece of a string in single quotes, from its opening `'` or `}` to its `${` (`at_hole`) or `'` (`at_end`).
    fn segment(&mut self, start: usize, at_hole: TokenKind, at_end: TokenKind) -> TokenKind {
        self.at += 1;
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    self.error(start, self.at, "the string is not closed on this line; add a `'`".to_owned());
                    return at_end;
                }
                Some(b'\'') => {
                    self.at += 1;
                    return at_end;
                }
                Some(b'$') if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    return at_hole;
                }
                Some(b'\\') => self.escape(),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        match super::literal::escape(rest) {
            Ok((_, length)) => self.at += length,
            Err(length) => {
                self.at += length;
                // A string that ends right after the backslash is reported as not closed.
                if length > 1 {
                    let message = "unknown escape; `\\'`, `\\\\`, `\\$`, `\\n`, `\\r`, `\\t` and `\\u{hex}` are known";
                    self.error(start, self.at, message.to_owned());
                }
            }
        }
    }

    /// A piece of a multi-line string whose opening has been read.
    fn multi_line_segment(&mut self, start: usize, dollars: usize, at_hole: TokenKind, at_end: TokenKind) -> TokenKind {
        loop {
            let Some(found) = memchr::memchr2(b'\'', b'$', &self.bytes[self.at..]) else {
                self.at = self.bytes.len();
                self.error(start, self.at, "the multi-line string is never closed; add `'''`".to_owned());
                return at_end;
            };
            self.at += found;
            let run = self.at;
            if self.peek(0) == Some(b'\'') {
                self.skip_while(|byte| byte == b'\'');
                if self.at - run >= 3 {
                    return at_end;
                }
            } else {
                self.skip_while(|byte| byte == b'$');
                if dollars > 0 && self.at - run >= dollars && self.peek(0) == Some(b'{') {
                    self.at += 1;
                    return at_hole;
                }
            }
        }
    }

    fn unrecognized(&mut self) -> TokenKind {
        let start = self.at;
        let found = self.text[start..].chars().next().unwrap_or('\0');
        self.at += found.len_utf8();
        let message = match found {
            '"' => "strings have single quotes".to_owned(),
            '\u{2018}' | '\u{2019}' => format!("`{found}` is a typographic quote; strings have straight quotes"),
            '#' => "`#` starts no known pragma here; a pragma stands alone on its line".to_owned(),
            '&' => "`&` is no operator; did you mean `&&`?".to_owned(),
            _ => format!("`{}` has no meaning here", found.escape_default()),
        };
        self.error(start, self.at, message);
        TokenKind::Unrecognized
    }

    fn take(&mut self, length: usize, kind: TokenKind) -> TokenKind {
        self.at += length;
        kind
    }

    /// One byte, or two when the second is `next`.
    fn either(&mut self, next: u8, two: TokenKind, one: TokenKind) -> TokenKind {
        if self.peek(1) == Some(next) { self.take(2, two) } else { self.take(1, one) }
    }

    fn skip_while(&mut self, holds: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !holds(byte)).unwrap_or(rest.len());
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.bytes[self.at..].starts_with(prefix.as_bytes())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn error(&mut self, start: usize, end: usize, message: String) {
        if self.out.errors.len() < MAX_RECOVERIES {
            self.out.errors.push(SyntaxError { span: Span::new(self.file, start, end), message });
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_line_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}
