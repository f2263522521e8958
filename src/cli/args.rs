//! The command line as it is typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::evaluate::Context;

/// Finds what will break in Azure infrastructure code before it is deployed
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, propagate_version = false)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint templates with their parameter files, and the scripts and pipelines around them
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// List the rules
    Rules {
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Say what a rule checks, why it matters and how to fix what it finds
    Explain {
        /// Id of the rule
        rule: String,
    },
    /// Judge a SAS token, read from standard input, without printing its signature
    #[command(after_help = SAS_HELP)]
    Sas(SasArgs),
    /// Say what an error comes from, and which rule finds it before deployment
    #[command(after_help = DIAGNOSE_HELP)]
    Diagnose(DiagnoseArgs),
    /// Predict what a template deploys, as far as it can be known, in the format of `bicep snapshot`
    #[command(after_help = SNAPSHOT_HELP)]
    Snapshot(SnapshotArgs),
}

const CHECK_HELP: &str = "\
Examples:
  plimsoll check                                            everything below this folder
  plimsoll check main.json --parameters prod.parameters.json
  plimsoll check infra --parameters location=westeurope --fail-on warning
  plimsoll check --format sarif --exit-zero > plimsoll.sarif

Exit codes:
  0  no finding at or above --fail-on
  1  such findings
  2  the tool could not do its job: usage, a file that cannot be read or parsed";

const SAS_HELP: &str = "\
Examples:
  az keyvault secret show --vault-name v -n acrexportsas --query value -o tsv | plimsoll sas --for export
  plimsoll sas --for import --trigger --delete-source < token.txt

The token may start with `?`, stand in quotation marks, or be part of a URL.

Exit codes:
  0  no finding at or above --fail-on
  1  such findings
  2  the tool could not do its job: usage, nothing on standard input";

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files and folders
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// How to print findings
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
    /// List the questions that cannot be decided before deployment
    #[arg(long, help_heading = "Output")]
    pub show_unknown: bool,
    /// The mildest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Exit with 0 instead of 1, for formats that are uploaded
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,

    /// A parameter file that the templates are deployed with, or a value `name=value`; may be repeated
    #[arg(long, value_name = "FILE|NAME=VALUE", help_heading = "Input")]
    pub parameters: Vec<String>,
    /// The time of the deployment, such as 2026-11-23 or 2026-11-23T10:00:00Z [default: SOURCE_DATE_EPOCH, or now]
    #[arg(long, value_name = "TIME", help_heading = "Input")]
    pub now: Option<String>,
    /// Search files that .gitignore and the like exclude, too
    #[arg(long, help_heading = "Input")]
    pub no_ignore: bool,
    /// Do not exit with 2 for a file that cannot be read or parsed
    #[arg(long, help_heading = "Input")]
    pub allow_unparsed: bool,

    #[command(flatten)]
    pub context: ContextArgs,

    /// Run only these rules or packs
    #[arg(long, value_delimiter = ',', value_name = "RULE", help_heading = "Rules")]
    pub select: Vec<String>,
    /// Do not run these rules or packs
    #[arg(long, value_delimiter = ',', value_name = "RULE", help_heading = "Rules")]
    pub ignore: Vec<String>,

    /// Number of threads [default: one for each processor]
    #[arg(long, value_name = "N", help_heading = "Other")]
    pub threads: Option<usize>,
}

