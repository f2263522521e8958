//! `plimsoll snapshot`.

use super::args::SnapshotArgs;
use super::{CliError, Exit};

pub(super) fn run(_args: &SnapshotArgs) -> Result<Exit, CliError> {
    Err(CliError::Usage("snapshot".to_owned()))
}
