//! Functions on URIs, and the encodings that URIs carry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::text::{compose, json, scalar};
use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::value::{Kind, Object, Part, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64", 1, 1, |args| Ok(Value::from(encode(args, args.string(0)?)?))),
    function("base64ToJson", 1, 1, |args| super::json::parse(args, &decoded(args, args.string(0)?)?)),
    function("base64ToString", 1, 1, |args| match undone(args, "base64") {
        Some(text) => Ok(text),
        None => Ok(Value::from(decoded(args, args.string(0)?)?)),
    }),
    function("buildUri", 1, 1, build_uri),
    function("dataUri", 1, 1, data_uri),
    function("dataUriToString", 1, 1, data_uri_to_string),
    function("parseUri", 1, 1, parse_uri),
    function("uri", 2, 2, uri),
    function("uriComponent", 1, 1, uri_component),
    function("uriComponentToString", 1, 1, |args| match undone(args, "uriComponent") {
        Some(text) => Ok(text),
        None => uri_component_to_string(args),
    }),
];

/// What an unknown argument was made of by the function that is undone here.
fn undone(args: &Arguments<'_>, function: &str) -> Option<Value> {
    match args.get(0)?.as_term()?.call(function)? {
        [text] => Some(text.clone()),
        _ => None,
    }
}

/// All but the characters that RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a URI may not hold unescaped.
const UNFIT: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn encode(args: &Arguments<'_>, text: &str) -> Result<String, Stop> {
    args.text_room(0, text.len().saturating_mul(2))?;
    Ok(STANDARD.encode(text))
}

fn decoded(args: &Arguments<'_>, text: &str) -> Result<String, Stop> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(text).map_err(|_| args.invalid("the string is not base64"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A string as text, anything else as JSON.
fn data_uri(args: &Arguments<'_>) -> Evaluated {
    let value = args.known(0)?;
    let (kind, text) = match &value.kind {
        Kind::String(text) => ("text/plain", text.value.to_string()),
        Kind::Array(_) | Kind::Object(_) => ("application/json", json(args, value)?),
        Kind::Integer(_) | Kind::Bool(_) => ("application/json", scalar(value).unwrap_or_default()),
        _ => return Err(Stop::Unknown),
    };
    Ok(Value::from(format!("data:{kind};charset=utf-8;base64,{}", encode(args, &text)?)))
}

fn data_uri_to_string(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?;
    let contents = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and_then(|_| text.get(5..));
    let Some((kind, data)) = contents.and_then(|contents| contents.split_once(',')) else {
        return Err(args.invalid("the string is not a data URI"));
    };
    let mut settings = kind.split(';').skip(1).map(str::to_ascii_lowercase);
    if settings.clone().any(|setting| {
        setting.strip_prefix("charset=").is_some_and(|charset| !["utf8", "utf-8", "us-ascii", ""].contains(&charset))
    }) {
        return Err(Stop::Unknown);
    }
    if settings.any(|setting| setting == "base64") {
        return Ok(Value::from(decoded(args, data)?));
    }
    Ok(Value::from(percent_decode_str(data).decode_utf8_lossy().as_ref()))
}

fn uri_component(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?;
    args.text_room(0, text.len().saturating_mul(3))?;
    Ok(Value::from(utf8_percent_encode(text, RESERVED).to_string()))
}

fn uri_component_to_string(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(percent_decode_str(args.string(0)?).decode_utf8_lossy().as_ref()))
}

/// A URI in the parts of RFC 3986. `path` may be empty; `query` starts with its question mark or is empty.
struct Uri<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads an absolute URI with an authority; a fragment is left out.
    fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let rest = rest.split('#').next().unwrap_or(rest);
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        (is_scheme && (!authority.is_empty() || scheme.eq_ignore_ascii_case("file"))).then_some(Self {
            scheme,
            authority,
            path,
            query,
        })
    }

    /// Host and port.
    fn host(&self) -> (&'a str, Option<&'a str>) {
        let host = self.authority.rsplit('@').next().unwrap_or(self.authority);
        match host.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (name, Some(port))
            }
            _ => (host, None),
        }
    }
}

fn uri(args: &Arguments<'_>) -> Evaluated {
    let (base, relative) = (args.string(0)?, args.string(1)?);
    let Some(parsed) = Uri::parse(base) else { return Err(args.invalid("the base is not an absolute URI")) };
    let relative = relative.trim();
    if Uri::parse(relative).is_some() {
        return canonical(args, relative, Vec::new());
    }
    let origin = parsed.scheme.len() + "://".len() + parsed.authority.len();
    let directory = parsed.path.rfind('/').map_or(0, |slash| slash + 1);
    // What of the base stays as it is written, and what follows it.
    let (kept, rest) = if let Some(rest) = relative.strip_prefix("//") {
        (parsed.scheme.len() + "://".len(), rest)
    } else if relative.is_empty() {
        return canonical(args, base, Vec::new());
    } else if relative.starts_with('/') {
        (origin, relative)
    } else if relative.starts_with('?') {
        (origin + parsed.path.len(), relative)
    } else if relative.starts_with('#') {
        (base.find('#').unwrap_or(base.len()), relative)
    } else {
        (origin + directory, relative)
    };
    let kept = base.get(..kept).unwrap_or(base);
    let separator = if kept.len() == origin && !rest.starts_with(['/', '?', '#']) { "/" } else { "" };
    args.part_room(kept.len(), rest.len())?;
    let text = format!("{kept}{separator}{rest}");
    if text.get(origin..).is_some_and(|path| path.split(['?', '#']).next().is_some_and(has_dot_segment)) {
        return Ok(Value::from(without_dot_segments(&text, origin)));
    }
    let parts = [(kept.len() + separator.len(), args.value(0)?), (text.len(), args.value(1)?)];
    let parts = parts.into_iter().map(|(end, value)| Part { end, value: value.clone() }).collect();
    canonical(args, &text, parts)
}

