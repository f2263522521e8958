//! Bad input gives a clear finding and the right exit code, and the files beside it are still linted.

use std::fs;
use std::process::Stdio;

use crate::command::{Folder, HEAD, PARAMETERS_HEAD, Ran};

const BESIDE: &str = "beside.json:1:146: error[unknown-function] there is no function `toLow`\n";

/// A folder with a good and a bad file, both of which must be linted whatever lies beside them.
fn folder(name: &str) -> Folder {
    Folder::new(name)
        .with("beside.json", format!("{HEAD}, \"variables\": {{\"a\": \"[toLow('X')]\"}}, \"resources\": []}}"))
        .with("good.json", format!("{HEAD}, \"resources\": []}}"))
}

/// What `x.json` with this text is reported as, besides what is beside it.
fn findings(name: &str, text: impl AsRef<[u8]>) -> (Vec<String>, Option<i32>) {
    let folder = folder(name).with("x.json", text);
    judge(&folder.check(&["--format", "concise"]))
}

/// The findings other than the expected one beside, and the exit code.
fn judge(ran: &Ran) -> (Vec<String>, Option<i32>) {
    assert!(ran.stdout.contains(BESIDE), "{ran:?}");
    assert!(!ran.stderr.contains("internal error") && !ran.stdout.contains("internal-error"), "{ran:?}");
    let others = ran.stdout.lines().filter(|line| !BESIDE.starts_with(line));
    (others.map(str::to_owned).collect(), ran.code)
}

fn one(line: impl Into<String>, code: i32) -> (Vec<String>, Option<i32>) {
    (vec![line.into()], Some(code))
}

#[test]
fn text_that_is_not_json() {
    let expected = one("x.json:1:1: error[json-syntax] expected a value, found something else", 2);
    assert_eq!(findings("not_json_at_all", "deploymentTemplate.json: hello world"), expected);
}

#[test]
fn a_file_that_ends_too_soon() {
    let line = "x.json:1:157: error[json-syntax] this string is never closed";
    assert_eq!(findings("cut_in_string", format!("{HEAD}, \"resources\": [{{\"type\": \"A.B/c\", \"na")), one(line, 2));
    let line = "x.json:1:138: error[json-syntax] the file ends inside the array that starts in line 1";
    assert_eq!(findings("cut_in_array", format!("{HEAD}, \"resources\": [ ")), one(line, 2));
    let line = "x.json:1:125: error[json-syntax] this comment is never closed";
    assert_eq!(findings("cut_in_comment", format!("{HEAD}, /* \"resources\": []}}")), one(line, 2));
}

#[test]
fn a_string_that_is_never_closed_costs_its_line() {
    let text = format!("{HEAD},\n\"variables\": {{\n\"a\": \"x,\n\"b\": \"[nope()]\"\n}}, \"resources\": []}}");
    let expected = [
        "x.json:3:6: error[json-syntax] this string is never closed",
        "x.json:4:8: error[unknown-function] there is no function `nope`",
    ];
    assert_eq!(findings("never_closed", text), (expected.map(str::to_owned).to_vec(), Some(2)));
}

#[test]
fn text_in_another_encoding() {
    let latin = [HEAD.as_bytes(), b",\n\"variables\": {\"a\": \"\xe9\"}, \"resources\": []}"].concat();
    let line = "x.json:1:1: error[unreadable-file] is not valid UTF-8 (line 2, byte 144); save it as UTF-8";
    assert_eq!(findings("latin1", latin), one(line, 2));
    let line = "x.json:1:1: error[unreadable-file] is encoded as UTF-16; save it as UTF-8";
    let text = format!("{HEAD}, \"resources\": []}}");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(findings("utf16_unmarked", &little), one(line, 2));
    let marked = [&[0xff, 0xfe], &little[..]].concat();
    assert_eq!(findings("utf16_marked", marked), one(line, 2));
}

