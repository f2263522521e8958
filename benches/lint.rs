//! Costs of linting, each beside a yardstick measured in the same run: `cargo bench --bench lint`.
//!
//! Linting every `main.json` of the pairs corpus, on one thread and from memory, against reading the same bytes into
//! `serde_json::Value`; and starting the program against starting `/bin/true`. Exits with an error past the bounds.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::lint::{Input, Settings, lint};

/// Most times the yardstick's time that linting may take.
const MAX_RATIO: f64 = 3.0;

/// Most time over the yardstick's that starting may take.
const MAX_START: Duration = Duration::from_millis(5);

const ROUNDS: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/pairs");
    let within = [lint_against_parse(&corpus)?, start_against_true()?];
    if within.contains(&false) { Err("a cost is past its bound".into()) } else { Ok(()) }
}

fn lint_against_parse(corpus: &Path) -> Result<bool, Box<dyn Error>> {
    let texts = templates(corpus)?;
    if texts.is_empty() {
        say("lint: skipped, the corpus of ../shared is not here");
        return Ok(true);
    }
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let settings = Settings::at("2026-11-23T00:00:00Z".parse()?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(32 << 20).build()?;
    let (mut parse, mut check) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let inputs: Vec<Input> = texts.iter().map(input).collect();
        let start = Instant::now();
        for (_, text) in &texts {
            std::hint::black_box(serde_json::from_slice::<serde_json::Value>(text.as_bytes()).is_ok());
        }
        parse = parse.min(start.elapsed());
        let start = Instant::now();
        std::hint::black_box(pool.install(|| lint(inputs, &settings, &|_: &str| None)));
        check = check.min(start.elapsed());
    }
    let ratio = check.as_secs_f64() / parse.as_secs_f64();
    let megabytes = f64::from(u32::try_from(bytes)?) / 1e6;
    say(&format!(
        "lint: {} templates, {megabytes:.1} MB; serde_json::Value {:.1} ms, plimsoll {:.1} ms ({:.0} MB/s); ratio {ratio:.2} (at most {MAX_RATIO})",
        texts.len(),
        parse.as_secs_f64() * 1e3,
        check.as_secs_f64() * 1e3,
        megabytes / check.as_secs_f64(),
    ));
    Ok(ratio <= MAX_RATIO)
}

fn start_against_true() -> Result<bool, Box<dyn Error>> {
    let plimsoll = env!("CARGO_BIN_EXE_plimsoll");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acr-transfer/good/export-managed-identity.json");
    let sample = sample.to_str().ok_or("the path is not UTF-8")?;
    let commands: [(&str, Vec<&str>); 3] =
        [("/bin/true", vec![]), (plimsoll, vec!["--version"]), (plimsoll, vec!["check", sample])];
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS * 4 {
        for (best, (program, args)) in best.iter_mut().zip(&commands) {
            let start = Instant::now();
            Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            *best = start.elapsed().min(*best);
        }
    }
    let [bare, version, check] = best.map(|time| time.as_secs_f64() * 1e3);
    say(&format!("start: /bin/true {bare:.1} ms, --version {version:.1} ms, check of one file {check:.1} ms"));
    Ok(best[1..].iter().all(|time| *time <= best[0] + MAX_START))
}

fn input((path, text): &(String, String)) -> Input {
    Input { path: path.clone(), text: Ok(text.clone()), explicit: false }
}

/// The templates below `folder`, by path.
fn templates(folder: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut texts = Vec::new();
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    for path in files.map(walkdir::DirEntry::into_path).filter(|path: &PathBuf| path.ends_with("main.json")) {
        texts.push((path.display().to_string(), fs::read_to_string(&path)?));
    }
    Ok(texts)
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
