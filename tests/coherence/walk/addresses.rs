//! Links to addresses on a walk: newcomers prove theirs, and people take another.

use super::clinic::Walk;
use crate::support::*;

impl Walk {
    /// Somebody asks for another address, and opens the link that is sent there. Whoever has asked too often today keeps theirs.
    pub(super) async fn take_another_address(&mut self, (who, at): (usize, u8)) -> Result<(), String> {
        let new = format!("walker{who}.{}@example.test", self.round);
        let fields = [("email", new.as_str()), ("proof", self.members[who].password)];
        if self.post((who, at), "/profile/email", &fields).await? != 303 {
            return Ok(());
        }
        self.open_link((who, at), &new).await?;
        self.members[who].person.email = new;
        Ok(())
    }

    /// Opens the link that was sent to `address`.
    pub(super) async fn open_link(&self, (who, at): (usize, u8), address: &str) -> Result<(), String> {
        let emails = self.app.emails_when(address, 1).await;
        let token = emails.iter().rev().find_map(|email| token_in(&email.text));
        let token = token.ok_or_else(|| format!("no link was sent to {address}"))?;
        match self.post((who, at), &format!("/address-links/{token}"), &[]).await? {
            303 => Ok(()),
            status => Err(format!("the link that was sent to {address}: {status}")),
        }
    }
}
