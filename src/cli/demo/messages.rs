//! What patients of a demo asked after their visits of late, and what their doctors answered. Some have not been answered, some answers not read.

use chrono::{DateTime, Duration, Utc};
use entity::{enums::AppointmentStatus, message, message_read};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{calendar::SLOT, notes::WRITTEN_SINCE, visits::StoredVisit};

/// What was asked, and the answer.
const TALKS: [[&str; 2]; 4] = [
    ["Can I take the tablets with my morning tea?", "Yes, with tea or with water. Only not on an empty stomach."],
    ["It is a little better today. Shall I go on?", "Good to hear. Go on for five more days, then stop."],
    ["How often was it? I could not read the label.", "As on the prescription, which you find among your papers."],
    ["Do I have to come for the result?", "No. I write to you as soon as it is here."],
];
/// After the visit.
const ASKED: Duration = Duration::hours(4);
const ANSWERED: Duration = Duration::hours(6);
/// Answers of this time have not been read yet.
const UNREAD_SINCE: Duration = Duration::days(2);

/// What was written about one visit.
pub(super) struct Talk {
    appointment_id: i64,
    /// `user.id` of the doctor, and of the patient.
    both: (i64, i64),
    words: [&'static str; 2],
    at: DateTime<Utc>,
    is_answered: bool,
    is_read: bool,
}

impl Talk {
    /// About the visit, if something was written about it. `both`: the `user.id` of the doctor, and of the patient.
    pub(super) fn of(StoredVisit { visit, id }: StoredVisit<'_>, now: DateTime<Utc>, both: (i64, i64)) -> Option<Self> {
        let at = visit.starts_at + SLOT;
        let dice = usize::try_from(visit.dice).unwrap_or(0);
        let is_of_late = visit.starts_at > now - WRITTEN_SINCE && at + ANSWERED < now;
        let words = *TALKS.get(dice / 3 % TALKS.len())?;
        let is_one = is_of_late && visit.status == AppointmentStatus::Completed && dice.is_multiple_of(3);
        let (is_answered, is_read) = (dice.is_multiple_of(2), at < now - UNREAD_SINCE);
        is_one.then_some(Self { appointment_id: id, both, words, at, is_answered, is_read })
    }

    fn token(&self, place: usize) -> String {
        format!("demo-{}-{place}", self.appointment_id)
    }

    /// The question, and the answer if there is one.
    pub(super) fn messages(&self) -> Vec<message::ActiveModel> {
        let (doctor, patient) = self.both;
        let said = [(patient, self.at + ASKED), (doctor, self.at + ANSWERED)];
        let rows =
            said.into_iter().zip(self.words).enumerate().map(|(place, ((sender, at), words))| message::ActiveModel {
                id: NotSet,
                appointment_id: Set(self.appointment_id),
                sender_id: Set(sender),
                body: Set(words.to_owned()),
                token: Set(self.token(place)),
                retracted_at: Set(None),
                created_at: Set(at),
                updated_at: Set(at),
            });
        rows.take(if self.is_answered { 2 } else { 1 }).collect()
    }

    /// How far both have read; `id` knows the messages by their tokens.
    pub(super) fn marks(
        &self,
        id: impl Fn(&String) -> Result<i64, DbErr>,
    ) -> Result<[message_read::ActiveModel; 2], DbErr> {
        let (doctor, patient) = self.both;
        let asked = id(&self.token(0))?;
        let answer = if self.is_answered { id(&self.token(1))? } else { 0 };
        let at = self.at + if self.is_answered { ANSWERED } else { ASKED };
        let mark = |user_id, (read, newest): (i64, i64)| message_read::ActiveModel {
            id: NotSet,
            appointment_id: Set(self.appointment_id),
            user_id: Set(user_id),
            last_read_id: Set(read),
            read_at: Set((read > 0).then_some(at)),
            newest_id: Set(newest),
            latest_id: Set(asked.max(answer)),
            created_at: Set(self.at + ASKED),
            updated_at: Set(at),
        };
        let read_by_doctor = if self.is_answered { asked } else { 0 };
        let read_by_patient = if self.is_read { answer } else { 0 };
        Ok([mark(doctor, (read_by_doctor, asked)), mark(patient, (read_by_patient, answer))])
    }
}
