//! A command as its program sees it: subcommands, options and their values.

use super::{Dialect, Script};
use crate::source::limits::MAX_EXPANDED_WORDS;
use crate::source::{MappedText, Span};
use crate::syntax::shell::{Assigned, Piece, Word};

/// Programs that run the program that follows them.
const WRAPPERS: [&str; 14] = [
    "sudo", "command", "exec", "nohup", "env", "time", "builtin", "call", "start", "xargs", "timeout", "retry", "eval",
    "watch",
];

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

/// How a program reads its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// An option takes all words up to the next one: the Azure CLI.
    Greedy,
    /// An option takes one word, except switches: AzCopy.
    One,
    /// A parameter takes one value, or several with commas, which are words here: cmdlets.
    Cmdlet,
}

/// A call of a program.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'s> {
    /// The script that makes it.
    pub script: &'s Script,
    /// Its index among the script's commands.
    pub command: usize,
    /// The program in lower case, without its folder and extension: `az`, `azcopy`, `new-azstorageaccount`.
    pub program: &'s str,
    /// The word that names the program.
    pub name: &'s Word,
    /// The words after the program, the elements of known arrays among them.
    pub words: &'s [Word],
    initials: Initials,
}

/// The calls of a script.
#[derive(Debug)]
pub(super) struct Calls {
    all: Vec<Call>,
    /// The indexes of those that have to do with Azure, which are all that most rules ask for.
    azure: Vec<usize>,
}

/// What is worked out of a command to read it as a call.
#[derive(Debug)]
struct Call {
    command: usize,
    program: String,
    /// The index of the word that names the program.
    at: usize,
    /// The words with the elements of arrays among them, if there are any.
    expanded: Option<Vec<Word>>,
    initials: Initials,
}

/// The letters that the options of a command start with, a bit for each: most rules ask for options that it has not.
#[derive(Debug, Clone, Copy, Default)]
struct Initials(u32);

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

impl Script {
    /// The calls of the Azure CLI, AzCopy and the cmdlets of Az that the script makes, in order.
    pub fn invocations(&self) -> impl Iterator<Item = Invocation<'_>> {
        let Calls { all, azure } = self.calls();
        azure.iter().filter_map(|at| all.get(*at)?.of(self))
    }

    /// All calls that the script makes, in order.
    pub fn all_invocations(&self) -> impl Iterator<Item = Invocation<'_>> {
        self.calls().all.iter().filter_map(|call| call.of(self))
    }

    /// The calls of the commands in a substitution.
    pub fn invocations_in(&self, commands: std::ops::Range<usize>) -> impl Iterator<Item = Invocation<'_>> {
        let calls = &self.calls().all;
        let [start, end] = [commands.start, commands.end].map(|at| calls.partition_point(|call| call.command < at));
        calls[start..end.max(start)].iter().filter_map(|call| call.of(self))
    }

    /// The calls, read when first asked for: every rule about scripts asks.
    fn calls(&self) -> &Calls {
        self.calls.get_or_init(|| {
            let is_array = |assigned: &Assigned| matches!(assigned, Assigned::Array(_) | Assigned::Table(_));
            let has_arrays = self.program.assignments.iter().any(|assignment| is_array(&assignment.value));
            let mut left = if has_arrays { MAX_EXPANDED_WORDS } else { 0 };
            let read = |command| Call::read(self, command, &mut left);
            let all: Vec<Call> = (0..self.program.commands.len()).filter_map(read).collect();
            let azure = all.iter().enumerate().filter(|(_, call)| is_azure(&call.program)).map(|(at, _)| at).collect();
            Calls { all, azure }
        })
    }
}

impl Initials {
    /// All that there are, for a word of which the start is not known.
    const ANY: Self = Self(u32::MAX);

    fn of_words(words: &[Word]) -> Self {
        words.iter().map(Self::of_word).fold(Self::default(), |all, one| Self(all.0 | one.0))
    }

    fn of_word(word: &Word) -> Self {
        match word.pieces.first().and_then(Piece::literal).map(MappedText::text) {
            // The next piece tells.
            Some(start) if start.trim_start_matches('-').is_empty() => Self::ANY,
            Some(start) if start.starts_with('-') => Self::of_name(start),
            _ => Self::default(),
        }
    }

    fn of_name(name: &str) -> Self {
        match name.trim_start_matches('-').bytes().next().map(|letter| letter.to_ascii_lowercase()) {
            Some(letter @ b'a'..=b'z') => Self(1 << (letter - b'a')),
            _ => Self::ANY,
        }
    }

