//! The resources of a deployment by their names, for what speaks of them by nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use super::Evaluator;
use super::deployment::DeploymentId;
use super::instance::Instance;
use super::value::Value;

/// The resources of one deployment, whatever their conditions say.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    /// Those with a known name, by that in lower case.
    known: HashMap<String, Vec<Instance<'t>>>,
    others: Vec<Instance<'t>>,
}

impl<'t> Names<'t> {
    /// Those that may have this name: what is known is the same as nothing that is not.
    pub(super) fn like(&self, name: &Value) -> &[Instance<'t>] {
        match name.as_str() {
            Some(text) => self.known.get(&text.to_ascii_lowercase()).map_or(&[], Vec::as_slice),
            None => &self.others,
        }
    }
}

impl<'t> Evaluator<'t> {
    /// The resources of a deployment by their names; none where a name depends on what all are called.
    pub(super) fn names_in(&mut self, deployment: DeploymentId) -> Arc<Names<'t>> {
        if let Some(known) = self.names.recall(&deployment, &mut self.worlds) {
            return known;
        }
        if std::mem::replace(&mut self.is_naming, true) {
            return Arc::default();
        }
        let mark = self.worlds.mark();
        let mut names = Names::default();
        for index in 0..self.deployment(deployment).template.resources.len() {
            for instance in self.instances_of(deployment, index) {
                match self.name(&instance).as_str() {
                    Some(text) => names.known.entry(text.to_ascii_lowercase()).or_default().push(instance),
                    None => names.others.push(instance),
                }
            }
        }
        self.is_naming = false;
        let names = Arc::new(names);
        self.names.keep(deployment, &self.worlds.reads_since(mark), Arc::clone(&names));
        names
    }
}
