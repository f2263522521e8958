//! A command as its program sees it: subcommands, options and their values.

use std::collections::HashSet;
use std::ops::Range;

use super::Script;
use super::options::{OptionAt, is_cmdlet};
use crate::source::limits::MAX_EXPANDED_WORDS;
use crate::source::{MappedText, Span};
use crate::syntax::shell::{Piece, Word};

/// Programs that run the program that follows them.
const WRAPPERS: [&str; 26] = [
    "sudo",
    "command",
    "exec",
    "nohup",
    "env",
    "time",
    "builtin",
    "call",
    "start",
    "xargs",
    "timeout",
    "retry",
    "eval",
    "watch",
    "ssh",
    "docker",
    "podman",
    "kubectl",
    "wsl",
    "nice",
    "find",
    "doas",
    "cmd",
    "pwsh",
    "powershell",
    "parallel",
];

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
    path: &'s str,
    /// How many words the path has, also of calls that have nothing to do with Azure.
    pub(super) path_length: usize,
    pub(super) options: &'s [OptionAt],
}

/// The calls of a script.
#[derive(Debug, Default)]
pub(super) struct Calls {
    all: Vec<Call>,
    /// The indexes of those that have to do with Azure, which are all that most rules ask for.
    azure: Vec<usize>,
    /// The options of all calls.
    options: Vec<OptionAt>,
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
    /// Of a call that has to do with Azure the words before the first option that are nothing but text, each with
    /// [`END`] after it: rules tell by them which calls they are about.
    path: String,
    path_length: usize,
    /// Where its options are in those of all calls.
    options: Range<usize>,
}

/// What no word of a path has in it.
const END: char = '\0';

impl Script {
    /// The calls of the Azure CLI, AzCopy and the cmdlets of Az that the script makes, in order.
    pub fn invocations(&self) -> impl Iterator<Item = Invocation<'_>> {
        let Calls { all, azure, .. } = &self.calls;
        azure.iter().filter_map(|at| all.get(*at)?.of(self))
    }

    /// All calls that the script makes, in order.
    pub fn all_invocations(&self) -> impl Iterator<Item = Invocation<'_>> {
        self.calls.all.iter().filter_map(|call| call.of(self))
    }

    /// The calls of the commands in a substitution.
    pub fn invocations_in(&self, commands: Range<usize>) -> impl Iterator<Item = Invocation<'_>> {
        let calls = &self.calls.all;
        let [start, end] = [commands.start, commands.end].map(|at| calls.partition_point(|call| call.command < at));
        calls[start..end.max(start)].iter().filter_map(|call| call.of(self))
    }
}

impl Calls {
    /// The calls of `script`.
    pub(super) fn of(script: &Script) -> Self {
        let mut left = if script.program.assignments.is_empty() { 0 } else { MAX_EXPANDED_WORDS };
        let mut options = Vec::new();
        let read = |command| Call::read(script, command, &mut left, &mut options);
        let all: Vec<Call> = (0..script.program.commands.len()).filter_map(read).collect();
        let azure = all.iter().enumerate().filter(|(_, call)| is_azure(&call.program)).map(|(at, _)| at);
        let azure = if script.program.is_unrolled { distinct(script, &all, azure) } else { azure.collect() };
        Self { all, azure, options }
    }
}

/// The calls among those that say something of their own: in a loop, a call says the same each time unless it uses what
/// differs.
fn distinct(script: &Script, all: &[Call], calls: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut met = HashSet::new();
    let is_new = |at: &usize| {
        let Some((call, command)) =
            all.get(*at).and_then(|call| Some((call, script.program.commands.get(call.command)?)))
        else {
            return false;
        };
        let words = call.expanded.as_deref().unwrap_or(&command.words);
        let mut spelt = Vec::new();
        for word in words {
            let pieces = script.expand(word, call.command);
            spelt.extend(
                pieces.into_iter().map(|piece| (piece.span, piece.literal().map(|text| text.text().to_owned()))),
            );
        }
        met.insert((command.span, spelt))
    };
    calls.filter(is_new).collect()
}

