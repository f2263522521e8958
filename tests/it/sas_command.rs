//! `plimsoll sas`: tokens of the three kinds, sound and with each field wrong in turn. No output shows a signature.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::command::Ran;

/// Made for the tests: no key of any account made it.
fn signature() -> String {
    ["q7RtZ0vXc2LpWm4NsYb9", "KdHf3GjUe8TiOaQx1PzCwEk"].concat()
}

const ACCOUNT: &str = "sv=2022-11-02&ss=b&srt=sco&sp=rwdlac&se=2027-06-01T00:00:00Z&st=2026-11-01T00:00:00Z\
                       &spr=https&sig=SIG%3D";
const SERVICE: &str =
    "sp=racwdl&st=2026-11-01T00:00:00Z&se=2027-06-01T00:00:00Z&spr=https&sv=2022-11-02&sr=c&sig=SIG%3D";
const USER: &str = "sp=racwdl&st=2026-11-20T00:00:00Z&se=2026-11-27T00:00:00Z&skoid=8c1a0b3e-0000-4000-8000-5d7f0c9b2a11\
                    &sktid=8c1a0b3e-0000-4000-8000-5d7f0c9b2a12&skt=2026-11-20T00:00:00Z&ske=2026-11-27T00:00:00Z&sks=b\
                    &skv=2022-11-02&spr=https&sv=2022-11-02&sr=c&sig=SIG%3D";

const EXPORT: &[&str] = &["--for", "export"];
const IMPORT: &[&str] = &["--for", "import"];
const TRIGGER: &[&str] = &["--for", "import", "--trigger"];
const DELETE: &[&str] = &["--for", "import", "--trigger", "--delete-source"];

/// Runs the command over a text in which `SIG` stands for the signature.
fn run(text: &str, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.env_remove("SOURCE_DATE_EPOCH").args(["sas", "--now", crate::examples::NOW]).args(arguments);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // Who refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(text.replace("SIG", &signature()).as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
    for part in [&signature()[..10], &signature()[20..30]] {
        assert!(!ran.stdout.contains(part) && !ran.stderr.contains(part), "the signature is shown by {arguments:?}");
    }
    ran
}

/// What is found in a text, as `severity rule` without the common prefix, and how the run ends.
fn found(text: &str, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let shown = run(text, arguments);
    let ran = run(text, &[arguments, &["--format", "json"]].concat());
    assert_eq!(shown.code, ran.code, "{shown:?}");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let findings = report["diagnostics"].as_array().unwrap_or_else(|| panic!("{report}")).iter();
    let listed = findings.map(|finding| {
        let (severity, rule) = (finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap());
        assert!(shown.stdout.contains(&format!("{severity}[{rule}]")), "{}", shown.stdout);
        format!("{severity} {}", rule.strip_prefix("acr-transfer-sas-").unwrap())
    });
    let mut listed: Vec<String> = listed.collect();
    listed.sort();
    (listed, ran.code)
}

/// A change of a token, the pipeline, and what is found after it, apart from what is said about the kind.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// Checks the cases, and says how many there were.
fn assert_cases(token: &str, kind: &[&str], cases: &[Case]) -> usize {
    for (from, to, arguments, expected) in cases {
        let text = token.replace(from, to);
        assert!(from.is_empty() || text != token, "`{from}` is not in the token");
        let (listed, code) = found(&text, arguments);
        let mut wanted: Vec<&str> = expected.iter().chain(kind).copied().collect();
        wanted.sort_unstable();
        assert_eq!(listed, wanted, "`{from}` became `{to}`, {arguments:?}");
        let fails = expected.iter().any(|finding| finding.starts_with("error"));
        assert_eq!(code, Some(i32::from(fails)), "`{from}` became `{to}`");
    }
    cases.len()
}

