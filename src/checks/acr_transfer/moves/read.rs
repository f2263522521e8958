//! From commands and tasks to moves.

use super::{End, Metadata, Move, Tool};
use crate::checks::FileCheck;
use crate::checks::script_pipelines::is_open;
use crate::checks::storage_place::{MARK, Place, text_of};
use crate::script::{Argument, Input, Invocation, Task};
use crate::source::Span;
use crate::syntax::shell::{Piece, PieceKind, Quoting, Word};

/// The moves of a file, in order.
pub(in super::super) fn moves(check: &FileCheck<'_>) -> Vec<Move> {
    let Some(found) = check.scripts() else { return Vec::new() };
    let mut moves: Vec<Move> = check.invocations().filter_map(|call| of_call(&call)).collect();
    moves.extend(found.tasks.iter().filter_map(of_task));
    moves
}

fn of_call(call: &Invocation<'_>) -> Option<Move> {
    match call.program {
        "azcopy" => of_azcopy(call),
        "az" if call.is_az(&["storage"]) => of_az(call),
        "set-azstorageblobcontent" => Some(of_cmdlet(call)),
        _ => None,
    }
}

/// The move of AzCopy.
fn of_azcopy(call: &Invocation<'_>) -> Option<Move> {
    let tool = if call.is_azcopy(&["copy", "cp", "c"]) {
        Tool::AzCopy
    } else if call.is_azcopy(&["sync", "sc", "s"]) {
        Tool::AzCopySync
    } else if call.is_azcopy(&["set-properties", "set-props", "setprops", "sp"]) {
        Tool::AzCopySet
    } else {
        return None;
    };
    let operands = call.operands();
    let mut ends = operands.iter().map(|word| end(call, word));
    let (mut source, mut target) = (ends.next().unwrap_or(End::Other), ends.next().unwrap_or(End::Other));
    if tool == Tool::AzCopySet {
        target = std::mem::replace(&mut source, End::Other);
    }
    if let Some(kind) = call.option(&["--from-to"]).and_then(|option| only_text(call, &option)) {
        let kind = kind.to_ascii_lowercase();
        if kind == "pipeblob" {
            target = std::mem::replace(&mut source, End::Pipe);
        } else if !kind.ends_with("blob") {
            return None;
        }
    }
    let open = is_open(call, 3);
    // The place of a switch that is turned off.
    let off = |name: &str| {
        let option = call.option(&[name]).filter(|option| option.is_joined)?;
        let is_off = only_text(call, &option)?.eq_ignore_ascii_case("false");
        is_off.then(|| option.values.iter().fold(option.span, |span, value| span.cover(value.span)))
    };
    let checksum_off = off("--put-md5");
    let has_checksum = call.option(&["--put-md5"]).is_some() && checksum_off.is_none();
    Some(Move {
        span: head(call, 1),
        tool,
        source,
        target,
        checksum: if has_checksum { Some(true) } else { (!open || checksum_off.is_some()).then_some(false) },
        checksum_off,
        drops_properties: off("--s2s-preserve-properties"),
        metadata: metadata(call, &["--metadata"], open),
        room: room(call, 1),
    })
}

/// The move of the Azure CLI.
fn of_az(call: &Invocation<'_>) -> Option<Move> {
    let is = |path: &[&str]| call.is_az(path);
    let (tool, words) = if is(&["storage", "blob", "upload"]) || is(&["storage", "blob", "upload-batch"]) {
        (Tool::Upload, 3)
    } else if is(&["storage", "blob", "copy", "start"]) || is(&["storage", "blob", "copy", "start-batch"]) {
        (Tool::CopyStart, 4)
    } else if is(&["storage", "blob", "metadata", "update"]) {
        (Tool::MetadataUpdate, 4)
    } else if is(&["storage", "blob", "download"]) || is(&["storage", "blob", "download-batch"]) {
        return of_download(call);
    } else if is(&["storage", "copy"]) {
        (Tool::StorageCopy, 2)
    } else {
        return None;
    };
    let open = is_open(call, words);
    let text = |names: &[&str]| call.option(names).and_then(|option| only_text(call, &option));
    let is_batch = call.path().any(|word| word.ends_with("-batch"));
    let (source, target) = match tool {
        Tool::Upload => {
            let names: &[&str] = if is_batch { &["--source", "-s"] } else { &["--file", "-f", "--data"] };
            let local = text(names).unwrap_or_else(|| MARK.to_string());
            let container: &[&str] = if is_batch { &["--destination", "-d"] } else { &["--container-name", "-c"] };
            (End::Local(local), blob_end(call, container, &["--account-name"], &["--blob-url"]))
        }
        Tool::CopyStart => (
            blob_end(call, &["--source-container"], &["--source-account-name"], &["--source-uri", "-u"]),
            blob_end(call, &["--destination-container", "-c"], &["--account-name"], &["--destination-uri"]),
        ),
        Tool::StorageCopy => {
            let one = |url: &[&str], container: &str, account: &str, local: &str| match call.option(url) {
                Some(option) => option.values.first().map_or(End::Other, |word| end(call, word)),
                None => match text(&[local]) {
                    Some(path) => End::Local(path),
                    None => blob_end(call, &[container], &[account], &[]),
                },
            };
            let source = one(&["--source", "-s"], "--source-container", "--source-account-name", "--source-local-path");
            let target = one(
                &["--destination", "-d"],
                "--destination-container",
                "--destination-account-name",
                "--destination-local-path",
            );
            (source, target)
        }
        _ => (End::Other, blob_end(call, &["--container-name", "-c"], &["--account-name"], &["--blob-url"])),
    };
    let checksum: &[&str] = if tool == Tool::StorageCopy { &["--put-md5"] } else { &["--content-md5"] };
    let has_checksum = call.option(checksum).is_some() || call.words.iter().any(|word| word.is("--put-md5"));
    Some(Move {
        span: head(call, words),
        tool,
        source,
        target,
        checksum: if has_checksum { Some(true) } else { (!open).then_some(false) },
        checksum_off: None,
        drops_properties: None,
        metadata: metadata(call, &["--metadata"], open),
        room: room(call, words),
    })
}

