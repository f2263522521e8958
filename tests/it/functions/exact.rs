//! Values as the deployment engine was seen to compute them, where the reference says nothing or something else.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    ("extensions('cluster').config", "[extensions('cluster').config]"),
    ("extensions(parameters('p'))", "[extensions(parameters('p'))]"),
    (
        "roleDefinitions('key vault SECRETS user')",
        r#"{"id":"/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6","roleDefinitionId":"4633458b-17de-408a-b874-0445c86b69e6"}"#,
    ),
    ("roleDefinitions('Our Own').id", "[roleDefinitions('Our Own').id]"),
    ("roleDefinitions(parameters('p'))", "[roleDefinitions(parameters('p'))]"),
    // The order of text by culture.
    ("less('Z', 'a')", "false"),
    ("less('x-1', 'x_1')", "false"),
    ("greaterOrEquals('10', '9')", "false"),
    ("less('strand', 'straße')", "true"),
    ("less('\u{4e00}', '\u{4e01}')", "[less('\u{4e00}', '\u{4e01}')]"),
    (
        "sort(createArray('b', '_', 'B', '2', 'a'), lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y'))))",
        r#"["_","2","a","b","B"]"#,
    ),
    // Keys: told apart by case, looked up without, listed in capitals.
    ("length(createObject('k', 1, 'K', 2))", "2"),
    ("createObject('k', 1, 'K', 2).K", "2"),
    ("createObject('key', 1).KEY", "1"),
    ("createObject('k', 1, 'k', 2)", "[createObject('k', 1, 'k', 2)]"),
    ("objectKeys(createObject('_x', 1, 'b', 2, 'A', 3))", r#"["A","b","_x"]"#),
    ("items(createObject('n', 1, 'M', 2))", r#"[{"key":"M","value":2},{"key":"n","value":1}]"#),
    ("json('{\"q\": 1, \"Q\": 2}')", r#"{"q":1,"Q":2}"#),
    ("union(createObject('q', 1, 'r', 0), createObject('Q', 2))", r#"{"Q":2,"r":0}"#),
    ("union(createObject('q', 1), createObject('q', null(), 's', null()))", r#"{"q":1,"s":null}"#),
    ("union(createObject('q', null()), createObject('q', 3))", r#"{"q":3}"#),
    (
        "union(createObject('q', createObject()), createObject('q', 's'))",
        "[union(createObject('q', createObject()), createObject('q', 's'))]",
    ),
    ("intersection(createObject('q', 1), createObject('Q', 1))", "{}"),
    ("equals(2, json('2.0'))", "false"),
    // Keys that nobody knows.
    ("string(createObject(parameters('p'), 1))", "[string(createObject(parameters('p'), 1))]"),
    ("contains(createObject(parameters('p'), 1), 'x')", "[contains(createObject(parameters('p'), 1), 'x')]"),
    ("contains(createObject(concat('n-', parameters('p')), 1), 'x')", "false"),
    ("contains(createObject('left', 1), concat('r', parameters('p')))", "false"),
    ("tryGet(createObject('left', 1), concat('r', parameters('p')))", "null"),
    ("tryGet(createObject('left', 1), parameters('p'))", "[tryGet(createObject('left', 1), parameters('p'))]"),
    ("length(createObject(parameters('p'), 1))", "1"),
    ("objectKeys(createObject(parameters('p'), 1))", r#"["[parameters('p')]"]"#),
    (
        "union(createObject(), createObject(concat('n-', parameters('p')), createObject()), createObject('x', 1))",
        r#"{"[concat('n-', parameters('p'))]":{},"x":1}"#,
    ),
    (
        "union(createObject('x', 1), createObject(parameters('p'), 2))",
        "[union(createObject('x', 1), createObject(parameters('p'), 2))]",
    ),
    (
        "toObject(createArray('u'), lambda('i', concat(lambdaVariables('i'), parameters('p'))), lambda('i', 1))",
        r#"{"[concat('u', parameters('p'))]":1}"#,
    ),
    // What is never empty, or never null.
    ("empty(resourceId('Contoso.A/as', parameters('p')))", "false"),
    ("equals(concat('x', parameters('p')), '')", "false"),
    ("equals(guid(parameters('p')), null())", "false"),
    ("coalesce(uniqueString(parameters('p')), 'x')", "[uniqueString(parameters('p'))]"),
    ("coalesce(trim(parameters('p')), 'x')", "[trim(parameters('p'))]"),
    ("coalesce(tryGet(parameters('o'), 'a'), 'x')", "[coalesce(tryGet(parameters('o'), 'a'), 'x')]"),
    ("empty(trim(parameters('p')))", "[empty(trim(parameters('p')))]"),
    ("coalesce()", "null"),
    ("concat()", r#""""#),
    // Texts.
    ("and('true', true())", "[and('true', true())]"),
    ("or(false(), 0)", "[or(0)]"),
    ("format('{0}', createArray(1, 'it''s', null()))", r#""[1,'it\\'s',null]""#),
    ("format('{0}', createObject('k', createArray(true())))", r#""{'k':[true]}""#),
    ("toUpper('maßstab ı')", r#""MAßSTAB ı""#),
    ("toLower('İĀ')", r#""İā""#),
    ("toLower(concat('NAME-', parameters('p')))", "[format('name-{0}', toLower(parameters('p')))]"),
    ("lastIndexOf('word', '')", "3"),
    ("string(json('2.5'))", "[string(json('2.5'))]"),
    ("contains('a1', 1)", "[contains('a1', 1)]"),
    ("guid('a', 1)", "[guid('a', 1)]"),
    ("first('\u{1f600}')", "[first('\u{1f600}')]"),
    ("dataUri(createObject('k', 1))", r#""data:application/json;charset=utf-8;base64,eyJrIjoxfQ==""#),
    ("base64ToString(base64(concat('a', parameters('p'))))", "[concat('a', parameters('p'))]"),
    // JSON as leniently as it is read.
    ("json('/* note */ [1] // end')", "[1]"),
    ("json('0x1F')", "31"),
    ("json('Infinity')", r#""Infinity""#),
    (
        "json(concat('{\"name\": \"', parameters('p'), '-a\", \"size\": ', parameters('n'), '}'))",
        r#"{"name":"[format('{0}-a', parameters('p'))]","size":"[json(parameters('n'))]"}"#,
    ),
    ("json(concat('[1, ', parameters('p'))) ", "[json(concat('[1, ', parameters('p')))]"),
    // Times keep their offset.
    ("dateTimeAdd('2026-05-01T08:00:00+03:00', 'PT30M')", r#""2026-05-01T08:30:00Z""#),
    ("dateTimeAdd('2026-05-01T08:00:00+03:00', 'PT30M', 'yyyyMMdd HH:mm zzz')", r#""20260501 08:30 +03:00""#),
    ("dateTimeAdd('2026-05-01T01:00:00+03:00', 'PT30M', 'u')", r#""2026-04-30 22:30:00Z""#),
    ("dateTimeAdd('05/31/2026', 'P1D', 'o')", r#""2026-06-01T00:00:00.0000000+00:00""#),
    ("dateTimeFromEpoch('60')", r#""1970-01-01T00:01:00Z""#),
    // URIs are written in one way.
    ("uri('HTTPS://Contoso.net:443', 'a b')", r#""https://contoso.net/a%20b""#),
    ("parseUri('https://contoso.net:443/')", r#"{"scheme":"https","host":"contoso.net","port":null}"#),
    (
        "groupBy(createArray(createObject('t', 'x', 'n', 1), createObject('t', 'X', 'n', 2)), lambda('i', lambdaVariables('i').t), lambda('i', lambdaVariables('i').n))",
        r#"{"x":[1,2]}"#,
    ),
];
