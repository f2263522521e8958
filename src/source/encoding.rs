//! From bytes to text.

/// The text that UTF-8 bytes spell; the error says in plain words why they don't.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    // Without a mark, the zero half of the first character shows.
    let unmarked = matches!(bytes[..], [0, half, ..] | [half, 0, ..] if half != 0);
    if marked || unmarked {
        return Err("is encoded as UTF-16; save it as UTF-8".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = memchr::memchr_iter(b'\n', &error.as_bytes()[..at]).count() + 1;
        format!("is not valid UTF-8 (line {line}, byte {at}); save it as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(decode(vec![0xff, 0xfe, b'{', 0]).unwrap_err(), "is encoded as UTF-16; save it as UTF-8");
        assert_eq!(decode(vec![b'{', 0]).unwrap_err(), "is encoded as UTF-16; save it as UTF-8");
        let error = decode(b"{\n\"\xe9\"}".to_vec()).unwrap_err();
        assert_eq!(error, "is not valid UTF-8 (line 2, byte 3); save it as UTF-8");
    }
}
