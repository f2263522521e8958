//! Places in source text.

/// Which file of a [`Sources`](super::Sources) a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
///
/// Offsets count bytes of the file's text without its byte order mark and lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "reversed span {start}..{end}");
        Self { file, start: start as u32, end: end as u32 }
    }

    /// The smallest span that covers `self` and `other`, which lie in the same file.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        debug_assert_eq!(self.file, other.file, "spans of two files");
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within `self`.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The bytes as a range, to slice text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span marks a position between two bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
