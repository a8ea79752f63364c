//! E-mail on its way out: [`Mailer`] with the real one ([`SmtpMailer`]), the one that needs no server
//! ([`FolderMailer`], for development) and the one that keeps what it is given ([`MemoryMailer`], for tests).

mod folder;
mod memory;
mod smtp;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use lettre::{
    Message,
    address::AddressError,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, ContentTypeErr, MIME_VERSION_1_0},
    },
};

pub use self::folder::FolderMailer;
pub use self::memory::MemoryMailer;
pub use self::smtp::SmtpMailer;
use crate::{
    settings::{self, Delivery},
    text::CalendarMethod,
};

/// How long the handing over of one email may take.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// As many emails are sent at once.
pub const AT_ONCE: u32 = 4;

/// An email that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The address of whoever gets it. Their name is nowhere in it: anybody can sign up somebody else's address under a name that
    /// is a message of their own.
    pub address: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// What goes with it for the calendar of whoever gets it.
    pub invitation: Option<Invitation>,
    /// The same each time this email is tried, and no other's: so whoever gets it twice can tell.
    pub message_id: String,
}

/// Something for a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// What a calendar is to do with it; the same that the text says.
    pub method: CalendarMethod,
    /// As iCalendar.
    pub text: String,
}

/// Why an email did not go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The mail server cannot be reached, or does not let us in: no email goes. Says nothing of any recipient.
    #[error("{0}")]
    Away(String),
    /// It does not take this email now. In its own words, which may name the recipient.
    #[error("{0}")]
    Later(String),
    /// It will never take this email. In its own words, which may name the recipient.
    #[error("{0}")]
    Refused(String),
}

/// Takes emails to where they are delivered from.
pub trait Mailer: Send + Sync + std::fmt::Debug {
    /// Hands over one email. `Ok`: it is somebody else's to deliver now.
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// The way out for mail, if there is one, and how it goes there. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OutgoingMail {
    mailer: Option<Arc<dyn Mailer>>,
    held_up: Arc<AtomicBool>,
}

/// How mail goes, for whoever looks after the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailCondition {
    /// None is sent.
    Off,
    /// As it should.
    Fine,
    /// Emails wait that should have gone.
    Retrying,
}

impl OutgoingMail {
    /// As the settings say.
    ///
    /// # Errors
    /// A sentence when the mail server's address is not one that can be used.
    pub fn open(settings: &settings::MailSettings) -> Result<Self, String> {
        Ok(match &settings.delivery {
            Delivery::Smtp(url) => Self::through(Arc::new(SmtpMailer::new(url, settings.from.clone())?)),
            Delivery::Folder(folder) => {
                Self::through(Arc::new(FolderMailer::new(folder.clone(), settings.from.clone())))
            }
            Delivery::Off => Self::off(),
        })
    }

    /// Not at all.
    pub fn off() -> Self {
        Self { mailer: None, held_up: Arc::default() }
    }

    /// By that mailer.
    pub fn through(mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), held_up: Arc::default() }
    }

    /// Who takes emails; nobody where mail is off.
    pub fn mailer(&self) -> Option<&dyn Mailer> {
        self.mailer.as_deref()
    }

    /// Whether mail is sent at all.
    pub fn is_on(&self) -> bool {
        self.mailer.is_some()
    }

    /// How it goes.
    pub fn condition(&self) -> MailCondition {
        match (self.is_on(), self.held_up.load(Ordering::Relaxed)) {
            (false, _) => MailCondition::Off,
            (true, false) => MailCondition::Fine,
            (true, true) => MailCondition::Retrying,
        }
    }

    /// Notes whether emails wait that should have gone.
    pub fn note_held_up(&self, held_up: bool) {
        self.held_up.store(held_up, Ordering::Relaxed);
    }
}

impl From<AddressError> for NotSent {
    fn from(error: AddressError) -> Self {
        Self::Refused(format!("the address is none: {error}"))
    }
}

impl Email {
    /// As it goes over the wire.
    fn message(&self, from: &Mailbox) -> Result<Message, NotSent> {
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, self.address.parse()?))
            .subject(one_line(&self.subject))
            .message_id(Some(format!("<{}@{}>", self.message_id, from.email.domain())))
            // Machines that answer mail leave this one alone.
            .header(AutoSubmitted)
            .header(MIME_VERSION_1_0);
        let message = match &self.invitation {
            None => message.header(ContentType::TEXT_PLAIN).body(self.text.clone()),
            Some(invitation) => message.multipart(
                MultiPart::alternative()
                    .singlepart(SinglePart::plain(self.text.clone()))
                    .singlepart(invitation.part().map_err(unwritten)?),
            ),
        };
        message.map_err(unwritten)
    }
}

impl Invitation {
    /// As mail programs look for it (RFC 6047).
    fn part(&self) -> Result<SinglePart, ContentTypeErr> {
        let kind = format!("text/calendar; method={}; charset=utf-8", self.method.name());
        Ok(SinglePart::builder().header(ContentType::parse(&kind)?).body(self.text.clone()))
    }
}

fn unwritten(error: impl std::fmt::Display) -> NotSent {
    NotSent::Refused(format!("the email cannot be written: {error}"))
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
