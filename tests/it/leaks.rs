//! No way to write a secret lets a part of it out, in any format, from any command.

use std::process::Stdio;

use crate::command::{Folder, HEAD, PARAMETERS_HEAD};

/// Made up for these tests: what is planted, in the parts that must not show.
const PARTS: [&str; 3] = ["Sesame", "esameOpen", "Grotto77"];
const SECRET: &str = "SesameOpen-Grotto77";

/// No signature of anyone; assembled here so that no scanner takes this file for a leak.
fn halves() -> (String, String) {
    ("Wd5rT".repeat(4) + "x", "Hs2pV".repeat(4) + "k%3D")
}

/// All that leaves the program about the files of a folder: of each command, in each format.
fn all_output(folder: &Folder, files: &[&str]) -> Vec<(String, String)> {
    let mut printed = Vec::new();
    let mut keep = |what: String, ran: crate::command::Ran| {
        assert!(!ran.stderr.contains("internal error"), "{what}: a panic");
        printed.push((what, format!("{}{}", ran.stdout, ran.stderr)));
    };
    for format in ["text", "concise", "json", "sarif"] {
        keep(format!("check --format {format}"), folder.check(&["--format", format, "--show-unknown"]));
    }
    for file in files {
        keep(format!("snapshot {file}"), folder.run(&["snapshot", file], &[]));
    }
    printed
}

/// Checks that nothing of `secrets` is in any output about `files`, which `check` finds `rule` in. A snapshot is made of
/// each, save those whose name begins with `kept`, in which nothing says what is secret.
fn assert_hidden_in(name: &str, files: &[(&str, String)], secrets: &[&str], rule: &str) {
    let folder = files.iter().fold(Folder::new(name), |folder, (file, text)| folder.with(file, text));
    let names = files.iter().map(|(file, _)| *file).filter(|file| !file.starts_with("kept"));
    let printed = all_output(&folder, &names.collect::<Vec<_>>());
    assert!(printed[1].1.contains(rule), "{name}: there is no {rule}");
    for (what, printed) in &printed {
        for (at, secret) in secrets.iter().enumerate() {
            assert!(!printed.contains(secret), "{name}: {what} shows part {at} of the secret");
        }
    }
}

fn assert_hidden(name: &str, files: &[(&str, String)], rule: &str) {
    assert_hidden_in(name, files, &PARTS, rule);
}

/// A pipeline in JSON with this name; its name and its missing identity draw findings.
fn pipeline(name: &str) -> String {
    format!(
        "{{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \"apiVersion\": \"2019-12-01-preview\", \
         \"location\": \"x\", \"name\": \"{name}\"}}"
    )
}

/// A template with a secure parameter `p` of this default, or of none, and these resources.
fn template(default: Option<&str>, resources: &str) -> String {
    let default = default.map(|text| format!(", \"defaultValue\": {text}")).unwrap_or_default();
    format!(
        "{HEAD}, \"parameters\": {{\"p\": {{\"type\": \"securestring\"{default}}}}}, \"resources\": [{resources}]}}"
    )
}

/// A pipeline in Bicep whose container is called `container`, an expression.
fn bicep(before: &str, container: &str) -> String {
    format!(
        "{before}\nresource q 'Microsoft.ContainerRegistry/registries/exportPipelines@2019-12-01-preview' = {{\n  \
         name: 'r/pipeline'\n  location: 'x'\n  properties: {{\n    target: {{\n      type: \
         'AzureStorageBlobContainer'\n      uri: 'https://x.blob.core.windows.net/${{{container}}}'\n      keyVaultUri: \
         'https://vault.vault.azure.net/secrets/s'\n    }}\n  }}\n}}\n"
    )
}

#[test]
fn a_fix_made_from_a_secret_is_none() {
    let named = |default: &str, name: &str| vec![("main.json", template(Some(default), &pipeline(name)))];
    let rule = "acr-transfer-resource-name";
    assert_hidden("fix", &named(&format!("\"{SECRET}\""), "[concat('r/', parameters('p'))]"), rule);
    assert_hidden("fix_cut", &named("\"r/SesameOpen_\"", "[parameters('p')]"), rule);
    assert_hidden("fix_escape", &named("\"Sesame\\u002dOpen_Grotto77\"", "[concat('r/', parameters('p'))]"), rule);
    let (first, second) = halves();
    let sig =
        vec![("main.json", template(None, &pipeline(&format!("r/sig={first}{}", second.trim_end_matches("%3D")))))];
    assert_hidden_in("fix_signature", &sig, &[&first, &second[..8]], rule);
}

