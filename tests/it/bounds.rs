//! Input of any size: what is beyond a bound is counted as undecided, and what is within is found in full.

use std::fmt::Write;
use std::time::{Duration, Instant};

use plimsoll::lint::{Input, Settings, lint};

use crate::command::{Folder, HEAD, PARAMETERS_HEAD, Ran};

/// More than any of these takes on a slow machine, and far less than what grows with the square of its input.
const LIMIT: Duration = Duration::from_mins(2);

fn check(name: &str, rule: &str, resources: &str) -> Ran {
    let folder = Folder::new(name).with("x.json", format!("{HEAD},\n\"resources\": [\n{resources}]}}"));
    let start = Instant::now();
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", rule]);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    ran
}

/// The role to write blobs.
const WRITER: &str =
    "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')]";

fn lines(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().collect()
}

fn pipeline(name: &str, version: &str, more: &str) -> String {
    format!(
        "{{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \"apiVersion\": \"{version}\",
\"name\": \"{name}\", \"location\": \"westeurope\", \"identity\": {{\"type\": \"SystemAssigned\"}}, {more} \"properties\":
{{\"target\": {{\"type\": \"AzureStorageBlobContainer\", \"uri\": \"https://store.blob.core.windows.net/c\",
\"storageAccessMode\": \"ManagedIdentity\"}}}}}}"
    )
}

fn deployment(name: &str, resources: &str, more: &str) -> String {
    format!(
        "{{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \"name\": \"{name}\", {more}
\"properties\": {{\"mode\": \"Incremental\", \"expressionEvaluationOptions\": {{\"scope\": \"inner\"}}, \"template\":
{HEAD}, \"resources\": [{resources}]}}}}}}"
    )
}

fn copies(name: &str) -> String {
    format!("\"copy\": {{\"name\": \"{name}\", \"count\": 800}},")
}

#[test]
fn a_loop_of_800_in_a_loop_of_800() {
    let inner = pipeline("[concat('registry/p', copyIndex())]", "2023-01-01-preview", &copies("i"));
    let rule = "acr-transfer-resource-name";
    let ran = check("loops", rule, &deployment("[concat('d', copyIndex())]", &inner, &copies("o")));
    let expected = [
        "x.json:6:9: error[acr-transfer-resource-name] the pipeline name `p0` must be 5 to 50 letters and digits",
        "x.json:5:148: undecided[acr-transfer-resource-name] one of more than 10000 resources",
    ];
    assert_eq!(lines(&ran), expected);
}

/// A template whose only pipeline is called by the text of `a`, of which more would be made than is computed.
fn bomb(name: &str, definitions: &str) {
    let resource = "resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2019-12-01-preview' = {
  name: string(a)
  location: 'x'
}
";
    let folder = Folder::new(name).with("x.bicep", format!("{definitions}\n{resource}"));
    let start = Instant::now();
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", "acr-transfer"]);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    let (found, undecided): (Vec<&str>, Vec<&str>) =
        lines(&ran).into_iter().partition(|line| line.contains(": error["));
    let line = definitions.lines().count() + 1;
    let expected = format!(
        "x.bicep:{line}:13: error[acr-transfer-identity-missing] the pipeline has no identity, so it can be given no access to a vault or to blobs"
    );
    assert_eq!((found.as_slice(), ran.code), ([&*expected].as_slice(), Some(1)), "{name}");
    let reason = "undecided[acr-transfer-resource-name] depends on more values than are computed";
    assert!(undecided.len() == 1 && undecided[0].ends_with(reason), "{name}: {undecided:?}");
}

#[test]
fn more_values_than_are_computed() {
    let wide = "var w = padLeft('', 1000000, 'x')\n";
    let many = "var a = map(range(0, 10000), x => ";
    let square = "var s = map(range(0, 300), x => range(0, 300))\n";
    let object = "var o = toObject(range(0, 10000), x => 'k${x}')\n";
    let bombs = [
        ("pad", format!("{many}padLeft(x, 1000000))")),
        ("range", format!("{many}range(x, 10000))")),
        ("split", format!("{wide}{many}split('${{w}}${{x}}', 'x'))")),
        ("interpolation", format!("{wide}{many}'${{x}}${{w}}')")),
        ("format", format!("{many}format('{{0,1000000}}', x))")),
        ("replace", "var w = padLeft('', 1000, 'x')\n".to_owned() + many + "replace(w, 'x', '${w}${x}'))"),
        ("join", format!("var l = range(0, 10000)\n{many}join(l, '-'))")),
        ("upper", format!("{wide}{many}toUpper('${{w}}'))")),
        ("search", format!("{wide}{many}indexOf(w, 'y${{x}}'))")),
        ("equal", format!("{square}var t = map(range(0, 300), x => range(0, 300))\n{many}s == t)")),
        ("lambda", format!("{square}{many}map([s], y => x))")),
        ("object", "var a = toObject(range(0, 10000), x => 'k${x}', x => range(x, 10000))".to_owned()),
        ("text", format!("{object}{many}string(o))")),
        ("items", format!("{object}{many}items(o))")),
        ("union", format!("{object}{many}union(o, {{}}))")),
        ("group", "var a = groupBy(range(0, 10000), x => padLeft(x, 100000, 'y'))".to_owned()),
        ("sort", "var a = sort(range(0, 10000), (x, y) => padLeft(x, 100000) < padLeft(y, 100000))".to_owned()),
        ("loop", format!("{wide}var a = [for i in range(0, 800): [for j in range(0, 800): '${{w}}${{j}}']]")),
    ];
    for (name, definitions) in bombs {
        bomb(&format!("bomb_{name}"), &definitions);
    }
}

#[test]
fn more_values_than_are_computed_in_json() {
    let text = "[string(map(range(0, 10000), lambda('x', padLeft(string(lambdaVariables('x')), 1000000, 'x'))))]";
    let rule = "acr-transfer-resource-name";
    let ran = check("bomb_json", rule, &pipeline(text, "2023-01-01-preview", ""));
    let expected = ["x.json:4:51: undecided[acr-transfer-resource-name] depends on more values than are computed"];
    assert_eq!(lines(&ran), expected);
}

#[test]
fn more_values_than_a_prediction_computes() {
    let text = "var a = map(range(0, 10000), x => padLeft(x, 1000000))\noutput o string = string(a)\n";
    let ran = Folder::new("bomb_snapshot").with("x.bicep", text).run(&["snapshot", "x.bicep"], &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("unknown()"), "{ran:?}");
}

/// Each text is kept for whoever asks next, as long as all of them are not too much.
#[test]
fn many_huge_variables() {
    let mut text = String::new();
    for at in 0..60 {
        let _ = writeln!(
            text,
            "var v{at} = map(range(0, 20), x => padLeft('{at}', 1000000, 'x'))
resource p{at} 'Microsoft.ContainerRegistry/registries/exportPipelines@2019-12-01-preview' = {{
  name: 'registry/pipe{at}'
  location: last(v{at})
}}"
        );
    }
    let folder = Folder::new("huge_variables").with("x.bicep", text);
    let ran = folder.check(&["--format", "concise", "--select", "acr-transfer-identity-missing"]);
    assert_eq!((lines(&ran).len(), ran.code), (60, Some(1)));
}

#[test]
fn a_path_that_selects_more_than_a_file_holds() {
    let nested = format!("{}1{}", "{\"a\": ".repeat(50), "}".repeat(50));
    let text = "var a = loadJsonContent('d.json', '$..*..*..*..*..*')
resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2019-12-01-preview' = {
  name: string(a)
  location: 'x'
}
";
    let folder = Folder::new("path_bomb").with("x.bicep", text).with("d.json", nested);
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", "acr-transfer-resource-name"]);
    let expected = ["x.bicep:3:9: undecided[acr-transfer-resource-name] depends on `string(unknown())`"];
    assert_eq!(lines(&ran), expected);
}

