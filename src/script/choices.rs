//! What `${{ … }}` and variables of workflows and pipelines may stand for: parameters, inputs, the legs of a matrix. Each
//! is a choice, and what uses it is read with each of its values.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Dialect, Origin, Script, Surroundings, Variable};
use crate::source::limits::MAX_WORLDS;
use crate::source::{FileId, MappedText};
use crate::syntax::shell::{self, Assigned, Opaque, Piece, PieceKind, Word};
use crate::syntax::yaml::{Kind, Member, Node};

/// Most values of one choice.
const MAX_VALUES: usize = 64;

/// Variables that have their values together, in one of several ways.
#[derive(Debug)]
pub(super) struct Choice {
    rows: Vec<Vec<Variable>>,
}

/// The choices that hold for a part of a file.
pub(super) type Choices = Vec<Arc<Choice>>;

/// What an expression is called among the variables of a script: nothing else there has a blank in its name.
pub(super) fn name_of(expression: &str) -> String {
    let plain = expression.trim().replace("['", ".").replace("']", "");
    let plain = plain.strip_prefix("github.event.").unwrap_or(&plain);
    plain.replacen('.', " ", 1)
}

/// A choice between the ways in which `rows` set variables. The texts of variables that are called the same in a row
/// before are not looked at; `passed_over` counts the rows that are too many.
pub(super) fn choice(mut rows: Vec<Vec<Variable>>, passed_over: &mut usize) -> Option<Arc<Choice>> {
    rows.retain(|row| !row.is_empty());
    *passed_over += rows.len().saturating_sub(MAX_VALUES);
    rows.truncate(MAX_VALUES);
    (!rows.is_empty()).then(|| Arc::new(Choice { rows }))
}

/// What a file says of its own parameters and inputs, by default.
pub(super) struct Reader<'c> {
    pub file: FileId,
    pub passed_over: &'c mut usize,
}

