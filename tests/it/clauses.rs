//! The clause language, operator by operator, with tiny rules over tiny templates.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll::diagnostic::Diagnostic;
use plimsoll::engine::rule::Rule;
use plimsoll::engine::run::{RuleSet, Runnable, run};
use plimsoll::engine::spec::{DefinitionsSpec, RuleSpec};
use plimsoll::engine::view::ProjectView;
use plimsoll::evaluate::{Context, Evaluator, Inputs};
use plimsoll::project::{self, Input};

const THING: &str = "Contoso.Test/things";

/// A rule with this logic.
fn rule(logic: &str) -> Result<RuleSpec, String> {
    let head =
        "{id: a-rule, severity: error, since: 0.1.0, summary: s, why: w, how-to-fix: h, links: [], examples: [], ";
    serde_saphyr::from_str(&format!("{head}{logic}}}")).map_err(|error| error.to_string())
}

/// What a rule finds in a file, each finding with the text it points at, and the number of open questions.
fn find_in(path: &str, text: &str, logic: &str) -> (Vec<(Diagnostic, String)>, usize) {
    let rule = Rule::new("test", rule(logic).unwrap(), Arc::new(DefinitionsSpec::default()));
    let types = rule.select.as_ref().unwrap().types.clone();
    for ty in types {
        assert_eq!(rule.clauses(&ty).map(|_| ()), Ok(()), "{logic}");
    }
    run_in(path, text, &rule)
}

/// What the rule finds in a file, whether it can be compiled or not.
fn run_in(path: &str, text: &str, rule: &Rule) -> (Vec<(Diagnostic, String)>, usize) {
    let input = Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: true };
    let read = project::read(vec![input], &|_: &str| None);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let context = Context::at(crate::examples::NOW.parse().unwrap());
    let (links, template) = (HashMap::new(), &read.templates[0].template);
    let inputs = Inputs { template, parameter_files: &[], overrides: None, links: &links, context: &context };
    let rules = RuleSet::new(vec![Runnable { rule, native: None }]);
    let found = run(&rules, &mut Evaluator::new(inputs), &read.sources, &ProjectView::default());
    let at = |diagnostic: Diagnostic| {
        let text = read.sources.text(diagnostic.primary.span).to_owned();
        (diagnostic, text)
    };
    (found.diagnostics.into_iter().map(at).collect(), found.undecided.len())
}

/// The build refuses such a rule; one that got past it is no rule that finds nothing.
#[test]
fn a_rule_that_does_not_compile_is_an_error_where_it_would_have_run() {
    let logic = r#""select": {"resource": ["@T@"]}, "require": [{"path": "$.name", "matches": "("}], "report": {"message": "x"}"#;
    let rule = Rule::new("test", rule(&logic.replace("@T@", THING)).unwrap(), Arc::new(DefinitionsSpec::default()));
    let (found, _) = run_in("main.json", &thing("{}"), &rule);
    let [(diagnostic, at)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&*diagnostic.rule, at.trim_matches('"')), ("internal-error", THING));
    assert!(
        diagnostic.message.starts_with(&format!("the rule `{}` does not compile: ", rule.metadata.id)),
        "{diagnostic:?}"
    );
}

/// A template with open parameters and these resources.
fn template(resources: &str) -> String {
    let parameters = r#"{"open": {"type": "string"}, "list": {"type": "array"},
        "choice": {"type": "string", "allowedValues": ["a", "b"]}}"#;
    format!(
        r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "parameters": {parameters}, "resources": [{resources}]}}"#
    )
}

fn thing(properties: &str) -> String {
    template(&format!(
        r#"{{"type": "{THING}", "apiVersion": "2024-05-01-preview", "name": "thing", "properties": {properties}}}"#
    ))
}

/// Whether the requirement `clause` is met by a thing with these properties.
fn ask(clause: &str, properties: &str) -> &'static str {
    answer(&format!("require: [{clause}], report: {{message: m}}"), properties)
}

/// The same of the condition `clause`, of which an absent value meets nothing.
fn ask_when(clause: &str, properties: &str) -> &'static str {
    match answer(&format!("when: [{clause}], require: [], report: {{message: m}}"), properties) {
        "fails" => "holds",
        "holds" => "fails",
        other => other,
    }
}

fn answer(logic: &str, properties: &str) -> &'static str {
    let logic = format!("select: {{resource: [{THING}]}}, {logic}");
    match find_in("main.json", &thing(properties), &logic) {
        (found, 0) if found.is_empty() => "holds",
        (found, _) if found.is_empty() => "unknown",
        _ => "fails",
    }
}