/// What is said of a pipeline whose name a parameter gives.
fn named_by(folder: Folder, parameter: &str, name: &str) -> Vec<String> {
    let resource = pipeline(name, "2023-01-01-preview", "");
    let text = format!("{HEAD},\n\"parameters\": {{\"p\": {parameter}}}, \"resources\": [\n{resource}]}}");
    let rule = "acr-transfer-resource-name";
    let ran = folder.with("x.json", text).check(&["--format", "concise", "--show-unknown", "--select", rule]);
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn every_parameter_file_is_asked() {
    let mut folder = Folder::new("parameter_files");
    for at in 0..70 {
        let value = if at == 69 { "no_name" } else { "pipeline" };
        let text = format!("{PARAMETERS_HEAD}, \"parameters\": {{\"p\": {{\"value\": \"{value}\"}}}}}}");
        folder = folder.with(&format!("x.{at:02}.parameters.json"), text);
    }
    let found = named_by(folder, "{\"type\": \"string\"}", "[concat('registry/', parameters('p'))]");
    let expected = "x.69.parameters.json:1:157: error[acr-transfer-resource-name] the pipeline name `no_name` must be 5 to 50 letters and digits (with x.69.parameters.json)";
    assert_eq!(found, [expected]);
}

#[test]
fn values_that_are_not_asked_are_counted() {
    let allowed: Vec<String> = (0..100).map(|at| format!("\"pipeline{at}\"")).collect();
    let parameter = format!("{{\"type\": \"string\", \"allowedValues\": [{}]}}", allowed.join(", "));
    let found = named_by(Folder::new("allowed_values"), &parameter, "[concat('registry/', parameters('p'))]");
    let reason = "depends on 36 combinations of parameters that are not looked at";
    assert_eq!(found, [format!("x.json:3:10: undecided[acr-transfer-resource-name] {reason}")]);
    let one_more = allowed[..65].join(", ");
    let parameter = format!("{{\"type\": \"string\", \"allowedValues\": [{one_more}]}}");
    let found = named_by(Folder::new("one_more_value"), &parameter, "[concat('registry/', parameters('p'))]");
    let reason = "depends on 1 combination of parameters that is not looked at";
    assert_eq!(found, [format!("x.json:3:10: undecided[acr-transfer-resource-name] {reason}")]);
}

#[test]
fn what_holds_in_all_worlds_that_were_seen_does_not_hold_always() {
    let flags: Vec<String> = (0..7).map(|at| format!("param f{at} bool")).collect();
    let name = (0..7).map(|at| format!("${{f{at} ? 'x' : 'y'}}")).collect::<Vec<_>>().concat();
    let text = format!(
        "{}
resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2019-12-01-preview' = {{
  name: 'r/{name}_'
}}
",
        flags.join("\n")
    );
    let folder = Folder::new("seven_flags").with("x.bicep", text);
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", "acr-transfer-resource-name"]);
    let found = lines(&ran);
    let last = "x.bicep:8:13: undecided[acr-transfer-resource-name] depends on 64 combinations of parameters that are not looked at";
    assert_eq!(found.last(), Some(&last));
    assert!(
        found.len() > 1 && found[..found.len() - 1].iter().all(|line| line.contains("(when `f0` is true")),
        "{found:?}"
    );
}

