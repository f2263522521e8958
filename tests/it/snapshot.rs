//! What a deployment would make, in the format of `bicep snapshot`.

#![expect(clippy::needless_pass_by_value, reason = "fixtures are written where they are used")]

use std::process::Command;

use plimsoll::evaluate::Context;
use plimsoll::lint::Input;
use plimsoll::snapshot::{RESOURCE_GROUP, SUBSCRIPTION, Settings, SnapshotError, snapshot};
use serde_json::{Value, json};

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg";

fn context() -> Context {
    Context {
        subscription_id: Some(SUBSCRIPTION.to_owned()),
        resource_group: Some(RESOURCE_GROUP.to_owned()),
        settled: true,
        fills_empty: false,
        hide_secrets: true,
        ..Context::unknown()
    }
}

fn settings() -> Settings {
    Settings { file: "main.json".to_owned(), context: context(), parameter_files: Vec::new(), overrides: None }
}

fn run(files: &[(&str, &Value)], settings: &Settings, linked: &[(&str, &Value)]) -> Result<Value, SnapshotError> {
    let input =
        |(path, json): &(&str, &Value)| Input { path: (*path).to_owned(), text: Ok(json.to_string()), explicit: true };
    let load =
        |path: &str| linked.iter().find(|(known, _)| *known == path).map(|(_, json)| Ok(json.to_string().into_bytes()));
    snapshot(files.iter().map(input).collect(), settings, &load)
}

/// The snapshot of one template, deployed with its defaults.
fn predict(template: &Value) -> Value {
    run(&[("main.json", template)], &settings(), &[]).unwrap()
}

fn template(members: Value) -> Value {
    let mut template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": []
    });
    for (key, value) in members.as_object().unwrap() {
        template[key] = value.clone();
    }
    template
}

fn parameter_file(parameters: Value) -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": parameters
    })
}

/// The outputs of a template with these members.
fn outputs(members: Value) -> Value {
    predict(&template(members))["outputs"].clone()
}

/// One member of each predicted resource.
fn each(predicted: &Value, member: &str) -> Vec<Value> {
    predicted["predictedResources"].as_array().unwrap().iter().map(|resource| resource[member].clone()).collect()
}

fn output(value: Value) -> Value {
    json!({ "type": "string", "value": value })
}

#[test]
fn the_whole_format() {
    let predicted = predict(&template(json!({
        "parameters": {
            "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
            "tier": { "type": "string", "allowedValues": ["Basic", "Premium"] }
        },
        "variables": { "name": "store01" },
        "resources": [{
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2022-09-01",
            "name": "[variables('name')]",
            "comments": "not shown",
            "metadata": { "description": "not shown" },
            "dependsOn": ["[resourceId('A.B/c', 'd')]"],
            "condition": true,
            "tags": { "note": "[[literal]" },
            "properties": { "tier": "[parameters('tier')]", "empty": null },
            "identity": { "type": "SystemAssigned" },
            "kind": "StorageV2",
            "sku": { "name": "Standard_LRS" },
            "location": "[parameters('location')]"
        }],
        "outputs": {
            "tenant": output(json!("[subscription().tenantId]")),
            "blob": output(json!("[reference(resourceId('Microsoft.Storage/storageAccounts', variables('name')), '2022-09-01').primaryEndpoints.blob]")),
            "mixed": { "type": "object", "value": { "foo": "bar", "n": 123, "x": "[newGuid()]" } },
            "plain": { "type": "object", "value": { "foo": [true, null, 1.5] } }
        }
    })));
    let expected = r#"{
  "predictedResources": [
    {
      "id": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg/providers/Microsoft.Storage/storageAccounts/store01",
      "type": "Microsoft.Storage/storageAccounts",
      "name": "store01",
      "apiVersion": "2022-09-01",
      "location": "[resourceGroup().location]",
      "sku": {
        "name": "Standard_LRS"
      },
      "kind": "StorageV2",
      "identity": {
        "type": "SystemAssigned"
      },
      "tags": {
        "note": "[literal]"
      },
      "properties": {
        "tier": "[parameters('tier')]",
        "empty": null
      }
    }
  ],
  "diagnostics": [],
  "outputs": {
    "tenant": "[tenant().tenantId]",
    "blob": "[reference('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg/providers/Microsoft.Storage/storageAccounts/store01', '2022-09-01').primaryEndpoints.blob]",
    "mixed": "[createObject('foo', 'bar', 'n', 123, 'x', newGuid())]",
    "plain": {
      "foo": [
        true,
        null,
        1.5
      ]
    }
  }
}"#;
    assert_eq!(serde_json::to_string_pretty(&predicted).unwrap(), expected);
}

