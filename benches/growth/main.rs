//! How the time grows with the size of what is checked: `cargo bench --bench growth`.
//!
//! Each input is made in three sizes, each twice the one before, checked from memory and reported, on one thread, each time
//! in a process of its own: one that has freed memory before has what is small for nothing. Prints a table and exits with
//! an error when a doubling takes more than [`MAX_RATIO`] times as long. Templates without parameter files are measured in
//! milliseconds as well: none takes over [`MAX_TIME`] for want of one, nor [`MAX_OF_FLAGS`] more for its flags than without.
//! With words after `--`, only the inputs whose names hold one of them.

mod inputs;

use std::error::Error;
use std::process::Command;
use std::time::{Duration, Instant};

use inputs::{CASES, Case, FLAGS, SWITCHES};
use plimsoll::lint::{Input, Settings, lint};
use plimsoll::report::{self, Format, Options};

/// Most times as long that twice as much may take.
const MAX_RATIO: f64 = 2.2;

/// Times below this say nothing of how they grow.
const LEAST: Duration = Duration::from_millis(4);

/// Most time for a template of flags that nothing settles.
const MAX_TIME: Duration = Duration::from_millis(100);

/// Most time that twelve open flags may take over none.
const MAX_OF_FLAGS: Duration = Duration::from_millis(10);

/// How often a time that seems too long is measured again.
const MOST_TRIES: usize = 4;

/// A time above this is not measured again: nothing disturbs it much.
const LONG: Duration = Duration::from_secs(1);

type Failure = Box<dyn Error + Send + Sync>;

/// What a process is called with to measure one input.
const ONE: &str = "--one";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [one, name, size, ..] = arguments.as_slice()
        && one == ONE
    {
        let case =
            CASES.iter().chain([&FLAGS, &SWITCHES]).find(|case| case.name == name).ok_or("there is no such input")?;
        say(&time((case.make)(size.parse()?))?.as_nanos().to_string());
        return Ok(());
    }
    let wanted: Vec<&String> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
    let is_wanted = |case: &Case| wanted.is_empty() || wanted.iter().any(|word| case.name.contains(word.as_str()));
    let mut within = true;
    say(&format!("{:38} {:>8} {:>10} {:>6}", "input", "size", "time", "ratio"));
    for case in CASES.iter().filter(|case| is_wanted(case)) {
        within &= measure(case)?;
    }
    for count in [6, 7, 12].into_iter().filter(|_| is_wanted(&FLAGS)) {
        let time = best(&FLAGS, count, 5)?;
        within &= time <= MAX_TIME;
        say(&format!("{:38} {count:>8} {:>8.1}ms", FLAGS.name, milliseconds(time)));
    }
    if is_wanted(&SWITCHES) {
        let [none, all] = [best(&SWITCHES, 0, 5)?, best(&SWITCHES, 12, 5)?];
        within &= all <= none + MAX_OF_FLAGS;
        for (open, time) in [(0, none), (12, all)] {
            say(&format!("{:38} {open:>8} {:>8.1}ms", SWITCHES.name, milliseconds(time)));
        }
    }
    if within { Ok(()) } else { Err("something grows faster than its input, or takes too long".into()) }
}

/// Measures a case in all its sizes; `false` when it grows too fast.
fn measure(case: &Case) -> Result<bool, Failure> {
    let mut times: Vec<Duration> = Vec::new();
    let mut within = true;
    for doubling in 0..=case.doublings {
        let size = case.size << doubling;
        let mut time = best(case, size, 5)?;
        let ratio = |time: Duration, before: &Duration| time.as_secs_f64() / before.as_secs_f64();
        let is_bad = |time: Duration, before: &Duration| *before >= LEAST && ratio(time, before) > MAX_RATIO;
        // What disturbs a machine for a moment is no growth.
        let mut tries = 0;
        while times.last().is_some_and(|before| is_bad(time, before)) && tries < MOST_TRIES && time < LONG {
            time = time.min(best(case, size, 5)?);
            tries += 1;
        }
        let shown = times.last().map_or(String::new(), |before| format!("{:.2}", ratio(time, before)));
        let mark = if times.last().is_some_and(|before| is_bad(time, before)) { " !" } else { "" };
        within &= mark.is_empty();
        say(&format!("{:38} {size:>8} {:>8.1}ms {shown:>6}{mark}", case.name, milliseconds(time)));
        times.push(time);
    }
    Ok(within)
}

/// The shortest time of a few in which a case of this size is checked and reported.
fn best(case: &Case, size: usize, rounds: usize) -> Result<Duration, Failure> {
    let program = std::env::current_exe()?;
    let mut best = Duration::MAX;
    for _ in 0..rounds {
        let output = Command::new(&program).args([ONE, case.name, &size.to_string()]).output()?;
        let nanoseconds = String::from_utf8(output.stdout)?.trim().parse()?;
        best = best.min(Duration::from_nanos(nanoseconds));
    }
    Ok(best)
}

/// The time in which inputs are checked and reported.
fn time(inputs: Vec<Input>) -> Result<Duration, Failure> {
    let settings = Settings::at("2026-11-23T00:00:00Z".parse()?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(32 << 20).build()?;
    pool.install(|| {
        let start = Instant::now();
        let outcome = lint(inputs, &settings, &|_: &str| None);
        let mut out = Vec::new();
        let options = Options { color: false, show_unknown: true };
        report::write(&outcome, &[], Format::Concise, options, &mut out)?;
        let time = start.elapsed();
        std::hint::black_box(out);
        Ok(time)
    })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