/// What others are given does not matter to a pipeline that has its own grant, however many flags decide over it.
#[test]
fn conditions_that_do_not_matter_are_not_asked() {
    let mut text = String::new();
    for at in 0..12 {
        let _ = writeln!(
            text,
            "param f{at} bool = true
resource p{at} 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = if (f{at}) {{
  name: 'registry/pipe{at}'
  identity: {{ type: 'SystemAssigned' }}
  properties: {{
    target: {{
      type: 'AzureStorageBlobContainer'
      uri: 'https://store.blob.core.windows.net/c'
      storageAccessMode: 'ManagedIdentity'
    }}
  }}
}}
resource g{at} 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (f{at}) {{
  name: guid('{at}')
  properties: {{
    principalId: p{at}.identity.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  }}
}}"
        );
    }
    let folder = Folder::new("flags").with("x.bicep", text);
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", "acr-transfer-storage-role-missing"]);
    assert_eq!((&*ran.stdout, ran.code), ("", Some(0)));
}

#[test]
fn deployments_deeper_than_any_are_counted() {
    let mut resources = pipeline("registry/pipeline", "2023-01-01-preview", "");
    for at in 0..20 {
        resources = deployment(&format!("d{at}"), &resources, "");
    }
    let ran = check("deep_deployments", "acr-transfer-access-mode-api-version", &resources);
    let found = lines(&ran);
    assert_eq!(found.len(), 1, "{found:?}");
    let reason = "undecided[acr-transfer-access-mode-api-version] one of deployments nested deeper than 16";
    assert!(found[0].ends_with(reason), "{found:?}");
}

