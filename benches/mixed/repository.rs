//! A repository of 2,000 files of many kinds and sizes, always the same.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const ADJECTIVES: [&str; 8] = ["shared", "web", "data", "edge", "batch", "audit", "search", "mail"];
const NOUNS: [&str; 8] = ["store", "plan", "queue", "vault", "network", "registry", "cluster", "monitor"];

/// The files that plimsoll reads for more than a few words, by how they are made.
const RELEVANT: [(usize, Make); 6] =
    [(280, template), (250, parameters), (320, bicep), (130, workflow), (140, script), (90, document)];

/// Those that are none of its business.
const UNRELATED: [(usize, Make); 6] =
    [(330, package), (60, data), (4, lock_file), (240, manifest), (110, prose), (46, plain_script)];

/// The path and the text of a kind's file with this number.
type Make = fn(usize) -> (String, String);

/// Where the files are.
pub(crate) struct Repository {
    /// Those that are ours.
    pub relevant: Vec<PathBuf>,
    /// Those that are not.
    pub unrelated: Vec<PathBuf>,
}

impl Repository {
    /// Writes the files below `folder`, those that are ours in `ours` and the others in `others`.
    pub(crate) fn write(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            relevant: write(&folder.join("ours"), &RELEVANT)?,
            unrelated: write(&folder.join("others"), &UNRELATED)?,
        })
    }
}

fn write(folder: &Path, kinds: &[(usize, Make)]) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for (count, make) in kinds {
        for number in 0..*count {
            let (path, text) = make(number);
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, text)?;
            paths.push(path);
        }
    }
    Ok(paths)
}

fn word(number: usize) -> String {
    format!("{}{}{number}", ADJECTIVES[number % 8], NOUNS[number / 8 % 8])
}

/// How many parts a file has: most have few, some many.
fn size(number: usize) -> usize {
    match number % 16 {
        0 => 40,
        1..=3 => 16,
        4..=8 => 7,
        _ => 3,
    }
}

fn template(number: usize) -> (String, String) {
    let mut resources = String::new();
    for at in 0..size(number) {
        let name = word(number + at);
        let comma = if at == 0 { "" } else { ",\n" };
        let _ = write!(
            resources,
            r#"{comma}    {{
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-01-01",
      "name": "[format('{{0}}{name}', parameters('prefix'))]",
      "location": "[parameters('location')]",
      "tags": "[union(variables('tags'), createObject('part', '{name}'))]",
      "sku": {{ "name": "[if(parameters('redundant'), 'Standard_GRS', 'Standard_LRS')]" }},
      "kind": "StorageV2",
      "properties": {{ "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false, "supportsHttpsTrafficOnly": true }}
    }},
    {{
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "scope": "[resourceId('Microsoft.Storage/storageAccounts', format('{{0}}{name}', parameters('prefix')))]",
      "name": "[guid(resourceGroup().id, '{name}', parameters('principalId'))]",
      "properties": {{
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('roles').reader)]",
        "principalId": "[parameters('principalId')]",
        "principalType": "ServicePrincipal"
      }},
      "dependsOn": ["[resourceId('Microsoft.Storage/storageAccounts', format('{{0}}{name}', parameters('prefix')))]"]
    }}"#
        );
    }
    if number.is_multiple_of(10) {
        let _ = write!(
            resources,
            r#",
    {{
      "type": "Microsoft.ContainerRegistry/registries/exportPipelines",
      "apiVersion": "2025-06-01-preview",
      "name": "[format('{{0}}/{}', parameters('prefix'))]",
      "location": "[parameters('location')]",
      "identity": {{ "type": "SystemAssigned" }},
      "properties": {{
        "target": {{
          "type": "AzureStorageBlobContainer",
          "uri": "https://transfer{number}.blob.core.windows.net/transfer",
          "storageAccessMode": "ManagedIdentity"
        }}
      }}
    }}"#,
            word(number)
        );
    }
    let text = format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{
    "prefix": {{ "type": "string", "minLength": 3, "metadata": {{ "description": "What all names start with." }} }},
    "location": {{ "type": "string", "defaultValue": "[resourceGroup().location]" }},
    "redundant": {{ "type": "bool", "defaultValue": false }},
    "principalId": {{ "type": "string" }}
  }},
  "variables": {{
    "tags": {{ "owner": "{}", "purpose": "[concat('part of ', deployment().name)]" }},
    "roles": {{ "reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" }}
  }},
  "resources": [
{resources}
  ],
  "outputs": {{
    "group": {{ "type": "string", "value": "[resourceGroup().name]" }}
  }}
}}
"#,
        word(number)
    );
    (format!("arm/{}/{}.json", number % 20, word(number)), text)
}