/// What can be wrong with a token of each kind.
const COMMON: &[Case] = &[
    ("", "", EXPORT, &[]),
    ("", "", IMPORT, &[]),
    ("", "", DELETE, &[]),
    ("se=2027-06-01T00:00:00Z", "se=2026-11-22T00:00:00Z", EXPORT, &["error expired"]),
    ("se=2027-06-01T00:00:00Z", "se=2026-11-22", EXPORT, &["error expired"]),
    ("se=2027-06-01T00:00:00Z", "se=2026-12-01T00%3A00%3A00Z", EXPORT, &["warning expires-soon"]),
    ("se=2027-06-01T00:00:00Z", "se=2026-10-01T00:00:00Z", EXPORT, &["error expired"]),
    ("se=2027-06-01T00:00:00Z", "se=01/06/2027", EXPORT, &["error malformed"]),
    ("&se=2027-06-01T00:00:00Z", "", EXPORT, &["error malformed"]),
    ("st=2026-11-01T00:00:00Z", "st=2026-12-24T00:00:00Z", EXPORT, &["error not-yet-valid"]),
    ("st=2026-11-01T00:00:00Z", "st=2026-11-23T00:05:00Z", EXPORT, &["warning not-yet-valid"]),
    ("st=2026-11-01T00:00:00Z", "st=2027-06-02T00:00:00Z", EXPORT, &["error not-yet-valid"]),
    ("st=2026-11-01T00:00:00Z", "st=soon", EXPORT, &["error malformed"]),
    ("&spr=https", "", EXPORT, &["warning https-only"]),
    ("spr=https", "spr=https,http", IMPORT, &["warning https-only"]),
    ("spr=https", "spr=https&sip=10.0.0.1", EXPORT, &["warning ip-range"]),
    ("spr=https", "spr=https&sip=10.0.0.1-10.0.0.9", IMPORT, &["warning ip-range"]),
    ("&sig=SIG%3D", "", EXPORT, &["error malformed"]),
    ("&", "&amp;", EXPORT, &["error malformed"]),
    ("%3D", "%253D", EXPORT, &["warning malformed"]),
    ("SIG", "SIG\nSIG", EXPORT, &["error malformed"]),
];

#[test]
fn each_field_of_a_token_of_each_kind_can_be_wrong() {
    let mut count = assert_cases(ACCOUNT, &[], COMMON);
    count += assert_cases(
        ACCOUNT,
        &[],
        &[
            ("ss=b", "ss=bfqt", EXPORT, &[]),
            ("ss=b", "ss=q", EXPORT, &["error services"]),
            ("&ss=b", "", EXPORT, &["error malformed"]),
            ("srt=sco", "srt=co", EXPORT, &["warning resource-types"]),
            ("srt=sco", "srt=so", EXPORT, &["error resource-types"]),
            ("srt=sco", "srt=s", IMPORT, &["error resource-types"]),
            ("&srt=sco", "", EXPORT, &["error malformed"]),
            ("&ss=b&srt=sco", "", EXPORT, &["error malformed"]),
            ("sp=rwdlac", "sp=rl", IMPORT, &[]),
            ("sp=rwdlac", "sp=lr", TRIGGER, &[]),
            ("sp=rwdlac", "sp=rl", EXPORT, &["error permissions"]),
            ("sp=rwdlac", "sp=rwl", EXPORT, &["error permissions"]),
            ("sp=rwdlac", "sp=r", TRIGGER, &["error permissions"]),
            ("sp=rwdlac", "sp=rl", DELETE, &["error permissions"]),
            ("&sp=rwdlac", "", EXPORT, &["error malformed"]),
        ],
    );
    // Nothing is said about the kind of a service SAS by default.
    count += assert_cases(SERVICE, &[], COMMON);
    let resource: &[Case] = &[
        ("sr=c", "sr=b", EXPORT, &["error resource"]),
        ("sr=c", "sr=d", IMPORT, &["error resource"]),
        ("sr=c", "sr=bs", IMPORT, &["error resource"]),
        ("sp=racwdl", "sp=rl", IMPORT, &[]),
        ("sp=racwdl", "sp=rl", DELETE, &["error permissions"]),
        ("sp=racwdl", "sp=rcwdl", EXPORT, &["error permissions"]),
        ("sp=racwdl", "sp=rwdlac", EXPORT, &["error permission-order"]),
        ("sp=racwdl", "sp=lr", EXPORT, &["error permission-order", "error permissions"]),
        ("sp=racwdl", "sp=rll", TRIGGER, &["error permission-order"]),
        ("sp=racwdl", "si=transfer", EXPORT, &["info stored-policy"]),
        ("sp=racwdl&", "", EXPORT, &["error malformed"]),
    ];
    count += assert_cases(SERVICE, &[], resource);
    count += assert_cases(SERVICE, &[], &[("&sr=c", "", EXPORT, &["error malformed"])]);
    let user = &["warning user-delegation"];
    count += assert_cases(USER, user, resource);
    count += assert_cases(
        USER,
        user,
        &[
            ("", "", EXPORT, &[]),
            ("se=2026-11-27", "se=2026-11-22", EXPORT, &["error expired"]),
            ("&st=2026-11-20T00:00:00Z", "&st=2026-11-24T00:00:00Z", IMPORT, &["error not-yet-valid"]),
            ("&spr=https", "", EXPORT, &["warning https-only"]),
            ("&spr=https", "&spr=https&sip=10.0.0.1", EXPORT, &["warning ip-range"]),
            ("&sig=SIG%3D", "", EXPORT, &["error malformed"]),
        ],
    );
    assert!(count >= 60, "{count}");
}

