//! Links to templates in other files: the local file that the expression of a link means.
//!
//! Templates are published with their files beside them, and a link says so in several ways: by a path, by a URI that is
//! put together from the template's own, by one from `_artifactsLocation`, a parameter with that default.

use std::sync::Arc;

use super::{Looped, Parameter, Variable};
use crate::source::{FileId, Span};
use crate::syntax::expression::{Expr, ExprKind};

/// A file that a template names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its path, relative to the file that names it.
    pub path: Arc<str>,
    /// Where it is named.
    pub span: Span,
    /// Whether it has to be there: a URI may lead to a place where other files lie.
    pub is_certain: bool,
}

impl Link {
    /// What the file is found by: the file that names it, and the path.
    pub fn key(&self) -> (FileId, String) {
        (self.span.file, self.path.to_string())
    }
}

/// Whose parameters and variables the expression of a link means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'t> {
    pub parameters: &'t [Parameter],
    pub variables: &'t [Variable],
}

/// Most expressions of one link that are looked at.
const MAX_STEPS: usize = 256;

/// A part of a URI.
#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    /// The URI of the template, or of the folder that it is in.
    Own,
    /// A token that gives access, at the end.
    Token,
}

/// The file at the path `written`, as `relativePath` has it.
pub(super) fn relative(written: &Expr, names: Names<'_>) -> Option<Link> {
    Some(Link { is_certain: written.as_str().is_some(), ..published(written, names)? })
}

/// The file that the URI `written` means where the template lies.
pub(super) fn published(written: &Expr, names: Names<'_>) -> Option<Link> {
    let pieces = Reader { names, left: MAX_STEPS }.pieces(written)?;
    let mut path = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Own if at == 0 => {}
            Piece::Token if at > 0 => break,
            Piece::Own | Piece::Token => return None,
            Piece::Text(text) => path.push_str(text),
        }
    }
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let is_path = !path.is_empty() && !path.contains(':') && !path.ends_with(['/', '\\']);
    is_path.then(|| Link { path: path.into(), span: written.span, is_certain: false })
}

/// Reads the expression of one link.
struct Reader<'t> {
    names: Names<'t>,
    /// How many more expressions may be looked at: variables may lead to each other for ever.
    left: usize,
}

impl<'t> Reader<'t> {
    fn pieces(&mut self, expr: &'t Expr) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        self.collect(expr, &mut pieces)?;
        Some(pieces)
    }

    /// Adds the pieces of a URI; `None` for one that is put together in another way.
    fn collect(&mut self, expr: &'t Expr, pieces: &mut Vec<Piece>) -> Option<()> {
        let expr = self.settled(expr)?;
        match &expr.kind {
            ExprKind::String(text) => pieces.push(Piece::Text(text.to_string())),
            ExprKind::Interpolation { segments, holes } => {
                for (at, segment) in segments.iter().enumerate() {
                    pieces.push(Piece::Text(segment.text.to_string()));
                    holes.get(at).map_or(Some(()), |hole| self.collect(hole, pieces))?;
                }
                pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
            }
            ExprKind::Call { name, args } => match (&*name.text.to_ascii_lowercase(), args.as_slice()) {
                ("concat", args) => args.iter().try_for_each(|arg| self.collect(arg, pieces))?,
                ("format", [pattern, args @ ..]) => self.format(pattern.as_str()?, args, pieces)?,
                ("uri", [base, rest]) => pieces.extend(self.join(base, rest)?),
                // What is cut off the template's own URI is its name.
                ("replace" | "substring" | "take", [of, ..]) if self.pieces(of)? == [Piece::Own] => {
                    pieces.push(Piece::Own);
                }
                ("parameters", [name]) => pieces.push(self.parameter(name.as_str()?)?),
                _ => return None,
            },
            ExprKind::Property { .. } if is_own(expr) => pieces.push(Piece::Own),
            _ => return None,
        }
        Some(())
    }