fn parameters(number: usize) -> (String, String) {
    let text = format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{
    "prefix": {{ "value": "p{number}" }},
    "redundant": {{ "value": {} }},
    "principalId": {{ "value": "00000000-0000-4000-8000-{number:012}" }}
  }}
}}
"#,
        number.is_multiple_of(2)
    );
    (format!("arm/{}/{}.parameters.json", number % 20, word(number)), text)
}

fn bicep(number: usize) -> (String, String) {
    let mut text = format!(
        "@description('What all names start with.')\n@minLength(3)\nparam prefix string = '{}'\n\
         param location string = resourceGroup().location\nparam redundant bool = false\n\nvar tags = {{\n  owner: \
         '{}'\n  purpose: 'part of ${{deployment().name}}'\n}}\n",
        word(number),
        word(number + 1)
    );
    for at in 0..size(number) {
        let name = word(number + at);
        let _ = write!(
            text,
            "\n// Keeps what {name} writes.\nresource store{at} 'Microsoft.Storage/storageAccounts@2023-01-01' = {{\n  \
             name: '${{prefix}}{name}'\n  location: location\n  tags: union(tags, {{ part: '{name}' }})\n  sku: {{\n    \
             name: redundant ? 'Standard_GRS' : 'Standard_LRS'\n  }}\n  kind: 'StorageV2'\n  properties: {{\n    \
             minimumTlsVersion: 'TLS1_2'\n    allowBlobPublicAccess: false\n    networkAcls: {{\n      defaultAction: \
             'Deny'\n      bypass: 'AzureServices'\n    }}\n  }}\n}}\n\noutput endpoint{at} string = \
             store{at}.properties.primaryEndpoints.blob\n"
        );
    }
    (format!("bicep/{}/{}.bicep", number % 20, word(number)), text)
}

/// Commands such as a script or a step of a workflow runs.
fn commands(number: usize, count: usize, indent: &str) -> String {
    let mut text = String::new();
    for at in 0..count {
        let name = word(number + at);
        let _ = write!(
            text,
            "{indent}az group create --name \"rg-{name}\" --location \"$LOCATION\"\n{indent}az deployment group create \
             --resource-group \"rg-{name}\" \\\n{indent}  --template-file other/{name}.json --parameters \
             prefix={name}\n{indent}if [ -n \"$VERBOSE\" ]; then\n{indent}  echo \"deployed {name} at $(date -u)\"\n{indent}fi\n"
        );
    }
    text
}

fn workflow(number: usize) -> (String, String) {
    if number.is_multiple_of(3) {
        let text = format!(
            "trigger:\n  branches:\n    include: [main]\nvariables:\n  location: westeurope\nsteps:\n- task: \
             AzureCLI@2\n  displayName: Deploy {}\n  inputs:\n    azureSubscription: service\n    scriptType: bash\n    \
             scriptLocation: inlineScript\n    inlineScript: |\n{}",
            word(number),
            commands(number, size(number), "      ")
        );
        return (format!("pipelines/{}.yml", word(number)), text);
    }
    let text = format!(
        "name: {}\non:\n  push:\n    branches: [main]\nenv:\n  LOCATION: westeurope\njobs:\n  deploy:\n    runs-on: \
         ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: azure/login@v2\n        with:\n          \
         client-id: ${{{{ secrets.CLIENT_ID }}}}\n      - name: Deploy\n        run: |\n{}",
        word(number),
        commands(number, size(number), "          ")
    );
    (format!(".github/workflows/{}.yml", word(number)), text)
}

