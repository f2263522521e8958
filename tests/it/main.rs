//! The tests of plimsoll as a whole, in one binary.

mod examples;
