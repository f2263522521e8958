//! Runs the binary in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The start of a template, on one line.
pub(crate) const HEAD: &str = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0""#;

/// The start of a parameter file.
pub(crate) const PARAMETERS_HEAD: &str = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0""#;

/// A folder that is gone when the test ends.
pub(crate) struct Folder(PathBuf);

/// How a run ended and what it printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    /// An empty folder; `name` is the test's own.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Adds a file.
    pub(crate) fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Runs `plimsoll check` here, at the time of the examples and without the environment's wishes.
    pub(crate) fn check(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["check", "--now", crate::examples::NOW], arguments].concat(), &[])
    }

    /// Runs `plimsoll` here.
    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let output = self.command(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The command to run `plimsoll` here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH"] {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(&self.0);
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn yaml_that_helm_has_yet_to_fill_in_is_counted() {
    let folder = Folder::new("chart")
        .with("job.yaml", "run: |\n  az login\n{{- if .Values.move }}\nargs: {{ .args }}\n{{- end }}\n");
    let ran = folder.check(&["--format", "concise", "."]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert!(
        ran.stderr.contains("no findings in 0 files (0 resources); 1 template that is filled in later (Helm, Jinja)"),
        "{ran:?}"
    );
}

#[test]
fn folders_of_pipelines_are_searched_and_those_of_tools_are_not() {
    let script = "az acr export-pipeline create -r contoso -g rg -n p\n";
    let workflow = format!("on: push\njobs:\n  move:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {script}");
    let folder = Folder::new("hidden").with(".github/workflows/move.yml", &workflow).with(".azuredevops/a.sh", script);
    let folder = folder.with(".git/hooks/a.sh", script).with("node_modules/x/a.sh", script).with("left/a.sh", script);
    let folder = folder.with(".gitignore", "/left/\n");
    let files = |ran: &Ran| {
        let paths = ran.stdout.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned()));
        paths.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let ran = folder.check(&["--format", "concise"]);
    assert_eq!(files(&ran), [".azuredevops/a.sh", ".github/workflows/move.yml"], "{ran:?}");
    let ran = folder.check(&["--format", "concise", "--no-ignore"]);
    assert_eq!(files(&ran).len(), 5, "{ran:?}");
    let ran = folder.check(&["--format", "concise", "node_modules"]);
    assert_eq!(files(&ran), ["node_modules/x/a.sh"], "{ran:?}");
}