#[test]
fn nesting_without_end() {
    let deep = |open: &str, close: &str| {
        format!(
            "{HEAD}, \"variables\": {{\"a\": {}1{}}}, \"resources\": []}}",
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    let line = "x.json:1:398: error[json-syntax] nested deeper than 256; what is inside was not read";
    assert_eq!(findings("deep_arrays", deep("[", "]")), one(line, 2));
    let (found, code) = findings("deep_objects", deep("{\"a\":", "}"));
    assert_eq!((found.len(), code), (1, Some(2)), "{found:?}");
    // Too long as well, for as many calls as this.
    for (depth, expected) in
        [(1000, &["nested deeper than 256"][..]), (100_000, &["this one has 800002", "nested deeper than 256"])]
    {
        let calls = format!("{}{}", "concat(".repeat(depth), ")".repeat(depth));
        let text = format!("{HEAD}, \"variables\": {{\"a\": \"[{calls}]\"}}, \"resources\": []}}");
        let (found, code) = findings("deep_calls", text);
        assert_eq!((found.len(), code), (expected.len(), Some(1)), "{found:?}");
        assert!(found.iter().zip(expected).all(|(found, end)| found.ends_with(end)), "{found:?}");
    }
}

#[test]
fn a_file_of_50_megabytes() {
    let text = format!("{HEAD}, \"variables\": {{\"a\": \"{}\"}}, \"resources\": []}}", "x".repeat(50_000_000));
    let line = "x.json:1:1: error[unreadable-file] is larger than 32 MiB and was not read";
    assert_eq!(findings("huge", text), one(line, 2));
    // In a folder, a huge file that is no template is none of our business.
    assert_eq!(findings("huge_other", format!("[\"{}\"]", "x".repeat(50_000_000))), (Vec::new(), Some(1)));
}

#[test]
fn expressions_that_make_no_sense() {
    let with = |variables: &str| format!("{HEAD}, \"variables\": {{{variables}}}, \"resources\": []}}");
    let line = "x.json:1:153: error[expression-syntax] expected an expression, found the end of the expression";
    assert_eq!(findings("no_expression", with("\"a\": \"[concat(]\"")), one(line, 1));
    let line = "x.json:1:146: error[unknown-function] there is no function `nope`";
    assert_eq!(findings("no_function", with("\"a\": \"[nope()]\"")), one(line, 1));
    let line = "x.json:1:144: error[circular-definition] needs itself: a → a";
    assert_eq!(findings("variable_circle", with("\"a\": \"[variables('a')]\"")), one(line, 1));
}

#[test]
fn parameters_that_need_each_other() {
    let text = format!(
        "{HEAD},\n\"parameters\": {{\n\"a\": {{\"type\": \"string\", \"defaultValue\": \"[parameters('b')]\"}},
\"b\": {{\"type\": \"string\", \"defaultValue\": \"[parameters('a')]\"}}}},
\"resources\": [{{\"type\": \"A.B/c\", \"apiVersion\": \"2024-01-01\", \"name\": \"[parameters('a')]\"}}]}}"
    );
    let line = "x.json:4:41: error[circular-definition] needs itself: a → b → a";
    assert_eq!(findings("parameter_circle", text), one(line, 1));
}

#[test]
fn a_billion_copies() {
    let text = format!(
        "{HEAD},\n\"resources\": [{{\"type\": \"A.B/c\", \"apiVersion\": \"2024-01-01\", \"name\": \"n\",
\"copy\": {{\"name\": \"l\", \"count\": 1000000000}}}}]}}"
    );
    assert_eq!(
        findings("copies", text),
        one("x.json:3:32: error[copy-count] a loop makes 0 to 800 copies, not 1000000000", 1)
    );
}

#[test]
fn a_parameter_file_of_the_wrong_shape() {
    let folder =
        folder("wrong_shape").with("p.json", format!("{PARAMETERS_HEAD},\n\"parameters\": {{\"a\": \"b\"}}}}"));
    let line = "p.json:2:21: error[template-shape] expected an object with `value` or `reference`, found a string";
    assert_eq!(judge(&folder.check(&["--format", "concise"])), one(line, 1));
}

#[test]
fn a_file_that_is_nothing_we_know() {
    for (at, text) in ["", "null", "[]", "{}", "\0\0\0"].into_iter().enumerate() {
        // Beside templates, it is somebody else's.
        assert_eq!(findings(&format!("other_{at}"), text), (Vec::new(), Some(1)), "{text:?}");
    }
    let folder = folder("named").with("x.json", "").with("y.json", "{\"name\": 1}");
    let ran = folder.check(&["--format", "concise", "x.json", "y.json", "beside.json"]);
    assert_eq!(judge(&ran), (Vec::new(), Some(1)));
    assert!(ran.stderr.contains("; 2 files of an unknown kind\n"), "{ran:?}");
}

#[test]
fn paths_that_lead_nowhere() {
    let folder = folder("nowhere");
    let ran = folder.check(&["--format", "concise", ".", "nonexistent"]);
    let line = |path: &str| format!("{path}:1:1: error[unreadable-file] cannot be read: no such file or directory");
    assert_eq!(judge(&ran), one(line("nonexistent"), 2));
    let ran = folder.check(&["--format", "concise", ".", "--parameters", "nope.json"]);
    assert_eq!(judge(&ran), one(line("nope.json"), 2));
    let text = folder.check(&["nonexistent"]).stdout;
    let expected = "error[unreadable-file]: cannot be read: no such file or directory\n = in: nonexistent\n";
    assert!(text.starts_with(expected), "{text}");
    let lenient = folder.check(&["good.json", "nonexistent", "--allow-unparsed", "--fail-on", "never"]);
    assert_eq!(lenient.code, Some(0));
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = folder("links");
    symlink(".", folder.path("circle")).unwrap();
    symlink("loop.json", folder.path("loop.json")).unwrap();
    symlink("gone.json", folder.path("dangling.json")).unwrap();
    // A folder is searched without following links.
    assert_eq!(judge(&folder.check(&["--format", "concise"])), (Vec::new(), Some(1)));
    let ran = folder.check(&["--format", "concise", "beside.json", "dangling.json", "loop.json"]);
    let (found, code) = judge(&ran);
    assert_eq!((found.len(), code), (2, Some(2)), "{found:?}");
    assert_eq!(found[0], "dangling.json:1:1: error[unreadable-file] cannot be read: no such file or directory");
    assert!(found[1].starts_with("loop.json:1:1: error[unreadable-file] cannot be read: "), "{found:?}");
}

#[test]
fn a_folder_called_like_a_file() {
    let folder = folder("folder").with("x.json/y.json", format!("{HEAD}, \"resources\": [1]}}"));
    let line = "x.json/y.json:1:139: error[template-shape] expected an object that declares a resource, found a number";
    assert_eq!(judge(&folder.check(&["--format", "concise"])), one(line, 1));
    let ran = folder.check(&["--format", "concise", ".", "--parameters", "x.json"]);
    assert!(ran.stdout.contains("x.json:1:1: error[unreadable-file] cannot be read: it is a folder\n"), "{ran:?}");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn a_file_that_is_broken_does_not_hide_what_else_is_in_it() {
    let text = format!("{HEAD}, \"variables\": {{\"a\": tru, \"b\": \"[nope()]\"}}, \"resources\": [,]}}");
    let expected = [
        "x.json:1:144: error[json-syntax] expected a value after `:`, found something else",
        "x.json:1:156: error[unknown-function] there is no function `nope`",
        "x.json:1:181: error[json-syntax] expected a value before `,`",
    ];
    assert_eq!(findings("broken", text), (expected.map(str::to_owned).to_vec(), Some(2)));
}

#[test]
fn a_folder_without_templates_is_said_to_be_one() {
    let folder = Folder::new("without").with("package.json", "{\"name\": \"x\"}");
    let ran = folder.check(&[]);
    assert_eq!((ran.code, &*ran.stdout), (Some(0), "no findings in 0 files (0 resources)\n"));
    let warning =
        "plimsoll: warning: nothing was checked: no template, parameter file, script or answer was found below `.`\n";
    assert_eq!(ran.stderr, warning);
}

#[test]
fn a_file_that_is_named_twice_is_linted_once() {
    let ran = folder("twice").check(&["--format", "concise", ".", "./beside.json", "beside.json"]);
    assert_eq!((&*ran.stdout, ran.code), (BESIDE, Some(1)));
}

#[test]
fn a_reader_that_has_seen_enough_may_leave() {
    let text = format!("{HEAD}, \"variables\": {{{}\"z\": 1}}, \"resources\": []}}", "\"a\": \"[f()]\", ".repeat(5000));
    let folder = Folder::new("pipe").with("x.json", text);
    let mut child = folder.command(&["check", "--format", "concise"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn exit_codes_follow_the_options() {
    let folder = folder("codes");
    let code = |arguments: &[&str]| folder.check(arguments).code;
    assert_eq!(code(&["good.json"]), Some(0));
    assert_eq!(code(&["."]), Some(1));
    assert_eq!(code(&[".", "--fail-on", "never"]), Some(0));
    assert_eq!(code(&[".", "--exit-zero"]), Some(0));
    assert_eq!(code(&[".", "nope", "--exit-zero"]), Some(2));
    assert_eq!(code(&[".", "nope", "--allow-unparsed"]), Some(1));
    assert_eq!(code(&["--nonsense"]), Some(2));
    let twice = folder.with("y.json", format!("{HEAD}, \"resources\": [], \"Resources\": []}}"));
    assert_eq!(twice.check(&["y.json"]).code, Some(0));
    assert_eq!(twice.check(&["y.json", "--fail-on", "warning"]).code, Some(1));
}

#[test]
fn a_slip_of_the_hand_is_recognised() {
    let folder = Folder::new("slips");
    let says = |arguments: &[&str], hint: &str| {
        let ran = folder.run(arguments, &[]);
        assert!(ran.code == Some(2) && ran.stderr.contains(hint), "{ran:?}");
    };
    says(&["chekc"], "a similar subcommand exists: 'check'");
    says(&["check", "--formt", "json"], "a similar argument exists: '--format'");
    says(&["check", "--select", "unknown-functoin"], "did you mean `unknown-function`?");
    says(&["check", "--ignore", "zzz"], "--ignore: there is no rule or pack `zzz`; `plimsoll rules` lists them");
    says(&["explain", "json-sytax"], "did you mean `json-syntax`?");
    says(&["check", "--now", "tomorrow"], "--now: `tomorrow` is not a time such as 2026-11-23");
    let explained = folder.run(&["explain", "json-syntax"], &[]);
    let start = "json-syntax (error, since 0.1.0)\n\na file is not valid JSON\n\nWhy it matters\n  Azure";
    assert!(explained.code == Some(0) && explained.stdout.starts_with(start), "{explained:?}");
    assert!(explained.stdout.lines().all(|line| line.chars().count() <= 100), "{explained:?}");
}

#[test]
fn modules_that_deploy_each_other() {
    let module = |path: &str| format!("module m '{path}' = {{\n  name: 'm'\n}}\n");
    let folder = folder("module_circle").with("a.bicep", module("b.bicep")).with("b.bicep", module("./a.bicep"));
    let line = "b.bicep:1:10: error[circular-definition] this template deploys itself: a.bicep → b.bicep → a.bicep";
    assert_eq!(judge(&folder.check(&["--format", "concise"])), one(line, 1));
    let folder = self::folder("module_itself").with("a.bicep", module("a.bicep"));
    let line = "a.bicep:1:10: error[circular-definition] this template deploys itself: a.bicep → a.bicep";
    assert_eq!(judge(&folder.check(&["--format", "concise"])), one(line, 1));
}

#[test]
fn files_that_need_each_other() {
    let import = |name: &str, path: &str, from: &str| {
        format!("import {{{from}}} from '{path}'\n@export()\nvar {name} = 1\nvar used_{name} = {from}\n")
    };
    let folder = folder("import_circle")
        .with("a.bicep", import("a", "b.bicep", "b"))
        .with("b.bicep", import("b", "./a.bicep", "a"))
        .with("c.bicepparam", "using none\nextends 'd.bicepparam'\nparam x = base.x\n")
        .with("d.bicepparam", "using none\nextends 'c.bicepparam'\nparam x = base.x\n");
    let expected = [
        "b.bicep:1:17: error[circular-definition] this file needs itself: a.bicep → b.bicep → a.bicep",
        "d.bicepparam:2:9: error[circular-definition] this file needs itself: c.bicepparam → d.bicepparam → c.bicepparam",
    ];
    assert_eq!(judge(&folder.check(&["--format", "concise"])), (expected.map(str::to_owned).to_vec(), Some(1)));
}

#[test]
fn a_template_is_judged_alone_whenever_it_is_lowered() {
    let circle = "var a = b\nvar b = a\n";
    let json = "{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
                \"contentVersion\": \"1.0.0.0\", \"variables\": {\"a\": \"[variables('a')]\"}, \"resources\": []}";
    let folder = folder("alone")
        .with("at-once.bicep", circle)
        .with("library.bicep", "@export()\nvar shared = 1\n")
        .with("with-import.bicep", format!("import {{shared}} from 'library.bicep'\noutput o int = shared\n{circle}"))
        .with("with-module.bicep", format!("module m 'at-once.bicep' = {{\n  name: 'm'\n}}\n{circle}"))
        .with("plain.json", json)
        .with("with-text.bicep", format!("output o string = loadTextContent('plain.json')\n{circle}"));
    let (found, _) = judge(&folder.check(&["--format", "concise"]));
    let files: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    let expected = ["at-once.bicep", "plain.json", "with-import.bicep", "with-module.bicep", "with-text.bicep"];
    assert_eq!(files, expected, "{found:?}");
    assert!(found.iter().all(|line| line.contains("error[circular-definition] needs itself")), "{found:?}");
}

#[test]
fn what_is_broken_lacks_nothing() {
    let declared = "resource p 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview'";
    let bicep = ["", " =", " = 'x'", " = {", " = {\n  name: 'contoso/pipe01'\n  properties: {", " = if (true)", " = ["];
    let head = "{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
                \"resources\": [{\"type\": \"Microsoft.ContainerRegistry/registries/exportPipelines\", \
                \"apiVersion\": \"2025-06-01-preview\", \"name\": \"contoso/pipe01\"";
    let json = [
        "",
        ", ",
        ", \"location\": \"west",
        ", \"properties\": {",
        ", \"properties\": {\"target\": {\"type\": \"AzureStorageBlobContainer\"",
    ];
    let bicep = bicep.map(|rest| ("a.bicep", format!("{declared}{rest}\n"), "bicep-syntax"));
    let no_type = head.split("/registries").next().unwrap().to_owned();
    let json = json.map(|rest| ("a.json", format!("{head}{rest}"), "json-syntax"));
    let json = json.into_iter().chain([("a.json", no_type, "json-syntax")]);
    for (name, text, rule) in bicep.into_iter().chain(json) {
        let (found, code) = judge(&folder("broken").with(name, &text).check(&["--format", "concise"]));
        assert!(found.iter().all(|line| line.contains(rule)) && found.len() == 1, "{text}: {found:?}");
        assert_eq!(code, Some(2), "{text}");
    }
}

#[test]
fn names_that_multiply_with_every_step() {
    let quiet = (Vec::new(), Some(1));
    let circle = "var a = a[a]\noutput o string = loadTextContent(a)\n";
    let found = ["9", "11"].map(|column| format!("a.bicep:1:{column}: error[circular-definition] needs itself: a → a"));
    let check = |name: &str, text: &str| judge(&folder(name).with("a.bicep", text).check(&["--format", "concise"]));
    assert_eq!(check("constant_circle", circle), (found.to_vec(), Some(1)));
    assert_eq!(check("union_circle", "type a = a | a | a\nparam p a\noutput o a = p\n"), quiet);

    let tower = |levels: usize, step: &dyn Fn(usize) -> String| (0..levels).map(step).collect::<String>();
    let types = tower(31, &|at| format!("type t{at} = t{0} | t{0}\n", at + 1));
    assert_eq!(check("union_tower", &format!("{types}type t31 = 'x'\noutput o t0 = 'x'\n")), quiet);
    let modules = tower(15, &|at| format!("var v{at} = c ? v{0} : c ? v{0} : v{0}\n", at + 1));
    let modules =
        format!("param c bool\nmodule m 'br:x.io/m:1' = {{}}\n{modules}var v15 = m\noutput o string = v0.outputs.x\n");
    assert_eq!(check("module_tower", &modules), quiet);

    let looped = "resource r 'A.B/c@2024-01-01' = [for i in range(0, 3): {\n  name: 'n${i}'\n}]\n";
    for (name, end) in [("element", "[0]"), ("key", "['x']")] {
        let indexes = (0..40).fold("0".to_owned(), |inner, _| format!("r[{inner}]{end}"));
        assert_eq!(check(&format!("index_of_{name}"), &format!("{looped}output o object = {indexes}\n")), quiet);
    }
    let names = tower(40, &|at| format!("var v{} = r[v{at}.x + v{at}.y]\n", at + 1));
    assert_eq!(check("index_tower", &format!("{looped}var v0 = r[0]\n{names}output o object = v40.id\n")), quiet);

    let conditional = |at: usize| {
        let next = at + 1;
        format!("resource r{at} 'A.B/c@2024-01-01' = if (r{next}.?id == r{next}.?name) {{\n  name: 'r{at}'\n}}\n")
    };
    let conditions = tower(40, &conditional);
    let (found, code) = check(
        "condition_tower",
        &format!("{conditions}resource r40 'A.B/c@2024-01-01' existing = {{\n  name: 'x'\n}}\n"),
    );
    assert_eq!((found, code), quiet);

    // Each turn of the circle doubles the index.
    let existing = |name: &str, other: &str| {
        format!(
            "resource {name} 'A.B/c@2024-01-01' existing = [for i in range(0, 3): {{\n  name: {other}[i + i].name\n}}]\n"
        )
    };
    let user = "resource c 'A.B/c@2024-01-01' = {\n  name: 'c'\n  tags: {\n    a: a[1].id\n  }\n}\n";
    let (found, _) = check("existing_circle", &format!("{}{}{user}", existing("a", "b"), existing("b", "a")));
    assert!(found.iter().all(|line| line.contains("circular-definition")) && !found.is_empty(), "{found:?}");
}

#[test]
fn a_word_of_nothing_but_brackets() {
    let script = format!("az acr pipeline-run create --name {}\n", "{}".repeat(100_000));
    let (found, _) = judge(&folder("brackets").with("a.sh", script).check(&["--format", "concise"]));
    assert!(found.len() == 1 && found[0].contains("[acr-transfer-cli-required-flag]"), "{}", found.len());
}

#[test]
fn thousands_of_modules_and_towers_of_them() {
    let mut folder = folder("many_modules");
    let mut main = String::new();
    for at in 0..2000 {
        main.push_str(&["module m", " 'm/", ".bicep' = {\n  name: 'm", "'\n}\n"].join(&at.to_string()));
        folder = folder.with(&format!("m/{at}.bicep"), format!("output o int = toLow({at})\n"));
    }
    // Each deploys the next one twice.
    for at in 0..30 {
        let next = at + 1;
        let text =
            format!("module a '{next}.bicep' = {{\n  name: 'a'\n}}\nmodule b '{next}.bicep' = {{\n  name: 'b'\n}}\n");
        folder = folder.with(&format!("t/{at}.bicep"), text);
    }
    let folder = folder.with("t/30.bicep", "").with("main.bicep", main);
    let (found, code) = judge(&folder.check(&["--format", "concise"]));
    assert_eq!((found.len(), code), (2000, Some(1)));
    let (found, _) = judge(&folder.check(&["--format", "concise", "beside.json", "main.bicep"]));
    assert_eq!(found, Vec::<String>::new(), "what only a module holds is not an input");
}

#[test]
fn files_outside_of_the_repository_are_not_read() {
    let secret = "outside";
    let load = "output a string = loadTextContent('../secret.txt')\noutput b string = loadTextContent('inside.txt')\n";
    let folder = Folder::new("outside").with("secret.txt", secret).with("repository/.git/HEAD", "");
    let folder = folder.with("repository/main.bicep", load).with("repository/inside.txt", "inside");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", folder.path("repository/link.txt")).unwrap();
        fs::write(folder.path("repository/link.bicep"), "output c string = loadTextContent('link.txt')\n").unwrap();
    }
    let folder = folder.with("repository/list.bicep", "output d array = loadDirectoryFileInfo('../other')\n");
    let folder = folder.with("other/secret.txt", secret);
    let cases = [("main.bicep", "secret.txt"), ("link.bicep", "repository/link.txt"), ("list.bicep", "other")];
    for (file, path) in cases {
        let file = format!("repository/{file}");
        let ran = folder.run(&["snapshot", &file], &[]);
        assert!(ran.stdout.contains(&format!("`{path}` lies outside of the repository")), "{ran:?}");
        assert!(!ran.stdout.contains(&format!("\"{secret}\"")), "{ran:?}");
        let ran = folder.check(&["--format", "concise", &file]);
        assert!(ran.stdout.contains("[missing-linked-template]"), "{ran:?}");
    }
    let ran = folder.run(&["snapshot", "repository/main.bicep"], &[]);
    assert!(ran.stdout.contains("\"b\": \"inside\""), "{ran:?}");
    let template = format!(
        "{HEAD}, \"resources\": [{{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \
         \"name\": \"n\", \"properties\": {{\"mode\": \"Incremental\", \"templateLink\": {{\"relativePath\": \"../out.json\"}}}}}}]}}"
    );
    let folder = folder.with("repository/main.json", template).with("out.json", format!("{HEAD}, \"resources\": []}}"));
    let ran = folder.check(&["--format", "concise", "repository/main.json"]);
    assert!(ran.stdout.contains("`out.json` lies outside of the repository"), "{ran:?}");
}