fn of_download(call: &Invocation<'_>) -> Option<Move> {
    let path = call.option(&["--file", "-f", "--destination", "-d"]);
    let path = path.and_then(|option| only_text(call, &option))?;
    Some(Move {
        span: head(call, 3),
        tool: Tool::AzCopy,
        source: blob_end(call, &["--container-name", "-c", "--source", "-s"], &["--account-name"], &["--blob-url"]),
        target: End::Local(path),
        checksum: None,
        checksum_off: None,
        drops_properties: None,
        metadata: Metadata::Unknown,
        room: None,
    })
}

/// The cmdlet, which computes the checksum by itself.
fn of_cmdlet(call: &Invocation<'_>) -> Move {
    let open = is_open(call, 0);
    let metadata = match call.option(&["-Metadata"]) {
        None if open => Metadata::Unknown,
        None => Metadata::Absent,
        Some(option) => table(call, &option),
    };
    let file = call.option(&["-File", "-f"]).or_else(|| call.option(&["-FullName"]));
    let file = file.and_then(|option| only_text(call, &option));
    Move {
        span: call.name.span,
        tool: Tool::Cmdlet,
        source: End::Local(file.unwrap_or_else(|| MARK.to_string())),
        target: blob_end(call, &["-Container"], &[], &[]),
        checksum: Some(true),
        checksum_off: None,
        drops_properties: None,
        metadata,
        room: room(call, 0),
    }
}

/// The metadata in a hash table, written where it is used or given to a variable before.
fn table(call: &Invocation<'_>, option: &Argument) -> Metadata {
    let Some(word) = option.values.first() else { return Metadata::Unknown };
    let script = call.script;
    let texts = if let [Piece { kind: PieceKind::Variable(name), .. }] = &*word.pieces {
        let Some(entries) = script.entries(name, call.command) else { return Metadata::Unknown };
        let pair = |(key, value): &(Word, Word)| {
            let [key, value] = [key, value].map(|word| text_of(script, word, call.command));
            format!("{key}={value}")
        };
        entries.iter().map(pair).collect()
    } else {
        let written = match &*word.pieces {
            [Piece { kind: PieceKind::Opaque(_, text), .. }] => text.as_str(),
            _ => "",
        };
        let Some(inner) = written.strip_prefix("@{").map(|inner| inner.trim_end_matches('}')) else {
            return Metadata::Unknown;
        };
        let pairs = inner.split([';', '\n']).filter(|pair| !pair.trim().is_empty());
        let bare = |text: &str| text.trim().trim_matches(['"', '\'']).replace('$', &MARK.to_string());
        pairs
            .map(|pair| match pair.split_once('=') {
                Some((key, value)) => format!("{}={}", bare(key), bare(value)),
                None => bare(pair),
            })
            .collect()
    };
    Metadata::Given { texts, span: word.span, start: None }
}