#[test]
fn any_function_keeps_a_secret() {
    for (at, default) in [
        format!("replace('{SECRET}', '_', '-')"),
        format!("padLeft(toUpper('{SECRET}'), 30)"),
        format!("uri('https://x/', '{SECRET}')"),
        format!("join(createArray('a', '{SECRET}'), '')"),
        format!("createObject('k', '{SECRET}').k"),
        format!("if(equals('a', 'b'), '', '{SECRET}')"),
        format!("json('{{\\\"k\\\": \\\"{SECRET}\\\"}}').k"),
        "variables('v')[0].x".to_owned(),
        format!("first(map(createArray('{SECRET}'), lambda('i', concat('x', lambdaVariables('i')))))"),
        "ns.f()".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let text = format!(
            "{HEAD}, \"functions\": [{{\"namespace\": \"ns\", \"members\": {{\"f\": {{\"output\": {{\"type\": \"string\", \
             \"value\": \"[concat('{SECRET}', '')]\"}}}}}}}}], \"variables\": {{\"v\": [{{\"x\": \"{SECRET}\"}}]}}, \
             \"parameters\": {{\"p\": {{\"type\": \"securestring\", \"defaultValue\": \"[{default}]\"}}}}, \"resources\": \
             [{}, {}]}}",
            pipeline("[concat('r/', parameters('p'), '_')]"),
            pipeline(&format!("r/{SECRET}_"))
        );
        assert_hidden(&format!("function_{at}"), &[("main.json", text)], "acr-transfer-resource-name");
    }
}

#[test]
fn what_azure_answers_is_made_of_no_text_in_the_source() {
    let text = format!(
        "{HEAD}, \"resources\": [{}], \"outputs\": {{\"key\": {{\"type\": \"securestring\", \"value\": \
         \"[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'shownaccount'), '2019-06-01').keys[0].value]\"}}}}}}",
        pipeline("r/shownaccount_")
    );
    let ran = Folder::new("answers").with("main.json", text).check(&["--format", "concise"]);
    assert!(ran.stdout.contains("`shownaccount_`"), "{}", ran.stdout);
}

#[test]
fn interpolation_and_modules_keep_a_secret() {
    let container = "acr-transfer-container-uri";
    let before = format!("var v = '{SECRET}'\n@secure()\nparam p string = 'x${{v}}'");
    assert_hidden("interpolated_default", &[("main.bicep", bicep(&before, "v"))], container);
    let before = format!("var v = '{SECRET}'\n@secure()\noutput o string = 'x${{v}}'");
    assert_hidden("interpolated_output", &[("main.bicep", bicep(&before, "v"))], container);
    let before = format!("@secure()\nparam p string = '{SECRET}${{uniqueString('a')}}'");
    assert_hidden("piece", &[("main.bicep", bicep(&before, &format!("'{SECRET}_${{p}}'")))], container);
    let before = format!("@secure()\nparam p string = '''{SECRET}'''");
    assert_hidden("lines", &[("main.bicep", bicep(&before, "p"))], container);
    let module = format!("output o string = '{SECRET}'\n");
    let main =
        bicep("module m 'kept.bicep' = {\n  name: 'm'\n}\n@secure()\noutput s string = m.outputs.o", "m.outputs.o");
    assert_hidden("module_output", &[("main.bicep", main), ("kept.bicep", module)], container);
    let before = "@secure()\nparam p string = loadTextContent('kept.txt')";
    let files = [("main.bicep", bicep(before, "p")), ("kept.txt", format!("{SECRET}\n"))];
    assert_hidden("loaded", &files[..1], "acr-transfer");
    assert_hidden("loaded_in_view", &files, container);
}

