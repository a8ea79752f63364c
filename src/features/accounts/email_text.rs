//! What mails say that carry a link to choose a password.

use entity::{enums::LinkPurpose, mail::Model};

use super::{queries, token::Token};
use crate::{
    features::mail::{EmailText, Recipient},
    state::AppState,
    web::{AppError, Moment},
};

/// The words of an invitation or of the mail for a forgotten password; nothing when its link is over.
///
/// # Errors
/// The database's.
pub(crate) async fn write(
    state: &AppState,
    mail: &Model,
    recipient: &Recipient,
) -> Result<Option<EmailText>, AppError> {
    let Some(id) = mail.password_link_id else { return Ok(None) };
    let found = queries::linked(&state.db.reader(), id).await?.filter(|found| found.works(state.clock.now()));
    let Some(found) = found else { return Ok(None) };
    let token = Token::of(&state.settings.secret_key, &found).text();
    let origin = state.settings.server.origin();
    let link = format!("{origin}/password-links/{token}");
    let until = Moment::new(found.link.expires_at, recipient.zone());
    let until = format!("{} ({})", until.text, until.zone);
    Ok(Some(match found.link.purpose {
        LinkPurpose::Invitation => invitation(recipient, &origin, &link, &until),
        LinkPurpose::Reset => reset(&link, &until),
    }))
}

fn invitation(recipient: &Recipient, origin: &str, link: &str, until: &str) -> EmailText {
    let place = recipient.hospital.as_deref().unwrap_or("Telemedicine");
    EmailText {
        subject: "Choose your password".to_owned(),
        text: format!(
            "{place} has made an account for you. Choose your password here:\n{link}\n\n\
             The link works once, until {until}. Afterwards you sign in with this address at\n{origin}/sign-in"
        ),
    }
}

fn reset(link: &str, until: &str) -> EmailText {
    EmailText {
        subject: "Choose another password".to_owned(),
        text: format!(
            "Somebody, probably you, has forgotten the password of your account. Choose another here:\n{link}\n\n\
             The link works once, until {until}.\n\n\
             If it was not you, there is nothing to do: your password stays as it is."
        ),
    }
}