/// The move of a task that copies files with AzCopy.
fn of_task(task: &Task) -> Option<Move> {
    if !task.is("AzureFileCopy") {
        return None;
    }
    let text = |name: &str| task.input(name).map(|input| input.value.text().to_owned());
    if text("Destination").is_some_and(|target| !target.eq_ignore_ascii_case("AzureBlob")) {
        return None;
    }
    let known = |name: Option<String>| {
        name.map(|name| if name.contains("$(") || name.contains("${{") { hole(&name) } else { name })
    };
    let place = Place {
        account: known(text("storage").or_else(|| text("StorageAccount"))),
        container: known(text("ContainerName")),
        blob: known(text("BlobPrefix")),
    };
    let arguments = task.input("AdditionalArgumentsForBlobCopy").or_else(|| task.input("additionalArguments"));
    let words = arguments.map(Input::arguments).unwrap_or_default();
    let is_open = words.iter().any(|word| word.literal().is_none() && word.prefix().is_empty());
    let has = |name: &str| words.iter().any(|word| word.prefix().split('=').next() == Some(name));
    let metadata = words.iter().position(|word| word.prefix().split('=').next() == Some("--metadata"));
    let metadata = match metadata {
        None if is_open => Metadata::Unknown,
        None => Metadata::Absent,
        Some(at) => {
            let joined = words[at].literal().and_then(|text| Some(text.split_once('=')?.1.to_owned()));
            let value = joined.or_else(|| words.get(at + 1)?.literal());
            match value {
                Some(text) => Metadata::Given {
                    texts: vec![text],
                    span: words.get(at + 1).unwrap_or(&words[at]).span,
                    start: None,
                },
                None => Metadata::Unknown,
            }
        }
    };
    let span = arguments.map_or(task.span, |input| input.span);
    let checksum = if has("--put-md5") { Some(true) } else { (!is_open).then_some(false) };
    Some(Move {
        span,
        tool: Tool::Task,
        source: End::Local(text("SourcePath").unwrap_or_default()),
        target: End::Blob(place, task.span),
        checksum,
        checksum_off: None,
        drops_properties: None,
        metadata,
        room: None,
    })
}

fn hole(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{MARK}{name}{MARK}")
}

/// What an operand of AzCopy is.
fn end(call: &Invocation<'_>, word: &Word) -> End {
    let text = text_of(call.script, word, call.command);
    match Place::of_url(&text) {
        Some(place) => End::Blob(place, word.span),
        None if text.contains("://") || text.starts_with(MARK) => End::Other,
        None => End::Local(text),
    }
}

/// A blob that options name, by a URL or by its parts.
fn blob_end(call: &Invocation<'_>, container: &[&str], account: &[&str], url: &[&str]) -> End {
    let value = |names: &[&str]| {
        let option = call.option(names).filter(|_| !names.is_empty())?;
        let word = option.values.first()?.clone();
        Some((text_of(call.script, &word, call.command), word.span))
    };
    if let Some((text, span)) = value(url) {
        return Place::of_url(&text).map_or(End::Other, |place| End::Blob(place, span));
    }
    let named = value(container);
    // A batch takes the URL of a container as well.
    if let Some((text, span)) = &named
        && text.contains("://")
    {
        return Place::of_url(text).map_or(End::Other, |place| End::Blob(place, *span));
    }
    let span = named.as_ref().map_or(call.name.span, |(_, span)| *span);
    let blob = value(&["--name", "-n", "--destination-blob", "-b", "-Blob"]).map(|(text, _)| text);
    let place = Place { account: value(account).map(|(text, _)| text), container: named.map(|(text, _)| text), blob };
    if place == Place::default() { End::Other } else { End::Blob(place, span) }
}

fn only_text(call: &Invocation<'_>, option: &Argument) -> Option<String> {
    option.values.first().map(|word| text_of(call.script, word, call.command))
}

fn metadata(call: &Invocation<'_>, names: &[&str], open: bool) -> Metadata {
    let Some(option) = call.option(names) else {
        return if open { Metadata::Unknown } else { Metadata::Absent };
    };
    let (Some(first), Some(last)) = (option.values.first(), option.values.last()) else { return Metadata::Unknown };
    let texts = option.values.iter().map(|word| text_of(call.script, word, call.command)).collect();
    let start = match &*first.pieces {
        [Piece { kind: PieceKind::Literal(_), span, quoting }] => Some((span.start, *quoting == Quoting::Bare)),
        _ => None,
    };
    Metadata::Given { texts, span: first.span.cover(last.span), start }
}

/// From the program to the last of the first `words` words after it.
pub(in super::super) fn head(call: &Invocation<'_>, words: usize) -> Span {
    let here = call.words.iter().take(words).filter(|word| word.span.file == call.name.span.file);
    here.fold(call.name.span, |span, word| span.cover(word.span))
}

fn room(call: &Invocation<'_>, words: usize) -> Option<(u32, u32)> {
    let command = call.script.program.commands.get(call.command)?;
    Some((head(call, words).end, command.span.end))
}
