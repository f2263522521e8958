//! Secrets in texts that are not what their language asks for: what is wrong there may be the secret itself.

use std::collections::{BTreeMap, BTreeSet};

use super::secrets::{Search, is_telling};
use crate::source::{FileId, Secret, Sources, Span, names_secret};
use crate::template::{Looped, Template};

/// How many lines after a parameter an error still has to do with it.
const NEAR: usize = 4;

/// Words of the language beside the secret, in lower case.
const PLAIN: [&str; 14] = [
    "allowedvalues",
    "contentversion",
    "defaultvalue",
    "description",
    "metadata",
    "object",
    "param",
    "parameters",
    "readenvironmentvariable",
    "secureobject",
    "securestring",
    "string",
    "type",
    "value",
];

/// Something with a name in a file.
#[derive(Debug, Clone, Copy)]
struct Site {
    name: Span,
    /// How far it goes, as far as that is known.
    end: u32,
    is_secret: bool,
}

/// Adds what is written between the name of a secret and an error after it. `secure` are the names of secure parameters,
/// in lower case.
pub(super) fn add(search: &Search<'_>, secure: &BTreeSet<String>, found: &mut BTreeSet<Secret>) {
    if search.errors.is_empty() {
        return;
    }
    let broken: BTreeSet<FileId> = search.errors.iter().map(|error| error.file).collect();
    let sites = sites(search, &broken, secure);
    let mut errors = search.errors.to_vec();
    errors.sort_unstable();
    // How far the errors of one secret go.
    let mut reached: BTreeMap<Span, u32> = BTreeMap::new();
    for error in errors {
        let sources = search.sources;
        let lines = sources.file(error.file).lines();
        let line = |offset: u32| lines.line_at(offset);
        let text = sources.file(error.file).text();
        let own = sites.get(&error.file).map_or(&[][..], |sites| sites);
        let after = own.partition_point(|site| site.name.start <= error.start);
        let next = own.get(after).map_or(text.len() as u32, |site| site.name.start);
        let end = lines.start_of(line(error.end) + 1).unwrap_or(text.len() as u32).min(next);
        let site = after.checked_sub(1).map(|at| own[at]);
        if let Some(site) = site.filter(|site| site.is_secret) {
            let reach = reached.entry(site.name).or_insert(site.end);
            if line(error.start) <= line(*reach) + NEAR && site.name.end < end {
                *reach = end.max(*reach);
                add_words(Span { start: site.name.end, end, ..error }, error.file, sources, found);
                // The message quotes what begins at the error, which may be in the middle of a word.
                add_words(Span { start: error.start.max(site.name.end), end, ..error }, error.file, sources, found);
                continue;
            }
        }
        // A line that is no declaration may have been meant to be one.
        let start = lines.start_of(line(error.start)).unwrap_or_default();
        let is_secret = |word: &str| names_secret(word) || secure.contains(&word.to_ascii_lowercase());
        let before_site = site.map_or(start, |site| start.max(site.end));
        let Some(written) = text.get(before_site as usize..end as usize) else { continue };
        let decorators =
            text[..start as usize].lines().rev().take(NEAR).take_while(|line| line.trim_start().starts_with('@'));
        let named = words_of(written).find(|word| is_secret(word));
        let from = match named.map(|word| word.as_ptr() as usize - written.as_ptr() as usize + word.len()) {
            Some(from) => from as u32,
            None if decorators.into_iter().any(|line| line.contains("secure")) => 0,
            None => continue,
        };
        add_words(Span { start: before_site + from, end, ..error }, error.file, sources, found);
    }
}

/// What has a name in each of the files `broken`, in its order.
fn sites(search: &Search<'_>, broken: &BTreeSet<FileId>, secure: &BTreeSet<String>) -> BTreeMap<FileId, Vec<Site>> {
    let mut sites: BTreeMap<FileId, Vec<Site>> = BTreeMap::new();
    let mut add = |name: Span, end: u32, is_secret: bool| {
        if broken.contains(&name.file) {
            sites.entry(name.file).or_default().push(Site { name, end: end.max(name.end), is_secret });
        }
    };
    for entry in search.templates.iter().filter(|entry| broken.contains(&entry.file)) {
        add_template(&entry.template, &mut add);
    }
    for file in search.files {
        for assignment in &file.assignments {
            let name = &assignment.name;
            let is_secret = is_telling(&name.text) || secure.contains(&name.text.to_ascii_lowercase());
            add(name.span, assignment.span.end, is_secret);
        }
        file.names.iter().for_each(|names| add_template(names, &mut add));
    }
    for sites in sites.values_mut() {
        sites.sort_by_key(|site| site.name);
    }
    sites
}

fn add_template(template: &Template, add: &mut impl FnMut(Span, u32, bool)) {
    for parameter in &template.parameters {
        let end = parameter.default.as_ref().map_or(0, |default| default.span.end);
        add(parameter.name.span, end, parameter.secure || is_telling(&parameter.name.text));
    }
    for variable in &template.variables {
        let (Looped::Once(value) | Looped::Each { input: value, .. }) = &variable.value;
        add(variable.name.span, value.span.end, names_secret(&variable.name.text));
    }
    for output in &template.outputs {
        add(output.name.span, 0, output.is_secure() || names_secret(&output.name.text));
    }
    template.functions.iter().for_each(|function| add(function.name.span, 0, false));
    template.resources.iter().for_each(|resource| add(resource.ty.span, resource.body.span.end, false));
}

/// Marks the text at `span`, with each word in it: messages quote them.
pub(super) fn add_words(span: Span, of: FileId, sources: &Sources, found: &mut BTreeSet<Secret>) {
    let text = sources.text(span);
    found.insert(Secret { span, value: Some("".into()), of });
    let is_plain = |word: &&str| PLAIN.contains(&&*word.to_ascii_lowercase());
    // The signs around what is called, or listed, are the language's.
    let quoted = text.split(['"', '\'']).chain(text.split_whitespace());
    let quoted = quoted.map(|word| word.trim_matches(['[', ']', '(', ')', '{', '}', ',', ';', ':', '=']));
    let words: BTreeSet<&str> =
        quoted.chain(words_of(text)).filter(|word| !word.is_empty() && !is_plain(word)).collect();
    for word in words {
        found.insert(Secret { span, value: Some(word.into()), of });
    }
}

/// The runs of letters and digits in a text.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
