//! Which files are read, how they are told from others, and that it makes no difference whether they are named or found.

use std::collections::HashSet;
use std::path::Path;

use crate::command::{Folder, HEAD, PARAMETERS_HEAD, Ran};

/// Made for the tests: the signature of no account.
const SIG: &str = "q7RtZ0vXc2LpWm4NsYb9KdHf3GjUe8TiOaQx1PzCwEk%3D";

/// A run whose name is wrong, and where that is written.
fn template(head: &str) -> String {
    format!(
        "{head} \"resources\": [{{\"type\": \"Microsoft.ContainerRegistry/registries/pipelineRuns\",\n\
         \"apiVersion\": \"2025-06-01-preview\", \"properties\": {{}},\n\"name\": \"registry/a-b\"}}]}}"
    )
}

const RUN: &str = "resource r 'Microsoft.ContainerRegistry/registries/pipelineRuns@2025-06-01-preview' = {\n";

fn findings(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().map(|line| line.split(']').next().unwrap_or(line)).collect()
}

fn names(folder: &Folder, arguments: &[&str]) -> Ran {
    folder.check(&[&["--format", "concise", "--select", "acr-transfer-resource-name"], arguments].concat())
}

/// What was not looked into, as JSON tells it.
fn omitted(ran: &Ran) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let omitted = report["summary"]["omitted"].as_array().unwrap().iter();
    omitted.map(|it| format!("{} {}", text(&it["kind"]), text(&it["name"]))).collect()
}