#[test]
fn loops_of_resources_properties_variables_and_outputs_are_expanded() {
    let predicted = predict(&template(json!({
        "variables": {
            "copy": [{ "name": "names", "count": 2, "input": "[concat('n', copyIndex('names', 1))]" }],
            "shape": { "copy": [{ "name": "sides", "count": 2, "input": { "n": "[copyIndex('sides')]" } }] }
        },
        "resources": [{
            "type": "A.B/stores",
            "apiVersion": "2020-01-01",
            "name": "[concat('s', copyIndex(1))]",
            "copy": { "name": "stores", "count": 2, "mode": "Serial", "batchSize": 1 },
            "properties": {
                "own": "[copyIndex('stores')]",
                "deep": {
                    "copy": [{
                        "name": "rows",
                        "count": 2,
                        "input": {
                            "row": "[copyIndex('rows', 10)]",
                            "of": "[copyIndex()]",
                            "copy": [{ "name": "cells", "count": 1, "input": "[concat(copyIndex('rows'), '-', copyIndex('cells'))]" }]
                        }
                    }]
                }
            }
        }],
        "outputs": {
            "names": { "type": "array", "value": "[variables('names')]" },
            "shape": { "type": "object", "value": "[variables('shape')]" },
            "looped": { "type": "array", "copy": { "count": 3, "input": "[mul(copyIndex(), 2)]" } }
        }
    })));
    assert_eq!(each(&predicted, "name"), ["s1", "s2"]);
    assert_eq!(
        predicted["predictedResources"][1]["properties"],
        json!({
            "own": 1,
            "deep": { "rows": [{ "row": 10, "of": 1, "cells": ["0-0"] }, { "row": 11, "of": 1, "cells": ["1-0"] }] }
        })
    );
    let expected = json!({
        "names": ["n1", "n2"],
        "shape": { "sides": [{ "n": 0 }, { "n": 1 }] },
        "looped": [0, 2, 4]
    });
    assert_eq!(predicted["outputs"], expected);
}

#[test]
fn a_loop_of_unknown_length_is_one_expression() {
    let predicted = predict(&template(json!({
        "parameters": { "names": { "type": "array" } },
        "resources": [{
            "type": "A.B/stores",
            "apiVersion": "2020-01-01",
            "name": "[parameters('names')[copyIndex()]]",
            "copy": { "name": "stores", "count": "[length(parameters('names'))]" },
            "properties": {
                "copy": [{
                    "name": "keys",
                    "count": "[length(parameters('names'))]",
                    "input": { "key": "[parameters('names')[copyIndex('keys', 1)]]" }
                }]
            }
        }]
    })));
    assert_eq!(each(&predicted, "name"), ["[parameters('names')[copyIndex('stores')]]"]);
    assert_eq!(
        predicted["predictedResources"][0]["properties"]["keys"],
        "[map(range(0, length(parameters('names'))), lambda('keys', createObject('key', parameters('names')[add(lambdaVariables('keys'), 1)])))]"
    );
}

#[test]
fn what_a_false_condition_forbids_is_not_there() {
    let predicted = predict(&template(json!({
        "parameters": { "flag": { "type": "bool", "defaultValue": false }, "open": { "type": "bool" } },
        "resources": [
            { "type": "A.B/c", "apiVersion": "1", "name": "off", "condition": "[parameters('flag')]" },
            { "type": "A.B/c", "apiVersion": "1", "name": "on", "condition": "[not(parameters('flag'))]" },
            { "type": "A.B/c", "apiVersion": "1", "name": "open", "condition": "[parameters('open')]" }
        ],
        "outputs": {
            "off": { "type": "string", "condition": "[parameters('flag')]", "value": "x" },
            "open": { "type": "string", "value": "[if(parameters('open'), 'y', 'n')]" }
        }
    })));
    assert_eq!(each(&predicted, "name"), ["on", "open"]);
    assert_eq!(predicted["outputs"], json!({ "open": "[if(parameters('open'), 'y', 'n')]" }));
}

