//! What became of a mail that was tried, and what that changes.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::MailStatus,
    limits::MAIL_ERROR,
    mail::{ActiveModel, Model},
};
use sea_orm::Set;

use super::super::queries::AWAY;
use crate::{integrations::mailer::NotSent, metrics};

/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);
/// How long a mail is held that may be right again: an absence is taken back, somebody is let in.
const HELD: TimeDelta = TimeDelta::minutes(10);
/// After this many doublings the pause is the longest anyway.
const DOUBLINGS: i32 = 4;
/// So many mails that are not taken, one after the other, are no longer about these mails.
const IN_A_ROW: u32 = 5;

/// What became of the mails of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The mail server took them.
    pub sent: u32,
    /// They were not to be sent any more.
    pub cancelled: u32,
    /// The mail server will never take them.
    pub refused: u32,
    /// They are tried again later.
    pub postponed: u32,
    /// What they say is not so now, and may be so again.
    pub held: u32,
    /// The mail server is away, or takes nothing: the rest was not tried.
    pub is_away: bool,
    in_a_row: u32,
}

/// What became of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeliveryOutcome {
    /// The mail server took it.
    Sent,
    /// It is not to be sent now, and is looked at again.
    Held,
    /// It is not to be sent any more, and why.
    Cancelled(&'static str),
    /// It did not go, and why.
    NotSent(NotSent),
}

impl DeliveryOutcome {
    /// What it changes of `mail`, which is as it was before this try, at `now`.
    pub(super) fn change(&self, mail: &Model, now: DateTime<Utc>) -> ActiveModel {
        match self {
            Self::Sent => over(MailStatus::Sent, None, now),
            // It was not tried: neither health nor metrics are to take it for one that failed.
            Self::Held => ActiveModel {
                due_at: Set(now + HELD),
                attempts: Set(mail.attempts),
                last_error: Set(None),
                ..ActiveModel::default()
            },
            Self::Cancelled(reason) => over(MailStatus::Cancelled, Some((*reason).to_owned()), now),
            Self::NotSent(NotSent::Refused(said)) => over(MailStatus::Refused, Some(cut(said)), now),
            Self::NotSent(NotSent::Away(said)) => again(mail, cut(&format!("{AWAY}{said}")), now),
            Self::NotSent(NotSent::Later(said)) => again(mail, cut(said), now),
        }
    }
}

fn over(status: MailStatus, why: Option<String>, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { status: Set(status), last_error: Set(why), finished_at: Set(Some(now)), ..ActiveModel::default() }
}

fn again(mail: &Model, why: String, now: DateTime<Utc>) -> ActiveModel {
    let pause = FIRST_PAUSE * 2_i32.pow(mail.attempts.clamp(0, DOUBLINGS).unsigned_abs());
    ActiveModel { due_at: Set(now + pause.min(LONGEST_PAUSE)), last_error: Set(Some(why)), ..ActiveModel::default() }
}

/// As much of what was said as is kept, in one line; never empty.
fn cut(said: &str) -> String {
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAIL_ERROR).collect();
    if line.trim().is_empty() { "no reason was given".to_owned() } else { line }
}

impl Round {
    /// Counts the outcome of `mail`. What a mail server says of one mail may name its recipient: it stands in the row, not in
    /// the log.
    pub(super) fn note(&mut self, mail: &Model, outcome: &DeliveryOutcome) {
        let (count, word) = match outcome {
            DeliveryOutcome::Sent => (&mut self.sent, "sent"),
            DeliveryOutcome::Held => (&mut self.held, "held"),
            DeliveryOutcome::Cancelled(_) => (&mut self.cancelled, "cancelled"),
            DeliveryOutcome::NotSent(NotSent::Refused(_)) => {
                log::warn!("mail {} was refused for good: see mail.last_error", mail.id);
                (&mut self.refused, "refused")
            }
            DeliveryOutcome::NotSent(NotSent::Away(reason)) => {
                log::warn!("mail waits, its server (SMTP_URL) is away: {}", cut(reason));
                self.is_away = true;
                (&mut self.postponed, "postponed")
            }
            DeliveryOutcome::NotSent(NotSent::Later(_)) => {
                log::warn!("mail {} is not taken, try {}: see mail.last_error", mail.id, mail.attempts + 1);
                (&mut self.postponed, "postponed")
            }
        };
        *count += 1;
        self.in_a_row = if matches!(outcome, DeliveryOutcome::NotSent(_)) { self.in_a_row + 1 } else { 0 };
        self.is_away |= self.in_a_row >= IN_A_ROW;
        metrics::mail(word);
    }
}