/// As many pipelines, each with the role to write to the storage account of this name.
fn pipelines_and_grants(count: usize, account: &str) -> Vec<String> {
    let mut resources = Vec::new();
    for at in 0..count {
        resources.push(pipeline(&format!("registry/pipe{at}"), "2025-06-01-preview", ""));
        let id = id_of_pipeline(at);
        resources.push(format!(
            "{{\"type\": \"Microsoft.Authorization/roleAssignments\", \"apiVersion\": \"2022-04-01\",
\"name\": \"[guid('{at}')]\", \"scope\": \"[resourceId('Microsoft.Storage/storageAccounts', '{account}')]\",
\"properties\": {{\"roleDefinitionId\": \"{WRITER}\",
\"principalId\": \"[reference({id}, '2025-06-01-preview', 'Full').identity.principalId]\"}}}}"
        ));
    }
    resources
}

fn id_of_pipeline(at: usize) -> String {
    format!("resourceId('Microsoft.ContainerRegistry/registries/exportPipelines', 'registry', 'pipe{at}')")
}

/// Each pipeline is compared with the grants of all.
#[test]
fn hundreds_of_pipelines_and_grants_are_all_judged() {
    let ran = check("grants", "acr-transfer-grant-on-wrong-scope", &pipelines_and_grants(400, "other").join(",\n"));
    let found = lines(&ran);
    assert_eq!(found.len(), 400, "{found:?}");
    assert!(found.iter().all(|line| line.contains(": error[")), "{found:?}");
}

#[test]
fn a_rule_that_has_used_up_its_share_says_so() {
    let count = 800;
    let mut resources = pipelines_and_grants(count, "store");
    for at in 0..count {
        let id = id_of_pipeline(at);
        resources.push(format!(
            "{{\"type\": \"Microsoft.ContainerRegistry/registries/pipelineRuns\",
\"apiVersion\": \"2025-06-01-preview\", \"name\": \"registry/run{at}\", \"dependsOn\": [\"[{id}]\"],
\"properties\": {{\"request\": {{\"pipelineResourceId\": \"[{id}]\"}}}}}}"
        ));
    }
    let ran = check("share", "acr-transfer-run-before-grant", &resources.join(",\n"));
    let reason = "undecided[acr-transfer-run-before-grant] depends on more values than are computed";
    let undecided = lines(&ran).into_iter().filter(|line| line.ends_with(reason)).count();
    let found = lines(&ran).len() - undecided;
    assert!(found > 100, "{found}");
    assert_eq!(found + undecided, count);
}

