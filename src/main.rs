//! The `plimsoll` binary.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Much of a run is taking memory for what is read, on all threads at once. With glibc's allocator a third of the time of
/// a check goes there (`cargo bench --bench mixed`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::run()
}
