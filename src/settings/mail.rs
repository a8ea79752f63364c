//! How e-mail leaves the server.

use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::reader::{SettingsReader, shown};
use super::{Environment, ServerSettings};

const NAME: &str = "SMTP_URL";
/// Where mail is put in development without a mail server, from the working directory.
const FOLDER: &str = "data/mail";

#[derive(Clone, Debug)]
pub struct MailSettings {
    pub delivery: Delivery,
    /// Who every mail is from.
    pub from: Mailbox,
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// To this mail server.
    Smtp(SmtpUrl),
    /// Into this folder, a file each: in development, which needs no mail server.
    Folder(PathBuf),
    /// Nowhere: production without a mail server.
    Off,
}

/// A checked address of a mail server. `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct SmtpUrl {
    url: SecretString,
    server: String,
}

impl MailSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>, environment: Environment, server: &ServerSettings) -> Self {
        let delivery = match reader.given(NAME) {
            Some(text) => SmtpUrl::parse(reader, text).map_or(Delivery::Off, Delivery::Smtp),
            None if environment.is_production() => Delivery::Off,
            None => Delivery::Folder(FOLDER.into()),
        };
        Self { delivery, from: from(reader, server) }
    }
}

impl SmtpUrl {
    /// `smtp://` begins in the clear and must go on encrypted, unless `?tls=none` says that it need not.
    fn parse(reader: &mut SettingsReader<'_>, text: &str) -> Option<Self> {
        let mut url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => {
                reader.problem(NAME, format!("is not an address ({error}); it must begin with smtp:// or smtps://"));
                return None;
            }
        };
        let tls = match (url.scheme(), url.query()) {
            ("smtps", None) => None,
            ("smtp", None) => Some("tls=required"),
            ("smtp", Some("tls=none")) => None,
            ("smtp" | "smtps", _) => {
                reader.problem(
                    NAME,
                    "may end with ?tls=none after smtp://, for a server on this machine, and with nothing else",
                );
                return None;
            }
            _ => {
                reader.problem(NAME, "must begin with smtp:// or smtps://");
                return None;
            }
        };
        if url.username().is_empty() != url.password().is_none() || !is_bare(&url) {
            reader.problem(NAME, "must have a user with a password, or neither, and no path (write %23 for #)");
            return None;
        }
        if url.query().is_some() && url.password().is_some() {
            reader.problem(NAME, "must not send a password in the clear: take ?tls=none away, or the user");
            return None;
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned) else {
            reader.problem(NAME, "must name a host, e.g. smtp://mail.clinic.example:587");
            return None;
        };
        let port = url.port().unwrap_or(if url.scheme() == "smtps" { 465 } else { 587 });
        // Without one the client would take 25 for the plain scheme, where mail is passed on and not handed in.
        let _ = url.set_port(Some(port));
        url.set_query(tls);
        Some(Self { server: format!("{host}:{port}"), url: String::from(url).into() })
    }

    /// The whole address with its password, as `lettre` reads it: for the client, never for a message.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// `host:port`, for messages.
    pub fn server(&self) -> &str {
        &self.server
    }
}

fn from(reader: &mut SettingsReader<'_>, server: &ServerSettings) -> Mailbox {
    let domain = match server.public_url.host() {
        Some(Host::Domain(domain)) => domain,
        _ => "localhost",
    };
    let usual = format!("Telemedicine <no-reply@{domain}>");
    let text = reader.given("MAIL_FROM").unwrap_or(&usual);
    text.parse().unwrap_or_else(|_| {
        let shown = shown(text);
        reader
            .problem("MAIL_FROM", format!("must be an address such as Clinic <no-reply@clinic.example>, not {shown}"));
        fixed_mailbox()
    })
}

#[expect(clippy::expect_used, reason = "the text is a constant")]
fn fixed_mailbox() -> Mailbox {
    "no-reply@localhost".parse().expect("a valid address")
}

/// Whether nothing stands behind the host, such as the rest of a password with a `#` in it.
fn is_bare(url: &Url) -> bool {
    matches!(url.path(), "" | "/") && url.fragment().is_none()
}
