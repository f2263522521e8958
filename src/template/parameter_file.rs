//! A parameter file: the values that one deployment gives to a template's parameters.

use crate::source::{FileId, Span};
use crate::syntax::expression::{Expr, Name};
use crate::template::Template;
use crate::template::TemplateError;

/// The parameter values of one file.
#[derive(Debug)]
pub struct ParameterFile {
    /// The file.
    pub file: FileId,
    /// Where it says what it is for, or begins to say its values.
    pub span: Span,
    /// Its assignments, in the order written.
    pub assignments: Vec<Assignment>,
    /// The path of the template that it says it is for; empty when it says that it is for none. One in JSON may say it with
    /// its `metadata`, for other tools than Azure's own.
    pub using: Option<String>,
    /// The variables and functions that its values speak of, as a template without resources.
    pub names: Option<Box<Template>>,
    /// Parts that do not have the shape of a parameter file.
    pub errors: Vec<TemplateError>,
}

/// One parameter's value.
#[derive(Debug)]
pub struct Assignment {
    /// The parameter.
    pub name: Name,
    /// The value; `None` when it comes from a key vault (`reference`) and cannot be known.
    pub value: Option<Expr>,
    /// What is written in place of a value and is none.
    pub stray: Option<Expr>,
    /// The whole assignment: where to point when the value is not written here.
    pub span: Span,
}

impl ParameterFile {
    /// Whether it is one of Bicep that names a template among the files, which is then sent with the deployment.
    pub fn is_for_file_beside(&self) -> bool {
        self.names.is_some() && self.using.as_ref().is_some_and(|path| !path.is_empty() && !path.contains(':'))
    }

    /// The last assignment to the parameter of this name.
    pub fn assignment(&self, name: &str) -> Option<&Assignment> {
        self.assignments.iter().rev().find(|assignment| assignment.name.is(name))
    }
}
