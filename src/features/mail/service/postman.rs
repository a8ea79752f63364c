//! Sending what is due, every few seconds, on every instance.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::MailStatus,
    limits::MAIL_ERROR,
    mail::{ActiveModel, Column, Entity, Model},
};
use futures_util::future::LocalBoxFuture;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::super::queries::{self, NO_PAGE, Recipient};
use crate::{
    integrations::mailer::{Letter, Mailer, NotSent},
    metrics,
    state::AppState,
    web::AppError,
};

/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_secs(5);
/// The longest pause while the mail server is away.
const LONGEST: Duration = Duration::from_secs(60);
/// How many mails are read at once.
const BATCH: u64 = 50;
/// Within this time an instance that claimed a mail has sent it, or is gone. Longer than the mailer's patience.
const CLAIM: TimeDelta = TimeDelta::minutes(3);
/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);
/// After this many doublings the pause is the longest anyway.
const DOUBLINGS: i32 = 4;
/// What is over is kept so long, for whoever asks what became of a mail.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How many rounds pass between two looks for what may go.
const ROUNDS_BETWEEN_SWEEPS: u32 = 720;

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// Plain text between the address and the signature, paragraphs parted by empty lines.
    pub text: String,
}

/// Writes mails: what a row of the outbox says to its recipient now, or nothing when that is no longer so.
pub trait Writer {
    /// The words of `mail`.
    fn write<'a>(
        &'a self,
        state: &'a AppState,
        mail: &'a Model,
        recipient: &'a Recipient,
    ) -> LocalBoxFuture<'a, Result<Option<Words>, AppError>>;
}

/// What became of the mails of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The mail server took them.
    pub sent: u32,
    /// What they would have said is no longer so.
    pub cancelled: u32,
    /// The mail server refused them for good.
    pub refused: u32,
    /// They are tried again later.
    pub postponed: u32,
    /// The mail server is away: the rest was not tried.
    pub is_away: bool,
}

/// Empties the outbox.
pub struct Postman {
    state: AppState,
    writer: Box<dyn Writer>,
}

/// What became of one mail.
enum Outcome {
    Over(MailStatus, Option<String>),
    Again(NotSent),
}

impl Postman {
    /// For the database, the clock and the mailer of `state`; the mails are written by `writer`.
    #[must_use]
    pub fn new(state: &AppState, writer: Box<dyn Writer>) -> Self {
        Self { state: state.clone(), writer }
    }

    /// A round every five seconds, more rarely while the mail server is away: for a task of its own, one a process.
    pub async fn run_forever(self) {
        let mut pause = EVERY;
        for round in 0_u32.. {
            tokio::time::sleep(pause).await;
            pause = match self.round().await {
                Ok(done) if done.is_away => (pause * 2).min(LONGEST),
                Ok(_) => EVERY,
                Err(error) => {
                    log::warn!("the mail of this round is not sent: {error}");
                    EVERY
                }
            };
            if round % ROUNDS_BETWEEN_SWEEPS == 0
                && let Err(error) = self.sweep().await
            {
                log::warn!("old mail is not removed this time: {error}");
            }
        }
    }

    /// Sends everything that is due now, as far as the mail server takes it.
    ///
    /// # Errors
    /// The database's, and what keeps a mail from being written; what was sent until then is noted.
    pub async fn round(&self) -> Result<Round, AppError> {
        let mut done = Round::default();
        loop {
            let due = queries::due(&self.state.db.reader(), self.state.clock.now(), BATCH).await?;
            for mail in &due {
                self.take(mail, &mut done).await?;
                if done.is_away {
                    break;
                }
            }
            if done.is_away || (due.len() as u64) < BATCH {
                break;
            }
        }
        let retried = queries::retried(&self.state.db.reader()).await?;
        self.state.post.note_retried(retried);
        metric(
            metrics::gauge("mail_retried", "Mails that could not be sent yet although it was tried", &[]),
            |gauge| {
                gauge.with_label_values::<&str>(&[]).set(retried);
            },
        );
        Ok(done)
    }

