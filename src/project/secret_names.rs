//! Which secrets are also what something else is called: their letters alone show nothing then.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::recognition::is_json;
use super::secrets::Search;
use crate::source::{FileId, Secret, Span, inside, may_be_name, names_secret};
use crate::syntax::expression::Member;
use crate::template::walk::{walk_objects, walk_wholes};
use crate::template::{NestedTemplate, ParameterFile, Template};

/// What every template, parameter file or resource has, in lower case.
const FRAME: [&str; 30] = [
    "allowedvalues",
    "apiversion",
    "condition",
    "contentversion",
    "defaultvalue",
    "dependson",
    "description",
    "functions",
    "identity",
    "keyvault",
    "kind",
    "location",
    "metadata",
    "module",
    "name",
    "output",
    "outputs",
    "param",
    "parameters",
    "properties",
    "reference",
    "resource",
    "resources",
    "schema",
    "sku",
    "string",
    "tags",
    "type",
    "value",
    "variables",
];

/// The words, in lower case, that are written as secrets of a run and that the files which it speaks of, those in `shown`,
/// use as names, too.
pub fn names(secrets: &[Secret], search: &Search<'_>, shown: &BTreeSet<FileId>) -> HashSet<String> {
    let word = |secret: &Secret| {
        let written = search.sources.text(secret.span);
        let text = secret.value.as_deref().unwrap_or(&written[inside(written)]);
        may_be_name(text.trim()).then(|| text.trim().to_ascii_lowercase())
    };
    let wanted: HashSet<String> = secrets.iter().filter_map(word).filter(|word| !word.is_empty()).collect();
    if wanted.is_empty() {
        return wanted;
    }
    let places = Places::of(secrets);
    let lengths = wanted.iter().map(|word| bit(word.len())).fold(0, |all, length| all | length);
    let templates = search.templates.par_iter().filter(|entry| shown.contains(&entry.file));
    let of_templates = templates.flat_map_iter(|entry| {
        let mut known = Known { wanted: &wanted, lengths, places: &places, found: HashSet::new() };
        known.add_template(&entry.template, is_json(search.sources.file(entry.file).path()));
        known.found
    });
    let mut found: HashSet<String> = of_templates.collect();
    let mut known = Known { wanted: &wanted, lengths, places: &places, found: HashSet::new() };
    search.files.iter().for_each(|file| known.add_file(file));
    for word in FRAME {
        known.add(word, None);
    }
    found.extend(known.found);
    found
}

/// Where secrets are written.
struct Places(BTreeMap<FileId, BTreeMap<u32, u32>>);

impl Places {
    fn of(secrets: &[Secret]) -> Self {
        let mut places: BTreeMap<FileId, BTreeMap<u32, u32>> = BTreeMap::new();
        for Secret { span, .. } in secrets {
            let end = places.entry(span.file).or_default().entry(span.start).or_default();
            *end = span.end.max(*end);
        }
        // Of two that overlap, what begins first goes as far as both.
        for own in places.values_mut() {
            let mut reached = 0;
            for end in own.values_mut() {
                reached = reached.max(*end);
                *end = reached;
            }
        }
        Self(places)
    }

    /// Whether a place begins within that of a secret.
    fn hold(&self, span: Span) -> bool {
        let before = self.0.get(&span.file).and_then(|own| own.range(..=span.start).next_back());
        before.is_some_and(|(_, end)| *end > span.start)
    }
}

/// The wanted words that are names.
struct Known<'w> {
    wanted: &'w HashSet<String>,
    /// The [`bit`]s of how long they are, which tells most words to be none of them.
    lengths: u64,
    places: &'w Places,
    found: HashSet<String>,
}

/// The bit for a length in bytes.
fn bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl Known<'_> {
    fn add(&mut self, word: &str, at: Option<Span>) {
        if self.lengths & bit(word.len()) == 0 {
            return;
        }
        let lower = word.to_ascii_lowercase();
        // What is called like that in the midst of a secret, as by a slip, is part of it.
        if self.wanted.contains(&lower) && !at.is_some_and(|span| self.places.hold(span)) {
            self.found.insert(lower);
        }
    }

    fn add_named(&mut self, template: &Template) {
        for parameter in &template.parameters {
            self.add(&parameter.name.text, Some(parameter.name.span));
            if !parameter.secure && !names_secret(&parameter.name.text) {
                let values = parameter.allowed.iter().filter_map(|value| Some((value.as_str()?, value.span)));
                values.for_each(|(value, span)| self.add(value, Some(span)));
            }
        }
        let variables = template.variables.iter().map(|variable| &variable.name);
        let outputs = template.outputs.iter().map(|output| &output.name);
        let functions = template.functions.iter().map(|function| &function.name);
        let symbols = template.resources.iter().filter_map(|resource| resource.symbol.as_ref());
        for name in variables.chain(outputs).chain(functions).chain(symbols) {
            self.add(&name.text, Some(name.span));
        }
        for resource in &template.resources {
            let ty = resource.ty.folded();
            std::iter::once(ty).chain(ty.split('/')).for_each(|part| self.add(part, Some(resource.ty.span)));
            if let Some(NestedTemplate::Inline(inner)) = resource.deployment.as_ref().map(|nested| &nested.template) {
                self.add_named(inner);
            }
        }
    }

    fn add_template(&mut self, template: &Template, is_json: bool) {
        self.add_named(template);
        walk_wholes(template, &mut |whole| walk_objects(whole, !is_json, &mut |members| self.add_keys(members)));
    }

    fn add_file(&mut self, file: &ParameterFile) {
        for assignment in &file.assignments {
            self.add(&assignment.name.text, Some(assignment.name.span));
            assignment.value.iter().for_each(|value| walk_objects(value, true, &mut |members| self.add_keys(members)));
        }
        file.names.iter().for_each(|names| self.add_template(names, false));
    }

    fn add_keys(&mut self, members: &[Member]) {
        let keys = members.iter().filter_map(|member| Some((member.key.as_str()?, member.key.span)));
        keys.for_each(|(key, span)| self.add(key, Some(span)));
    }
}