#[test]
fn children_have_full_types_names_and_ids() {
    let predicted = predict(&template(json!({
        "resources": [{
            "type": "A.B/servers",
            "apiVersion": "1",
            "name": "s",
            "resources": [{
                "type": "databases",
                "apiVersion": "2",
                "name": "d",
                "resources": [{ "type": "rules", "apiVersion": "3", "name": "r" }, { "type": "providers/locks", "apiVersion": "5", "name": "C.D/m" }]
            }]
        }, {
            "type": "A.B/servers/providers/locks",
            "apiVersion": "4",
            "name": "s/C.D/l"
        }]
    })));
    assert_eq!(each(&predicted, "name")[..3], ["s", "s/d", "s/d/r"]);
    assert_eq!(each(&predicted, "type")[..3], ["A.B/servers", "A.B/servers/databases", "A.B/servers/databases/rules"]);
    assert_eq!(
        each(&predicted, "id")[2..],
        [
            json!(format!("{GROUP}/providers/A.B/servers/s/databases/d/rules/r")),
            json!(format!("{GROUP}/providers/A.B/servers/s/databases/d/providers/C.D/locks/m")),
            json!(format!("{GROUP}/providers/A.B/servers/s/providers/C.D/locks/l")),
        ]
    );
}

#[test]
fn extension_resources_have_the_id_of_what_they_extend() {
    let predicted = predict(&template(json!({
        "resources": [
            { "type": "C.D/locks", "apiVersion": "1", "name": "a", "scope": "[resourceId('A.B/vaults', 'v')]" },
            { "type": "C.D/locks", "apiVersion": "1", "name": "b", "scope": "A.B/vaults/v" },
            { "type": "C.D/locks", "apiVersion": "1", "name": "c", "scope": "[format('A.B/vaults/{0}', newGuid())]" },
            { "type": "A.B/vaults/providers/roleAssignments", "apiVersion": "1", "name": "v/Microsoft.Authorization/d" },
            { "type": "C.D/locks", "apiVersion": "1", "name": "e", "scope": "/" },
            { "type": "A.B/vaults/keys", "apiVersion": "1", "name": "k" }
        ]
    })));
    let vault = format!("{GROUP}/providers/A.B/vaults/v");
    assert_eq!(
        each(&predicted, "id"),
        [
            json!(format!("{vault}/providers/C.D/locks/a")),
            json!(format!("{vault}/providers/C.D/locks/b")),
            json!(format!(
                "[extensionResourceId(resourceId('{SUBSCRIPTION}', 'myRg', 'A.B/vaults', newGuid()), 'C.D/locks', 'c')]"
            )),
            json!(format!("{vault}/providers/Microsoft.Authorization/roleAssignments/d")),
            json!("/providers/C.D/locks/e"),
            json!("[resourceId('A.B/vaults/keys', 'k')]"),
        ]
    );
}

fn nested(name: &str, members: Value, inner: Value) -> Value {
    let mut deployment = json!({
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        "properties": { "mode": "Incremental", "template": inner }
    });
    for (key, value) in members.as_object().unwrap() {
        match key.as_str() {
            "parameters" | "expressionEvaluationOptions" => deployment["properties"][key] = value.clone(),
            _ => deployment[key] = value.clone(),
        }
    }
    deployment
}

