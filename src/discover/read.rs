//! From bytes on disk to text, with a plain reason when there is none.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::source::decode;
use crate::source::limits::MAX_FILE_BYTES;

/// The text of the file at `path`; the error says in plain words why there is none.
pub fn read(path: &Path) -> Result<String, String> {
    decode(read_bytes(path)?)
}

/// The bytes of the file at `path`; the error says in plain words why there are none.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let (file, length) = open(path)?;
    read_all(file, Vec::with_capacity(length))
}

/// [`read`] of a file that need not be ours: `None` when its first `head` bytes are not `wanted`. The rest of such a file
/// is not read.
pub fn read_wanted(path: &Path, head: usize, wanted: impl Fn(&[u8]) -> bool) -> Result<Option<String>, String> {
    let (file, length) = open(path)?;
    let mut bytes = Vec::with_capacity(length.min(head));
    let begun = (&file).take(head as u64).read_to_end(&mut bytes);
    begun.map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    if !wanted(&bytes) {
        return Ok(None);
    }
    // Most files are shorter, and their end has been seen.
    if bytes.len() < head.min(MAX_FILE_BYTES as usize) {
        return decode(bytes).map(Some);
    }
    bytes.reserve_exact(length.saturating_sub(bytes.len()));
    read_all(file, bytes).and_then(decode).map(Some)
}

/// The file at `path` and how many bytes to make room for.
fn open(path: &Path) -> Result<(File, usize), String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    let metadata = file.metadata().map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    if metadata.is_dir() {
        return Err("cannot be read: it is a folder".to_owned());
    }
    Ok((file, metadata.len().min(MAX_FILE_BYTES) as usize))
}

/// Reads what is no source but the output of some program, in the encodings that PowerShell writes too; what is no text
/// in it is replaced. The error says in plain words why there is no text.
pub fn read_log(input: impl Read) -> Result<String, String> {
    let bytes = read_all(input, Vec::new())?;
    let units =
        |unit: fn([u8; 2]) -> u16| -> Vec<u16> { bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect() };
    Ok(match bytes[..] {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&units(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&units(u16::from_be_bytes)),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// [`read_log`] of the file at `path`.
pub fn read_log_file(path: &Path) -> Result<String, String> {
    read_log(File::open(path).map_err(|error| format!("cannot be read: {}", plain(&error)))?)
}

/// All bytes of `input`, after `bytes`.
fn read_all(input: impl Read, mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    // A pipe or device has no length, so the bound holds while reading.
    let mut limited = input.take((MAX_FILE_BYTES + 1).saturating_sub(bytes.len() as u64));
    limited.read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {}", plain(&error)))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("is larger than {} MiB and was not read", MAX_FILE_BYTES / 1024 / 1024));
    }
    Ok(bytes)
}

/// The reason without the operating system's error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: usize = 256;

    #[test]
    fn only_the_first_bytes_are_read_of_a_file_that_nobody_wants() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/discover/read.rs");
        let whole = read(&path).unwrap();
        let head = whole.as_bytes()[..HEAD].to_vec();
        assert_eq!(read_wanted(&path, HEAD, |seen| seen != head), Ok(None));
        assert_eq!(read_wanted(&path, HEAD, |seen| seen == head), Ok(Some(whole.clone())));
        assert_eq!(read_wanted(&path, whole.len() * 2, |seen| seen == whole.as_bytes()), Ok(Some(whole.clone())));
    }
}
