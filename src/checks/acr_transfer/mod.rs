//! The ACR Transfer pack.

use super::FileRule;
use crate::engine::check::NativeCheck;

/// Native rules about resources.
pub(super) const RESOURCE_CHECKS: &[(&str, NativeCheck)] = &[];

/// Native rules about files.
pub(super) const FILE_CHECKS: &[(&str, FileRule)] = &[];