    /// The pieces of `format`, whose items are plain.
    fn format(&mut self, pattern: &str, args: &'t [Expr], pieces: &mut Vec<Piece>) -> Option<()> {
        let mut rest = pattern;
        while let Some((text, after)) = rest.split_once('{') {
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            let (index, after) = after.split_once('}')?;
            self.collect(args.get(index.parse::<usize>().ok()?)?, pieces)?;
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Some(())
    }

    /// `uri(base, rest)`: what follows the last slash of the base gives way.
    fn join(&mut self, base: &'t Expr, rest: &'t Expr) -> Option<Vec<Piece>> {
        let mut pieces = self.pieces(base)?;
        pieces.retain(|piece| *piece != Piece::Token);
        match pieces.as_mut_slice() {
            [Piece::Own] => {}
            [Piece::Own, .., Piece::Text(last)] => last.truncate(last.rfind('/').map_or(0, |slash| slash + 1)),
            _ => return None,
        }
        let rest = self.pieces(rest)?;
        if !matches!(rest.as_slice(), [Piece::Text(text)] if matches!(&**text, "." | "./")) {
            pieces.extend(rest);
        }
        Some(pieces)
    }

    /// What a parameter stands for when nobody gives it another value.
    fn parameter(&mut self, wanted: &str) -> Option<Piece> {
        let parameter = self.names.parameters.iter().find(|parameter| parameter.name.is(wanted))?;
        let folded = wanted.to_ascii_lowercase();
        if folded.contains("sas") || folded.contains("token") {
            return Some(Piece::Token);
        }
        if folded.trim_start_matches('_') == "artifactslocation" {
            return Some(Piece::Own);
        }
        let default = parameter.default.as_ref().filter(|_| parameter.allowed.is_empty())?;
        match <[Piece; 1]>::try_from(self.pieces(default)?) {
            Ok([piece]) => Some(piece),
            Err(_) => None,
        }
    }

    /// The expression that gives `expr` its value: where it is a variable, or a part of one, that of the variable.
    fn settled(&mut self, expr: &'t Expr) -> Option<&'t Expr> {
        self.left = self.left.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Call { name, args } if name.is("variables") => {
                let wanted = args.first()?.as_str()?;
                let variable = self.names.variables.iter().find(|variable| variable.name.is(wanted))?;
                match &variable.value {
                    Looped::Once(value) => self.settled(value),
                    Looped::Each { .. } => None,
                }
            }
            ExprKind::Property { base, name } if !is_own(expr) => {
                let part = self.settled(base)?.get(&name.text)?;
                self.settled(part)
            }
            ExprKind::Index { base, index } => {
                let part = self.settled(base)?.get(index.as_str()?)?;
                self.settled(part)
            }
            _ => Some(expr),
        }
    }
}

/// Whether an expression is `deployment().properties.templateLink.uri`.
fn is_own(expr: &Expr) -> bool {
    let mut expr = expr;
    for wanted in ["uri", "templateLink", "properties"] {
        match &expr.kind {
            ExprKind::Property { base, name } if name.is(wanted) => expr = base,
            _ => return false,
        }
    }
    matches!(&expr.kind, ExprKind::Call { name, args } if name.is("deployment") && args.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::json;
    use crate::template::{NestedTemplate, lower_template};

    /// The path that the link `written` in a template with a few names leads to.
    fn path(written: &str) -> Option<String> {
        let text = r#"{
            "parameters": {
                "_artifactsLocation": { "type": "string", "defaultValue": "[deployment().properties.templateLink.uri]" },
                "_artifactsLocationSasToken": { "type": "securestring", "defaultValue": "" },
                "base": { "type": "string", "defaultValue": "[uri(deployment().properties.templateLink.uri, '.')]" },
                "size": { "type": "string", "defaultValue": "s", "allowedValues": ["s", "m"] }
            },
            "variables": {
                "folder": "nested",
                "links": { "net": "[uri(deployment().properties.templateLink.uri, 'net/main.json')]" },
                "circle": "[variables('circle')]"
            },
            "resources": [{ "type": "Microsoft.Resources/deployments", "properties": { "templateLink": { "uri": "@" } } }]
        }"#;
        let text = text.replace('@', written);
        let (document, _) = json::parse(FileId(0), &text);
        let template = lower_template(FileId(0), document.root(&text).unwrap());
        match &template.resources[0].deployment.as_ref().unwrap().template {
            NestedTemplate::File(link) => Some(link.path.to_string()),
            _ => None,
        }
    }

    #[test]
    fn a_uri_that_is_made_of_the_templates_own_is_a_path() {
        for written in [
            "[uri(deployment().properties.templateLink.uri, 'nested/a.json')]",
            "[uri(parameters('_artifactsLocation'), concat('nested/a.json', parameters('_artifactsLocationSasToken')))]",
            "[concat(parameters('_artifactsLocation'), '/nested/a.json', parameters('_artifactsLocationSasToken'))]",
            "[concat(parameters('_artifactsLocation'), '/', variables('folder'), '/a.json?x=y')]",
            "[format('{0}/{1}/a.json', parameters('base'), variables('folder'))]",
            "[uri(concat(parameters('_artifactsLocation'), '/nested/b.json'), 'a.json')]",
            "[concat(replace(deployment().properties.templateLink.uri, 'main.json', ''), 'nested/a.json')]",
            "nested/a.json",
        ] {
            assert_eq!(path(written).as_deref(), Some("nested/a.json"), "{written}");
        }
        assert_eq!(path("[variables('links').net]").as_deref(), Some("net/main.json"));
        assert_eq!(path("[variables('links')['net']]").as_deref(), Some("net/main.json"));
    }

    #[test]
    fn a_uri_of_another_place_or_of_a_free_value_is_none() {
        for written in [
            "https://example.com/a.json",
            "[concat('https://example.com/', 'a.json')]",
            "[uri(deployment().properties.templateLink.uri, concat(parameters('size'), '.json'))]",
            "[concat('nested/', deployment().properties.templateLink.uri)]",
            "[parameters('_artifactsLocation')]",
            "[variables('circle')]",
            "[variables('links').nothing]",
        ] {
            assert_eq!(path(written), None, "{written}");
        }
    }
}
