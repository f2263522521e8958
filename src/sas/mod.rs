//! L2. Shared access signatures of Azure Storage: what one says, and whether it serves an ACR Transfer pipeline.
//!
//! Reading (text or arguments to [`Sas`]) and judging ([`judge`]) are apart, so that a token, the arguments of
//! `listAccountSas` and those of a command are judged alike. A signature is never kept, only where it stands.

mod elision;
mod judge;
mod leak;
mod model;
mod stored;
mod time;
mod token;
mod verdict;

pub use judge::{Needs, Problem, SOON_DAYS, judge, ordered};
pub use leak::{Leak, LeakKind, is_account_key, leaks, unproven};
pub use model::{Content, Field, Kind, Sas};
pub use stored::stored_tokens;
pub use time::instant;
pub use token::{Defect, DefectKind, HOLE, Token};
pub use verdict::{Given, Verdict};