impl Reader<'_> {
    /// The choices that the root of a workflow, an action or a pipeline offers. `given` are the ways in which others call
    /// it, if any do.
    pub(super) fn of_root(&mut self, root: Node<'_>, given: &[Vec<Variable>]) -> Choices {
        let mut choices = Choices::new();
        let mut declared = Vec::new();
        if let Some(parameters) = root.get("parameters") {
            for element in parameters.elements() {
                if let Some(name) = element.get("name") {
                    declared.push(("parameters", name, element.get("default"), element.get("values")));
                }
            }
            declared.extend(parameters.members().map(|Member { key, value }| ("parameters", key, Some(value), None)));
        }
        let called = ["workflow_dispatch", "workflow_call"].map(|event| root.at(&["on", event, "inputs"]));
        let of_action = root.get("runs").and(root.get("inputs"));
        for Member { key, value } in called.into_iter().chain([of_action]).flatten().flat_map(Node::members) {
            declared.push(("inputs", key, value.get("default"), value.get("options")));
        }
        for (kind, name, default, values) in declared {
            let Some(text) = name.as_str() else { continue };
            let full = format!("{kind} {text}");
            let is_given = |row: &Vec<Variable>| row.iter().any(|variable| variable.name.eq_ignore_ascii_case(&full));
            if !given.is_empty() && given.iter().all(is_given) {
                continue;
            }
            let of_values = values.filter(|_| given.is_empty()).into_iter().flat_map(Node::elements);
            let mut rows: Vec<Vec<Variable>> = of_values.map(|value| self.row(&full, name, value)).collect();
            if rows.is_empty() {
                rows.extend(default.map(|default| self.row(&full, name, default)));
            }
            choices.extend(choice(rows, self.passed_over));
        }
        choices.extend(choice(given.to_vec(), self.passed_over));
        choices
    }

    /// The choices that the matrix of a job offers.
    pub(super) fn of_matrix(&mut self, job: Node<'_>) -> Choices {
        let mut choices = Choices::new();
        let Some(matrix) = job.at(&["strategy", "matrix"]) else { return choices };
        let legs: Vec<Member<'_>> = matrix.members().filter(|leg| leg.value.kind() == Kind::Mapping).collect();
        // In Azure Pipelines each leg sets variables.
        let rows = legs.iter().map(|leg| {
            let set = leg.value.members();
            set.filter_map(|Member { key, value }| self.variable(key.as_str()?, key, value)).collect()
        });
        choices.extend(choice(rows.collect(), self.passed_over));
        let is_list = |member: &Member<'_>| member.value.kind() == Kind::Sequence;
        let mut lists: Vec<(&str, Vec<Vec<Variable>>)> = Vec::new();
        for Member { key, value } in matrix.members().filter(is_list) {
            let Some(name) = key.as_str().filter(|name| !matches!(*name, "include" | "exclude")) else { continue };
            let full = format!("matrix {name}");
            lists.push((name, value.elements().map(|element| self.row(&full, key, element)).collect()));
        }
        let mut added = Vec::new();
        for element in matrix.get("include").into_iter().flat_map(Node::elements) {
            let mut row = Vec::new();
            for Member { key, value } in element.members() {
                let Some(name) = key.as_str() else { continue };
                let variables = self.row(&format!("matrix {name}"), key, value);
                // One more value of what has some, or something that comes with others.
                match lists.iter_mut().find(|(list, _)| *list == name) {
                    Some((_, rows)) => rows.push(variables),
                    None => row.extend(variables),
                }
            }
            added.push(row);
        }
        for rows in lists.into_iter().map(|(_, rows)| rows).chain([added]) {
            choices.extend(choice(rows, self.passed_over));
        }
        choices
    }

    /// The choice that `${{ each name in parameters.list }}` offers.
    pub(super) fn of_each(&mut self, key: Node<'_>, root: Node<'_>) -> Option<Arc<Choice>> {
        let inner = key.as_str()?.strip_prefix("${{")?.trim_end_matches(['}', ':']).trim().strip_prefix("each ")?;
        let (name, list) = inner.split_once(" in ")?;
        let list = list.trim().strip_prefix("parameters.")?;
        let parameters = root.get("parameters")?;
        let is_named = |element: &Node<'_>| element.get("name").and_then(Node::as_str) == Some(list);
        let default = match parameters.elements().find(is_named) {
            Some(parameter) => parameter.get("default")?,
            None => parameters.get(list)?,
        };
        let rows = default.elements().map(|element| self.row(name.trim(), key, element)).collect();
        choice(rows, self.passed_over)
    }

    /// The variables that `value` is, or that its members are.
    fn row(&self, name: &str, key: Node<'_>, value: Node<'_>) -> Vec<Variable> {
        let mut row: Vec<Variable> = self.variable(name, key, value).into_iter().collect();
        for member in value.members() {
            let separator = if name.contains(' ') { '.' } else { ' ' };
            let full = member.key.as_str().map(|key| format!("{name}{separator}{key}"));
            row.extend(full.and_then(|full| self.variable(&full, member.key, member.value)));
        }
        row
    }

    /// A variable with the text of a scalar as its value. An empty one is there to be given another.
    pub(super) fn variable(&self, name: &str, key: Node<'_>, value: Node<'_>) -> Option<Variable> {
        let text = &value.scalar().filter(|scalar| !scalar.text.text().trim().is_empty())?.text;
        let value = shell::raw(text, Surroundings { macros: true, placeholders: false });
        Some(Variable { name: name.to_owned(), span: key.span(self.file), value })
    }
}

/// What `read` returns with each of the ways in which what it uses of `choices` may be; as it is where it uses none.
/// `passed_over` counts the ways that are too many.
pub(super) fn variants(
    read: &dyn Fn() -> Script,
    environment: &[Variable],
    choices: &Choices,
    passed_over: &mut usize,
) -> Vec<Script> {
    let read = |more: &[&Variable]| {
        let mut script = read();
        script.environment = environment.to_vec();
        script.environment.extend(more.iter().copied().cloned());
        script
    };
    let plain = read(&[]);
    if choices.is_empty() {
        return vec![plain];
    }
    let worlds = worlds(choices, &used(&plain), passed_over);
    match worlds.as_slice() {
        [only] if only.is_empty() => vec![plain],
        worlds => worlds.iter().map(|world| read(world)).collect(),
    }
}

