//! Lowering of Bicep to the template model.
//!
//! What the compiler computes when it compiles is computed here: symbols, imports, loaded files. What it leaves to the
//! deployment becomes the same expression that it would write.

mod access;
mod calls;
mod compiled;
mod declarations;
mod declared;
mod dependencies;
mod expressions;
mod extensions;
mod functions;
mod imports;
mod json_path;
mod loads;
mod loops;
mod modules;
mod names;
mod operators;
mod parameter_file;
mod resources;
mod scopes;
mod surroundings;
mod symbolic_names;
mod symbols;
mod types;
mod yaml;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

pub use functions::{FUNCTIONS, PARAMETER_FILE_FUNCTIONS};
pub use loads::decode;
pub use parameter_file::lower_bicep_parameters;
pub use surroundings::{Reference, ReferenceKind, Surroundings, references};

use crate::source::limits::MAX_NESTING;
use crate::source::{FileId, Nearest, Span};
use crate::syntax::Interner;
use crate::syntax::bicep::{self, StatementKind};
use crate::syntax::expression::{Expr, ExprKind, Name};
use crate::syntax::placeholder::Site;
use crate::template::resource_type::types_of;
use crate::template::{Function, Names, Parameter, TargetScope, Template, TemplateError, TypeId, Types, Variable};
use symbols::{Local, Unit};

/// How deep variables and conditions are lowered in the places of what stands for them: each may hold several others.
const MAX_INLINED: usize = 4;

/// The template that `program`, the Bicep file `file`, describes; `surroundings` are the files that it names.
pub fn lower_bicep<'a>(file: FileId, program: &'a bicep::Program, surroundings: &'a Surroundings<'a>) -> Template {
    let mut lowering = Lowering::new(file, program, surroundings);
    lowering.check_names();
    lowering.parameters = lowering.parameters();
    lowering.variables_of_file();
    lowering.functions_of_file();
    let resources = lowering.resources();
    let outputs = lowering.outputs();
    let scope = target_scope(program);
    let span = Span::new(file, 0, 0);
    let mut template = Template {
        is_bicep: true,
        span,
        scope,
        parameters: lowering.parameters,
        parameters_at: parameters_at(program),
        variables: lowering.variables,
        functions: lowering.functions,
        types: types_of(&resources),
        resources,
        outputs,
        errors: lowering.errors,
        declared: lowering.declared,
        names: Names { asks_for_symbols: symbolic_names::are_asked_for(program), ..Names::default() },
    };
    dependencies::add(&mut template, &lowering.spoken_of);
    template
}

/// The last declaration of a parameter, else where the first variable or resource starts.
fn parameters_at(program: &bicep::Program) -> Option<Span> {
    let is_parameter = |kind: &StatementKind| matches!(kind, StatementKind::Parameter { .. });
    let is_body = |kind: &StatementKind| {
        matches!(kind, StatementKind::Variable { .. } | StatementKind::Resource { .. } | StatementKind::Module { .. })
    };
    let last = program.statements.iter().rfind(|statement| is_parameter(&statement.kind)).map(|last| last.span);
    last.or_else(|| {
        let first = program.statements.iter().find(|statement| is_body(&statement.kind))?;
        Some(Span { end: first.span.start, ..first.span })
    })
}

/// What the lowering of one file carries along.
struct Lowering<'a> {
    surroundings: &'a Surroundings<'a>,
    /// Where the strings of the file stand.
    site: Site,
    /// The file itself and those that it imports from.
    units: Vec<Unit<'a>>,
    /// The file whose text is being lowered.
    unit: usize,
    locals: Vec<(Arc<str>, Local)>,
    /// The resource whose body is being lowered: its nested resources are in scope.
    inside: Option<usize>,
    /// The resources that the one at an index speaks of by their names alone: it waits for them, too.
    spoken_of: Vec<(usize, Expr)>,
    parameters: Vec<Parameter>,
    variables: Vec<Variable>,
    functions: Vec<Function>,
    /// The types inside of other ones, and which of them are known by what is written in the file of a unit.
    declared: Types,
    known_types: HashMap<(usize, *const bicep::Type), TypeId, RandomState>,
    pending_types: Vec<declared::Pending<'a>>,
    /// What the variables of each unit that are lowered or being lowered are called in the template.
    named: HashMap<(usize, &'a str), Arc<str>, RandomState>,
    /// The other variables, and the functions, that are lowered or being lowered, by their names in the template.
    done: HashSet<String>,
    errors: Vec<TemplateError>,
    nearest: Nearest,
    depth: usize,
    /// How many variables and conditions, each lowered in the place of what stands for it, are around.
    inlined: usize,
    /// How many names the type that is being looked at has led to.
    named_types: usize,
}

