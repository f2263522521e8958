//! The tests of plimsoll as a whole, in one binary.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod architecture;
mod command;
mod corpus;
mod docs;
mod examples;
mod functions;
mod report;
mod robustness;
mod sas;
mod scenarios;
mod script;
mod secrets;
mod shell_oracle;
mod snapshot;
