//! The functions of Bicep, compared with the official list.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plimsoll::template::{FUNCTIONS, PARAMETER_FILE_FUNCTIONS};

/// What the official list leaves out: `any()`, which stands for its argument.
const MISSING_THERE: [&str; 1] = ["any"];

#[test]
fn the_functions_of_bicep_are_the_official_ones() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut list = project.ancestors().skip(1).map(|folder| folder.join("shared/bicep-functions.tsv"));
    let Some(text) = list.find_map(|path| fs::read_to_string(path).ok()) else {
        eprintln!("skipped: the file `shared/bicep-functions.tsv` is not beside the project");
        return;
    };
    let mut official = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let most = cells.get(3).and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
        official.insert((cells[0].to_owned(), cells[1].to_owned()), (cells[2].parse::<usize>().unwrap(), most));
    }
    // As many as resource providers define.
    assert_eq!(official.remove(&("az".to_owned(), "list*".to_owned())), Some((2, 3)));
    let own: BTreeMap<_, _> = FUNCTIONS
        .iter()
        .chain(PARAMETER_FILE_FUNCTIONS.iter().filter(|(_, name, ..)| *name == "readEnvironmentVariable"))
        .filter(|(_, name, ..)| !MISSING_THERE.contains(name))
        .map(|(namespace, name, fewest, most)| (((*namespace).to_owned(), (*name).to_owned()), (*fewest, *most)))
        .collect();
    assert_eq!(own, official);
}
