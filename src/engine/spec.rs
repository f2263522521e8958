//! The format of a rule file. Shared with `build.rs`, which validates every file and embeds it; depends on serde alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A rule file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSpec {
    /// Id in kebab-case; also the file's name.
    pub id: String,
    /// `error`, `warning` or `info`, unless a case says otherwise.
    pub severity: SeveritySpec,
    /// Version of plimsoll that introduced the rule.
    pub since: String,
    /// Whether it runs unasked.
    #[serde(default)]
    pub status: StatusSpec,
    /// Whether Azure refuses what its errors say before it deploys anything, so that there is nothing to predict.
    #[serde(default)]
    pub refused: bool,
    /// One line.
    pub summary: String,
    /// Why it matters; Markdown.
    pub why: String,
    /// What to do; Markdown.
    pub how_to_fix: String,
    /// Where the facts come from.
    pub links: Vec<String>,
    /// Numbers of the facts of the pack that the rule checks.
    #[serde(default)]
    pub facts: Vec<u16>,
    /// Ids of the entries of `rules/troubleshooting.yaml` whose causes the rule finds.
    #[serde(default)]
    pub troubleshooting: Vec<String>,
    /// `native` when the logic is Rust code of the same id.
    #[serde(default)]
    pub check: CheckSpec,
    /// The resources that the rule looks at.
    #[serde(default)]
    pub select: Option<SelectSpec>,
    /// Words that differ by the type of the resource, added to those of the pack.
    #[serde(default)]
    pub terms: Terms,
    /// Clauses by name, for `holds`, added to those of the pack.
    #[serde(default)]
    pub conditions: BTreeMap<String, Clause>,
    /// Other resources that clauses speak of, by name.
    #[serde(default)]
    pub related: BTreeMap<String, RelatedSpec>,
    /// The rule applies where all of these hold. A clause about an absent value does not hold.
    #[serde(default)]
    pub when: Vec<Clause>,
    /// The cases are asked of each thing that this path leads to and that is there; paths to it start with `@`.
    #[serde(default)]
    pub each: Option<String>,
    /// The cases in order; the first whose requirement is not met makes the finding.
    #[serde(default)]
    pub cases: Vec<CaseSpec>,
    /// Every case whose requirement is not met makes a finding, not only the first.
    #[serde(default)]
    pub every_case: bool,
    /// A single case may be written without `cases`.
    #[serde(default)]
    pub require: Vec<Clause>,
    /// Its report.
    #[serde(default)]
    pub report: Option<ReportSpec>,
    /// Its fix.
    #[serde(default)]
    pub fix: Option<FixSpec>,
    /// The rule's tests.
    pub examples: Vec<ExampleSpec>,
}

/// `definitions.yaml` of a pack: what its rules share.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DefinitionsSpec {
    /// Words that differ by the type of the resource. `{{name}}` in a path, a value or a text of a rule stands for the
    /// word; as an element of a list, for all words of a list.
    #[serde(default)]
    pub terms: Terms,
    /// Clauses by name, for `holds`.
    #[serde(default)]
    pub conditions: BTreeMap<String, Clause>,
}

/// `rules/troubleshooting.yaml`: what a page tells to look at when something has failed, in the order of the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TroubleshootingSpec {
    /// Address of the page.
    pub page: String,
    /// Its sections.
    pub sections: Vec<SectionSpec>,
}

/// A section of the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SectionSpec {
    /// Its heading, as it stands on the page.
    pub heading: String,
    /// What it tells to look at.
    pub entries: Vec<EntrySpec>,
}

/// A bullet, a box, or a heading with nothing below it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EntrySpec {
    /// What rules and diagnoses call it by, in kebab-case.
    pub id: String,
    /// What it says, in our words.
    pub says: String,
    /// Id of the rule or diagnosis of which an example shows it best.
    pub shown_by: String,
    /// Title of the example, when it is not the first that fails; a diagnosis shows its first.
    #[serde(default)]
    pub example: Option<String>,
}

/// Words by their name, then by the last part of the resource's type.
pub type Terms = BTreeMap<String, BTreeMap<String, TermSpec>>;

/// A word, or a list of words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TermSpec {
    /// One word.
    Word(String),
    /// Several.
    List(Vec<String>),
}

/// A severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeveritySpec {
    /// `error`.
    Error,
    /// `warning`.
    Warning,
    /// `info`.
    Info,
}

/// Whether a rule runs unasked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusSpec {
    /// Runs by default.
    #[default]
    Stable,
    /// Runs by default, but its fact is unconfirmed.
    Preview,
    /// Runs when selected.
    Off,
}

/// Who decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckSpec {
    /// The clauses of the file.
    #[default]
    Declarative,
    /// Rust code.
    Native,
}

