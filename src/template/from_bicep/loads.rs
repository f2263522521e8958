//! The functions that load files when the compiler runs: `loadTextContent` and its kin.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json_path::{self, Stop};
use super::surroundings::constant;
use super::yaml::lower_yaml;
use super::{Lowering, string};
use crate::source::{FileId, Span};
use crate::syntax::bicep;
use crate::syntax::expression::{Expr, ExprKind, Member};
use crate::syntax::json;
use crate::template::from_json;

/// The functions that load a file whose path is their first argument.
pub(super) const LOADS_CONTENT: [&str; 4] =
    ["loadTextContent", "loadJsonContent", "loadYamlContent", "loadFileAsBase64"];

/// The function that lists the folder whose path is its first argument.
pub(super) const LISTS_FOLDER: &str = "loadDirectoryFileInfo";

impl<'a> Lowering<'a> {
    /// The content of a file, or the list of files of a folder. What can't be read as the function asks has a value that no one knows.
    pub(super) fn load(&mut self, function: &str, args: &'a [bicep::Expr], span: Span) -> Expr {
        let program = self.program();
        let literals: Option<Vec<&str>> = args.iter().map(|arg| constant(program, arg)?.as_str()).collect();
        let loaded = literals.as_deref().and_then(|literals| self.loaded(function, literals, span));
        loaded.unwrap_or_else(|| {
            for arg in args {
                self.expr(arg);
            }
            Expr::new(ExprKind::Invalid, span)
        })
    }

    /// The path of the JSON file that an expression is all of, by itself or through variables.
    pub(super) fn loads_all_of(&self, expr: &'a bicep::Expr) -> Option<&'a bicep::Expr> {
        let program = self.program();
        let called = |expr: &'a bicep::Expr| match &constant(program, expr)?.kind {
            bicep::ExprKind::Call { name, args } => Some((&*name.text, &**args)),
            _ => None,
        };
        let path = match called(expr)? {
            ("loadJsonContent", [path]) => path,
            ("json", [text]) => match called(text)? {
                ("loadTextContent", [path] | [path, _]) => path,
                _ => return None,
            },
            _ => return None,
        };
        let path = constant(program, path)?;
        self.surroundings.contents.contains_key(&(self.file(), path.as_str()?.to_owned())).then_some(path)
    }

    fn loaded(&self, function: &str, args: &[&str], span: Span) -> Option<Expr> {
        let (path, rest) = args.split_first()?;
        if function == LISTS_FOLDER {
            let names = *self.surroundings.folders.get(&(self.file(), (*path).to_owned()))?;
            return match rest {
                [] => Some(listed(path, names, "*", span)),
                [pattern] => Some(listed(path, names, pattern, span)),
                _ => None,
            };
        }
        let (file, bytes) = *self.surroundings.contents.get(&(self.file(), (*path).to_owned()))?;
        match (function, rest) {
            ("loadTextContent", []) => Some(string(decode(bytes, None)?, span)),
            ("loadTextContent", [encoding]) => Some(string(decode(bytes, Some(encoding))?, span)),
            ("loadFileAsBase64", []) => Some(string(STANDARD.encode(bytes), span)),
            ("loadJsonContent", rest) => structured(lower_json, file, bytes, rest, span),
            ("loadYamlContent", rest) => structured(lower_yaml, file, bytes, rest, span),
            _ => None,
        }
    }
}

/// What the compiler tells of those files of a folder whose names match `pattern`. It lists them as the file system
/// does, which is in no order that counts; here it is that of their names.
fn listed(folder: &str, names: &[String], pattern: &str, span: Span) -> Expr {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")) {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    let info = |name: &String| {
        let path = parts.iter().copied().chain([name.as_str()]).collect::<Vec<_>>().join("/");
        let extension = name.rfind('.').filter(|dot| dot + 1 < name.len()).map_or("", |dot| &name[dot..]);
        let members = [("relativePath", path.as_str()), ("baseName", name), ("extension", extension)];
        let member = |(key, value): (&str, &str)| Member { key: string(key, span), value: string(value, span) };
        Expr::new(ExprKind::Object(members.into_iter().map(member).collect()), span)
    };
    let found = names.iter().filter(|name| pattern == "*.*" || matches(name.as_bytes(), pattern.as_bytes()));
    Expr::new(ExprKind::Array(found.map(info).collect()), span)
}

