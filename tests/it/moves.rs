//! What helps against a blob that the source trigger ignores, in the words of the tool that writes it.

use std::collections::BTreeMap;

use crate::examples::lint_files;

const RULES: [&str; 2] = ["acr-transfer-blob-category", "acr-transfer-blob-content-md5"];

/// The help of each finding of both rules in the file at `path`.
fn help(path: &str, text: &str) -> Vec<String> {
    let import = "az acr import-pipeline create -g rg -r contoso -n pipe01 -m ManagedIdentity \
                  -c https://contoso.blob.core.windows.net/transfer\n";
    let files: BTreeMap<String, String> =
        [("import.sh", import), (path, text)].map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let found = RULES.into_iter().flat_map(|rule| lint_files(&files, rule).diagnostics);
    found.map(|finding| finding.help.unwrap_or_default()).collect()
}

#[test]
fn an_option_is_added_where_the_tool_takes_it() {
    let url = "https://contoso.blob.core.windows.net/transfer/x";
    let pair = "--metadata category=acr-transfer-blob";
    assert_eq!(
        help("a.sh", &format!("azcopy copy ./x '{url}'")),
        [format!("add `{pair}`"), "add `--put-md5`".to_owned()]
    );
    assert_eq!(
        help("a.sh", &format!("az storage copy --source-local-path ./x --destination '{url}'")),
        [format!("add `-- {pair}` at the end"), "add `--put-md5`".to_owned()]
    );
    let task = "steps:\n- task: AzureFileCopy@6\n  inputs:\n    SourcePath: x\n    Destination: AzureBlob\n    \
                storage: contoso\n    ContainerName: transfer\n";
    assert_eq!(
        help("azure-pipelines.yml", task),
        [pair, "--put-md5"].map(|option| format!("add `{option}` to `AdditionalArgumentsForBlobCopy`"))
    );
}
