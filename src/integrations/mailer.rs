//! E-mail on its way out: [`Mailer`] with the real one ([`SmtpMailer`]), the one that needs no server
//! ([`FolderMailer`], for development) and the one that keeps what it is given ([`KeepingMailer`], for tests).

use std::{
    io::Write as _,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::future::{BoxFuture, FutureExt as _};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, header::ContentType},
    transport::smtp,
};

use crate::settings::{self, Delivery};

/// How long the mail server may be silent.
const PATIENCE: Duration = Duration::from_secs(15);

/// A letter that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The name of whoever gets it.
    pub name: String,
    /// Their address.
    pub address: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same each time this letter is tried, and no other's: so whoever gets it twice can tell.
    pub message_id: String,
}

/// Why a letter did not go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The mail server cannot be reached, or does not let us in: no letter goes.
    #[error("{0}")]
    Away(String),
    /// It does not take this letter now.
    #[error("{0}")]
    Later(String),
    /// It will never take this letter.
    #[error("{0}")]
    Refused(String),
}

/// Takes letters to where they are delivered from.
pub trait Mailer: Send + Sync + std::fmt::Debug {
    /// Hands over one letter. `Ok`: it is somebody else's to deliver now.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// The way out for mail, if there is one, and how it goes there. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Post {
    mailer: Option<Arc<dyn Mailer>>,
    retried: Arc<AtomicI64>,
}

/// How mail goes, for whoever looks after the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostCondition {
    /// None is sent.
    Off,
    /// As it should.
    Fine,
    /// So many letters could not be handed over yet.
    Retrying(i64),
}

impl Post {
    /// As the settings say.
    ///
    /// # Errors
    /// A sentence when the mail server's address is not one that can be used.
    pub fn open(settings: &settings::Mail) -> Result<Self, String> {
        Ok(match &settings.delivery {
            Delivery::Smtp(url) => Self::through(Arc::new(SmtpMailer::new(url, settings.from.clone())?)),
            Delivery::Folder(folder) => {
                Self::through(Arc::new(FolderMailer { folder: folder.clone(), from: settings.from.clone() }))
            }
            Delivery::Off => Self { mailer: None, retried: Arc::default() },
        })
    }

    /// By that mailer.
    pub fn through(mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), retried: Arc::default() }
    }

    /// Who takes letters; nobody where mail is off.
    pub fn mailer(&self) -> Option<&dyn Mailer> {
        self.mailer.as_deref()
    }

    /// Whether mail is sent at all.
    pub fn is_on(&self) -> bool {
        self.mailer.is_some()
    }

    /// How it goes.
    pub fn condition(&self) -> PostCondition {
        match (self.is_on(), self.retried.load(Ordering::Relaxed)) {
            (false, _) => PostCondition::Off,
            (true, 0) => PostCondition::Fine,
            (true, letters) => PostCondition::Retrying(letters),
        }
    }

    /// Notes how many letters could not be handed over yet, by any instance.
    pub fn note_retried(&self, letters: i64) {
        self.retried.store(letters, Ordering::Relaxed);
    }
}

/// Hands letters to a mail server.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// For the server at `url`; it is not spoken to yet.
    ///
    /// # Errors
    /// A sentence when the address is not one that can be used.
    pub fn new(url: &settings::SmtpUrl, from: Mailbox) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|error| format!("the mail server {} (SMTP_URL) cannot be used: {error}", url.server()))?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }

    /// Whether the server answers and lets us in.
    ///
    /// # Errors
    /// Why not, in its words.
    pub async fn greet(&self) -> Result<(), NotSent> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotSent::Away("the mail server does not answer".to_owned())),
            Err(error) => Err(NotSent::of(&error)),
        }
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        async move {
            let message = letter.message(&self.from)?;
            self.transport.send(message).await.map_err(|error| NotSent::of(&error))?;
            Ok(())
        }
        .boxed()
    }
}

impl NotSent {
    /// What the mail server said to one letter, or that it said nothing.
    fn of(error: &smtp::Error) -> Self {
        let said = error.to_string();
        match error.status() {
            // Not letting us in is about us, not about the letter.
            Some(code) if matches!(u16::from(code), 530 | 534 | 535 | 538 | 421) => Self::Away(said),
            Some(_) if error.is_permanent() => Self::Refused(said),
            Some(_) => Self::Later(said),
            None => Self::Away(said),
        }
    }
}

impl From<AddressError> for NotSent {
    fn from(error: AddressError) -> Self {
        Self::Refused(format!("the address is none: {error}"))
    }
}

impl Letter {
    /// As it goes over the wire.
    fn message(&self, from: &Mailbox) -> Result<Message, NotSent> {
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(one_line(&self.name)), self.address.parse()?))
            .subject(one_line(&self.subject))
            .message_id(Some(format!("<{}@{}>", self.message_id, from.email.domain())))
            // Machines that answer mail leave this one alone.
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone())
            .map_err(|error| NotSent::Refused(format!("the letter cannot be written: {error}")))
    }
}

/// What stands in a header cannot begin another.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `Auto-Submitted: auto-generated` (RFC 3834).
#[derive(Clone, Copy, Debug)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Puts each letter into a folder, as a file that mail programs open.
#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl Mailer for FolderMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        async move {
            let message = letter.message(&self.from)?.formatted();
            let file = self.folder.join(format!("{}.eml", letter.message_id));
            let kept = tokio::task::spawn_blocking(move || keep(&file, &message)).await;
            kept.map_err(|error| error.to_string())
                .and_then(|kept| kept.map_err(|error| error.to_string()))
                .map_err(|reason| NotSent::Away(format!("{}: {reason}", self.folder.display())))
        }
        .boxed()
    }
}

/// Letters hold links that let people in: for the owner's eyes alone.
fn keep(file: &std::path::Path, message: &[u8]) -> std::io::Result<()> {
    settings::make_private_folder(file)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(message)
}

/// Keeps letters where a test can read them, and fails when told to.
#[derive(Debug, Default)]
pub struct KeepingMailer {
    letters: Mutex<Vec<Letter>>,
    failure: Mutex<Option<NotSent>>,
}

impl KeepingMailer {
    /// All letters so far, the oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on no letter goes, for this reason; or all do again.
    pub fn fail(&self, reason: Option<NotSent>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }
}

impl Mailer for KeepingMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sent = match failure {
            Some(reason) => Err(reason),
            None => {
                self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                Ok(())
            }
        };
        std::future::ready(sent).boxed()
    }
}
