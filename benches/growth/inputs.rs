//! The inputs whose time is measured, each in any size.

use std::fmt::Write;

use plimsoll::lint::Input;

/// A kind of input.
pub(crate) struct Case {
    /// What it is.
    pub name: &'static str,
    /// The smallest size.
    pub size: usize,
    /// How often that is doubled.
    pub doublings: u32,
    /// Makes one of a size.
    pub make: fn(usize) -> Vec<Input>,
}

const fn case(name: &'static str, size: usize, doublings: u32, make: fn(usize) -> Vec<Input>) -> Case {
    Case { name, size, doublings, make }
}

pub(crate) const CASES: &[Case] = &[
    case("unknown names in JSON", 2500, 2, unknown_in_json),
    case("unknown names in Bicep", 2500, 2, unknown_in_bicep),
    case("commands of one script", 1000, 2, commands),
    case("variables and commands", 500, 2, variables),
    case("references by name", 5000, 2, references),
    case("references to modules", 1000, 2, modules),
    case("types without a dot", 10_000, 2, types_without_dot),
    case("imports of each other", 1600, 3, imports),
    case("pipelines and their grants", 100, 2, grants),
    case("nested loops of modules", 200, 2, loops),
    case("resources", 10, 10, resources),
    case("files", 10, 10, files),
];

/// Pipelines and their grants, all of them deployed as a flag of their own says.
pub(crate) const FLAGS: Case = case("flags that no file settles", 6, 0, flags);

/// As many open flags among twelve, and expressions that Azure may refuse, with and without them.
pub(crate) const SWITCHES: Case = case("refusals among open flags", 0, 0, switches);

const HEAD: &str = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0""#;

fn input(path: &str, text: String) -> Input {
    Input { path: path.to_owned(), text: Ok(text), explicit: false }
}

/// As many lines as `line` writes.
fn lines(count: usize, separator: &str, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().join(separator)
}

fn template(resources: &str, more: &str) -> Vec<Input> {
    vec![input("main.json", format!("{HEAD},\n\"resources\": [\n{resources}\n]{more}}}"))]
}

fn unknown_in_json(count: usize) -> Vec<Input> {
    let variables = lines(count, ",\n", |at| format!("\"name{at}\": \"[variables('naem{at}')]\""));
    template("", &format!(",\n\"variables\": {{\n{variables}\n}}"))
}

fn unknown_in_bicep(count: usize) -> Vec<Input> {
    vec![input("main.bicep", lines(count, "\n", |at| format!("var name{at} = naem{at}")))]
}

fn commands(count: usize) -> Vec<Input> {
    let text = lines(count, "\n", |at| {
        format!(
            "az acr import-pipeline create -r registry{at} -n pipeline{at} -g group \
             -s https://vault.vault.azure.net/secrets/token -c https://store.blob.core.windows.net/transfer"
        )
    });
    vec![input("run.sh", format!("#!/bin/bash\n{text}\n"))]
}

fn variables(count: usize) -> Vec<Input> {
    let variables = lines(count, "\n", |at| format!("REGISTRY{at}=registry{at}"));
    let commands =
        lines(count, "\n", |at| format!("az acr import-pipeline create -r $REGISTRY{at} -n p$at -g $G -s $S -c $C"));
    vec![input("run.sh", format!("#!/bin/bash\n{variables}\n{commands}\n"))]
}

/// Runs of pipelines that are waited for by their names alone.
fn references(count: usize) -> Vec<Input> {
    let resources = lines(count, ",\n", |at| {
        let other = (at + 1) % count;
        format!(
            r#"{{"type": "Microsoft.ContainerRegistry/registries/pipelineRuns", "apiVersion": "2019-12-01-preview",
"name": "registry/run{at}", "properties": {{"request": {{"pipelineResourceId": "[reference('registry/run{other}').id]"}}}}}}"#
        )
    });
    template(&resources, "")
}

fn modules(count: usize) -> Vec<Input> {
    let main = lines(count, "\n", |at| {
        let name = if at == 0 { "'registry'".to_owned() } else { format!("m{}.outputs.name", at - 1) };
        format!("module m{at} 'part.bicep' = {{\n  name: 'm{at}'\n  params: {{\n    name: {name}\n  }}\n}}")
    });
    let part = "param name string
resource r 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: 'x'
  sku: {
    name: 'Premium'
  }
}
output name string = 'registry'
";
    vec![input("main.bicep", main), input("part.bicep", part.to_owned())]
}

