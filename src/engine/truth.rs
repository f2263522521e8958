//! Three-valued logic.

/// Whether something holds, and if that cannot be known, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth<W> {
    /// It holds.
    Holds,
    /// It does not hold; with what shows it.
    Fails(W),
    /// It depends on something unknown.
    Unknown(W),
}

impl<W> Truth<W> {
    /// From an answer that may be missing.
    pub fn from_answer(answer: Option<bool>, shown_by: W) -> Self {
        match answer {
            Some(true) => Self::Holds,
            Some(false) => Self::Fails(shown_by),
            None => Self::Unknown(shown_by),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negate(self, shown_by: W) -> Self {
        match self {
            Self::Holds => Self::Fails(shown_by),
            Self::Fails(_) => Self::Holds,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Whether all hold: the first that fails decides, else the first that is unknown.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Holds;
        for part in parts {
            match (part, &all) {
                (fails @ Self::Fails(_), _) => return fails,
                (unknown @ Self::Unknown(_), Self::Holds) => all = unknown,
                _ => {}
            }
        }
        all
    }

    /// Whether any holds: the first that holds decides, else the first that is unknown, else the last that fails.
    pub fn any(parts: impl IntoIterator<Item = Self>, shown_by: W) -> Self {
        let mut any = Self::Fails(shown_by);
        for part in parts {
            match (part, &any) {
                (Self::Holds, _) => return Self::Holds,
                (unknown @ Self::Unknown(_), Self::Fails(_)) => any = unknown,
                (fails @ Self::Fails(_), Self::Fails(_)) => any = fails,
                _ => {}
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, Fails, Holds, Unknown};

    #[test]
    fn what_is_known_decides_over_what_is_not() {
        assert_eq!(Truth::all([Unknown(1), Fails(2), Fails(3)]), Fails(2));
        assert_eq!(Truth::all([Holds, Unknown(1), Holds]), Unknown(1));
        assert_eq!(Truth::any([Unknown(1), Holds], 0), Holds);
        assert_eq!(Truth::any([Fails(1), Unknown(2)], 0), Unknown(2));
        assert_eq!(Truth::any([], 0), Fails(0));
        assert_eq!(Fails(1).negate(2), Holds);
    }
}
