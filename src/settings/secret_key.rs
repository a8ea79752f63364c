//! The key from which every other key of the site is derived.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha512};

use super::reader::SettingsReader;
use super::{Environment, Problems, make_private_folder};

const NAME: &str = "SECRET_KEY";
/// Fewest characters in production.
const LENGTH: usize = 64;
/// Where development keeps the key that it made, from the working directory.
const FILE: &str = "data/secret.key";

/// The site's secret. Its text never leaves this type: others ask for a key of their own.
#[derive(Clone, Debug)]
pub struct SecretKey {
    text: SecretString,
    given: bool,
}

impl SecretKey {
    pub(super) fn read(reader: &mut SettingsReader<'_>, environment: Environment) -> Self {
        let Some(text) = reader.given(NAME) else {
            if environment.is_production() {
                reader.problem(NAME, format!("is required in production: {LENGTH} random characters or more, e.g. from `openssl rand -hex 32`"));
            }
            return Self { text: random(), given: false };
        };
        if environment.is_production() {
            if text.chars().count() < LENGTH {
                reader.problem(NAME, format!("must have {LENGTH} characters or more in production"));
            } else if is_weak(text) {
                reader.problem(NAME, "is easy to guess: use random characters, e.g. from `openssl rand -hex 32`");
            }
        }
        Self { text: text.into(), given: true }
    }

    /// A key for one purpose; another purpose has an unrelated one. The same on every instance with this secret.
    pub fn derive(&self, purpose: &str) -> [u8; 64] {
        Sha512::new()
            .chain_update((purpose.len() as u64).to_be_bytes())
            .chain_update(purpose)
            .chain_update(self.text.expose_secret())
            .finalize()
            .into()
    }

    /// Tells this secret from another one and gives nothing of it away: 16 hexadecimal digits of a digest.
    pub fn fingerprint(&self) -> String {
        self.derive("fingerprint").iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Makes a key that was not given outlive this process: the file's key is taken, or this one becomes the file's.
    pub(super) fn persist(&mut self) -> Result<(), Problems> {
        if self.given {
            return Ok(());
        }
        self.text = load_or_create(Path::new(FILE), &self.text).map_err(|error| {
            Problems::one(
                NAME,
                format!("is not set, and {FILE}, which would hold a generated one, cannot be used: {error}"),
            )
        })?;
        Ok(())
    }
}

fn random() -> SecretString {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 48]>()).into()
}

/// The key in `file`; if there is no file, one is made of `fresh`, readable by its owner alone.
pub(super) fn load_or_create(file: &Path, fresh: &SecretString) -> std::io::Result<SecretString> {
    make_private_folder(file)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut made) => {
            made.write_all(fresh.expose_secret().as_bytes())?;
            Ok(fresh.clone())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(file)?;
            match text.trim() {
                key if key.len() >= LENGTH => Ok(key.into()),
                _ => Err(std::io::Error::new(
                    ErrorKind::InvalidData,
                    "it holds no whole key; delete it to have another made",
                )),
            }
        }
        Err(error) => Err(error),
    }
}

/// Whether a person could come up with it: words of examples, few different characters, repetition, a run.
pub(super) fn is_weak(key: &str) -> bool {
    const EXAMPLES: [&str; 10] = [
        "changeme",
        "change-me",
        "change_me",
        "password",
        "insecure",
        "example",
        "placeholder",
        "secret-key",
        "secret_key",
        "your-secret",
    ];
    let lower = key.to_lowercase();
    let chars: Vec<char> = key.chars().collect();
    let different = chars.iter().collect::<std::collections::BTreeSet<_>>().len();
    let repeats = (1..=chars.len() / 2).any(|step| chars.iter().zip(chars.iter().skip(step)).all(|(a, b)| a == b));
    let steps = chars.iter().zip(chars.iter().skip(1)).filter(|(a, b)| (**a as u32).abs_diff(**b as u32) <= 1).count();
    EXAMPLES.iter().any(|word| lower.contains(word)) || different < 8 || repeats || steps > chars.len() / 2
}
