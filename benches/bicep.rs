//! Costs of reading Bicep, each beside a yardstick measured in the same run: `cargo bench --bench bicep`.
//!
//! Parsing every `main.bicep` of the pairs corpus on one thread, against copying the same bytes; and linting the same
//! files, with the files that they name read from memory, against parsing them. Exits with an error past the bounds.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use plimsoll::lint::{Input, Settings, lint};
use plimsoll::source::FileId;
use plimsoll::syntax::bicep::{Dialect, parse};

/// Fewest megabytes a second that the parser may read.
const MIN_SPEED: f64 = 30.0;

/// Most times the parser's time that linting may take.
const MAX_RATIO: f64 = 4.0;

const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    // A worktree lies one folder deeper than the project itself.
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared/corpus/pairs", "../../shared/corpus/pairs"].map(|place| project.join(place));
    let corpus = places.iter().find(|place| place.is_dir()).unwrap_or(&places[0]);
    let mut files: HashMap<String, Vec<u8>> = HashMap::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    for entry in walkdir::WalkDir::new(corpus).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let (path, bytes) = (entry.path().display().to_string(), fs::read(entry.path())?);
            if entry.file_name() == "main.bicep" {
                texts.push((path.clone(), String::from_utf8(bytes.clone())?));
            }
            files.insert(path, bytes);
        }
    }
    if texts.is_empty() {
        say("bicep: skipped, the corpus of ../shared is not here");
        return Ok(());
    }
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let settings = Settings::at("2026-11-23T00:00:00Z".parse()?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(32 << 20).build()?;
    let (mut copy, mut read, mut check) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for (_, text) in &texts {
            std::hint::black_box(text.clone());
        }
        copy = copy.min(start.elapsed());
        let start = Instant::now();
        for (_, text) in &texts {
            std::hint::black_box(parse(FileId(0), text, Dialect::Template));
        }
        read = read.min(start.elapsed());
        let input =
            |(path, text): &(String, String)| Input { path: path.clone(), text: Ok(text.clone()), explicit: true };
        let inputs: Vec<Input> = texts.iter().map(input).collect();
        let start = Instant::now();
        let load = |path: &str| files.get(path).map(|bytes| Ok(bytes.clone()));
        std::hint::black_box(pool.install(|| lint(inputs, &settings, &load)));
        check = check.min(start.elapsed());
    }
    let speed = f64::from(u32::try_from(bytes)?) / 1e6 / read.as_secs_f64();
    let ratio = check.as_secs_f64() / read.as_secs_f64();
    let [copy, read, check] = [copy, read, check].map(|time| time.as_secs_f64() * 1e3);
    say(&format!(
        "bicep: {} files, {bytes} bytes; copying {copy:.1} ms, parsing {read:.1} ms ({speed:.0} MB/s, at least {MIN_SPEED})",
        texts.len()
    ));
    say(&format!("bicep: linting {check:.1} ms; ratio {ratio:.2} (at most {MAX_RATIO})"));
    if speed < MIN_SPEED || ratio > MAX_RATIO { Err("a cost is past its bound".into()) } else { Ok(()) }
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
