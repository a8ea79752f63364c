//! The folder that holds the embedded database and the generated key.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes the folder of `file`, with those above it, for its owner alone: it will hold people's records and a secret. One
/// that is there stays as it is.
///
/// # Errors
/// The system's.
pub fn make_private_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
