//! The file and its statements.

use super::{Failure, LINE, Parser};
use crate::source::Span;
use crate::source::limits::MAX_NESTING;
use crate::syntax::bicep::Dialect;
use crate::syntax::bicep::ast::{Decorator, Statement, StatementKind};
use crate::syntax::bicep::token::{Token, TokenKind};

/// A statement without its decorators and the offset where it ends.
pub(super) type Declaration = (StatementKind, u32);

impl Parser<'_> {
    /// The whole file.
    pub(super) fn program(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        // What follows a statement that is nested too deep is read as its rest until a declaration comes.
        let mut in_rest = false;
        self.skip_newline();
        while !self.is(TokenKind::EndOfFile) {
            let start = self.at;
            let errors = self.errors.len();
            let statement = self.statement();
            in_rest = self.too_deep.is_some() || in_rest && statement.kind == StatementKind::Invalid;
            if in_rest {
                self.errors.truncate(errors);
                self.errors.extend(self.too_deep.take());
            }
            let is_declaration = !matches!(statement.kind, StatementKind::Invalid | StatementKind::Missing);
            statements.push(statement);
            if is_declaration && !self.is(TokenKind::EndOfFile) {
                self.end_of_line("a line break");
            }
            self.skip_newline();
            if self.at == start {
                self.bump();
            }
        }
        statements
    }

    fn statement(&mut self) -> Statement {
        let decorators = self.decorators();
        let token = self.token();
        let keyword = if token.kind == TokenKind::Identifier { self.token_text(token) } else { "" };
        let parse: fn(&mut Self) -> Declaration = match (self.dialect, keyword) {
            (_, "var") => Self::variable,
            (_, "import") => Self::import,
            (_, "type") => Self::type_alias,
            (_, "extension") => Self::extension,
            (Dialect::Template, "targetScope") => Self::target_scope,
            (Dialect::Template, "metadata") => Self::metadata,
            (Dialect::Template, "param") => Self::parameter,
            (Dialect::Template, "func") => Self::function,
            (Dialect::Template, "resource") => Self::resource,
            (Dialect::Template, "output") => Self::output,
            (Dialect::Template, "module") => Self::module,
            (Dialect::Template, "test") => Self::test,
            (Dialect::Template, "assert") => Self::assert,
            (Dialect::Parameters, "param") => Self::assignment,
            (Dialect::Parameters, "using") => Self::using,
            (Dialect::Parameters, "extends") => Self::extends,
            (Dialect::Parameters, "extensionConfig") => Self::extension_config,
            _ => return self.no_declaration(decorators),
        };
        let declaration = parse(self);
        self.declaration(token, decorators, declaration)
    }

    /// A nested resource with its decorators.
    pub(super) fn nested_resource(&mut self) -> Statement {
        let decorators = self.decorators();
        let token = self.token();
        let outer = self.depth;
        let is_resource = self.is_keyword("resource") && self.deeper().is_ok();
        let statement = if is_resource {
            let declaration = self.resource();
            self.declaration(token, decorators, declaration)
        } else {
            self.no_declaration(decorators)
        };
        self.depth = outer;
        statement
    }

    fn declaration(&self, keyword: Token, decorators: Vec<Decorator>, (kind, end): Declaration) -> Statement {
        let start = decorators.first().map_or(keyword.start, |decorator| decorator.span.start);
        Statement { kind, decorators, span: self.span(start, end.max(start)), keyword: self.span_of(keyword) }
    }

    /// Decorators with nothing to decorate, which are a statement of their own; or text up to the end of the line.
    fn no_declaration(&mut self, decorators: Vec<Decorator>) -> Statement {
        let at = |span: Span| Span { start: span.end, ..span };
        if let Some(last) = decorators.last().map(|decorator| decorator.span) {
            self.report_at(last, "expected a declaration after the decorator");
            let span = decorators.first().map_or(last, |first| first.span.cover(last));
            return Statement { kind: StatementKind::Missing, decorators, span, keyword: at(span) };
        }
        let error = match self.dialect {
            _ if self.depth > MAX_NESTING => Failure::TooDeep,
            Dialect::Template => {
                self.expected("a declaration such as `param`, `var`, `resource`, `module` or `output`")
            }
            Dialect::Parameters => self.expected("a declaration such as `using`, `param` or `var`"),
        };
        self.report(error);
        let span = self.skip_from(self.at, LINE);
        let keyword = Span { end: span.start, ..span };
        Statement { kind: StatementKind::Invalid, decorators, span, keyword }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{marked, parse};
    use crate::source::FileId;
    use crate::syntax::bicep::shape::{expr, value_type};
    use crate::syntax::bicep::{self, Dialect, ExtensionSource, Imported, Program, StatementKind, UsingTarget};

    fn whole(text: &str) -> Program {
        let (program, errors) = parse(text);
        assert_eq!(errors, [], "{text}");
        program
    }

    #[test]
    fn every_declaration_has_its_parts() {
        let text = "targetScope = 'subscription'\nmetadata a = 1\n@secure()\n@sys.minLength(2)\nparam b string = 'x'\n\
                    var c int = 2\noutput d resource = e\nassert f = true\ntest g './h.bicep' = {\n}\n\
                    func i(j string, k int[]) bool => j == 'x'\nextension l with {\n} as m\nimport 'n@1' as o\n";
        let program = whole(text);
        let names: Vec<_> = program.statements.iter().map(|s| s.name().map_or("", |name| &name.text)).collect();
        assert_eq!(names, ["", "a", "b", "c", "d", "f", "g", "i", "m", "o"]);
        let parameter = &program.statements[2];
        assert_eq!(marked(text, parameter.span), "@secure()\n@sys.minLength(2)\nparam b string = 'x'");
        assert_eq!(marked(text, parameter.keyword), "param");
        assert_eq!(marked(text, parameter.decorators[1].span), "@sys.minLength(2)");
        assert_eq!(expr(&parameter.decorators[1].expr), "sys.minLength(2)");
        let StatementKind::Parameter { value_type: declared, default: Some(default), .. } = &parameter.kind else {
            panic!()
        };
        assert_eq!((value_type(declared).as_str(), marked(text, default.span)), ("string", "= 'x'"));
        let StatementKind::Function { lambda: Some(lambda), .. } = &program.statements[7].kind else { panic!() };
        let parameters: Vec<_> = lambda.parameters.iter().map(|p| marked(text, p.span)).collect();
        assert_eq!((parameters, value_type(&lambda.returns)), (vec!["j string", "k int[]"], "bool".to_owned()));
        let StatementKind::Extension { source: ExtensionSource::Name(name), with: Some(with), .. } =
            &program.statements[8].kind
        else {
            panic!()
        };
        assert_eq!((&*name.text, marked(text, with.span)), ("l", "with {\n}"));
    }

    #[test]
    fn bodies_come_in_layers() {
        let text = "resource a 'b@1' = [for (c, i) in d: if (e) {\n  name: c\n  @batchSize(1)\n  resource f 'g' existing = {\n    name: 'h'\n  }\n}]\n\
                    module j './k.bicep' =\n  if (l) {\n}\n";
        let program = whole(text);
        let StatementKind::Resource { body, existing: None, .. } = &program.statements[0].kind else { panic!() };
        let layers = body.layers();
        assert_eq!(layers.repeat.map(|repeat| expr(&repeat.source)), Some("d".to_owned()));
        assert_eq!(layers.condition.map(expr), Some("(e)".to_owned()));
        assert_eq!(layers.object.map(<[_]>::len), Some(2));
        let StatementKind::Module { body, path, .. } = &program.statements[1].kind else { panic!() };
        assert_eq!((path.as_str(), body.layers().condition.map(expr)), (Some("./k.bicep"), Some("(l)".to_owned())));
    }

    #[test]
    fn imports_over_lines_with_aliases() {
        let program =
            whole("import {\n  a\n  b as c\n  'd-e' as f\n} from './g.bicep'\nimport * as h from 'br:i/j:1'\n");
        let StatementKind::Import(import) = &program.statements[0].kind else { panic!() };
        let Imported::Symbols { items, .. } = &import.imported else { panic!() };
        let shown: Vec<_> =
            items.iter().map(|i| (expr(&i.name), i.alias.as_ref().map_or("", |alias| &alias.text))).collect();
        assert_eq!(shown, [("a".to_owned(), ""), ("b".to_owned(), "c"), ("'d-e'".to_owned(), "f")]);
        let StatementKind::Import(import) = &program.statements[1].kind else { panic!() };
        assert!(matches!(&import.imported, Imported::All { alias, .. } if &*alias.text == "h"));
    }

    #[test]
    fn parameter_files() {
        let text = "using none\nextends './a.bicepparam'\nparam b = readEnvironmentVariable('C')\nvar d = 1\nextensionConfig e with {\n}\n";
        let (program, errors) = bicep::parse(FileId(0), text, Dialect::Parameters);
        assert_eq!(errors, []);
        assert!(matches!(&program.statements[0].kind, StatementKind::Using { target: UsingTarget::None(_), .. }));
        let names: Vec<_> = program.statements.iter().filter_map(|s| s.name()).map(|name| &*name.text).collect();
        assert_eq!(names, ["b", "d", "e"]);
        let (_, errors) = bicep::parse(FileId(0), "param a string\n", Dialect::Parameters);
        assert_eq!(errors[0].message, "expected `=`, found `string`");
    }
}