#[test]
fn what_is_wrong_with_a_secret_is_not_said_in_its_words() {
    let main = || ("main.bicep", "@secure()\nparam p string\nparam apiToken string = 'x'\n".to_owned());
    for (at, assignment) in [
        format!("param p == '{SECRET}'"),
        format!("param p '{SECRET}'"),
        format!("param p = 9{}", SECRET.replace('-', "")),
        format!("param p = {SECRET}"),
        format!("param p = {}.Grotto77", &SECRET[..10]),
        "param p = '${SesameOpen}'".to_owned(),
        format!("param p = '{SECRET}"),
        format!("param p = ''{SECRET}''"),
        format!("param p =\n  {SECRET}\n"),
        format!("param p = '{SECRET}' '{SECRET}'"),
        format!("param p = \"{SECRET}\""),
        format!("parm p = '{SECRET}'"),
        "param p = Sesame Open".to_owned(),
        format!("param apiToken = \"{SECRET}\""),
        format!("apiToken: '{SECRET}'"),
    ]
    .iter()
    .enumerate()
    {
        let file = format!("using 'main.bicep'\n{assignment}\n");
        let rule = if matches!(at, 3..=5) { "unknown-name" } else { "bicep-syntax" };
        assert_hidden(&format!("broken_file_{at}"), &[main(), ("main.bicepparam", file)], rule);
        if at < 12 {
            let template = format!("@secure()\n{}\n", assignment.replacen("p ", "p string ", 1));
            assert_hidden(&format!("broken_template_{at}"), &[("main.bicep", template)], rule);
        }
    }
    for (at, entry) in [
        format!("\"p\": {{\"value\": {SECRET}}}"),
        format!("\"p\": {{\"value\": '{SECRET}'}}"),
        format!("\"p\": {{\"value\" \"{SECRET}\"}}"),
        format!("\"p\": {{\"value\": \"{SECRET}}}"),
        "\"p\": {\n  \"value\": \"Ses\"ameOpen-Grotto77\"\n}".to_owned(),
        format!("\"p\" \"{SECRET}\""),
        format!("\"p\": {{\"value\": \"a\", \"{SECRET}\"}}"),
    ]
    .iter()
    .enumerate()
    {
        let template = ("main.json", template(None, ""));
        let file = format!("{PARAMETERS_HEAD},\n\"parameters\": {{\n{entry}\n}}}}");
        let parts = [&PARTS[..], &["ameOpen"]].concat();
        let name = format!("broken_json_{at}");
        assert_hidden_in(&name, &[template, ("main.parameters.json", file)], &parts, "json-syntax");
    }
}

#[test]
fn a_value_in_the_wrong_place_is_one() {
    for (at, entry) in [
        format!("\"{SECRET}\""),
        format!("[\"{SECRET}\"]"),
        format!("{{\"vaule\": \"{SECRET}\"}}"),
        format!("{{\"a\": {{\"value\": \"{SECRET}\"}}}}"),
    ]
    .iter()
    .enumerate()
    {
        let resource = pipeline(&format!("r/{SECRET}_"));
        let file = format!("{PARAMETERS_HEAD}, \"parameters\": {{\"p\": {entry}}}}}");
        let files = [("kept.json", template(None, &resource)), ("kept.parameters.json", file)];
        assert_hidden(&format!("misplaced_{at}"), &files, "acr-transfer-resource-name");
    }
}