/// Arguments of `sas`.
#[derive(Debug, Args)]
pub(super) struct SasArgs {
    /// The kind of pipeline that uses the token
    #[arg(long = "for", value_enum, value_name = "PIPELINE")]
    pub direction: Direction,
    /// The source trigger of the import pipeline is enabled
    #[arg(long)]
    pub trigger: bool,
    /// The import pipeline has the option DeleteSourceBlobOnSuccess
    #[arg(long)]
    pub delete_source: bool,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// The mildest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// The time of the check, such as 2026-11-23 or 2026-11-23T10:00:00Z [default: SOURCE_DATE_EPOCH, or now]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

const DIAGNOSE_HELP: &str = "\
The error may be plain text, a log, the JSON of Azure Resource Manager or of a pipeline run, or all of these.

Examples:
  plimsoll diagnose error.json
  az deployment group create … 2>&1 | plimsoll diagnose
  plimsoll diagnose azcopy.log --project infra

Exit codes:
  0  the error is known
  1  it is not
  2  the input cannot be read or is empty";

/// Arguments of `diagnose`.
#[derive(Debug, Args)]
pub(super) struct DiagnoseArgs {
    /// The file with the error, or `-` for standard input
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// Check this file or folder with the rules that find the causes
    #[arg(long, value_name = "PATH")]
    pub project: Option<PathBuf>,
    /// How to print what is known
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// The time of the deployment, for --project [default: SOURCE_DATE_EPOCH, or now]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

const SNAPSHOT_HELP: &str = "\
Examples:
  plimsoll snapshot main.bicepparam
  plimsoll snapshot main.bicep --parameters location=westeurope
  plimsoll snapshot main.bicepparam --mode overwrite        writes main.snapshot.json
  plimsoll snapshot main.bicepparam --mode validate         compares with it

Secrets are hidden, and not compared.

Exit codes:
  0  the prediction is printed or written, or is what was kept
  1  Azure refuses the deployment, or the prediction is not what was kept
  2  the tool could not do its job: usage, a file that is not there or cannot be read";

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    /// The template, or a parameter file beside it
    pub file: PathBuf,
    /// A parameter file, or a value `name=value`; may be repeated
    #[arg(long, value_name = "FILE|NAME=VALUE")]
    pub parameters: Vec<String>,
    /// What to do with the prediction
    #[arg(long, value_enum, default_value_t = Mode::Print)]
    pub mode: Mode,
    #[command(flatten)]
    pub context: ContextArgs,
    /// The time of the deployment
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

/// What is known of the deployment beforehand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Deployment")]
pub(super) struct ContextArgs {
    /// Id of the tenant
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Id of the management group
    #[arg(long, value_name = "ID")]
    pub management_group_id: Option<String>,
    /// Id of the subscription
    #[arg(long, value_name = "ID")]
    pub subscription_id: Option<String>,
    /// Name of the resource group
    #[arg(long, value_name = "NAME")]
    pub resource_group: Option<String>,
    /// Location of the resource group, or of the deployment at any other scope
    #[arg(long, value_name = "NAME")]
    pub location: Option<String>,
    /// Name of the deployment
    #[arg(long, value_name = "NAME")]
    pub deployment_name: Option<String>,
}

impl ContextArgs {
    /// What these options tell; of the rest, nothing is known.
    pub(super) fn context(&self) -> Context {
        Context {
            tenant_id: self.tenant_id.clone(),
            management_group: self.management_group_id.clone(),
            subscription_id: self.subscription_id.clone(),
            resource_group: self.resource_group.clone(),
            location: self.location.clone(),
            deployment_name: self.deployment_name.clone(),
            ..Context::unknown()
        }
    }
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people: the source with the place marked
    Text,
    /// One line a finding: file:line:col: severity[rule] message
    Concise,
    /// JSON, versioned
    Json,
    /// SARIF 2.1.0
    Sarif,
}

/// What becomes of a prediction. It is kept beside the parameter file, or else the template, as `NAME.snapshot.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Print it
    Print,
    /// Write it to NAME.snapshot.json beside the parameter file
    Overwrite,
    /// Compare it with NAME.snapshot.json beside the parameter file
    Validate,
}

/// Which way a pipeline moves images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Direction {
    /// From a registry to a container
    Export,
    /// From a container to a registry
    Import,
}

/// How lists and verdicts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Text,
    /// JSON
    Json,
}

/// The mildest severity that makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Anything
    Info,
    /// Nothing
    Never,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
