//! What the clauses, texts and fixes of a rule file must be, beyond the keys that they may have: a rule that can't be
//! compiled would stay silent. The library compiles the same parts when it first needs them.

use jsonpath_rust::parser::parse_json_path;
use regex::Regex;
use serde_json::Value;

use crate::spec::{CheckSpec, Clause, DefinitionsSpec, FixSpec, ReportSpec, RuleSpec, TYPES};
use crate::words::{Words, did_you_mean};

/// What is wrong with a rule, and the text that it is about.
#[derive(Debug)]
pub(crate) struct Mistake {
    message: String,
    /// Parts of what is wrong: the place is that of the last one to be seen for the first time.
    about: Vec<String>,
}

type Checked = Result<(), Mistake>;

/// What stands in a text for something that a finding shows.
const PLACES: [&str; 6] = ["value", "key", "count", "right", "name", "kind"];

impl Mistake {
    fn new(message: impl Into<String>, about: impl Into<String>) -> Self {
        Self { message: message.into(), about: vec![about.into()] }
    }

    /// The mistake with its place in the file that holds it: `12:9: …`.
    pub(crate) fn located(&self, text: &str) -> String {
        let before = self
            .about
            .iter()
            .filter_map(|part| text.find(part))
            .max()
            .and_then(|at| text.get(..at))
            .unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{column}: {}", before.matches('\n').count() + 1, self.message)
    }
}

/// Checks a rule, and the definitions of its pack as far as the rule uses them.
pub(crate) fn check(rule: &RuleSpec, pack: &DefinitionsSpec) -> Checked {
    let own = DefinitionsSpec { terms: rule.terms.clone(), conditions: rule.conditions.clone() };
    let types = rule.select.as_ref().map(|select| &*select.resource).unwrap_or_default();
    if rule.check == CheckSpec::Native {
        return Ok(());
    }
    if types.is_empty() {
        return Err(Mistake::new("a declarative rule selects resources", rule.id.as_str()));
    }
    types.iter().try_for_each(|ty| Checker { rule, words: Words::new(ty, pack, &own) }.rule())
}

/// Checks a rule for resources of one type.
struct Checker<'a> {
    rule: &'a RuleSpec,
    words: Words<'a>,
}

