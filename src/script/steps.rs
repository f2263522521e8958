//! Steps of GitHub workflows and actions, and of Azure Pipelines, wherever in the file they stand.

use std::borrow::Cow;

use super::choices::{self, Choices, Reader};
use super::{Dialect, Found, Input, Origin, Script, Surroundings, Task, TemplateCall, Variable, interpreter};
use crate::source::{FileId, Language, MappedText};
use crate::syntax::shell;
use crate::syntax::yaml::{Kind, Member, Node};

/// What holds for the steps below some part of a file.
#[derive(Clone, Default)]
struct Context<'t> {
    environment: Vec<Variable>,
    /// `defaults.run.shell`.
    shell: Option<&'t str>,
    /// Whether the machine runs Windows.
    windows: bool,
    /// What parameters, inputs and legs of a matrix may be.
    choices: Choices,
}

/// Collects the scripts and tasks of a document. `given` are the ways in which other files call it, if any do.
pub(super) fn find(root: Node<'_>, file: FileId, given: &[Vec<Variable>], found: &mut Found) {
    let mut search = Search { file, root, is_document: false, found };
    let choices = search.reader().of_root(root, given);
    search.found.is_callable =
        root.get("parameters").or(root.get("inputs")).is_some() || root.at(&["on", "workflow_call"]).is_some();
    search.walk(root, &Context { choices, ..Context::default() });
}

/// Collects the scripts and tasks of a code block, which may show some steps and nothing around them.
pub(super) fn find_in_document(root: Node<'_>, file: FileId, found: &mut Found) {
    let mut search = Search { file, root, is_document: true, found };
    let choices = search.reader().of_root(root, &[]);
    let context = Context { choices, ..Context::default() };
    search.walk(root, &context);
    search.steps(root, &context);
}

struct Search<'f, 'r> {
    file: FileId,
    root: Node<'r>,
    /// Whether the file is a document, whose commands are examples.
    is_document: bool,
    found: &'f mut Found,
}

