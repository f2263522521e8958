//! What the compiler makes of Bicep that speaks of resources, modules, types and files, seen in the snapshot.

use std::collections::BTreeMap;

use plimsoll::evaluate::Context;
use plimsoll::lint::Input;
use plimsoll::snapshot::{Settings, snapshot};
use serde_json::{Value, json};

use crate::corpus::settled;

/// The snapshot of `main.bicep`, beside which the `others` lie.
fn predict(main: &str, others: &[(&str, &str)]) -> Value {
    let input = Input { path: "main.bicep".to_owned(), text: Ok(main.to_owned()), explicit: true };
    let context = Context { deployment_name: Some("main".to_owned()), ..settled() };
    let settings = Settings { file: "main.bicep".to_owned(), context, parameter_files: Vec::new(), overrides: None };
    let load = |path: &str| others.iter().find(|(known, _)| *known == path).map(|(_, text)| Ok(text.as_bytes().into()));
    let predicted = snapshot(vec![input], &settings, &load).unwrap();
    assert_eq!(predicted["diagnostics"], json!([]), "{main}");
    predicted
}

/// The outputs, without the common start of ids.
fn outputs(main: &str, others: &[(&str, &str)]) -> BTreeMap<String, String> {
    let predicted = predict(main, others);
    let start = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg/providers/";
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.replace(start, "…"));
    predicted["outputs"].as_object().unwrap().iter().map(|(name, value)| (name.clone(), shown(value))).collect()
}

/// Checks outputs `name type = expression` against what is expected of each.
fn check(declarations: &str, others: &[(&str, &str)], cases: &[(&str, &str)]) {
    let output = |(at, (expression, _)): (usize, &(&str, &str))| format!("output o{at} object = {expression}\n");
    let asked: String = cases.iter().enumerate().map(output).collect();
    let outputs = outputs(&format!("{declarations}{asked}"), others);
    for (at, (expression, expected)) in cases.iter().enumerate() {
        assert_eq!(outputs[&format!("o{at}")], *expected, "{expression}");
    }
}

#[test]
fn a_resource_that_may_not_be_there_is_asked_safely() {
    let declarations = "param on bool\nresource a 'Contoso.A/as@2024-01-01' existing = if (on) {\n  name: 'x'\n}\n";
    let whole = "if(parameters('on'), reference('…Contoso.A/as/x', '2024-01-01', 'full'), null())";
    check(
        declarations,
        &[],
        &[
            ("a.?name", "[if(parameters('on'), 'x', null())]"),
            ("a.?type", "Contoso.A/as"),
            ("a.?properties", &format!("[tryGet({whole}, 'properties')]")),
            ("a.?properties.b.?c", &format!("[tryGet(tryGet({whole}, 'properties', 'b'), 'c')]")),
            ("a.?b[^1].c", &format!("[tryGet({whole}, 'b', createObject('value', 1, 'fromEnd', true()), 'c')]")),
            ("{ list: [1, 2, 3] }.?list[^3]", "1"),
            (
                "{ list: [1] }.?list[^2].x",
                "[tryGet(createObject('list', createArray(1)), 'list', createObject('value', 2, 'fromEnd', true()), 'x')]",
            ),
            ("a['name']", "x"),
        ],
    );
}