/// The resources that a rule looks at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SelectSpec {
    /// Full resource types, in any case.
    pub resource: Vec<String>,
    /// Whether resources that are only referred to count as well.
    #[serde(default)]
    pub existing: bool,
    /// The rule is silent unless the template also declares a resource of one of these types.
    #[serde(default)]
    pub beside: Vec<String>,
}

/// Other resources of the deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RelatedSpec {
    /// Full resource types, in any case.
    pub resource: Vec<String>,
    /// Whether resources that are only referred to count as well.
    #[serde(default)]
    pub existing: bool,
    /// Those of which all of this holds; paths to them start with `@`.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Clause>,
}

/// One case of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseSpec {
    /// The case applies where all of these hold.
    #[serde(default)]
    pub when: Vec<Clause>,
    /// What has to hold. A clause about an absent value holds, except `exists`, `given` and `known`. Without any, the
    /// case itself is the mistake.
    #[serde(default)]
    pub require: Vec<Clause>,
    /// The severity of the finding, if not the rule's.
    #[serde(default)]
    pub severity: Option<SeveritySpec>,
    /// The finding.
    pub report: ReportSpec,
    /// What mends it.
    #[serde(default)]
    pub fix: Option<FixSpec>,
}

/// Something that holds, does not hold, or cannot be known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Clause {
    /// A JSONPath with exactly one operator: from the resource (`$.name`), or from the element or the related resource
    /// that is asked about (`@.name`). What a path with several ends leads to has to pass the test, all of it.
    pub path: Option<String>,
    /// The resources of this name in `related`, instead of a path, with `some`, `none` or `each`.
    pub of: Option<String>,
    /// All of these hold.
    pub all: Option<Vec<Clause>>,
    /// One of these holds.
    pub any: Option<Vec<Clause>>,
    /// This does not hold.
    pub not: Option<Box<Clause>>,
    /// This is known to hold: what is unknown counts as not so.
    pub certain: Option<Box<Clause>>,
    /// The condition of this name holds.
    pub holds: Option<String>,

    /// At least one element, or related resource, meets all of these; an empty list asks that there is one.
    pub some: Option<Vec<Clause>>,
    /// No element, or related resource, meets all of these.
    pub none: Option<Vec<Clause>>,
    /// Every element, or related resource, meets all of these.
    pub each: Option<Vec<Clause>>,

    /// The value is there: not absent, not null, not an empty string.
    pub exists: Option<bool>,
    /// Like `exists`, but a value that nobody knows counts as one.
    pub given: Option<bool>,
    /// The value is known; what is absent is known.
    pub known: Option<bool>,
    /// The value is this one; strings compare by case.
    pub equals: Option<serde_json::Value>,
    /// The value is not this one.
    pub not_equals: Option<serde_json::Value>,
    /// The value is one of these.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<serde_json::Value>>,
    /// The value is none of these.
    pub not_in: Option<Vec<serde_json::Value>>,
    /// The value is one of these strings, without regard to ASCII case.
    pub in_ignore_case: Option<Vec<String>>,
    /// The value is none of these strings, without regard to ASCII case.
    pub not_in_ignore_case: Option<Vec<String>>,
    /// The string is spelt much like one of these.
    pub similar_to: Option<Vec<String>>,
    /// The value is that at this path; strings compare by case.
    pub same_as: Option<String>,
    /// Every element is one of these.
    pub subset_of: Option<Vec<serde_json::Value>>,
    /// The string matches this regular expression.
    pub matches: Option<String>,
    /// The string does not match this regular expression.
    pub not_matches: Option<String>,
    /// Number of elements of an array or characters of a string. Of an array that is put together from several, the
    /// known elements are the least that there are.
    pub length: Option<RangeSpec>,
    /// The number is within these bounds.
    pub number: Option<RangeSpec>,
    /// Days from now until the time, a date or the seconds since 1970; negative for the past.
    pub days_left: Option<RangeSpec>,
    /// The value is of this type: `string`, `array`, `object`, `bool`, `int`, `number` or `null`.
    pub is: Option<String>,
    /// The API version.
    pub api_version: Option<ApiVersionSpec>,
    /// The role definition, in any spelling, is one of these, by name or id.
    pub role: Option<Vec<String>>,
    /// The value is the id or the identity of a resource.
    pub refers_to: Option<RefersToSpec>,
    /// The value is the id of a resource of one of these types.
    pub id_of: Option<Vec<String>>,
    /// The value is the id of a child of this resource: `self`, `@`, or a name of `related`.
    pub child_of: Option<String>,
    /// The value is the URI of a blob container or a vault's secret in this storage account or key vault, or in this
    /// resource of one: `self`, `@`, or a name of `related`.
    pub leads_to: Option<String>,
    /// No element stands twice.
    pub unique: Option<bool>,
    /// Inside the rule's `each`: something equal came before, without regard to ASCII case.
    pub repeated: Option<bool>,
    /// The resource has a property that is named like one of these, or much like it, anywhere but on the way of the
    /// path: what is missing there may only be misspelt or misplaced.
    pub astray: Option<Vec<String>>,
    /// The value is the same at each deployment.
    pub constant: Option<bool>,
}