/// An absolute URI as the service writes it: without the port that its scheme has anyway, with a path, and with what no
/// URI may hold escaped. Where nothing changes, it keeps what it is put together from.
fn canonical(args: &Arguments<'_>, text: &str, parts: Vec<Part>) -> Evaluated {
    let Some(uri) = Uri::parse(text) else { return Err(args.invalid("the result is not a URI")) };
    let fragment = text.split_once('#').map_or(String::new(), |(_, fragment)| format!("#{}", escaped(fragment)));
    let (host, port) = uri.host();
    let user = uri.authority.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
    let port = port.filter(|port| port.parse().is_ok_and(|port| !is_default_port(uri.scheme, port)));
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    let path = if uri.path.is_empty() { "/".to_owned() } else { escaped(uri.path) };
    let (scheme, host, query) = (uri.scheme.to_ascii_lowercase(), host.to_lowercase(), escaped(uri.query));
    let whole = format!("{scheme}://{user}{host}{port}{path}{query}{fragment}");
    if whole != text {
        return Ok(Value::from(whole));
    }
    Ok(match args.all().iter().find(|arg| arg.as_str() == Some(text)) {
        Some(same) => same.clone(),
        None if parts.is_empty() => Value::from(whole),
        None => compose(whole, parts),
    })
}

/// A part of a URI with what no URI may hold escaped; escapes that are there stay.
fn escaped(part: &str) -> String {
    let mut text = utf8_percent_encode(part, UNFIT).to_string();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('%')) {
        at += found + 1;
        let is_escape = text.get(at..at + 2).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !is_escape {
            text.insert_str(at, "25");
        }
    }
    text
}

fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| segment == "." || segment == "..")
}

/// The URI with the `.` and `..` of its path, which starts at `origin`, resolved.
fn without_dot_segments(text: &str, origin: usize) -> String {
    let (start, rest) = text.split_at(origin);
    let (path, tail) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        match *segment {
            "." | ".." => {
                if *segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("{start}/{}{tail}", kept.join("/"))
}

fn build_uri(args: &Arguments<'_>) -> Evaluated {
    let components = args.object(0)?;
    let text = |name: &str| match components.get(name).map(|value| &value.kind) {
        None | Some(Kind::Null) => Ok(""),
        Some(Kind::String(text)) => Ok(text.value.as_ref()),
        Some(Kind::Unknown(_) | Kind::Undecidable(_)) => Err(Stop::Unknown),
        Some(_) => Err(args.invalid("every component but the port must be a string")),
    };
    let (scheme, host, path, query) = (text("scheme")?, text("host")?, text("path")?, text("query")?);
    if scheme.is_empty() || host.is_empty() {
        return Err(args.invalid("a URI needs a scheme and a host"));
    }
    let port = match components.get("port").map(|value| &value.kind) {
        None | Some(Kind::Null) => String::new(),
        Some(Kind::Integer(port)) if is_default_port(scheme, *port) => String::new(),
        Some(Kind::Integer(port)) => format!(":{port}"),
        Some(Kind::Unknown(_) | Kind::Undecidable(_)) => return Err(Stop::Unknown),
        Some(_) => return Err(args.invalid("the port must be an integer")),
    };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mark = if query.is_empty() || query.starts_with('?') { "" } else { "?" };
    args.text_room(host.len() + path.len(), query.len())?;
    Ok(Value::from(format!("{scheme}://{host}{port}{slash}{path}{mark}{query}")))
}

fn is_default_port(scheme: &str, port: i64) -> bool {
    matches!((scheme.to_ascii_lowercase().as_str(), port), ("https", 443) | ("http", 80) | ("ftp", 21))
}

/// The parts of a URI. What is empty is left out, and the path of the root as well; a port that is not written is null.
fn parse_uri(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?.trim();
    if text.starts_with('/') && !text.starts_with("//") {
        // A path is one to a file.
        return Ok(Value::object(uri_parts("file", "", Value::null(), &escaped(text), "")));
    }
    let uri = Uri::parse(text).ok_or_else(|| args.invalid("the string is not an absolute URI"))?;
    let (host, port) = uri.host();
    let port = match port.map(str::parse::<i64>) {
        None => Value::null(),
        Some(Ok(port)) if is_default_port(uri.scheme, port) => Value::null(),
        Some(Ok(port)) => Value::from(port),
        Some(Err(_)) => return Err(args.invalid("the port is not a number")),
    };
    let path = if has_dot_segment(uri.path) { without_dot_segments(uri.path, 0) } else { uri.path.to_owned() };
    let (scheme, host) = (uri.scheme.to_ascii_lowercase(), host.to_lowercase());
    Ok(Value::object(uri_parts(&scheme, &host, port, &escaped(&path), &escaped(uri.query))))
}

fn uri_parts(scheme: &str, host: &str, port: Value, path: &str, query: &str) -> Object {
    let parts = [("scheme", Value::from(scheme)), ("host", Value::from(host)), ("port", port)];
    let path = Some(("path", Value::from(path))).filter(|_| !path.is_empty() && path != "/");
    let query = Some(("query", Value::from(query))).filter(|_| !query.is_empty());
    parts.into_iter().chain(path).chain(query).collect()
}