    /// Whether an option of this name may be among those.
    fn include(self, name: &str) -> bool {
        self.0 & Self::of_name(name).0 != 0
    }
}

impl Call {
    /// Reads a command; its arrays stay what they are once no more than `left` words may take their place.
    fn read(script: &Script, command: usize, left: &mut usize) -> Option<Self> {
        let expanded = (*left > 0).then(|| script.expanded_words(command)).flatten();
        let expanded = expanded.filter(|words| words.len() <= *left);
        *left -= expanded.as_ref().map_or(0, Vec::len);
        let words = expanded.as_deref().unwrap_or(&script.program.commands.get(command)?.words);
        let (mut at, mut program) = (0, program_name(words.first()?));
        if WRAPPERS.contains(&program.as_str()) {
            at = words.iter().position(|word| is_azure(&program_name(word))).unwrap_or(0);
            program = program_name(words.get(at)?);
        }
        let initials = Initials::of_words(words);
        Some(Self { command, program, at, expanded, initials })
    }

    fn of<'s>(&'s self, script: &'s Script) -> Option<Invocation<'s>> {
        let words = self.expanded.as_deref().unwrap_or(&script.program.commands.get(self.command)?.words);
        let (name, words) = words.get(self.at..)?.split_first()?;
        Some(Invocation { script, command: self.command, program: &self.program, name, words, initials: self.initials })
    }
}

impl Invocation<'_> {
    /// Whether this is the Azure CLI with a subcommand that starts with `path`.
    pub fn is_az(&self, path: &[&str]) -> bool {
        self.program == "az" && self.starts_with(path)
    }

    /// Whether this is AzCopy with one of these subcommands.
    pub fn is_azcopy(&self, subcommands: &[&str]) -> bool {
        self.program == "azcopy" && subcommands.iter().any(|subcommand| self.starts_with(&[subcommand]))
    }

    /// Whether this is a cmdlet of the modules of Az.
    pub fn is_cmdlet(&self) -> bool {
        self.program.split_once("-az").is_some_and(|(verb, noun)| {
            let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_name(verb) && is_name(noun)
        })
    }

    fn starts_with(&self, path: &[&str]) -> bool {
        self.words.len() >= path.len() && path.iter().zip(self.words).all(|(part, word)| word.is(part))
    }

    /// The words before the first option that are nothing but text: the subcommand, and for some programs its operands.
    pub fn path(&self) -> Vec<String> {
        self.path_words().iter().filter_map(Word::literal).collect()
    }

    fn path_words(&self) -> &[Word] {
        let ends = |word: &Word| {
            let mut letters = word.pieces.iter().filter_map(Piece::literal).flat_map(|text| text.text().chars());
            word.pieces.iter().any(|piece| piece.literal().is_none()) || letters.next() == Some('-')
        };
        &self.words[..self.words.iter().position(ends).unwrap_or(self.words.len())]
    }

    /// From the program to the last word of the subcommand.
    pub fn path_span(&self) -> Span {
        let words = self.path_words().iter();
        let here =
            words.filter(|word| word.span.file == self.name.span.file && word.span.start >= self.name.span.start);
        here.fold(self.name.span, |span, word| span.cover(word.span))
    }

    fn reading(&self) -> Reading {
        match self.program {
            "azcopy" => Reading::One,
            _ if self.is_cmdlet() => Reading::Cmdlet,
            _ => Reading::Greedy,
        }
    }

    /// The options, in order.
    pub fn options(&self) -> Vec<Argument> {
        self.arguments().0
    }

    /// The words that are neither part of the subcommand's name nor of an option. AzCopy's subcommand is one word.
    pub fn operands(&self) -> Vec<Word> {
        self.arguments().1
    }

    /// The last option that has one of these names, without regard to case for cmdlets.
    pub fn option(&self, names: &[&str]) -> Option<Argument> {
        if !names.iter().any(|name| self.initials.include(name)) {
            return None;
        }
        let is_cmdlet = self.reading() == Reading::Cmdlet;
        let is_named = |argument: &Argument| {
            names.iter().any(|name| argument.name == *name || (is_cmdlet && argument.name.eq_ignore_ascii_case(name)))
        };
        self.options().into_iter().rfind(is_named)
    }

    fn arguments(&self) -> (Vec<Argument>, Vec<Word>) {
        let reading = self.reading();
        let (mut options, mut operands): (Vec<Argument>, Vec<Word>) = (Vec::new(), Vec::new());
        let skipped = match reading {
            Reading::Greedy => self.path_words().len(),
            Reading::One => 1,
            Reading::Cmdlet => 0,
        };
        for word in self.words.iter().skip(skipped) {
            if let Some(option) = option(word, reading) {
                options.push(option);
                continue;
            }
            let takes = options.last().is_some_and(|option| match reading {
                Reading::Greedy => !option.is_joined,
                Reading::One => {
                    !option.is_joined && option.values.is_empty() && !AZCOPY_SWITCHES.contains(&option.name.as_str())
                }
                Reading::Cmdlet => option.values.is_empty() || follows_comma(self.script, option, word),
            });
            match options.last_mut().filter(|_| takes) {
                Some(option) => option.values.push(word.clone()),
                None => operands.push(word.clone()),
            }
        }
        (options, operands)
    }
}

