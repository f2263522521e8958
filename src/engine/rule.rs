//! Rules as the engine runs them: the description, what they select, and their clauses, compiled when first needed.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::clause::{Clause, check_name};
use super::metadata::{Metadata, Status};
use super::query::Path;
use super::spec::{self, CheckSpec, DefinitionsSpec, RuleSpec, SeveritySpec, StatusSpec};
use super::words::Words;
use crate::diagnostic::Severity;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// What it says about itself.
    pub metadata: Metadata,
    /// The resources that it looks at; `None` for a rule about whole files.
    pub select: Option<Select>,
    /// Whether its logic is Rust code.
    pub native: bool,
    /// Numbers of the facts that it checks.
    pub facts: Vec<u16>,
    spec: RuleSpec,
    definitions: [Arc<DefinitionsSpec>; 2],
    /// By type, or one for all types when nothing differs.
    clauses: OnceLock<Result<Vec<Clauses>, String>>,
}

/// The resources that a rule looks at, by types in lower case.
#[derive(Debug)]
pub struct Select {
    /// The types.
    pub types: Vec<String>,
    /// Whether resources that are only referred to count as well.
    pub existing: bool,
    /// Types of which the template has to declare a resource, too; empty when none is needed.
    pub beside: Vec<String>,
}

/// The compiled logic of a rule.
#[derive(Debug)]
pub struct Clauses {
    /// Where the rule applies.
    pub when: Vec<Clause>,
    /// Other resources by name.
    pub related: BTreeMap<String, Related>,
    /// What the cases are asked of, if not of the resource itself.
    pub each: Option<Path>,
    /// The cases in order.
    pub cases: Vec<Case>,
    /// Whether every case makes its finding, not only the first.
    pub every_case: bool,
}

/// Other resources.
#[derive(Debug)]
pub struct Related {
    /// Their types in lower case.
    pub types: Vec<String>,
    /// Whether those that are only referred to count as well.
    pub existing: bool,
    /// What holds of them.
    pub conditions: Vec<Clause>,
}

/// One case of a rule.
#[derive(Debug)]
pub struct Case {
    /// Where it applies.
    pub when: Vec<Clause>,
    /// What has to hold.
    pub require: Vec<Clause>,
    /// The severity of the finding.
    pub severity: Severity,
    /// The finding.
    pub report: Report,
    /// What mends it.
    pub fix: Option<Fix>,
}

/// How a finding is reported.
#[derive(Debug)]
pub struct Report {
    /// Where, if not where the requirement failed.
    pub at: Option<Path>,
    /// What is wrong.
    pub message: Template,
    /// Why this place.
    pub label: Template,
    /// Other places.
    pub also: Vec<Also>,
    /// What to do.
    pub help: Option<Template>,
}

/// Another place of a finding.
#[derive(Debug)]
pub struct Also {
    /// The related resources of which the first has the place.
    pub of: Option<String>,
    /// The place.
    pub at: Path,
    /// What it has to do with the finding.
    pub label: Template,
}

/// A compiled fix.
#[derive(Debug)]
pub struct Fix {
    /// The change.
    pub change: Change,
    /// Whether it may be applied without asking.
    pub safety: crate::diagnostic::Safety,
    /// Where it may be, all the same.
    pub safe_when: Vec<Clause>,
}

/// What a fix changes.
#[derive(Debug)]
pub enum Change {
    /// The value where the finding is.
    Replace(serde_json::Value),
    /// The string where the finding is, by its right spelling.
    Spelling(BTreeMap<String, String>),
    /// The string where the finding is, by the one of these that it is a slip of.
    Similar(Vec<String>),
    /// A part of the text where the finding is, by another.
    Part(BTreeMap<String, String>),
    /// The element where the finding is, removed.
    RemoveElement,
    /// A property, set.
    Set(Path, serde_json::Value),
    /// A property, removed.
    Remove(Path),
}

