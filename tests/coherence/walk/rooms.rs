//! What is done while a visit goes on and afterwards: signs of life, the forms of its room, messages, and its note.

use super::clinic::Walk;

impl Walk {
    /// One of a visit's parties is in its room, or one of the forms there, of its messages or of its note is sent; `what` chooses. Who, and which visit.
    pub(super) async fn in_the_room(
        &mut self,
        (by, at): (u8, u8),
        visit: u8,
        what: u8,
    ) -> Result<(usize, i64), String> {
        let visit = self.visit(visit).await;
        let who = self.parties(visit).await[usize::from(by) % 3];
        self.act_there((who, at), visit, what).await?;
        Ok((who, visit))
    }

    async fn act_there(&mut self, (who, at): (usize, u8), visit: i64, what: u8) -> Result<(), String> {
        self.come_in(who, at).await?;
        let path = |noun: &str| format!("/appointments/{visit}/{noun}");
        match what % 6 {
            0 => self.post((who, at), &path("presence"), &[("state", "here")]).await.map(drop),
            1 => self.post((who, at), &path("presence"), &[("state", "leaving")]).await.map(drop),
            2 => self.submit((who, at), &path("room"), (what / 6, false)).await,
            3 => self.submit((who, at), &path("note"), (what / 6, what > 200)).await,
            4 => self.submit((who, at), &path("messages"), (what / 6, what > 200)).await,
            _ => self.sign((who, at), &path("note")).await,
        }
    }

    /// Signs the note as it stands; nothing where there is none to sign.
    async fn sign(&self, (who, at): (usize, u8), note: &str) -> Result<(), String> {
        let page = self.browser(who, at).get(note).await;
        let Some(form) = page.forms().into_iter().find(|form| form.action == note) else { return Ok(()) };
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post((who, at), &format!("{note}/signature"), &fields).await.map(drop)
    }
}
