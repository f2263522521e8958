//! Nothing in a file, or in its name, is a command to the runner of a pipeline or acts on a terminal.

use crate::command::{Folder, HEAD};

/// What runners take for commands wherever it stands, and what acts on terminals.
const ANYWHERE: [&str; 9] =
    ["##vso[", "##VSO[", "##[", "##teamcity[", "\u{1b}", "\u{9b}", "\u{202e}", "\u{2028}", "\u{85}"];

fn hostile() -> String {
    format!(
        "{HEAD}, \"parameters\": {{\"##vso[task.setvariable variable=A]b\": {{\"type\": \"string\", \"allowedValues\": \
         [\"::error::c\", \"##[error]d\"]}}}}, \"variables\": {{\"e\": \"[f('##VSO[x]', variables('\\n::error::g'))]\"}},\n\
         \"resources\": [{{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \"apiVersion\": \
         \"2019-12-01-preview\", \"name\": \"r/##vso[task.complete]\\u001b[31m\\u202ex\\u2028\\u0085\\u009b\", \"location\": \
         \"x\", \"properties\": {{\"target\": {{\"type\": \"AzureStorageBlobContainer\", \"uri\": \
         \"##[h]::set-output\", \"keyVaultUri\": \"::set-output name=i::j\"}}, \"##teamcity[k]\": 1, \
         \"\\n::error::l\": 1}}}}], \"outputs\": {{\"##[m]\": {{\"type\": \"string\", \"value\": \"::n\"}}}}}}"
    )
}

fn assert_harmless(what: &str, printed: &str) {
    for command in ANYWHERE {
        assert!(!printed.contains(command), "{what} shows {command:?}:\n{}", printed.escape_debug());
    }
    let begins = |line: &str| line.trim_start().starts_with("::");
    assert!(!printed.lines().any(begins), "{what} has a line that begins with `::`:\n{printed}");
}

#[test]
fn no_output_holds_a_command() {
    let module = "module ##vso 'br:r.io/a:##vso[b]'\n";
    let folder = Folder::new("commands")
        .with("::error title=x::y.json", hostile())
        .with("  ::warning::z.json", hostile())
        .with("##vso[a]\u{202e}\u{1b}.json", hostile())
        .with("##[group]empty.json", "")
        .with("##[fine]main.json", hostile().replace("[f(", "[[f("))
        .with("main.bicep", module)
        .with("::debug::main.bicep", "module m 'br:r.io/::##[b]:1' = {\n  name: 'm'\n}\n");
    for format in ["text", "concise", "json", "sarif"] {
        let ran = folder.check(&["--format", format, "--show-unknown", "--color", "never"]);
        assert!(ran.stdout.contains("acr-transfer-resource-name"), "{format}");
        assert_harmless(format, &ran.stdout);
        assert_harmless(format, &ran.stderr);
    }
    for file in
        ["::error title=x::y.json", "##vso[a]\u{202e}\u{1b}.json", "##[fine]main.json", "main.bicep", "##[none].json"]
    {
        let ran = folder.run(&["snapshot", file], &[]);
        assert_harmless(file, &ran.stdout);
        assert_harmless(file, &ran.stderr);
    }
    let ran = folder.run(&["snapshot", "##[fine]main.json"], &[]);
    let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(predicted["outputs"]["##[m]"], "::n");
}

#[test]
fn an_error_that_is_diagnosed_holds_no_command() {
    let folder = Folder::new("diagnosed").with(
        "log",
        "##[error]##vso[task.complete] ##[x] (Forbidden) \u{202e}The user does not have secrets get permission on key vault\n\
         ::error::AuthorizationPermissionMismatch ##vso[a]b\n",
    );
    for format in ["text", "json"] {
        let ran = folder.run(&["diagnose", "log", "--format", format], &[]);
        assert_harmless(format, &ran.stdout);
        assert_harmless(format, &ran.stderr);
    }
}

#[test]
fn a_mistake_in_the_arguments_holds_no_command() {
    let folder = Folder::new("argument_commands");
    for given in ["##vso[task.complete]a", "a\n::error::b", "\u{1b}]0;c\u{7}\u{202e}d"] {
        for arguments in [&["rules", given][..], &["check", "--format", given], &["check", "--now", given], &[given]] {
            let ran = folder.run(arguments, &[]);
            assert_eq!(ran.code, Some(2), "{ran:?}");
            assert_harmless(arguments[0], &ran.stderr);
        }
    }
}
