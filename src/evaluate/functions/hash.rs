//! Hashes of strings: names that are unique and the same at every deployment.

use uuid::Uuid;

use super::{Arguments, Evaluated, Function, MANY, Stop, function};
use crate::evaluate::value::Value;

pub(super) const FUNCTIONS: &[Function] =
    &[function("guid", 1, MANY, guid), function("uniqueString", 1, MANY, unique_string)];

/// The namespace of `guid`; the official compiler's value of `guid('asdf')` confirms it.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The arguments with hyphens between them.
fn joined(args: &Arguments<'_>) -> Result<String, Stop> {
    let mut text = String::new();
    for (index, _) in args.all().iter().enumerate() {
        if index > 0 {
            text.push('-');
        }
        let piece = args.string(index)?;
        args.text_room(text.len(), piece.len())?;
        text.push_str(piece);
    }
    Ok(text)
}

fn guid(args: &Arguments<'_>) -> Evaluated {
    Ok(Value::from(Uuid::new_v5(&NAMESPACE, joined(args)?.as_bytes()).to_string()))
}

fn unique_string(args: &Arguments<'_>) -> Evaluated {
    let hash = hash(joined(args)?.as_bytes());
    // Five bits at a time from the top; the last character holds the four that are left.
    let character = |index: u32| {
        let bits = if index < 12 { hash >> (59 - 5 * index) } else { hash << 1 };
        char::from(ALPHABET[(bits & 31) as usize])
    };
    Ok(Value::from((0..13).map(character).collect::<String>()))
}

/// The service's variant of Murmur: two lanes of 32 bits, seed 0.
fn hash(bytes: &[u8]) -> u64 {
    const C1: u32 = 597_399_067;
    const C2: u32 = 2_869_860_233;
    let scramble1 = |k: u32| k.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
    let scramble2 = |k: u32| k.wrapping_mul(C2).rotate_left(17).wrapping_mul(C1);
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    let (mut h1, mut h2) = (0_u32, 0_u32);
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        let (low, high) = block.split_at(4);
        h1 = (h1 ^ scramble1(word(low))).rotate_left(19).wrapping_add(h2);
        h1 = h1.wrapping_mul(5).wrapping_add(1_444_728_091);
        h2 = (h2 ^ scramble2(word(high))).rotate_left(13).wrapping_add(h1);
        h2 = h2.wrapping_mul(5).wrapping_add(197_830_471);
    }
    let (low, high) = blocks.remainder().split_at(blocks.remainder().len().min(4));
    h1 ^= scramble1(word(low));
    h2 ^= scramble2(word(high));
    let length = bytes.len() as u32;
    let finish = |mut h: u32| {
        h = (h ^ h >> 16).wrapping_mul(2_246_822_507);
        h = (h ^ h >> 13).wrapping_mul(3_266_489_909);
        h ^ h >> 16
    };
    h1 = (h1 ^ length).wrapping_add(h2 ^ length);
    h2 = (h2 ^ length).wrapping_add(h1);
    (h1, h2) = (finish(h1), finish(h2));
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    u64::from(h2) << 32 | u64::from(h1)
}
