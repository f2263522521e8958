//! L5. Partial evaluation of a template: what can be known before deployment is known, the rest stays symbolic.
//!
//! An [`Evaluator`] answers questions about one template. A question is asked through [`Evaluator::explore`], once for
//! each world (see [`world`]) that its answer depends on; the pairs of world and answer are a guarded value.

mod absence;
mod argument_names;
pub mod budget;
pub mod built_in_roles;
mod call;
mod conform;
mod context;
mod deployment;
mod doubts;
mod entry;
mod existing;
mod expression;
mod filled;
mod function_shapes;
pub mod functions;
mod id_arguments;
mod instance;
mod interpolation;
mod lambda;
pub mod memo;
mod names;
mod object;
mod parameters;
pub mod partial;
pub mod pieces;
mod placeholder;
mod placement;
mod predicted;
mod references;
mod refusal;
pub mod resource_id;
mod roots;
mod scope_properties;
mod segments;
mod shape;
mod switches;
mod symbols;
pub mod term;
mod unseen;
pub mod value;
mod wanted;
pub mod world;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use absence::{Reader, Reads};
pub use argument_names::{missing, unknown_name};
pub use call::{is_settled, names as function_names, signature, varies};
pub use conform::{Misfit, Misfitting};
pub use context::Context;
pub use deployment::DeploymentId;
pub use entry::Entry;
pub use expression::Env;
pub use instance::Instance;
pub use placeholder::is_filled_in_later;
pub use refusal::{Grounds, Refusal, Refusals};
pub use roots::Root;
pub use unseen::Unseen;

use crate::source::limits::{EXPRESSION_STEPS, MAX_EVALUATION_DEPTH, MAX_KEPT, MAX_PREDICTION, MAX_STEPS};
use crate::source::{FileId, Span};
use crate::template::{ParameterFile, Template};
use budget::Budget;
use deployment::{Deployment, Scope};
use memo::Memo;
use predicted::Predicted;
use resource_id::ResourceId;
use value::{Reason, Value};
use world::{Bound, ChoiceId, Decision, Worlds};

/// What is evaluated: a template and the values that deployments give to its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'t> {
    /// The template.
    pub template: &'t Template,
    /// The parameter files in view, each with the name to call it by. Each stands for one deployment.
    pub parameter_files: &'t [(Arc<str>, &'t ParameterFile)],
    /// Values that every deployment gives, over those of the files.
    pub overrides: Option<&'t ParameterFile>,
    /// Templates in other files, by the file that links to them and the path it uses.
    pub links: &'t HashMap<(FileId, String), &'t Template>,
    /// What is known of the deployment.
    pub context: &'t Context,
}

/// Evaluates the expressions of one template.
#[derive(Debug)]
pub struct Evaluator<'t> {
    inputs: Inputs<'t>,
    /// The choices, and the present world.
    pub worlds: Worlds,
    deployments: Vec<Deployment<'t>>,
    nested: HashMap<instance::Key, DeploymentId>,
    /// Where the names of parameter files are looked up.
    file_names: HashMap<FileId, DeploymentId>,
    values: Memo<Slot, Value>,
    scopes: Memo<DeploymentId, Scope>,
    ids: Memo<instance::Key, Option<ResourceId>>,
    selections: Memo<String, Arc<[Instance<'t>]>>,
    /// How often the loops of resources run.
    counts: Memo<(DeploymentId, usize), Option<i64>>,
    names: Memo<DeploymentId, Arc<names::Names<'t>>>,
    /// Whether the names of all resources are being computed now.
    is_naming: bool,
    parameter_choices: HashMap<(DeploymentId, usize), parameters::Open>,
    file_choice: Option<ChoiceId>,
    /// The choices between a placeholder's default and anything else, by where it is written.
    placeholder_choices: HashMap<Span, ChoiceId>,
    /// Where the placeholders are written that have been met.
    placeholders: BTreeSet<Span>,
    /// The parameters of the outermost template that decide what is deployed, once somebody asks.
    switches: Option<BTreeSet<usize>>,
    /// Whether these are given something or not.
    switch_choices: HashMap<usize, ChoiceId>,
    watch: absence::Watch,
    /// What references are answered from; nothing where nothing is predicted.
    predicted: Option<Predicted>,
    /// What is being computed now, to notice that something needs itself.
    active: Vec<Slot>,
    depth: usize,
    /// How many more steps may be taken.
    left: usize,
    /// How much more may be built.
    budget: Budget,
    /// How many bytes of what was built are kept for later.
    kept: usize,
}

/// Something with a name whose value is computed once in each world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    Parameter(DeploymentId, usize),
    Variable(DeploymentId, usize),
    Output(DeploymentId, usize),
}

/// An answer and the world that it holds in.
#[derive(Debug, Clone)]
pub struct Guarded<T> {
    /// The decisions of the world.
    pub world: Vec<Decision>,
    /// The answer.
    pub answer: T,
}

