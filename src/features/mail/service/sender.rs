//! Sending what is due, every few seconds, on the instance that leads.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::{MailKind, MailStatus},
    mail::{ActiveModel, Column, Entity, Model},
};
use futures_util::future::{LocalBoxFuture, join_all};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    super::queries::{self, NO_PAGE, Recipient},
    outcome::{DeliveryOutcome, Round},
    stop_signal::StopSignal,
};
use crate::{
    background::Job,
    db::Unrecorded,
    integrations::mailer::{self, Email, Invitation, NotSent},
    metrics,
    state::AppState,
    text::given_address,
    web::AppError,
};

/// The longest pause while the mail server is away.
const LONGEST: Duration = Duration::from_secs(60);
/// How many mails are read at once.
const BATCH: u64 = 48;
/// Within this time an instance that claimed a mail has sent it, or is gone: three times the mailer's patience.
const CLAIM: TimeDelta = TimeDelta::seconds(3 * mailer::PATIENCE.as_secs().cast_signed());
/// What was due so long ago and was never tried has been forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::minutes(10);
/// How often an instance that does not lead looks at what waits.
const LOOK_EVERY: Duration = Duration::from_secs(60);

pub(super) const QUEUE: Unrecorded =
    Unrecorded::of(&["mail"], "whether a mail was sent is no act; the act that it tells of is recorded");

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailText {
    /// One line.
    pub subject: String,
    /// Plain text between the address and the signature, paragraphs parted by empty lines.
    pub text: String,
}

/// What is to be done with a mail that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It says this, now.
    Words(EmailText),
    /// The same, with something for the recipient's calendar.
    Inviting(EmailText, Invitation),
    /// What it would say is not so now, and may be so again in time: an absence, or an account that is shut, can be taken back.
    NotNow,
    /// What it would say is no longer so.
    NoLonger,
}

impl From<Option<EmailText>> for Written {
    fn from(words: Option<EmailText>) -> Self {
        words.map_or(Self::NoLonger, Self::Words)
    }
}

/// Writes mails: what a row of the outbox says to its recipient now.
pub trait Writer {
    /// The words of `mail`.
    fn write<'a>(
        &'a self,
        state: &'a AppState,
        mail: &'a Model,
        recipient: &'a Recipient,
    ) -> LocalBoxFuture<'a, Result<Written, AppError>>;
}

/// Empties the outbox.
pub struct MailSender {
    state: AppState,
    writer: Box<dyn Writer>,
    stop_signal: StopSignal,
    pace: Mutex<Pace>,
}

/// What one turn leaves to the next.
struct Pace {
    pause: Duration,
    looked: Option<Instant>,
}

impl MailSender {
    /// For the database, the clock and the mailer of `state`; the mails are written by `writer`.
    #[must_use]
    pub fn new(state: &AppState, writer: Box<dyn Writer>) -> Self {
        let pace = Mutex::new(Pace { pause: Self::EVERY, looked: None });
        Self { state: state.clone(), writer, stop_signal: StopSignal::default(), pace }
    }

    /// What stops it, as soon as what it has in hand is sent.
    pub fn stop_signal(&self) -> StopSignal {
        self.stop_signal.clone()
    }

    /// Sends everything that is due now, as far as the mail server takes it, some at once.
    ///
    /// # Errors
    /// The database's; what was sent until then is noted.
    pub async fn round(&self) -> Result<Round, AppError> {
        let mut done = Round::default();
        // By a clock that is wrong reminders would go at any time, or be cancelled.
        if !self.state.clock_skew.is_tolerable() {
            return Ok(done);
        }
        loop {
            let due = queries::due(&self.state.db.reader(), self.state.clock.now(), BATCH).await?;
            for some in due.chunks(mailer::AT_ONCE as usize) {
                if done.is_away || self.stop_signal.is_stopped() {
                    break;
                }
                for (mail, outcome) in some.iter().zip(join_all(some.iter().map(|mail| self.take(mail))).await) {
                    if let Some(outcome) = outcome? {
                        done.note(mail, &outcome);
                    }
                }
            }
            if done.is_away || self.stop_signal.is_stopped() || (due.len() as u64) < BATCH {
                break;
            }
        }
        self.report_backlog().await?;
        Ok(done)
    }

