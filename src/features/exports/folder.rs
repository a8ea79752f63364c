//! An export as files in a folder.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::{
    format::file_name,
    queries::{ExportSink, SinkError},
};

/// Why the files cannot be written; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something in it already.
    #[error("{} is not empty: name a folder that is new or empty", .0.display())]
    NotEmpty(PathBuf),
    /// The file system's.
    #[error("{}: {}", .0.display(), .1)]
    Failed(PathBuf, #[source] io::Error),
}

/// Writes a file for each table. Nobody but its owner may read what it writes.
pub(super) struct Folder {
    path: PathBuf,
    open: Option<OpenFile>,
}

struct OpenFile {
    path: PathBuf,
    writer: BufWriter<File>,
    has_rows: bool,
}

impl Folder {
    /// Makes the folder, or takes one that is empty.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(super) fn new(path: &Path) -> Result<Self, FolderError> {
        let failed = |error| FolderError::Failed(path.to_owned(), error);
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(FolderError::NotEmpty(path.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => private_folder().create(path).map_err(failed)?,
            Err(error) => return Err(failed(error)),
        }
        Ok(Self { path: path.to_owned(), open: None })
    }

    /// Writes `export.json`, the last of all: a folder without it is of an export that was broken off.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn finish(self, manifest: &Value) -> Result<(), FolderError> {
        let path = self.path.join(file_name("export"));
        let written = create(&path).and_then(|mut file| {
            serde_json::to_writer_pretty(&mut file, manifest)?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.map_err(|error| FolderError::Failed(path, error))
    }

    fn write(&mut self, written: impl FnOnce(&mut OpenFile) -> io::Result<()>) -> Result<(), SinkError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        written(open).map_err(|error| FolderError::Failed(open.path.clone(), error).into())
    }
}

impl ExportSink for Folder {
    const TAKES_FILES: bool = true;

    fn begin(&mut self, table: &'static str) -> Result<(), SinkError> {
        let path = self.path.join(file_name(table));
        let file = create(&path).map_err(|error| FolderError::Failed(path.clone(), error))?;
        self.open = Some(OpenFile { path, writer: BufWriter::new(file), has_rows: false });
        self.write(|open| open.writer.write_all(b"["))
    }

    fn row(&mut self, row: Map<String, Value>) -> Result<(), SinkError> {
        self.write(|open| {
            open.writer.write_all(if open.has_rows { b",\n" } else { b"\n" })?;
            open.has_rows = true;
            serde_json::to_writer(&mut open.writer, &row).map_err(io::Error::from)
        })
    }

    fn end(&mut self) -> Result<(), SinkError> {
        self.write(|open| {
            open.writer.write_all(b"\n]\n")?;
            open.writer.flush()?;
            open.writer.get_ref().sync_all()
        })?;
        self.open = None;
        Ok(())
    }
}

#[cfg(unix)]
fn private_folder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> DirBuilder {
    DirBuilder::new()
}

/// A file that was not there before.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