/// What a hook passes along with the files that matter.
#[test]
fn files_of_other_kinds_may_be_named() {
    let folder = Folder::new("others_named")
        .with("run.py", "print(1)\n")
        .with("LICENSE", "MIT\n")
        .with("Makefile", "all:\n\techo\n")
        .with(".env", "NAME=value\n")
        .with("notes.txt", "Ask for the token.\n")
        .with("logo.png", b"\x89PNG\r\n\x1a\n\0\0\xff")
        .with("package.json", "{\"name\": \"x\", \"name\": \"y\"}")
        .with("broken.json", "{\"a\":")
        .with("mod.rs", "//! Reads \"contentVersion\" and \"resources\".\n")
        .with("wide.csv", b"\xff\xfea\0,\0b\0")
        .with("quiet.sh", "ls\n");
    let named = [".env", "LICENSE", "broken.json", "logo.png", "mod.rs", "notes.txt", "package.json", "wide.csv"];
    let ran = folder.check(&[&["--format", "json", "quiet.sh", "run.py", "Makefile"], &named[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(omitted(&ran), named.map(|name| format!("unrecognised {name}")));
    assert!(ran.stdout.contains("\"diagnostics\": []"), "{ran:?}");
    let found = folder.check(&["--format", "json"]);
    assert_eq!((found.code, omitted(&found)), (Some(0), Vec::new()));
    // A path that leads nowhere is a mistake, whatever it is called.
    assert_eq!(folder.check(&["gone.py"]).code, Some(2));
}

#[test]
fn tokens_in_files_are_judged_as_such() {
    let token = format!("?sv=2024-11-04&sp=lr&sr=c&st=2026-11-02T00:00:00Z&se=2026-11-01T00:00:00Z&sig={SIG}");
    let folder = Folder::new("tokens")
        .with("export.sas", format!("{token}\n"))
        .with("import.token", format!("\n  \"{token}\"\r\n"))
        .with("list.txt", format!("# both\n{token}\nhttps://x.blob.core.windows.net/c{token}\n"))
        .with("token", &token[1..])
        .with("test/.env", format!("A=1\nexport SAS_TOKEN='{token}'\n"))
        .with("odd.dat", &token)
        .with("guide.txt", format!("Append {token} to the URL.\n"))
        .with("example.env", token.replace(SIG, "<signature>"))
        .with("large.txt", format!("{token}\n{}", "# more\n".repeat(1000)));
    let expired = |place: &str| format!("{place}: error[acr-transfer-sas-expired");
    let shown = |place: &str| format!("{place}: error[acr-transfer-sas-in-source");
    let expected = |places: &[(&str, usize)]| -> Vec<String> {
        let at = |(line, column): (&str, usize), field: usize| format!("{line}:{}", column + field);
        places.iter().flat_map(|place| [expired(&at(*place, 53)), shown(&at(*place, 78))]).collect()
    };
    let found = [
        ("export.sas:1", 1),
        ("import.token:2", 4),
        ("list.txt:2", 1),
        ("list.txt:3", 34),
        ("test/.env:2", 19),
        ("token:1", 0),
    ];
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!(findings(&ran), expected(&found));
    let all = ["export.sas", "import.token", "list.txt", "test/.env", "token", "guide.txt", "example.env", "large.txt"];
    assert_eq!(folder.check(&[&["--format", "concise"], &all[..]].concat()).stdout, ran.stdout);
    // By its extension, it might be anything, but not by what is in it.
    let ran = folder.check(&["--format", "concise", "odd.dat"]);
    assert_eq!(findings(&ran), expected(&[("odd.dat:1", 1)]));
    for format in ["text", "concise", "json", "sarif"] {
        let ran = folder.check(&["--format", format, ".", "odd.dat"]);
        assert!(!ran.stdout.contains(&SIG[..12]) && !ran.stderr.contains(&SIG[..12]), "{format}");
    }
}

#[test]
fn a_token_says_what_it_is_for_only_where_somebody_asks() {
    // Without a use, only what keeps it from serving anything is wrong.
    let folder = Folder::new("token_unused")
        .with("x.sas", format!("sv=2024-11-04&ss=t&srt=o&sp=r&se=9999-12-31T23:59:59Z&sig={SIG}"))
        .with("x.key", format!("AccountKey={}==\n", format!("{SIG}{SIG}").replace("%3D", "ab").get(..86).unwrap()));
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!(
        findings(&ran),
        ["x.key:1:12: error[acr-transfer-sas-in-source", "x.sas:1:59: error[acr-transfer-sas-in-source"]
    );
}

#[test]
fn an_empty_file_that_is_called_ours_is_wrong() {
    let folder = Folder::new("empty")
        .with("infra/main.json", "")
        .with("infra/azuredeploy.parameters.dev.json", " \r\n")
        .with("infra/params.json", "\u{feff}")
        .with("infra/package.json", "")
        .with("infra/main.bicep", "")
        .with("infra/empty.txt", "");
    let expected = [
        "infra/azuredeploy.parameters.dev.json:1:1: error[json-syntax",
        "infra/main.json:1:1: error[json-syntax",
        "infra/params.json:1:1: error[json-syntax",
    ];
    let found = folder.check(&["--format", "concise"]);
    assert_eq!((findings(&found), found.code), (expected.to_vec(), Some(2)));
    let files =
        ["main.json", "azuredeploy.parameters.dev.json", "params.json", "package.json", "main.bicep", "empty.txt"];
    let files = files.map(|file| format!("infra/{file}"));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let named = folder.check(&[&["--format", "concise"], &files[..]].concat());
    assert_eq!((named.stdout, named.code), (found.stdout, Some(2)));
}

#[test]
fn templates_are_told_wherever_their_schema_stands_and_without_one() {
    let schema = HEAD.replace(", \"contentVersion\": \"1.0.0.0\"", "").replace('{', "");
    let many = format!(
        "{{\"contentVersion\": \"1.0.0.0\", \"parameters\": {{\n{}\"z\": {{\"type\": \"int\"}}}},",
        "\"p\": 1,".repeat(4000)
    );
    let folder = Folder::new("schemas")
        .with("comment.json", template(&format!("/*{}*/\n{HEAD},", "licence\n".repeat(4000))))
        .with("none.json", template("{"))
        .with("versioned.json", template("{\"contentVersion\": \"1.0.0.0\","))
        .with(
            "last.json",
            template(&many.replace("\"p\": 1,", "\"description of it\": 1,")).replace("]}", &format!("], {schema}}}")),
        )
        .with("settings.json", format!("{{\"json.schemas\": [{{{schema}}}]}}"))
        .with("policy.json", format!("{{\"properties\": {{\"deployment\": {}}}}}", template(&format!("{HEAD},"))))
        .with("list.json", format!("{{\"apiVersion\": \"v1\", \"items\": [\"{}\"]}}", "Microsoft.".repeat(4000)));
    let expected = [
        "comment.json:4004:9: error[acr-transfer-resource-name",
        "last.json:4:9: error[acr-transfer-resource-name",
        "none.json:3:9: error[acr-transfer-resource-name",
        "versioned.json:3:9: error[acr-transfer-resource-name",
    ];
    let ran = names(&folder, &["."]);
    let found: Vec<&str> = findings(&ran).into_iter().filter(|line| line.contains("resource-name")).collect();
    assert_eq!(found, expected);
    let files =
        ["comment.json", "last.json", "list.json", "none.json", "policy.json", "settings.json", "versioned.json"];
    assert_eq!(names(&folder, &files).stdout, ran.stdout);
}

#[test]
fn files_of_other_tools_are_none_of_ours() {
    let folder = Folder::new("other_tools")
        .with("workflow.json", "{\"$schema\": \"https://x/workflowdefinition.json#\", \"contentVersion\": \"1.0.0.0\", \"parameters\": {}}")
        .with("stack.parameters.json", "{\"Parameters\": {\"Name\": \"a\"}, \"Tags\": {}}")
        .with("parameters.json", "[{\"ParameterKey\": \"a\", \"ParameterValue\": \"b\"}]")
        .with("params.json", "{\"learning\": 0.1}");
    let ran = folder.check(&["--format", "json"]);
    assert!(ran.stdout.contains("\"diagnostics\": []") && ran.stdout.contains("\"files\": 0"), "{ran:?}");
    assert_eq!(omitted(&ran), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn links_are_followed_within_the_repository() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("linked")
        .with(".git/HEAD", "")
        .with("infra/main.json", template(&format!("{HEAD},")))
        .with("shared/net.json", template(&format!("{HEAD},")))
        .with("one/a.json", template(&format!("{HEAD},")));
    symlink("main.json", folder.path("infra/again.json")).unwrap();
    symlink("..", folder.path("infra/circle")).unwrap();
    symlink("../shared/net.json", folder.path("one/net.json")).unwrap();
    symlink("../shared", folder.path("one/shared")).unwrap();
    symlink("/usr/share", folder.path("one/out")).unwrap();
    symlink("/etc/hostname", folder.path("one/out.json")).unwrap();
    symlink("gone.json", folder.path("one/gone.json")).unwrap();
    symlink("gone", folder.path("one/gone")).unwrap();
    let at = |file: &str| format!("{file}:3:9: error[acr-transfer-resource-name");
    assert_eq!(findings(&names(&folder, &["."])), ["infra/main.json", "one/a.json", "shared/net.json"].map(at));
    // What is not below the folder that is searched is found through the links.
    assert_eq!(findings(&names(&folder, &["one"])), ["one/a.json", "one/shared/net.json"].map(at));
    assert_eq!(findings(&names(&folder, &["infra/again.json"])), [at("infra/again.json")]);
    assert_eq!(findings(&names(&folder, &["infra/again.json", "infra/main.json"])), [at("infra/main.json")]);
    let ran = folder.check(&["--format", "json", "."]);
    assert_eq!(omitted(&ran), ["link one/gone.json", "link one/out", "link one/out.json"]);
}

#[test]
fn a_broken_configuration_of_bicep_is_said() {
    let folder = Folder::new("configuration")
        .with(".git/HEAD", "")
        .with("bicepconfig.json", "{\n  \"moduleAliases\": { \"br\": }\n}")
        .with("infra/main.bicep", "param a string\n")
        .with("fine/bicepconfig.json", "// ours\n{ \"moduleAliases\": {}, }")
        .with("fine/main.bicep", "param a string\n");
    for path in [".", "infra/main.bicep", "bicepconfig.json"] {
        let ran = folder.check(&["--format", "concise", path]);
        assert_eq!((findings(&ran), ran.code), (vec!["bicepconfig.json:2:28: error[json-syntax"], Some(2)), "{path}");
    }
    for path in ["fine", "fine/main.bicep", "fine/bicepconfig.json"] {
        let ran = folder.check(&["--format", "json", path]);
        assert_eq!((ran.code, omitted(&ran)), (Some(0), Vec::new()), "{path}");
    }
}

#[test]
fn why_a_run_failed_shows_whatever_is_selected() {
    let folder = Folder::new("selected")
        .with("a.bicep", "param\n")
        .with("b.json", format!("{HEAD}, "))
        .with("main.json", b"{\"$schema\": \"deploymentTemplate.json\xff\"}")
        .with("run.yml", "run: az login\n  bad: [\n");
    for arguments in [
        &["--select", "acr-transfer-resource-name"][..],
        &["--ignore", "bicep-syntax,json-syntax,unreadable-file,yaml-syntax,core"],
    ] {
        let ran = folder.check(&[arguments, &["--format", "concise", ".", "gone.json"]].concat());
        let rules: Vec<&str> = findings(&ran).into_iter().filter_map(|line| line.split('[').nth(1)).collect();
        assert_eq!(rules[..2], ["bicep-syntax", "json-syntax"], "{ran:?}");
        assert_eq!(rules[2..4], ["unreadable-file", "unreadable-file"], "{ran:?}");
        assert!(rules[4..].iter().all(|rule| *rule == "yaml-syntax") && rules.len() > 4, "{ran:?}");
        assert_eq!(ran.code, Some(2));
    }
    // Findings are forgiven, and nothing else.
    let code = |arguments: &[&str]| folder.check(&[&["--exit-zero"], arguments].concat()).code;
    assert_eq!([code(&["gone.json"]), code(&["main.json"]), code(&["a.bicep"])], [Some(2); 3]);
    let fine = Folder::new("forgiven").with("x.json", template(&format!("{HEAD},")));
    assert_eq!((fine.check(&["."]).code, fine.check(&["--exit-zero", "."]).code), (Some(1), Some(0)));
}

#[test]
fn nothing_outside_of_the_inputs_is_read() {
    let folder = Folder::new("outside")
        .with("work/a/main.bicep", "output o string = loadTextContent('../b/text.txt')\n")
        .with("work/b/main.bicep", "output o array = loadDirectoryFileInfo('.')\n")
        .with("work/b/text.txt", "x")
        .with("main.bicep", "output o array = loadDirectoryFileInfo('.')\n");
    let file = |name: &str| folder.path(name).display().to_string();
    let run = |current: &Path, paths: &[&str]| {
        let mut command = folder.command(&[&["check", "--format", "concise"], paths].concat());
        let output = command.current_dir(current).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let is_outside = |said: String| said.contains("b/text.txt` lies outside of the repository");
    // The repository of these tests is around everything here; a copy elsewhere has none.
    let elsewhere = std::env::temp_dir().join(format!("plimsoll-outside-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&elsewhere);
    for name in ["work/a/main.bicep", "work/b/main.bicep", "work/b/text.txt"] {
        std::fs::create_dir_all(elsewhere.join(name).parent().unwrap()).unwrap();
        std::fs::copy(file(name), elsewhere.join(name)).unwrap();
    }
    let copy = elsewhere.join("work/a/main.bicep").display().to_string();
    let other = elsewhere.join("work/b").display().to_string();
    let root = Path::new("/");
    assert!(is_outside(run(root, &[&copy])));
    assert!(is_outside(run(&elsewhere.join("work/a"), &["."])));
    assert_eq!(run(root, &[&copy, &other]), "");
    assert_eq!(run(&elsewhere, &["work/a/main.bicep"]), "");
    std::fs::remove_dir_all(&elsewhere).unwrap();
    // The folder of a file that is named without one.
    let ran = folder.check(&["--format", "concise", "main.bicep", "work/b/main.bicep"]);
    assert_eq!((&*ran.stdout, ran.code), ("", Some(0)), "{ran:?}");
}

#[test]
fn what_bicep_made_is_judged_by_its_source() {
    let generated =
        format!("{HEAD}, \"metadata\": {{\"_generator\": {{\"name\": \"bicep\", \"version\": \"0.40.2\"}}}},");
    let compiled = template(&generated);
    let source = format!("{RUN}  name: 'registry/a-b'\n  properties: {{}}\n}}\n");
    let nested = format!(
        "{generated} \"resources\": [{{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \
         \"name\": \"m\", \"properties\": {{\"mode\": \"Incremental\", \"template\":\n{compiled}}}}}]}}"
    );
    let folder = Folder::new("compiled")
        .with("both/main.bicep", &source)
        .with("both/main.json", &compiled)
        .with("stale/main.bicep", source.replace("a-b", "abcde"))
        .with("stale/main.json", &compiled)
        .with("written/main.bicep", &source)
        .with("written/main.json", template(&format!("{HEAD},")))
        .with("modules/main.bicep", "module m 'part.bicep' = {\n  name: 'm'\n}\n")
        .with("modules/part.bicep", &source)
        .with("modules/main.json", nested);
    let found = |paths: &[&str]| -> Vec<String> {
        let ran = names(&folder, paths);
        ran.stdout.lines().filter_map(|line| Some(line.split(':').next()?.to_owned())).collect()
    };
    assert_eq!(found(&["both"]), ["both/main.bicep"]);
    assert_eq!(found(&["both/main.json"]), ["both/main.json"]);
    assert_eq!(found(&["both/main.json", "both/main.bicep"]), ["both/main.bicep"]);
    assert_eq!(found(&["stale"]), ["stale/main.json"]);
    assert_eq!(found(&["written"]), ["written/main.bicep", "written/main.json"]);
    assert_eq!(found(&["modules"]), ["modules/part.bicep"]);
}

#[test]
fn what_is_imported_and_not_in_view_is_named() {
    let folder = Folder::new("imported")
        .with(
            "main.bicep",
            "import { a } from 'br/public:x/types:1.0.0'\nimport * as t from 'ts:s/g/t:v1'\nparam p a\n",
        )
        .with("again.bicep", "import { a } from 'br/public:x/types:1.0.0'\nparam p a\n")
        .with("p.bicepparam", "using 'br/unknown:x:1'\nparam a = 1\n")
        .with("none.bicepparam", "using none\n");
    let ran = folder.run(
        &["check", "--now", crate::examples::NOW, "--format", "json", "."],
        &[("BICEP_CACHE_DIRECTORY", folder.path("cache").to_str().unwrap())],
    );
    let expected = ["module br/public:x/types:1.0.0", "module br/unknown:x:1", "templateSpec ts:s/g/t:v1"];
    assert_eq!(omitted(&ran), expected);
}

/// A template with one parameter, and values for it.
fn one(parameter: &str) -> String {
    format!(
        "{HEAD}, \"parameters\": {{\"{parameter}\": {{\"type\": \"string\"}}}}, \"resources\": [{{\"type\": \
         \"Microsoft.ContainerRegistry/registries/pipelineRuns\", \"apiVersion\": \"2025-06-01-preview\", \"name\": \
         \"[parameters('{parameter}')]\"}}]}}"
    )
}

fn values(parameter: &str) -> String {
    format!("{PARAMETERS_HEAD}, \"parameters\": {{\n\"{parameter}\": {{\"value\": \"registry/a-b\"}}}}}}")
}

#[test]
fn parameter_files_are_found_in_the_usual_places() {
    let (template, given) = (one("run"), values("run"));
    let about = |path: &str| {
        given.replace("\"parameters\"", &format!("\"metadata\": {{\"template\": \"{path}\"}}, \"parameters\""))
    };
    let bicep = format!("param run string\n{RUN}  name: run\n}}\n");
    let cases: [(&str, &[(&str, &str)]); 12] = [
        ("infra/parameters/prod.json", &[("infra/main.json", &template)]),
        ("infra/params/main.prod.json", &[("infra/main.json", &template), ("infra/x.json", &template)]),
        (
            "parameters/prod/export.parameters.json",
            &[("templates/export.json", &template), ("templates/b.json", &template)],
        ),
        ("parameters/prod.parameters.json", &[("infra/main.bicep", &bicep)]),
        ("export/prod.parameters.json", &[("export.json", &template), ("import.json", &template)]),
        ("env/prod/main.parameters.json", &[("infra/main.bicep", &bicep), ("infra/b.bicep", &bicep)]),
        ("main_parameters.json", &[("main.json", &template), ("b.json", &template)]),
        ("parameters.main.prod.json", &[("main.json", &template), ("b.json", &template)]),
        ("prod.main.parameters.json", &[("main.json", &template), ("b.json", &template)]),
        ("net-prod.parameters.json", &[("net-prod.json", &template), ("net.json", &one("other"))]),
        ("prod.parameters.json", &[("main.json", &template), ("main.bicep", &bicep)]),
        ("deep/a/b/c/d/e/f.parameters.json", &[("g/v1/template.json", &template), ("h/template.json", &template)]),
    ];
    for (at, (path, templates)) in cases.into_iter().enumerate() {
        let given = if path.starts_with("deep") { about("g/v1/template.json") } else { given.clone() };
        let mut folder = Folder::new(&format!("usual_{at}")).with(path, given);
        for (name, text) in templates {
            folder = folder.with(name, text);
        }
        let ran = names(&folder, &["."]);
        assert!(ran.stdout.starts_with(&format!("{path}:2:")), "{path}: {ran:?}");
        assert_eq!(ran.stdout.lines().count(), 1, "{path}: {ran:?}");
    }
}

#[test]
fn a_parameter_file_of_another_template_is_named() {
    let (template, given) = (one("run"), values("run"));
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("other.parameters.json", &[("main.json", &one("else"))]),
        ("prod.parameters.json", &[("a.json", &template), ("b.json", &template)]),
        ("b/parameters/main.parameters.json", &[("a/main.json", &one("else"))]),
        ("parameters/prod.json", &[("a/main.json", &template)]),
        ("a.parameters.json", &[]),
    ];
    for (at, (path, templates)) in cases.into_iter().enumerate() {
        let mut folder = Folder::new(&format!("alone_{at}")).with(path, &given);
        for (name, text) in templates {
            folder = folder.with(name, text);
        }
        let ran = folder.check(&["--format", "json", "."]);
        assert_eq!(omitted(&ran), [format!("parameterFile {path}")], "{ran:?}");
    }
    // A script says what it is for.
    let folder = Folder::new("alone_script")
        .with("main.json", &template)
        .with("x/values.json", &given)
        .with("deploy.sh", "az deployment group create -g g -f main.json --parameters @x/values.json\n");
    assert_eq!(omitted(&folder.check(&["--format", "json", "."])), Vec::<String>::new());
}

#[test]
fn values_may_stand_without_an_envelope() {
    let folder = Folder::new("bare")
        .with("main.json", one("run"))
        .with("b.json", one("run"))
        .with("main.parameters.json", "{\n\"run\": \"registry/a-b\"}")
        .with("b.params.json", "{\n\"run\": {\"value\": \"registry/a-b\"}}")
        .with("given.json", "{\n\"run\": \"registry/c-d\"}");
    let ran = names(&folder, &["."]);
    let at = |place: &str| format!("{place}: error[acr-transfer-resource-name");
    assert_eq!(findings(&ran), [at("b.params.json:2:18"), at("main.parameters.json:2:8")]);
    let ran = names(&folder, &["main.json", "--parameters", "given.json"]);
    assert_eq!(findings(&ran), [at("given.json:2:8")]);
}

#[test]
fn parameter_files_go_with_a_template_that_is_named() {
    let folder = Folder::new("companions_far")
        .with(".git/HEAD", "")
        .with("templates/export.json", one("run"))
        .with("templates/import.json", one("run"))
        .with("parameters/prod/export.parameters.json", values("run"))
        .with("parameters/prod/import.parameters.json", values("run"))
        .with("parameters/prod/else.parameters.json", values("run"));
    for named in ["templates/export.json", "parameters/prod/export.parameters.json"] {
        let ran = folder.check(&["--format", "json", "--select", "acr-transfer-resource-name", named]);
        assert!(ran.stdout.contains("\"path\": \"parameters/prod/export.parameters.json\""), "{named}: {ran:?}");
        assert!(!ran.stdout.contains("import") && !ran.stdout.contains("else"), "{named}: {ran:?}");
    }
}

/// The project itself and a corpus of others' files: each file named by itself, and all of them found.
#[test]
fn naming_every_file_finds_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for entry in ignore_target(root) {
        files.push(entry);
    }
    let folder = Folder::new("itself");
    let run = |paths: &[String]| {
        let mut command = folder.command(&["check", "--format", "json", "--now", crate::examples::NOW]);
        let output = command.args(paths).current_dir(root).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["diagnostics"].clone()
    };
    let named = run(&files);
    assert!(named.as_array().unwrap().len() > 20);
    assert_eq!(named, run(&[".".to_owned()]));
}

/// The files of the project, save those that were built.
fn ignore_target(root: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(root).into_iter();
    let is_source = |entry: &walkdir::DirEntry| entry.file_name() != ".git" && entry.path() != root.join("target");
    let files = entries.filter_entry(is_source).flatten().filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(root).unwrap().display().to_string()).collect()
}

/// A parameter file, and how the finding that its value draws begins.
const VALUES: &str = ",\n\"parameters\": {\"run\": {\"value\": \"registry/a-b\"}}}";

/// A template that deploys a run of the name that it is given, and shows by a finding of its own that it was read.
fn deployed(more: &str) -> String {
    format!(
        "{HEAD}, \"parameters\": {{\"run\": {{\"type\": \"string\"}}{more}}}, \"variables\": {{\"v\":\n\"[f()]\"}}, \
         \"resources\": [{{\"type\": \"Microsoft.ContainerRegistry/registries/pipelineRuns\",\n\
         \"apiVersion\": \"2025-06-01-preview\", \"properties\": {{}}, \"name\": \"[parameters('run')]\"}}]}}"
    )
}

fn both(folder: &Folder, arguments: &[&str]) -> Ran {
    let rules = ["--select", "acr-transfer-resource-name", "--select", "unknown-function"];
    folder.check(&[&["--format", "concise"], &rules[..], arguments].concat())
}

/// A parameter file that is named brings its template and no other.
#[test]
fn a_parameter_file_is_read_with_the_template_that_it_deploys() {
    let template = || deployed("");
    let folder = Folder::new("named_values")
        // By its name, with others of that name around.
        .with("stacks/a/main.json", template())
        .with("stacks/a/main.parameters.json", format!("{PARAMETERS_HEAD}{VALUES}"))
        .with("stacks/a/main.test.parameters.json", format!("{PARAMETERS_HEAD}{VALUES}"))
        .with("stacks/b/main.json", template())
        .with("stacks/b/templates/main.json", template())
        // The only one beside it that it fits.
        .with("fit/deploy.json", template())
        .with("fit/other.json", format!("{HEAD}, \"variables\": {{\"v\": \"[f()]\"}}, \"resources\": []}}"))
        .with("fit/prod.parameters.json", format!("{PARAMETERS_HEAD}{VALUES}"))
        // In the usual folders around it: the one that is called like it, the one that asks for what it gives.
        .with("app/infra/net.json", template())
        .with("app/infra/web.json", template())
        .with("app/env/prod/net.json", format!("{PARAMETERS_HEAD}{VALUES}"))
        .with("lab/templates/deploy.json", template())
        .with("lab/templates/more.json", deployed(", \"q\": {\"type\": \"string\"}"))
        .with("lab/params/prod.json", format!("{PARAMETERS_HEAD}{VALUES}"))
        // The one that it says.
        .with("said/x/deploy.json", template())
        .with("said/main.json", template())
        .with(
            "said/main.parameters.json",
            format!("{PARAMETERS_HEAD}, \"metadata\": {{\"template\": \"x/deploy.json\"}}{VALUES}"),
        );
    let (value, own) = ("error[acr-transfer-resource-name", "error[unknown-function");
    let all = both(&folder, &[]);
    for (named, place, template) in [
        ("stacks/a/main.parameters.json", "2:33", "stacks/a/main.json"),
        ("fit/prod.parameters.json", "2:33", "fit/deploy.json"),
        ("app/env/prod/net.json", "2:33", "app/infra/net.json"),
        ("lab/params/prod.json", "2:33", "lab/templates/deploy.json"),
        ("said/main.parameters.json", "2:33", "said/x/deploy.json"),
    ] {
        let ran = both(&folder, &[named]);
        let expected = HashSet::from([format!("{named}:{place}: {value}"), format!("{template}:2:3: {own}")]);
        assert_eq!(findings(&ran).into_iter().map(str::to_owned).collect::<HashSet<_>>(), expected, "{named}");
        for finding in findings(&ran) {
            assert!(findings(&all).contains(&finding), "{finding} is not found by folder: {all:?}");
        }
        assert!(ran.stderr.contains("in 2 files (1 resource)"), "{named}: {ran:?}");
    }
}

/// One in Bicep says its template, so that a file in JSON that is called like it has no part in it.
#[test]
fn a_parameter_file_in_bicep_is_read_with_what_it_names() {
    let folder = Folder::new("named_bicepparam")
        .with("main.bicep", format!("param run string\n{RUN}  name: run\n}}\n"))
        .with("prod.bicepparam", "using 'main.bicep'\nparam run = 'registry/a-b'\n")
        .with("prod.json", deployed(""))
        .with("prod.parameters.json", format!("{PARAMETERS_HEAD}{VALUES}"));
    let ran = both(&folder, &["prod.bicepparam"]);
    assert_eq!(findings(&ran), ["prod.bicepparam:2:13: error[acr-transfer-resource-name"]);
}
