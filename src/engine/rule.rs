//! Rules as the engine runs them: the description, what they select, and their clauses, compiled when first needed.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::clause::Clause;
use super::metadata::{Metadata, Status};
use super::query::Path;
use super::spec::{self, CheckSpec, RuleSpec, SeveritySpec, StatusSpec};
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
    clauses: OnceLock<Result<Clauses, String>>,
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
    /// Other resources by name: their types in lower case, and what holds of them.
    pub related: BTreeMap<String, (Vec<String>, Vec<Clause>)>,
    /// The cases in order.
    pub cases: Vec<Case>,
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
    pub also: Vec<(Path, Template)>,
    /// What to do.
    pub help: Option<Template>,
}

/// A compiled fix.
#[derive(Debug)]
pub struct Fix {
    /// The change.
    pub change: Change,
    /// Whether it may be applied without asking.
    pub safety: crate::diagnostic::Safety,
}

/// What a fix changes.
#[derive(Debug)]
pub enum Change {
    /// The value where the finding is.
    Replace(serde_json::Value),
    /// The string where the finding is, by its right spelling.
    Spelling(BTreeMap<String, String>),
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
    /// The resource's own name.
    Name,
    /// The last part of the resource's type.
    Kind,
    /// The value at a path.
    Path(Path),
}

impl Rule {
    /// The rule that a file of the pack `pack` describes.
    pub fn new(pack: &str, spec: RuleSpec) -> Self {
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
        Self { metadata, select, native, facts: spec.facts.clone(), spec, clauses: OnceLock::new() }
    }

    /// The compiled logic, or what is wrong with it.
    pub fn clauses(&self) -> Result<&Clauses, &str> {
        self.clauses.get_or_init(|| compile(&self.spec)).as_ref().map_err(String::as_str)
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

fn compile(spec: &RuleSpec) -> Result<Clauses, String> {
    let mut cases = Vec::new();
    for case in &spec.cases {
        let fallback = case.severity.unwrap_or(spec.severity);
        cases.push(compile_case(&case.when, &case.require, fallback, &case.report, case.fix.as_ref())?);
    }
    if let Some(report) = &spec.report {
        cases.push(compile_case(&[], &spec.require, spec.severity, report, spec.fix.as_ref())?);
    }
    let related = spec.related.iter().map(|(name, related)| {
        let types = related.resource.iter().map(|ty| ty.to_ascii_lowercase()).collect();
        Ok((name.clone(), (types, clauses(&related.conditions)?)))
    });
    Ok(Clauses { when: clauses(&spec.when)?, related: related.collect::<Result<_, String>>()?, cases })
}

fn clauses(specs: &[spec::Clause]) -> Result<Vec<Clause>, String> {
    specs.iter().map(Clause::compile).collect()
}

fn compile_case(
    when: &[spec::Clause],
    require: &[spec::Clause],
    fallback: SeveritySpec,
    report: &spec::ReportSpec,
    fix: Option<&spec::FixSpec>,
) -> Result<Case, String> {
    let optional = |text: &Option<String>| text.as_deref().map(Template::parse).transpose();
    let also = report.also.iter().map(|also| Ok((Path::parse(&also.at)?, Template::parse(&also.label)?)));
    Ok(Case {
        when: clauses(when)?,
        require: clauses(require)?,
        severity: severity(fallback),
        report: Report {
            at: report.at.as_deref().map(Path::parse).transpose()?,
            message: Template::parse(&report.message)?,
            label: optional(&report.label)?.unwrap_or(Template(Vec::new())),
            also: also.collect::<Result<_, String>>()?,
            help: optional(&report.help)?,
        },
        fix: fix.map(compile_fix).transpose()?,
    })
}

fn compile_fix(fix: &spec::FixSpec) -> Result<Fix, String> {
    let mut changes = Vec::new();
    changes.extend(fix.replace.clone().map(Change::Replace));
    changes.extend(fix.spelling.clone().map(Change::Spelling));
    if let Some(set) = &fix.set {
        changes.push(Change::Set(Path::parse(&set.path)?, set.value.clone()));
    }
    if let Some(path) = &fix.remove {
        changes.push(Change::Remove(Path::parse(path)?));
    }
    let safety = match fix.safety {
        spec::SafetySpec::Safe => crate::diagnostic::Safety::Safe,
        spec::SafetySpec::Unsafe => crate::diagnostic::Safety::Unsafe,
    };
    match changes.len() {
        1 => Ok(Fix { change: changes.remove(0), safety }),
        found => Err(format!("a fix makes exactly one change, this one makes {found}")),
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
                "name" => Part::Name,
                "kind" => Part::Kind,
                path if path.starts_with('$') => Part::Path(Path::parse(path)?),
                other => return Err(format!("unknown place `{{{{{other}}}}}`")),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }
}
