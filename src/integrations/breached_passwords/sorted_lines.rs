//! A file of lines `HASH:count` in the order of the hashes, in which one is found without reading the rest.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

use super::damaged;

/// More bytes than any line has: 40 digits, a colon, a count, the end of the line.
const LINE: u64 = 80;
/// So many bytes are read at once instead of being halved again.
const BLOCK: u64 = 4096;
/// So many places are looked at to see whether a file is what it should be.
const PLACES: u64 = 64;

pub(super) struct SortedLines {
    file: File,
    /// In bytes.
    length: u64,
    /// Of each hash.
    digits: usize,
}

/// A line, and where it begins.
struct Line {
    start: u64,
    /// In capitals.
    hash: String,
    count: u64,
}

impl SortedLines {
    /// # Errors
    /// The system's; a file without a line is damaged.
    pub(super) fn open(path: &Path, digits: usize) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length == 0 {
            return Err(damaged("it is empty"));
        }
        Ok(Self { file, length, digits })
    }

    /// The count beside `hash`, which is written in capitals; none when it is not there.
    ///
    /// # Errors
    /// The system's; or a line on the way is none.
    pub(super) fn find(&mut self, hash: &str) -> io::Result<Option<u64>> {
        // Its line begins in low..high if it is there, and `low` is where a line begins.
        let (mut low, mut high) = (0, self.length);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            match self.line_after(middle)? {
                Some(line) => match line.hash.as_str().cmp(hash) {
                    Ordering::Equal => return Ok(Some(line.count)),
                    Ordering::Less => low = line.start,
                    Ordering::Greater => high = middle + 1,
                },
                None => high = middle + 1,
            }
        }
        // The line that begins last may end behind `high`; whatever begins there may be cut off.
        let block = self.read(low, high - low + LINE)?;
        let mut start = low;
        for text in block.split_inclusive(|byte| *byte == b'\n') {
            if start >= high {
                break;
            }
            if !text.trim_ascii().is_empty() {
                let line = self.parse(start, text)?;
                match line.hash.as_str().cmp(hash) {
                    Ordering::Less => {}
                    Ordering::Equal => return Ok(Some(line.count)),
                    Ordering::Greater => break,
                }
            }
            start += length(text);
        }
        Ok(None)
    }

    /// The first hash and the last, after a look at some between them.
    ///
    /// # Errors
    /// The system's; a line that is none, or not in order.
    pub(super) fn examine(&mut self) -> io::Result<(String, String)> {
        let head = self.read(0, LINE)?;
        let first = self.parse(0, lines(&head).next().unwrap_or_default())?;
        let mut before = first.hash.clone();
        let tail = self.read(self.length.saturating_sub(LINE), LINE)?;
        let end = tail.trim_ascii_end();
        let last = end.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let last = self.parse(self.length, last)?;
        for place in 1..PLACES {
            let Some(line) = self.line_after(self.length / PLACES * place)? else { break };
            if line.hash < before {
                return Err(damaged("its lines are not in the order of the hashes"));
            }
            before = line.hash;
        }
        if last.hash < before {
            return Err(damaged("its lines are not in the order of the hashes"));
        }
        Ok((first.hash, last.hash))
    }

    /// The first line that begins after the byte at `place`; none when that is in the last.
    fn line_after(&mut self, place: u64) -> io::Result<Option<Line>> {
        let read = self.read(place, 2 * LINE)?;
        let Some(end) = read.iter().position(|byte| *byte == b'\n') else {
            return if self.length - place > LINE { Err(damaged("a line is too long")) } else { Ok(None) };
        };
        let (ended, rest) = read.split_at(end + 1);
        let start = place + length(ended);
        match lines(rest).next() {
            Some(text) => self.parse(start, text).map(Some),
            None => Ok(None),
        }
    }

    fn read(&mut self, from: u64, bytes: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(from))?;
        let mut read = Vec::new();
        (&self.file).take(bytes).read_to_end(&mut read)?;
        Ok(read)
    }

    fn parse(&self, start: u64, text: &[u8]) -> io::Result<Line> {
        let parts = std::str::from_utf8(text).ok().and_then(|text| text.trim_end().split_once(':'));
        let hash =
            parts.filter(|(hash, _)| hash.len() == self.digits && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let line = hash.and_then(|(hash, count)| {
            count.parse().ok().map(|count| Line { start, hash: hash.to_ascii_uppercase(), count })
        });
        line.ok_or_else(|| damaged(format_args!("a line is not one of {} hexadecimal digits and a count", self.digits)))
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Those that have something in them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(count: u32, ending: &str) -> String {
        // Counts of one to six digits: lines of different lengths.
        (0..count).map(|number| format!("{:08X}:{}{ending}", number * 3, 10_u32.pow(number % 6))).collect()
    }

    fn opened(text: &str) -> io::Result<SortedLines> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("list");
        std::fs::write(&path, text)?;
        SortedLines::open(&path, 8)
    }

    #[test]
    fn each_line_is_found_and_nothing_else() {
        for (count, ending) in [(1, "\n"), (2, "\r\n"), (5_000, "\n"), (5_000, "\r\n")] {
            let mut list = opened(&lines_of(count, ending)).unwrap_or_else(|error| panic!("{error}"));
            let mut find = |number: u32| list.find(&format!("{number:08X}")).unwrap_or_else(|error| panic!("{error}"));
            for number in 0..count {
                assert_eq!(find(number * 3), Some(u64::from(10_u32.pow(number % 6))), "{number} of {count}");
                assert_eq!(find(number * 3 + 1), None, "{number} of {count}");
            }
            let ends = list.examine().ok();
            assert_eq!(ends, Some(("00000000".to_owned(), format!("{:08X}", (count - 1) * 3))));
        }
        // Without an end of the last line.
        let text = lines_of(900, "\r\n");
        let found = opened(text.trim_end()).and_then(|mut list| list.find(&format!("{:08X}", 899 * 3)));
        assert_eq!(found.ok(), Some(Some(100_000)));
    }

    #[test]
    fn what_is_no_such_list_is_told() {
        let by_count: String =
            (0..2_000).map(|number| format!("{:08X}:{}\n", 0xFFFF_FFFF - number * 7_u32, number)).collect();
        for wrong in
            ["", "\n\n", "<html></html>", "0000000:1\n", "00000000;1\n", "00000000:x\n", &by_count, &"a".repeat(9_000)]
        {
            assert!(opened(wrong).and_then(|mut list| list.examine()).is_err(), "{:.20}", wrong);
        }
    }
}