/// A text with places for values.
#[derive(Debug)]
pub struct Template(pub Vec<Part>);

/// A part of a template text.
#[derive(Debug)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value where the finding is.
    Value,
    /// The name of the property that holds it.
    Key,
    /// The number of its elements.
    Count,
    /// What the fix puts in its place.
    Right,
    /// The resource's own name.
    Name,
    /// The last part of the resource's type.
    Kind,
    /// The value at a path.
    Path(Path),
}

impl Rule {
    /// The rule that a file of the pack `pack` describes, with the definitions of that pack.
    pub fn new(pack: &str, mut spec: RuleSpec, definitions: Arc<DefinitionsSpec>) -> Self {
        let lower = |types: &[String]| types.iter().map(|ty| ty.to_ascii_lowercase()).collect();
        let metadata = Metadata {
            id: spec.id.as_str().into(),
            pack: pack.into(),
            severity: severity(spec.severity),
            since: spec.since.clone(),
            status: match spec.status {
                StatusSpec::Stable => Status::Stable,
                StatusSpec::Preview => Status::Preview,
                StatusSpec::Off => Status::Off,
            },
            refused: spec.refused,
            summary: spec.summary.clone(),
            why: spec.why.clone(),
            how_to_fix: spec.how_to_fix.clone(),
            links: spec.links.clone(),
        };
        let select = spec.select.as_ref().map(|select| Select {
            types: lower(&select.resource),
            existing: select.existing,
            beside: lower(&select.beside),
        });
        let native = spec.check == CheckSpec::Native;
        let own = DefinitionsSpec {
            terms: std::mem::take(&mut spec.terms),
            conditions: std::mem::take(&mut spec.conditions),
        };
        let definitions = [definitions, Arc::new(own)];
        Self { metadata, select, native, facts: spec.facts.clone(), spec, definitions, clauses: OnceLock::new() }
    }

    /// The compiled logic for resources of the type `ty`, in lower case and one of those selected, or what is wrong
    /// with it.
    pub fn clauses(&self, ty: &str) -> Result<&Clauses, &str> {
        let all = self.clauses.get_or_init(|| self.compile()).as_ref().map_err(String::as_str)?;
        let types = self.select.as_ref().map_or(&[][..], |select| &select.types);
        let at = types.iter().position(|known| known == ty).unwrap_or_default();
        all.get(at).or_else(|| all.first()).ok_or("a declarative rule selects resources")
    }

    fn compile(&self) -> Result<Vec<Clauses>, String> {
        let [pack, own] = &self.definitions;
        let mut all = Vec::new();
        for ty in self.select.iter().flat_map(|select| &select.types) {
            let words = Words::new(ty, pack, own);
            all.push(compile(&self.spec, &words)?);
            if !words.used() {
                break;
            }
        }
        Ok(all)
    }
}

/// The severity of a rule file.
pub fn severity(spec: SeveritySpec) -> Severity {
    match spec {
        SeveritySpec::Error => Severity::Error,
        SeveritySpec::Warning => Severity::Warning,
        SeveritySpec::Info => Severity::Info,
    }
}

/// Compiles the parts of a rule for one type.
struct Compiler<'a> {
    words: &'a Words<'a>,
    related: Vec<&'a String>,
}

fn compile(spec: &RuleSpec, words: &Words<'_>) -> Result<Clauses, String> {
    let compiler = Compiler { words, related: spec.related.keys().collect() };
    let mut cases = Vec::new();
    for case in &spec.cases {
        let fallback = case.severity.unwrap_or(spec.severity);
        cases.push(compiler.case(&case.when, &case.require, fallback, &case.report, case.fix.as_ref())?);
    }
    if let Some(report) = &spec.report {
        cases.push(compiler.case(&[], &spec.require, spec.severity, report, spec.fix.as_ref())?);
    }
    let mut related = BTreeMap::new();
    for (name, other) in &spec.related {
        let types = other.resource.iter().map(|ty| ty.to_ascii_lowercase()).collect();
        let conditions = compiler.clauses(&other.conditions)?;
        related.insert(name.clone(), Related { types, existing: other.existing, conditions });
    }
    let each = spec.each.as_deref().map(|path| compiler.path(path)).transpose()?;
    Ok(Clauses { when: compiler.clauses(&spec.when)?, related, each, cases, every_case: spec.every_case })
}

