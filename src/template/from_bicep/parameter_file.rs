//! Parameter files in Bicep.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::surroundings::Surroundings;
use super::symbols::Symbol;
use super::{Lowering, call, name, string};
use crate::source::{FileId, Span};
use crate::syntax::bicep::{self, Statement, StatementKind, UsingTarget};
use crate::syntax::expression::{Expr, ExprKind, Member, Name};
use crate::syntax::placeholder::Site;
use crate::template::walk::walk_expr_mut;
use crate::template::{Assignment, Looped, Names, ParameterFile, TargetScope, Template, Types, Variable};

/// The parameter values in `program`, the Bicep parameter file `file`, with those that it takes over from others.
pub fn lower_bicep_parameters<'a>(
    file: FileId,
    program: &'a bicep::Program,
    surroundings: &'a Surroundings<'a>,
) -> ParameterFile {
    let mut lowering = Lowering::new(file, program, surroundings);
    lowering.site = Site::Value;
    lowering.check_names();
    let mut assignments = Vec::new();
    lowering.assignments(0, &mut assignments, 0);
    lowering.variables_of_file();
    let mut variables = lowering.variables;
    number_external_inputs(&mut assignments, &mut variables);
    let template = Template {
        is_bicep: true,
        span: Span::new(file, 0, 0),
        scope: TargetScope::ResourceGroup,
        parameters: Vec::new(),
        parameters_at: None,
        variables,
        functions: lowering.functions,
        resources: Vec::new(),
        types: BTreeSet::new(),
        outputs: Vec::new(),
        errors: Vec::new(),
        declared: Types::default(),
        names: Names::default(),
    };
    let using = program.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::Using { target: UsingTarget::Path(path), .. } => Some((path.as_str()?.to_owned(), path.span)),
        _ => None,
    });
    let (using, span) = using.unwrap_or_else(|| (String::new(), Span::new(file, 0, 0)));
    let using = Some(using);
    ParameterFile { file, span, assignments, using, names: Some(Box::new(template)), errors: lowering.errors }
}

/// Parameter files may extend each other this deep.
const MAX_EXTENDED: usize = 16;

impl<'a> Lowering<'a> {
    /// The assignments of a file after those of the one that it extends, which they replace.
    fn assignments(&mut self, unit: usize, assignments: &mut Vec<Assignment>, depth: usize) {
        if depth > MAX_EXTENDED {
            return;
        }
        if let Some(extended) = self.extended(unit) {
            self.assignments(extended, assignments, depth + 1);
        }
        let program = self.units[unit].program;
        for statement in &program.statements {
            if let StatementKind::Assignment { name: assigned, value } = &statement.kind {
                let value = self.within(unit, |this| this.expr(value));
                // A secret of a vault is written as a reference to it.
                let is_secret = matches!(&value.kind, ExprKind::Call { name, .. } if name.is("getSecret"));
                let value = Some(value).filter(|_| !is_secret);
                assignments.push(Assignment { name: name(assigned), value, stray: None, span: statement.span });
            }
        }
    }

    /// The file that another one extends.
    fn extended(&mut self, unit: usize) -> Option<usize> {
        let path = self.units[unit].extended?;
        self.unit_at(unit, path)
    }

    /// Makes an assigned value one that other values can speak of; returns the name of the variable that holds it.
    pub(super) fn assigned(&mut self, unit: usize, statement: &'a Statement) -> Arc<str> {
        let StatementKind::Assignment { name: assigned, value } = &statement.kind else { return "".into() };
        let text: Arc<str> = format!("{}(parameter {})", self.units[unit].prefix, assigned.text).into();
        if self.done.insert(format!("variable {text}")) {
            let value = self.within(unit, |this| this.expr(value));
            let name = Name { text: Arc::clone(&text), span: assigned.span };
            self.variables.push(Variable { name, value: Looped::Once(value) });
        }
        text
    }

