//! plimsoll finds what will break in Azure infrastructure code before it is deployed.
//!
//! Data flows one way through the modules below; each may use only those above it (`tests/it/architecture.rs`).
//! `ARCHITECTURE.md` is the map.

pub mod source;

pub mod diagnostic;

pub mod sas;

pub mod syntax;

pub mod discover;

pub mod template;

pub mod artefact;

pub mod script;

pub mod project;

pub mod evaluate;

pub mod snapshot;

pub mod engine;

pub mod checks;

pub mod lint;

pub mod diagnose;

pub mod report;

pub mod cli;
