//! What the engine makes of a deployment: the order of its resources, what they show each other, and what it can't tell.

#![expect(clippy::needless_pass_by_value, reason = "what is written for one call is given away to it")]

use std::collections::HashMap;

use plimsoll::evaluate::Context;
use plimsoll::lint::Input;
use plimsoll::snapshot::{Settings, snapshot};
use serde_json::{Value, json};

const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers";

/// The snapshot of the file at `path`, beside which the `others` lie.
fn predict(path: &str, text: String, others: &[(&str, &str)]) -> Value {
    let context = Context {
        subscription_id: Some("s".to_owned()),
        resource_group: Some("g".to_owned()),
        settled: true,
        fills_empty: false,
        hide_secrets: true,
        ..Context::unknown()
    };
    let settings = Settings { file: path.to_owned(), context, parameter_files: Vec::new(), overrides: None };
    let others: HashMap<&str, &str> = others.iter().copied().collect();
    let load = |path: &str| others.get(path).map(|text| Ok(text.as_bytes().to_vec()));
    snapshot(vec![Input { path: path.to_owned(), text: Ok(text), explicit: true }], &settings, &load).unwrap()
}

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn json(resources: &Value, outputs: &Value) -> Value {
    let template =
        json!({ "$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources, "outputs": outputs });
    predict("main.json", template.to_string(), &[])
}

fn bicep(text: &str, others: &[(&str, &str)]) -> Value {
    predict("main.bicep", text.to_owned(), others)
}

/// A resource of the type `A.B/c` with these members.
fn resource(name: &str, members: Value) -> Value {
    let mut resource = json!({ "type": "A.B/c", "apiVersion": "1", "name": name });
    resource.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    resource
}

/// A deployment of these resources, evaluated by the template around it or by itself.
fn nested(name: &str, scope: &str, resources: Value, outputs: Value) -> Value {
    json!({
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "1",
        "name": name,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": { "scope": scope },
            "template": { "$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources, "outputs": outputs }
        }
    })
}

fn names(predicted: &Value) -> Vec<&str> {
    let resources = predicted["predictedResources"].as_array().unwrap();
    resources.iter().map(|resource| resource["name"].as_str().unwrap()).collect()
}

fn output(value: &str) -> Value {
    json!({ "type": "string", "value": value })
}

#[test]
fn members_of_a_resource_that_are_null_are_left_out_and_what_is_in_them_stays() {
    let members = json!({ "tags": null, "kind": "[null()]", "sku": { "name": null }, "properties": { "x": null } });
    let others = [resource("b", json!({ "properties": null })), resource("c", json!({ "properties": "[null()]" }))];
    let [b, c] = others;
    let predicted = json(&json!([resource("a", members), b, c]), &json!({}));
    let of = |name: &str| format!("{GROUP}/A.B/c/{name}");
    let expected = json!([
        { "id": of("a"), "type": "A.B/c", "name": "a", "apiVersion": "1", "sku": { "name": null }, "properties": { "x": null } },
        { "id": of("b"), "type": "A.B/c", "name": "b", "apiVersion": "1" },
        { "id": of("c"), "type": "A.B/c", "name": "c", "apiVersion": "1", "properties": null },
    ]);
    assert_eq!(predicted["predictedResources"], expected);
}

#[test]
fn what_a_profile_or_the_deployment_decides_is_shown() {
    let mut old = resource("a", json!({ "condition": "[equals(resourceGroup().location, 'x')]" }));
    old.as_object_mut().unwrap().remove("apiVersion");
    let predicted = json(&json!([old, { "type": "A.B/c/d/", "apiVersion": "1", "name": "a/b" }]), &json!({}));
    let first = &predicted["predictedResources"][0];
    assert_eq!(first["apiVersion"], "[defaultApiVersion()]");
    assert_eq!(first["condition"], "[equals(resourceGroup().location, 'x')]");
    assert_eq!(predicted["predictedResources"][1]["type"], "A.B/c/d/");
    assert_eq!(predicted["predictedResources"][1]["id"], format!("{GROUP}/A.B/c/a/d/b"));
}

#[test]
fn a_resource_follows_what_it_reads_and_then_what_it_lists() {
    let reads = json!({ "properties": { "x": "[reference('e').x]", "y": "[if(false(), reference('f').y, 1)]" } });
    let mut first = resource("a", reads);
    first["dependsOn"] = json!(["D", "[resourceId('A.B/c', 'c')]", "A.B/c/b", "loop", "nobody"]);
    let resources = json!([
        first,
        resource("b", json!({ "dependsOn": ["a"] })),
        resource("c", json!({})),
        resource("d", json!({})),
        resource("e", json!({})),
        resource("f", json!({})),
        resource("[concat('g', copyIndex())]", json!({ "copy": { "name": "loop", "count": 2 } })),
    ]);
    assert_eq!(names(&json(&resources, &json!({}))), ["e", "d", "c", "b", "g0", "g1", "a", "f"]);
}

#[test]
fn the_resources_of_a_deployment_stand_in_its_place() {
    let inner = json!([resource("x", json!({ "dependsOn": ["y"] })), resource("y", json!({}))]);
    let mut deployment = nested("n", "inner", inner, json!({}));
    deployment["dependsOn"] = json!(["b"]);
    let off = resource("off", json!({ "condition": false, "dependsOn": ["c"] }));
    let resources =
        json!([resource("a", json!({})), deployment, off, resource("b", json!({})), resource("c", json!({})),]);
    assert_eq!(names(&json(&resources, &json!({}))), ["a", "b", "y", "x", "c"]);
}

#[test]
fn children_follow_each_iteration_of_their_parent() {
    let child = json!({ "type": "d", "apiVersion": "1", "name": "x" });
    let members = json!({ "copy": { "name": "all", "count": 2 }, "resources": [child] });
    let resources = json!([resource("[concat('p', copyIndex())]", members)]);
    assert_eq!(names(&json(&resources, &json!({}))), ["p0", "p0/x", "p1", "p1/x"]);
}

#[test]
fn bicep_is_followed_as_its_compiler_writes_it() {
    let text = "module late 'part.bicep' = {\n  name: 'late'\n}\n\
        resource z 'A.B/c@1' = {\n  name: 'z'\n  properties: {\n    b: two.id\n    a: One.id\n  }\n}\n\
        resource two 'A.B/c@1' = {\n  name: 'two'\n}\n\
        resource One 'A.B/c@1' = {\n  name: 'one'\n}\n\
        resource p 'A.B/c@1' = {\n  name: 'p'\n  resource q 'd' = {\n    name: 'q'\n  }\n}\n";
    let part = "resource part 'A.B/c@1' = {\n  name: 'part'\n}\n";
    assert_eq!(names(&bicep(text, &[("part.bicep", part)])), ["p", "p/q", "one", "two", "z", "part"]);
}

#[test]
fn bicep_calls_resources_by_symbols_where_it_has_to() {
    // What is called by an id that nobody knows is waited for by its symbol only.
    let waits = "param n string\nresource a 'A.B/c@1' = {\n  name: 'a'\n  dependsOn: [u]\n}\n\
        resource u 'A.B/c@1' = {\n  name: n\n}\nresource all 'A.B/c@1' = [for i in range(0, 1): {\n  name: 'l'\n}]\n";
    let others = [
        ("plain.bicep", "output s string = 'x'\n"),
        ("secure.bicep", "@secure()\noutput s string = 'x'\n"),
        ("types.bicep", "@export()\nvar x = 1\n"),
    ];
    let order = |more: &str| {
        let predicted = bicep(&format!("{waits}{more}"), &others);
        let names: Vec<String> = names(&predicted).into_iter().map(str::to_owned).collect();
        names[..2].join(" ")
    };
    for more in [
        "type t = string\n",
        "func f() string => 'x'\n",
        "var v string = 'x'\n",
        "param p string?\n",
        "param p string[] = []\n",
        "param p 'a' | 'b' = 'a'\n",
        "param p { a: int }?\n",
        "output o [int] = [1]\n",
        "import {x} from 'types.bicep'\n",
        "import * as x from 'types.bicep'\n",
        "@secure()\noutput o string = 'x'\n",
        "module m 'secure.bicep' = {\n  name: 'm'\n}\n",
        "module m 'plain.bicep' = {}\n",
        "output o array = map(all, one => one.id)\n",
        "resource e 'A.B/c@1' existing = {\n  name: 'e'\n  dependsOn: [a]\n}\n",
        "@onlyIfNotExists()\nresource o 'A.B/c@1' = {\n  name: 'o'\n}\n",
    ] {
        assert_eq!(order(more), "[parameters('n')] a", "{more}");
    }
    for more in [
        "",
        "param p string = 'x'\nparam q array = []\noutput o object = {}\n",
        "param p 'a' = 'a'\n",
        "module m 'plain.bicep' = {\n  name: 'm'\n}\n",
        "output o string = all[0].id\n",
        "resource b 'A.B/c@1' = {\n  name: 'b'\n  dependsOn: [all]\n}\n",
        "resource e 'A.B/c@1' existing = {\n  name: 'e'\n}\n",
    ] {
        assert_eq!(order(more), "a [parameters('n')]", "{more}");
    }
}

#[test]
fn what_a_deployment_makes_has_the_condition_that_nobody_knows() {
    let main = "param on bool\nparam off bool\nmodule m 'part.bicep' = if (on) {\n  name: 'm'\n}\n\
        module n 'part.bicep' = if (true) {\n  name: 'n'\n}\n";
    let part = "param also bool\nresource a 'A.B/c@1' = {\n  name: 'a'\n}\nresource b 'A.B/c@1' = if (also) {\n  name: 'b'\n}\n\
        module deep 'deep.bicep' = {\n  name: 'deep'\n}\n";
    let deep = "resource c 'A.B/c@1' = {\n  name: 'c'\n}\n";
    let predicted = bicep(main, &[("part.bicep", part), ("deep.bicep", deep)]);
    let conditions = predicted["predictedResources"].as_array().unwrap().iter().map(|it| it["condition"].clone());
    let on = "[parameters('on')]";
    let expected = [json!(on), json!("[and(parameters('on'), parameters('also'))]"), json!(on)];
    let others = [Value::Null, json!("[parameters('also')]"), Value::Null];
    assert_eq!(conditions.collect::<Vec<_>>(), [expected, others].concat());
}

#[test]
fn a_reference_shows_the_properties_that_are_known_by_then() {
    let properties = json!({ "x": "lit", "list": [{ "y": 1 }], "nothing": null, "open": "[resourceGroup().location]" });
    let outputs = json!({
        "own": output("[reference('a').X]"),
        "id": output("[reference(resourceId('A.B/c', 'a'), '1').list[0].y]"),
        "whole": output("[length(reference('a').list)]"),
        "chain": output("[reference('b').y]"),
        "version": output("[reference(resourceId('A.B/c', 'a'), '2').x]"),
        "absent": output("[coalesce(reference('a').z, 'w')]"),
        "nothing": output("[reference('a').nothing]"),
        "open": output("[reference('a').open]"),
        "safe": output("[tryGet(reference('a'), 'z')]"),
        "maybe": output("[reference('m').x]"),
    });
    let maybe = json!({ "condition": "[equals(resourceGroup().location, 'x')]", "properties": { "x": "lit" } });
    let resources = json!([
        resource("b", json!({ "properties": { "y": "[reference('a').x]" } })),
        resource("a", json!({ "properties": properties })),
        resource("m", maybe),
    ]);
    let predicted = json(&resources, &outputs);
    assert_eq!(names(&predicted), ["a", "b", "m"]);
    let a = format!("{GROUP}/A.B/c/a");
    let expected = json!({
        "own": "lit",
        "id": 1,
        "whole": 1,
        "chain": "lit",
        "version": format!("[reference('{a}', '2').x]"),
        "absent": format!("[coalesce(reference('{a}', '1').z, 'w')]"),
        "nothing": format!("[reference('{a}', '1').nothing]"),
        "open": format!("[reference('{a}', '1').open]"),
        "safe": null,
        "maybe": format!("[reference('{GROUP}/A.B/c/m', '1').x]"),
    });
    assert_eq!(predicted["outputs"], expected);
}

#[test]
fn a_reference_reaches_into_another_deployment_once_that_is_done() {
    let reads = |name: &str| {
        let target = "reference(resourceId('A.B/c', 'a'), '1')";
        json!([resource(name, json!({ "properties": { "x": format!("[{target}.x]") } }))])
    };
    let resources = json!([
        nested("early", "inner", reads("e"), json!({})),
        resource("a", json!({ "properties": { "x": "lit" } })),
        nested("late", "inner", reads("l"), json!({ "o": output("v") })),
    ]);
    let predicted = json(&resources, &json!({ "o": output("[reference('late').outputs.o.value]") }));
    assert_eq!(names(&predicted), ["e", "a", "l"]);
    let found = |at: usize| &predicted["predictedResources"][at]["properties"]["x"];
    assert_eq!(*found(0), format!("[reference('{GROUP}/A.B/c/a', '1').x]"));
    assert_eq!(*found(2), "lit");
    assert_eq!(predicted["outputs"]["o"], "v");
}

#[test]
fn a_deployment_that_waits_for_what_nobody_knows_is_left_out() {
    let open = json!([resource("x", json!({ "properties": { "y": "[reference('a').x]" } }))]);
    let loops = json!([resource(
        "[concat('z', copyIndex())]",
        json!({ "copy": { "name": "z", "count": "[length(resourceGroup().location)]" } })
    )]);
    let resources = json!([
        resource("a", json!({ "properties": { "x": "lit" } })),
        nested("open", "outer", open, json!({})),
        nested("shut", "outer", json!([resource("y", json!({}))]), json!({})),
        nested("loop", "inner", loops, json!({})),
    ]);
    let predicted = json(&resources, &json!({}));
    assert_eq!(names(&predicted), ["a", "y"]);
    let lines = predicted["diagnostics"].as_array().unwrap();
    let reasons: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap().split_once(": ").unwrap().1).collect();
    assert_eq!(
        reasons,
        [
            "what this deploys is left out: its template is evaluated by the template around it and holds what is known at \
             deployment only",
            "what this deploys is left out: how often a loop in it runs is known at deployment only",
        ]
    );
}

#[test]
fn a_module_whose_name_is_not_known_shows_no_output() {
    let part = "resource part 'A.B/c@1' = {\n  name: 'part'\n}\noutput o string = 'v'\n";
    let text = "module a 'part.bicep' = {\n  name: 'a'\n}\n\
        module b 'part.bicep' = {\n  name: uniqueString(resourceGroup().location)\n}\n\
        output a string = a.outputs.o\noutput b string = b.outputs.o\n";
    let predicted = bicep(text, &[("part.bicep", part)]);
    assert_eq!(predicted["outputs"]["a"], "v");
    let b = predicted["outputs"]["b"].as_str().unwrap();
    assert!(b.starts_with("[reference(resourceId(") && b.ends_with(").outputs.o.value]"), "{b}");
}

#[test]
fn what_is_made_with_unknown_keys_or_compared_with_what_is_unknown_stays() {
    let text = "var key = resourceGroup().location\n\
        output keys bool = empty(union({}, { '${key}': 1 }))\n\
        output arrays int = length(union([{ a: key }], []))\n\
        output objects int = length(union({ a: key }, { b: 1 }))\n";
    let outputs = bicep(text, &[])["outputs"].clone();
    assert_eq!(
        outputs["keys"],
        "[empty(union(createObject(), createObject(format('{0}', resourceGroup().location), 1)))]"
    );
    assert_eq!(
        outputs["arrays"],
        "[length(union(createArray(createObject('a', resourceGroup().location)), createArray()))]"
    );
    assert_eq!(outputs["objects"], 2);
}

#[test]
fn a_child_that_says_its_type_in_full_says_its_name_in_full() {
    let full = |name: &str, ty: &str| json!({ "type": ty, "apiVersion": "1", "name": name });
    let children = json!([full("p/x", "A.B/c/d"), full("y", "d"), full("q/z", "A.B/c/d")]);
    let predicted = json(&json!([resource("p", json!({ "resources": children }))]), &json!({}));
    assert_eq!(names(&predicted), ["p", "p/x", "p/y", "q/z"]);
    let ids = predicted["predictedResources"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap());
    let expected = ["A.B/c/p", "A.B/c/p/d/x", "A.B/c/p/d/y", "A.B/c/q/d/z"];
    assert_eq!(ids.collect::<Vec<_>>(), expected.map(|id| format!("{GROUP}/{id}")));
}

#[test]
fn the_location_of_a_group_is_known_once_that_is_deployed() {
    let main = "targetScope = 'subscription'\nmodule g 'group.bicep' = {\n  name: 'g'\n}\n\
        module m 'part.bicep' = {\n  name: 'm'\n  scope: resourceGroup('made')\n  dependsOn: [g]\n}\n\
        module n 'part.bicep' = {\n  name: 'n'\n  scope: resourceGroup('other')\n  dependsOn: [g]\n}\n";
    let group = "targetScope = 'subscription'\nresource made 'Microsoft.Resources/resourceGroups@2024-03-01' = {\n  name: 'Made'\n  \
        location: 'north'\n}\nparam on bool\nresource other 'Microsoft.Resources/resourceGroups@2024-03-01' = if (on) {\n  \
        name: 'other'\n  location: 'south'\n}\n";
    let part = "resource r 'A.B/c@1' = {\n  name: 'r'\n  location: resourceGroup().location\n}\n";
    let predicted = bicep(main, &[("group.bicep", group), ("part.bicep", part)]);
    let locations: Vec<&str> = predicted["predictedResources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["location"].as_str().unwrap())
        .collect();
    assert_eq!(locations, ["north", "south", "north", "[resourceGroup().location]"]);
}

#[test]
fn a_reference_may_name_a_resource_by_its_type_and_name() {
    let properties = json!({ "properties": { "x": "y" } });
    let mut child = resource("a/b", properties.clone());
    child["type"] = json!("A.B/c/d");
    let outputs = json!({
        "top": output("[reference('A.B/c/a').x]"),
        "child": output("[reference('a.b/c/A/d/B', '1').x]"),
        "other": output("[reference('A.B/e/a').x]")
    });
    let predicted = json(&json!([resource("a", properties), child]), &outputs);
    let expected = json!({ "top": "y", "child": "y", "other": "[reference('A.B/e/a').x]" });
    assert_eq!(predicted["outputs"], expected);
}