#[test]
fn nested_deployments_are_flattened_and_see_their_own_or_outer_names() {
    let inner = template(json!({
        "parameters": { "name": { "type": "string", "defaultValue": "inner" } },
        "resources": [{ "type": "A.B/c", "apiVersion": "1", "name": "[parameters('name')]", "properties": { "group": "[resourceGroup().name]" } }],
        "outputs": { "id": output(json!("[resourceId('A.B/c', parameters('name'))]")) }
    }));
    let scope = |scope: &str| json!({ "scope": scope });
    let predicted = predict(&template(json!({
        "parameters": { "name": { "type": "string", "defaultValue": "outer" } },
        "resources": [
            nested("one", json!({ "expressionEvaluationOptions": scope("inner") }), inner.clone()),
            nested("two", json!({ "expressionEvaluationOptions": scope("Outer"), "resourceGroup": "other" }), inner.clone()),
            nested("three", json!({
                "expressionEvaluationOptions": scope("inner"),
                "resourceGroup": "third",
                "subscriptionId": "s3",
                "parameters": { "name": { "value": "[reference('one').outputs.id.value]" } }
            }), inner.clone()),
            nested("four", json!({
                "expressionEvaluationOptions": scope("inner"),
                "condition": false
            }), inner)
        ],
        "outputs": {
            "three": output(json!("[reference(resourceId('s3', 'third', 'Microsoft.Resources/deployments', 'three'), '2022-09-01').outputs.id.value]")),
            "four": output(json!("[tryGet(reference(resourceId('Microsoft.Resources/deployments', 'four'), '2022-09-01'), 'outputs', 'id', 'value')]")),
            "both": output(json!("[coalesce(tryGet(reference(resourceId('Microsoft.Resources/deployments', 'one')), 'outputs', 'id', 'value'), '-')]"))
        }
    })));
    assert_eq!(each(&predicted, "type"), ["A.B/c", "A.B/c", "A.B/c"]);
    assert_eq!(
        each(&predicted, "id")[..2],
        [
            json!(format!("{GROUP}/providers/A.B/c/inner")),
            json!(format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/A.B/c/outer")),
        ]
    );
    let given = format!("{GROUP}/providers/A.B/c/inner");
    assert_eq!(each(&predicted, "name")[2], json!(given));
    let groups: Vec<Value> = each(&predicted, "properties").iter().map(|it| it["group"].clone()).collect();
    assert_eq!(groups, ["myRg", "myRg", "third"]);
    assert_eq!(predicted["outputs"]["four"], Value::Null);
    assert_eq!(predicted["outputs"]["both"], json!(given));
}

#[test]
fn a_linked_template_is_entered_when_it_is_in_view_and_left_out_otherwise() {
    let link = |name: &str, link: Value| {
        json!({
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": name,
            "properties": { "mode": "Incremental", "templateLink": link, "parameters": { "n": { "value": name } } }
        })
    };
    let main = template(json!({
        "resources": [
            link("near", json!({ "relativePath": "linked/part.json" })),
            link("gone", json!({ "relativePath": "linked/gone.json" })),
            link("again", json!({ "relativePath": "main.json" })),
            link("far", json!({ "uri": "[uri(deployment().properties.templateLink.uri, 'linked/part.json')]" }))
        ]
    }));
    let part = template(json!({
        "parameters": { "n": { "type": "string" } },
        "resources": [{ "type": "A.B/c", "apiVersion": "1", "name": "[parameters('n')]" }]
    }));
    let predicted = run(&[("main.json", &main)], &settings(), &[("linked/part.json", &part)]).unwrap();
    assert_eq!(each(&predicted, "name"), ["near"]);
    let text = main.to_string();
    let types = text.match_indices("\"Microsoft.Resources/deployments\"").skip(1);
    let left_out = types.map(|(at, _)| {
        json!(format!("main.json:1:{}: what this deploys is left out: its template is not at hand", at + 1))
    });
    let lines: Vec<Value> = predicted["diagnostics"].as_array().unwrap().clone();
    assert!(lines[0].as_str().unwrap().ends_with("there is no file `linked/gone.json`"), "{lines:?}");
    assert_eq!(lines[1..], left_out.collect::<Vec<_>>());
}

#[test]
fn other_scopes_have_ids_of_their_own() {
    let at = |schema: &str, resources: Value, context: Context| {
        let mut template = template(json!({ "resources": resources }));
        template["$schema"] = json!(format!("https://schema.management.azure.com/schemas/2019-08-01/{schema}.json#"));
        let predicted = run(&[("main.json", &template)], &Settings { context, ..settings() }, &[]).unwrap();
        each(&predicted, "id")
    };
    let inner = template(json!({ "resources": [{ "type": "A.B/c", "apiVersion": "1", "name": "x" }] }));
    let policy = json!({ "type": "A.B/c", "apiVersion": "1", "name": "p" });
    let group =
        json!({ "type": "Microsoft.Resources/resourceGroups", "apiVersion": "1", "name": "g", "location": "x" });
    let inside = nested("n", json!({ "resourceGroup": "g" }), inner.clone());
    let beside = nested("m", json!({ "location": "x" }), inner.clone());
    assert_eq!(
        at("subscriptionDeploymentTemplate", json!([policy, group, inside, beside]), context()),
        [
            json!(format!("/subscriptions/{SUBSCRIPTION}/providers/A.B/c/p")),
            json!(format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/g")),
            json!(format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/A.B/c/x")),
            json!(format!("/subscriptions/{SUBSCRIPTION}/providers/A.B/c/x")),
        ]
    );
    let management =
        json!([policy, nested("n", json!({ "scope": "Microsoft.Management/managementGroups/other" }), inner.clone())]);
    assert_eq!(
        at("managementGroupDeploymentTemplate", management.clone(), context()),
        [
            json!("[managementGroupResourceId('A.B/c', 'p')]"),
            json!("/providers/Microsoft.Management/managementGroups/other/providers/A.B/c/x"),
        ]
    );
    let named = Context { management_group: Some("mg".to_owned()), ..context() };
    assert_eq!(
        at("managementGroupDeploymentTemplate", management, named)[0],
        "/providers/Microsoft.Management/managementGroups/mg/providers/A.B/c/p"
    );
    let tenant = json!([policy, nested("n", json!({ "subscriptionId": "s", "location": "x" }), inner)]);
    assert_eq!(
        at("tenantDeploymentTemplate", tenant, context()),
        [json!("/providers/A.B/c/p"), json!("/subscriptions/s/providers/A.B/c/x"),]
    );
}

#[test]
fn the_options_say_what_is_known_of_the_deployment() {
    let template = template(json!({
        "outputs": {
            "all": { "type": "array", "value": "[createArray(resourceGroup().location, resourceGroup().id, subscription().tenantId, deployment().name)]" },
            "day": output(json!("[utcNow('yyyy-MM-dd')]"))
        }
    }));
    let known = Context {
        now: Some("2026-11-23T00:00:00Z".parse().unwrap()),
        tenant_id: Some("t".to_owned()),
        subscription_id: Some("s".to_owned()),
        resource_group: Some("g".to_owned()),
        location: Some("westus".to_owned()),
        deployment_name: Some("d".to_owned()),
        ..context()
    };
    let predicted = run(&[("main.json", &template)], &Settings { context: known, ..settings() }, &[]).unwrap();
    let expected = json!({ "all": ["westus", "/subscriptions/s/resourceGroups/g", "t", "d"], "day": "2026-11-23" });
    assert_eq!(predicted["outputs"], expected);
    let expected = json!({
        "all": format!("[createArray(resourceGroup().location, '{GROUP}', tenant().tenantId, deployment().name)]"),
        "day": "[utcNow('yyyy-MM-dd')]"
    });
    assert_eq!(predict(&template)["outputs"], expected);
}

#[test]
fn values_come_from_the_parameter_file_then_the_command_line_then_the_default() {
    let main = template(json!({
        "parameters": {
            "a": { "type": "string", "defaultValue": "default" },
            "b": { "type": "string", "defaultValue": "default" },
            "c": { "type": "string", "defaultValue": "default" },
            "nothing": { "type": "string", "defaultValue": "default" },
            "null": { "type": "string", "nullable": true, "defaultValue": "default" },
            "vault": { "type": "string" },
            "literal": { "type": "string" }
        },
        "outputs": {
            "all": { "type": "array", "value": "[createArray(parameters('a'), parameters('b'), parameters('c'), parameters('nothing'), parameters('null'))]" },
            "vault": output(json!("[concat('x', parameters('vault'))]")),
            "literal": output(json!("[parameters('literal')]"))
        }
    }));
    let file = parameter_file(json!({
        "a": { "value": "file" },
        "b": { "value": "file" },
        "nothing": { "value": null },
        "null": { "value": null },
        "vault": { "reference": { "keyVault": { "id": "/v" }, "secretName": "s" } },
        "literal": { "value": "[not an expression]" }
    }));
    let over = parameter_file(json!({ "a": { "value": "over" } }));
    let earlier = parameter_file(json!({ "b": { "value": "earlier" } }));
    let files = [("main.json", &main), ("main.parameters.json", &file), ("earlier", &earlier), ("over", &over)];
    let expected = json!({
        "all": ["over", "file", "default", "default", null],
        "vault": "[concat('x', parameters('vault'))]",
        "literal": "[not an expression]"
    });
    // The parameter file is either named by an option or is itself what is deployed.
    let by_option = Settings { parameter_files: vec!["main.parameters.json".to_owned()], ..settings() };
    let by_name = Settings { file: "main.parameters.json".to_owned(), ..settings() };
    let earlier =
        Settings { parameter_files: vec!["earlier".to_owned(), "main.parameters.json".to_owned()], ..settings() };
    for chosen in [by_option, by_name, earlier] {
        let chosen = Settings { overrides: Some("over".to_owned()), ..chosen };
        assert_eq!(run(&files, &chosen, &[]).unwrap()["outputs"], expected, "{}", chosen.file);
    }
}

#[test]
fn no_secret_is_shown() {
    let inner = template(json!({
        "parameters": { "secret": { "type": "securestring" } },
        "outputs": { "leak": output(json!("[concat('<', parameters('secret'), '>')]")) }
    }));
    let options = json!({
        "expressionEvaluationOptions": { "scope": "inner" },
        "parameters": { "secret": { "value": "[concat(parameters('password'), 'x')]" } }
    });
    let main = template(json!({
        "parameters": {
            "password": { "type": "securestring" },
            "default": { "type": "secureObject", "defaultValue": { "key": "hunter2" } },
            "empty": { "type": "secureString", "defaultValue": "" }
        },
        "resources": [
            { "type": "A.B/c", "apiVersion": "1", "name": "x", "properties": {
                "password": "[parameters('password')]",
                "hash": "[base64(parameters('password'))]",
                "object": "[parameters('default')]",
                "key": "[parameters('default').key]",
                "given": "[not(empty(parameters('empty')))]",
                "sas": "https://x?sig=hunter2",
                "connection": "[concat('AccountKey=', 'hunter2;', newGuid())]"
            } },
            nested("n", options, inner)
        ],
        "outputs": {
            "leak": output(json!("[reference('n').outputs.leak.value]")),
            "secure": { "type": "securestring", "value": "hunter2" }
        }
    }));
    let file = parameter_file(json!({ "password": { "value": "hunter2" } }));
    let settings = Settings { parameter_files: vec!["p.json".to_owned()], ..settings() };
    let predicted = run(&[("main.json", &main), ("p.json", &file)], &settings, &[]).unwrap();
    assert!(!predicted.to_string().contains("hunter2"), "the snapshot shows a secret");
    assert_eq!(
        predicted["predictedResources"][0]["properties"],
        json!({
            "password": "[parameters('password')]",
            "hash": "[base64(parameters('password'))]",
            "object": "[parameters('default')]",
            "key": "[parameters('default').key]",
            "given": false,
        "sas": "https://x?sig=*******",
        "connection": "[concat('AccountKey=', '*******;', newGuid())]"
        })
    );
    assert_eq!(predicted["outputs"], json!({ "leak": "[concat('<', parameters('secret'), '>')]", "secure": "***" }));
}

#[test]
fn symbolic_names_lead_to_ids_and_versions() {
    let mut main = template(json!({
        "languageVersion": "2.0",
        "parameters": { "at": { "type": "int" } },
        "extensions": { "http": { "name": "Http", "version": "1.0.0" } },
        "resources": {
            "loop": { "type": "A.B/c", "apiVersion": "1", "name": "[format('c{0}', copyIndex())]", "copy": { "name": "loop", "count": 2 } },
            "known": { "existing": true, "type": "A.B/d", "apiVersion": "2", "name": "d", "resourceGroup": "elsewhere" },
            "child": { "existing": true, "type": "A.B/d/e", "apiVersion": "2", "name": "d/e" },
            "ping": { "extension": "http", "type": "request@v1", "properties": { "uri": "https://x" } },
            "last": { "type": "A.B/f", "apiVersion": "3", "name": "f", "dependsOn": ["loop"], "properties": {
                "all": "[map(references('loop'), lambda('r', lambdaVariables('r').key))]",
                "first": "[reference('loop[0]').key]",
                "open": "[reference(format('loop[{0}]', parameters('at'))).key]",
                "full": "[reference('known', '2', 'full').location]",
                "info": "[resourceInfo('known')]",
                "keys": "[listKeys('known', '2').key]",
                "body": "[json(reference('ping').body).x]"
            } }
        }
    }));
    main["$schema"] = json!("https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#");
    let predicted = predict(&main);
    assert_eq!(each(&predicted, "type"), ["A.B/c", "A.B/c", "A.B/f", "request@v1"]);
    let c = |n: u32| format!("reference('{GROUP}/providers/A.B/c/c{n}', '1').key");
    let d = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/elsewhere/providers/A.B/d/d");
    assert_eq!(
        predicted["predictedResources"][2]["properties"],
        json!({
            "all": [format!("[{}]", c(0)), format!("[{}]", c(1))],
            "first": format!("[{}]", c(0)),
            "open": format!("[reference(resourceId('{SUBSCRIPTION}', 'myRg', 'A.B/c', format('c{{0}}', parameters('at'))), '1').key]"),
            "full": format!("[reference('{d}', '2', 'full').location]"),
            "info": { "id": d, "name": "d", "type": "A.B/d", "apiVersion": "2" },
            "keys": format!("[listKeys('{d}', '2').key]"),
            "body": "[json(reference('ping').body).x]"
        })
    );
    assert_eq!(
        predicted["predictedResources"][3],
        json!({ "properties": { "uri": "https://x" }, "type": "request@v1" })
    );
}

#[test]
fn definitions_may_refer_to_themselves_and_functions_to_each_other() {
    let outputs = outputs(json!({
        "languageVersion": "2.0",
        "definitions": {
            "tree": { "type": "object", "properties": { "child": { "$ref": "#/definitions/tree", "nullable": true } } },
            "loop": { "$ref": "#/definitions/loop" },
            "level": { "type": "string", "allowedValues": ["a", "b"] }
        },
        "parameters": {
            "tree": { "$ref": "#/definitions/tree", "defaultValue": { "child": {} } },
            "loop": { "$ref": "#/definitions/loop", "nullable": true },
            "level": { "$ref": "#/definitions/level", "defaultValue": "b" }
        },
        "functions": [{
            "namespace": "my",
            "members": {
                "twice": { "parameters": [{ "name": "x", "type": "string" }], "output": output(json!("[concat(parameters('x'), parameters('x'))]")) },
                "four": { "parameters": [{ "name": "y", "type": "string" }], "output": output(json!("[my.twice(my.twice(parameters('y')))]")) }
            }
        }],
        "outputs": {
            "four": output(json!("[my.four('ab')]")),
            "safe": output(json!("[tryGet(tryGet(tryGet(parameters('tree'), 'child'), 'child'), 'x')]")),
            "loop": output(json!("[coalesce(parameters('loop'), 'none')]")),
            "level": output(json!("[parameters('level')]"))
        }
    }));
    assert_eq!(outputs, json!({ "four": "abababab", "safe": null, "loop": "none", "level": "b" }));
}

#[test]
fn texts_of_the_same_pieces_are_the_same_text() {
    let outputs = outputs(json!({
        "parameters": { "p": { "type": "string" } },
        "outputs": {
            "same": output(json!("[equals(concat('a-', parameters('p'), '-b'), format('a-{0}{1}', parameters('p'), '-b'))]")),
            "format": output(json!("[format('{0}/{{x}}/{1}', 'known', parameters('p'))]")),
            "id": output(json!("[resourceId('A.B/c', format('{0}-{1}', 'known', parameters('p')))]")),
            "again": output(json!("[resourceId('A.B/c', concat('known', '-', parameters('p')))]")),
            "lambda": output(json!("[join(map(createArray('x', 'y'), lambda('i', concat(lambdaVariables('i'), '!'))), ',')]")),
            "items": output(json!("[items(createObject('b', 1, 'a', 2))[0].key]"))
        }
    }));
    let id = format!("[resourceId('{SUBSCRIPTION}', 'myRg', 'A.B/c', format('known-{{0}}', parameters('p')))]");
    assert_eq!(
        outputs,
        json!({
            "same": true,
            "format": "[format('{0}/{{x}}/{1}', 'known', parameters('p'))]",
        "id": id,
        "again": id,
            "lambda": "x!,y!",
            "items": "a"
        })
    );
}

#[test]
fn a_term_that_doubles_with_every_variable_stays_within_bounds() {
    let mut variables = json!({ "v0": "[concat(newGuid(), newGuid())]" });
    for n in 1..60 {
        variables[format!("v{n}")] = json!(format!("[concat(variables('v{}'), variables('v{}'))]", n - 1, n - 1));
    }
    let outputs = outputs(json!({ "variables": variables, "outputs": { "x": output(json!("[variables('v59')]")) } }));
    let text = outputs["x"].as_str().unwrap();
    assert!(text.starts_with('[') && text.len() < 300_000, "{} bytes", text.len());
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let broken = Input { path: "main.json".to_owned(), text: Ok("{\n  \"a\" 1\n}".to_owned()), explicit: true };
    let SnapshotError::Unreadable(lines) = snapshot(vec![broken], &settings(), &|_: &str| None).unwrap_err() else {
        panic!("another error")
    };
    assert!(lines[0].starts_with("main.json:2:"), "{lines:?}");
    let alone = Settings { file: "p.json".to_owned(), ..settings() };
    let error = run(&[("p.json", &parameter_file(json!({})))], &alone, &[]).unwrap_err();
    assert_eq!(error, SnapshotError::NoTemplate("p.json".to_owned()));
    let missing = Input { path: "p.json".to_owned(), text: Err("cannot be read".to_owned()), explicit: true };
    let main = Input { path: "main.json".to_owned(), text: Ok(template(json!({})).to_string()), explicit: true };
    let with_file = Settings { parameter_files: vec!["p.json".to_owned()], ..settings() };
    let error = snapshot(vec![main, missing], &with_file, &|_: &str| None).unwrap_err();
    assert_eq!(error, SnapshotError::Unreadable(vec!["p.json:1:1: cannot be read".to_owned()]));
}

#[test]
fn the_command_finds_the_template_beside_a_parameter_file() {
    let folder = std::env::temp_dir().join(format!("plimsoll-snapshot-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let main = template(json!({
        "parameters": { "n": { "type": "string" }, "m": { "type": "int", "defaultValue": 1 } },
        "outputs": { "n": output(json!("[parameters('n')]")), "m": { "type": "int", "value": "[parameters('m')]" }, "g": output(json!("[resourceGroup().name]")) }
    }));
    std::fs::write(folder.join("main.json"), main.to_string()).unwrap();
    let file = folder.join("main.prod.parameters.json");
    std::fs::write(&file, parameter_file(json!({ "n": { "value": "given" } })).to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    let done = command.arg("snapshot").arg(&file).args(["--parameters", "m=2", "--resource-group", "rg"]).output();
    std::fs::remove_dir_all(&folder).unwrap();
    let done = done.unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && text.ends_with("\n  }\n}\n"), "{text}{}", String::from_utf8_lossy(&done.stderr));
    let predicted: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(predicted["outputs"], json!({ "n": "given", "m": 2, "g": "rg" }));
}