fn types_without_dot(count: usize) -> Vec<Input> {
    let resource = |at| format!(r#"{{"type": "kind{at}", "apiVersion": "2020-01-01", "name": "n"}}"#);
    template(&lines(count, ",\n", resource), "")
}

/// Files each of which imports from all others, with as many imports in all.
fn imports(count: usize) -> Vec<Input> {
    let files = count.isqrt();
    let file = |at: usize| {
        let mut imports = String::new();
        for other in (0..files).filter(|other| *other != at) {
            let _ = writeln!(imports, "import {{ v{other} }} from '{other}.bicep'");
        }
        input(&format!("{at}.bicep"), format!("{imports}@export()\nvar v{at} = 1\n"))
    };
    (0..files).map(file).collect()
}

fn grants(count: usize) -> Vec<Input> {
    let resources = lines(count, ",\n", |at| {
        let id =
            format!("resourceId('Microsoft.ContainerRegistry/registries/exportPipelines', 'registry', 'pipe{at}')");
        format!(
            r#"{{"type": "Microsoft.ContainerRegistry/registries/exportPipelines", "apiVersion": "2025-06-01-preview",
"name": "registry/pipe{at}", "location": "x", "identity": {{"type": "SystemAssigned"}}, "properties": {{"target":
{{"type": "AzureStorageBlobContainer", "uri": "https://store.blob.core.windows.net/c", "storageAccessMode": "ManagedIdentity"}}}}}},
{{"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('{at}')]",
"scope": "[resourceId('Microsoft.Storage/storageAccounts', 'store')]", "properties": {{
"roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')]",
"principalId": "[reference({id}, '2025-06-01-preview', 'Full').identity.principalId]"}}}}"#
        )
    });
    template(&resources, "")
}

fn loops(count: usize) -> Vec<Input> {
    let module = |path: &str| format!("module m '{path}' = [for i in range(0, {count}): {{\n  name: 'm${{i}}'\n}}]\n");
    let resource = format!(
        "resource r 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = [for i in range(0, {count}): {{
  name: 'registry/pipeline${{i}}'
  location: 'x'
}}]
"
    );
    vec![input("a.bicep", module("b.bicep")), input("b.bicep", module("c.bicep")), input("c.bicep", resource)]
}

fn resources(count: usize) -> Vec<Input> {
    let resource = |at| {
        format!(
            r#"{{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "store{at}",
"location": "x", "sku": {{"name": "Standard_LRS"}}, "kind": "StorageV2", "dependsOn": ["store{}"]}}"#,
            at + 1
        )
    };
    template(&lines(count, ",\n", resource), "")
}

fn files(count: usize) -> Vec<Input> {
    let file = |at: usize| {
        let text = "param name string
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: name
  location: 'x'
  sku: {
    name: 'Standard_LRS'
  }
  kind: 'StorageV2'
}
";
        let values = format!("using 'main{at}.bicep'\nparam name = 'store{at}'\n");
        let folder = at / 100;
        [
            input(&format!("d{folder}/main{at}.bicep"), text.to_owned()),
            input(&format!("d{folder}/main{at}.bicepparam"), values),
        ]
    };
    (0..count).flat_map(file).collect()
}

fn flags(count: usize) -> Vec<Input> {
    let mut text = String::new();
    for at in 0..count {
        let _ = writeln!(
            text,
            "param flag{at} bool = true
resource pipeline{at} 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = if (flag{at}) {{
  name: 'registry/pipeline{at}'
  location: 'x'
  identity: {{
    type: 'SystemAssigned'
  }}
  properties: {{
    target: {{
      type: 'AzureStorageBlobContainer'
      uri: 'https://store.blob.core.windows.net/c'
      storageAccessMode: 'ManagedIdentity'
    }}
  }}
}}
resource grant{at} 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (flag{at}) {{
  name: guid('{at}')
  properties: {{
    principalId: pipeline{at}.identity.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  }}
}}"
        );
    }
    vec![input("main.bicep", text)]
}

fn switches(open: usize) -> Vec<Input> {
    const ALL: usize = 12;
    let mut text = String::from("param items array = [{ name: 'a' }, { name: 'b', size: '7' }]\n");
    for at in 0..ALL {
        let declared = if at < open { "param" } else { "var" };
        let ty = if at < open { " bool" } else { "" };
        let _ = writeln!(
            text,
            "{declared} flag{at}{ty} = true
resource store{at} 'Microsoft.Storage/storageAccounts@2023-05-01' = [for (item, index) in items: if (flag{at}) {{
  name: 'store{at}${{item.name}}'
  location: flag{at} ? item.name : split(item.name, '/')[0]
  sku: {{
    name: item.?sku ?? first(split('Standard_LRS', '_'))
  }}
  properties: {{
    a: flag{at} && int(item.?size ?? '0') > 3
    b: json('[1, 2]')[index]
  }}
}}]
output o{at} int = flag{at} ? int(items[1].size) : length(items)"
        );
    }
    vec![input("main.bicep", text)]
}
