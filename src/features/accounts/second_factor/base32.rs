//! Base32 as apps and people take it: RFC 4648, in capitals, nothing at the end. Of multiples of five bytes.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `bytes` as text.
pub(super) fn encode(bytes: &[u8]) -> String {
    let letter = |bits: u64| char::from(ALPHABET.get((bits & 31) as usize).copied().unwrap_or(b'A'));
    let group = |five: &[u8]| {
        let bits = five.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8).rev().map(move |place| letter(bits >> (place * 5)))
    };
    bytes.chunks_exact(5).flat_map(group).collect()
}

/// The same in groups of four letters.
pub(super) fn grouped(bytes: &[u8]) -> String {
    let text = encode(bytes);
    let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
    groups.join(" ")
}

/// Whether `letter` can stand in such a text.
pub(super) fn has(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(|letter| ALPHABET.contains(&letter))
}
