//! Scripts in files of every kind: what they call, with what, and where that is written.

use plimsoll::script::{Dialect, FileKind, Found, Invocation, Origin, Script, find, kind_of};
use plimsoll::source::{FileId, MappedText, Span};
use plimsoll::syntax::shell::{PieceKind, Word};

use crate::shell_oracle::agree;

const FILE: FileId = FileId(0);

fn found(path: &str, text: &str) -> Found {
    let found = find(kind_of(path, text).unwrap(), FILE, text);
    found.scripts.iter().for_each(agree);
    found
}

fn script(text: &str, dialect: Dialect) -> Script {
    let script = Script::new(&MappedText::plain(FILE, text, 0), dialect, Origin::File);
    agree(&script);
    script
}

/// The text that each word is written as.
fn written<'t>(text: &'t str, words: &[Word]) -> Vec<&'t str> {
    words.iter().map(|word| &text[word.span.range()]).collect()
}

fn at(text: &str, span: Span) -> String {
    text[span.range()].to_owned()
}

/// The calls of Azure's programs: program, subcommand, options with their values as written.
fn calls(text: &str, script: &Script) -> Vec<String> {
    let show = |call: Invocation<'_>| {
        let mut line = format!("{} {}", call.program, call.path().collect::<Vec<_>>().join(" "));
        for option in call.options() {
            assert!(at(text, option.span).contains(option.name.trim_start_matches('-')), "{option:?}");
            line.push_str(&[" | ", &option.name, " ", &written(text, &option.values).join(" · ")].concat());
        }
        line
    };
    let is_azure = |call: &Invocation<'_>| call.program == "az" || call.program == "azcopy" || call.is_cmdlet();
    script.invocations().filter(is_azure).map(show).collect()
}

/// What the option `name` of the last call is, with variables followed.
fn value(script: &Script, name: &str) -> Option<String> {
    let call = script.invocations().last().unwrap();
    let option = call.option(&[name]).unwrap();
    script.text(&option.values[0], call.command)
}

#[test]
fn options_take_their_values() {
    let text = "az acr export-pipeline create -n \"p1\" --options A B --storage-container-uri=https://x/c --debug\n\
                sudo -u me azcopy copy --recursive ./a \"https://b?$S\" --put-md5 --metadata 'k=v' --overwrite=true\n";
    let script = script(text, Dialect::Posix);
    assert_eq!(
        calls(text, &script),
        [
            "az acr export-pipeline create | -n \"p1\" | --options A · B | --storage-container-uri https://x/c | --debug ",
            "azcopy copy | --recursive  | --put-md5  | --metadata 'k=v' | --overwrite true",
        ]
    );
    let copy = script.invocations().last().unwrap();
    assert_eq!(written(text, &copy.operands()), ["./a", "\"https://b?$S\""]);
    let first = script.invocations().next().unwrap();
    assert_eq!(at(text, first.path_span()), "az acr export-pipeline create");
    let uri = first.option(&["--storage-container-uri"]).unwrap();
    assert_eq!(
        (at(text, uri.span), at(text, uri.values[0].span)),
        ("--storage-container-uri".into(), "https://x/c".into())
    );
}

#[test]
fn a_secret_is_followed_to_the_command_that_makes_it() {
    let text = "EXPIRY=2027-01-01\n\
                SAS=\"?$(az storage container generate-sas -n transfer --expiry \"$EXPIRY\" -o tsv)\"\n\
                az keyvault secret set --name s --value \"$SAS\"\n";
    let script = script(text, Dialect::Posix);
    let call = script.invocations().last().unwrap();
    let pieces = script.expand(&call.option(&["--value"]).unwrap().values[0], call.command);
    assert_eq!(pieces.len(), 2);
    assert_eq!(at(text, pieces[0].span), "?");
    let PieceKind::Substitution(commands) = &pieces[1].kind else { panic!("{pieces:?}") };
    let made = script.invocations_in(commands.clone()).last().unwrap();
    assert!(made.is_az(&["storage", "container", "generate-sas"]));
    let expiry = made.option(&["--expiry"]).unwrap();
    let followed = script.expand(&expiry.values[0], made.command);
    assert_eq!(at(text, followed[0].span), "2027-01-01");
    assert_eq!(followed[0].span.start, 7);
}

