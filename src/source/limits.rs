//! The bounds on input, in one place. Everything past a bound is reported, never silently cut.

/// Largest file that is read, in bytes. Azure Resource Manager itself refuses templates over 4 MiB.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// Most files of a folder that a template may list.
pub const MAX_FOLDER_FILES: usize = 10_000;

/// Deepest nesting of brackets in JSON, and of calls and indexes in an expression.
pub const MAX_NESTING: usize = 256;

/// Most syntax errors that one file reports.
pub const MAX_SYNTAX_ERRORS: usize = 20;

/// Most syntax errors that are kept of one Bicep file, whose reader goes on after each.
pub const MAX_RECOVERIES: usize = 1000;

/// Most iterations of one copy loop (the service's own limit).
pub const MAX_COPIES: i64 = 800;

/// Deepest chain of evaluations: variables that refer to variables, nested deployments, user functions.
pub const MAX_EVALUATION_DEPTH: usize = 384;

/// Largest string or array (in bytes, or elements) that evaluation builds.
pub const MAX_VALUE_SIZE: usize = 1024 * 1024;

/// Most bytes of values, each counted as it is built or looked through, that one rule about one template may build.
pub const MAX_BUILT: usize = 32 * 1024 * 1024;

/// As many for the prediction of one template.
pub const MAX_PREDICTION: usize = 128 * 1024 * 1024;

/// Most bytes of named values that are kept of one template, so that they need not be computed again.
pub const MAX_KEPT: usize = 128 * 1024 * 1024;

/// Most nodes of a loaded file that a JSONPath looks at and selects, each counted each time.
pub const MAX_JSON_PATH_STEPS: usize = 1_000_000;

/// Most deployments that one template is expanded to, itself included.
pub const MAX_DEPLOYMENTS: usize = 10_000;

/// Deepest nesting of deployments that is entered; the service allows far less.
pub const MAX_DEPLOYMENT_DEPTH: usize = 16;

/// Most resources, iterations of loops and nested deployments included, that one question about a template looks at.
pub const MAX_INSTANCES: usize = 10_000;

/// Most values that one named value may hold, in it and below, each counted wherever it shows up: a few variables that
/// each use the one before twice make one beyond all bounds.
pub const MAX_VALUE_PARTS: usize = 100_000;

/// Most combinations of open choices that one question about a template is asked under.
pub const MAX_WORLDS: usize = 64;

/// Most steps of evaluation for the prediction of one template before the rest counts as unknown: an expression takes
/// [`EXPRESSION_STEPS`], a resource or grant that is compared with another takes one.
pub const MAX_STEPS: usize = 8_000_000;

/// Most steps for one rule about one template: one that asks too much takes nothing from the others.
pub const MAX_RULE_STEPS: usize = 800_000;

/// Most steps that all expressions of one template may take that are evaluated to see whether they are refused.
pub const MAX_REFUSAL_STEPS: usize = 2 * MAX_RULE_STEPS;

/// The steps that the evaluation of an expression takes.
pub const EXPRESSION_STEPS: usize = 4;

/// Most names that are compared with wrong ones of one text, to tell what may have been meant.
pub const MAX_LIKENESSES: usize = 200_000;

/// Most errors of one text that are looked at.
pub const MAX_ERRORS: usize = 10_000;

/// Deepest nesting of errors in errors, as JSON or in strings.
pub const MAX_ERROR_NESTING: usize = 64;

/// Longest text of what stands around an error, in bytes.
pub const MAX_ERROR_CONTEXT: usize = 4096;

/// Most bytes read in vain in search of JSON within a text.
pub const MAX_JSON_SEARCH: usize = 64 * 1024 * 1024;

/// Most words that take the place of the arrays in a script's commands.
pub const MAX_EXPANDED_WORDS: usize = 100_000;

/// Most values that a loop of a script is read with.
pub const MAX_ROUNDS: usize = 64;

/// How many times more than once bodies of loops are read in one script.
pub const MAX_REPEATS: usize = 512;

/// Most bytes of a script that are read more than once, for loops.
pub const MAX_REPEATED_BYTES: usize = 64 * 1024;
