//! The tokens of Bicep.

/// A token: its kind and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The kinds of token. Keywords other than `true`, `false` and `null` are identifiers, since they may name things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum TokenKind {
    Unrecognized,
    EndOfFile,
    /// One or more line breaks, with the blanks and comments between them.
    NewLine,
    Identifier,
    Integer,
    True,
    False,
    Null,
    /// A string without a hole.
    StringComplete,
    /// From the opening quote up to and including the first `${`.
    StringLeft,
    /// From a `}` up to and including the next `${`.
    StringMiddle,
    /// From the last `}` to the closing quote.
    StringRight,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    LeftSquare,
    RightSquare,
    LeftChevron,
    RightChevron,
    LessThanOrEqual,
    GreaterThanOrEqual,
    At,
    Comma,
    Dot,
    Ellipsis,
    Question,
    DoubleQuestion,
    Colon,
    DoubleColon,
    Semicolon,
    Assignment,
    Arrow,
    Equals,
    NotEquals,
    EqualsInsensitive,
    NotEqualsInsensitive,
    Plus,
    Minus,
    Asterisk,
    Slash,
    Modulo,
    Hat,
    Exclamation,
    LogicalAnd,
    LogicalOr,
    Pipe,
}

/// A set of kinds of token.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenSet(u64);

impl TokenSet {
    /// The set of these kinds.
    pub(super) const fn new(kinds: &[TokenKind]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < kinds.len() {
            bits |= 1 << kinds[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// This set and one kind more.
    pub(super) const fn with(self, kind: TokenKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether `kind` is in the set.
    pub(super) const fn has(self, kind: TokenKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}
