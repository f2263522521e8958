//! The options of a call, as its program reads them.

use std::borrow::Cow;
use std::ops::Range;

use super::invocation::Invocation;
use super::{Dialect, Script};
use crate::source::Span;
use crate::syntax::shell::Word;

/// Options of AzCopy that take no value of their own.
const AZCOPY_SWITCHES: [&str; 40] = [
    "--as-subdir",
    "--backup",
    "--check-length",
    "--decompress",
    "--dry-run",
    "--follow-symlinks",
    "--force-if-read-only",
    "--hardlinks",
    "--include-directory-stub",
    "--list-versions",
    "--machine-readable",
    "--mega-units",
    "--mirror-mode",
    "--no-guess-mime-type",
    "--preserve-last-modified-time",
    "--preserve-owner",
    "--preserve-permissions",
    "--preserve-posix-properties",
    "--preserve-smb-info",
    "--preserve-smb-permissions",
    "--preserve-symlinks",
    "--put-md5",
    "--recursive",
    "-r",
    "--remove-root",
    "--running-tally",
    "--s2s-detect-source-changed",
    "--s2s-get-properties-in-backend",
    "--s2s-preserve-access-tier",
    "--s2s-preserve-blob-tags",
    "--s2s-preserve-properties",
    "--show-sensitive",
    "--skip-version-check",
    "--trailing-dot",
    "--cancel-from-stdin",
    "--delete-destination-file",
    "--disable-auto-decoding",
    "--identity",
    "--service-principal",
    "--local-hash-storage",
];

/// Long options of the Azure CLI that people write with one dash: no values of short ones.
const MISSPELT: [&str; 12] = [
    "name",
    "registry",
    "resource-group",
    "location",
    "options",
    "output",
    "query",
    "artifacts",
    "pipeline",
    "storage-container-uri",
    "storage-blob",
    "secret-uri",
];

/// How a program reads its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// An option takes all words up to the next one.
    Greedy,
    /// The same, and the value of a short option may be glued to it: the Azure CLI.
    Glued,
    /// An option takes one word, except switches: AzCopy.
    One,
    /// A parameter takes one value, or several with commas, which are words here: cmdlets.
    Cmdlet,
}

impl Reading {
    /// How the program of this name, in lower case, reads them.
    pub(super) fn of(program: &str) -> Self {
        match program {
            "azcopy" => Self::One,
            "az" => Self::Glued,
            _ if is_cmdlet(program) => Self::Cmdlet,
            _ => Self::Greedy,
        }
    }

    /// How many words stand before the first that may be an option, of a call whose path has `path_length` words.
    pub(super) fn skipped(self, path_length: usize) -> usize {
        match self {
            Self::Greedy | Self::Glued => path_length,
            Self::One => 1,
            Self::Cmdlet => 0,
        }
    }
}

/// Which of a call's words is an option: most rules ask for options that it has not got, and need not look at its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct OptionAt {
    word: u32,
    /// The [`sum`] of its name.
    sum: u32,
}

impl OptionAt {
    /// The options among the words after the name of a program, the first `path_length` of which are its path.
    pub(super) fn all(program: &str, words: &[Word], path_length: usize) -> impl Iterator<Item = Self> {
        let reading = Reading::of(program);
        let words = (0..).zip(words).skip(reading.skipped(path_length));
        words.filter_map(move |(word, option)| Some(Self { word, sum: sum(OptionWord::of(option, reading)?.name()) }))
    }
}

/// An option and what it is given.
#[derive(Debug)]
pub struct Argument {
    /// The option as written, without its value: `--name`, `-n`, `-Name`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Its values; none for a switch.
    pub values: Vec<Word>,
    /// Whether the value is joined to it: `--name=value`, `-Name:value`.
    pub is_joined: bool,
}

/// A word that is an option, perhaps with a value joined to it.
#[derive(Debug)]
struct OptionWord<'w> {
    text: Cow<'w, str>,
    /// Where in the text its name ends and the value begins that is joined to it.
    joint: Option<(usize, usize)>,
}

/// The option that the words read so far end with.
#[derive(Debug)]
struct LastOption {
    is_wanted: bool,
    is_joined: bool,
    is_switch: bool,
    /// Where its last value is.
    value: Option<Span>,
}

/// What tells most names of options apart, whatever their case.
fn sum(option: &str) -> u32 {
    let letters = option.bytes().map(|letter| u32::from(letter.to_ascii_lowercase()));
    letters.fold(0, |sum: u32, letter| sum.wrapping_mul(31).wrapping_add(letter))
}

