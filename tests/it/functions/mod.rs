//! What every function of the template language makes of known and of unknown arguments, seen through a whole template.
//!
//! A row is an expression and its value: JSON where it is known, `[expression]` where it is not. The values come from
//! Microsoft's function reference and from what the official compiler made of the same calls.

mod collections;
mod contextual;
mod exact;
mod official;
mod strings;
mod values;

use std::collections::HashMap;

use plimsoll::evaluate::budget::Budget;
use plimsoll::evaluate::functions::{Arguments, Stop, lookup};
use plimsoll::evaluate::term::expression;
use plimsoll::evaluate::value::{Kind, Part, Text, Value};
use plimsoll::evaluate::{Context, DeploymentId, Evaluator, Inputs, function_names, signature};
use plimsoll::source::FileId;
use plimsoll::syntax::json;
use plimsoll::template::lower_template;
use serde_json::{Value as Json, json};

/// An expression without its brackets, and what it evaluates to.
type Row = (&'static str, &'static str);

/// Parameters that nothing gives a value to.
const UNKNOWN: [&str; 5] =
    ["parameters('p')", "parameters('n')", "parameters('b')", "parameters('a')", "parameters('o')"];

fn rows() -> impl Iterator<Item = Row> {
    let tables = [collections::ROWS, contextual::ROWS, exact::ROWS, strings::ROWS, values::ROWS];
    tables.into_iter().flatten().copied()
}

/// The template that the expressions are part of.
fn template(expression: &str) -> String {
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "languageVersion": "2.0",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "p": {"type": "string"},
            "n": {"type": "int"},
            "b": {"type": "bool"},
            "a": {"type": "array"},
            "o": {"type": "object"},
            "d": {"type": "string", "defaultValue": "given"}
        },
        "variables": {
            "v": "held",
            "copy": [{"name": "loop", "count": 3, "input": "[copyIndex('loop', 10)]"}]
        },
        "resources": {
            "st": {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "data"},
            "many": {
                "copy": {"name": "many", "count": 2},
                "type": "Microsoft.Storage/storageAccounts",
                "apiVersion": "2023-01-01",
                "name": "[format('data{0}', copyIndex())]"
            },
            "full": {
                "copy": {"name": "full", "count": 1},
                "type": "Microsoft.Storage/storageAccounts",
                "apiVersion": "2023-01-01",
                "name": "[format('full{0}', copyIndex())]"
            }
        },
        "outputs": {"it": {"type": "object", "value": format!("[{expression}]")}}
    });
    template.to_string()
}

/// Asks `question` of the value of `expression`.
fn evaluated<T>(expression: &str, question: impl FnOnce(&Value) -> T) -> T {
    let text = template(expression);
    let (document, errors) = json::parse(FileId(0), &text);
    assert!(errors.is_empty(), "{text}");
    let template = lower_template(FileId(0), document.root(&text).unwrap());
    assert!(template.errors.is_empty(), "{expression}: {:?}", template.errors);
    let context = Context {
        now: Some("2026-11-23T10:00:00Z".parse().unwrap()),
        subscription_id: Some("s1".to_owned()),
        resource_group: Some("rg".to_owned()),
        location: Some("westeurope".to_owned()),
        deployment_name: Some("main".to_owned()),
        settled: true,
        ..Context::unknown()
    };
    let inputs = Inputs {
        template: &template,
        parameter_files: &[],
        overrides: None,
        links: &HashMap::new(),
        context: &context,
    };
    let mut evaluator = Evaluator::new(inputs);
    let index = evaluator.template().output("it").unwrap();
    let value = evaluator.output(DeploymentId::ROOT, index).unwrap();
    question(&value)
}

/// A value as the tables write it.
fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Unknown(_) => format!("[{}]", expression(value)),
        _ => json(value).to_string(),
    }
}

fn json(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(it) => (*it).into(),
        Kind::Integer(it) => (*it).into(),
        Kind::Float(it) => (*it).into(),
        Kind::String(text) => text.value.to_string().into(),
        Kind::Array(items) => items.iter().map(json).collect(),
        Kind::Object(object) => object.iter().map(|(key, member)| (key.to_string(), json(&member.value))).collect(),
        Kind::Unknown(_) | Kind::Undecidable(_) => show(value).into(),
    }
}

