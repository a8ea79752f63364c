//! The mailer of development.

use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

use futures_util::future::{BoxFuture, FutureExt as _};
use lettre::message::Mailbox;

use super::{Email, Mailer, NotSent};
use crate::settings::make_private_folder;

/// Puts each email into a folder, as a file that mail programs open.
#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl FolderMailer {
    /// Into that folder, which is made when it is needed.
    pub fn new(folder: PathBuf, from: Mailbox) -> Self {
        Self { folder, from }
    }
}

impl Mailer for FolderMailer {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), NotSent>> {
        async move {
            let message = email.message(&self.from)?.formatted();
            let file = self.folder.join(format!("{}.eml", email.message_id));
            let written = tokio::task::spawn_blocking(move || write(&file, &message)).await;
            written
                .map_err(|error| error.to_string())
                .and_then(|written| written.map_err(|error| error.to_string()))
                .map_err(|reason| NotSent::Away(format!("{}: {reason}", self.folder.display())))
        }
        .boxed()
    }
}

/// Emails hold links that let people in: for the owner's eyes alone.
fn write(file: &std::path::Path, message: &[u8]) -> std::io::Result<()> {
    make_private_folder(file)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(message)
}