#[test]
fn what_is_around_a_token_is_not_part_of_it() {
    for text in [
        format!("?{ACCOUNT}"),
        format!("{ACCOUNT}\n"),
        format!("\u{feff}{ACCOUNT}\r\n"),
        format!("\"{ACCOUNT}\"\n"),
        format!("'?{ACCOUNT}'"),
        format!("https://contosoxfer.blob.core.windows.net/transfer?{ACCOUNT}\n"),
        format!(" \"https://contosoxfer.blob.core.windows.net/transfer/blob1?{SERVICE}\" "),
    ] {
        assert_eq!(found(&text, EXPORT), (vec![], Some(0)), "{text}");
    }
    let expired = ACCOUNT.replace("2027-06-01", "2026-10-01");
    let ran = run(&format!("\"https://contosoxfer.blob.core.windows.net/transfer?{expired}\"\n"), EXPORT);
    assert!(ran.stdout.contains("error[acr-transfer-sas-expired]: the SAS expired at 2026-10-01T00:00:00Z"), "{ran:?}");
    assert!(ran.stdout.contains("se=2026-10-01T00:00:00Z"), "{ran:?}");
}

#[test]
fn what_is_no_token_is_said_and_not_shown() {
    let key = format!("{0}{0}==", ["q7RtZ0vXc2LpWm4NsYb9KdHf3", "GjUe8TiOaQx1PzCwEk"].concat());
    for text in [&*key, "hunter2hunter2", "SIG", "{\"a\": \"SIG\"}", &format!("AccountName=a;AccountKey={key}")] {
        let (listed, code) = found(text, EXPORT);
        assert_eq!((listed, code), (vec!["error malformed".to_owned()], Some(1)), "a text that is no token");
        let ran = run(text, EXPORT);
        for secret in [&key[..12], "hunter2"] {
            assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "a secret is shown");
        }
    }
}

/// `run` fails when any of it is shown.
#[test]
fn a_signature_stays_hidden_wherever_it_stands() {
    for text in [
        "sv=2022-11-02&sr=c&sp=rl&se=2026-10-01&Sig=SIG%3D",
        "sv=2022-11-02&sr=c&sp=rl&se=2026-10-01&sig=\"SIG%3D\"",
        "sv=2022-11-02&sr=c&sp=rl&se=2026-10-01&sig = SIG",
        "sv=2022-11-02;sr=c;sp=rl;se=2026-10-01;sig=SIG",
        "sv=2022-11-02&sr=c&sp=SIG&se=2026-10-01&sig=x",
        "sv=2022-11-02&sr=c&se=SIG&sp=lr&st=SIG&sig=x",
        "sv=2022-11-02&sr=c&sp=rlSIG",
        "sv=2022-11-02&ss=b&srt=SIG&sp=rl&se=2027-10-01&SIG=sig&spr=SIG&sip=SIG&si=SIG",
        "sv%3D2022-11-02%26sp%3Drl%26sig%3DSIG",
        "https://x.blob.core.windows.net/SIG@c?sv=2022-11-02&sr=c&sp=rl&se=2026-10-01",
        "x\nSIG\ny",
    ] {
        for format in ["text", "json"] {
            for color in ["never", "always"] {
                run(text, &["--for", "import", "--delete-source", "--format", format, "--color", color]);
            }
        }
    }
}

#[test]
fn severity_and_usage_decide_the_exit_code() {
    let warned = ACCOUNT.replace("&spr=https", "");
    for (text, arguments, code) in [
        (&*warned, &["--for", "export"][..], 0),
        (&*warned, &["--for", "export", "--fail-on", "warning"][..], 1),
        ("sp=rl&sig=SIG", &["--for", "export", "--fail-on", "never"][..], 0),
        (ACCOUNT, &["--for", "export", "--trigger"][..], 2),
        (ACCOUNT, &["--for", "export", "--delete-source"][..], 2),
        (ACCOUNT, &["--for", "both"][..], 2),
        (ACCOUNT, &[][..], 2),
        (" \n", &["--for", "export"][..], 2),
        (&"x".repeat(70_000), &["--for", "export"][..], 2),
    ] {
        assert_eq!(run(text, arguments).code, Some(code), "{arguments:?}");
    }
    assert_eq!(run(ACCOUNT, &["--for", "export", "--now", "2027-07-01"]).code, Some(2), "a flag given twice");
}
