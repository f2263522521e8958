//! Costs of a repository of 2,000 files of all kinds, each beside a yardstick measured in turn with it:
//! `cargo bench --bench mixed`.
//!
//! The whole command `plimsoll check` on all of it, report included, against reading and parsing the files that are ours,
//! on as many threads: their bytes, then `project::read`, which is all that happens to a file before any rule looks at it
//! (syntax, the expressions within strings, the scripts within steps, the model of a template). Each is a process of its
//! own, since memory costs one that starts anew what it does not cost one that has run before; neither frees at its end
//! what it has read. The yardstick takes its memory from the system's allocator, so that it stays what it was before the
//! program had its own. For comparison, what their bare syntax takes, one tree at a time, in this process. And the command
//! on the other files alone, against finding them, opening each and reading its first bytes, with what the command costs
//! on an empty folder taken off. Exits with an error past the bounds.

mod repository;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::project::{self, Input};
use plimsoll::script;
use plimsoll::source::FileId;
use plimsoll::syntax::bicep::{self, Dialect};
use plimsoll::syntax::json;
use plimsoll::template::lower_template;
use rayon::prelude::*;
use repository::Repository;

/// Most times the yardstick's time that checking the repository may take.
const MAX_RATIO: f64 = 1.5;

/// Most times the yardstick's time that looking at files which are not ours may take.
const MAX_SNIFF_RATIO: f64 = 3.0;

/// How much of a file is a sniff, in bytes.
const SNIFF: u64 = 4096;

const ROUNDS: usize = 15;

/// The argument before the number of threads and the list of files, for which this program is the yardstick.
const YARDSTICK: &str = "--read";

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().skip_while(|argument| argument != YARDSTICK).collect::<Vec<_>>().as_slice() {
        [_, threads, list] => read_listed(threads.parse()?, Path::new(list)),
        _ => measure(),
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mixed");
    let _ = fs::remove_dir_all(&folder);
    let repository = Repository::write(&folder)?;
    let empty = folder.join("empty");
    fs::create_dir_all(&empty)?;
    let list = folder.join("relevant.txt");
    let relevant: Vec<String> = repository.relevant.iter().map(|path| path.display().to_string()).collect();
    fs::write(&list, relevant.join("\n"))?;
    let mut within = true;
    let all = std::thread::available_parallelism()?.get();
    for threads in if all > 1 { vec![1, all] } else { vec![1] } {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let mut best = [Duration::MAX; 6];
        for _ in 0..ROUNDS {
            let times = [
                time(|| {
                    run(Command::new(std::env::current_exe()?).args([YARDSTICK, &threads.to_string()]).arg(&list))
                })?,
                time(|| pool.install(|| repository.relevant.par_iter().try_for_each(parse)))?,
                time(|| check(&folder, threads))?,
                time(|| pool.install(|| sniff_below(&folder.join("others"))))?,
                time(|| check(&folder.join("others"), threads))?,
                time(|| check(&empty, threads))?,
            ];
            for (best, time) in best.iter_mut().zip(times) {
                *best = time.min(*best);
            }
        }
        let [read, syntax, check, sniff, others, start] = best.map(|time| time.as_secs_f64() * 1e3);
        let (ratio, sniff_ratio) = (check / read, (others - start) / sniff);
        say(&format!(
            "mixed, {threads} threads: {} files; reading and parsing {} of them {read:.1} ms (syntax alone \
             {syntax:.1} ms), checking all {check:.1} ms; ratio {ratio:.2} (at most {MAX_RATIO})",
            repository.relevant.len() + repository.unrelated.len(),
            repository.relevant.len(),
        ));
        say(&format!(
            "unrelated, {threads} threads: finding and sniffing at {} files {sniff:.1} ms, checking them {others:.1} ms less {start:.1} ms \
             for none; ratio {sniff_ratio:.2} (at most {MAX_SNIFF_RATIO})",
            repository.unrelated.len(),
        ));
        within &= ratio <= MAX_RATIO && sniff_ratio <= MAX_SNIFF_RATIO;
    }
    fs::remove_dir_all(&folder)?;
    if within { Ok(()) } else { Err("a cost is past its bound".into()) }
}

fn time(work: impl FnOnce() -> io::Result<()>) -> io::Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Reads and parses the files that are listed.
fn read_listed(threads: usize, list: &Path) -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = fs::read_to_string(list)?.lines().map(PathBuf::from).collect();
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?.install(|| read(&paths))?)
}

/// Reads and parses the files that are ours, and keeps them all.
fn read(paths: &[PathBuf]) -> io::Result<()> {
    let input = |path: &PathBuf| {
        let text = String::from_utf8(fs::read(path)?).map_err(io::Error::other)?;
        Ok(Input { path: path.to_string_lossy().into_owned(), text: Ok(text), explicit: false })
    };
    let inputs = paths.par_iter().map(input).collect::<io::Result<Vec<Input>>>()?;
    let project = project::read(inputs, &|_: &str| None);
    let count = project.templates.len() + project.parameter_files.len() + project.scripts.len();
    std::mem::forget(project);
    if count == paths.len() { Ok(()) } else { Err(io::Error::other("a file was taken for another's")) }
}

/// Reads the syntax of one of the files that are ours.
fn parse(path: &PathBuf) -> io::Result<()> {
    let text = String::from_utf8(fs::read(path)?).map_err(io::Error::other)?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("bicep") => drop(std::hint::black_box(bicep::parse(FileId(0), &text, Dialect::Template))),
        Some("json") => {
            let (document, _) = json::parse(FileId(0), &text);
            let is_template = !path.to_string_lossy().ends_with(".parameters.json");
            if let Some(root) = document.root(&text).filter(|_| is_template) {
                drop(std::hint::black_box(lower_template(FileId(0), root)));
            }
        }
        _ => {
            let kind = script::kind_of(&path.to_string_lossy(), &text).ok_or_else(|| io::Error::other("no script"))?;
            drop(std::hint::black_box(script::find(kind, FileId(0), &text)));
        }
    }
    Ok(())
}

/// Walks a folder and sniffs at its files.
fn sniff_below(folder: &Path) -> io::Result<()> {
    let entries = walkdir::WalkDir::new(folder).into_iter().collect::<Result<Vec<_>, _>>()?;
    entries.par_iter().filter(|entry| entry.file_type().is_file()).try_for_each(|entry| sniff(entry.path()))
}

fn sniff(path: &Path) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(SNIFF as usize);
    File::open(path)?.take(SNIFF).read_to_end(&mut bytes)?;
    std::hint::black_box(bytes);
    Ok(())
}

fn check(folder: &Path, threads: usize) -> io::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(["check", "--now", "2026-11-23", "--exit-zero", "--threads", &threads.to_string()]).arg(folder);
    run(&mut command)
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("the command has failed")) }
}

#[expect(clippy::print_stdout, reason = "the output of a benchmark")]
fn say(line: &str) {
    println!("{line}");
}