    /// Removes what was over long ago.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep(&self) -> Result<u64, DbErr> {
        let before = self.state.clock.now() - KEPT;
        let old =
            Entity::delete_many().filter(Column::Status.ne(MailStatus::Waiting)).filter(Column::FinishedAt.lt(before));
        self.state.db.write_idempotent(async |uow| uow.delete_where(old.clone(), NO_PAGE).await).await
    }

    /// Sends one mail, if no other instance does.
    async fn take(&self, mail: &Model, done: &mut Round) -> Result<(), AppError> {
        let claimed = mail.due_at.max(self.state.clock.now()) + CLAIM;
        if !self.change(mail, mail.due_at, claim(mail, claimed)).await? {
            return Ok(());
        }
        let outcome = self.deliver(mail).await?;
        let now = self.state.clock.now();
        let change = match &outcome {
            Outcome::Over(status, said) => over(*status, said.as_deref(), now),
            Outcome::Again(reason) => again(mail, reason, now),
        };
        self.change(mail, claimed, change).await?;
        done.note(&outcome, mail);
        Ok(())
    }

    async fn deliver(&self, mail: &Model) -> Result<Outcome, AppError> {
        let cancelled = Ok(Outcome::Over(MailStatus::Cancelled, None));
        // Where mail is off it does not pile up until somebody switches it on.
        let Some(mailer) = self.state.post.mailer() else { return cancelled };
        let recipient = queries::recipient(&self.state.db.reader(), mail.recipient_id).await?;
        let Some(recipient) = recipient.filter(Recipient::may_enter) else { return cancelled };
        let Some(words) = self.writer.write(&self.state, mail, &recipient).await? else { return cancelled };
        Ok(send(mailer, &letter(mail, &recipient, words)).await)
    }

    /// Changes a mail that waits and is still due at `due_at`; whether it was.
    async fn change(&self, mail: &Model, due_at: DateTime<Utc>, change: ActiveModel) -> Result<bool, DbErr> {
        let now = self.state.clock.now();
        let update = Entity::update_many()
            .set(ActiveModel { updated_at: Set(now), ..change })
            .filter(Column::Id.eq(mail.id))
            .filter(Column::Status.eq(MailStatus::Waiting))
            .filter(Column::DueAt.eq(due_at));
        Ok(self.state.db.write(async |uow| uow.update_where(update.clone(), NO_PAGE).await).await? == 1)
    }
}

async fn send(mailer: &dyn Mailer, letter: &Letter) -> Outcome {
    match mailer.send(letter).await {
        Ok(()) => Outcome::Over(MailStatus::Sent, None),
        Err(NotSent::Refused(said)) => Outcome::Over(MailStatus::Refused, Some(said)),
        Err(reason) => Outcome::Again(reason),
    }
}

fn claim(mail: &Model, until: DateTime<Utc>) -> ActiveModel {
    ActiveModel { due_at: Set(until), attempts: Set(mail.attempts.saturating_add(1)), ..ActiveModel::default() }
}

fn over(status: MailStatus, said: Option<&str>, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        status: Set(status),
        last_error: Set(said.map(cut)),
        finished_at: Set(Some(now)),
        ..ActiveModel::default()
    }
}

/// `mail` is as it was before this try.
fn again(mail: &Model, reason: &NotSent, now: DateTime<Utc>) -> ActiveModel {
    let pause = FIRST_PAUSE * 2_i32.pow(mail.attempts.clamp(0, DOUBLINGS).unsigned_abs());
    ActiveModel {
        due_at: Set(now + pause.min(LONGEST_PAUSE)),
        last_error: Set(Some(cut(&reason.to_string()))),
        ..ActiveModel::default()
    }
}

/// As much of what a mail server said as is kept; never empty.
fn cut(said: &str) -> String {
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAIL_ERROR).collect();
    if line.trim().is_empty() { "no reason was given".to_owned() } else { line }
}

fn letter(mail: &Model, recipient: &Recipient, words: Words) -> Letter {
    let signature = recipient.hospital.as_deref().unwrap_or("Telemedicine");
    Letter {
        name: recipient.name(),
        address: recipient.email.clone(),
        subject: words.subject,
        text: format!(
            "Dear {},\n\n{}\n\n{signature}\n\nNobody reads answers to this mail.\n",
            recipient.name(),
            words.text
        ),
        message_id: format!("mail-{}-{}", mail.id, mail.created_at.timestamp_micros()),
    }
}

impl Round {
    fn note(&mut self, outcome: &Outcome, mail: &Model) {
        let (count, word) = match outcome {
            Outcome::Over(MailStatus::Cancelled, _) => (&mut self.cancelled, "cancelled"),
            // What the mail server says of one mail may name its recipient: it stands in the row, not in the log.
            Outcome::Over(MailStatus::Refused, _) => {
                log::warn!("mail {} was refused for good: see mail.last_error", mail.id);
                (&mut self.refused, "refused")
            }
            Outcome::Over(..) => (&mut self.sent, "sent"),
            Outcome::Again(NotSent::Away(reason)) => {
                log::warn!("mail waits, its server (SMTP_URL) is away: {}", cut(reason));
                self.is_away = true;
                (&mut self.postponed, "postponed")
            }
            Outcome::Again(_) => {
                let number = mail.attempts.saturating_add(1);
                log::warn!("mail {} is not taken, try {number}: see mail.last_error", mail.id);
                (&mut self.postponed, "postponed")
            }
        };
        *count += 1;
        metric(
            metrics::counter("mail_total", "Mails, by what became of a try to send them", &["outcome"]),
            |counter| {
                counter.with_label_values(&[word]).inc();
            },
        );
    }
}

fn metric<M>(made: prometheus::Result<M>, count: impl FnOnce(M)) {
    match made {
        Ok(metric) => count(metric),
        Err(error) => log::error!("mail is not counted: {error}"),
    }
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postman")
    }
}