impl Checker<'_> {
    fn rule(&self) -> Checked {
        let rule = self.rule;
        rule.each.iter().try_for_each(|path| self.path(path))?;
        self.clauses(&rule.when)?;
        self.clauses(&rule.require)?;
        rule.related.values().try_for_each(|related| self.clauses(&related.conditions))?;
        rule.report.iter().try_for_each(|report| self.report(report))?;
        rule.fix.iter().try_for_each(|fix| self.fix(fix))?;
        rule.cases.iter().try_for_each(|case| {
            self.clauses(&case.when)?;
            self.clauses(&case.require)?;
            self.report(&case.report)?;
            case.fix.iter().try_for_each(|fix| self.fix(fix))
        })
    }

    fn clauses(&self, clauses: &[Clause]) -> Checked {
        clauses.iter().try_for_each(|clause| self.clause(clause))
    }

    fn clause(&self, clause: &Clause) -> Checked {
        let members = serde_json::to_value(clause).map_err(|error| Mistake::new(error.to_string(), ""))?;
        let members = members.as_object().into_iter().flatten().filter(|(_, value)| **value != Value::Null);
        let operators: Vec<&String> =
            members.map(|(key, _)| key).filter(|key| *key != "path" && *key != "of").collect();
        let wrong = |message: String| {
            let keys = operators.iter().map(|key| format!("{key}:"));
            Err(Mistake { message, about: keys.chain(clause.path.clone()).chain(clause.of.clone()).collect() })
        };
        if operators.len() != 1 {
            return wrong(format!("a clause has exactly one operator, this one has {}", operators.len()));
        }
        let is_of_clauses = ["all", "any", "not", "certain", "holds"].contains(&operators[0].as_str());
        let is_quantified = ["some", "none", "each"].contains(&operators[0].as_str());
        match (&clause.path, &clause.of) {
            (None, None) | (Some(_), Some(_)) if is_quantified => {
                return wrong("`some`, `none` and `each` go with a `path` or with `of`".to_owned());
            }
            (None, _) if !is_of_clauses && !is_quantified => return wrong("an operator needs a `path`".to_owned()),
            _ => {}
        }
        for path in clause.path.iter().chain(&clause.same_as) {
            self.path(path)?;
        }
        for pattern in clause.matches.iter().chain(&clause.not_matches) {
            let filled = self.words.known(pattern).map_err(|message| Mistake::new(message, pattern))?;
            Regex::new(&filled).map_err(|error| Mistake::new(error.to_string(), pattern))?;
        }
        if let Some(name) = clause.is.as_ref().filter(|name| !TYPES.contains(&name.as_str())) {
            return Err(Mistake::new(format!("there is no type `{name}`; the types are {}", TYPES.join(", ")), name));
        }
        let target = clause.refers_to.iter().flat_map(|target| target.identity_of.iter().chain(&target.resource));
        for name in [&clause.of, &clause.child_of, &clause.leads_to].into_iter().flatten().chain(target) {
            self.related(name)?;
        }
        let lists = [&clause.all, &clause.any, &clause.some, &clause.none, &clause.each];
        lists.into_iter().flatten().try_for_each(|clauses| self.clauses(clauses))?;
        [&clause.not, &clause.certain].into_iter().flatten().try_for_each(|clause| self.clause(clause))?;
        clause.holds.iter().try_for_each(|name| {
            let inner = self.words.condition(name, |clause| Ok(self.clause(clause)));
            inner.map_err(|message| Mistake::new(message, name))?
        })
    }

    fn path(&self, text: &str) -> Checked {
        let filled = self.words.known(text).map_err(|message| Mistake::new(message, text))?;
        let rooted = filled.strip_prefix('@').map(|rest| format!("${rest}"));
        match parse_json_path(rooted.as_deref().unwrap_or(&filled)) {
            Ok(_) => Ok(()),
            Err(error) => Err(Mistake::new(format!("`{filled}` is not a path: {error}"), text)),
        }
    }

    fn related(&self, name: &str) -> Checked {
        let related = &self.rule.related;
        if name == "self" || name == "@" || related.contains_key(name) {
            return Ok(());
        }
        let hint = did_you_mean(name, related.keys());
        Err(Mistake::new(format!("there is no `{name}` in `related`{hint}"), name))
    }

    fn report(&self, report: &ReportSpec) -> Checked {
        report.at.iter().try_for_each(|path| self.path(path))?;
        [Some(&report.message), report.label.as_ref(), report.help.as_ref()]
            .into_iter()
            .flatten()
            .try_for_each(|text| self.text(text))?;
        report.also.iter().try_for_each(|also| {
            also.of.iter().try_for_each(|name| self.related(name))?;
            self.path(&also.at)?;
            self.text(&also.label)
        })
    }

    fn text(&self, text: &str) -> Checked {
        let filled = self.words.fill(text).map_err(|message| Mistake::new(message, text))?;
        let mut rest = &*filled;
        while let Some((place, after)) = rest.split_once("{{").and_then(|(_, rest)| rest.split_once("}}")) {
            if place.starts_with(['$', '@']) {
                self.path(place)?;
            } else if !PLACES.contains(&place) {
                return Err(Mistake::new(format!("unknown place `{{{{{place}}}}}`"), format!("{{{{{place}}}}}")));
            }
            rest = after;
        }
        Ok(())
    }

    fn fix(&self, fix: &FixSpec) -> Checked {
        let changes = [
            fix.replace.is_some(),
            fix.spelling.is_some(),
            fix.similar.is_some(),
            fix.part.is_some(),
            fix.remove_element.is_some(),
            fix.set.is_some(),
            fix.remove.is_some(),
        ];
        let made = changes.into_iter().filter(|is_made| *is_made).count();
        if made != 1 {
            return Err(Mistake::new(format!("a fix makes exactly one change, this one makes {made}"), "fix:"));
        }
        fix.set.iter().map(|set| &set.path).chain(&fix.remove).try_for_each(|path| self.path(path))?;
        self.clauses(&fix.safe_when)
    }
}
