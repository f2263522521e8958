//! The scripts that templates hold as text: where their words are written, and what is said of them.

use plimsoll::lint::{Input, Outcome, Settings, lint};
use plimsoll::project::{self, Project};
use plimsoll::script::{Dialect, Invocation, Script};
use plimsoll::syntax::shell::Word;

use crate::examples::NOW;

fn inputs(files: &[(&str, &str)]) -> Vec<Input> {
    let input =
        |(path, text): &(&str, &str)| Input { path: (*path).to_owned(), text: Ok((*text).to_owned()), explicit: true };
    files.iter().map(input).collect()
}

fn read(files: &[(&str, &str)]) -> Project {
    project::read(inputs(files), &|_: &str| None)
}

fn check(files: &[(&str, &str)], rules: &[&str]) -> Outcome {
    let mut settings = Settings::at(NOW.parse().unwrap());
    settings.select = rules.iter().map(|&rule| rule.to_owned()).collect();
    lint(inputs(files), &settings, &|_: &str| None)
}

/// A template with one deployment script; `more` are further properties.
fn arm(kind: &str, more: &str, content: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{"name": {{"type": "string"}}, "text": {{"type": "string", "defaultValue": "az acr list"}}}},
  "variables": {{"flag": "--\u006eame", "list": ["az acr list"], "whole": "[variables('text')]", "text": "az acr\tlist"}},
  "resources": [{{
    "type": "Microsoft.Resources/deploymentScripts", "apiVersion": "2023-08-01", "name": "s", "kind": "{kind}",
    "properties": {{{more}"scriptContent": {content}}}
  }}]
}}"#
    )
}

fn bicep(before: &str, more: &str, content: &str) -> String {
    format!(
        "{before}\nresource s 'Microsoft.Resources/deploymentScripts@2023-08-01' = {{\n  name: 's'\n  \
         kind: 'AzureCLI'\n  properties: {{\n    {more}\n    scriptContent: {content}\n  }}\n}}\n"
    )
}

/// The scripts that are read from one file.
fn scripts(project: &Project) -> Vec<&Script> {
    project.scripts.iter().flat_map(|file| &file.found.scripts).collect()
}

/// The words of each call as they are written in the file.
fn words(path: &str, text: &str) -> Vec<String> {
    let project = read(&[(path, text)]);
    assert!(project.problems.is_empty(), "{:?}", project.problems);
    let written = |word: &Word| project.sources.text(word.span).to_owned();
    let line = |call: Invocation<'_>| {
        let words = call.words.iter().map(written);
        [written(call.name)].into_iter().chain(words).collect::<Vec<_>>().join("|")
    };
    scripts(&project).into_iter().flat_map(Script::invocations).map(line).collect()
}

