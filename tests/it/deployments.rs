//! What scripts, workflows and pipelines deploy: their values reach the template, and findings point into the script.

use plimsoll::lint::{Input, Settings, lint};

use crate::examples::{NOW, unmark};

const TEMPLATE: &str = r"param mode string
param options array = []

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: 'contoso'
}

resource pipe 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'pipe01'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    target: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://contoso.blob.core.windows.net/transfer'
      storageAccessMode: mode
    }
    options: options
  }
}
";

/// Asserts that `rule` finds exactly what is marked in the script at `path` that deploys the template at `template`.
fn assert_found(rule: &str, template: &str, path: &str, script: &str, others: &[(&str, &str)]) {
    let (script, marks) = unmark(script);
    let files = [(template, TEMPLATE), (path, script.as_str())].into_iter().chain(others.iter().copied());
    let inputs = files.map(|(path, text)| Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: true });
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = vec![rule.to_owned()];
    let outcome = lint(inputs.collect(), &settings, &|_: &str| None);
    let found: Vec<(String, (usize, usize))> = outcome
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let span = diagnostic.primary.span;
            (outcome.sources.file(span.file).path().to_owned(), (span.start as usize, span.end as usize))
        })
        .collect();
    let wanted: Vec<_> = marks.into_iter().map(|mark| (path.to_owned(), mark)).collect();
    assert_eq!(found, wanted, "{script}\n{:#?}", outcome.diagnostics);
}

fn assert_mode(template: &str, path: &str, script: &str) {
    assert_found("acr-transfer-access-mode-invalid", template, path, script, &[]);
}

#[test]
fn the_azure_cli_gives_values() {
    for script in [
        "az deployment group create -g rg --template-file main.bicep --parameters mode=«AccountKey»",
        "az deployment group what-if -g rg -f ./main.bicep -p options=[] -p mode=«'AccountKey'»",
        "MODE=«AccountKey»\naz deployment group create -g rg -f main.bicep --parameters mode=$MODE",
        "az deployment group create -g rg -f \"$ROOT/main.bicep\" --parameters \"mode=«AccountKey»\"",
    ] {
        assert_mode("main.bicep", "deploy.sh", script);
    }
}

#[test]
fn what_is_not_known_or_not_meant_is_silent() {
    for script in [
        "az deployment group create -g rg -f main.bicep --parameters mode=$MODE",
        "az deployment group create -g rg -f main.bicep --parameters mode=SasToken",
        "az deployment group create -g rg -f other.bicep --parameters mode=AccountKey",
        "az deployment group show -g rg -n main --parameters mode=AccountKey",
        "az deployment group create -g rg -f main.bicep --parameters mood=AccountKey mode=SasToken",
    ] {
        assert_mode("main.bicep", "deploy.sh", script);
    }
}

#[test]
fn a_list_is_read_as_json() {
    assert_found(
        "acr-transfer-option-not-for-pipeline",
        "main.bicep",
        "deploy.sh",
        "az deployment group create -g rg -f main.bicep -p mode=SasToken options=«'[\"OverwriteTags\"]'»",
        &[],
    );
}

#[test]
fn a_template_is_looked_for_from_the_script_up_to_the_root() {
    let script = "az deployment group create -g rg -f infra/main.bicep --parameters mode=«AccountKey»";
    assert_mode("infra/main.bicep", "scripts/deploy.sh", script);
    assert_mode("repo/scripts/infra/main.bicep", "repo/scripts/deploy.sh", script);
    assert_mode(
        "infra/main.bicep",
        "scripts/deploy.ps1",
        "New-AzResourceGroupDeployment -ResourceGroupName rg -TemplateFile \"$PSScriptRoot/../infra/main.bicep\" -mode «AccountKey»",
    );
}

#[test]
fn tasks_and_actions_give_values() {
    let task = "steps:
  - task: AzureResourceManagerTemplateDeployment@3
    inputs:
      deploymentScope: Resource Group
      csmFile: $(Build.SourcesDirectory)/infra/main.bicep
      overrideParameters: -options [] -mode «AccountKey»
";
    assert_mode("infra/main.bicep", "azure-pipelines.yml", task);
    let action = "on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: azure/arm-deploy@v2
        with:
          resourceGroupName: rg
          template: ./infra/main.bicep
          parameters: mode=«AccountKey» options=[]
";
    assert_mode("infra/main.bicep", ".github/workflows/deploy.yml", action);
}

