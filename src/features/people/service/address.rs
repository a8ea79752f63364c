//! What becomes of an address that an administrator types for somebody.

use entity::user;

use crate::{
    access::ActingViewer,
    db::UnitOfWork,
    features::{accounts, audit::AuditEvent},
    state::AppState,
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
    /// It counts when the link that is sent there has been opened.
    Waits,
}

/// An address that was typed for somebody.
pub(super) struct TypedAddress<'a> {
    account: &'a user::Model,
    typed: &'a str,
    pub(super) outcome: AddressOutcome,
}

impl<'a> TypedAddress<'a> {
    pub(super) fn new(state: &AppState, account: &'a user::Model, typed: &'a str) -> Self {
        let outcome = if accounts::waits_for_link(state, account, typed) {
            AddressOutcome::Waits
        } else if account.email == typed {
            AddressOutcome::Same
        } else {
            AddressOutcome::Changed
        };
        Self { account, typed, outcome }
    }

    /// Does what follows: what became of it. Four statements at most.
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
                let is_asked = accounts::ask_for_address(uow, now, viewer, (self.account, self.typed)).await?;
                let is_anothers = PersonNotSaved::Field("email", "Somebody already has an account with this address.");
                if is_asked { Ok(self.outcome) } else { Err(is_anothers) }
            }
        }
    }

    /// Both addresses in the trail.
    pub(super) fn told(&self, event: AuditEvent) -> AuditEvent {
        let both = |event: AuditEvent| event.address("from", &self.account.email).address("to", self.typed);
        match self.outcome {
            AddressOutcome::Same => event,
            AddressOutcome::Changed | AddressOutcome::Invited => both(event),
            AddressOutcome::Waits => both(event.word("address", "asked for")),
        }
    }
}