const OPEN: &str = r#"{"p": "[parameters('open')]"}"#;
const LIST: &str = r#"{"p": "[parameters('list')]"}"#;
const MIXED: &str = r#"{"p": ["a", "[parameters('open')]"]}"#;

#[test]
fn each_operator_tells_what_holds_what_fails_and_what_is_unknown() {
    for (operator, holds, fails, open) in [
        ("exists: true", "'a'", "''", OPEN),
        ("exists: false", "''", "'a'", OPEN),
        ("given: true", "\"[parameters('open')]\"", "''", ""),
        ("known: true", "'a'", "\"[parameters('open')]\"", ""),
        ("equals: a", "'a'", "'A'", OPEN),
        ("equals: 1", "1", "'1'", OPEN),
        ("notEquals: a", "'A'", "'a'", OPEN),
        ("in: [a, 2]", "2", "'b'", OPEN),
        ("notIn: [a, 2]", "'b'", "'a'", OPEN),
        ("inIgnoreCase: [Aa]", "'aA'", "'b'", OPEN),
        ("notInIgnoreCase: [Aa]", "3", "'aA'", OPEN),
        ("similarTo: [OverwriteBlobs]", "'OverwriteBlob'", "'Other'", OPEN),
        ("subsetOf: [a, b]", "['a']", "['a', 'c']", MIXED),
        ("matches: '^a+$'", "'aa'", "'ab'", OPEN),
        ("notMatches: '^a+$'", "'ab'", "'aa'", OPEN),
        ("length: {min: 1, max: 2}", "['a', 'b']", "[]", LIST),
        ("length: {max: 2}", "'aä'", "'abc'", OPEN),
        ("number: {min: 1, max: 2}", "2", "3", OPEN),
        ("daysLeft: {min: 0, max: 30}", "'2026-12-01'", "'2026-11-22'", OPEN),
        ("daysLeft: {max: -1}", "1700000000", "'2027-11-22T10:00:00Z'", OPEN),
        ("is: array", "[]", "{}", OPEN),
        ("unique: true", "['a', 'b']", "['a', 'b', 'a']", LIST),
        ("some: [{path: '@', equals: a}]", "['b', 'a']", "['b']", MIXED_B),
        ("none: [{path: '@', equals: a}]", "['b']", "['b', 'a']", MIXED_B),
        ("each: [{path: '@', in: [a, b]}]", "['b', 'a']", "['b', 'c']", MIXED),
        ("each: [{path: '@.x', exists: true}]", "[{'x': 1}]", "[{'x': 1}, {}]", LIST),
        ("role: [Storage Blob Data Reader]", "'2A2b9908-6ea1-4ae2-8e65-a410df84e7d1'", "'reader'", OPEN),
    ] {
        let clause = format!("{{path: $.properties.p, {operator}}}");
        let property =
            |value: &str| format!("{{\"p\": {}}}", value.replace('\'', "\"").replace("(\"", "('").replace("\")", "')"));
        assert_eq!(ask(&clause, &property(holds)), "holds", "{operator}: {holds}");
        assert_eq!(ask(&clause, &property(fails)), "fails", "{operator}: {fails}");
        if open.contains("parameters") {
            assert_eq!(ask(&clause, open), "unknown", "{operator}");
        }
    }
}

const MIXED_B: &str = r#"{"p": ["b", "[parameters('open')]"]}"#;

#[test]
fn a_clause_about_what_is_absent_holds_in_a_requirement_and_fails_in_a_condition() {
    for operator in ["equals: a", "notEquals: a", "matches: a", "length: {min: 1}", "each: []", "unique: true"] {
        let clause = format!("{{path: $.properties.p, {operator}}}");
        assert_eq!((ask(&clause, "{}"), ask_when(&clause, "{}")), ("holds", "fails"), "{operator}");
        let null = r#"{"p": null}"#;
        assert_eq!((ask(&clause, null), ask_when(&clause, null)), ("holds", "fails"), "{operator}");
        let not = format!("{{not: {clause}}}");
        assert_eq!((ask(&not, "{}"), ask_when(&not, "{}")), ("holds", "fails"), "not {operator}");
    }
    for (operator, answer) in [("exists: true", "fails"), ("given: true", "fails"), ("known: true", "holds")] {
        let clause = format!("{{path: $.properties.p, {operator}}}");
        assert_eq!((ask(&clause, "{}"), ask_when(&clause, "{}")), (answer, answer), "{operator}");
    }
}