#[test]
fn a_variable_has_a_value_only_where_it_is_certain() {
    for (text, expected) in [
        ("A=1\nA=2\naz x --y $A", Some("2")),
        ("az x --y $A\nA=1\naz x --y $A", Some("1")),
        ("A=1; if true; then A=2; fi; az x --y $A", None),
        ("A=1; if true; then A=2; az x --y $A; fi", Some("2")),
        ("A=1; if true; then B=2; else az x --y $A; fi", Some("1")),
        ("A=1; (A=2); az x --y $A", Some("1")),
        ("A=1; B=$(A=2; echo); az x --y $A", Some("1")),
        ("[ -z x ] && A=1; az x --y $A", None),
        ("mkdir x && A=1; az x --y $A", Some("1")),
        ("A=1; B=$A; A=2; az x --y $B", Some("1")),
        ("A=$A; az x --y $A", None),
        ("A=1; while true; do az x --y $A; done", Some("1")),
        ("for A in $(ls); do az x --y $A; done", None),
        ("f() { az x --y $A; }; A=1; f", Some("1")),
        ("A=0; f() { A=1; }; f; az x --y $A", None),
        ("A=1; case $x in a) A=2;; b) az x --y $A;; esac", None),
        ("A=1; read A; az x --y $A", None),
        ("export A=1 B=2; az x --y $A-${B}", Some("1-2")),
        ("A=1 az x --y $A", None),
        ("A+=1; az x --y $A", None),
        ("X=(--y \"$A\"); A=1; az x \"${X[@]}\"", Some("1")),
    ] {
        let script = script(text, Dialect::Posix);
        let calls: Vec<_> = script.invocations().filter(|call| call.program == "az").collect();
        let call = calls.last().unwrap();
        let option = call.option(&["--y"]).unwrap();
        assert_eq!(script.text(&option.values[0], call.command).as_deref(), expected, "{text}");
    }
    let chain: String = (0..60).fold(String::new(), |chain, n| format!("{chain}A{}=$A{n}$A{n}\n", n + 1));
    assert_eq!(value(&script(&format!("A0=x\n{chain}az x --y $A60"), Dialect::Posix), "--y"), None);
}

#[test]
fn powershell_variables_are_followed() {
    for (text, expected) in [
        ("$A = 'x'\naz x -y $a", Some("x")),
        ("$A = \"x$B\"; az x -y $A", None),
        ("$B = 'y'; $A = \"x-$B\"; az x -y $A", Some("x-y")),
        ("$A = 'x' + 'y'\naz x -y $A", Some("xy")),
        ("$A = 'x'.ToUpper()\naz x -y $A", None),
        ("if ($true) { $A = 'x' }\naz x -y $A", None),
        ("[string]$A = 'x'\naz x -y \"$($A)\"", None),
        ("$env:A = 'x'\naz x -y $env:A", Some("x")),
        ("param([string]$A = 'x')\naz x -y $A", None),
        ("$A = @'\nx\n'@\naz x -y $A", Some("x")),
        ("$script:A = 'it''s'\naz x -y $A", Some("it's")),
        ("foreach ($A in 1..3) { az x -y $A }", None),
    ] {
        assert_eq!(value(&script(text, Dialect::PowerShell), "-y").as_deref(), expected, "{text}");
    }
    let text = "$p = @{ Name = 'e1'; Option = $o }\nNew-AzX @p -List a, 'b' -Flag -Other:$true c\n";
    let script = script(text, Dialect::PowerShell);
    assert_eq!(calls(text, &script), ["new-azx  | -Name 'e1' | -Option $o | -List a · 'b' | -Flag  | -Other $true"]);
}

