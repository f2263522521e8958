//! Functions on URIs, and the encodings that URIs carry.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::text::compose;
use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::term::Term;
use crate::evaluate::value::{Kind, Object, Part, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64", 1, 1, |args| Ok(Value::from(encode(args, args.string(0)?)?))),
    function("base64ToJson", 1, 1, |args| super::json::parse(args, &decoded(args, args.string(0)?)?)),
    function("base64ToString", 1, 1, |args| Ok(Value::from(decoded(args, args.string(0)?)?))),
    function("buildUri", 1, 1, build_uri),
    function("dataUri", 1, 1, data_uri),
    function("dataUriToString", 1, 1, data_uri_to_string),
    function("parseUri", 1, 1, parse_uri),
    function("uri", 2, 2, uri),
    function("uriComponent", 1, 1, uri_component),
    function("uriComponentToString", 1, 1, uri_component_to_string),
];

/// All but the characters that RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(args: &Arguments<'_>, text: &str) -> Result<String, Stop> {
    args.text_room(0, text.len().saturating_mul(2))?;
    Ok(STANDARD.encode(text))
}

fn decoded(args: &Arguments<'_>, text: &str) -> Result<String, Stop> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(text).map_err(|_| args.invalid("the string is not base64"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn data_uri(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(format!("data:text/plain;charset=utf8;base64,{}", encode(args, args.string(0)?)?)))
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
    if Uri::parse(relative).is_some() {
        return args.value(1).cloned();
    }
    let origin = parsed.scheme.len() + "://".len() + parsed.authority.len();
    let directory = parsed.path.rfind('/').map_or(0, |slash| slash + 1);
    // What of the base stays as it is written, and what follows it.
    let (kept, rest) = if let Some(rest) = relative.strip_prefix("//") {
        (parsed.scheme.len() + "://".len(), rest)
    } else if relative.is_empty() {
        return args.value(0).cloned();
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
    Ok(compose(text, parts))
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

fn parse_uri(args: &Arguments<'_>) -> Evaluated {
    let text = args.string(0)?;
    let uri = Uri::parse(text).ok_or_else(|| args.invalid("the string is not an absolute URI"))?;
    let (host, port) = uri.host();
    let port = if let Some(port) = port {
        port.parse::<i64>().map(Value::from).map_err(|_| args.invalid("the port is not a number"))?
    } else {
        // Whether a port that is not written is null or the scheme's own is not documented.
        let base = Value::unknown(Term::Call { name: "parseUri".into(), args: args.all().to_vec() });
        Value::unknown(Term::Property { base, name: Arc::from("port") })
    };
    let path = if uri.path.is_empty() { "/" } else { uri.path };
    Ok(Value::object(Object::from_iter([
        ("scheme", Value::from(uri.scheme.to_ascii_lowercase())),
        ("host", Value::from(host.to_ascii_lowercase())),
        ("port", port),
        ("path", Value::from(path)),
        ("query", Value::from(uri.query)),
    ])))
}