#[test]
fn what_is_called_a_secret_is_one() {
    let holder = |body: &str| {
        format!(
            "{{\"type\": \"A.B/c\", \"apiVersion\": \"2020-01-01\", \"name\": \"{SECRET}\", \"properties\": {body}}}, {}",
            pipeline("r/a_")
        )
    };
    for (at, body) in [
        format!("{{\"environmentVariables\": [{{\"name\": \"N\", \"secureValue\": \"{SECRET}\"}}]}}"),
        format!("{{\"administratorLoginPassword\": \"{SECRET}\"}}"),
        format!("{{\"clientSecret\": \"{SECRET}\"}}"),
        format!("{{\"storage-account_key\": \"{SECRET}\"}}"),
        format!("{{\"connectionString\": \"[concat('a', '{SECRET}')]\"}}"),
        format!("{{\"env\": [{{\"name\": \"DB_PASSWORD\", \"value\": \"{SECRET}\"}}]}}"),
    ]
    .iter()
    .enumerate()
    {
        let text = format!("{HEAD}, \"resources\": [{}]}}", holder(body));
        assert_hidden(&format!("called_{at}"), &[("main.json", text)], "acr-transfer-resource-name");
    }
    let secret = format!(
        "{{\"type\": \"Microsoft.KeyVault/vaults/secrets\", \"apiVersion\": \"2022-07-01\", \"name\": \"vault/s\", \
         \"properties\": {{\"value\": \"{SECRET}\"}}}}, {}",
        pipeline(&format!("r/{SECRET}_"))
    );
    let text = format!("{HEAD}, \"resources\": [{secret}]}}");
    assert_hidden("vault_secret", &[("main.json", text)], "acr-transfer-resource-name");
    let key = format!("{}==", "Kq7+z/Y2".repeat(11).split_at(86).0);
    let text = format!("{HEAD}, \"resources\": [{}]}}", holder(&format!("{{\"plain\": \"{key}\"}}")));
    assert_hidden_in("bare_key", &[("main.json", text)], &[&key[..16]], "acr-transfer-resource-name");
    let called =
        format!("param adminPassword string = 'Zx4!'\nvar dbPassword = '{SECRET}'\noutput o string = adminPassword\n");
    let container = "acr-transfer-container-uri";
    assert_hidden_in("short", &[("main.bicep", bicep(&called, "dbPassword"))], &["Zx4!", SECRET], container);
}

#[test]
fn a_signature_in_pieces_is_hidden() {
    let (first, second) = halves();
    let name = format!("[concat('r/?sv=2022-11-02&sp=rl&sig={first}','{second}')]");
    let files = [("main.json", template(None, &pipeline(&name)))];
    assert_hidden_in("two_pieces", &files, &[&first, &second[..12]], "acr-transfer-resource-name");
    let name = format!("[format('{{0}}{{1}}{{2}}', 'r/?sig={}' ,  '{}', '{second}')]", &first[..10], &first[10..]);
    let files = [("main.json", template(None, &pipeline(&name)))];
    assert_hidden_in(
        "three_pieces",
        &files,
        &[&first[..10], &first[10..], &second[..12]],
        "acr-transfer-resource-name",
    );
}

#[test]
fn a_value_on_the_command_line_is_no_file() {
    let folder = Folder::new("command_line").with("main.json", template(None, &pipeline("r/a_")));
    for given in ["admin-password", "p", "admin password", "p.q"] {
        for format in ["text", "concise", "json", "sarif"] {
            let ran = folder.check(&["--format", format, "--parameters", &format!("{given}={SECRET}"), "."]);
            let printed = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!PARTS.iter().any(|part| printed.contains(part)), "{given} {format}: the secret is shown");
            assert!(!printed.contains("error[unreadable-file]"), "{printed}");
        }
        let ran = folder.run(&["snapshot", "main.json", "--parameters", &format!("{given}={SECRET}")], &[]);
        assert!(ran.code == Some(0) && !ran.stdout.contains("Sesame"), "{given}: the secret is shown");
    }
    let ran = folder.check(&["--parameters", "sub=folder/none.json", "--parameters", "./none=1.json", "."]);
    assert!(ran.stdout.contains("none=1.json"), "{}", ran.stdout);
}

#[test]
fn a_short_secret_takes_no_words_from_other_files() {
    let (main, other) = ("@secure()\nparam password string = 'tube'\n", "var tube = 1\noutput o int = tubes\n");
    let folder = Folder::new("short_word").with("sub/main.bicep", main).with("other.bicep", other);
    let ran = folder.check(&["--format", "text"]);
    assert!(ran.stdout.contains("`tubes`") && ran.stdout.contains("`tube`"), "{}", ran.stdout);
    let spoken = bicep("@secure()\nparam password string = 'Tube'", "password");
    assert_hidden_in("short_spoken", &[("main.bicep", spoken)], &["Tube", "tube"], "acr-transfer-container-uri");
}

