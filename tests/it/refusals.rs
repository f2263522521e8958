//! What Azure refuses to evaluate is told once, within the expression, wherever the service evaluates it, and nowhere else.

use plimsoll::lint::{Input, Settings, lint};
use serde_json::{Value, json};

use crate::examples::NOW;

/// Expressions that fail whatever the deployment.
const FAILING: [&str; 18] = [
    "int('x')",
    "json('{')",
    "substring('ab', 1, 5)",
    "createArray(1, 2)[2]",
    "createObject('a', 1).b",
    "div(1, 0)",
    "first(5)",
    "split(1, ',')",
    "cidrSubnet('net', 24, 0)",
    "dateTimeAdd('today', 'P1D')",
    "base64ToString('*')",
    "range(-1, -2)",
    "resourceId('Contoso.A/as', 'x', 'y')",
    "if('yes', 1, 2)",
    "and(true(), 'x')",
    "format('{1}', 'a')",
    "fail('no')",
    "map(createArray('a'), lambda('it', int(lambdaVariables('it'))))",
];

/// The places of a template, whether each is evaluated, and a template with `EXPRESSION` there.
fn places() -> Vec<(&'static str, bool, Value)> {
    let resource = |members: Value| {
        let mut resource = json!({"type": "Contoso.A/as", "apiVersion": "2024-01-01", "name": "n"});
        resource.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        json!({"resources": [resource]})
    };
    let expression = "[EXPRESSION]";
    let nested = |evaluation: &str, template: Value, given: Value| {
        let template = json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": [], "parameters": {}
        })
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .chain(template.as_object().unwrap().clone())
        .collect::<serde_json::Map<_, _>>();
        json!({"resources": [{
            "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
            "properties": {
                "mode": "Incremental", "expressionEvaluationOptions": {"scope": evaluation},
                "parameters": given, "template": template
            }
        }]})
    };
    let output = |members: Value| {
        let mut output = json!({"type": "array", "value": [expression]});
        output.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        json!({"outputs": {"o": output}})
    };
    let anything = json!({"p": {"type": "array"}});
    vec![
        ("a variable", true, json!({"variables": {"v": {"a": [expression]}}})),
        ("a default", true, json!({"parameters": {"p": {"type": "array", "defaultValue": [expression]}}})),
        ("an output", true, output(json!({}))),
        ("an output that is never there", false, output(json!({"condition": false}))),
        ("a property", true, resource(json!({"properties": {"a": {"b": expression}}}))),
        ("a tag", true, resource(json!({"tags": {"a": expression}}))),
        ("a property of what is never deployed", false, {
            resource(json!({"condition": "[equals(1, 2)]", "properties": {"a": expression}}))
        }),
        ("the comments of a resource", false, resource(json!({"comments": expression}))),
        ("the metadata of a resource", false, resource(json!({"metadata": {"a": expression}}))),
        ("the metadata of a template", false, json!({"metadata": {"a": expression}})),
        ("a loop of properties", true, {
            let one = json!({"name": "a", "count": 2, "input": {"b": expression}});
            resource(json!({"properties": {"copy": [one]}}))
        }),
        ("a loop that makes nothing", false, {
            let none = json!({"name": "a", "count": "[length(createArray())]", "input": {"b": expression}});
            resource(json!({"properties": {"copy": [none]}}))
        }),
        ("a property of each of several resources", true, {
            resource(
                json!({"name": "[concat('n', copyIndex())]", "copy": {"name": "c", "count": 3}, "tags": {"a": expression}}),
            )
        }),
        ("the branch that is taken", true, json!({"variables": {"v": ["[if(equals(1, 1), EXPRESSION, 0)]"]}})),
        ("the branch that is not taken", false, json!({"variables": {"v": ["[if(equals(1, 2), EXPRESSION, 0)]"]}})),
        ("what is never needed", false, json!({"variables": {"v": ["[or(true(), equals(EXPRESSION, 1))]"]}})),
        (
            "what a deployment is given",
            true,
            nested("Inner", json!({"parameters": anything}), json!({"p": {"value": [expression]}})),
        ),
        (
            "a deployment in the scope around",
            true,
            nested("Outer", json!({"variables": {"v": [expression]}}), json!({})),
        ),
        ("a deployment in its own scope", true, nested("Inner", json!({"variables": {"v": [expression]}}), json!({}))),
    ]
}

