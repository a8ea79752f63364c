//! The real mailer.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{Error, PoolConfig, extension::ClientId},
};
use tokio::time::timeout;

use super::{AT_ONCE, Email, Mailer, NotSent, PATIENCE};
use crate::settings::SmtpUrl;

/// How long the connecting alone may take.
const CONNECTING: Duration = Duration::from_secs(15);
/// Mail servers hang up on who says nothing for minutes.
const IDLE: Duration = Duration::from_secs(20);
/// What a mail server says of a recipient who will never get mail (RFC 3463). Any other permanent refusal is as likely about us
/// (the sender, our address, a quota), and worth another try when somebody has mended that.
const OF_THE_RECIPIENT: [&str; 7] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.7.17"];

/// Hands emails to a mail server.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl SmtpMailer {
    /// For the server at `url`; it is not spoken to yet.
    ///
    /// # Errors
    /// A sentence when the address is not one that can be used.
    pub fn new(url: &SmtpUrl, from: Mailbox) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|error| format!("the mail server {} (SMTP_URL) cannot be used: {error}", url.server()))?;
        let transport = transport
            .timeout(Some(CONNECTING))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .pool_config(PoolConfig::new().max_size(AT_ONCE).idle_timeout(IDLE));
        Ok(Self { transport: transport.build(), from, patience: PATIENCE })
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether the server answers and lets us in.
    ///
    /// # Errors
    /// Why not, in its words.
    pub async fn greet(&self) -> Result<(), NotSent> {
        match self.in_time(self.transport.test_connection()).await? {
            true => Ok(()),
            false => Err(NotSent::Away("the mail server does not answer".to_owned())),
        }
    }

    /// `lettre` itself bounds the connecting alone, and a mail server that accepts and then says nothing would hold up all mail.
    async fn in_time<T>(&self, talk: impl Future<Output = Result<T, Error>>) -> Result<T, NotSent> {
        match timeout(self.patience, talk).await {
            Ok(said) => said.map_err(|error| not_sent(&error)),
            Err(_late) => Err(NotSent::Away(format!("the mail server was not done after {:?}", self.patience))),
        }
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), NotSent>> {
        async move {
            let message = email.message(&self.from)?;
            self.in_time(self.transport.send(message)).await.map(drop)
        }
        .boxed()
    }
}

/// What the mail server said to one email, or that it said nothing.
fn not_sent(error: &Error) -> NotSent {
    let said = error.to_string();
    let Some(code) = error.status().map(u16::from) else { return NotSent::Away(said) };
    let is_of = |codes: &[&str]| said.split([' ', ':']).any(|word| codes.contains(&word));
    match code {
        // Not letting us in is about us. What it said with it may hold an address, and is not needed.
        421 | 530 | 534 | 535 | 538 => NotSent::Away(format!("the mail server answered {code}")),
        _ if error.is_permanent() && is_of(&OF_THE_RECIPIENT) => NotSent::Refused(said),
        _ => NotSent::Later(said),
    }
}
