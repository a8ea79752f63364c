//! What is done while a visit goes on and afterwards: signs of life, checks of devices, calls, the forms of its room, how late its doctor runs, messages, its note, and what
//! is issued in it.

use super::clinic::Walk;

/// In minutes, the first of them: in time.
const DELAYS: [&str; 4] = ["0", "10", "20", "45"];
/// What somebody finds when they try camera and microphone.
const DEVICES: [&[(&str, &str)]; 3] = [
    &[("camera", "ok"), ("microphone", "ok"), ("network", "udp")],
    &[("camera", "none"), ("microphone", "blocked")],
    &[("camera", "ok"), ("microphone", "ok"), ("network", "none")],
];

impl Walk {
    /// One of a visit's parties is in its room, or calls or hangs up, or one of the forms there, of its messages, of its note or of its documents is sent, or
    /// its doctor runs late; `what` chooses. Who, and which visit.
    pub(super) async fn in_the_room(
        &mut self,
        (by, at): (u8, u8),
        visit: u8,
        what: u8,
    ) -> Result<(usize, i64), String> {
        let (who, visit) = self.party(by, visit).await;
        self.act_there((who, at), visit, what).await?;
        Ok((who, visit))
    }

    async fn act_there(&mut self, (who, at): (usize, u8), visit: i64, what: u8) -> Result<(), String> {
        self.come_in(who, at).await?;
        let path = |noun: &str| format!("/appointments/{visit}/{noun}");
        match what % 12 {
            0 => self.post((who, at), &path("presence"), &[("state", "here")]).await.map(drop),
            1 => self.post((who, at), &path("presence"), &[("state", "leaving")]).await.map(drop),
            2 => self.submit((who, at), &path("room"), (what / 11, false)).await,
            3 => self.submit((who, at), &path("note"), (what / 11, what > 200)).await,
            4 => self.submit((who, at), &path("messages"), (what / 11, what > 200)).await,
            5 => self.sign((who, at), &path("note")).await,
            6 => self.run_late((who, at), visit, what / 11).await,
            7 => self.submit((who, at), &path("documents"), (what / 11, what > 200)).await,
            8 => self.post((who, at), &path("call"), &[]).await.map(drop),
            9 => self.post((who, at), &path("call/end"), &[]).await.map(drop),
            10 => {
                self.post((who, at), &path("device-check"), DEVICES[usize::from(what) % DEVICES.len()]).await.map(drop)
            }
            _ => self.revoke((who, at), (&path("documents"), what / 11)).await,
        }
    }

    /// How late the doctor of that visit runs is said, by somebody who may say it or by somebody who may not.
    async fn run_late(&self, (who, at): (usize, u8), visit: i64, choice: u8) -> Result<(), String> {
        let [doctor, ..] = self.parties(visit).await;
        let minutes = DELAYS[usize::from(choice) % DELAYS.len()];
        let path = format!("/doctors/{}/delay", self.members[doctor].side);
        self.post((who, at), &path, &[("minutes", minutes)]).await.map(drop)
    }

    /// One of the documents of a visit counts no more; nothing where there is none.
    async fn revoke(&mut self, (who, at): (usize, u8), (list, choice): (&str, u8)) -> Result<(), String> {
        let links = self.browser(who, at).get(list).await.links();
        let papers: Vec<&String> = links.iter().filter(|link| link.starts_with("/documents/")).collect();
        let Some(paper) = papers.get(usize::from(choice) % papers.len().max(1)) else { return Ok(()) };
        self.submit((who, at), paper, (0, choice > 17)).await
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