/// The findings in `template` about what is refused, each as the text that it marks.
fn refused(template: &Value) -> Vec<(String, String)> {
    let mut whole = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": []
    });
    whole.as_object_mut().unwrap().extend(template.as_object().unwrap().clone());
    let text = whole.to_string();
    let input = Input { path: "main.json".to_owned(), text: Ok(text.clone()), explicit: true };
    let outcome = lint(vec![input], &Settings::at(NOW.parse().unwrap()), &|_: &str| None);
    let rules = ["invalid-argument", "index-out-of-range", "unknown-property", "assertion-failed"];
    let found = outcome.diagnostics.iter().filter(|found| rules.contains(&&*found.rule));
    found.map(|found| (found.rule.to_string(), text[found.primary.span.range()].to_owned())).collect()
}

/// `template` with `expression` in its place.
fn with(template: &Value, expression: &str) -> Value {
    serde_json::from_str(&template.to_string().replace("EXPRESSION", expression)).unwrap()
}

#[test]
fn what_fails_is_told_once_where_it_is_evaluated_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (place, is_evaluated, template) in places() {
        for expression in FAILING {
            let found = refused(&with(&template, expression));
            let is_right = match found.as_slice() {
                [] => !is_evaluated,
                [(_, marked)] => is_evaluated && expression.contains(marked.as_str()),
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{expression} in {place}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_used_several_times_is_told_once() {
    for expression in FAILING {
        let uses = json!({
            "variables": {"v": format!("[{expression}]"), "w": "[string(variables('v'))]"},
            "outputs": {"o": {"type": "string", "value": "[concat(string(variables('v')), variables('w'))]"}}
        });
        assert_eq!(refused(&uses).len(), 1, "{expression}");
    }
}

#[test]
fn choices_that_have_nothing_to_do_with_it_change_nothing() {
    let switches = (0..12).map(|at| format!("switch{at}"));
    let parameters = switches.clone().map(|name| (name, json!({"type": "bool"})));
    let parameters: serde_json::Map<_, _> = parameters.collect();
    let conditional = switches.map(|name| {
        json!({
            "type": "Contoso.B/bs", "apiVersion": "2024-01-01", "name": name,
            "condition": format!("[parameters('{name}')]"), "properties": {"on": format!("[parameters('{name}')]")}
        })
    });
    let conditional: Vec<Value> = conditional.collect();
    for (place, _, template) in places().into_iter().filter(|(place, ..)| *place != "a default") {
        for expression in &FAILING[..6] {
            let alone = with(&template, expression);
            let mut among = alone.clone();
            among["parameters"] = parameters.clone().into();
            let mut resources = among["resources"].as_array().cloned().unwrap_or_default();
            resources.extend(conditional.clone());
            among["resources"] = resources.into();
            assert_eq!(refused(&alone), refused(&among), "{expression} in {place}");
        }
    }
}

/// The findings in `files` about what is refused, each as its file and the text that it marks.
fn refused_of(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let input =
        |(path, text): &(&str, &str)| Input { path: (*path).to_owned(), text: Ok((*text).to_owned()), explicit: true };
    let settings = Settings::at(NOW.parse().unwrap());
    let outcome = lint(files.iter().map(input).collect(), &settings, &|_: &str| None);
    let rules = ["invalid-argument", "index-out-of-range", "unknown-property"];
    let found = outcome.diagnostics.iter().filter(|found| rules.contains(&&*found.rule));
    let shown = found.map(|found| {
        let span = found.primary.span;
        (outcome.sources.file(span.file).path().to_owned(), outcome.sources.text(span).to_owned())
    });
    shown.collect()
}

const MODULE: &str = "param name string\noutput o string = name\n";

#[test]
fn what_a_module_is_given_is_evaluated_in_each_round_of_its_loop() {
    let main = "param items array?\nmodule m 'm.bicep' = [for item in (items ?? []): {\n  name: 'm'\n  params: {\n    \
                name: item.name\n  }\n}]\n";
    let given = |items: &str| format!("using 'main.bicep'\nparam items = {items}\n");
    let refused =
        |items: &str| refused_of(&[("main.bicep", main), ("m.bicep", MODULE), ("main.bicepparam", &given(items))]);
    assert_eq!(refused("[{ name: 'a' }]"), []);
    assert_eq!(refused("[{ name: 'a' }, 'b']"), [("main.bicep".into(), "name".into())]);
}

#[test]
fn the_scope_of_an_existing_resource_is_evaluated_where_resources_have_symbols() {
    let main = |ty: &str| {
        format!(
            "param id {ty}\nresource v 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{\n  name: 'v'\n  scope: \
             resourceGroup(split(id!, '/')[4])\n}}\n"
        )
    };
    let refused = |ty: &str| {
        refused_of(&[("main.bicep", &main(ty)), ("main.bicepparam", "using 'main.bicep'\nparam id = 'v'\n")])
    };
    assert_eq!(refused("string?"), [("main.bicep".into(), "4".into())]);
    // The compiler leaves out an existing resource that nothing uses.
    assert_eq!(refused("string"), []);
}

#[test]
fn an_empty_default_is_not_to_blame_where_it_may_be_given_another_value() {
    let main = "@secure()\nparam id string = ''\nparam other string = ''\noutput a string = split(id, '/')[4]\noutput b \
                string = split(other, '/')[5]\n";
    assert_eq!(refused_of(&[("main.bicep", main)]), []);
    let with_file = refused_of(&[("main.bicep", main), ("main.bicepparam", "using 'main.bicep'\n")]);
    assert_eq!(with_file, [("main.bicep".into(), "4".into()), ("main.bicep".into(), "5".into())]);
    // What asks whether it is empty takes it for a value.
    let asked = "param other string = ''\nresource r 'Contoso.A/as@2024-01-01' = if (!empty(other)) {\n  name: \
                 'r'\n}\noutput b string = split(other, '/')[5]\n";
    assert_eq!(refused_of(&[("main.bicep", asked)]), [("main.bicep".into(), "5".into())]);
}

#[test]
fn a_subscription_is_named_by_a_guid() {
    let main = |scope: &str| {
        format!(
            "param id string = '2222'\nmodule m 'm.bicep' = {{\n  name: 'm'\n  scope: {scope}\n  params: {{\n    name: 'n'\n  }}\n}}\n"
        )
    };
    let refused = |scope: &str| refused_of(&[("main.bicep", &main(scope)), ("m.bicep", MODULE)]);
    assert_eq!(refused("resourceGroup(id, 'g')"), [("main.bicep".into(), "id".into())]);
    assert_eq!(refused("resourceGroup('2222-3333', 'g')"), [("main.bicep".into(), "'2222-3333'".into())]);
    for fine in [
        "resourceGroup('22222222-2222-2222-2222-222222222222', 'g')",
        "resourceGroup('g')",
        "resourceGroup('<id>', 'g')",
    ] {
        assert_eq!(refused(fine), [], "{fine}");
    }
    let nested = json!({"resources": [{
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "subscriptionId": "[concat('a', 'b')]",
        "resourceGroup": "g", "properties": {"mode": "Incremental", "template": {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": []
        }}
    }]});
    assert_eq!(self::refused(&nested), [("invalid-argument".into(), "\"[concat('a', 'b')]\"".into())]);
}

#[test]
fn the_names_of_existing_parents_are_part_of_a_name() {
    let main = |id: &str| {
        format!(
            "resource a 'Contoso.A/as@2024-01-01' existing = {{\n  name: split('{id}', '/')[1]\n}}\nresource b \
             'Contoso.A/as/bs@2024-01-01' = {{\n  parent: a\n  name: 'b'\n}}\n"
        )
    };
    assert_eq!(refused_of(&[("main.bicep", &main("x/y"))]), []);
    assert_eq!(refused_of(&[("main.bicep", &main("x"))]), [("main.bicep".into(), "1".into())]);
}

#[test]
fn an_existing_resource_without_a_symbol_is_evaluated_where_it_is_read() {
    let main = |use_of_it: &str| {
        format!(
            "param on bool = false\nresource v 'Contoso.A/as@2024-01-01' existing = {{\n  name: split('x', '/')[1]\n  scope: \
             resourceGroup(split('x', '/')[2])\n}}\nresource r 'Contoso.B/bs@2024-01-01' = {{\n  name: 'r'\n  properties: \
             {use_of_it}\n}}\n"
        )
    };
    let refused = |use_of_it: &str| {
        let found = refused_of(&[("main.bicep", &main(use_of_it)), ("main.bicepparam", "using 'main.bicep'\n")]);
        found.into_iter().map(|(_, marked)| marked).collect::<Vec<_>>()
    };
    assert_eq!(refused("{}"), Vec::<String>::new());
    assert_eq!(refused("{ a: v.name }"), ["1"]);
    assert_eq!(refused("{ a: '${v.id}' }"), ["1", "2"]);
    assert_eq!(refused("{ a: v.type }"), Vec::<String>::new());
    assert_eq!(refused("{ a: on ? v.name : '' }"), Vec::<String>::new());
}