#[test]
fn words_stand_where_a_json_string_spells_them() {
    let text = arm("azureCli", "", r##""# é\naz acr \"a\\\"b\"\u0063 \ud83d\ude00 \\\n  -n '\t'; \u0061z login\n""##);
    assert_eq!(words("main.json", &text), [r#"az|acr|\"a\\\"b\"\u0063|\ud83d\ude00|-n|'\t'"#, r"\u0061z|login"]);
    let text = arm("AzurePowerShell", "", r#""if ($x) {\r\n  az acr show `\r\n    -n \"a\"\"b\"\r\n}""#);
    assert_eq!(words("main.json", &text), [r#"az|acr|show|-n|\"a\"\"b\""#]);
    let text = arm("AzureCLI", "", r#""[[ -n $X ]] && az login""#);
    assert_eq!(words("main.json", &text), ["az|login"]);
    let text = arm("AzureCLI", "", r#""[[[ -n $X ]] && az $([[ $Y ]]""#);
    assert_eq!(words("main.json", &text), ["az|$([[ $Y ]]"]);
}

#[test]
fn words_stand_where_an_expression_spells_them() {
    let text = arm(
        "AzureCLI",
        "",
        r#""[format('f() {{{{ az acr show -n ''{0}'' {1}=\"x\"{2}; }}}}\n', parameters('name'), variables('flag'), 1)]""#,
    );
    let text = text.replace("{{{{", "{{").replace("}}}}", "}}");
    assert_eq!(words("main.json", &text), [r#"az|acr|show|-n|''{0}''|{1}=\"x\"{2}"#]);
    let text = arm("AzureCLI", "", r#""[concat('az acr ', parameters('name'), 's -n ''x''', '\naz ', 'login')]""#);
    // A word that is put together spans what it is put together from.
    assert_eq!(words("main.json", &text), ["az|acr|parameters('name'), 's|-n|''x''", "az|login"]);
    assert_eq!(words("main.json", &arm("AzureCLI", "", r#""[variables('whole')]""#)), ["az|acr|list"]);
    assert_eq!(words("main.json", &arm("AzureCLI", "", r#""[parameters('text')]""#)), ["az|acr|list"]);
}

#[test]
fn words_stand_where_bicep_spells_them() {
    let text = bicep("", "", r"'az acr \'a b\' \u{63}d \${X}\n\taz login'");
    assert_eq!(words("main.bicep", &text), [r"az|acr|\'a b\'|\u{63}d|\${X}", "az|login"]);
    let text = bicep("", "", "'''\r\naz acr ${X} \\\r\n  'a'\r\naz login\r\n'''");
    assert_eq!(words("main.bicep", &text), ["az|acr|${X}|'a'", "az|login"]);
    let text = bicep("param p object\nvar v = 'x'", "", "$'''\naz ${v} \"${p.a}-$Y\" '${p['b']}'\n'''");
    assert_eq!(words("main.bicep", &text), ["az|${v}|\"${p.a}-$Y\"|'${p['b']}'"]);
    let text = bicep("var inner = 'login'\nvar outer = 'az ${inner}\\n'", "", "'${outer}'");
    assert_eq!(words("main.bicep", &text), ["az|${inner}"]);
}

#[test]
fn what_is_not_spelled_out_is_no_script() {
    for content in [
        r#""[variables('list')[0]]""#,
        r#""[parameters('name')]""#,
        r#""[if(true(), 'az login', 'az logout')]""#,
        r#""[format('az {2}', 1)]""#,
        r#""[format('az {', 1)]""#,
        r#""[format('az {x}', 1)]""#,
        "5",
        "[\"az login\"]",
        "null",
    ] {
        assert_eq!(words("main.json", &arm("AzureCLI", "", content)), [""; 0], "{content}");
    }
    assert_eq!(words("main.json", &arm("Python", "", "\"az login\"")), [""; 0]);
    let existing = bicep("", "", "'az login'").replace("= {", "existing = {");
    assert!(scripts(&read(&[("main.bicep", &existing)])).is_empty());
    let text = bicep("", "", "loadTextContent('a.sh')");
    let load = |path: &str| (path == "a.sh").then(|| Ok(b"echo hello".to_vec()));
    assert!(scripts(&project::read(inputs(&[("main.bicep", &text)]), &load)).is_empty());
}

#[test]
fn the_environment_is_known_as_far_as_it_is_written() {
    let list = r#""environmentVariables": [
        {"name": "A", "value": "one"}, {"name": "B", "secureValue": "two"}, {"name": "C", "value": "[parameters('text')]"},
        {"name": "D", "value": "[concat('x', variables('flag'))]"}, {"value": "nameless"}, {"name": "F", "value": 5}
    ], "#;
    let text = arm("AzureCLI", list, r#""az $A $B $C $D $E $F""#);
    let project = read(&[("main.json", &text)]);
    let [script] = scripts(&project)[..] else { panic!() };
    assert_eq!(script.dialect, Dialect::Posix);
    let call = script.invocations().next().unwrap();
    let values: Vec<_> = call.words.iter().map(|word| script.text(word, call.command)).collect();
    let known = |text: &str| Some(text.to_owned());
    assert_eq!(values, [known("one"), None, known("az acr list"), known("x--name"), None, None]);
    let names: Vec<_> = script.environment.iter().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C", "template flag", "D", "F"]);
    // PowerShell has them in a drive of their own.
    let text = arm("AzurePowerShell", list, r#""az $env:a ${Env:A} $A""#);
    let project = read(&[("main.json", &text)]);
    let [script] = scripts(&project)[..] else { panic!() };
    let call = script.invocations().next().unwrap();
    let values: Vec<_> = call.words.iter().map(|word| script.text(word, call.command)).collect();
    assert_eq!(values, [known("one"), known("one"), None]);
}

#[test]
fn one_script_of_two_resources_knows_what_both_say() {
    let resource = |name: &str, value: &str| {
        format!(
            "resource {name} 'Microsoft.Resources/deploymentScripts@2023-08-01' = {{\n  name: '{name}'\n  \
             kind: 'AzureCLI'\n  properties: {{\n    environmentVariables: [{{ name: 'A', value: '{value}' }}, \
             {{ name: 'B{value}', value: 'b' }}]\n    scriptContent: text\n  }}\n}}\n"
        )
    };
    let value = |second: &str| {
        let text = format!("var text = 'az $A'\n{}{}", resource("a", "one"), resource("b", second));
        let project = read(&[("main.bicep", &text)]);
        let [script] = scripts(&project)[..] else { panic!() };
        let call = script.invocations().next().unwrap();
        (script.text(&call.words[0], call.command), script.environment.len())
    };
    assert_eq!(value("one"), (Some("one".to_owned()), 2));
    assert_eq!(value("two"), (None, 3));
}

const RUN: &str = "az acr pipeline-run create -g rg -r contoso -p pipe01 -n nightly01 -b blob1 -f -t";

#[test]
fn a_pragma_before_a_script_silences_all_of_it() {
    let rule = "acr-transfer-cli-pipeline-type";
    let silence = format!("#disable-next-line {rule}");
    let content = format!("'''\nset -e\n{RUN} restore\n{RUN} revive\n'''");
    let lines = |text: &str| {
        let outcome = check(&[("main.bicep", text)], &[rule]);
        let lines = outcome.diagnostics.iter().map(|found| outcome.sources.position(found.primary.span).line);
        (lines.collect::<Vec<_>>(), outcome.coverage.suppressed)
    };
    assert_eq!(lines(&bicep("", "", &content)), (vec![9, 10], 0));
    assert_eq!(lines(&bicep("", &silence, &content)), (vec![], 2));
    // It ends with the script.
    let text =
        format!("{}{}", bicep("", &silence, &content), bicep("", "", &content).replace("resource s", "resource t"));
    assert_eq!(lines(&text), (vec![22, 23], 2));
    let text = bicep("", "", &content).replace("resource s", &format!("{silence}\nresource s"));
    assert_eq!(lines(&text), (vec![10, 11], 0));
}

#[test]
fn a_mistake_is_reported_once_and_the_file_counted_once() {
    let sas = "https://contoso.blob.core.windows.net/transfer?sv=2022-11-02&sr=c&sig=q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEk%3D";
    let content = format!(r#""set -e\n{RUN} restore\necho '{sas}'\n""#);
    let outcome = check(&[("main.json", &arm("AzureCLI", "", &content))], &[]);
    let rules: Vec<_> = outcome.diagnostics.iter().map(|found| &*found.rule).collect();
    assert_eq!(rules, ["acr-transfer-cli-pipeline-type", "acr-transfer-sas-in-source"]);
    assert_eq!(outcome.coverage.files, 1);
}

#[test]
fn a_fix_that_needs_escapes_is_not_offered() {
    let fixes = |files: &[(&str, &str)], rule: &str| -> Vec<bool> {
        check(files, &[rule]).diagnostics.iter().map(|found| found.fix.is_some()).collect()
    };
    let plain = format!("{RUN} Import");
    let content = format!("\"{plain}\"");
    assert_eq!(fixes(&[("main.json", &arm("AzureCLI", "", &content))], "acr-transfer-cli-pipeline-type"), [true]);
    let quoting = "az acr export-pipeline create -g rg -r contoso -n p -m ManagedIdentity -i [system]";
    let rule = "acr-transfer-cli-quoting";
    assert_eq!(fixes(&[("a.sh", quoting)], rule), [true]);
    let content = format!("\"{quoting}\"");
    assert_eq!(fixes(&[("main.json", &arm("AzureCLI", "", &content))], rule), [false]);
    assert_eq!(fixes(&[("main.bicep", &bicep("", "", &format!("'{quoting}'")))], rule), [false]);
    let workflow = |run: &str| format!("jobs:\n  a:\n    steps:\n      - run: {run}\n");
    assert_eq!(fixes(&[("a.yml", &workflow(quoting))], rule), [true]);
    assert_eq!(fixes(&[("a.yml", &workflow(&format!("'{quoting}'")))], rule), [false]);
}

#[test]
fn a_name_with_braces_is_not_taken_for_a_part_of_the_script() {
    let content = r#""[concat('az acr pipeline-run create --name ', variables('a}}b'))]""#;
    let text = arm("AzureCLI", "", content).replace(r#""flag""#, r#""a}}b": "[parameters('name')]", "flag""#);
    let found = check(&[("main.json", &text)], &["acr-transfer-resource-name"]);
    assert_eq!(found.diagnostics, []);
    let known = text.replace("\"[parameters('name')]\"", "\"x y\"");
    assert_eq!(check(&[("main.json", &known)], &["acr-transfer-resource-name"]).diagnostics.len(), 1);
}

#[test]
fn a_loaded_script_has_the_environment_of_what_loads_it() {
    let text =
        bicep("", "environmentVariables: [ { name: 'REGISTRY', value: 'fabrikam' } ]", "loadTextContent('run.sh')");
    let script = "az acr pipeline-run list -r $REGISTRY\n";
    // As one of the inputs, and as a file that only the template names.
    let load = |path: &str| (path == "run.sh").then(|| Ok(script.as_bytes().to_vec()));
    for files in [vec![("main.bicep", &*text), ("run.sh", script)], vec![("main.bicep", &*text)]] {
        let project = project::read(inputs(&files), &load);
        let [script] = scripts(&project)[..] else { panic!("{files:?}") };
        let call = script.invocations().next().unwrap();
        let word = call.words.last().unwrap();
        assert_eq!(script.text(word, call.command).as_deref(), Some("fabrikam"), "{files:?}");
    }
}

#[test]
fn values_of_parameters_are_those_of_the_files_that_agree() {
    let text = arm("AzureCLI", "", r#""[concat('az acr pipeline-run list -r ', parameters('name'))]""#);
    let file = |value: &str| {
        format!(
            r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
               "contentVersion": "1.0.0.0", "parameters": {{"name": {{"value": "{value}"}}}}}}"#
        )
    };
    for (one, other, expected) in [("fabrikam", "fabrikam", Some("fabrikam")), ("fabrikam", "contoso", None)] {
        let (one, other) = (file(one), file(other));
        let project =
            read(&[("main.json", &text), ("main.a.parameters.json", &one), ("main.b.parameters.json", &other)]);
        let [script] = scripts(&project)[..] else { panic!() };
        let call = script.invocations().next().unwrap();
        let word = call.words.last().unwrap();
        assert_eq!(script.text(word, call.command).as_deref(), expected);
    }
}

#[test]
fn commands_that_are_joined_are_commands() {
    let before = "param registry string\nvar login = 'az login --identity'\nvar lines = [\n  login\n  \
                  'az acr pipeline-run list -r ${registry}'\n]";
    for content in ["join(lines, '\\n')", "'${login} && ${lines[1]}'", "format('{0} && az acr list', login)"] {
        let text = bicep(before, "", content);
        let project = read(&[("main.bicep", &text)]);
        let [script] = scripts(&project)[..] else { panic!("{content}") };
        let first = script.invocations().next().unwrap();
        assert_eq!(project.sources.text(first.words[0].span), "login", "{content}");
        assert_eq!(project.sources.position(first.words[0].span).line, 2, "{content}");
    }
}