impl<'r> Search<'_, 'r> {
    fn reader(&mut self) -> Reader<'_> {
        Reader { file: self.file, passed_over: &mut self.found.passed_over }
    }

    fn walk(&mut self, node: Node<'r>, context: &Context<'r>) {
        // What an alias stands for is found where it is written.
        if node.is_alias() {
            return;
        }
        for element in node.elements() {
            self.walk(element, context);
        }
        if node.kind() != Kind::Mapping {
            return;
        }
        let context = self.context(node, context);
        self.call(node, &context);
        for Member { key, value } in node.members() {
            match key.as_str() {
                Some("steps") if value.kind() == Kind::Sequence => self.steps(value, &context),
                Some("hooks") => self.hooks(value, None, &context),
                _ => {
                    let context = self.each(key, &context);
                    self.walk(value, &context);
                }
            }
        }
    }

    /// What holds below `key`, which may go through a list.
    fn each<'c>(&mut self, key: Node<'r>, context: &'c Context<'r>) -> Cow<'c, Context<'r>> {
        let root = self.root;
        match self.reader().of_each(key, root) {
            Some(choice) => {
                let mut context = context.clone();
                context.choices.push(choice);
                Cow::Owned(context)
            }
            None => Cow::Borrowed(context),
        }
    }

    /// The call of another workflow, action or template that `node` is, if it is one.
    fn call(&mut self, node: Node<'r>, context: &Context<'r>) {
        let text = |key: &str| node.get(key).and_then(Node::as_str);
        let (path, kind, arguments) = match (text("template"), text("uses")) {
            (Some(path), _) if is_yaml(path) => (path, "parameters", "parameters"),
            (_, Some(path)) if path.starts_with("./") => (path, "inputs", "with"),
            _ => return,
        };
        let mut row = Vec::new();
        for Member { key, value } in node.get(arguments).into_iter().flat_map(Node::members) {
            let Some(name) = key.as_str() else { continue };
            row.extend(self.reader().variable(&format!("{kind} {name}"), key, value));
        }
        let rows = choices::settled(&row, &context.environment, &context.choices);
        self.found.template_calls.extend(rows.into_iter().map(|given| TemplateCall { path: path.to_owned(), given }));
    }

    /// The scripts that the Azure Developer CLI runs before and after what it does.
    fn hooks(&mut self, node: Node<'r>, usual: Option<Dialect>, context: &Context<'r>) {
        if node.is_alias() {
            return;
        }
        if let Some(run) = node.get("run").filter(|run| run.scalar().is_some()) {
            let shell = node.get("shell").and_then(Node::as_str);
            let dialect = shell.map_or(Some(usual.unwrap_or(Dialect::Posix)), interpreter);
            if let Some(dialect) = dialect {
                self.script(run, dialect, Origin::Workflow, context);
            }
            return;
        }
        node.elements().for_each(|hook| self.hooks(hook, usual, context));
        for Member { key, value } in node.members() {
            let usual = if key.as_str() == Some("windows") { Some(Dialect::PowerShell) } else { usual };
            self.hooks(value, usual, context);
        }
    }

    /// What `node` adds to what holds around it.
    fn context(&mut self, node: Node<'r>, outer: &Context<'r>) -> Context<'r> {
        let mut context = outer.clone();
        for (key, origin) in [("env", Origin::Workflow), ("variables", Origin::Pipeline)] {
            if let Some(variables) = node.get(key) {
                self.variables(variables, origin, &mut context.environment);
            }
        }
        if let Some(shell) = node.at(&["defaults", "run", "shell"]).and_then(Node::as_str) {
            context.shell = Some(shell);
        }
        let legs = self.reader().of_matrix(node);
        context.choices.extend(legs);
        let machine = node.get("runs-on").or_else(|| node.at(&["pool", "vmImage"])).or_else(|| node.get("pool"));
        if let Some(machine) = machine {
            let names = machine.as_str().into_iter().chain(machine.elements().filter_map(Node::as_str));
            let names = names.chain(machine.get("vmImage").and_then(Node::as_str));
            context.windows = names.into_iter().any(|name| name.to_ascii_lowercase().contains("windows"));
        }
        context
    }

    /// Variables, as a mapping of names to values, or as a list of both.
    fn variables(&self, node: Node<'_>, origin: Origin, environment: &mut Vec<Variable>) {
        let surroundings = Surroundings { macros: origin == Origin::Pipeline, placeholders: false };
        let mut add = |name: Node<'_>, value: Node<'_>| {
            if let (Some(text), Some(scalar)) = (name.as_str(), value.scalar()) {
                let value = shell::raw(&scalar.text, surroundings);
                environment.push(Variable { name: text.to_owned(), span: name.span(self.file), value });
            }
        };
        for Member { key, value } in node.members() {
            add(key, value);
        }
        for element in node.elements() {
            if let (Some(name), Some(value)) = (element.get("name"), element.get("value")) {
                add(name, value);
            }
        }
    }

    fn steps(&mut self, steps: Node<'r>, context: &Context<'r>) {
        for step in steps.elements().filter(|step| !step.is_alias()) {
            // `- ${{ if … }}:` holds steps.
            for Member { key, value } in step.members() {
                if key.as_str().is_some_and(|key| key.starts_with("${{")) {
                    let context = self.each(key, context);
                    self.steps(value, &context);
                }
            }
            self.call(step, context);
            self.step(step, context);
        }
    }

    fn step(&mut self, step: Node<'r>, context: &Context<'r>) {
        let mut context = context.clone();
        let default = if context.windows { Dialect::Batch } else { Dialect::Posix };
        let uses = step.get("uses").filter(|name| name.scalar().is_some());
        let is_workflow = uses.is_some() || step.get("run").is_some();
        let origin = if is_workflow { Origin::Workflow } else { Origin::Pipeline };
        if let Some(variables) = step.get("env") {
            self.variables(variables, origin, &mut context.environment);
        }
        if let Some(run) = step.get("run") {
            let shell = step.get("shell").and_then(Node::as_str).or(context.shell);
            let usual = if context.windows { Dialect::PowerShell } else { Dialect::Posix };
            if let Some(dialect) = shell.map_or(Some(usual), interpreter) {
                self.script(run, dialect, origin, &context);
            }
        } else if let Some(uses) = uses {
            let inputs = step.get("with");
            let name = uses.as_str().unwrap_or_default().to_ascii_lowercase();
            let dialect = match name.split('@').next() {
                Some("azure/cli") => Some(Dialect::Posix),
                Some("azure/powershell") => Some(Dialect::PowerShell),
                _ => None,
            };
            if let (Some(dialect), Some(script)) = (dialect, inputs.and_then(|inputs| input(inputs, "inlineScript"))) {
                self.script(script, dialect, origin, &context);
            }
            self.task(uses, inputs, origin, context);
        } else if let Some(task) = step.get("task").filter(|name| name.scalar().is_some()) {
            let inputs = step.get("inputs");
            if let Some((script, dialect)) = inputs.and_then(|inputs| inline(task, inputs, default)) {
                self.script(script, dialect, origin, &context);
            }
            self.task(task, inputs, origin, context);
        } else {
            let shells = [
                ("script", default),
                ("bash", Dialect::Posix),
                ("pwsh", Dialect::PowerShell),
                ("powershell", Dialect::PowerShell),
            ];
            for (key, dialect) in shells {
                if let Some(script) = step.get(key) {
                    self.script(script, dialect, origin, &context);
                }
            }
        }
    }

    fn script(&mut self, node: Node<'_>, dialect: Dialect, origin: Origin, context: &Context<'_>) {
        if let Some(scalar) = node.scalar().filter(|_| !node.is_alias()) {
            let Context { environment, choices, .. } = context;
            let passed_over = &mut self.found.passed_over;
            let surroundings = Surroundings { macros: origin == Origin::Pipeline, placeholders: self.is_document };
            let origin = if self.is_document { Origin::Document } else { origin };
            let read = || Script::surrounded(&scalar.text, dialect, origin, surroundings);
            let scripts = choices::variants(&read, environment, choices, passed_over);
            self.found.is_repeated |= scripts.len() > 1;
            self.found.scripts.extend(scripts);
        }
    }

    fn task(&mut self, name: Node<'_>, inputs: Option<Node<'_>>, origin: Origin, context: Context<'_>) {
        let inputs = inputs.into_iter().flat_map(Node::members).filter_map(|member| {
            let (name, value) = (member.key.as_str()?.to_owned(), member.value.scalar()?);
            let span = member.key.span(self.file);
            Some(Input { name, span, value: MappedText::into_owned(value.text.clone()) })
        });
        let inputs = inputs.collect();
        let span = name.span(self.file);
        let name = name.as_str().unwrap_or_default().to_owned();
        let environment = choices::with_certain(context.environment, &context.choices);
        let origin = if self.is_document { Origin::Document } else { origin };
        self.found.tasks.push(Task { name, span, origin, inputs, environment });
    }
}

