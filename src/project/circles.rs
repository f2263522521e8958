//! Circles in a graph of files.

use crate::source::Span;

/// How far the search has come with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Open,
    Done,
}

/// A node on the way from where the search started.
struct Step<'e> {
    node: usize,
    left: std::slice::Iter<'e, (usize, Span)>,
    /// The last step, here or before, whose edge is part of a circle that was found.
    used: usize,
}

/// The circles among nodes, of each the way around it and the place of the edge that closes it: of those that share an
/// edge one, which may be all that is wrong. `edges` holds for each node where it leads to and where that is written.
pub(super) fn find(edges: &[Vec<(usize, Span)>]) -> Vec<(Vec<usize>, Span)> {
    let mut states = vec![State::Unseen; edges.len()];
    // Where each open node is on the way.
    let mut places = vec![0; edges.len()];
    let mut circles = Vec::new();
    for start in 0..edges.len() {
        if states[start] != State::Unseen {
            continue;
        }
        states[start] = State::Open;
        places[start] = 0;
        let mut path = vec![Step { node: start, left: edges[start].iter(), used: 0 }];
        while let Some(Step { node, left, used }) = path.last_mut() {
            let (node, used) = (*node, *used);
            match left.next() {
                None => {
                    states[node] = State::Done;
                    path.pop();
                }
                Some(&(next, span)) => match states.get(next) {
                    Some(State::Unseen) => {
                        states[next] = State::Open;
                        places[next] = path.len();
                        path.push(Step { node: next, left: edges[next].iter(), used });
                    }
                    // The edge to the node where the circle starts is not part of it.
                    Some(State::Open) if used <= places[next] => {
                        let around = places[next];
                        circles.push((path[around..].iter().map(|step| step.node).chain([next]).collect(), span));
                        for (at, step) in path.iter_mut().enumerate().skip(around + 1) {
                            step.used = at;
                        }
                    }
                    Some(State::Open | State::Done) | None => {}
                },
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn ways(edges: &[&[usize]]) -> Vec<Vec<usize>> {
        let span = Span::new(FileId(0), 0, 0);
        let edges: Vec<Vec<_>> = edges.iter().map(|to| to.iter().map(|to| (*to, span)).collect()).collect();
        find(&edges).into_iter().map(|(way, _)| way).collect()
    }

    #[test]
    fn circles_that_share_an_edge_are_one() {
        assert_eq!(ways(&[&[1], &[2], &[0]]), [[0, 1, 2, 0]]);
        assert_eq!(ways(&[&[0]]), [[0, 0]]);
        assert_eq!(ways(&[&[1], &[0, 2], &[1]]), [[0, 1, 0], [1, 2, 1]]);
        assert_eq!(ways(&[&[1, 2], &[0, 2], &[0, 1]]), [[0, 1, 0], [1, 2, 1]]);
        assert_eq!(ways(&[&[1, 2], &[2], &[]]), Vec::<Vec<usize>>::new());
    }
}