#[test]
fn an_ordinary_word_is_secret_where_it_stands_alone() {
    // Each is the value of a secret, and a word that the templates use for something else.
    let main = "@secure()\nparam adminPassword string = 'location'\n@secure()\nparam key string = 'storage-account'\n\
                @secure()\nparam other string = 'Container'\nparam location string\noutput o string = locations\n";
    let used =
        "{\"storage-account\": 1, \"a\": \"[variables('storage-accounts')]\", \"container\": \"[f('Containers')]\"}";
    let other = format!("{HEAD}, \"variables\": {used}, \"resources\": []}}");
    let folder = Folder::new("ordinary").with("container/main.bicep", main).with("other.json", other);
    for format in ["text", "concise", "json", "sarif"] {
        let ran = folder.check(&["--format", format]);
        let meant = if *format == *"concise" { "" } else { "`storage-account`" };
        for shown in ["`locations`", meant, "`storage-accounts`", "container/main.bicep"] {
            assert!(ran.stdout.contains(shown), "{format} hides {shown}: {}", ran.stdout);
        }
    }
    let text = folder.check(&["--format", "text"]).stdout;
    assert!(text.contains("[f('Containers')]") && text.contains("output o string = locations"), "{text}");
}

#[test]
fn an_ordinary_word_is_hidden_where_a_finding_is_of_the_secret() {
    let containers = [
        "pw",
        "made",
        "concat('a', pw)",
        "toUpper(pw)",
        "base64(pw)",
        "'${toLower(pw)}_'",
        "'${replace(pw, 'e', 'é')}_'",
    ];
    for declared in ["@secure()\nparam pw string =", "param dbPassword string =", "var dbPassword ="] {
        let name = if declared.contains("dbPassword") { "dbPassword" } else { "pw" };
        let used = |text: &str| text.replace("pw", name);
        for (at, container) in containers.iter().enumerate() {
            for word in ["Location", "Tube"] {
                let lower = word.to_lowercase();
                let before = format!(
                    "{declared} '{word}'\nvar made = 'x${{pw}}'\nparam {lower} string = 'b'\noutput o int = {word}s\n"
                );
                let text = bicep(&used(&before), &used(container));
                let folder = Folder::new(&format!("of_secret_{name}_{at}_{word}")).with("main.bicep", text);
                let ran = folder.check(&["--format", "json", "--show-unknown"]);
                let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
                let messages = found["diagnostics"].as_array().unwrap().iter();
                let messages = messages.map(|it| it["message"].as_str().unwrap());
                let (named, others): (Vec<&str>, Vec<&str>) =
                    messages.partition(|it| it.contains("nothing here is called"));
                assert_eq!(named, [format!("nothing here is called `{word}s`")], "{container}");
                let said = others.join(" ").to_lowercase();
                let parts = [lower.clone(), lower.replace('e', "é")];
                assert!(!others.is_empty() && !parts.iter().any(|part| said.contains(part)), "{container}: {others:?}");
                assert!(!ran.stdout.contains(&format!("'{word}'")), "{container}: {}", ran.stdout);
            }
        }
    }
}

#[test]
fn half_a_character_is_no_panic() {
    let folder = Folder::new("half").with("main.bicep", "@secure()\nparam p string = 'é").with("token", "\"é");
    for (what, printed) in all_output(&folder, &["main.bicep"]) {
        assert!(!printed.contains("error[internal-error]"), "{what}");
        assert!(what == "snapshot main.bicep" || printed.contains("bicep-syntax"), "{what}: {printed}");
    }
    let mut sas = folder.command(&["sas", "--for", "export"]);
    let ran = sas.stdin(Stdio::from(std::fs::File::open(folder.path("token")).unwrap())).output().unwrap();
    assert_eq!(ran.status.code(), Some(1));
    assert!(!String::from_utf8(ran.stderr).unwrap().contains("internal"));
}