impl Invocation<'_> {
    /// The options, in order.
    pub fn options(&self) -> Vec<Argument> {
        self.read(self.arguments(), &|_| true, &mut |_| {})
    }

    /// Where the words are that are not part of the subcommand's name.
    fn arguments(&self) -> Range<usize> {
        Reading::of(self.program).skipped(self.path_length)..self.words.len()
    }

    /// The options whose names are wanted, in order.
    pub fn options_named(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Argument> {
        self.read(self.arguments(), &is_wanted, &mut |_| {})
    }

    /// The words that are neither part of the subcommand's name nor of an option. AzCopy's subcommand is one word.
    pub fn operands(&self) -> Vec<Word> {
        let mut operands = Vec::new();
        self.read(self.arguments(), &|_| false, &mut |word| operands.push(word.clone()));
        operands
    }

    /// The last option that has one of these names, without regard to case for cmdlets.
    pub fn option(&self, names: &[&str]) -> Option<Argument> {
        let reading = Reading::of(self.program);
        let is_named = |given: &str| {
            names.iter().any(|name| given == *name || (reading == Reading::Cmdlet && given.eq_ignore_ascii_case(name)))
        };
        let mut end = self.words.len();
        for option in self.options.iter().rev() {
            let start = option.word as usize;
            if names.iter().any(|name| sum(name) == option.sum)
                && let Some(found) = self.read(start..end, &is_named, &mut |_| {}).pop()
            {
                return Some(found);
            }
            end = start;
        }
        None
    }

    /// The options among the words at `range` whose names are wanted, in order; `operand` is given each word that belongs to
    /// none.
    fn read(
        &self,
        range: Range<usize>,
        is_wanted: &dyn Fn(&str) -> bool,
        operand: &mut dyn FnMut(&Word),
    ) -> Vec<Argument> {
        let reading = Reading::of(self.program);
        let mut wanted: Vec<Argument> = Vec::new();
        let mut last: Option<LastOption> = None;
        let first = self.options.partition_point(|option| (option.word as usize) < range.start);
        let mut options = self.options[first..].iter().map(|option| option.word as usize).peekable();
        for (at, word) in range.clone().zip(self.words.get(range).unwrap_or_default()) {
            if options.next_if_eq(&at).is_some()
                && let Some(option) = OptionWord::of(word, reading)
            {
                let is_wanted = is_wanted(option.name());
                let is_joined = option.joint.is_some();
                let is_switch = reading == Reading::One && AZCOPY_SWITCHES.contains(&option.name());
                let argument = (is_wanted || is_joined).then(|| option.argument(word, reading));
                let value = argument.as_ref().and_then(|argument| argument.values.last()).map(|value| value.span);
                last = Some(LastOption { is_wanted, is_joined, is_switch, value });
                wanted.extend(argument.filter(|_| is_wanted));
                continue;
            }
            let takes = |option: &LastOption| match reading {
                Reading::Greedy | Reading::Glued => !option.is_joined,
                Reading::One => !option.is_joined && option.value.is_none() && !option.is_switch,
                Reading::Cmdlet => option.value.is_none_or(|value| follows_comma(self.script, value, word)),
            };
            let Some(option) = last.as_mut().filter(|option| takes(option)) else {
                operand(word);
                continue;
            };
            option.value = Some(word.span);
            if let Some(argument) = wanted.last_mut().filter(|_| option.is_wanted) {
                argument.values.push(word.clone());
            }
        }
        wanted
    }
}

/// Whether `word` is one more element of the list whose element at `last` is the option's last value: they were written
/// as one.
fn follows_comma(script: &Script, last: Span, word: &Word) -> bool {
    script.dialect == Dialect::PowerShell && script.program.commas.contains(&(last.end, word.span.start))
}

impl<'w> OptionWord<'w> {
    /// The option that `word` is.
    fn of(word: &'w Word, reading: Reading) -> Option<Self> {
        let text = word.prefix();
        let letters = text.trim_start_matches('-');
        let dashes = text.len() - letters.len();
        let is_option = (1..=2).contains(&dashes) && letters.starts_with(|first: char| first.is_ascii_alphabetic());
        if !is_option || (reading == Reading::Cmdlet && dashes > 1) {
            return None;
        }
        let is_text = word.pieces.iter().all(|piece| piece.literal().is_some());
        let separator = if reading == Reading::Cmdlet { ':' } else { '=' };
        let separator = text.find(separator).map(|at| (at, at + 1));
        let joint = match reading {
            // `-nname`, `-n=name`, `-n$X`
            Reading::Glued if dashes == 1 && !MISSPELT.contains(&letters) => {
                let is_glued = text.len() > 2 || !is_text;
                is_glued.then(|| (2, 2 + usize::from(text[2..].starts_with('='))))
            }
            Reading::Greedy | Reading::Glued if dashes == 1 => None,
            _ => separator,
        };
        // `--name$X` is a word of its own making.
        (joint.is_some() || is_text).then_some(Self { text, joint })
    }

    fn name(&self) -> &str {
        &self.text[..self.joint.map_or(self.text.len(), |(end, _)| end)]
    }

    /// The option with the value that is joined to it.
    fn argument(&self, word: &Word, reading: Reading) -> Argument {
        let name = self.name().to_owned();
        let Some((end, start)) = self.joint else {
            return Argument { name, span: word.span, values: Vec::new(), is_joined: false };
        };
        let value = word.after(start);
        let between = (start - end) as u32;
        let span = Span { end: value.span.start.saturating_sub(between).max(word.span.start), ..word.span };
        // In `-Name: value` the value follows.
        let is_empty = value.span.is_empty() && reading == Reading::Cmdlet;
        Argument { name, span, values: if is_empty { Vec::new() } else { vec![value] }, is_joined: true }
    }
}

/// Whether a program, by its name in lower case, is a cmdlet of the modules of Az.
pub(super) fn is_cmdlet(program: &str) -> bool {
    program.split_once("-az").is_some_and(|(verb, noun)| {
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name(verb) && is_name(noun)
    })
}
