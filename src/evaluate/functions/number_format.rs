//! Numeric format strings as .NET reads them in the invariant culture: `N0`, `X4`, `#,##0.##`.

use super::Stop;
use super::text::float;

/// The number to format.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Integer(i64),
    Float(f64),
}

/// More digits than this are asked for by nobody.
const MAX_PRECISION: usize = 999;

/// The number in this format; `None` when it has no such format.
pub(super) fn format(number: Number, format: &str) -> Result<Option<String>, Stop> {
    let mut chars = format.chars();
    let (Some(kind), digits) = (chars.next(), chars.as_str()) else { return Ok(None) };
    if !kind.is_ascii_alphabetic() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return custom(number, format).map(Some);
    }
    let precision = match digits {
        "" => None,
        digits => Some(digits.parse().ok().filter(|digits| *digits <= MAX_PRECISION).ok_or(Stop::Unknown)?),
    };
    Ok(standard(number, kind, precision))
}

fn standard(number: Number, kind: char, precision: Option<usize>) -> Option<String> {
    let sign = if number.is_negative() { "-" } else { "" };
    let decimals = precision.unwrap_or(2);
    Some(match (kind.to_ascii_uppercase(), number) {
        ('D', Number::Integer(value)) => format!("{sign}{:0>1$}", value.unsigned_abs(), precision.unwrap_or(0)),
        ('X', Number::Integer(value)) if kind == 'x' => format!("{value:0>0$x}", precision.unwrap_or(0)),
        ('X', Number::Integer(value)) => format!("{value:0>0$X}", precision.unwrap_or(0)),
        ('B', Number::Integer(value)) => format!("{value:0>0$b}", precision.unwrap_or(0)),
        ('N', _) => number.sign_of(decimals) + &grouped(&number.fixed(decimals)),
        ('F', _) => number.sign_of(decimals) + &number.fixed(decimals),
        ('C', _) if number.sign_of(decimals).is_empty() => format!("\u{a4}{}", grouped(&number.fixed(decimals))),
        ('C', _) => format!("(\u{a4}{})", grouped(&number.fixed(decimals))),
        ('P', _) => {
            let number = number.scaled(2);
            format!("{}{} %", number.sign_of(decimals), grouped(&number.fixed(decimals)))
        }
        ('E', _) => {
            let text = match number {
                Number::Integer(value) => format!("{:.*e}", precision.unwrap_or(6), value.unsigned_abs()),
                Number::Float(value) => format!("{:.*e}", precision.unwrap_or(6), value.abs()),
            };
            let (mantissa, exponent) = text.split_once('e')?;
            let exponent: i32 = exponent.parse().ok()?;
            let direction = if exponent < 0 { '-' } else { '+' };
            format!("{sign}{mantissa}{kind}{direction}{:03}", exponent.unsigned_abs())
        }
        ('G' | 'R', Number::Integer(value)) if precision.unwrap_or(0) == 0 => value.to_string(),
        ('G' | 'R', Number::Float(value)) if precision.unwrap_or(0) == 0 => float(value),
        ('G', _) => return general(number, kind, precision?),
        _ => return None,
    })
}

/// At most `digits` significant digits, in the shorter of both notations.
fn general(number: Number, kind: char, digits: usize) -> Option<String> {
    let sign = if number.is_negative() { "-" } else { "" };
    let text = match number {
        Number::Integer(value) => format!("{:.*e}", digits - 1, value.unsigned_abs()),
        Number::Float(value) => format!("{:.*e}", digits - 1, value.abs()),
    };
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let trimmed = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    if exponent >= i32::try_from(digits).ok()? || exponent < -5 {
        let direction = if exponent < 0 { '-' } else { '+' };
        let letter = if kind == 'g' { 'e' } else { 'E' };
        return Some(format!("{sign}{trimmed}{letter}{direction}{:02}", exponent.unsigned_abs()));
    }
    let significant: String = trimmed.chars().filter(char::is_ascii_digit).collect();
    Some(match usize::try_from(exponent) {
        Err(_) => format!("{sign}0.{}{significant}", "0".repeat(exponent.unsigned_abs() as usize - 1)),
        Ok(whole) if significant.len() <= whole + 1 => format!("{sign}{significant:0<0$}", whole + 1),
        Ok(whole) => format!("{sign}{}.{}", &significant[..=whole], &significant[whole + 1..]),
    })
}

impl Number {
    fn is_negative(self) -> bool {
        match self {
            Self::Integer(value) => value < 0,
            Self::Float(value) => value < 0.0,
        }
    }