#[test]
fn expressions_in_loops_in_loops_share_what_may_be_computed() {
    let count = 60;
    let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\": \"[add(copyIndex('inner'), {at})]\"")).collect();
    let copy = |name: &str, input: &str| {
        format!("{{\"copy\": [{{\"name\": \"{name}\", \"count\": 64, \"input\": {input}}}]}}")
    };
    let properties = copy("outer", &copy("inner", &format!("{{{}}}", members.join(",\n"))));
    let resource =
        format!("{{\"type\": \"A.B/c\", \"apiVersion\": \"1\", \"name\": \"n\", \"properties\": {properties}}}");
    let ran = check("loops-in-loops", "invalid-argument", &resource);
    let reason = "undecided[invalid-argument] depends on more values than are computed";
    let undecided = lines(&ran).into_iter().filter(|line| line.ends_with(reason)).count();
    assert!((1..count).contains(&undecided), "{undecided}");
}

#[test]
fn tens_of_thousands_of_type_definitions() {
    let (mut definitions, mut parameters) = (String::new(), String::new());
    let count = 30_000;
    for at in 0..count {
        let _ = writeln!(definitions, "\"d{at}\": {{\"$ref\": \"#/definitions/d{}\"}},", at + 1);
        let _ = writeln!(parameters, "\"p{at}\": {{\"$ref\": \"#/definitions/d{}\"}},", count - 2);
    }
    let text = format!(
        "{HEAD}, \"languageVersion\": \"2.0\",\n\"definitions\": {{{definitions}\"d{count}\": {{\"type\": \"bool\"}}}},
\"parameters\": {{{parameters}\"z\": {{\"type\": \"int\"}}}}, \"resources\": {{}}}}"
    );
    let folder = Folder::new("definitions").with("x.json", text);
    let start = Instant::now();
    let ran = folder.check(&["--format", "concise", "--select", "template-shape"]);
    assert_eq!((&*ran.stdout, ran.code), ("", Some(0)));
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

#[test]
fn inputs_that_name_each_other_are_no_more_files_however_many_they_are() {
    let input = |path: String, text: &str| Input { path, text: Ok(text.to_owned()), explicit: false };
    let inputs = (0..8200).flat_map(|at| {
        let values = format!("using 'main{at}.bicep'\nparam name = 'x'\n");
        [input(format!("main{at}.bicep"), "param name string\n"), input(format!("main{at}.bicepparam"), &values)]
    });
    let settings = Settings::at("2026-11-23T00:00:00Z".parse().unwrap());
    let outcome = lint(inputs.collect(), &settings, &|_: &str| None);
    let messages: Vec<&str> = outcome.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, [""; 0]);
    let inputs = (0..8194).map(|at| {
        let values = format!("using 'main{at}.bicep'\nparam name = 'x'\n");
        input(format!("main{at}.bicepparam"), &values)
    });
    let template = |path: &str| path.starts_with("main").then(|| Ok(b"param name string\n".to_vec()));
    let outcome = lint(inputs.collect(), &settings, &template);
    let messages: Vec<&str> = outcome.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, ["this file was not read: the inputs name more than 8192 others"; 2]);
}

#[test]
fn reads_that_depend_on_a_flag_each_are_all_asked_however_many_flags_there_are() {
    let part = |at: usize| {
        format!(
            "param flag{at} bool\nresource r{at} 'A.B/c@2024-01-01' = if (flag{at}) {{\n  name: 'r{at}'\n}}\n\
             output o{at} string = r{at}!.properties.x\n"
        )
    };
    let text = (0..8).map(part).collect::<Vec<_>>().concat();
    let folder = Folder::new("flags_of_reads").with("main.bicep", text);
    let ran = folder.check(&["--format", "concise", "--show-unknown", "--select", "undeployed-read"]);
    let expected: Vec<String> = (0..8)
        .map(|at| {
            format!(
                "main.bicep:{}:20: warning[undeployed-read] `r{at}` is not deployed, so there is nothing to read (when `flag{at}` is false)",
                5 * at + 5
            )
        })
        .collect();
    assert_eq!(lines(&ran), expected);
}