/// The types that a value may be of.
pub const TYPES: [&str; 7] = ["null", "bool", "int", "number", "string", "array", "object"];

/// Bounds, both inclusive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RangeSpec {
    /// The least.
    pub min: Option<i64>,
    /// The most.
    pub max: Option<i64>,
}

/// Demands on an API version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ApiVersionSpec {
    /// The oldest: by date, then preview before GA.
    pub min: Option<String>,
    /// The newest.
    pub max: Option<String>,
    /// Whether the version defines the resource's type.
    pub defines_type: Option<bool>,
}

/// What a value refers to: exactly one of these, each `self`, `@` (the related resource that is asked about) or a name of
/// `related`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RefersToSpec {
    /// The principal of the resource's identity, system-assigned or user-assigned.
    pub identity_of: Option<String>,
    /// The resource itself.
    pub resource: Option<String>,
}

/// How a finding is reported.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportSpec {
    /// Where: a path; without one, where the requirement failed.
    #[serde(default)]
    pub at: Option<String>,
    /// What is wrong. `{{value}}` is the value there, `{{key}}` the name of its property, `{{count}}` the number of its
    /// elements and `{{right}}` what the fix puts in its place; `{{name}}` and `{{kind}}` are the resource's own name
    /// and type, `{{$.path}}` is the value at a path, and other names are `terms`.
    pub message: String,
    /// Why this place.
    #[serde(default)]
    pub label: Option<String>,
    /// Other places.
    #[serde(default)]
    pub also: Vec<AlsoSpec>,
    /// What to do.
    #[serde(default)]
    pub help: Option<String>,
}

/// Another place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AlsoSpec {
    /// The first of the related resources of this name is what `@` in the path starts at.
    #[serde(default)]
    pub of: Option<String>,
    /// A path.
    pub at: String,
    /// What it has to do with the finding.
    pub label: String,
}

/// What mends a finding: exactly one of the changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FixSpec {
    /// Replace the value where the finding is by this one.
    #[serde(default)]
    pub replace: Option<serde_json::Value>,
    /// Replace the string where the finding is by what stands here for it, looked up without regard to case.
    #[serde(default)]
    pub spelling: Option<BTreeMap<String, String>>,
    /// Replace the string where the finding is by the one of these that it is spelt much like.
    #[serde(default)]
    pub similar: Option<Vec<String>>,
    /// Replace a part of the text where the finding is by what stands here for it, looked up without regard to case.
    #[serde(default)]
    pub part: Option<BTreeMap<String, String>>,
    /// Remove the element where the finding is.
    #[serde(default)]
    pub remove_element: Option<bool>,
    /// Set the property at this path.
    #[serde(default)]
    pub set: Option<SetSpec>,
    /// Remove the property at this path.
    #[serde(default)]
    pub remove: Option<String>,
    /// Whether it may be applied without asking.
    pub safety: SafetySpec,
    /// It is safe where all of these are known to hold.
    #[serde(default)]
    pub safe_when: Vec<Clause>,
}

/// Set a property.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SetSpec {
    /// Path of the property.
    pub path: String,
    /// Its value.
    pub value: serde_json::Value,
}

/// Whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SafetySpec {
    /// Keeps the author's intent.
    Safe,
    /// The author has to judge.
    Unsafe,
}

/// An example, which is a test. The marks `«` and `»` enclose, in order, the primary spans of the findings; `‹` and `›`
/// enclose all other places that these label, which go unchecked where no such mark is. Marks are taken out before the
/// text is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExampleSpec {
    /// What it shows.
    #[serde(default)]
    pub title: Option<String>,
    /// An ARM JSON template with at least one finding.
    #[serde(default)]
    pub fail_arm: Option<String>,
    /// An ARM JSON template without one.
    #[serde(default)]
    pub pass_arm: Option<String>,
    /// A Bicep file with at least one finding.
    #[serde(default)]
    pub fail_bicep: Option<String>,
    /// A Bicep file without one.
    #[serde(default)]
    pub pass_bicep: Option<String>,
    /// Files of any kind by name, such as `blob.json`, with at least one finding.
    #[serde(default)]
    pub fail_file: BTreeMap<String, String>,
    /// Such files without one.
    #[serde(default)]
    pub pass_file: BTreeMap<String, String>,
    /// Other files by name, such as `main.parameters.json` beside `main.json`; they may hold marks, too.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The severity of the findings, if not the rule's.
    #[serde(default)]
    pub severity: Option<SeveritySpec>,
    /// The witness of the findings.
    #[serde(default)]
    pub witness: Option<String>,
    /// The first file after its fixes, safe and unsafe, were applied.
    #[serde(default)]
    pub fixed: Option<String>,
}
