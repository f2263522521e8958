//! Changed inputs without end: `cargo bench --bench fuzz -- --seconds 1800 --seed 1`, ten seconds when nothing is said.
//!
//! The files of `samples`, `tests` and the examples within `rules` are changed at random, the same way for the same
//! seed, then read, linted and reported in every format. No input may show a bug, take over [`MAX_TIME`], or make a report
//! that is no JSON. What does is written to a file, whose name is printed. A stack that overflows ends the program at once:
//! the input then stands in `fuzz-last`, where each is written before it is tried.

use std::error::Error;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll::lint::{Input, Settings, lint};
use plimsoll::report::{self, Format, Options};

/// Most time for one input.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Files above this take long and say no more than small ones.
const MAX_BYTES: usize = 20_000;

/// What is put into texts: what the languages are made of, and what is beyond their bounds.
const WORDS: [&str; 48] = [
    "\"",
    "'",
    "'''",
    "\\",
    "${",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{0}",
    "é",
    "\u{202e}",
    "😀",
    "//",
    "/*",
    "*/",
    "#",
    "$(",
    "`",
    "<<EOF\n",
    "| ",
    "&&",
    "--name",
    "[concat(",
    "[[",
    "range(0, 10000)",
    "padLeft('x', 1000000)",
    "map(range(0, 10000), x => ",
    "reference(",
    "resourceId(",
    "param p bool\n",
    "copyIndex()",
    "\"copy\": {\"name\": \"i\", \"count\": 800},",
    "-9223372036854775808",
    "1e999",
    "0x",
    "null",
    "true",
    "sig=abc%2F%3D&se=2020-01-01",
    "loadJsonContent('main.json', '$..*..*')",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let given =
        |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1).map(|it| it.parse::<u64>());
    let seconds = given("--seconds").transpose()?.unwrap_or(10);
    let mut random = Random(given("--seed").transpose()?.unwrap_or(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let seeds = seeds(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let settings = Settings::at("2026-11-23T00:00:00Z".parse()?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(32 << 20).build()?;
    std::panic::set_hook(Box::new(|_| {}));
    let last = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-last");
    let (start, mut count, mut found) = (Instant::now(), 0_u64, 0);
    while start.elapsed() < Duration::from_secs(seconds) && found < 20 {
        let (path, text) = random.one(&seeds);
        let text = random.changed(text, &seeds);
        count += 1;
        fs::write(&last, format!("{path}\n{text}"))?;
        if let Some(problem) = pool.install(|| problem(path, &text, &settings)) {
            found += 1;
            let name = format!("fuzz-{count}-{}", path.rsplit('/').next().unwrap_or(path));
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            fs::write(&kept, text)?;
            say(&format!("{}: {problem}", kept.display()));
        }
    }
    say(&format!("fuzz: {count} inputs in {} s, {found} with problems", start.elapsed().as_secs()));
    if found == 0 { Ok(()) } else { Err("some inputs show problems".into()) }
}

/// What goes wrong with a file of this text.
fn problem(path: &str, text: &str, settings: &Settings) -> Option<String> {
    let start = Instant::now();
    let input = Input { path: path.to_owned(), text: Ok(text.to_owned()), explicit: true };
    let run = || {
        let outcome = lint(vec![input], settings, &|_: &str| None);
        if outcome.diagnostics.iter().any(|diagnostic| &*diagnostic.rule == "internal-error") {
            return Some("a rule panicked".to_owned());
        }
        for format in [Format::Text, Format::Concise, Format::Json, Format::Sarif] {
            let mut out = Vec::new();
            let options = Options { color: false, show_unknown: true };
            if let Err(error) = report::write(&outcome, &[], format, options, &mut out) {
                return Some(format!("{format:?}: {error}"));
            }
            let is_json = matches!(format, Format::Json | Format::Sarif);
            if is_json && serde_json::from_slice::<serde_json::Value>(&out).is_err() {
                return Some(format!("{format:?} is no JSON"));
            }
        }
        None
    };
    let problem = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Some("a panic".to_owned()));
    let time = start.elapsed();
    problem.or_else(|| (time > MAX_TIME).then(|| format!("it takes {:.1} s", time.as_secs_f64())))
}

/// The texts to start from, by their paths.
fn seeds(root: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut seeds = Vec::new();
    for folder in ["samples", "tests", "rules"] {
        let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root.join(folder))
            .into_iter()
            .filter_map(|entry| Some(entry.ok()?.into_path()))
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        for path in files {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("yaml") if folder == "rules" => seeds.extend(examples(&text)),
                Some("json" | "bicep" | "bicepparam" | "sh" | "ps1" | "yml" | "yaml" | "md" | "bat") => {
                    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                    seeds.push((name, text));
                }
                _ => {}
            }
        }
    }
    seeds.retain(|(_, text)| !text.is_empty() && text.len() <= MAX_BYTES);
    if seeds.is_empty() { Err("there is nothing to start from".into()) } else { Ok(seeds) }
}

/// The examples in the file of a rule: what a `|` begins, up to where its indentation ends.
fn examples(text: &str) -> Vec<(String, String)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.trim_end().ends_with('|')) {
        let body = lines[at + 1..].iter().take_while(|next| next.trim().is_empty() || indent(next) > indent(line));
        let text = body.map(|line| line.trim_start()).collect::<Vec<_>>().join("\n").replace(['«', '»'], "");
        let key = line.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
        let name = match key {
            key if key.contains('.') => key.trim_matches(['"', '\'']),
            key if key.contains("bicep") => "main.bicep",
            _ if text.trim_start().starts_with('{') => "main.json",
            _ => "run.sh",
        };
        found.push((name.to_owned(), text));
    }
    found
}

/// Numbers that are the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end.max(1)
    }

    fn one<'s>(&mut self, seeds: &'s [(String, String)]) -> (&'s str, &'s str) {
        let (path, text) = &seeds[self.below(seeds.len())];
        (path, text)
    }

    /// A place in a text, between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A short stretch of a text.
    fn stretch(&mut self, text: &str) -> std::ops::Range<usize> {
        let start = self.place(text);
        let longest = if self.below(4) == 0 { 400 } else { 12 };
        let mut end = (start + self.below(longest)).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }

    /// The text after a few changes.
    fn changed(&mut self, text: &str, seeds: &[(String, String)]) -> String {
        let mut text = text.to_owned();
        for _ in 0..=self.below(6) {
            let stretch = self.stretch(&text);
            match self.below(7) {
                0 => text.replace_range(stretch, ""),
                1 => {
                    let twice = text[stretch.clone()].repeat(2);
                    text.replace_range(stretch, &twice);
                }
                2 => text.insert_str(stretch.start, WORDS[self.below(WORDS.len())]),
                3 => text.replace_range(stretch, WORDS[self.below(WORDS.len())]),
                4 => text.truncate(stretch.start),
                5 => {
                    let (_, other) = self.one(seeds);
                    let part = other[self.stretch(other)].to_owned();
                    text.insert_str(stretch.start, &part);
                }
                _ => {
                    let times = 1 << self.below(8);
                    let part = text[stretch.clone()].repeat(times);
                    text.insert_str(stretch.start, &part);
                }
            }
            if text.len() > 2 * MAX_BYTES {
                let end = self.place(&text[..text.floor_char_boundary(MAX_BYTES)]);
                text.truncate(end);
            }
        }
        text
    }
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
