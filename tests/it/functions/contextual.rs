//! Rows of the functions that see more than their arguments: the deployment, its resources, lambdas.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    // The deployment.
    ("copyIndex('loop')", "[copyIndex('loop')]"),
    ("copyIndex(parameters('p'))", "[copyIndex(parameters('p'))]"),
    ("deployer()", "[deployer()]"),
    ("deployment()", "[deployment()]"),
    ("deployment().name", r#""main""#),
    ("environment()", "[environment()]"),
    ("environment().suffixes.storage", "[environment().suffixes.storage]"),
    ("externalInput('sys.cli', 'x')", "[externalInput('sys.cli', 'x')]"),
    ("externalInput(parameters('p'))", "[externalInput(parameters('p'))]"),
    ("externalInputs('sys_cli_0')", "[externalInputs('sys_cli_0')]"),
    ("externalInputs(parameters('p'))", "[externalInputs(parameters('p'))]"),
    ("fail('no')", "[fail('no')]"),
    ("fail(parameters('p'))", "[fail(parameters('p'))]"),
    ("getSecret('s', 'g', 'v')", "[getSecret('s', 'g', 'v')]"),
    ("getSecret(parameters('p'), 'x')", "[getSecret(parameters('p'), 'x')]"),
    ("newGuid()", "[newGuid()]"),
    ("parameters('d')", r#""given""#),
    ("parameters('D')", r#""given""#),
    ("parameters('nope')", "[parameters('nope')]"),
    ("parameters('p')", "[parameters('p')]"),
    ("parameters(concat('', 'd'))", r#""given""#),
    ("variables('v')", r#""held""#),
    ("variables('loop')", "[10,11,12]"),
    ("variables('loop')[1]", "11"),
    ("variables(parameters('p'))", "[variables(parameters('p'))]"),
    // Scopes.
    ("managementGroup()", "[managementGroup()]"),
    ("managementGroup(parameters('p'))", "[managementGroup(parameters('p'))]"),
    ("resourceGroup().name", r#""rg""#),
    ("resourceGroup().location", r#""westeurope""#),
    ("resourceGroup().id", r#""/subscriptions/s1/resourceGroups/rg""#),
    ("resourceGroup(parameters('p'))", "[resourceGroup(parameters('p'))]"),
    ("subscription().subscriptionId", r#""s1""#),
    ("subscription(parameters('p'))", "[subscription(parameters('p'))]"),
    ("target('full')", "[target('full')]"),
    ("target(parameters('p'))", "[target(parameters('p'))]"),
    ("tenant()", "[tenant()]"),
    // Resources.
    (
        "extensionResourceId('/subscriptions/s1/resourceGroups/rg', 'Microsoft.Authorization/locks', 'l')",
        r#""/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Authorization/locks/l""#,
    ),
    ("extensionResourceId()", "[extensionResourceId()]"),
    (
        "extensionResourceId(parameters('p'), 'Microsoft.Authorization/locks', 'l')",
        "[extensionResourceId(parameters('p'), 'Microsoft.Authorization/locks', 'l')]",
    ),
    ("listKeys('x', '2023-01-01').keys[0].value", "[listKeys('x', '2023-01-01').keys[0].value]"),
    ("list('x', '2023-01-01')", "[list('x', '2023-01-01')]"),
    (
        "managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', 'p')",
        r#""/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/p""#,
    ),
    (
        "managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', parameters('p'))",
        "[managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', parameters('p'))]",
    ),
    (
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')",
        "[pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')]",
    ),
    (
        "pickZones('Microsoft.Compute', 'virtualMachines', parameters('p'))",
        "[pickZones('Microsoft.Compute', 'virtualMachines', parameters('p'))]",
    ),
    ("providers('Microsoft.Web', 'sites')", "[providers('Microsoft.Web', 'sites')]"),
    ("providers(parameters('p'))", "[providers(parameters('p'))]"),
    (
        "reference('st').primaryEndpoints",
        "[reference('/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data', '2023-01-01').primaryEndpoints]",
    ),
    ("reference(parameters('p'), '2023-01-01')", "[reference(parameters('p'), '2023-01-01')]"),
    (
        "references('many')[1]",
        "[reference('/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data1', '2023-01-01')]",
    ),
    (
        "references('full')[0]",
        "[reference('/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/full0', '2023-01-01')]",
    ),
    (
        "references('full', 'Full')[0]",
        "[reference('/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/full0', '2023-01-01', 'full')]",
    ),
    ("references(parameters('p'))", "[references(parameters('p'))]"),
    (
        "resourceId('Microsoft.Storage/storageAccounts', 'data')",
        r#""/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data""#,
    ),
    (
        "resourceId('other', 'Microsoft.Web/sites/config', 'a', 'b')",
        r#""/subscriptions/s1/resourceGroups/other/providers/Microsoft.Web/sites/a/config/b""#,
    ),
    (
        "resourceId('Microsoft.Storage/storageAccounts', parameters('p'))",
        "[resourceId('s1', 'rg', 'Microsoft.Storage/storageAccounts', parameters('p'))]",
    ),
    ("resourceInfo('st').name", r#""data""#),
    ("resourceInfo(parameters('p'))", "[resourceInfo(parameters('p'))]"),
    (
        "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
        r#""/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r""#,
    ),
    (
        "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', parameters('p'))",
        "[subscriptionResourceId('s1', 'Microsoft.Authorization/roleDefinitions', parameters('p'))]",
    ),
    (
        "tenantResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
        r#""/providers/Microsoft.Authorization/roleDefinitions/r""#,
    ),
    (
        "tenantResourceId('Microsoft.Authorization/roleDefinitions', parameters('p'))",
        "[tenantResourceId('Microsoft.Authorization/roleDefinitions', parameters('p'))]",
    ),
    ("toLogicalZone('s', 'westus2', 'z')", "[toLogicalZone('s', 'westus2', 'z')]"),
    ("toLogicalZone('s', 'westus2', parameters('p'))", "[toLogicalZone('s', 'westus2', parameters('p'))]"),
    ("toLogicalZones('s', 'westus2', createArray('z'))", "[toLogicalZones('s', 'westus2', createArray('z'))]"),
    ("toLogicalZones('s', 'westus2', parameters('a'))", "[toLogicalZones('s', 'westus2', parameters('a'))]"),
    ("toPhysicalZone('s', 'westus2', '1')", "[toPhysicalZone('s', 'westus2', '1')]"),
    ("toPhysicalZone('s', 'westus2', parameters('p'))", "[toPhysicalZone('s', 'westus2', parameters('p'))]"),
    ("toPhysicalZones('s', 'westus2', createArray('1'))", "[toPhysicalZones('s', 'westus2', createArray('1'))]"),
    ("toPhysicalZones('s', 'westus2', parameters('a'))", "[toPhysicalZones('s', 'westus2', parameters('a'))]"),
    // Lambdas.
    ("filter(createArray(1, 2), lambda('i', less(lambdaVariables('i'), 2)))", "[1]"),
    ("filter(createArray('a', 'b', 'c'), lambda('x', 'i', equals(lambdaVariables('i'), 1)))", r#"["b"]"#),
    (
        "filter(parameters('a'), lambda('i', equals(lambdaVariables('i'), add(1, 1))))",
        "[filter(parameters('a'), lambda('i', equals(lambdaVariables('i'), 2)))]",
    ),
    (
        "groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))",
        r#"{"f":["foo"],"b":["bar","baz"]}"#,
    ),
    (
        "groupBy(parameters('a'), lambda('x', lambdaVariables('x')))",
        "[groupBy(parameters('a'), lambda('x', lambdaVariables('x')))]",
    ),
    ("lambda('x', lambdaVariables('x'))", "[lambda('x', lambdaVariables('x'))]"),
    ("lambda('x', parameters('p'))", "[lambda('x', parameters('p'))]"),
    ("lambdaVariables('x')", "[lambdaVariables('x')]"),
    ("lambdaVariables(parameters('p'))", "[lambdaVariables(parameters('p'))]"),
    ("map(range(0, 3), lambda('i', format('Hi {0}!', lambdaVariables('i'))))", r#"["Hi 0!","Hi 1!","Hi 2!"]"#),
    (
        "map(createArray('a', 'b'), lambda('x', 'i', concat(lambdaVariables('x'), lambdaVariables('i'))))",
        r#"["a0","b1"]"#,
    ),
    (
        "map(createArray(1, parameters('n')), lambda('i', add(lambdaVariables('i'), 1)))",
        r#"[2,"[add(parameters('n'), 1)]"]"#,
    ),
    (
        "map(parameters('a'), lambda('i', lambdaVariables('i')))",
        "[map(parameters('a'), lambda('i', lambdaVariables('i')))]",
    ),
    (
        "mapValues(createObject('foo', 'fooval', 'bar', 'barval'), lambda('v', toUpper(lambdaVariables('v'))))",
        r#"{"foo":"FOOVAL","bar":"BARVAL"}"#,
    ),
    (
        "mapValues(parameters('o'), lambda('v', lambdaVariables('v')))",
        "[mapValues(parameters('o'), lambda('v', lambdaVariables('v')))]",
    ),
    (
        "reduce(createArray('a', 'b', 'c'), '', lambda('a', 'b', format('{0}-{1}', lambdaVariables('a'), lambdaVariables('b'))))",
        r#""-a-b-c""#,
    ),
    (
        "reduce(parameters('a'), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))",
        "[reduce(parameters('a'), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))]",
    ),
    (
        "sort(createArray('c', 'd', 'a'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
        r#"["a","c","d"]"#,
    ),
    (
        "sort(createArray(3, 1, 2, 1), lambda('a', 'b', lessOrEquals(lambdaVariables('a'), lambdaVariables('b'))))",
        "[1,1,2,3]",
    ),
    (
        "sort(createArray(parameters('n'), 1), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
        "[sort(createArray(parameters('n'), 1), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]",
    ),
    (
        "toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', concat('Hi ', lambdaVariables('x'))))",
        r#"{"a":"Hi a","b":"Hi b"}"#,
    ),
    ("toObject(createArray('a'), lambda('x', lambdaVariables('x')))", r#"{"a":"a"}"#),
    (
        "toObject(parameters('a'), lambda('x', lambdaVariables('x')))",
        "[toObject(parameters('a'), lambda('x', lambdaVariables('x')))]",
    ),
];