impl Call {
    /// Reads a command; its arrays stay what they are once no more than `left` words may take their place. Adds its options
    /// to `options`.
    fn read(script: &Script, command: usize, left: &mut usize, options: &mut Vec<OptionAt>) -> Option<Self> {
        let expanded = (*left > 0).then(|| script.expanded_words(command)).flatten();
        let expanded = expanded.filter(|words| words.len() <= *left);
        *left -= expanded.as_ref().map_or(0, Vec::len);
        let words = expanded.as_deref().unwrap_or(&script.program.commands.get(command)?.words);
        let (mut at, mut program) = (0, program_name(words.first()?));
        if WRAPPERS.contains(&program.as_str()) {
            at = words.iter().position(|word| is_azure(&program_name(word))).unwrap_or(0);
            program = program_name(words.get(at)?);
        }
        let words = words.get(at + 1..).unwrap_or_default();
        let path_words = path_words(words);
        let mut path = String::new();
        for word in path_words.iter().filter(|_| is_azure(&program)) {
            path.extend(word.pieces.iter().filter_map(Piece::literal).map(MappedText::text));
            path.push(END);
        }
        let path_length = path_words.len();
        let start = options.len();
        options.extend(OptionAt::all(&program, words, path_length));
        Some(Self { command, program, at, path, path_length, options: start..options.len(), expanded })
    }

    fn of<'s>(&'s self, script: &'s Script) -> Option<Invocation<'s>> {
        let words = self.expanded.as_deref().unwrap_or(&script.program.commands.get(self.command)?.words);
        let (name, words) = words.get(self.at..)?.split_first()?;
        let Self { command, program, path, path_length, options, .. } = self;
        let options = script.calls.options.get(options.clone())?;
        Some(Invocation { script, command: *command, program, name, words, path, path_length: *path_length, options })
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
        is_cmdlet(self.program)
    }

    fn starts_with(&self, path: &[&str]) -> bool {
        let mut rest = self.path;
        path.iter().all(|part| {
            let after = rest.strip_prefix(*part).and_then(|rest| rest.strip_prefix(END));
            rest = after.unwrap_or_default();
            after.is_some()
        })
    }

    /// The words before the first option that are nothing but text: the subcommand, and for some programs its operands.
    /// Empty for programs that have nothing to do with Azure.
    pub fn path(&self) -> impl Iterator<Item = &str> {
        self.path.split_terminator(END)
    }

    /// From the program to the last word of the subcommand.
    pub fn path_span(&self) -> Span {
        let words = self.words.iter().take(self.path_length);
        let here =
            words.filter(|word| word.span.file == self.name.span.file && word.span.start >= self.name.span.start);
        here.fold(self.name.span, |span, word| span.cover(word.span))
    }
}

/// The words before the first option that are nothing but text.
fn path_words(words: &[Word]) -> &[Word] {
    let ends = |word: &Word| {
        let mut letters = word.pieces.iter().filter_map(Piece::literal).flat_map(|text| text.text().chars());
        word.pieces.iter().any(|piece| piece.literal().is_none()) || letters.next() == Some('-')
    };
    &words[..words.iter().position(ends).unwrap_or(words.len())]
}

/// The program that a word names; of a word that is not text, the end that is.
pub(super) fn program_name(word: &Word) -> String {
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
    use crate::script::{Dialect, Origin};
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
        for text in ["New-AzThing -NAME x", "New-AzThing -name:x", "New-AzThing -Name: x", "azcopy cp --Name=$X"] {
            let script = script(text);
            let call = script.invocations().next().unwrap();
            let name = if call.program == "azcopy" { "--Name" } else { "-Name" };
            assert_eq!(call.option(&[name]).map(|option| option.values.len()), Some(1), "{text}");
        }
    }

    #[test]
    fn arrays_that_make_too_many_words_stay_as_they_are() {
        let script = script(&format!("x=({})\n{}", "a ".repeat(1000), "az ${x[@]}\n".repeat(200)));
        let lengths: Vec<usize> = script.invocations().map(|call| call.words.len()).collect();
        assert_eq!((lengths[0], lengths[199]), (1000, 1));
        assert!(lengths.iter().sum::<usize>() <= MAX_EXPANDED_WORDS + 200);
    }
}
