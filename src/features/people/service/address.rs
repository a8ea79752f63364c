//! What becomes of an address that an administrator types for somebody.

use entity::user;

use crate::{
    access::ActingViewer,
    db::UnitOfWork,
    features::{accounts, audit::AuditEvent, notifications},
    state::AppState,
    text::given_address,
};

use super::PersonNotSaved;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::people) enum AddressOutcome {
    /// It is what it was.
    Same,
    /// It counts at once: of somebody who has never come in, or where no mail is sent.
    Changed,
    /// The same, of somebody who was invited: another link to choose a password is sent there.
    Invited,
    /// The first of somebody who had none: a link to choose a password is sent there.
    First,
    /// It counts when the link that is sent there has been opened.
    Waits,
}

const TAKES_AWAY: &str =
    "An address cannot be taken away: the person signs in with it. Put another in its place, or shut the account.";

const NO_LINK: &str =
    "This server sends no e-mail, so nobody can be invited to choose a password. Leave the address empty.";

/// An address that was typed for somebody.
pub(super) struct TypedAddress<'a> {
    account: &'a user::Model,
    /// None of somebody who still has none.
    typed: Option<&'a str>,
    pub(super) outcome: AddressOutcome,
}

impl<'a> TypedAddress<'a> {
    /// # Errors
    /// `Field` when somebody who has an address is to have none: whoever signs in with it could do so no more, and would not know why. And when
    /// nobody can be sent the link with which an account begins.
    pub(super) fn new(
        state: &AppState,
        account: &'a user::Model,
        typed: Option<&'a str>,
    ) -> Result<Self, PersonNotSaved> {
        let outcome = match (given_address(&account.email), typed) {
            (Some(_), None) => return Err(PersonNotSaved::Field("email", TAKES_AWAY)),
            (None, Some(_)) if !state.outgoing_mail.is_on() => return Err(PersonNotSaved::Field("email", NO_LINK)),
            (None, Some(_)) => AddressOutcome::First,
            (stored, typed) if stored == typed => AddressOutcome::Same,
            (_, Some(typed)) if accounts::waits_for_link(state, account, typed) => AddressOutcome::Waits,
            _ => AddressOutcome::Changed,
        };
        Ok(Self { account, typed, outcome })
    }

    /// Does what follows: what became of it. Four statements at most, and two more with the first address.
    ///
    /// # Errors
    /// `Field` when somebody else has the address; the database's.
    pub(super) async fn follow(
        &self,
        state: &AppState,
        uow: &UnitOfWork,
        ActingViewer { viewer, now }: ActingViewer<'_>,
    ) -> Result<AddressOutcome, PersonNotSaved> {
        match self.outcome {
            AddressOutcome::Same => Ok(self.outcome),
            AddressOutcome::First if self.account.active => {
                accounts::invite(uow, now, self.account.id).await?;
                notifications::send_untold(uow, now, self.account.id).await?;
                Ok(self.outcome)
            }
            AddressOutcome::First => Ok(AddressOutcome::Changed),
            AddressOutcome::Changed | AddressOutcome::Invited => {
                // Whoever reads the new address is perhaps not who is signed in.
                state.sessions.revoke_sessions(uow, self.account.id, None).await?;
                let may_be_invited = self.account.active && self.account.last_sign_in_at.is_none();
                if !may_be_invited || !state.outgoing_mail.is_on() {
                    accounts::end_links(uow, now, self.account.id).await?;
                    return Ok(AddressOutcome::Changed);
                }
                let is_invited = accounts::invite_at_new_address(uow, now, self.account.id).await?;
                Ok(if is_invited { AddressOutcome::Invited } else { AddressOutcome::Changed })
            }
            AddressOutcome::Waits => {
                let typed = self.typed.unwrap_or_default();
                let is_asked = accounts::ask_for_address(uow, now, viewer, (self.account, typed)).await?;
                let is_anothers = PersonNotSaved::Field("email", "Somebody already has an account with this address.");
                if is_asked { Ok(self.outcome) } else { Err(is_anothers) }
            }
        }
    }

    /// Both addresses in the trail.
    pub(super) fn told(&self, event: AuditEvent) -> AuditEvent {
        let both = |event: AuditEvent| {
            let from = given_address(&self.account.email).map(|address| ("from", address));
            let to = self.typed.map(|address| ("to", address));
            from.into_iter().chain(to).fold(event, |event, (name, address)| event.address(name, address))
        };
        match self.outcome {
            AddressOutcome::Same => event,
            AddressOutcome::Changed | AddressOutcome::Invited | AddressOutcome::First => both(event),
            AddressOutcome::Waits => both(event.word("address", "asked for")),
        }
    }
}