/// Whether `word` is one more element of the list that the option's last value is part of: they were written as one.
fn follows_comma(script: &Script, option: &Argument, word: &Word) -> bool {
    let last = option.values.last().map(|value| value.span);
    script.dialect == Dialect::PowerShell
        && last.is_some_and(|last| script.program.commas.contains(&(last.end, word.span.start)))
}

/// The option that `word` is.
fn option(word: &Word, reading: Reading) -> Option<Argument> {
    let text = word.prefix();
    let letters = text.trim_start_matches('-');
    let dashes = text.len() - letters.len();
    let is_option = (1..=2).contains(&dashes) && letters.starts_with(|first: char| first.is_ascii_alphabetic());
    if !is_option || (reading == Reading::Cmdlet && dashes > 1) {
        return None;
    }
    let separator = if reading == Reading::Cmdlet { ':' } else { '=' };
    let split = text.find(separator).filter(|_| dashes == 2 || reading != Reading::Greedy);
    let Some(at) = split else {
        // `--name$X` is a word of its own making.
        let name = word.literal()?;
        return Some(Argument { name, span: word.span, values: Vec::new(), is_joined: false });
    };
    let value = word.after(at + 1);
    let span = Span { end: value.span.start.saturating_sub(1).max(word.span.start), ..word.span };
    // In `-Name: value` the value follows.
    let is_empty = value.span.is_empty() && reading == Reading::Cmdlet;
    let values = if is_empty { Vec::new() } else { vec![value] };
    Some(Argument { name: text[..at].to_owned(), span, values, is_joined: true })
}

/// The program that a word names; of a word that is not text, the end that is.
fn program_name(word: &Word) -> String {
    let text = match word.literal() {
        Some(text) => text,
        None => {
            word.pieces.last().and_then(|piece| piece.literal()).map(|text| text.text().to_owned()).unwrap_or_default()
        }
    };
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let plain = [".exe", ".cmd", ".bat"].iter().find_map(|extension| name.strip_suffix(extension));
    plain.map_or_else(|| name.clone(), ToOwned::to_owned)
}

fn is_azure(name: &str) -> bool {
    name == "az" || name == "azcopy" || name.contains("-az")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Origin;
    use crate::source::FileId;

    fn script(text: &str) -> Script {
        Script::new(&MappedText::plain(FileId(0), text, 0), Dialect::Posix, Origin::File)
    }

    #[test]
    fn the_calls_of_a_script_are_read_once() {
        let script = script("x=(a b)\naz group list\naz ${x[@]}\n");
        let words = || script.invocations().map(|call| call.words.as_ptr()).collect::<Vec<_>>();
        assert_eq!(words(), words());
        let lengths: Vec<usize> = script.invocations().map(|call| call.words.len()).collect();
        assert_eq!(lengths, [2, 2]);
    }

    #[test]
    fn an_option_is_found_however_it_is_quoted() {
        for text in
            ["az acr --name x", "az acr ''--name x", "az acr -''-name x", "az acr '--'name=x", "az acr --'name' x"]
        {
            let script = script(text);
            let call = script.invocations().next().unwrap();
            let values = call.option(&["--name"]).map(|option| option.values.len());
            assert_eq!((values, call.option(&["--registry"]).is_none()), (Some(1), true), "{text}");
        }
        let script = script("New-AzThing -NAME x");
        assert!(script.invocations().next().unwrap().option(&["-Name"]).is_some());
    }

    #[test]
    fn arrays_that_make_too_many_words_stay_as_they_are() {
        let script = script(&format!("x=({})\n{}", "a ".repeat(1000), "az ${x[@]}\n".repeat(200)));
        let lengths: Vec<usize> = script.invocations().map(|call| call.words.len()).collect();
        assert_eq!((lengths[0], lengths[199]), (1000, 1));
        assert!(lengths.iter().sum::<usize>() <= MAX_EXPANDED_WORDS + 200);
    }
}
