//! Circles in a graph of files.

use crate::source::Span;

/// How far the search has come with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Open,
    Done,
}

/// The circles among nodes, of each the way around it and the place of the edge that closes it. `edges` holds for each
/// node where it leads to and where that is written.
pub(super) fn find(edges: &[Vec<(usize, Span)>]) -> Vec<(Vec<usize>, Span)> {
    let mut states = vec![State::Unseen; edges.len()];
    let mut circles = Vec::new();
    for start in 0..edges.len() {
        if states[start] != State::Unseen {
            continue;
        }
        states[start] = State::Open;
        let mut path = vec![(start, edges[start].iter())];
        while let Some((node, left)) = path.last_mut() {
            let node = *node;
            match left.next() {
                None => {
                    states[node] = State::Done;
                    path.pop();
                }
                Some(&(next, span)) => match states.get(next) {
                    Some(State::Unseen) => {
                        states[next] = State::Open;
                        path.push((next, edges[next].iter()));
                    }
                    Some(State::Open) => {
                        let way = path.iter().map(|(node, _)| *node).skip_while(|node| *node != next);
                        circles.push((way.chain([next]).collect(), span));
                    }
                    Some(State::Done) | None => {}
                },
            }
        }
    }
    circles
}
