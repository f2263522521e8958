//! From bytes on disk to text, with a plain reason when there is none.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::source::limits::MAX_FILE_BYTES;

/// The text of the file at `path`; the error says in plain words why there is none.
pub fn read(path: &Path) -> Result<String, String> {
    decode(read_bytes(path)?)
}

/// The bytes of the file at `path`; the error says in plain words why there are none.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    let metadata = file.metadata().map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    if metadata.is_dir() {
        return Err("cannot be read: it is a folder".to_owned());
    }
    // A pipe or device has no length, so the bound holds while reading.
    let mut bytes = Vec::with_capacity(metadata.len().min(MAX_FILE_BYTES) as usize);
    let mut limited = file.take(MAX_FILE_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("is larger than {} MiB and was not read", MAX_FILE_BYTES / 1024 / 1024));
    }
    Ok(bytes)
}

/// The first bytes of the file at `path`, in whatever encoding, without what is not text: enough to tell from a word or
/// two what an unreadable file is. `None` when not even these can be read.
pub fn read_head(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(HEAD_BYTES).read_to_end(&mut bytes).ok()?;
    bytes.retain(|byte| *byte != 0);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

const HEAD_BYTES: u64 = 8192;

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

/// The reason without the operating system's error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_ascii_lowercase()
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