impl<'t> Evaluator<'t> {
    /// An evaluator of `inputs`, in the world of the likeliest choices.
    pub fn new(inputs: Inputs<'t>) -> Self {
        let mut evaluator = Self {
            inputs,
            worlds: Worlds::default(),
            deployments: Vec::new(),
            nested: HashMap::new(),
            file_names: HashMap::new(),
            values: Memo::default(),
            scopes: Memo::default(),
            ids: Memo::default(),
            selections: Memo::default(),
            counts: Memo::default(),
            names: Memo::default(),
            is_naming: false,
            parameter_choices: HashMap::new(),
            file_choice: None,
            placeholder_choices: HashMap::new(),
            placeholders: BTreeSet::new(),
            switches: None,
            switch_choices: HashMap::new(),
            watch: absence::Watch::default(),
            predicted: None,
            active: Vec::new(),
            depth: 0,
            left: MAX_STEPS,
            budget: Budget::new(MAX_PREDICTION),
            kept: 0,
        };
        evaluator.deployments.push(Deployment::root(inputs));
        evaluator
    }

    /// An evaluator that follows one deployment: a reference shows what [`deploy`](Self::deploy) has told, and no output of
    /// a deployment that is still to come.
    pub fn predicting(inputs: Inputs<'t>) -> Self {
        Self { predicted: Some(Predicted::default()), ..Self::new(inputs) }
    }

    /// Asks `question` in every world that its answer depends on, at most [`MAX_WORLDS`](crate::source::limits::MAX_WORLDS)
    /// for each parameter file, and tells of the others.
    pub fn explore<T>(&mut self, mut question: impl FnMut(&mut Self) -> T) -> (Vec<Guarded<T>>, Unseen) {
        let (mut answers, mut unseen) = (Vec::new(), Unseen::default());
        self.worlds.restart();
        loop {
            let answer = question(self);
            answers.push(Guarded { world: self.worlds.path().to_vec(), answer });
            if !self.worlds.advance(&mut unseen) {
                self.worlds.restart();
                return (answers, unseen);
            }
        }
    }

    /// What is known of the deployment.
    pub fn context(&self) -> &'t Context {
        self.inputs.context
    }

    /// The parameter files in view; each stands for one deployment.
    pub fn parameter_files(&self) -> &'t [(Arc<str>, &'t ParameterFile)] {
        self.inputs.parameter_files
    }

    /// The template of the outermost deployment.
    pub fn template(&self) -> &'t Template {
        self.inputs.template
    }

    /// Lets as many steps be taken from now on, and no more, and a whole budget be built.
    pub fn allow(&mut self, steps: usize) {
        self.left = steps;
        self.budget = Budget::default();
    }

    /// How many more steps may be taken.
    pub fn steps_left(&self) -> usize {
        self.left
    }

    /// Whether nothing more may be computed.
    pub fn is_spent(&self) -> bool {
        self.left == 0 || self.budget.is_spent()
    }

    /// Counts as many steps; `false` when they are too many, which is noted at `span`.
    pub fn spend(&mut self, steps: usize, span: Span) -> bool {
        let is_enough = self.left >= steps;
        self.left = self.left.saturating_sub(steps);
        if !is_enough {
            self.worlds.leave_out(span, Bound::Steps);
        }
        is_enough
    }

    /// Computes the value of `slot` unless it has been computed in a world that decided alike.
    fn memoised(&mut self, slot: Slot, span: Span, compute: impl FnOnce(&mut Self) -> Value) -> Value {
        if let Some(value) = self.values.recall(&slot, &mut self.worlds) {
            return value;
        }
        if self.active.contains(&slot) {
            return Value::undecidable(Reason::Circular, span);
        }
        let (mark, left, kept) = (self.worlds.mark(), self.budget.left(), self.kept);
        self.active.push(slot);
        let value = self.apart(compute);
        let value = self.bounded(value, span);
        self.active.pop();
        let built = (left - self.budget.left()).saturating_sub(self.kept - kept);
        if self.kept + built <= MAX_KEPT {
            self.kept += built;
            self.values.keep(slot, &self.worlds.reads_since(mark), value.clone());
        }
        value
    }

    /// Runs `compute` one level deeper, or gives up where the template nests or repeats beyond all reason.
    fn deeper(&mut self, span: Span, compute: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= MAX_EVALUATION_DEPTH || !self.spend(EXPRESSION_STEPS, span) {
            return Value::undecidable(Reason::TooComplex, span);
        }
        self.depth += 1;
        let value = compute(self);
        self.depth -= 1;
        if self.budget.is_spent() {
            self.worlds.leave_out(span, Bound::Steps);
            return Value::undecidable(Reason::TooComplex, span);
        }
        value
    }
}