#[test]
fn clauses_combine_in_three_values() {
    let (yes, no) = ("{path: $.properties.a, equals: 1}", "{path: $.properties.a, equals: 2}");
    let open = "{path: $.properties.p, equals: x}";
    let properties = r#"{"a": 1, "p": "[parameters('open')]"}"#;
    for (clause, answer) in [
        (format!("{{all: [{yes}, {open}]}}"), "unknown"),
        (format!("{{all: [{open}, {no}]}}"), "fails"),
        (format!("{{any: [{no}, {open}]}}"), "unknown"),
        (format!("{{any: [{open}, {yes}]}}"), "holds"),
        (format!("{{not: {open}}}"), "unknown"),
        (format!("{{not: {no}}}"), "holds"),
        (format!("{{certain: {open}}}"), "fails"),
        (format!("{{not: {{certain: {open}}}}}"), "holds"),
        (format!("{{certain: {yes}}}"), "holds"),
    ] {
        assert_eq!(ask(&clause, properties), answer, "{clause}");
    }
}

#[test]
fn what_is_partly_known_is_told_by_its_known_part() {
    let mixed = r#"{"p": "[concat('a', parameters('open'))]"}"#;
    assert_eq!(ask("{path: $.properties.p, exists: true}", mixed), "holds");
    let list = r#"{"p": "[concat(createArray('a', 'b'), parameters('list'))]"}"#;
    assert_eq!(ask("{path: $.properties.p, length: {min: 2}}", list), "holds");
    assert_eq!(ask("{path: $.properties.p, length: {max: 1}}", list), "fails");
    assert_eq!(ask("{path: $.properties.p, length: {max: 2}}", list), "unknown");
    // What an unknown object holds is neither given nor missing.
    let object = r#"{"p": "[json(parameters('open'))]"}"#;
    for operator in ["exists: true", "given: true", "exists: false"] {
        assert_eq!(ask(&format!("{{path: $.properties.p.x, {operator}}}"), object), "unknown", "{operator}");
    }
    assert_eq!(ask("{path: $.properties.p.x, known: true}", object), "unknown");
    assert_eq!(ask("{path: $.properties.p.x, known: false}", object), "holds");
}