#[test]
fn a_secret_is_hidden_wherever_else_it_stands() {
    // In names of files, keys, comments, labels, modules, questions that nobody can decide, behind quotes and escapes.
    let odd = "Sésame'Ope\"n\\Grotto77";
    let json = serde_json::to_string(odd).unwrap();
    let inside = &json[1..json.len() - 1];
    let text = format!(
        "{HEAD}, // {inside}\n\"parameters\": {{\"p\": {{\"type\": \"securestring\", \"defaultValue\": {json}}}, \"{SECRET}\": \
         {{\"type\": \"string\"}}, \"q\": {{\"type\": \"securestring\", \"defaultValue\": \"{SECRET}\"}}}}, \"variables\": \
         {{\"{inside}\": \"[variables('{}')]\", \"{SECRET}\": 1, \"{SECRET}\": \"[f('{SECRET}')]\"}},\n\"resources\": [{}, {}]}}",
        inside.replace('\'', "''"),
        pipeline(&format!("[concat('r/', parameters('{SECRET}'), parameters('q'))]")),
        pipeline("[concat('r/', parameters('p'), '_')]"),
    );
    let module =
        format!("module m 'br:r.io/{SECRET}:1' = {{\n  name: 'm'\n}} // {SECRET}\nvar a = {{\n  '{SECRET}': b\n}}\n");
    let name = format!("dir/{SECRET}.bicep");
    let files = [("main.json", text), ("kept.bicep", module.clone()), (&*name, module)];
    let folder = files.iter().fold(Folder::new("elsewhere"), |folder, (file, text)| folder.with(file, text));
    let printed = all_output(&folder, &["main.json"]);
    assert!(printed[1].1.contains("duplicate-key") && printed[0].1.contains("module"), "{}", printed[1].1);
    for (what, printed) in printed {
        for (at, part) in [PARTS[0], PARTS[1], PARTS[2], "ésame", "Ope\"n", "Ope\\\"n"].iter().enumerate() {
            assert!(!printed.contains(part), "{what} shows part {at} of the secret");
        }
    }
}

#[test]
fn a_mistake_in_the_arguments_shows_no_secret() {
    let folder = Folder::new("arguments").with("main.json", template(None, ""));
    let given = format!("adminPassword={SECRET}");
    let joined = format!("--parameters={given}");
    let format = format!("--format={SECRET}");
    for arguments in [
        &["check", "--parameters", &given, &format][..],
        &["check", &joined, "--now", SECRET],
        &["check", &joined, "--threads", SECRET],
        &["rules", &given],
        &["rules", "--", &given],
        &["snapshot", "main.json", &given],
        &["snapshot", "main.json", &format!("--admin-password={SECRET}")],
        &["sas", "--for", &given],
        &[&given],
    ] {
        let ran = folder.run(arguments, &[]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!PARTS.iter().any(|part| printed.contains(part)), "{}: the secret is shown", arguments[0]);
    }
    assert!(folder.run(&["check", "--nope"], &[]).stderr.contains("unexpected argument '--nope' found\n"));
}

#[test]
fn a_password_in_parts_and_one_that_an_option_takes_are_hidden() {
    let used = |value: &str| {
        format!("az acr export-pipeline create -g rg -r r -n q -c https://abc.blob.core.windows.net/{value}\n")
    };
    let split = "ONE=Sesame_Open\nTWO=-Grotto_77\n";
    for (at, script) in [
        format!("{split}DB_PASSWORD=\"$ONE$TWO\"\n{}", used("$DB_PASSWORD")),
        format!("{split}DB_PW=${{ONE}}x$TWO\n{}{}", used("$ONE"), used("$TWO")),
        format!("DB_PASSWORD=Sesame_\nDB_PASSWORD+=Open_Grotto77\n{}", used("$DB_PASSWORD")),
        format!("az sql server create -n s --admin-password {SECRET}\n{}", used(SECRET)),
        format!("az login --service-principal -u me -p {SECRET}\n{}", used(SECRET)),
        format!("PASS={SECRET}\naz acr login -n r -u me --password \"$PASS\"\n{}", used(SECRET)),
    ]
    .iter()
    .enumerate()
    {
        let rule = "acr-transfer-resource-name";
        assert_hidden_in(&format!("parts_{at}"), &[("kept.sh", script.clone())], &["Sesame", "Open", "Grotto"], rule);
    }
    let plain = format!("ENV=prod_\nSECRET_NAME=\"$ENV-name\"\nIMPORT_TOKEN=\"$ENV-token\"\n{}", used("$ENV"));
    let ran = Folder::new("plain_parts").with("kept.sh", plain).check(&["--format", "text"]);
    assert!(ran.stdout.contains("`prod_`") && ran.stdout.contains("ENV=prod_"), "{}", ran.stdout);
}
