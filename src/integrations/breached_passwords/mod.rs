//! Passwords that were in other people's breaches: the offline form of Have I Been Pwned's list, looked up on disk.
//!
//! Either the one file of SHA-1 digests, in the order of the digests, a line each (`HASH:count`); or a folder of range files, one for each
//! first five hexadecimal digits (`00000.txt` or `00000` to `FFFFF`), whose lines are the other 35 and the count. A billion lines are
//! looked through by a binary search, some dozen reads of a few bytes; nothing is loaded, and no password leaves the machine.

mod sorted_lines;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha1::{Digest as _, Sha1};

use self::sorted_lines::SortedLines;

/// The digits of a SHA-1 digest, and those of them that name a range file.
const DIGITS: usize = 40;
const PREFIX_DIGITS: usize = 5;
/// How many range files there are.
const RANGES: u32 = 1 << (4 * PREFIX_DIGITS);

/// The list, if the operator named one. Cheap to clone. Each look-up opens its file: one that is put in the place of another is
/// used at once.
#[derive(Clone, Debug, Default)]
pub struct BreachedPasswords(Option<Arc<Source>>);

/// Why a list cannot be used: a sentence for the operator, with the path.
#[derive(Debug, thiserror::Error)]
#[error("{} (BREACHED_PASSWORDS): {reason}", path.display())]
pub struct UnusableList {
    path: PathBuf,
    reason: io::Error,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    /// With what the names of its files end in.
    Folder(PathBuf, &'static str),
}

impl BreachedPasswords {
    /// The list at `path`; without one, none is known. Looks at a few lines of it: a download that broke off or went wrong is no list.
    ///
    /// # Errors
    /// [`UnusableList`].
    pub fn open(path: Option<&Path>) -> Result<Self, UnusableList> {
        let Some(path) = path else { return Ok(Self::default()) };
        let said = |reason| UnusableList { path: path.to_owned(), reason };
        let is_folder = path.metadata().map_err(said)?.is_dir();
        let source = if is_folder { Source::folder(path).map_err(said)? } else { Source::File(path.to_owned()) };
        source.examine().map_err(said)?;
        Ok(Self(Some(Arc::new(source))))
    }

    /// Whether `password` is on the list. Reads files: not for the threads that serve.
    ///
    /// # Errors
    /// The system's, or what is wrong with a file of the list; the password is not in it.
    pub fn holds(&self, password: &str) -> io::Result<bool> {
        let Some(source) = &self.0 else { return Ok(false) };
        let digest: String = Sha1::digest(password.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect();
        let count = match &**source {
            Source::File(path) => SortedLines::open(path, DIGITS)?.find(&digest)?,
            Source::Folder(path, ending) => {
                let (prefix, rest) = digest.split_at(PREFIX_DIGITS);
                range(path, prefix, ending)?.find(rest)?
            }
        };
        // Range files that were asked for with padding hold digests of nothing, seen 0 times.
        Ok(count.is_some_and(|count| count > 0))
    }

    /// How many of the range files are missing, which takes a second for all of them; 0 for the one file, and without a list.
    ///
    /// # Errors
    /// The system's.
    pub fn missing_ranges(&self) -> io::Result<u32> {
        let Some(Source::Folder(path, ending)) = self.0.as_deref() else { return Ok(0) };
        let mut found = 0;
        for entry in path.read_dir()? {
            let name = entry?.file_name();
            let stem = name.to_str().and_then(|name| name.strip_suffix(ending));
            let is_range =
                |stem: &str| stem.len() == PREFIX_DIGITS && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
            found += u32::from(stem.is_some_and(is_range));
        }
        Ok(RANGES.saturating_sub(found))
    }
}

impl fmt::Display for BreachedPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            None => f.write_str("none (no BREACHED_PASSWORDS)"),
            Some(Source::File(path)) => write!(f, "{}, one file", path.display()),
            Some(Source::Folder(path, _)) => write!(f, "{}, a folder of range files", path.display()),
        }
    }
}

impl Source {
    fn folder(path: &Path) -> io::Result<Self> {
        let ending = [".txt", ""].into_iter().find(|ending| path.join(format!("00000{ending}")).is_file());
        let none = || io::Error::new(io::ErrorKind::NotFound, "no range file such as 00000.txt is in it");
        Ok(Self::Folder(path.to_owned(), ending.ok_or_else(none)?))
    }

    fn examine(&self) -> io::Result<()> {
        match self {
            Self::File(path) => {
                let (first, last) = SortedLines::open(path, DIGITS)?.examine()?;
                // Of a list of so many, both ends are there.
                if first.starts_with("000") && last.starts_with("FFF") {
                    return Ok(());
                }
                Err(damaged(format_args!("it reaches from {first} to {last} only: is it whole?")))
            }
            Self::Folder(path, ending) => {
                for prefix in (0..RANGES).step_by(1 << 16).chain([RANGES - 1]) {
                    range(path, &format!("{prefix:05X}"), ending)?.examine()?;
                }
                Ok(())
            }
        }
    }
}

fn range(folder: &Path, prefix: &str, ending: &str) -> io::Result<SortedLines> {
    let name = format!("{prefix}{ending}");
    SortedLines::open(&folder.join(&name), DIGITS - PREFIX_DIGITS)
        .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
}

fn damaged(what: impl fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}
