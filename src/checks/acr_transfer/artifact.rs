//! The grammar of artifact references: `repository`, `repository:tag`, `repository@sha256:digest`.

/// A reference that keeps to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Artifact<'a> {
    /// The repository.
    pub repository: &'a str,
    /// What is meant in it.
    pub version: Version<'a>,
}

/// What is meant in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version<'a> {
    /// A tag; `None` stands for `latest`.
    Tag(Option<&'a str>),
    /// A digest.
    Digest(&'a str),
}

/// What is wrong with a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake<'a> {
    /// It starts with the host of a registry; the rest follows.
    Host {
        /// The host.
        host: &'a str,
        /// The reference without it.
        rest: &'a str,
    },
    /// The digest is all zeros: it stands for one that is to be filled in.
    Placeholder,
    /// Anything else.
    Malformed(String),
}

impl<'a> Artifact<'a> {
    /// Reads a reference.
    pub(super) fn parse(text: &'a str) -> Result<Self, Mistake<'a>> {
        let malformed = |message: &str| Err(Mistake::Malformed(message.to_owned()));
        if text.is_empty() {
            return malformed("an artifact is an empty string");
        }
        if let Some((_, rest)) = text.split_once("://") {
            return match rest.split_once('/') {
                Some((host, rest)) if is_host(host) => Err(Mistake::Host { host, rest }),
                _ => malformed("an artifact is not a URL"),
            };
        }
        if text.contains(char::is_whitespace) {
            return malformed("an artifact must not contain blanks");
        }
        if text.contains(',') {
            return malformed("several artifacts in one string; each needs its own");
        }
        if text.contains('*') {
            return malformed("an artifact can't be a pattern");
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        if digest.is_some_and(|digest| digest.strip_prefix("sha256:").is_some_and(|hex| is_hex(hex) && is_zero(hex))) {
            return Err(Mistake::Placeholder);
        }
        if let Some((host, rest)) = text.split_once('/')
            && is_host(host)
        {
            return Err(Mistake::Host { host, rest });
        }
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (name, None),
        };
        if tag.is_some() && digest.is_some() {
            return malformed("an artifact must have a tag or a digest, not both");
        }
        if repository.contains(|c: char| c.is_ascii_uppercase()) {
            return malformed("the name of a repository must not have upper-case letters");
        }
        if !repository.split('/').all(is_component) {
            return Err(Mistake::Malformed(format!("`{repository}` is not the name of a repository")));
        }
        if let Some(digest) = digest {
            return match digest.strip_prefix("sha256:") {
                Some(hex) if is_hex(hex) => Ok(Self { repository, version: Version::Digest(digest) }),
                _ => malformed("a digest must be `sha256:` and 64 hexadecimal digits"),
            };
        }
        match tag {
            Some(tag) if !is_tag(tag) => Err(Mistake::Malformed(format!("`{tag}` is not a tag"))),
            tag => Ok(Self { repository, version: Version::Tag(tag) }),
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && !text.starts_with(['.', '-'])
        && !text.is_empty()
}

/// Letters and digits, parted by `.`, `_`, `__` or any number of `-`.
fn is_component(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(plain)
        && text.ends_with(plain)
        && text.split(plain).all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

/// Whether the first part of a reference is the host of a registry. A repository's name may hold dots as well, so one
/// with dots has to end like a host.
fn is_host(text: &str) -> bool {
    const ENDS: [&str; 13] =
        ["io", "us", "cn", "com", "net", "org", "de", "eu", "dev", "cloud", "local", "internal", "localhost"];
    let text = text.to_ascii_lowercase();
    if let Some((_, port)) = text.split_once(':') {
        return !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    }
    text == "localhost" || text.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && ENDS.contains(&end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_keep_to_the_grammar() {
        let hex = "0123456789abcdef".repeat(4);
        let digest = format!("base/app@sha256:{hex}");
        for text in ["a", "app:v1", "team/app_x:1.2.3-rc_1", "a--b/c__d.e:_x", "com.example/app", "my.app/x", &digest] {
            assert!(Artifact::parse(text).is_ok(), "{text}");
        }
        let sha = format!("sha256:{hex}");
        let parsed = Artifact { repository: "base/app", version: Version::Digest(&sha) };
        assert_eq!(Artifact::parse(&digest), Ok(parsed));
        let latest = Artifact { repository: "team/app", version: Version::Tag(None) };
        assert_eq!(Artifact::parse("team/app"), Ok(latest));
    }

    #[test]
    fn hosts_are_told_from_repositories() {
        for (text, host, rest) in [
            ("contoso.azurecr.io/web:1", "contoso.azurecr.io", "web:1"),
            ("contoso.azurecr.us/a/b", "contoso.azurecr.us", "a/b"),
            ("localhost:5000/app", "localhost:5000", "app"),
            ("https://contoso.azurecr.cn/app:1", "contoso.azurecr.cn", "app:1"),
            ("mcr.microsoft.com/dotnet/sdk:8.0", "mcr.microsoft.com", "dotnet/sdk:8.0"),
        ] {
            assert_eq!(Artifact::parse(text), Err(Mistake::Host { host, rest }), "{text}");
        }
    }

    #[test]
    fn what_breaks_the_grammar() {
        let zero = format!("sourceRepository@sha256:{}", "0".repeat(64));
        assert_eq!(Artifact::parse(&zero), Err(Mistake::Placeholder));
        for text in [
            "",
            "App:v1",
            "app:v1,web:v2",
            "app:*",
            "app :v1",
            "app:",
            "app:.x",
            "a___b",
            "/app",
            "app/",
            "tools@sha256:abc123",
            "tools@sha512:00",
            "app:v1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "http://x",
        ] {
            assert!(matches!(Artifact::parse(text), Err(Mistake::Malformed(_))), "{text}");
        }
    }
}