/// Whether a path is one of a file in YAML of this repository.
fn is_yaml(path: &str) -> bool {
    Language::of_path(path.strip_suffix("@self").unwrap_or(path)) == Some(Language::Yaml)
}

/// The input with this name, without regard to case.
fn input<'t>(inputs: Node<'t>, name: &str) -> Option<Node<'t>> {
    let is_named = |member: &Member<'_>| member.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
    inputs.members().find(is_named).map(|member| member.value)
}

/// The script that a task of Azure Pipelines holds, and its language.
fn inline<'t>(task: Node<'_>, inputs: Node<'t>, default: Dialect) -> Option<(Node<'t>, Dialect)> {
    let name = task.as_str()?.to_ascii_lowercase();
    Some(match name.split('@').next()? {
        "azurecli" => {
            let kind = input(inputs, "scriptType").and_then(Node::as_str).unwrap_or("bash").to_ascii_lowercase();
            let dialect = match kind.as_str() {
                "ps" | "pscore" => Dialect::PowerShell,
                "batch" => Dialect::Batch,
                _ => Dialect::Posix,
            };
            (input(inputs, "inlineScript")?, dialect)
        }
        "azurepowershell" => (input(inputs, "Inline").or_else(|| input(inputs, "Script"))?, Dialect::PowerShell),
        "powershell" => (input(inputs, "script")?, Dialect::PowerShell),
        "bash" => (input(inputs, "script")?, Dialect::Posix),
        "cmdline" => (input(inputs, "script")?, default),
        _ => return None,
    })
}