/// Whether a name is one that a search pattern of the file system means: `*` is any text, `?` one letter.
fn matches(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut in_pattern) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                star = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted == name[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((from, back)) = star else { return false };
                star = Some((from + 1, back));
                (at, in_pattern) = (from + 1, back + 1);
            }
        }
    }
    pattern[in_pattern..].iter().all(|rest| *rest == b'*')
}

/// The text of a loaded file: in the encoding that its byte order mark tells, else in `encoding`, else in UTF-8; `None`
/// for an encoding that the language does not know.
pub fn decode(bytes: &[u8], encoding: Option<&str>) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let (text, encoding) = match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => (text, "utf-8"),
        [0xff, 0xfe, text @ ..] => (text, "utf-16"),
        [0xfe, 0xff, text @ ..] => (text, "utf-16BE"),
        text => (text, encoding.unwrap_or("utf-8")),
    };
    Some(match encoding {
        "utf-8" => String::from_utf8_lossy(text).into_owned(),
        "utf-16" => wide(text, u16::from_le_bytes),
        "utf-16BE" => wide(text, u16::from_be_bytes),
        "iso-8859-1" => text.iter().map(|byte| char::from(*byte)).collect(),
        "us-ascii" => text.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect(),
        _ => return None,
    })
}

/// The value in a file that `lower` reads, or what a path selects of it.
fn structured(
    lower: fn(FileId, &str) -> Option<Expr>,
    file: FileId,
    bytes: &[u8],
    rest: &[&str],
    span: Span,
) -> Option<Expr> {
    let document = lower(file, &decode(bytes, rest.get(1).copied())?)?;
    match rest {
        [] => Some(document),
        [path] | [path, _] => select(&document, path, span),
        _ => None,
    }
}

fn lower_json(file: FileId, text: &str) -> Option<Expr> {
    let (document, errors) = json::parse(file, text);
    let root = document.root(text).filter(|_| errors.is_empty())?;
    Some(from_json::lower_literal(file, root))
}

/// What a JSONPath, whose leading `$` may be left out, selects: one value, or an array of several.
fn select(document: &Expr, path: &str, span: Span) -> Option<Expr> {
    let path = match path.chars().next() {
        Some('$') => path.to_owned(),
        Some('.' | '[') => format!("${path}"),
        _ => format!("$.{path}"),
    };
    let found = match json_path::select(document, &path) {
        Ok(found) => found,
        Err(Stop::Invalid) => return None,
        Err(Stop::TooComplex) => return Some(Expr::new(ExprKind::TooComplex, span)),
    };
    match found.as_slice() {
        [] => None,
        [one] => Some(Expr::clone(one)),
        several => Some(Expr::new(ExprKind::Array(several.iter().copied().cloned().collect()), span)),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, matches};

    #[test]
    fn a_pattern_picks_names() {
        let names = ["a.json", "ab.json", "a.json.txt", "é.json", "json"];
        let picked = |pattern: &str| {
            names.into_iter().filter(|name| matches(name.as_bytes(), pattern.as_bytes())).collect::<Vec<_>>()
        };
        assert_eq!(picked("*.json"), ["a.json", "ab.json", "é.json"]);
        assert_eq!(picked("?.json"), ["a.json"]);
        assert_eq!(picked("*.json*"), ["a.json", "ab.json", "a.json.txt", "é.json"]);
        assert_eq!(picked("a*.*n"), ["a.json", "ab.json"]);
        assert_eq!(picked("*"), names);
        assert_eq!(picked(""), Vec::<&str>::new());
    }

    #[test]
    fn a_byte_order_mark_counts_more_than_the_encoding_named() {
        assert_eq!(decode(&[0xff, 0xfe, 0xe9, 0], Some("utf-8")).as_deref(), Some("é"));
        assert_eq!(decode(&[0, 0xe9], Some("utf-16BE")).as_deref(), Some("é"));
        assert_eq!(decode(&[0xe9], Some("iso-8859-1")).as_deref(), Some("é"));
        assert_eq!(decode(&[0xe9], Some("us-ascii")).as_deref(), Some("?"));
        assert_eq!(decode(b"x", Some("latin-9")), None);
    }
}