#[test]
fn a_value_is_compared_with_another() {
    let clause = "{path: $.properties.p, sameAs: $.properties.q}";
    assert_eq!(ask(clause, r#"{"p": "a", "q": "a"}"#), "holds");
    assert_eq!(ask(clause, r#"{"p": "a", "q": "A"}"#), "fails");
    assert_eq!(ask(clause, r#"{"p": "a", "q": "[parameters('open')]"}"#), "unknown");
    let clause = "{path: $.properties.p, constant: true}";
    assert_eq!(ask(clause, r#"{"p": "a"}"#), "holds");
    assert_eq!(ask(clause, r#"{"p": "[newGuid()]"}"#), "fails");
}

#[test]
fn what_is_missing_may_be_astray() {
    let clause = "{path: $.properties.target.keyVaultUri, astray: [keyVaultUri, secretUri]}";
    for (properties, answer) in [
        (r#"{"target": {"keyVaultUrl": 1}}"#, "holds"),
        (r#"{"keyvaulturi": 1}"#, "holds"),
        (r#"{"target": {"secretUri": 1}}"#, "holds"),
        (r#"{"target": {"keyVaultUri": ""}}"#, "fails"),
        (r#"{"target": {"uri": "keyVaultUri"}}"#, "fails"),
    ] {
        assert_eq!(ask(clause, properties), answer, "{properties}");
    }
}

#[test]
fn api_versions_are_ordered_by_date_and_stage() {
    for (operator, answer) in [
        ("min: 2024-05-01-preview", "holds"),
        ("min: 2024-05-01", "fails"),
        ("min: 2024-04-30, max: 2024-05-01", "holds"),
        ("max: 2024-04-30", "fails"),
        // Nothing is known of the versions of this type.
        ("definesType: true", "unknown"),
    ] {
        assert_eq!(ask(&format!("{{path: $.apiVersion, apiVersion: {{{operator}}}}}"), "{}"), answer, "{operator}");
    }
}

#[test]
fn a_finding_says_under_which_choice_it_holds() {
    let logic = format!(
        "select: {{resource: [{THING}]}}, require: [{{path: $.properties.p, equals: a}}], report: {{message: m}}"
    );
    let (found, undecided) = find_in("main.json", &thing(r#"{"p": "[parameters('choice')]"}"#), &logic);
    assert_eq!((found.len(), undecided, &*found[0].1), (1, 0, "\"b\""));
    assert_eq!(found[0].0.witness.as_deref(), Some("when `choice` is 'b'"));
}

#[test]
fn a_rule_asks_its_cases_of_each_element() {
    let logic = format!(
        "select: {{resource: [{THING}]}}, each: '$.properties.p[*]',
        cases: [
          {{when: [{{path: '@', repeated: true}}], report: {{message: 'twice {{{{value}}}}'}},
            fix: {{remove-element: true, safety: safe}}}},
          {{require: [{{path: '@', in: [Aa, Bb]}}], severity: info, report: {{message: 'not {{{{right}}}}'}},
            fix: {{spelling: {{aa: Aa}}, safety: safe, safe-when: []}}}}]"
    );
    let (found, _) = find_in("main.json", &thing(r#"{"p": ["aa", "Aa", "Bb", "", "x"]}"#), &logic);
    let shown: Vec<_> = found.iter().map(|(found, at)| (&*found.message, &**at, found.fix.is_some())).collect();
    assert_eq!(shown, [("not Aa", "\"aa\"", true), ("twice Aa", "\"Aa\"", true), ("not nothing", "\"x\"", false)]);
}

#[test]
fn the_first_case_speaks_or_all_do() {
    let cases = "cases: [{require: [{path: $.properties.p, equals: 1}], report: {message: one}},
        {require: [{path: $.properties.p, equals: 2}], report: {message: two}}]";
    for (more, wanted) in [("", vec!["one"]), (", every-case: true", vec!["one", "two"])] {
        let logic = format!("select: {{resource: [{THING}]}}, {cases}{more}");
        let (found, _) = find_in("main.json", &thing(r#"{"p": 3}"#), &logic);
        assert_eq!(found.iter().map(|(found, _)| &*found.message).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn terms_are_words_for_the_type_of_the_resource() {
    let text = template(
        r#"{"type": "Contoso.Test/things", "apiVersion": "2024-05-01", "name": "thing", "properties": {"p": "x"}},
        {"type": "Contoso.Test/others", "apiVersion": "2024-05-01", "name": "other", "properties": {"q": "y"}}"#,
    );
    let logic = "select: {resource: [Contoso.Test/things, Contoso.Test/others]},
        terms: {place: {things: $.properties.p, others: $.properties.q}, known: {things: [x, z], others: [z, zz]}},
        conditions: {is-known: {path: '{{place}}', in: ['{{known}}']}},
        require: [{holds: is-known}], report: {at: '{{place}}', message: 'one of {{known}}, not {{value}}: {{kind}} {{name}}'}";
    let (found, _) = find_in("main.json", &text, logic);
    let shown: Vec<_> = found.iter().map(|(found, at)| (&*found.message, &**at)).collect();
    assert_eq!(shown, [("one of `z`, `zz`, not y: others other", "\"y\"")]);
}

const REGISTRY: &str = "Microsoft.ContainerRegistry/registries";

fn registry_and_pipeline(parent: &str) -> String {
    template(&format!(
        r#"{{"type": "{REGISTRY}", "apiVersion": "2023-07-01", "name": "contoso", "properties": {{}}}},
        {{"type": "{REGISTRY}/exportPipelines", "apiVersion": "2023-01-01-preview", "name": "{parent}",
          "properties": {{"target": {{"uri": "https://account.blob.core.windows.net/box"}}}}}},
        {{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "account"}},
        {{"type": "Microsoft.Storage/storageAccounts/blobServices/containers", "apiVersion": "2023-01-01",
          "name": "account/default/box"}}"#
    ))
}

#[test]
fn resources_are_related_by_id_and_by_uri() {
    let child = format!(
        "select: {{resource: [{REGISTRY}]}},
        related: {{child: {{resource: [{REGISTRY}/exportPipelines], where: [{{path: '@.id', childOf: self}}]}}}}"
    );
    let pipeline = |parent: &str, clause: &str| {
        let report = "report: {message: m, also: [{of: child, at: '@.properties.target.uri', label: l}]}";
        let logic = format!("{child}, require: [{{of: child, {clause}}}], {report}");
        let (found, undecided) = find_in("main.json", &registry_and_pipeline(parent), &logic);
        (found.len(), found.first().map_or(0, |(found, _)| found.related.len()), undecided)
    };
    let uri = "{path: '@.properties.target.uri', exists: true}";
    assert_eq!(pipeline("contoso/p", "some: []"), (0, 0, 0));
    assert_eq!(pipeline("contoso/p", "none: []"), (1, 1, 0));
    assert_eq!(pipeline("contoso/p", &format!("each: [{uri}]")), (0, 0, 0));
    assert_eq!(pipeline("contoso/p", &format!("none: [{uri}]")), (1, 1, 0));
    assert_eq!(pipeline("other/p", "some: []"), (1, 0, 0));
    assert_eq!(pipeline("[concat(parameters('open'), '/p')]", "none: []"), (0, 0, 1));

    for (ty, wanted) in [("storageAccounts", 1), ("storageAccounts/blobServices/containers", 1)] {
        let logic = format!(
            "select: {{resource: [Microsoft.Storage/{ty}]}},
            related: {{user: {{resource: [{REGISTRY}/exportPipelines],
              where: [{{path: '@.properties.target.uri', leadsTo: self}}]}}}},
            require: [{{of: user, none: []}}], report: {{message: m}}"
        );
        let text = registry_and_pipeline("contoso/p");
        assert_eq!(find_in("main.json", &text, &logic).0.len(), wanted, "{ty}");
        let elsewhere = text.replace("\"account\"", "\"another\"").replace("account/default", "another/default");
        assert_eq!(find_in("main.json", &elsewhere, &logic).0.len(), 0, "{ty}");
    }
}

/// Whether the principal id `value`, in a role assignment beside a pipeline with this identity, is the pipeline's.
fn is_identity(identity: &str, value: &str) -> &'static str {
    let ty = format!("{REGISTRY}/exportPipelines");
    let text = template(&format!(
        r#"{{"type": "{ty}", "apiVersion": "2025-06-01-preview", "name": "contoso/p", "identity": {identity}}},
        {{"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "n",
          "properties": {{"principalId": "{value}"}}}}"#
    ));
    let logic = format!(
        "select: {{resource: [Microsoft.Authorization/roleAssignments]}}, related: {{pipe: {{resource: [{ty}]}}}},
        require: [{{path: $.properties.principalId, refersTo: {{identityOf: pipe}}}}], report: {{message: m}}"
    );
    match find_in("main.json", &text, &logic) {
        (found, 0) if found.is_empty() => "holds",
        (found, _) if found.is_empty() => "unknown",
        _ => "fails",
    }
}

#[test]
fn an_identity_is_told_in_every_spelling() {
    let system = r#"{"type": "SystemAssigned"}"#;
    let id = "resourceId('Microsoft.ContainerRegistry/registries/exportPipelines', 'contoso', 'p')";
    let full = format!("reference({id}, '2025-06-01-preview', 'Full').identity.principalId");
    assert_eq!(is_identity(system, &format!("[{full}]")), "holds");
    assert_eq!(is_identity(system, &format!("[if(equals(parameters('open'), 'x'), {full}, 'y')]")), "holds");
    let other = full.replace("'p'", "'q'");
    assert_eq!(is_identity(system, &format!("[{other}]")), "fails");
    assert_eq!(is_identity(system, "[parameters('open')]"), "unknown");

    let own = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'me')";
    let user = format!(r#"{{"type": "UserAssigned", "userAssignedIdentities": {{"[{own}]": {{}}}}}}"#);
    let principal = |id: &str| format!("[reference({id}, '2023-01-31').principalId]");
    assert_eq!(is_identity(&user, &principal(own)), "holds");
    assert_eq!(is_identity(&user, &principal(&own.replace("me", "you"))), "fails");
    assert_eq!(is_identity(&user, &format!("[{full}]")), "fails");
    let map =
        format!("[reference({id}, '2025-06-01-preview', 'Full').identity.userAssignedIdentities[{own}].principalId]");
    assert_eq!(is_identity(&user, &map), "holds");
}

#[test]
fn symbols_of_bicep_are_the_same_identities_and_ids() {
    let text = "resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = { name: 'contoso' }
resource pipe 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'p'
  identity: { type: 'SystemAssigned' }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: 'n'
  properties: { principalId: pipe.identity.principalId, description: pipe.id, x: registry.id }
}
";
    for (path, operator, findings) in [
        ("principalId", "refersTo: {identityOf: pipe}", 0),
        ("description", "refersTo: {resource: pipe}", 0),
        ("x", "refersTo: {resource: pipe}", 1),
        ("description", "idOf: [Microsoft.ContainerRegistry/registries/exportPipelines]", 0),
        ("x", "idOf: [Microsoft.ContainerRegistry/registries/exportPipelines]", 1),
    ] {
        let logic = format!(
            "select: {{resource: [Microsoft.Authorization/roleAssignments]}},
            related: {{pipe: {{resource: [{REGISTRY}/exportPipelines]}}}},
            require: [{{path: $.properties.{path}, {operator}}}], report: {{message: m}}"
        );
        let (found, undecided) = find_in("main.bicep", text, &logic);
        assert_eq!((found.len(), undecided), (findings, 0), "{path} {operator}");
    }
}

#[test]
fn a_role_is_told_in_every_spelling() {
    let id = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    let full = format!("/providers/Microsoft.Authorization/roleDefinitions/{id}");
    let call = |name: &str| format!("[{name}('Microsoft.Authorization/roleDefinitions', '{id}')]");
    let concat = format!("[concat(subscription().id, '{full}')]");
    for value in [id, &full, &call("subscriptionResourceId"), &call("tenantResourceId"), &call("resourceId"), &concat] {
        let properties = format!("{{\"p\": \"{value}\"}}");
        for role in ["Storage Blob Data Reader", id] {
            assert_eq!(ask(&format!("{{path: $.properties.p, role: [{role}]}}"), &properties), "holds", "{value}");
        }
        assert_eq!(ask("{path: $.properties.p, role: [Owner]}", &properties), "fails", "{value}");
    }
}

#[test]
fn a_mistake_in_a_rule_file_is_told() {
    let wrong = |logic: &str| {
        let rule = Rule::new("test", rule(logic).unwrap(), Arc::new(DefinitionsSpec::default()));
        rule.clauses("contoso.test/things").map(|_| ()).unwrap_err().to_owned()
    };
    let head =
        format!("select: {{resource: [{THING}]}}, report: {{message: m}}, related: {{pipeline: {{resource: []}}}}");
    for (logic, message) in [
        ("require: [{path: $.a, equals: 1, exists: true}]", "a clause has exactly one operator, this one has 2"),
        ("require: [{path: $.a}]", "a clause has exactly one operator, this one has 0"),
        ("require: [{exists: true}]", "an operator needs a `path`"),
        ("require: [{some: []}]", "`some`, `none` and `each` go with a `path` or with `of`"),
        ("require: [{of: pipelin, some: []}]", "there is no `pipelin` in `related`; did you mean `pipeline`?"),
        ("require: [{path: $.a, refersTo: {resource: x}}]", "there is no `x` in `related`"),
        ("require: [{path: $.a, role: [Ownr]}]", "unknown role `Ownr`"),
        (
            "require: [{path: $.a, is: text}]",
            "there is no type `text`; the types are null, bool, int, number, string, array, object",
        ),
        ("require: [{path: '$.{{no}}', exists: true}]", "there is no term `no`"),
        (
            "terms: {t: {others: x}}, require: [{path: '$.{{t}}', exists: true}]",
            "the term `t` says nothing for `things`",
        ),
        (
            "conditions: {reads: {path: $.a, exists: true}}, require: [{holds: read}]",
            "there is no condition `read`; did you mean `reads`?",
        ),
        ("conditions: {a: {holds: a}}, require: [{holds: a}]", "the condition `a` is defined by itself"),
        (
            "require: [{path: $.a, exists: true}], fix: {replace: 1, remove: $.a, safety: safe}",
            "a fix makes exactly one change, this one makes 2",
        ),
    ] {
        assert_eq!(wrong(&format!("{head}, {logic}")), message, "{logic}");
    }
    assert!(wrong(&format!("{head}, require: [{{path: 'a b', exists: true}}]")).starts_with("`a b` is not a path: "));
    assert!(wrong(&format!("{head}, require: [{{path: $.a, matches: '('}}]")).contains("regex parse error"));
}

#[test]
fn an_unknown_key_in_a_rule_file_is_told_with_its_place() {
    for (logic, key) in [
        ("selekt: {}", "selekt"),
        ("require: [{path: $.a, equal: 1}]", "equal"),
        ("related: {a: {resource: [], wher: []}}", "wher"),
        ("fix: {replace: 1, safety: safe, safeWhen: []}", "safeWhen"),
    ] {
        let error = rule(logic).unwrap_err();
        assert!(error.contains(key) && error.contains("line"), "{error}");
    }
}
