//! What mails say that carry a link to choose a password or to prove an address, and those that tell what was done to an account.

use chrono::TimeDelta;
use entity::{
    enums::{AddressLinkPurpose, LinkPurpose, SecurityEvent},
    mail::Model,
};

use super::{queries, token::Token};
use crate::{
    features::mail::{self, EmailText, Recipient},
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

/// The words of a mail with a link to an address; nothing when its link is over.
///
/// # Errors
/// The database's.
pub(crate) async fn write_address_link(
    state: &AppState,
    mail: &Model,
    recipient: &Recipient,
) -> Result<Option<EmailText>, AppError> {
    let Some(id) = mail.address_link_id else { return Ok(None) };
    let found = queries::linked_address(&state.db.reader(), id).await?;
    let Some(found) = found.filter(|found| found.works(state.clock.now())) else { return Ok(None) };
    let token = Token::of_address(&state.settings.secret_key, &found.link).text();
    let link = format!("{}/address-links/{token}", state.settings.server.origin());
    let until = Moment::new(found.link.expires_at, recipient.zone());
    let until = format!("{} ({})", until.text, until.zone);
    Ok(Some(match found.link.purpose {
        AddressLinkPurpose::Proof => proof(&link, &until),
        AddressLinkPurpose::Change => change(&link, &until),
        AddressLinkPurpose::WayBack => way_back(&link, &until),
    }))
}

fn proof(link: &str, until: &str) -> EmailText {
    EmailText {
        subject: "Confirm your e-mail address".to_owned(),
        text: format!(
            "Somebody, probably you, has made an account with this address. Confirm that it is yours, then you can ask for visits:\n\
             {link}\n\nThe link works once, until {until}.\n\nIf it was not you, there is nothing to do."
        ),
    }
}

fn change(link: &str, until: &str) -> EmailText {
    EmailText {
        subject: "Confirm your new e-mail address".to_owned(),
        text: format!(
            "This is to be the address of an account. Confirm that it is yours:\n{link}\n\nThe link works once, until {until}. Until \
             then the old address counts.\n\nIf you have no account, there is nothing to do."
        ),
    }
}

fn way_back(link: &str, until: &str) -> EmailText {
    EmailText {
        subject: "Your e-mail address is to be changed".to_owned(),
        text: format!(
            "Somebody has asked for another e-mail address for your account. It counts as soon as that address is confirmed.\n\n\
             If it was you, or you know of it, there is nothing to do. If not, keep this address here:\n{link}\n\n\
             That signs every browser out, and you choose another password. The link works until {until}."
        ),
    }
}

/// So many mails about the security of an account are sent in a day: whoever does something to it again and again does not fill a mailbox.
const TOLD_A_DAY: u64 = 10;
const DAY: TimeDelta = TimeDelta::days(1);
/// News of an account that could not be sent for so long is none.
const OLD: TimeDelta = TimeDelta::days(7);

/// The subject of the mail that tells of `event`, and the beginning of its first sentence.
fn what_was_done(event: SecurityEvent) -> (&'static str, &'static str) {
    match event {
        SecurityEvent::PasswordChanged => ("Your password was changed", "The password of your account was changed"),
        SecurityEvent::NewDevice => {
            ("A new browser signed in", "A browser that had not been seen before signed in with your account")
        }
        SecurityEvent::SessionsEnded => {
            ("You were signed out everywhere", "An administrator has signed your account out in every browser")
        }
        SecurityEvent::SecondFactorSetUp => {
            ("Your second factor is set up", "Your account asks for a code of an app besides the password")
        }
        SecurityEvent::SecondFactorRemoved => {
            ("Your second factor was removed", "Your account asks for no code besides the password any more")
        }
        SecurityEvent::SecondFactorReset => {
            ("Your second factor was removed", "An administrator has removed the second factor of your account")
        }
        SecurityEvent::RecoveryCodesMade => (
            "You have new recovery codes",
            "New recovery codes were made for your account, and the old ones work no more",
        ),
        SecurityEvent::RecoveryCodeUsed => {
            ("A recovery code was used", "One of the recovery codes of your account was used")
        }
        SecurityEvent::PasskeyAdded => ("A passkey was added", "A passkey was added to your account"),
        SecurityEvent::PasskeyRemoved => ("A passkey was removed", "A passkey was removed from your account"),
        SecurityEvent::CalendarAddressMade => (
            "An address of your calendar was made",
            "A secret address was made at which programs read when your visits are; one that there was leads nowhere any more",
        ),
        SecurityEvent::PasskeyCopied => (
            "A passkey was refused",
            "A passkey of your account was refused because there may be a copy of it: remove it on your profile",
        ),
    }
}

/// The words of a mail that tells what was done to an account; nothing when its owner has been told enough today.
///
/// # Errors
/// The database's.
pub(crate) async fn write_security(
    state: &AppState,
    mail: &Model,
    recipient: &Recipient,
) -> Result<Option<EmailText>, AppError> {
    let (Some(event), now) = (mail.security_event, state.clock.now()) else { return Ok(None) };
    let told = mail::told_since(&state.db.reader(), mail.recipient_id, now - DAY).await?;
    if now - mail.created_at > OLD || told >= TOLD_A_DAY {
        return Ok(None);
    }
    let at = Moment::new(mail.created_at, recipient.zone());
    let (subject, what) = what_was_done(event);
    let origin = state.settings.server.origin();
    Ok(Some(EmailText {
        subject: subject.to_owned(),
        text: format!(
            "{what}: {} ({}).\n\nIf it was you, or you know of it, there is nothing to do. If not, choose another password at once:\n\
             {origin}/password-reset\n\nWhere you are signed in:\n{origin}/profile/sessions",
            at.text, at.zone
        ),
    }))
}
