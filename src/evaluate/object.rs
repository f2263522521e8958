//! Objects: members by key, some of which nobody may know.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::filled::is_id;
use super::pieces::{Piece, pieces};
use super::term::expression;
use super::value::{Kind, Value};
use crate::source::Span;

/// The members of an object, in the order written. Keys are told apart by case, and looked up without regard to it.
#[derive(Debug, Clone, Default)]
pub struct Object {
    members: IndexMap<Key, Member, RandomState>,
    /// Whether some keys differ in nothing but case.
    has_twins: bool,
    /// Whether some keys are not known.
    is_open: bool,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// Where the key is written; `None` when no text spells it out.
    pub key_span: Option<Span>,
    /// The value.
    pub value: Value,
}

/// The key of a member.
#[derive(Debug, Clone)]
pub struct Key {
    text: Arc<str>,
    /// The value that it was computed from, when an expression spells it.
    computed: Option<Arc<Value>>,
}

/// A key to look up as it is spelt, without the allocation.
#[derive(Debug)]
struct Exact<'a>(&'a str);

/// A key to look up without regard to ASCII case.
#[derive(Debug)]
struct Folded<'a>(&'a str);

impl Key {
    /// The key that `value` is, with the expression in brackets where it is not known; `None` for what is no string.
    pub fn new(value: &Value) -> Option<Self> {
        let text = match &value.kind {
            Kind::String(text) => Arc::clone(&text.value),
            // A key that is not known keeps its expression, so that the member is still there.
            Kind::Unknown(_) | Kind::Undecidable(_) => format!("[{}]", expression(value)).into(),
            _ => return None,
        };
        Some(Self { text, computed: Some(Arc::new(value.clone())) })
    }

    /// The key as text; the expression in brackets where it is not known.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// What it was computed from, if that is not known.
    pub fn open(&self) -> Option<&Value> {
        self.computed.as_deref().filter(|computed| computed.is_unknown())
    }

    /// Whether it may be `other` when deployed, without regard to case.
    pub fn may_be(&self, other: &Self) -> bool {
        match (self.open(), other.open()) {
            (None, None) => self.text.eq_ignore_ascii_case(&other.text),
            (Some(open), None) => may_be(open, &other.text),
            (None, Some(open)) => may_be(open, &self.text),
            (Some(_), Some(_)) => true,
        }
    }
}

/// Whether a string that is not wholly known may be `text`, without regard to ASCII case.
pub fn may_be(open: &Value, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some(row) = pieces(open) else { return !open.is_known() };
    let known = |piece: Option<&Piece>| match piece {
        Some(Piece::Text(known)) => known.to_ascii_lowercase(),
        Some(Piece::Unknown(value)) if is_id(value) => "/".to_owned(),
        _ => String::new(),
    };
    let last = row.last().filter(|piece| matches!(piece, Piece::Text(_)));
    text.starts_with(&known(row.first())) && text.ends_with(&known(last))
}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Folded(&self.text).hash(state);
    }
}

impl std::hash::Hash for Exact<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Folded(self.0).hash(state);
    }
}

impl std::hash::Hash for Folded<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Key {}

impl indexmap::Equivalent<Key> for Exact<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.0 == *key.text
    }
}

impl indexmap::Equivalent<Key> for Folded<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0.eq_ignore_ascii_case(&key.text)
    }
}

impl Object {
    /// Adds a member, or replaces the value of the member with this key and keeps its place.
    pub fn insert(&mut self, key: impl Into<Arc<str>>, member: Member) {
        self.insert_key(Key { text: key.into(), computed: None }, member);
    }

    /// Adds a member like [`insert`](Self::insert) whose key may be computed.
    pub fn insert_key(&mut self, key: Key, member: Member) {
        self.is_open |= key.open().is_some();
        self.has_twins |=
            self.index_of(&key.text).is_some_and(|at| self.members.get_index(at).is_some_and(|(twin, _)| *twin != key));
        self.members.insert(key, member);
    }

    /// Puts a member in the place of the one whose key differs in nothing but case, and else adds it.
    pub fn replace(&mut self, key: Key, member: Member) {
        match self.index_of(&key.text) {
            Some(at) if self.members.get_index(at).is_some_and(|(old, _)| *old != key) => {
                self.is_open |= key.open().is_some();
                self.members.shift_remove_index(at);
                self.members.shift_insert(at, key, member);
            }
            _ => self.insert_key(key, member),
        }
    }

    /// The keys in order as values: one that an expression spells with its own origin, or unknown.
    pub fn keys(&self) -> impl Iterator<Item = Value> {
        self.members.iter().map(|(key, member)| match (&key.computed, member.key_span) {
            (Some(computed), _) => Value::clone(computed),
            (None, Some(span)) => Value::from(Arc::clone(&key.text)).or_at(span),
            (None, None) => Value::from(Arc::clone(&key.text)),
        })
    }

    /// Where the member with this key is: one of this spelling, else the first in any.
    fn index_of(&self, key: &str) -> Option<usize> {
        self.members.get_index_of(&Exact(key)).or_else(|| {
            if self.has_twins {
                return self.members.keys().position(|known| known.text.eq_ignore_ascii_case(key));
            }
            self.members.get_index_of(&Folded(key))
        })
    }

    /// The member with this key: of this spelling, else in any.
    pub fn member(&self, key: &str) -> Option<&Member> {
        Some(self.members.get_index(self.index_of(key)?)?.1)
    }

    /// The value of the member with this key, without regard to ASCII case.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.member(key).map(|member| &member.value)
    }

    /// The value of the member whose key is spelt like this.
    pub fn get_exact(&self, key: &str) -> Option<&Value> {
        self.members.get(&Exact(key)).map(|member| &member.value)
    }

    /// Whether a key is not known.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether a key that is not known may be this one.
    pub fn may_have(&self, key: &str) -> bool {
        self.is_open && self.members.keys().filter_map(Key::open).any(|open| may_be(open, key))
    }

    /// Removes a member and keeps the order of the others.
    pub fn remove(&mut self, key: &str) -> Option<Member> {
        let at = self.index_of(key)?;
        self.members.shift_remove_index(at).map(|(_, member)| member)
    }

    /// The members in order, by their keys as text.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Member)> {
        self.members.iter().map(|(key, member)| (&key.text, member))
    }

    /// The members in order.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, &Member)> {
        self.members.iter()
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(members: I) -> Self {
        let mut object = Self::default();
        for (key, value) in members {
            object.insert(key, Member { key_span: None, value });
        }
        object
    }
}