impl Compiler<'_> {
    fn clauses(&self, specs: &[spec::Clause]) -> Result<Vec<Clause>, String> {
        specs.iter().map(|clause| Clause::compile(clause, self.words, &self.related)).collect()
    }

    fn path(&self, text: &str) -> Result<Path, String> {
        Path::parse(&self.words.known(text)?)
    }

    fn template(&self, text: &str) -> Result<Template, String> {
        Template::parse(&self.words.fill(text)?)
    }

    fn case(
        &self,
        when: &[spec::Clause],
        require: &[spec::Clause],
        fallback: SeveritySpec,
        report: &spec::ReportSpec,
        fix: Option<&spec::FixSpec>,
    ) -> Result<Case, String> {
        let optional = |text: &Option<String>| text.as_deref().map(|text| self.template(text)).transpose();
        let mut also = Vec::new();
        for other in &report.also {
            if let Some(name) = &other.of {
                check_name(name, &self.related)?;
            }
            let (at, label) = (self.path(&other.at)?, self.template(&other.label)?);
            also.push(Also { of: other.of.clone(), at, label });
        }
        Ok(Case {
            when: self.clauses(when)?,
            require: self.clauses(require)?,
            severity: severity(fallback),
            report: Report {
                at: report.at.as_deref().map(|path| self.path(path)).transpose()?,
                message: self.template(&report.message)?,
                label: optional(&report.label)?.unwrap_or(Template(Vec::new())),
                also,
                help: optional(&report.help)?,
            },
            fix: fix.map(|fix| self.fix(fix)).transpose()?,
        })
    }

    fn fix(&self, fix: &spec::FixSpec) -> Result<Fix, String> {
        let mut changes = Vec::new();
        if let Some(value) = &fix.replace {
            changes.extend(self.words.values(std::slice::from_ref(value))?.into_iter().map(Change::Replace));
        }
        changes.extend(fix.spelling.clone().map(Change::Spelling));
        if let Some(names) = &fix.similar {
            changes.push(Change::Similar(self.words.list(names)?));
        }
        changes.extend(fix.part.clone().map(Change::Part));
        changes.extend(fix.remove_element.map(|_| Change::RemoveElement));
        if let Some(set) = &fix.set {
            changes.push(Change::Set(self.path(&set.path)?, set.value.clone()));
        }
        if let Some(path) = &fix.remove {
            changes.push(Change::Remove(self.path(path)?));
        }
        let safety = match fix.safety {
            spec::SafetySpec::Safe => crate::diagnostic::Safety::Safe,
            spec::SafetySpec::Unsafe => crate::diagnostic::Safety::Unsafe,
        };
        match changes.len() {
            1 => Ok(Fix { change: changes.remove(0), safety, safe_when: self.clauses(&fix.safe_when)? }),
            found => Err(format!("a fix makes exactly one change, this one makes {found}")),
        }
    }
}

impl Template {
    /// Reads a text with `{{…}}` places.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (place, after) = after.split_once("}}").ok_or("`{{` without `}}`")?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match place {
                "value" => Part::Value,
                "key" => Part::Key,
                "count" => Part::Count,
                "right" => Part::Right,
                "name" => Part::Name,
                "kind" => Part::Kind,
                path if path.starts_with(['$', '@']) => Part::Path(Path::parse(path)?),
                other => return Err(format!("unknown place `{{{{{other}}}}}`")),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }
}
