//! Parameter files in Bicep.

use super::surroundings::Surroundings;
use super::{Lowering, name};
use crate::source::{FileId, Span};
use crate::syntax::bicep::{self, StatementKind, UsingTarget};
use crate::template::{Assignment, Names, ParameterFile, TargetScope, Template};

/// The parameter values in `program`, the Bicep parameter file `file`, with those that it takes over from others.
pub fn lower_bicep_parameters<'a>(
    file: FileId,
    program: &'a bicep::Program,
    surroundings: &'a Surroundings<'a>,
) -> ParameterFile {
    let mut lowering = Lowering::new(file, program, surroundings);
    let mut assignments = Vec::new();
    lowering.assignments(0, &mut assignments, 0);
    lowering.variables_of_file();
    let errors = std::mem::take(&mut lowering.errors);
    let template = Template {
        span: Span::new(file, 0, 0),
        scope: TargetScope::ResourceGroup,
        parameters: Vec::new(),
        variables: lowering.variables,
        functions: lowering.functions,
        resources: Vec::new(),
        outputs: Vec::new(),
        errors: Vec::new(),
        names: Names::default(),
    };
    let using = program.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::Using { target: UsingTarget::Path(path), .. } => path.as_str().map(str::to_owned),
        _ => None,
    });
    ParameterFile { file, assignments, using, names: Some(Box::new(template)), errors }
}

/// Parameter files may extend each other this deep.
const MAX_EXTENDED: usize = 16;

impl Lowering<'_> {
    /// The assignments of a file after those of the one that it extends, which they replace.
    fn assignments(&mut self, unit: usize, assignments: &mut Vec<Assignment>, depth: usize) {
        let program = self.units[unit].program;
        for statement in &program.statements {
            if let StatementKind::Extends { path } = &statement.kind
                && depth < MAX_EXTENDED
                && let Some(extended) = self.unit_at(unit, path)
            {
                self.assignments(extended, assignments, depth + 1);
            }
        }
        for statement in &program.statements {
            if let StatementKind::Assignment { name: assigned, value } = &statement.kind {
                let value = self.within(unit, |this| this.expr(value));
                assignments.push(Assignment { name: name(assigned), value: Some(value), span: statement.span });
            }
        }
    }
}