#[test]
fn values_in_json_are_followed() {
    for script in [
        "az deployment group create -g rg -f main.bicep --parameters '{\"mode\": {\"value\": «\"AccountKey\"»}}'",
        "az deployment sub create -l x -f main.bicep -p '{\"mode\": «\"AccountKey\"», \"options\": []}'",
        "az deployment group create -g rg -f main.bicep -p \"{\\\"options\\\": [\\\"$X\\\"], \\\"mode\\\": «\\\"AccountKey\\\"»}\"",
        "az deployment group create -g rg -f main.bicep -p '{\"mode\": {\"value\": \"'$MODE'\"}}'",
        "az deployment group create -g rg -f main.bicep -p '{\"mode\": {\"reference\": {\"secretName\": \"x\"}}}'",
        "az deployment group create -g rg -f main.bicep -p '{\"mode\":'",
    ] {
        assert_mode("main.bicep", "deploy.sh", script);
    }
    let action = "on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: azure/bicep-deploy@v2
        with:
          operation: create
          template-file: ./infra/main.bicep
          parameters: '{\"mode\": «\"AccountKey\"»}'
";
    assert_mode("infra/main.bicep", ".github/workflows/deploy.yml", action);
}

#[test]
fn stacks_and_hash_tables_give_values() {
    for script in [
        "az stack group create -g rg -n s -f main.bicep --parameters mode=«AccountKey» --deny-settings-mode none",
        "az stack sub validate -n s -l x -f main.bicep -p '{\"mode\": {\"value\": «\"AccountKey\"»}}'",
    ] {
        assert_mode("main.bicep", "deploy.sh", script);
    }
    for script in [
        "$values = @{\n  mode = «'AccountKey'»\n  options = @()\n}\nNew-AzResourceGroupDeployment -ResourceGroupName rg \
         -TemplateFile main.bicep -TemplateParameterObject $values",
        "New-AzSubscriptionDeploymentStack -Name s -TemplateFile main.bicep -TemplateParameterObject @{ options = @(); \
         mode = «'AccountKey'» }",
        "New-AzResourceGroupDeployment -ResourceGroupName rg -TemplateFile main.bicep -TemplateParameterObject @{ mode = $mode }",
    ] {
        assert_mode("main.bicep", "deploy.ps1", script);
    }
}

#[test]
fn values_of_a_script_stand_over_those_of_its_parameter_file() {
    let parameters = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"mode": {"value": "SasToken"}, "options": {"value": []}}
}"#;
    assert_found(
        "acr-transfer-access-mode-invalid",
        "main.bicep",
        "deploy.sh",
        "az deployment group create -g rg -f main.bicep -p @env/prod.json mode=«AccountKey»",
        &[("env/prod.json", parameters)],
    );
}

#[test]
fn a_parameter_file_elsewhere_is_paired_by_the_script() {
    let parameters = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"mode": {"value": "AccountKey"}}
}"#;
    let files = [("main.bicep", TEMPLATE), ("elsewhere/prod.json", parameters)];
    let deploy = ("deploy.sh", "az deployment group create -g rg -f main.bicep -p @elsewhere/prod.json");
    for (files, wanted) in [(files.to_vec(), 0), ([&files[..], &[deploy]].concat(), 1)] {
        let input = |(path, text): (&str, &str)| Input { path: path.into(), text: Ok(text.into()), explicit: true };
        let mut settings = Settings::at(NOW.parse().unwrap());
        settings.select = vec!["acr-transfer-access-mode-invalid".to_owned()];
        let outcome = lint(files.into_iter().map(input).collect(), &settings, &|_: &str| None);
        let paths: Vec<_> =
            outcome.diagnostics.iter().map(|found| outcome.sources.file(found.primary.span.file).path()).collect();
        assert_eq!(paths, vec!["elsewhere/prod.json"; wanted]);
    }
}