    /// Whether `symbol` is `base`, which stands for what the extended file assigns.
    pub(super) fn extends_others(&mut self, symbol: &bicep::Name) -> bool {
        &*symbol.text == "base" && self.extended(self.unit).is_some()
    }

    /// `base.name`: the value that the extended file, or one that it extends, assigns.
    pub(super) fn inherited(&mut self, base: &'a bicep::Expr, wanted: &'a bicep::Name) -> Option<Expr> {
        let bicep::ExprKind::Symbol(symbol) = &base.kind else { return None };
        if self.local(&symbol.text).is_some() || self.symbol(&symbol.text).is_some() || !self.extends_others(symbol) {
            return None;
        }
        self.inherited_value(wanted)
    }

    /// The value that the extended file, or one that it extends, assigns to a name.
    pub(super) fn inherited_value(&mut self, wanted: &bicep::Name) -> Option<Expr> {
        let mut unit = self.unit;
        for _ in 0..MAX_EXTENDED {
            unit = self.extended(unit)?;
            if let Some(Symbol::Assignment(statement)) = self.units[unit].symbols.get(&*wanted.text).copied() {
                let text = self.assigned(unit, statement);
                return Some(call("variables", vec![string(text, wanted.span)], wanted.span));
            }
        }
        None
    }

    /// `base` as a whole: an object of all that the extended files assign.
    pub(super) fn all_inherited(&mut self, span: Span) -> Expr {
        let mut members: Vec<Member> = Vec::new();
        let mut unit = self.unit;
        for _ in 0..MAX_EXTENDED {
            let Some(extended) = self.extended(unit) else { break };
            unit = extended;
            let program = self.units[unit].program;
            for statement in &program.statements {
                let StatementKind::Assignment { name: assigned, .. } = &statement.kind else { continue };
                if !members.iter().any(|member| member.key.as_str() == Some(&*assigned.text)) {
                    let text = self.assigned(unit, statement);
                    let key = string(Arc::clone(&assigned.text), assigned.span);
                    members.push(Member { key, value: call("variables", vec![string(text, span)], span) });
                }
            }
        }
        Expr::new(ExprKind::Object(members), span)
    }
}

/// The text of a string, with what another tool fills in as it is written.
fn written(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::String(text) | ExprKind::Placeholder { text, .. } => Some(text.to_string()),
        ExprKind::Interpolation { segments, holes } => {
            let mut holes = holes.iter();
            segments.iter().try_fold(String::new(), |whole, segment| {
                let hole = holes.next().map_or(Some(String::new()), written)?;
                Some(whole + &segment.text + &hole)
            })
        }
        _ => None,
    }
}

/// Replaces each `externalInput(kind, config)` by `externalInputs('kind_N')`, as the compiler does: equal inputs have one
/// number, those of parameters come first.
fn number_external_inputs(assignments: &mut [Assignment], variables: &mut [Variable]) {
    let mut known: Vec<Vec<Expr>> = Vec::new();
    let mut number = |expr: &mut Expr| {
        let ExprKind::Call { name, args } = &mut expr.kind else { return };
        let Some(kind) = args.first().and_then(Expr::as_str).filter(|_| name.is("externalInput")) else { return };
        let same = |other: &Vec<Expr>| {
            other.len() == args.len()
                && other.iter().zip(&*args).all(|(a, b)| a == b || written(a).is_some() && written(a) == written(b))
        };
        let at = known.iter().position(same).unwrap_or_else(|| {
            known.push(args.clone());
            known.len() - 1
        });
        let kind: String = kind.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let span = expr.span;
        *expr = call("externalInputs", vec![string(format!("{kind}_{at}"), span)], span);
    };
    for value in assignments.iter_mut().filter_map(|assignment| assignment.value.as_mut()) {
        walk_expr_mut(value, &mut number);
    }
    for variable in variables {
        match &mut variable.value {
            Looped::Once(value) => walk_expr_mut(value, &mut number),
            Looped::Each { copy, input } => {
                walk_expr_mut(&mut copy.count, &mut number);
                walk_expr_mut(input, &mut number);
            }
        }
    }
}