    /// The magnitude with this many decimals.
    fn fixed(self, decimals: usize) -> String {
        match self {
            Self::Integer(value) if decimals == 0 => value.unsigned_abs().to_string(),
            Self::Integer(value) => format!("{}.{}", value.unsigned_abs(), "0".repeat(decimals)),
            Self::Float(value) => format!("{:.decimals$}", value.abs()),
        }
    }

    /// The sign, unless nothing but zeros is left.
    fn sign_of(self, decimals: usize) -> String {
        let is_zero = self.fixed(decimals).bytes().all(|byte| matches!(byte, b'0' | b'.'));
        if self.is_negative() && !is_zero { "-".to_owned() } else { String::new() }
    }

    /// Times ten to the power of `exponent`.
    fn scaled(self, exponent: i32) -> Self {
        let factor = u32::try_from(exponent).ok().and_then(|exponent| 10_i64.checked_pow(exponent));
        match (self, factor) {
            (_, Some(1)) => self,
            (Self::Integer(value), Some(factor)) if value.checked_mul(factor).is_some() => {
                Self::Integer(value.saturating_mul(factor))
            }
            (Self::Integer(value), _) => Self::Float(format!("{value}e{exponent}").parse().unwrap_or(0.0)),
            (Self::Float(value), _) => Self::Float(value * 10_f64.powi(exponent)),
        }
    }
}

/// Commas between groups of three digits before the point.
fn grouped(text: &str) -> String {
    let whole = text.find('.').unwrap_or(text.len());
    let mut grouped = String::with_capacity(text.len() + whole / 3);
    for (index, digit) in text.char_indices() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What a custom format is made of.
enum Token {
    /// `0` or `#`.
    Digit {
        zero: bool,
    },
    Point,
    Text(char),
}

/// One section of a custom format, read.
#[derive(Default)]
struct Section {
    tokens: Vec<Token>,
    grouped: bool,
    exponent: i32,
}

fn custom(number: Number, format: &str) -> Result<String, Stop> {
    let sections = sections(format);
    let is_zero = !number.is_negative() && number.sign_of(0).is_empty() && matches!(number, Number::Integer(0));
    let (section, signed) = match (sections.as_slice(), number.is_negative(), is_zero) {
        ([_, negative, ..], true, _) if !negative.is_empty() => (negative, false),
        ([_, _, zero, ..], _, true) if !zero.is_empty() => (zero, false),
        ([first, ..], ..) => (first, true),
        ([], ..) => return Ok(String::new()),
    };
    let section = Section::parse(section)?;
    Ok(section.write(number.scaled(section.exponent), signed))
}

/// The sections of a custom format, split at semicolons outside quotes.
fn sections(format: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quote, mut escaped) = (None, false);
    for c in format.chars() {
        if c == ';' && quote.is_none() && !escaped {
            sections.push(String::new());
            continue;
        }
        if !escaped && matches!(c, '\'' | '"') {
            quote = match quote {
                None => Some(c),
                Some(open) if open == c => None,
                open => open,
            };
        }
        escaped = c == '\\' && !escaped;
        if let Some(section) = sections.last_mut() {
            section.push(c);
        }
    }
    sections
}

