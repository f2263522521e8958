//! What the command line tells of a deployment: `check` and `snapshot` take the same options.

use crate::command::Folder;

/// A scope, an option, its value, and an expression that has this value with it.
const KNOWN: [(&str, &str, &str, &str); 6] = [
    ("tenantDeploymentTemplate", "--tenant-id", "t-1", "tenant().tenantId"),
    ("managementGroupDeploymentTemplate", "--management-group-id", "mg", "managementGroup().name"),
    ("deploymentTemplate", "--subscription-id", "s-1", "subscription().subscriptionId"),
    ("deploymentTemplate", "--resource-group", "rg", "resourceGroup().name"),
    ("subscriptionDeploymentTemplate", "--location", "north", "deployment().location"),
    ("deploymentTemplate", "--deployment-name", "first", "deployment().name"),
];

fn template(scope: &str, output: &str) -> String {
    let schema = format!("https://schema.management.azure.com/schemas/2019-04-01/{scope}.json#");
    format!(
        r#"{{"$schema": "{schema}", "contentVersion": "1.0.0.0", "resources": [], "outputs": {{"o": {{"type": "string", "value": "{output}"}}}}}}"#
    )
}

#[test]
fn a_check_judges_what_the_options_tell() {
    for (scope, option, value, expression) in KNOWN {
        let text = template(scope, &format!("[substring({expression}, 0, 9)]"));
        let at = text.find("substring").unwrap() + 1;
        let folder = Folder::new(&format!("context{option}")).with("main.json", text);
        let check = |more: &[&str]| {
            let ran = folder.check(&[&["main.json", "--format", "concise"], more].concat());
            (ran.code, ran.stdout)
        };
        // It knows no more than it is told.
        let (_, other, ..) = KNOWN.iter().find(|(_, other, ..)| *other != option).unwrap();
        assert_eq!(check(&[]), (Some(0), String::new()), "{option}");
        assert_eq!(check(&[other, "x"]), (Some(0), String::new()), "{option}");
        assert_eq!(check(&[option, "longer than nine"]), (Some(0), String::new()), "{option}");
        let message = "`substring`: the start and the length reach behind the end of the string";
        let found = format!("main.json:1:{at}: error[invalid-argument] {message}\n");
        assert_eq!(check(&[option, value]), (Some(1), found), "{option}");
    }
}

#[test]
fn a_snapshot_takes_the_same_options() {
    for (scope, option, value, expression) in KNOWN {
        let folder = Folder::new(&format!("context-snapshot{option}"));
        let folder = folder.with("main.json", template(scope, &format!("[{expression}]")));
        let ran = folder.run(&["snapshot", "main.json", option, value], &[]);
        let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(predicted["outputs"]["o"], value, "{option}");
    }
}