#[test]
fn every_row_holds() {
    let mut wrong = Vec::new();
    for (expression, expected) in rows() {
        let found = evaluated(expression, show);
        if found != expected {
            wrong.push(format!("{expression}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_function_has_a_row_with_known_and_one_with_unknown_arguments() {
    let mut missing = Vec::new();
    for name in function_names() {
        let call = format!("{name}(");
        let of_function: Vec<&str> = rows().map(|(row, _)| row).filter(|row| row.starts_with(&call)).collect();
        let is_open = |row: &&&str| UNKNOWN.iter().any(|unknown| row.contains(unknown));
        if of_function.iter().all(|row| is_open(&row)) {
            missing.push(format!("{name} with known arguments"));
        }
        let takes_any = signature(name).is_some_and(|(_, _, most)| most > 0);
        if takes_any && !of_function.iter().any(|row| is_open(&row)) {
            missing.push(format!("{name} with unknown arguments"));
        }
    }
    assert!(missing.is_empty(), "no row: {}", missing.join(", "));
}

#[test]
fn no_function_panics_whatever_it_is_given() {
    let samples = || {
        vec![
            Value::null(),
            Value::from(true),
            Value::from(-1),
            Value::from(i64::MAX),
            Value::from(i64::MIN),
            Value::from(2.5),
            Value::from(""),
            Value::from("é\u{1f600}/{0:D}*"),
            Value::from("10.0.0.0/8"),
            Value::from(Vec::new()),
            Value::from(vec![Value::null(), Value::from("a"), Value::from(vec![Value::from(1)])]),
            Value::object([("k", Value::from(1))].into_iter().collect()),
        ]
    };
    for name in function_names() {
        let Some(function) = lookup(name) else { continue };
        for count in 0..=4 {
            // Every combination of the first two arguments; the others are as the second.
            for first in samples() {
                for second in samples() {
                    let mut values = vec![first.clone()];
                    values.resize(4, second);
                    values.truncate(count);
                    // Only that it comes back matters here.
                    let _ = (function.apply)(&Arguments::new(function.name, &values, &Budget::default()));
                }
            }
        }
    }
}

/// What a function says that fails the deployment.
fn failure(name: &str, values: &[Value]) -> String {
    let function = lookup(name).unwrap();
    match (function.apply)(&Arguments::new(function.name, values, &Budget::default())) {
        Err(Stop::Invalid { message, .. }) => message,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn what_fails_the_deployment_says_why() {
    let text = |text: &str| Value::from(text);
    let cases = [
        (failure("div", &[1.into(), 0.into()]), "`div`: division by zero"),
        (failure("add", &[i64::MAX.into(), 1.into()]), "`add`: the result is not an integer of 64 bits"),
        (failure("add", &[text("1"), 1.into()]), "argument 1 of `add` must be an integer, not a string"),
        (
            failure("substring", &[text("abc"), 2.into(), 2.into()]),
            "`substring`: the start and the length reach behind the end of the string",
        ),
        (failure("range", &[0.into(), 10_001.into()]), "`range`: the count must be from 0 to 10000"),
        (failure("json", &[text("{")]), "`json`: the string is not JSON"),
        (failure("int", &[text("x")]), "`int`: the string is not an integer"),
        (
            failure("format", &[text("{1}"), text("a")]),
            "`format`: the format string refers to an argument that is not given",
        ),
        (failure("base64ToString", &[text("?")]), "`base64ToString`: the string is not base64"),
        (
            failure("dateTimeAdd", &[text("2026-01-01"), text("1d")]),
            "`dateTimeAdd`: the duration is not of the form `P1DT12H`",
        ),
        (failure("parseCidr", &[text("10.0.0.0/33")]), "`parseCidr`: the range is not in CIDR notation"),
        (failure("createObject", &[text("k")]), "`createObject`: the last key has no value"),
        (failure("indexFromEnd", &[vec![].into(), 1.into()]), "`indexFromEnd`: the array has no such element"),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

/// The parts of a composed string: each stretch, and the value that it came from.
fn parts(value: &Value) -> Vec<(String, String)> {
    let Kind::String(Text { value: text, parts: Some(parts) }) = &value.kind else { panic!("{value:?}") };
    let mut start = 0;
    let mut stretch = |part: &Part| {
        let stretch = text[start..part.end].to_owned();
        start = part.end;
        (stretch, show(&part.value))
    };
    let parts = parts.iter().map(&mut stretch).collect();
    assert_eq!(start, text.len(), "the parts cover the string");
    parts
}

#[test]
fn a_composed_string_knows_its_parts() {
    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("concat('a', parameters('d'), 1)", &[("a", "\"a\""), ("given", "\"given\""), ("1", "1")]),
        (
            "format('{0}-{{x}}{1:D2}', variables('v'), 7)",
            &[("held", "\"held\""), ("-{x}", "\"{0}-{{x}}{1:D2}\""), ("07", "7")],
        ),
        ("join(createArray('a', 'b'), '/')", &[("a", "\"a\""), ("/", "\"/\""), ("b", "\"b\"")]),
        ("uri('https://h/x/y', 'z?q')", &[("https://h/x/", "\"https://h/x/y\""), ("z?q", "\"z?q\"")]),
    ];
    for (expression, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(evaluated(expression, parts), expected, "{expression}");
    }
}

#[test]
fn a_part_is_written_where_its_value_is() {
    let text = template("concat('a', 'b')");
    let spans = evaluated("concat('a', 'b')", |value| match &value.kind {
        Kind::String(Text { parts: Some(parts), .. }) => parts.iter().map(|part| part.value.origin.span).collect(),
        _ => Vec::new(),
    });
    let written: Vec<&str> = spans.into_iter().map(|span| &text[span.unwrap().range()]).collect();
    assert_eq!(written, ["'a'", "'b'"]);
}

#[test]
fn what_differs_between_deployments_is_known_to_do_so() {
    use plimsoll::evaluate::varies;
    for (expression, expected) in [
        ("concat('a', utcNow())", true),
        ("toUpper(format('{0}', utcNow('s')))", true),
        ("split(utcNow('u'), ' ')[0]", true),
        ("uniqueString(newGuid())", true),
        ("toLower(parameters('p'))", false),
        ("split('a b', ' ')[0]", false),
    ] {
        assert_eq!(evaluated(expression, varies), expected, "{expression}");
    }
}

#[test]
fn a_string_that_nothing_changes_is_still_written_where_it_was() {
    for expression in ["concat('', variables('v'))", "format('{0}', variables('v'))", "toLower(trim(variables('v')))"] {
        let text = template(expression);
        let span = evaluated(expression, |value| value.origin.span);
        assert_eq!(&text[span.unwrap().range()], "\"held\"", "{expression}");
    }
}

#[test]
fn what_would_be_too_big_stays_an_expression() {
    for (expression, expected) in [
        ("padLeft('x', 2000000000)", "[padLeft('x', 2000000000)]"),
        ("format('{0,2000000}', 'x')", "[format('{0,2000000}', 'x')]"),
    ] {
        assert_eq!(evaluated(expression, show), expected);
    }
    let grown = "replace(padLeft('', 1000000), ' ', '1234567890')";
    assert!(evaluated(grown, Value::is_unknown));
    assert!(evaluated("concat(padLeft('', 1000000), padLeft('', 1000000))", Value::is_unknown));
    assert!(evaluated("base64(padLeft('', 1000000))", Value::is_unknown));
}

#[test]
fn values_that_double_again_and_again_come_to_an_end() {
    let twice = |inner: String| format!("createArray({inner}, {inner})");
    let lambda = format!("lambda('a', 'b', {})", twice("lambdaVariables('a')".to_owned()));
    for start in ["'x'", "parameters('p')"] {
        let grown = format!("reduce(range(0, 40), {start}, {lambda})");
        assert!(evaluated(&format!("string({grown})"), Value::is_unknown));
        assert!(!evaluated(&format!("contains({grown}, {grown})"), |value| value.as_bool() == Some(true)));
    }
}