#[test]
fn outputs_of_modules_are_values_however_the_module_is_named() {
    let module = "output plain string = 'p'\n@secure()\noutput hidden string = 'h'\n";
    let declarations = "param pick bool = true\nmodule one 'm.bicep' = {\n  name: 'one'\n}\nvar same = one\n\
                        var either = pick ? same : one\nmodule many 'm.bicep' = [for i in range(0, 2): {\n  name: 'm${i}'\n}]\n";
    check(
        declarations,
        &[("m.bicep", module)],
        &[
            ("same.outputs.plain", "p"),
            ("either.outputs.plain", "p"),
            ("one.outputs['plain']", "p"),
            ("one.outputs.?plain", "p"),
            ("one.outputs.?gone", "null"),
            ("map(many, m => m.outputs.plain)", r#"["p","p"]"#),
            ("[for m in many: m.outputs.plain]", r#"["p","p"]"#),
            ("[[for (m, i) in many: m.outputs.plain]]", r#"[["p","p"]]"#),
            (
                "listOutputsWithSecureValues(one.id, one.apiVersion).hidden",
                "[listOutputsWithSecureValues('…Microsoft.Resources/deployments/one', '2025-04-01').hidden]",
            ),
            (
                "one.outputs.hidden",
                "[reference('…Microsoft.Resources/deployments/one', '2025-04-01').outputs.hidden.value]",
            ),
            (
                "one.outputs.?hidden",
                "[tryGet(tryGet(reference('…Microsoft.Resources/deployments/one', '2025-04-01').outputs, 'hidden'), \
                 'value')]",
            ),
        ],
    );
}

#[test]
fn a_loop_of_resources_is_all_of_them_and_a_variable_may_be_one() {
    let declarations = "resource all 'Contoso.A/as@2024-01-01' = [for i in range(0, 2): {\n  name: 'a${i}'\n}]\n\
                        var second = all[1]\n";
    check(
        declarations,
        &[],
        &[
            (
                "map(all, one => one.properties.p)",
                "[createArray(reference('…Contoso.A/as/a0', '2024-01-01', 'full').properties.p, \
                 reference('…Contoso.A/as/a1', '2024-01-01', 'full').properties.p)]",
            ),
            ("second.id", "…Contoso.A/as/a1"),
            ("second.listKeys()", "[listKeys('…Contoso.A/as/a1', '2024-01-01')]"),
            ("second.properties.p", "[reference('…Contoso.A/as/a1', '2024-01-01').p]"),
        ],
    );
}

#[test]
fn an_iteration_that_may_not_be_there_is_asked_under_its_own_condition() {
    let declarations = "param on bool\nresource all 'Contoso.A/as@2024-01-01' = [for (n, i) in ['a', 'b']: if (on && i != 1) {\n  name: n\n}]\n\
                        module many 'm.bicep' = [for n in ['a', 'b']: if (n == 'b') {\n  name: n\n}]\n";
    check(
        declarations,
        &[("m.bicep", "output plain string = 'p'\n")],
        &[
            ("all[0].?id", "[if(parameters('on'), '…Contoso.A/as/a', null())]"),
            ("all[1].?id", "null"),
            ("[for on in [0, 1]: all[on].?name]", "[createArray(if(parameters('on'), 'a', null()), null())]"),
            ("many[0].?outputs.plain", "null"),
            ("many[1].?outputs.plain", "p"),
        ],
    );
}

#[test]
fn a_variable_means_the_same_wherever_it_is_used() {
    let declarations = "param at int\nresource all 'Contoso.A/as@2024-01-01' = [for i in range(0, 2): {\n  name: 'a${i}'\n}]\n\
                        var picked = all[at]\nmodule one 'm.bicep' = {\n  name: 'one'\n}\nvar same = one\n";
    check(
        declarations,
        &[("m.bicep", "output plain string = 'p'\n")],
        &[
            // What the loops call `at` and `one` is not what the variables speak of.
            ("[for at in range(0, 1): picked.id][0] == picked.id", "true"),
            ("map(['x'], one => same.outputs.plain)", r#"["p"]"#),
        ],
    );
}

#[test]
fn a_module_without_a_name_gets_one_that_fits() {
    let long = "a".repeat(60);
    let declarations =
        format!("module {long} 'm.bicep' = {{}}\nmodule many 'm.bicep' = [for i in range(0, 2): {{}}]\n");
    check(
        &declarations,
        &[("m.bicep", "")],
        &[
            (&format!("startsWith({long}.name, '{}-')", &long[..50]), "true"),
            (&format!("length({long}.name)"), "64"),
            ("many[1].name == 'many-1-${uniqueString('many', 'main')}'", "true"),
        ],
    );
}

#[test]
fn files_are_loaded_by_constants_and_names_are_texts() {
    let declarations =
        "var files = [\n  {\n    path: 'a.txt'\n  }\n]\nvar first = files[0]\nvar odd = {\n  'b-c': 1\n}\n";
    check(
        declarations,
        &[("a.txt", "text")],
        &[
            ("loadTextContent(first.path)", "text"),
            ("loadTextContent(files[0]['path'], 'utf-8')", "text"),
            ("nameof(odd['b-c'])", "b-c"),
            ("resourceGroup('other')", "{}"),
        ],
    );
}

#[test]
fn the_extension_that_a_type_names_manages_the_resource() {
    let main = "extension az\nextension kubernetes as kube\n\
                extension 'br:r.io/extensions/microsoftgraph:1.0' as directory\n\
                resource a 'az:Contoso.A/as@2024-01-01' = {\n  name: 'a'\n}\n\
                resource service 'kube:core/Service@v1' = {\n  metadata: {}\n}\n\
                resource group 'Microsoft.Graph/groups@v1.0' = {\n  uniqueName: 'g'\n}\n";
    let predicted = predict(main, &[]);
    let types: Vec<&Value> =
        predicted["predictedResources"].as_array().unwrap().iter().map(|resource| &resource["type"]).collect();
    assert_eq!(types, ["Contoso.A/as", "core/Service@v1", "Microsoft.Graph/groups@v1.0"]);
    let ids = predicted["predictedResources"].as_array().unwrap().iter().map(|resource| resource.get("id").is_some());
    assert_eq!(ids.collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn the_service_itself_is_no_extension_in_json_either() {
    let resource = json!({"extension": "az", "type": "Contoso.A/as", "apiVersion": "2024-01-01", "name": "a"});
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "languageVersion": "2.2-experimental",
        "extensions": {"az": {"name": "AzureResourceManager", "version": "1.0.0"}},
        "resources": {"a": resource},
    });
    let input = Input { path: "main.json".to_owned(), text: Ok(template.to_string()), explicit: true };
    let settings =
        Settings { file: "main.json".to_owned(), context: settled(), parameter_files: Vec::new(), overrides: None };
    let predicted = snapshot(vec![input], &settings, &|_: &str| None).unwrap();
    assert_eq!(predicted["predictedResources"][0]["name"], "a");
}

#[test]
fn a_type_taken_out_of_another_is_as_secret_as_there() {
    let declarations = "type all = {\n  @secure()\n  password: string\n  list: int[]\n  *: bool\n}\n\
                        type pair = [string, all]\nparam given pair[1].password = 'hunter2'\n\
                        param number all.list[*] = 3\nparam flag all.* = true\nparam tags resourceInput<'A.B/c@1'>.tags = {}\n";
    let cases = [("given", "[parameters('given')]"), ("number", "3"), ("flag", "true"), ("tags", "{}")];
    check(declarations, &[], &cases);
    let typed = format!("{declarations}output shown pair[1].password = 'hunter2'\n");
    assert_eq!(outputs(&typed, &[])["shown"], "***");
}

#[test]
fn what_nobody_can_decide_equals_nothing() {
    let main = "var a = b\nvar b = a\nvar one = loadTextContent('one.txt')\nvar two = loadTextContent('two.txt')\n\
        output files bool = one == two\noutput names bool = a == b\noutput same bool = one == one\n\
        output inside bool = 'x${one}' == 'x${two}'\noutput text string = 'x${one}'\n";
    let input = Input { path: "main.bicep".to_owned(), text: Ok(main.to_owned()), explicit: true };
    let settings =
        Settings { file: "main.bicep".to_owned(), context: settled(), parameter_files: Vec::new(), overrides: None };
    let predicted = snapshot(vec![input], &settings, &|_: &str| None).unwrap();
    for unknown in ["files", "names", "same", "inside"] {
        let found = predicted["outputs"][unknown].as_str().unwrap();
        assert!(found.starts_with("[equals("), "{unknown}: {found}");
    }
    assert_eq!(predicted["outputs"]["text"], "[format('x{0}', unknown())]");
}