fn script(number: usize) -> (String, String) {
    let text =
        format!("#!/usr/bin/env bash\nset -euo pipefail\nLOCATION=westeurope\n{}", commands(number, size(number), ""));
    (format!("scripts/{}.sh", word(number)), text)
}

fn document(number: usize) -> (String, String) {
    let mut text = paragraphs(number, size(number));
    let _ = write!(text, "```bash\n{}```\n", commands(number, 2, ""));
    (format!("docs/{}.md", word(number)), text)
}

fn paragraphs(number: usize, count: usize) -> String {
    let mut text = format!("# {}\n\n", word(number));
    for at in 0..count * 4 {
        let _ = write!(
            text,
            "The {} is looked after by the team of the {}. Ask them before you change anything in it, and tell them \
             afterwards what you have seen: nobody likes surprises in the middle of the night.\n\n",
            word(number + at),
            word(number + at + 1)
        );
    }
    text
}

fn package(number: usize) -> (String, String) {
    let mut text =
        format!("{{\n  \"name\": \"{}\",\n  \"version\": \"1.{number}.0\",\n  \"dependencies\": {{\n", word(number));
    for at in 0..size(number) {
        let _ = writeln!(text, "    \"{}\": \"^{at}.{number}.1\",", word(number + at));
    }
    text.push_str("    \"left\": \"1.0.0\"\n  }\n}\n");
    let name = if number.is_multiple_of(3) { "tsconfig.json" } else { "package.json" };
    (format!("packages/{number}/{name}"), text)
}

/// Rows of test data, up to some hundred KB.
fn data(number: usize) -> (String, String) {
    let mut text = "[\n".to_owned();
    for at in 0..size(number) * 50 {
        let _ = writeln!(
            text,
            "  {{ \"id\": {at}, \"name\": \"{}\", \"tags\": [\"a\", \"b\"], \"score\": {}.5, \"active\": {} }},",
            word(number + at),
            at % 97,
            at.is_multiple_of(2)
        );
    }
    text.push_str("  {}\n]\n");
    (format!("data/{}.json", word(number)), text)
}

/// A lock file of a megabyte.
fn lock_file(number: usize) -> (String, String) {
    let mut text = "{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n".to_owned();
    for at in 0..4500 {
        let name = word(number * 100 + at);
        let hash = (at * 2_654_435_761) % 1_000_000_007;
        let _ = writeln!(
            text,
            "    \"node_modules/{name}\": {{\n      \"version\": \"{at}.2.0\",\n      \"resolved\": \
             \"https://registry.example.com/{name}/-/{name}-{at}.2.0.tgz\",\n      \"integrity\": \
             \"sha512-{hash:032x}{hash:032x}==\",\n      \"engines\": {{ \"node\": \">=18\" }}\n    }},"
        );
    }
    text.push_str("    \"\": {}\n  }\n}\n");
    (format!("apps/{number}/package-lock.json"), text)
}

fn manifest(number: usize) -> (String, String) {
    let mut text = String::new();
    for at in 0..size(number) {
        let name = word(number + at);
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{app: {name}}}\nspec:\n  \
             replicas: {at}\n  selector:\n    matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        \
             app: {name}\n    spec:\n      containers:\n      - name: main\n        image: registry.example.com/{name}:1.{at}\n        \
             resources:\n          limits: {{cpu: 500m, memory: 256Mi}}\n"
        );
    }
    (format!("k8s/{}/{}.yaml", number % 10, word(number)), text)
}

fn prose(number: usize) -> (String, String) {
    (format!("notes/{}.md", word(number)), paragraphs(number, size(number) * 2))
}

fn plain_script(number: usize) -> (String, String) {
    let mut text = "#!/bin/sh\nset -eu\n".to_owned();
    for at in 0..size(number) * 4 {
        let _ = writeln!(text, "if [ -d {0} ]; then make -C {0} all && cp {0}/out/* dist/; fi", word(number + at));
    }
    (format!("build/{}.sh", word(number)), text)
}