impl Section {
    fn parse(format: &str) -> Result<Self, Stop> {
        let mut section = Self::default();
        let mut commas = 0;
        let mut point = false;
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '0' | '#' => {
                    if commas > 0 && section.tokens.iter().any(|token| matches!(token, Token::Digit { .. })) {
                        section.grouped = !point || section.grouped;
                    }
                    commas = 0;
                    section.tokens.push(Token::Digit { zero: c == '0' });
                }
                '.' if point => {}
                '.' => {
                    section.exponent -= 3 * commas;
                    commas = 0;
                    point = true;
                    section.tokens.push(Token::Point);
                }
                ',' => commas += 1,
                '%' | '\u{2030}' => {
                    section.exponent += if c == '%' { 2 } else { 3 };
                    section.tokens.push(Token::Text(c));
                }
                // Exponents in a custom format are beyond what templates use.
                'E' | 'e' if matches!(chars.peek(), Some('0' | '+' | '-')) => return Err(Stop::Unknown),
                '\\' => section.tokens.extend(chars.next().map(Token::Text)),
                '\'' | '"' => section.tokens.extend(chars.by_ref().take_while(|next| *next != c).map(Token::Text)),
                _ => section.tokens.push(Token::Text(c)),
            }
        }
        if !point {
            section.exponent -= 3 * commas;
        }
        Ok(section)
    }

    fn write(&self, number: Number, signed: bool) -> String {
        let point = self.tokens.iter().position(|token| matches!(token, Token::Point)).unwrap_or(self.tokens.len());
        let digits = |tokens: &[Token]| -> Vec<bool> {
            let zero = |token: &Token| if let Token::Digit { zero } = token { Some(*zero) } else { None };
            tokens.iter().filter_map(zero).collect()
        };
        let (before, after) = (digits(&self.tokens[..point]), digits(&self.tokens[point..]));
        let fixed = number.fixed(after.len());
        let (whole, decimals) = fixed.split_once('.').unwrap_or((&fixed, ""));
        // From the first zero on, every place before the point is written; up to the last zero, every one after it.
        let least = before.iter().position(|zero| *zero).map_or(0, |first| before.len() - first);
        let least_decimals = after.iter().rposition(|zero| *zero).map_or(0, |last| last + 1);
        let whole = format!("{:0>least$}", whole.trim_start_matches('0'));
        let decimals = &decimals[..decimals.trim_end_matches('0').len().max(least_decimals)];
        let mut text = if signed { number.sign_of(after.len()) } else { String::new() };
        let (mut place, mut written, mut decimal) = (0, 0, 0);
        for (index, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Text(c) => text.push(*c),
                Token::Point if decimals.is_empty() => {}
                Token::Point => text.push('.'),
                Token::Digit { .. } if index > point => {
                    text.push_str(decimals.get(decimal..=decimal).unwrap_or_default());
                    decimal += 1;
                }
                Token::Digit { .. } => {
                    place += 1;
                    // The first place holds all digits that have no place of their own.
                    let end = whole.len().saturating_sub(before.len() - place);
                    for (at, digit) in whole.char_indices().take(end).skip(written) {
                        if self.grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                            text.push(',');
                        }
                        text.push(digit);
                    }
                    written = written.max(end);
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(number: i64, picture: &str) -> String {
        format(Number::Integer(number), picture).unwrap().unwrap()
    }

    fn decimal(number: f64, picture: &str) -> String {
        format(Number::Float(number), picture).unwrap().unwrap()
    }

    #[test]
    fn standard_formats_of_integers() {
        let cases = [
            (8_175_133, "N0", "8,175,133"),
            (-1234, "N1", "-1,234.0"),
            (42, "D5", "00042"),
            (-42, "D5", "-00042"),
            (255, "X", "FF"),
            (255, "x4", "00ff"),
            (-1, "X", "FFFFFFFFFFFFFFFF"),
            (5, "B8", "00000101"),
            (3, "F", "3.00"),
            (1, "P0", "100 %"),
            (1234, "C", "\u{a4}1,234.00"),
            (-1, "C0", "(\u{a4}1)"),
            (12345, "E2", "1.23E+004"),
            (12345, "G", "12345"),
            (12345, "G2", "1.2E+04"),
            (1200, "G4", "1200"),
        ];
        for (number, picture, expected) in cases {
            assert_eq!(integer(number, picture), expected, "{number} {picture}");
        }
        assert_eq!(format(Number::Integer(1), "Q"), Ok(None));
        assert_eq!(format(Number::Float(1.5), "D"), Ok(None));
        assert_eq!(format(Number::Integer(1), "D1000000"), Err(Stop::Unknown));
    }

    #[test]
    fn standard_formats_of_floats() {
        let cases = [
            (1234.567, "N", "1,234.57"),
            (0.256, "P1", "25.6 %"),
            (0.0001, "G2", "0.0001"),
            (12.5, "G", "12.5"),
            (12.56, "G3", "12.6"),
            (-0.001, "F1", "0.0"),
            (0.000_012_3, "E1", "1.2E-005"),
        ];
        for (number, picture, expected) in cases {
            assert_eq!(decimal(number, picture), expected, "{number} {picture}");
        }
    }

    #[test]
    fn custom_formats() {
        let cases = [
            (7, "000", "007"),
            (1234, "000", "1234"),
            (1_234_567, "#,##0.##", "1,234,567"),
            (0, "#,##0", "0"),
            (0, "#", ""),
            (12, "#,##0.00", "12.00"),
            (1_234_567, "0,,'M'", "1M"),
            (5, "0%", "500%"),
            (-5, "0;(0);zero", "(5)"),
            (0, "0;(0);zero", "zero"),
            (-5, "00", "-05"),
            (2_065_550_123, "(###) ###-####", "(206) 555-0123"),
            (3, "vm\\000", "vm003"),
            (12, "0000,000", "0,000,012"),
        ];
        for (number, picture, expected) in cases {
            assert_eq!(integer(number, picture), expected, "{number} {picture}");
        }
        assert_eq!(decimal(6.2549, "0.0#"), "6.25");
        assert_eq!(decimal(3.0, "0.0#"), "3.0");
    }
}