#[test]
fn batch_files_are_split() {
    let text = "@echo off\r\nset RG=rg1\r\nset \"N=a b\"\r\nREM az acr list\r\nif \"%1\"==\"\" (\r\n  call az.cmd acr show ^\r\n    -n %N% -g %RG% > nul\r\n) else (\r\n  azcopy copy a \"b?c=1&d=2\" & az logout\r\n)\r\n";
    let script = found("x.cmd", text).scripts.pop().unwrap();
    assert_eq!(calls(text, &script), ["az acr show | -n %N% | -g %RG%", "azcopy copy a b?c=1&d=2", "az logout"]);
    assert_eq!(value(&self::script("set N=a b\r\naz x --y %n%\r\n", Dialect::Batch), "--y").as_deref(), Some("a b"));
}

#[test]
fn steps_of_workflows_are_found() {
    let text = "\
on: push
env: {RG: rg1}
jobs:
  a:
    runs-on: ubuntu-latest
    env:
      N: pipe${{ github.run_id }}
    steps:
      - uses: azure/cli@v2
        with:
          inlineScript: |
            az acr show -n x
      - name: run
        env: {Q: 'é'}
        run: >-
          az acr pipeline-run create
          -g $RG -n $N
          -q ${{ env.Q }}
      - shell: pwsh
        run: New-AzX -Name $env:RG
      - shell: python
        run: az = 1
  b:
    runs-on: [self-hosted, windows-latest]
    steps:
      - run: |
          $x = \"y\"
          az account show --query `
            $x
";
    let found = found(".github/workflows/x.yml", text);
    assert_eq!(found.errors, []);
    let scripts: Vec<Vec<String>> = found.scripts.iter().map(|script| calls(text, script)).collect();
    assert_eq!(
        scripts,
        [
            vec!["az acr show | -n x".to_owned()],
            vec!["az acr pipeline-run create | -g $RG | -n $N | -q ${{ env.Q }}".to_owned()],
            vec!["new-azx  | -Name $env:RG".to_owned()],
            vec![],
        ]
        .into_iter()
        .take(3)
        .chain([vec!["az account show | --query $x".to_owned()]])
        .collect::<Vec<_>>()
    );
    assert!(found.tasks[0].is("Azure/CLI"));
    assert_eq!(value(&found.scripts[1], "-g").as_deref(), Some("rg1"));
    assert_eq!(value(&found.scripts[1], "-q").as_deref(), Some("é"));
    assert_eq!(value(&found.scripts[1], "-n"), None);
    assert_eq!(value(&found.scripts[2], "-Name").as_deref(), Some("rg1"));
    assert_eq!(found.scripts[3].dialect, Dialect::PowerShell);
}

#[test]
fn steps_of_azure_pipelines_are_found() {
    let text = "\
variables:
- name: storage.name
  value: acct
- group: secrets
stages:
- stage: s
  jobs:
  - deployment: d
    pool: {vmImage: windows-2022}
    strategy:
      runOnce:
        deploy:
          steps:
          - script: az acr list -n %N%
          - task: AzureCLI@2
            inputs:
              scriptType: pscore
              InlineScript: az acr show -n \"$(storage.name)\" -g $(rg)
          - ${{ if eq(1, 1) }}:
            - bash: |
                echo \"$STORAGE_NAME\"
                az x --y $STORAGE_NAME
          - task: AzureFileCopy@6
            inputs:
              SourcePath: ./blob
              AdditionalArgumentsForBlobCopy: --put-md5 --metadata \"category=x\"
          - task: AzureResourceManagerTemplateDeployment@3
            inputs:
              overrideParameters: >-
                -name $(n)
                -target \"two words\"
";
    let found = found("azure-pipelines.yml", text);
    let scripts: Vec<Vec<String>> = found.scripts.iter().map(|script| calls(text, script)).collect();
    assert_eq!(
        scripts,
        [["az acr list | -n %N%"], ["az acr show | -n \"$(storage.name)\" | -g $(rg)"], ["az x | --y $STORAGE_NAME"],]
    );
    assert_eq!(
        found.scripts.iter().map(|script| script.dialect).collect::<Vec<_>>(),
        [Dialect::Batch, Dialect::PowerShell, Dialect::Posix]
    );
    assert_eq!(value(&found.scripts[1], "-n").as_deref(), Some("acct"));
    assert_eq!(value(&found.scripts[1], "-g"), None);
    assert_eq!(value(&found.scripts[2], "--y").as_deref(), Some("acct"));
    let copy = found.tasks.iter().find(|task| task.is("AzureFileCopy")).unwrap();
    assert_eq!(
        written(text, &copy.input("additionalargumentsforblobcopy").unwrap().arguments()),
        ["--put-md5", "--metadata", "\"category=x\""]
    );
    let deploy = found.tasks.last().unwrap();
    assert_eq!(
        written(text, &deploy.input("overrideParameters").unwrap().arguments()),
        ["-name", "$(n)", "-target", "\"two words\""]
    );
}

#[test]
fn code_blocks_of_documents_are_found() {
    let text = "\
# Title
```azurecli-interactive
az acr show -n <registry-name> \\
  -g \"<rg>\"
```
- item
  ~~~ bash
  az a
    --b c
  ~~~
> ```sh
> az quoted
> ```
```console
$ az first \\
  -x y
az output
$ az second
```
```json
{\"az\": 1}
```
``` powershell
PS> Get-AzX -Name 'y'
```
";
    let found = found("README.md", text);
    let scripts: Vec<String> = found.scripts.iter().flat_map(|script| calls(text, script)).collect();
    assert_eq!(
        scripts,
        [
            "az acr show | -n <registry-name> | -g \"<rg>\"",
            "az a",
            "az quoted",
            "az first | -x y",
            "az second",
            "get-azx  | -Name 'y'",
        ]
    );
}

#[test]
fn blocks_that_do_not_say_their_language_are_guessed() {
    let text = "\
```console
# no prompt anywhere
A=b
az console -n \"$A\"
```
```
az plain \\
  -n x
```
```
ID=$(az assigned)
```
```
$ az typed
az output
```
```
New-AzThing -Name x
```
```
az synopsis --name
            --group
            [--yes]
```
```
az usage [-n NAME]
```
```
Deploy with az text
```
```console
az group
# az comment
```
";
    let found = found("README.md", text);
    let scripts: Vec<String> = found.scripts.iter().flat_map(|script| calls(text, script)).collect();
    assert_eq!(
        scripts,
        ["az console | -n \"$A\"", "az plain | -n x", "az assigned", "az typed", "new-azthing  | -Name x", "az group",]
    );
}

#[test]
fn text_handed_in_keeps_its_places() {
    // The contents of a JSON string: two commands with a line break and quotes that are escapes.
    let contents = r#"az a\naz b -n \"x y\" -m z"#;
    let text = contents.replace("\\n", "\n").replace("\\\"", "\"");
    let offsets: Vec<usize> = {
        let mut offsets = Vec::new();
        let mut at = 0;
        while at < contents.len() {
            offsets.push(at);
            at += if contents[at..].starts_with('\\') { 2 } else { 1 };
        }
        offsets.push(at);
        offsets
    };
    let mapped = MappedText::with_offsets(FILE, &text, &|at| offsets[at]);
    let script = Script::new(&mapped, Dialect::Posix, Origin::Template);
    assert_eq!(calls(contents, &script), ["az a", "az b | -n \\\"x y\\\" | -m z"]);
    assert_eq!(value(&script, "-n").as_deref(), Some("x y"));
}

#[test]
fn files_are_told_by_name_and_first_line() {
    for (path, text, kind) in [
        ("a/b.SH", "", Some(FileKind::Script(Dialect::Posix))),
        ("deploy", "#!/usr/bin/env bash\n", Some(FileKind::Script(Dialect::Posix))),
        ("deploy", "#!/usr/bin/env -S pwsh -NoProfile\n", Some(FileKind::Script(Dialect::PowerShell))),
        ("deploy", "#!/usr/bin/python3\n", None),
        ("x.psm1", "", Some(FileKind::Script(Dialect::PowerShell))),
        ("x.py", "#!/bin/sh\n", Some(FileKind::Python)),
        ("Makefile", "", Some(FileKind::Makefile)),
        ("main.tf", "", Some(FileKind::Foreign)),
        ("x.rb", "#!/bin/sh\n", None),
        ("LICENSE", "text", None),
        ("x.yaml", "", Some(FileKind::Yaml)),
    ] {
        assert_eq!(kind_of(path, text), kind, "{path}");
    }
}

/// The texts that the option `--y` has in the calls of a script, one after another.
fn values_of_y(text: &str, dialect: Dialect) -> Vec<Option<String>> {
    let script = script(text, dialect);
    let value = |call: Invocation<'_>| {
        let option = call.option(&["--y"])?;
        option.values.first().and_then(|word| script.text(word, call.command))
    };
    script.invocations().filter(|call| call.option(&["--y"]).is_some()).map(value).collect()
}

#[test]
fn a_loop_runs_with_each_of_its_values() {
    for (text, expected) in [
        ("for a in x 'y z'; do az x --y \"$a\"; done", vec![Some("x"), Some("y z")]),
        (
            "for a in x y\ndo\n  for b in 1 2; do az x --y $a-$b; done\ndone",
            vec![Some("x-1"), Some("x-2"), Some("y-1"), Some("y-2")],
        ),
        ("l=(x y); l+=(z); for a in \"${l[@]}\"; do b=$a; az x --y $b; done", vec![Some("x"), Some("y"), Some("z")]),
        ("l='x y'; for a in $l; do az x --y $a; done", vec![Some("x"), Some("y")]),
        ("for a in x *.txt; do az x --y $a; done", vec![Some("x"), None]),
        ("for a in x$(b) {1..3}; do az x --y $a; done", vec![None]),
        ("for a in x y; do az x --y z; echo $a; done", vec![Some("z")]),
        ("for a in x y; do az x --y z && break; done", vec![Some("z")]),
        ("for a in x y; do b=$a; done; az x --y $b", vec![None]),
        ("if c; then l=(x); else l=(y); fi; for a in \"${l[@]}\"; do az x --y $a; done", vec![None]),
        ("for a in x y; do cat <<E; done; az x --y $a\n$a\nE\naz x --y w", vec![None, Some("w")]),
    ] {
        let expected: Vec<Option<String>> = expected.into_iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(values_of_y(text, Dialect::Posix), expected, "{text}");
    }
    for (text, expected) in [
        ("foreach ($a in 'x', \"y\") { az x --y $a }", vec![Some("x"), Some("y")]),
        ("$l = @('x'\n'y')\nforeach ($a in $l) {\n az x --y \"b-$a\" }", vec![Some("b-x"), Some("b-y")]),
        ("'x', 'y' | ForEach-Object { az x --y $_ }", vec![Some("x"), Some("y")]),
        ("$l = 'x', 'y'\n$l | % { az x --y $PSItem }", vec![Some("x"), Some("y")]),
        ("foreach ($a in Get-Things) { az x --y $a }", vec![None]),
        ("foreach ($a in (1..3)) { az x --y $a }", vec![None]),
        ("$l | Where-Object { $_ } | % { az x --y $_ }", vec![None]),
    ] {
        let expected: Vec<Option<String>> = expected.into_iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(values_of_y(text, Dialect::PowerShell), expected, "{text}");
    }
}

#[test]
fn loops_that_make_too_much_are_cut_and_it_is_counted() {
    let values = (0..100).map(|n| format!(" v{n}")).collect::<Vec<_>>().concat();
    let text = format!("for a in{values}; do for b in{values}; do az x --y $a$b; done; done");
    let found = script(&text, Dialect::Posix);
    assert!((64..1000).contains(&found.program.commands.len()) && found.program.passed_over > 36);
    let deep = "for a in x y; do ".repeat(30) + "az x $a; " + &"done; ".repeat(30);
    let found = script(&deep, Dialect::Posix);
    assert!(found.program.commands.len() < 2000 && found.program.passed_over > 0);
}

#[test]
fn what_is_added_to_a_variable_is_known() {
    for (text, expected) in [
        ("a=(-g rg); a+=(--y b)\naz x \"${a[@]}\"", vec![Some("b")]),
        ("a+=(--y b)\naz x \"${a[@]}\"", vec![Some("b")]),
        ("c=(--y b); a=(-g rg \"${c[@]}\")\naz x \"${a[@]}\"", vec![Some("b")]),
        ("a=(--y b); if c; then a+=(-z); fi\naz x \"${a[@]}\"", vec![Some("b")]),
        ("a=(-g rg); a[1]=x; a+=(--y b)\naz x \"${a[@]}\"", vec![]),
        ("s=b; s+=c; az x --y $s", vec![Some("bc")]),
        ("s+=c; az x --y $s", vec![None]),
        ("n=e; o=\"-g rg --y $n-1\"; az x $o", vec![Some("e-1")]),
        ("o='-g rg --y b'; az x \"$o\"", vec![]),
        ("c=(az x); c+=(--y b); \"${c[@]}\"", vec![Some("b")]),
        ("f() { local a=(-g rg); a+=(--y \"$1\"); az x \"${a[@]}\"; }", vec![None]),
    ] {
        let expected: Vec<Option<String>> = expected.into_iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(values_of_y(text, Dialect::Posix), expected, "{text}");
    }
    for (text, expected) in [
        ("$a = @('x', '--y', 'b')\naz @a", vec![Some("b")]),
        ("$a = 'x', '--y'\n$a += 'b'\naz $a", vec![Some("b")]),
        ("$a = @('x'); $a += @('--y', 'b'); & az @a", vec![Some("b")]),
        ("$s = 'b'; $s += 'c'; az x --y $s", vec![Some("bc")]),
        ("$o = az x show | ConvertFrom-Json; $o.name = 'z'; az x --y $o", vec![None]),
    ] {
        let expected: Vec<Option<String>> = expected.into_iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(values_of_y(text, Dialect::PowerShell), expected, "{text}");
    }
    let text = "$p = @{ Name = 'a' }\n$p.Option = 'o'\n$p['Name'] = 'b'\n$p.Add('Uri', \"u\")\nNew-AzX @p";
    let script = script(text, Dialect::PowerShell);
    assert_eq!(calls(text, &script), ["new-azx  | -Option 'o' | -Name 'b' | -Uri \"u\""]);
}

/// What `--y` is in each script of a file, in order; `-` where it is not known.
fn known_ys(path: &str, text: &str) -> Vec<String> {
    let found = found(path, text);
    let value = |script: &Script| -> Vec<String> {
        let calls = script.invocations().filter_map(|call| Some((call.option(&["--y"])?, call.command)));
        calls.map(|(option, command)| script.text(&option.values[0], command).unwrap_or("-".into())).collect()
    };
    found.scripts.iter().flat_map(value).collect()
}

#[test]
fn a_workflow_runs_with_each_input_and_each_leg_of_its_matrix() {
    let text = "\
on:
  workflow_dispatch:
    inputs:
      plain: {default: d}
      empty: {default: ''}
      kind: {type: choice, options: [k1, k2], default: k2}
jobs:
  a:
    strategy:
      matrix:
        leg: [l1, l2]
        target: [{name: t1}, {name: t2}]
        include: [{leg: l3, other: o}]
        exclude: [{leg: l1}]
    env: {KIND: '${{ inputs.kind }}'}
    steps:
      - run: az x --y ${{ inputs.plain }}
      - run: az x --y ${{ inputs.empty }}
      - run: az x --y ${{ github.event.inputs.kind }}
      - run: az x --y \"$KIND\"
      - run: az x --y ${{ matrix.leg }}
      - run: az x --y ${{ matrix.target.name }}-${{ matrix.other }}
      - run: az x --y ${{ matrix.unknown }}
";
    let expected = ["d", "-", "k1", "k2", "k1", "k2", "l1", "l2", "l3", "t1-o", "t2-o", "-"];
    assert_eq!(known_ys(".github/workflows/a.yml", text), expected);
}

#[test]
fn a_pipeline_runs_with_each_value_of_its_parameters_and_each_leg_of_its_matrix() {
    let text = "\
parameters:
- {name: plain, default: d}
- {name: either, default: e1, values: [e1, e2]}
- {name: none, type: string}
- name: list
  type: object
  default: [{name: n1, uri: u1}, {name: n2, uri: u2}]
variables: {held: '${{ parameters.either }}'}
jobs:
- job: a
  strategy:
    matrix:
      one: {leg: l1}
      two: {leg: l2}
  steps:
  - bash: az x --y ${{ parameters.plain }}
  - bash: az x --y ${{ parameters['either'] }}
  - bash: az x --y $(held)
  - bash: az x --y ${{ parameters.none }}
  - pwsh: az x --y $env:LEG
  - ${{ each it in parameters.list }}:
    - bash: az x --y ${{ it.name }}-${{ it.uri }}
";
    let expected = ["d", "e1", "e2", "e1", "e2", "-", "l1", "l2", "n1-u1", "n2-u2"];
    assert_eq!(known_ys("azure-pipelines.yml", text), expected);
    let old = "parameters: {a: x, b: ''}\nsteps:\n- bash: az x --y ${{ parameters.a }}${{ parameters.b }}\n";
    assert_eq!(known_ys("steps.yml", old), ["-"]);
}

#[test]
fn too_many_ways_are_cut_and_it_is_counted() {
    let list: Vec<String> = (0..70).map(|n| format!("v{n}")).collect();
    let text = format!(
        "jobs:\n  a:\n    strategy:\n      matrix:\n        a: [{0}]\n        b: [x, y]\n    steps:\n    - run: az x --y ${{{{ matrix.a }}}}${{{{ matrix.b }}}}\n",
        list.join(", ")
    );
    let found = found("w.yml", &text);
    assert_eq!((found.scripts.len(), found.passed_over), (64, 6 + 64));
}

#[test]
fn scripts_that_are_handed_to_a_shell_are_read() {
    for (text, expected) in [
        ("bash <<'E'\naz x --y a\nE\n", vec!["a"]),
        ("n=a; bash <<E\naz x --y $n\nE\n", vec!["a"]),
        ("sudo sh -ec 'az x --y a'", vec!["a"]),
        ("bash -euo pipefail -c \"az x --y \\\"a b\\\"\"", vec!["a b"]),
        ("ssh -t me@host \"az x --y a\"", vec!["a"]),
        ("ssh host bash -s <<E\naz x --y a\nE\n", vec!["a"]),
        ("echo 'az x --y a' | bash", vec!["a"]),
        ("cat <<E | ssh host\naz x --y a\nE\n", vec!["a"]),
        ("docker run -it image bash -c 'az x --y a'", vec!["a"]),
        ("docker run image az x --y a", vec!["a"]),
        ("c='az x --y a'; eval \"$c\"", vec!["a"]),
        ("pwsh -NoProfile -Command 'foreach ($n in \"a\", \"b\") { az x --y $n }'", vec!["a", "b"]),
        ("bash -c \"bash -c 'az x --y a'\"", vec!["a"]),
        ("echo bash -c 'az x --y a'; cat <<E\naz x --y a\nE\nbash x.sh -c 'az y'", vec![]),
        ("bash -c 'az x --y $n'; bash -c \"az x --y $(date)\"", vec!["-", "-"]),
    ] {
        assert_eq!(known_ys("x.sh", text), expected, "{text}");
    }
    let text = "bash -c 'az x --y a'\n";
    let inner = found("x.sh", text).scripts.pop().unwrap();
    let call = inner.invocations().next().unwrap();
    assert_eq!(written(text, &call.option(&["--y"]).unwrap().values), ["a"]);
    let text = "Invoke-Expression \"az x --y a\"\nbash -c 'az x --y b'\ncmd /c \"az x --y c\"\n";
    assert_eq!(known_ys("x.ps1", text), ["a", "b", "c"]);
}

#[test]
fn hooks_of_the_azure_developer_cli_are_read() {
    let text = "\
name: n
hooks:
  preup: {shell: pwsh, run: 'az x --y $env:A'}
  postup:
    windows: {run: az x --y w}
    posix: {shell: sh, run: az x --y p}
  predown:
    - run: ./down.sh
    - {shell: sh, run: az x --y second}
services:
  api:
    hooks: {prebuild: {shell: sh, run: az x --y s}}
";
    assert_eq!(known_ys("azure.yaml", text), ["-", "w", "p", "second", "s"]);
}

#[test]
fn commands_in_python_are_read() {
    for (text, expected) in [
        ("run(['az', 'x', '--y', \"it's\"])", vec!["it's"]),
        ("A = 'a'\nrun(['az', 'x', '--y', A, '-z', b])", vec!["a"]),
        ("A = 'a'\nA = 'b'\nrun(['az', 'x', '--y', A])", vec!["-"]),
        ("run(('az', 'x',  # '--y', 'no',\n  '--y', f'{a}-b'))", vec!["-"]),
        ("os.system('az x --y ' 'a')", vec!["a"]),
        ("os.system('az x --y ' + a)", vec!["-"]),
        ("run('az x --y {} -z %s'.format(a))", vec!["-"]),
        ("run(f\"\"\"az x \\\\\n  --y a{{b}}\"\"\")", vec!["a{b}"]),
        ("'''az x --y no'''\ndef f():\n    'az x --y no'\n    # run(['az', '--y', 'no'])", vec![]),
        ("print('see az x'); x = ['azure', '--y']; y[0] = z['az']", vec![]),
    ] {
        assert_eq!(known_ys("x.py", text), expected, "{text}");
    }
    let text = "run(['az', 'x', '--y', 'a b'])";
    let script = &found("x.py", text).scripts[0];
    let call = script.invocations().next().unwrap();
    assert_eq!(written(text, &call.option(&["--y"]).unwrap().values), ["a b"]);
    // Strings and brackets that are never closed, or closed by others, end with the text.
    for text in [
        "run(['az', 'x",
        "run(['az', 'x')",
        "run(['az', *a)",
        "run(['az', [[[",
        "f'{az",
        "'''az ",
        "['az', *",
        "[",
        "r",
    ] {
        found("x.py", text);
    }
}

#[test]
fn recipes_of_makefiles_are_read() {
    let text = "A = a\nB := $(A)-b\nC = 1\nC += 2\nall: $(B)\n\t@az x --y $(B)\n\t-az x --y $$HOME; \\\n\t  az x --y $@\n\n\
                other:\n\tn=c; az x --y $$n\n\taz x --y ${C}\n# az x --y no\n\techo\n";
    assert_eq!(known_ys("Makefile", text), ["a-b", "-", "-", "c", "-"]);
}

#[test]
fn values_are_glued_to_short_options() {
    for (text, name, expected) in [
        ("az x -nab", "-n", Some("ab")),
        ("az x -n=ab", "-n", Some("ab")),
        ("A=b; az x -n$A", "-n", Some("b")),
        ("az x -n ab", "-n", Some("ab")),
        ("az x -n'a b'", "-n", Some("a b")),
    ] {
        assert_eq!(value(&script(text, Dialect::Posix), name).as_deref(), expected, "{text}");
    }
    let script = script("az x -name ab", Dialect::Posix);
    assert!(script.invocations().next().unwrap().option(&["-n"]).is_none());
}

#[test]
fn prompts_and_comments_of_documents_are_told_from_code() {
    let text = "\
<!-- a comment --> and text
<!-- one
```bash
az x --y no
```
--> text
Not `<!--` one.
```powershell
PS C:\\a b> az x --y 1 `
>> -z
PS /home/me> az x --y 2
PS> az x --y 3
```
```console
me@host:~/src$ az x --y 4 \\
> -z
[me@host src]$ az x --y 5
az x --y no
C:\\>az x --y 6
```
```bash
x=$(az x --y 7) # a > b
echo \"me@host$ az\" && az x --y 8
```
> ```yaml
> - bash: |
>     az x --y 9
>     az x --y <name>
> ```
<!--
```bash
az x --y no
";
    assert_eq!(known_ys("README.md", text), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "-"]);
}
