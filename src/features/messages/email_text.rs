//! What mails say of messages that nobody has read for a while: that there are some. Nobody's name, and no word of theirs: mail is read by whoever
//! carries it.

use chrono::TimeDelta;
use entity::mail::Model;

use super::queries;
use crate::{
    features::mail::{self, EmailText, Recipient, Written},
    state::AppState,
    web::AppError,
};

/// For so long somebody is given to read a message before they are told by mail.
pub(super) const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// So many mails about one thread somebody gets in a day: whoever writes and takes it back again and again fills nobody's mailbox.
const TOLD_A_DAY: u64 = 6;
const DAY: TimeDelta = TimeDelta::days(1);

/// The words of a mail about unread messages to `recipient`: once for each thread until they have read it. Not any more when they have; not yet when
/// what is unread came later than what the mail was written for.
///
/// # Errors
/// The database's.
pub(crate) async fn write(state: &AppState, mail: &Model, _: &Recipient) -> Result<Written, AppError> {
    let Some(id) = mail.appointment_id else { return Ok(Written::NoLonger) };
    let (reader, whose) = (state.db.reader(), (mail.recipient_id, id));
    let Some(since) = queries::unread_since(&reader, whose).await? else { return Ok(Written::NoLonger) };
    let now = state.clock.now();
    let is_told = mail::told_of_messages(&reader, whose, since).await? > 0;
    if is_told || mail::told_of_messages(&reader, whose, now - DAY).await? >= TOLD_A_DAY {
        return Ok(Written::NoLonger);
    }
    if now < since + PATIENCE {
        return Ok(Written::NotNow);
    }
    let origin = state.settings.server.origin();
    Ok(Written::Words(EmailText {
        subject: "A message about your visit".to_owned(),
        text: format!("{SAID}\n\nRead it after signing in:\n{origin}/appointments/{id}/messages"),
    }))
}

const SAID: &str = "There is a message for you about one of your visits. For your privacy it is not in this mail. \
                    Messages are not for emergencies.";
