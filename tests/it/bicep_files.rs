//! Bicep files and parameter files from outside: nothing valid is called wrong, and values are those of the compiler.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::lint::{Input, Outcome, Settings, lint};
use plimsoll::snapshot::{self, snapshot};

use crate::command::{Folder, HEAD};
use crate::corpus::{corpus, files, findings, first_difference, input, settled};
use crate::equivalence::load;
use crate::examples::NOW;

/// The rules that speak of mistakes in the language itself.
const LANGUAGE: [&str; 12] = [
    "bicep-syntax",
    "json-syntax",
    "expression-syntax",
    "template-shape",
    "argument-count",
    "function-not-allowed",
    "unknown-function",
    "unknown-name",
    "circular-definition",
    "duplicate-key",
    "missing-linked-template",
    "internal-error",
];

#[test]
fn valid_files_have_no_mistake_of_language() {
    let mut valid: Vec<PathBuf> = Vec::new();
    for part in ["pairs", "bicep-syntax", "bicepparam"] {
        let Some(root) = corpus(part) else { return };
        for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            let is_variant = ["tokens", "syntax", "symbols", "diagnostics", "formatted", "ir", "sourcemap"];
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_bicep = path.extension().is_some_and(|extension| extension == "bicep" || extension == "bicepparam");
            if is_bicep && !is_variant.iter().any(|variant| name.contains(&format!(".{variant}."))) && !has_error(&path)
            {
                valid.push(path);
            }
        }
    }
    assert!(valid.len() > 600, "only {} files", valid.len());
    let mut wrong = Vec::new();
    for path in &valid {
        let outcome = lint(vec![input(path)], &Settings::at(NOW.parse().unwrap()), &load);
        // The files around those of the syntax corpus are not part of it.
        let is_alone = path.iter().any(|part| part == "bicep-syntax");
        let wanted = |rule: &str| LANGUAGE.contains(&rule) && !(is_alone && rule == "missing-linked-template");
        wrong.extend(findings(&outcome, wanted));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the official diagnostics of a file name an error.
fn has_error(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    let beside = ["diagnostics.bicep.txt", "diagnostics.bicepparam"];
    beside.iter().any(|end| {
        fs::read_to_string(path.with_file_name(format!("{stem}.{end}"))).is_ok_and(|text| text.contains(" (Error)]"))
    })
}

/// The variables of the environment that the official values were made with.
const ENVIRONMENT: [(&str, &str); 3] =
    [("stringEnvVariableName", "test"), ("intEnvVariableName", "100"), ("boolEnvironmentVariable", "true")];

#[test]
fn parameter_files_give_the_official_values() {
    let Some(root) = corpus("bicepparam") else { return };
    let files = files(&root, "parameters.bicepparam");
    assert!(files.len() >= 6, "only {} parameter files in the corpus", files.len());
    for file in &files {
        let text = fs::read_to_string(file.with_file_name("parameters.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let (references, expected): (Vec<_>, Vec<_>) =
            expected["parameters"].as_object().unwrap().iter().partition(|(_, given)| given.get("reference").is_some());
        assert_eq!(from_vaults(file), references.into_iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        let expected: serde_json::Map<String, serde_json::Value> = expected
            .into_iter()
            .map(|(name, given)| (name.clone(), given.get("value").unwrap_or(&given["expression"]).clone()))
            // What is called a secret is shown to nobody.
            .map(|(name, given)| if name == "password" { (name, "***".into()) } else { (name, given) })
            .collect();
        // A template that shows each parameter as an output.
        let shown: Vec<String> =
            expected.keys().map(|name| format!("param {name} string\noutput {name} string = {name}\n")).collect();
        let template = file.with_file_name("shown.bicep");
        let template_input = Input { path: template.display().to_string(), text: Ok(shown.concat()), explicit: true };
        let mut context = settled();
        context.environment = ENVIRONMENT.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let settings = snapshot::Settings {
            file: template.display().to_string(),
            context,
            parameter_files: vec![file.display().to_string()],
            overrides: None,
        };
        let predicted = snapshot(vec![template_input, input(file)], &settings, &load).unwrap();
        assert_eq!(first_difference(&expected.into(), &predicted["outputs"]), None, "{}", file.display());
    }
}

/// The parameters whose values a parameter file takes from a key vault: their values are in no file.
fn from_vaults(file: &Path) -> Vec<String> {
    let project = plimsoll::project::read(vec![input(file)], &load);
    let assignments = project.parameter_files[0].assignments.iter().filter(|assignment| assignment.value.is_none());
    assignments.map(|assignment| assignment.name.text.to_string()).collect()
}

#[test]
fn a_parameter_file_speaks_of_the_one_that_it_extends() {
    let main = "using 'main.bicep'\nextends 'middle.bicepparam'\nparam a = '${base.a}!'\nparam c = base.c\nvar all = base\n\
                param d = all.b\nparam e = length(base)\n";
    let middle =
        "using none\nextends 'root.bicepparam'\nvar suffix = '2'\nparam a = '${base.a}${suffix}'\nparam b = 'middle'\n";
    let root = "using none\nparam a = 'root'\nparam b = 'root'\nparam c = [1, 2]\nparam f = 'only here'\n";
    let template: String = ["a", "b", "c", "d", "e", "f"]
        .map(|name| format!("param {name} string\noutput {name} string = {name}\n"))
        .concat();
    let text = |path: &str, text: &str| Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: true };
    let files = |path: &str| {
        let found =
            [("middle.bicepparam", middle), ("root.bicepparam", root)].into_iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| Ok(text.as_bytes().to_vec()))
    };
    let settings = snapshot::Settings {
        file: "main.bicepparam".to_owned(),
        context: settled(),
        parameter_files: Vec::new(),
        overrides: None,
    };
    let inputs = vec![text("main.bicep", &template), text("main.bicepparam", main)];
    let predicted = snapshot(inputs, &settings, &files).unwrap();
    let expected =
        serde_json::json!({"a": "root2!", "b": "middle", "c": [1, 2], "d": "middle", "e": 4, "f": "only here"});
    assert_eq!(predicted["outputs"], expected);
}

#[test]
fn what_a_parameter_file_inherits_needs_no_prefix() {
    let main = "using 'main.bicep'\nextends 'middle.bicepparam'\nvar place = '${region}-1'\nparam where = place\n\
                param tags = union(common, { own: level })\n";
    let middle = "using none\nextends 'root.bicepparam'\nparam level = 2\n";
    let root = "using none\nparam region = 'north'\nparam level = 1\nparam common = { team: 'x' }\n";
    let declared =
        [("where", "string"), ("tags", "object"), ("region", "string"), ("level", "int"), ("common", "object")];
    let template = declared.map(|(name, ty)| format!("param {name} {ty}\noutput {name} {ty} = {name}\n")).concat();
    let folder = Folder::new("inherited").with("main.bicep", template).with("main.bicepparam", main);
    let folder = folder.with("middle.bicepparam", middle).with("root.bicepparam", root);
    let ran = folder.run(&["snapshot", "main.bicepparam"], &[]);
    let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = serde_json::json!({
        "where": "north-1", "tags": {"team": "x", "own": 2}, "region": "north", "level": 2, "common": {"team": "x"}
    });
    assert_eq!(predicted["outputs"], expected);
    assert_eq!(predicted["diagnostics"], serde_json::json!([]));
}

#[test]
fn a_folder_is_listed() {
    let main = "output all array = loadDirectoryFileInfo('./parts/../parts')\n\
                output json array = map(loadDirectoryFileInfo('parts', '*.json'), file => file.relativePath)\n";
    let folder = Folder::new("listed").with("main.bicep", main).with("parts/b.json", "").with("parts/a.txt", "");
    let folder = folder.with("parts/LICENSE", "").with("parts/deeper/c.json", "");
    let ran = folder.run(&["snapshot", "main.bicep"], &[]);
    let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let info = |name: &str, extension: &str| serde_json::json!({"relativePath": format!("parts/{name}"), "baseName": name, "extension": extension});
    assert_eq!(
        predicted["outputs"],
        serde_json::json!({
            "all": [info("LICENSE", ""), info("a.txt", ".txt"), info("b.json", ".json")],
            "json": ["parts/b.json"],
        })
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("nowhere", folder.path("parts/z.link")).unwrap();
        symlink("deeper", folder.path("parts/zz")).unwrap();
        let text = "output all array = map(loadDirectoryFileInfo('parts'), file => file.baseName)\n";
        fs::write(folder.path("links.bicep"), text).unwrap();
        let ran = folder.run(&["snapshot", "links.bicep"], &[]);
        let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(predicted["outputs"]["all"], serde_json::json!(["LICENSE", "a.txt", "b.json", "z.link"]));
    }
    let folder = folder.with("main.bicep", "var gone = loadDirectoryFileInfo('gone')\n");
    let ran = folder.check(&["--format", "concise", "main.bicep"]);
    assert!(ran.stdout.starts_with("main.bicep:1:34: "), "{ran:?}");
    assert!(ran.stdout.contains("[missing-linked-template] there is no folder `gone`"), "{ran:?}");
}

#[test]
fn modules_are_found_in_the_cache_that_is_configured() {
    let module =
        format!("{HEAD}, \"resources\": [], \"outputs\": {{\"o\": {{\"type\": \"string\", \"value\": \"kept\"}}}}}}");
    let main = "module m 'br:r.io/a/b:1.0' = {\n  name: 'm'\n}\noutput o string = m.outputs.o\n";
    let folder = Folder::new("cache").with("main.bicep", main).with("cache/br/r.io/a$b/1.0$/main.json", module);
    let cache = folder.path("cache").canonicalize().unwrap();
    let shown = |folder: &Folder, environment: &[(&str, &str)]| {
        let ran = folder.run(&["snapshot", "main.bicep"], environment);
        serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap()["outputs"]["o"].clone()
    };
    assert_ne!(shown(&folder, &[]), "kept");
    assert_eq!(shown(&folder, &[("BICEP_CACHE_DIRECTORY", cache.to_str().unwrap())]), "kept");
    let configuration = serde_json::json!({"cacheRootDirectory": cache}).to_string();
    let folder = folder.with("bicepconfig.json", configuration);
    assert_eq!(shown(&folder, &[]), "kept");
}

#[test]
fn no_prefix_of_a_file_is_too_much() {
    let Some(root) = corpus("pairs") else { return };
    let mut sample: Vec<PathBuf> = files(&root, "main.bicep").into_iter().step_by(40).collect();
    sample.extend(corpus("bicepparam").iter().flat_map(|root| files(root, "parameters.bicepparam")));
    assert!(sample.len() > 12, "only {} files", sample.len());
    let settings = Settings::at(NOW.parse().unwrap());
    for path in sample {
        let text = fs::read_to_string(&path).unwrap();
        let step = (text.len() / 30).max(1);
        for end in (0..text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
            let cut = Input { path: path.display().to_string(), text: Ok(text[..end].to_owned()), explicit: true };
            let outcome = lint(vec![cut], &settings, &|_: &str| None);
            assert_eq!(findings(&outcome, |rule| rule == "internal-error"), Vec::<String>::new(), "{end}");
        }
    }
}

/// The findings of language in `main.bicep` beside `other.bicep`, without the path.
fn mistakes(main: &str, other: &str) -> Vec<String> {
    let inputs = vec![Input { path: "main.bicep".to_owned(), text: Ok(main.to_owned()), explicit: true }];
    let load = |path: &str| (path == "other.bicep").then(|| Ok(other.as_bytes().to_vec()));
    let outcome = lint(inputs, &Settings::at(NOW.parse().unwrap()), &load);
    let found = findings(&outcome, |rule| LANGUAGE.contains(&rule));
    found.iter().map(|line| line.replacen("main.bicep:", "", 1)).collect()
}

#[test]
fn mistakes_in_names_are_told() {
    let cases = [
        ("param storage string\noutput a string = stroage\n", "2:19: [unknown-name] nothing here is called `stroage`"),
        ("param a string\nvar a = 1\n", "2:5: [unknown-name] `a` is declared more than once"),
        ("output a int = 1\noutput a int = 2\n", "2:8: [unknown-name] `a` is declared more than once"),
        (
            "import {hidden} from 'other.bicep'\n",
            "1:9: [unknown-name] `other.bicep` declares `hidden` but does not export it",
        ),
        ("import {gone} from 'other.bicep'\n", "1:9: [unknown-name] `other.bicep` exports nothing called `gone`"),
        (
            "var resourceGroup = 'x'\noutput a string = resourceGroup().name\n",
            "2:19: [unknown-name] `resourceGroup` is a variable, not a function",
        ),
        ("func f() int => 1\noutput a int = f\n", "2:16: [unknown-name] `f` is a function, not a value"),
        ("func f(x int) int => f(x)\n", "1:22: [circular-definition] needs itself: f → f"),
        ("param A string\noutput a string = a\n", "2:19: [unknown-name] nothing here is called `a`"),
    ];
    let other = "@export()\nvar shown = 1\nvar hidden = 2\n";
    for (main, expected) in cases {
        assert_eq!(mistakes(main, other), [expected], "{main}");
    }
    let fine = "import {shown} from 'other.bicep'\nimport * as other from 'other.bicep'\nvar resourceGroup = 'x'\n\
                output a string = az.resourceGroup().name\noutput b int = sys.max(shown, other.shown)\nvar A = 1\n";
    assert_eq!(mistakes(fine, other), Vec::<String>::new());
}

#[test]
fn a_mistake_is_told_once_however_often_it_is_read() {
    let main = "resource all 'A.B/c@2024-01-01' = [for i in range(0, 2): if (i == gone) {\n  name: 'n${i}'\n}]\n\
                var one = all[lost]\noutput a string = one.id\noutput b string = one['x']\noutput c string = all[0].?id\n";
    let folder = Folder::new("told_once").with("main.bicep", main);
    let ran = folder.check(&["--format", "concise", "--select", "unknown-name"]);
    let told = [
        "main.bicep:1:67: error[unknown-name] nothing here is called `gone`",
        "main.bicep:4:15: error[unknown-name] nothing here is called `lost`",
    ];
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), told);
}

