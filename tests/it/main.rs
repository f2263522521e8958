//! The tests of plimsoll as a whole, in one binary.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod architecture;
mod artefacts;
mod bicep_files;
mod bicep_syntax;
mod bicep_values;
mod bounds;
mod cases;
mod clauses;
mod command;
mod companions;
mod context;
mod corpus;
mod deployments;
mod diagnose;
mod docs;
mod equivalence;
mod examples;
mod files;
mod functions;
mod injection;
mod leaks;
mod moves;
mod nested;
mod omitted;
mod placeholders;
mod predictions;
mod refusals;
mod registry_modules;
mod report;
mod repositories;
mod robustness;
mod samples;
mod sas;
mod sas_command;
mod scenarios;
mod script;
mod secrets;
mod shell_oracle;
mod snapshot;
mod snapshot_command;
mod suppressions;
mod template_scripts;