impl<'a> Lowering<'a> {
    fn new(file: FileId, program: &'a bicep::Program, surroundings: &'a Surroundings<'a>) -> Self {
        Self {
            surroundings,
            site: Site::Template,
            units: vec![Unit::new(file, program, String::new(), surroundings)],
            unit: 0,
            locals: Vec::new(),
            inside: None,
            spoken_of: Vec::new(),
            parameters: Vec::new(),
            variables: Vec::new(),
            functions: Vec::new(),
            declared: Types::default(),
            known_types: HashMap::default(),
            pending_types: Vec::new(),
            named: HashMap::default(),
            done: HashSet::new(),
            errors: Vec::new(),
            nearest: Nearest::default(),
            depth: 0,
            inlined: 0,
            named_types: 0,
        }
    }

    fn program(&self) -> &'a bicep::Program {
        self.units[self.unit].program
    }

    fn file(&self) -> FileId {
        self.units[self.unit].file
    }

    /// Runs `lower` one level deeper; what nests beyond all reason is not lowered.
    fn deeper(&mut self, span: Span, lower: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.depth >= MAX_NESTING {
            return Expr::new(ExprKind::Invalid, span);
        }
        self.depth += 1;
        let expr = lower(self);
        self.depth -= 1;
        expr
    }

    /// Runs `lower` at the top level of a file on what is lowered at its own place, too, where its mistakes are told;
    /// `None` too deep inside of others.
    fn inline<T>(&mut self, unit: usize, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.inlined >= MAX_INLINED {
            return None;
        }
        self.inlined += 1;
        let told = self.errors.len();
        let lowered = self.within(unit, lower);
        self.errors.truncate(told);
        self.inlined -= 1;
        Some(lowered)
    }
}

/// What a file is deployed to: the first scope that it names.
fn target_scope(program: &bicep::Program) -> TargetScope {
    let named = program.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::TargetScope { value } => match &value.kind {
            bicep::ExprKind::Array(items) => items.iter().find_map(|item| match item {
                bicep::ArrayItem::Item(item) => item.as_str(),
                bicep::ArrayItem::Spread(_) => None,
            }),
            _ => value.as_str(),
        },
        _ => None,
    });
    match named {
        Some("subscription") => TargetScope::Subscription,
        Some("managementGroup") => TargetScope::ManagementGroup,
        Some("tenant") => TargetScope::Tenant,
        _ => TargetScope::ResourceGroup,
    }
}

fn name(name: &bicep::Name) -> Name {
    Name { text: Arc::clone(&name.text), span: name.span }
}

fn string(text: impl Into<Arc<str>>, span: Span) -> Expr {
    Expr::new(ExprKind::String(text.into()), span)
}

/// A word that the compiler writes, as one allocation for all that a thread lowers.
fn word(text: &str) -> Arc<str> {
    thread_local! {
        static WORDS: RefCell<Interner> = RefCell::default();
    }
    WORDS.with_borrow_mut(|words| words.intern(text))
}

/// A call that no text spells out as such; it counts as written at `span`.
fn call(function: &str, args: Vec<Expr>, span: Span) -> Expr {
    Expr::new(ExprKind::Call { name: Name { text: word(function), span }, args }, span)
}

fn property(base: Expr, property: impl Into<Arc<str>>, span: Span) -> Expr {
    let name = Name { text: property.into(), span };
    Expr::new(ExprKind::Property { base: Box::new(base), name }, span)
}
