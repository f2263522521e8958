//! How the time grows with the size of what is checked: `cargo bench --bench growth`.
//!
//! Each input is made in three sizes, each twice the one before, checked from memory and reported, on one thread. Prints
//! a table and exits with an error when a doubling takes more than [`MAX_RATIO`] times as long. Templates without
//! parameter files are measured in milliseconds as well: none takes over [`MAX_TIME`] for want of one. With words after
//! `--`, only the inputs whose names hold one of them.

mod inputs;

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use inputs::{CASES, Case, flags};
use plimsoll::lint::{Input, Settings, lint};
use plimsoll::report::{self, Format, Options};

/// Most times as long that twice as much may take.
const MAX_RATIO: f64 = 2.2;

/// Times below this say nothing of how they grow.
const LEAST: Duration = Duration::from_millis(4);

/// Most time for a template of flags that nothing settles.
const MAX_TIME: Duration = Duration::from_millis(100);

/// The longest that one case is measured, unless no size has been measured yet.
const PATIENCE: Duration = Duration::from_millis(2500);

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::at("2026-11-23T00:00:00Z".parse()?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(32 << 20).build()?;
    let mut within = true;
    say(&format!("{:38} {:>8} {:>10} {:>6}", "input", "size", "time", "ratio"));
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    for case in CASES.iter().filter(|case| wanted.is_empty() || wanted.iter().any(|word| case.name.contains(word))) {
        within &= pool.install(|| measure(case, &settings))?;
    }
    for count in [6, 7, 12] {
        let time = best(&|| flags(count), 5, &settings)?;
        within &= time <= MAX_TIME;
        say(&format!("{:38} {count:>8} {:>8.1}ms", "flags that no file settles", milliseconds(time)));
    }
    if within { Ok(()) } else { Err("something grows faster than its input, or takes too long".into()) }
}

/// Measures a case in all its sizes; `false` when it grows too fast.
fn measure(case: &Case, settings: &Settings) -> io::Result<bool> {
    let mut times: Vec<Duration> = Vec::new();
    let mut within = true;
    let start = Instant::now();
    for doubling in 0..=case.doublings {
        let size = case.size << doubling;
        let make = || (case.make)(size);
        let mut time = best(&make, 3, settings)?;
        let ratio = |time: Duration, before: &Duration| time.as_secs_f64() / before.as_secs_f64();
        let is_bad = |time: Duration, before: &Duration| *before >= LEAST && ratio(time, before) > MAX_RATIO;
        // What disturbs a machine for a moment is no growth.
        if times.last().is_some_and(|before| is_bad(time, before)) && start.elapsed() < PATIENCE {
            time = time.min(best(&make, 3, settings)?);
        }
        let shown = times.last().map_or(String::new(), |before| format!("{:.2}", ratio(time, before)));
        let mark = if times.last().is_some_and(|before| is_bad(time, before)) { " !" } else { "" };
        within &= mark.is_empty();
        say(&format!("{:38} {size:>8} {:>8.1}ms {shown:>6}{mark}", case.name, milliseconds(time)));
        times.push(time);
    }
    Ok(within)
}

/// The shortest time in which what `make` makes is checked and reported.
fn best(make: &dyn Fn() -> Vec<Input>, rounds: usize, settings: &Settings) -> io::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..rounds {
        let inputs = make();
        let start = Instant::now();
        let outcome = lint(inputs, settings, &|_: &str| None);
        let mut out = Vec::new();
        let options = Options { color: false, show_unknown: true };
        report::write(&outcome, &[], Format::Concise, options, &mut out)?;
        best = best.min(start.elapsed());
        std::hint::black_box(out);
    }
    Ok(best)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
