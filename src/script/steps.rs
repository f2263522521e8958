//! Steps of GitHub workflows and actions, and of Azure Pipelines, wherever in the file they stand.

use super::{Dialect, Found, Input, Origin, Script, Surroundings, Task, Variable, interpreter};
use crate::source::{FileId, MappedText};
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
}

/// Collects the scripts and tasks of a document.
pub(super) fn find(root: Node<'_>, file: FileId, found: &mut Found) {
    Search { file, found }.walk(root, &Context::default());
}

struct Search<'f> {
    file: FileId,
    found: &'f mut Found,
}

impl Search<'_> {
    fn walk<'t>(&mut self, node: Node<'t>, context: &Context<'t>) {
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
        for Member { key, value } in node.members() {
            if key.as_str() == Some("steps") && value.kind() == Kind::Sequence {
                self.steps(value, &context);
            } else {
                self.walk(value, &context);
            }
        }
    }

    /// What `node` adds to what holds around it.
    fn context<'t>(&self, node: Node<'t>, outer: &Context<'t>) -> Context<'t> {
        let mut context = outer.clone();
        for (key, origin) in [("env", Origin::Workflow), ("variables", Origin::Pipeline)] {
            if let Some(variables) = node.get(key) {
                self.variables(variables, origin, &mut context.environment);
            }
        }
        if let Some(shell) = node.at(&["defaults", "run", "shell"]).and_then(Node::as_str) {
            context.shell = Some(shell);
        }
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

    fn steps<'t>(&mut self, steps: Node<'t>, context: &Context<'t>) {
        for step in steps.elements().filter(|step| !step.is_alias()) {
            // `- ${{ if … }}:` holds steps.
            for Member { key, value } in step.members() {
                if key.as_str().is_some_and(|key| key.starts_with("${{")) {
                    self.steps(value, context);
                }
            }
            self.step(step, context);
        }
    }

    fn step<'t>(&mut self, step: Node<'t>, context: &Context<'t>) {
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
            let mut script = Script::new(&scalar.text, dialect, origin);
            script.environment.clone_from(&context.environment);
            self.found.scripts.push(script);
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
        self.found.tasks.push(Task { name, span, origin, inputs, environment: context.environment });
    }
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