    /// Tells health and metrics what waits.
    async fn report_backlog(&self) -> Result<(), DbErr> {
        self.pace().looked = Some(Instant::now());
        let now = self.state.clock.now();
        let backlog = queries::backlog(&self.state.db.reader(), (now, now - FORGOTTEN)).await?;
        let age = backlog.oldest.map(|oldest| (now - oldest).to_std().unwrap_or_default());
        self.state.background.note_waiting(Self::NAME, age, None);
        self.state.outgoing_mail.note_held_up(backlog.away > 0 || backlog.forgotten > 0);
        metrics::mails_retried(backlog.retried);
        Ok(())
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one mail, if no other instance does: what became of it.
    async fn take(&self, mail: &Model) -> Result<Option<DeliveryOutcome>, DbErr> {
        let until = mail.due_at.max(self.state.clock.now()) + CLAIM;
        let attempts = mail.attempts.saturating_add(1);
        let claim = ActiveModel { due_at: Set(until), attempts: Set(attempts), ..ActiveModel::default() };
        if !self.change(mail, mail.due_at, claim).await? {
            return Ok(None);
        }
        let outcome = self.deliver(mail).await.unwrap_or_else(|error| {
            log::error!("mail {} cannot be written: {error}", mail.id);
            DeliveryOutcome::NotSent(NotSent::Later("it could not be written: see the log".to_owned()))
        });
        let change = outcome.change(mail, self.state.clock.now());
        self.change(mail, until, change).await?;
        Ok(Some(outcome))
    }

    async fn deliver(&self, mail: &Model) -> Result<DeliveryOutcome, AppError> {
        // Where mail is off, what falls due does not pile up until somebody switches it on.
        let Some(mailer) = self.state.outgoing_mail.mailer() else {
            return Ok(DeliveryOutcome::Cancelled("mail is off"));
        };
        let recipient = queries::recipient(&self.state.db.reader(), mail.recipient_id).await?;
        let is_of_visit = matches!(mail.kind, MailKind::Notice | MailKind::Reminder | MailKind::Messages);
        let Some(recipient) = recipient.filter(|recipient| recipient.may_enter() || is_of_visit) else {
            return Ok(DeliveryOutcome::Cancelled("its recipient may not sign in"));
        };
        // Who has none is told by phone. An address that is added before it goes out counts.
        if given_address(address_of(mail, &recipient)).is_none() {
            return Ok(DeliveryOutcome::Cancelled("its recipient has no e-mail address"));
        }
        // What they choose before it goes out counts.
        if !recipient.wants(mail) {
            return Ok(DeliveryOutcome::Cancelled("its recipient has chosen not to get it"));
        }
        let (words, invitation) = match self.writer.write(&self.state, mail, &recipient).await? {
            Written::Words(words) if recipient.may_enter() => (words, None),
            Written::Inviting(words, invitation) if recipient.may_enter() => (words, Some(invitation)),
            // Somebody who is let in again in time is told what is so by then.
            Written::Words(_) | Written::Inviting(..) | Written::NotNow => return Ok(DeliveryOutcome::Held),
            Written::NoLonger => return Ok(DeliveryOutcome::Cancelled("what it would have said is no longer so")),
        };
        let sent = mailer.send(&Email { invitation, ..email(mail, &recipient, words) }).await;
        Ok(sent.map_or_else(DeliveryOutcome::NotSent, |()| DeliveryOutcome::Sent))
    }

    /// Changes a mail that waits and is still due at `due_at`; whether it was.
    async fn change(&self, mail: &Model, due_at: DateTime<Utc>, change: ActiveModel) -> Result<bool, DbErr> {
        let now = self.state.clock.now();
        let update = Entity::update_many()
            .set(ActiveModel { updated_at: Set(now), ..change })
            .filter(Column::Id.eq(mail.id))
            .filter(Column::Status.eq(MailStatus::Waiting))
            .filter(Column::DueAt.eq(due_at));
        Ok(self.state.db.write_unrecorded(QUEUE, async |uow| uow.update_where(update.clone(), NO_PAGE).await).await?
            == 1)
    }
}

impl Job for MailSender {
    const NAME: &'static str = "mail";
    const EVERY: Duration = Duration::from_secs(5);
    /// For a mail that is just being sent. One that is cut off may be sent twice.
    const GRACE: Duration = Duration::from_secs(5);
    type Error = AppError;

    async fn turn(&self) -> Result<Duration, AppError> {
        let round = self.round().await;
        let is_away = round.as_ref().is_ok_and(|done| done.is_away);
        let pause = {
            let mut pace = self.pace();
            pace.pause = if is_away { (pace.pause * 2).min(LONGEST) } else { Self::EVERY };
            pace.pause
        };
        round?;
        Ok(pause)
    }

    /// The leader may be one that sends nothing: what waits is told by every instance.
    async fn stand_by(&self) {
        let is_due = is_due(self.pace().looked, LOOK_EVERY);
        if is_due && let Err(error) = self.report_backlog().await {
            log::warn!("nobody can tell what mail waits: {error}");
        }
    }

    fn may_lead(&self) -> bool {
        self.state.clock_skew.is_tolerable()
    }

    fn stop(&self) {
        self.stop_signal.stop();
    }
}

/// Whether what was last done at that time is to be done again.
fn is_due(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|last| last.elapsed() >= every)
}

/// Of a link that proves an address: that one.
fn address_of<'a>(mail: &'a Model, recipient: &'a Recipient) -> &'a str {
    mail.address.as_ref().unwrap_or(&recipient.email)
}

fn email(mail: &Model, recipient: &Recipient, words: EmailText) -> Email {
    let signature = recipient.hospital.as_deref().unwrap_or("Telemedicine");
    Email {
        text: format!("Hello,\n\n{}\n\n{signature}\n\nNobody reads answers to this mail.\n", words.text),
        address: address_of(mail, recipient).to_owned(),
        subject: words.subject,
        invitation: None,
        message_id: format!("mail-{}-{}", mail.id, mail.created_at.timestamp_micros()),
    }
}

impl std::fmt::Debug for MailSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailSender")
    }
}
