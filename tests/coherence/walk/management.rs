//! What administrators do with people and hospitals on a walk.

use super::clinic::Walk;
use crate::support::*;

/// What may be changed of anybody, and of a hospital.
const CHANGES: [(&str, [&str; 2]); 2] =
    [("phone", ["+977 1 5550001", "+977 1 5550002"]), ("last_name", ["Rai", "Gurung"])];

/// Whether it is a person's, who can be invited.
fn member_path(path: &str) -> bool {
    !path.starts_with("/hospitals")
}

impl Walk {
    /// Whoever keeps `whom` changes them, shuts them out, or lets them in again; or does so with their hospital. The place of
    /// whoever did it.
    pub(super) async fn manage(&mut self, (whom, at): (u8, u8), what: u8) -> Result<usize, String> {
        let whom = self.member(whom);
        let member = &self.members[whom];
        let Some(house) = member.house else { return Ok(whom) };
        let path = match member.person.role {
            Role::Doctor => format!("/doctors/{}", member.side),
            Role::Patient => format!("/patients/{}", member.side),
            _ if what.is_multiple_of(2) => format!("/hospitals/{}", self.hospitals[house].id),
            _ => format!("/admins/{}", member.person.user_id),
        };
        let is_kept_here = matches!(member.person.role, Role::Doctor | Role::Patient);
        let by = if is_kept_here { self.one_of(house, Role::HospitalAdmin) } else { 0 };
        // Somebody who is shut out cannot sign in: each walk goes on with everybody let in.
        self.come_in(by, at).await?;
        let (field, values) = CHANGES[usize::from(what / 2) % CHANGES.len()];
        let page = self.browser(by, at).get(&format!("{path}/edit")).await;
        let mut fields = page.form(&format!("form[action=\"{path}\"]")).fields;
        if let Some(changed) = fields.iter_mut().find(|(name, _)| name == field) {
            values[usize::from(what / 4) % 2].clone_into(&mut changed.1);
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post((by, at), &path, &fields).await?;
        if what.is_multiple_of(5) && member_path(&path) {
            // Refused with 409 if they have been in before.
            self.post((by, at), &format!("{path}/invitation"), &[]).await?;
        }
        if what.is_multiple_of(7) && member_path(&path) {
            self.members[whom].forget();
            let proof = [("proof", self.members[by].password)];
            self.post((by, at), &format!("{path}/sessions/revocation"), &proof).await?;
        }
        if what.is_multiple_of(3) {
            self.members[whom].forget();
            self.post((by, at), &format!("{path}/deactivation"), &[]).await?;
            let concerned = self.everybody_of(house);
            self.check(&concerned).await?;
            self.let_in((by, at), &path).await?;
        }
        Ok(by)
    }

    /// Lets `path` in again. Whoever lets a patient or a hospital in is not asked who they are.
    async fn let_in(&mut self, (by, at): (usize, u8), path: &str) -> Result<(), String> {
        let asks = path.starts_with("/doctors") || path.starts_with("/admins");
        let proof = [("proof", self.members[by].password)];
        let proof = if asks { &proof[..] } else { &[] };
        self.post((by, at), &format!("{path}/reactivation"), proof).await.map(drop)
    }

    /// An administrator, a doctor and a patient of the hospital, and who runs the platform.
    fn everybody_of(&self, house: usize) -> Vec<usize> {
        let mut places = vec![0];
        places.extend([Role::HospitalAdmin, Role::Doctor, Role::Patient].map(|role| self.one_of(house, role)));
        places
    }
}