#[test]
fn modules_that_no_one_has_are_counted_and_named() {
    let main = "module a 'br/public:avm/res/x:1.0' = {\n  name: 'a'\n}\nmodule b 'br:r.io/b:2' = {\n  name: 'b'\n}\n";
    let inputs = || vec![Input { path: "main.bicep".to_owned(), text: Ok(main.to_owned()), explicit: true }];
    let names = |outcome: &Outcome| -> Vec<String> {
        outcome.coverage.omitted.iter().map(|omitted| omitted.name.clone()).collect()
    };
    let settings = Settings::at(NOW.parse().unwrap());
    let outcome = lint(inputs(), &settings, &|_: &str| None);
    assert_eq!(names(&outcome), ["br/public:avm/res/x:1.0", "br:r.io/b:2"]);
    let compiled = format!("{HEAD}, \"resources\": []}}");
    let cached =
        |path: &str| (path == "br:mcr.microsoft.com/bicep/avm/res/x:1.0").then(|| Ok(compiled.clone().into_bytes()));
    let outcome = lint(inputs(), &settings, &cached);
    assert_eq!(names(&outcome), ["br:r.io/b:2"]);
}

#[test]
fn a_module_is_where_the_group_is_that_is_declared_for_it() {
    let group = |symbol: &str, location: &str| {
        format!(
            "resource {symbol} 'Microsoft.Resources/resourceGroups@2022-09-01' = {{\n  name: '{symbol}-rg'\n  location: {location}\n}}\n"
        )
    };
    let module =
        |name: &str, scope: &str| format!("module {name} 'm.bicep' = {{\n  name: '{name}'\n  scope: {scope}\n}}\n");
    let main = [
        "targetScope = 'subscription'\nparam region string\n".to_owned(),
        group("known", "'westeurope'"),
        group("asked", "region"),
        module("a", "known"),
        module("b", "asked"),
        module("c", "resourceGroup('known-rg')"),
        "output found array = [a.outputs.l, b.outputs.l, c.outputs.l]\n".to_owned(),
    ];
    let inner = "param location string = resourceGroup().location\nresource ip 'Microsoft.Network/publicIPAddresses@2023-09-01' = {\n  \
                 name: 'ip-${resourceGroup().name}'\n  location: location\n}\noutput l string = location\n";
    let folder = Folder::new("group_location").with("main.bicep", main.concat()).with("m.bicep", inner);
    let ran = folder.run(&["snapshot", "main.bicep"], &[]);
    let predicted: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let resources = predicted["predictedResources"].as_array().unwrap().iter();
    let placed = resources.map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["location"].as_str().unwrap()));
    let expected = [
        "known-rg westeurope",
        "asked-rg [parameters('region')]",
        "ip-known-rg westeurope",
        "ip-asked-rg [parameters('region')]",
        "ip-known-rg westeurope",
    ];
    assert_eq!(placed.collect::<Vec<_>>(), expected);
    assert_eq!(predicted["outputs"]["found"], "[createArray('westeurope', parameters('region'), 'westeurope')]");
}