/// The ways in which the choices that are `used` may be; `passed_over` counts those that are too many.
fn worlds<'c>(choices: &'c Choices, used: &HashSet<String>, passed_over: &mut usize) -> Vec<Vec<&'c Variable>> {
    let is_used = |choice: &&Arc<Choice>| {
        let mut variables = choice.rows.iter().flatten();
        variables.any(|variable| used.contains(&folded(&variable.name)))
    };
    let mut worlds: Vec<Vec<&Variable>> = vec![Vec::new()];
    for choice in choices.iter().filter(is_used) {
        let rows = &choice.rows;
        let product = worlds
            .iter()
            .flat_map(|world| rows.iter().map(move |row| world.iter().copied().chain(row).collect::<Vec<&Variable>>()));
        let count = worlds.len() * rows.len();
        *passed_over += count.saturating_sub(MAX_WORLDS);
        worlds = product.take(MAX_WORLDS).collect();
    }
    worlds
}

/// The variables of the surroundings with those whose value is no choice.
pub(super) fn with_certain(mut environment: Vec<Variable>, choices: &Choices) -> Vec<Variable> {
    let certain = choices.iter().filter(|choice| choice.rows.len() == 1);
    environment.extend(certain.flat_map(|choice| choice.rows[0].iter().cloned()));
    environment
}

/// What a call gives: of its `row` each variable with what the caller's surroundings make of it, once for each way in
/// which they may be. What stays unknown is not given a name of the caller's.
pub(super) fn settled(row: &[Variable], environment: &[Variable], choices: &Choices) -> Vec<Vec<Variable>> {
    let mut script = Script::new(&MappedText::empty(FileId(0), 0), Dialect::Posix, Origin::Pipeline);
    let mut used = HashSet::new();
    for variable in row {
        add(&variable.value, &mut used);
    }
    worlds(choices, &used, &mut 0)
        .into_iter()
        .map(|world| {
            script.environment = environment.iter().chain(world).cloned().collect();
            let value = |variable: &Variable| {
                let mut pieces = script.expand(&variable.value, 0);
                for piece in &mut pieces {
                    if let PieceKind::Opaque(Opaque::Template, expression) = &mut piece.kind {
                        let expression = std::mem::take(expression);
                        piece.kind = PieceKind::Opaque(Opaque::Computed, expression);
                    }
                }
                let value = Word { span: variable.value.span, pieces: pieces.into() };
                Variable { value, ..variable.clone() }
            };
            row.iter().map(value).collect()
        })
        .collect()
}

/// A name as it is compared: the environment has `storage.name` as `STORAGE_NAME`.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('.', "_")
}

/// The names that a script uses of what surrounds it, those in the values of others included.
fn used(script: &Script) -> HashSet<String> {
    let mut used = HashSet::new();
    let program = &script.program;
    for command in &program.commands {
        let set = command.environment.iter().map(|assignment| &assignment.value);
        command.words.iter().chain(&command.input).for_each(|word| add(word, &mut used));
        set.for_each(|value| add_assigned(value, &mut used));
    }
    program.assignments.iter().for_each(|assignment| add_assigned(&assignment.value, &mut used));
    // The values of later variables may use those before.
    for variable in script.environment.iter().rev() {
        if used.contains(&folded(&variable.name)) {
            add(&variable.value, &mut used);
        }
    }
    used
}

fn add_assigned(value: &Assigned, used: &mut HashSet<String>) {
    match value {
        Assigned::Word(word) => add(word, used),
        Assigned::Array(words) => words.iter().for_each(|word| add(word, used)),
        Assigned::Table(entries) => entries.iter().for_each(|(_, word)| add(word, used)),
        Assigned::Added(more) => add_assigned(more, used),
        Assigned::Unknown => {}
    }
}

fn add(word: &Word, used: &mut HashSet<String>) {
    let name = |piece: &Piece| match &piece.kind {
        PieceKind::Variable(name) => Some(folded(name.strip_prefix("env:").unwrap_or(name))),
        PieceKind::Opaque(Opaque::Macro, name) => Some(folded(name)),
        PieceKind::Opaque(Opaque::Template, expression) => {
            let plain = expression.strip_prefix("env.").or_else(|| expression.strip_prefix("variables."));
            Some(plain.map_or_else(|| folded(&name_of(expression)), folded))
        }
        _ => None,
    };
    used.extend(word.pieces.iter().filter_map(name));
}
