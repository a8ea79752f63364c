//! Booking on a walk, and the hours in which one can.

use chrono::{Days, NaiveTime, TimeDelta};

use super::clinic::Walk;
use crate::support::*;

impl Walk {
    /// Somebody looks for a time with a doctor of their hospital, or with any, and takes one of those that are shown.
    pub(super) async fn ask_for(&mut self, (who, at): (u8, u8), doctor: u8, time: u8) -> Result<usize, String> {
        let who = self.member(who);
        let Some(house) = self.members[who].house else { return Ok(who) };
        self.come_in(who, at).await?;
        let doctors = self.doctors(Some(house));
        let doctor = self.members[doctors[usize::from(doctor) % doctors.len()]].side;
        let query = match self.members[who].person.role {
            Role::Doctor => String::new(),
            _ if time.is_multiple_of(4) => "?doctor_id=any".to_owned(),
            _ => format!("?doctor_id={doctor}"),
        };
        let page = self.browser(who, at).get(&format!("/appointments/new{query}")).await;
        let times = page.attributes("input[name=starts_at]", "value");
        if times.is_empty() {
            return Ok(who);
        }
        let starts_at = &times[usize::from(time) % times.len()];
        let mut fields = page.form("#times form").fields;
        let patients = page.attributes("#times select[name=patient_id] option", "value");
        for (name, value) in &mut fields {
            match name.as_str() {
                "starts_at" => value.clone_from(starts_at),
                "patient_id" => value.clone_from(&patients[1 + usize::from(time) % (patients.len() - 1).max(1)]),
                _ => {}
            }
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post((who, at), "/appointments", &fields).await.map(|_| who)
    }

    /// One of the parties of a visit: their place, and which visit.
    pub(super) async fn party(&self, by: u8, visit: u8) -> (usize, i64) {
        let id = self.visit(visit).await;
        (self.parties(id).await[usize::from(by) % 3], id)
    }

    /// One of the parties of a visit submits a form of its page. Who, and which visit.
    pub(super) async fn submit_of_visit(
        &mut self,
        (by, at): (u8, u8),
        visit: u8,
        (form, twice): (u8, bool),
    ) -> Result<(usize, i64), String> {
        let (who, id) = self.party(by, visit).await;
        self.submit((who, at), &format!("/appointments/{id}"), (form, twice)).await?;
        Ok((who, id))
    }

    /// One of the parties of a visit moves it to one of the times that are shown, or hands it over to another doctor at one of theirs; or twice, as with two
    /// tabs; nothing where none are. Who, and which visit.
    pub(super) async fn move_visit(
        &mut self,
        (by, at): (u8, u8),
        visit: u8,
        twice: bool,
    ) -> Result<(usize, i64), String> {
        let (who, id) = self.party(by, visit).await;
        self.come_in(who, at).await?;
        let path = format!("/appointments/{id}/rescheduling");
        let mut page = self.browser(who, at).get(&path).await;
        let doctors = page.attributes("#find-doctor option", "value");
        if let Some(doctor) = doctors.get(usize::from(by / 3) % doctors.len().max(1)).filter(|_| by.is_multiple_of(3)) {
            page = self.browser(who, at).get(&format!("{path}?doctor_id={doctor}")).await;
        }
        let times = page.attributes("input[name=starts_at]", "value");
        if !times.is_empty() {
            let starts_at = times[usize::from(by) % times.len()].as_str();
            let fields = page.form("#times form[method=post]").fields;
            let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            let mut change = vec![("version", field("version").unwrap()), ("starts_at", starts_at)];
            change.extend(field("doctor_id").map(|doctor| ("doctor_id", doctor)));
            for _ in 0..=u8::from(twice) {
                self.post((who, at), &path, &change).await?;
            }
        }
        Ok((who, id))
    }

    /// A doctor adds an evening, gives up the first of their hours, or will be away for a day; their place.
    pub(super) async fn change_hours(&mut self, (doctor, at): (u8, u8), what: u8, day: u8) -> Result<usize, String> {
        let doctors = self.doctors(None);
        let who = doctors[usize::from(doctor) % doctors.len()];
        self.come_in(who, at).await?;
        let path = format!("/doctors/{}", self.members[who].side);
        let day_number = (day % 7).to_string();
        match what % 3 {
            0 => {
                let fields = [("weekday", day_number.as_str()), ("start_time", "18:00"), ("end_time", "20:00")];
                self.post((who, at), &format!("{path}/availability"), &fields).await?;
            }
            1 => {
                let page = self.browser(who, at).get(&format!("{path}/availability")).await;
                if let Some(first) = page.attributes("input[name=remove]", "value").first() {
                    self.post((who, at), &format!("{path}/availability"), &[("remove", first)]).await?;
                }
            }
            _ => {
                let from = self.app.now() + TimeDelta::days((day % 5).into());
                let local = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M").to_string();
                let (from, to) = (local(from), local(from + TimeDelta::days(1)));
                let fields = [("starts_at", from.as_str()), ("ends_at", to.as_str()), ("reason", "")];
                self.post((who, at), &format!("{path}/time-off"), &fields).await?;
            }
        }
        Ok(who)
    }

    /// Ten o'clock tomorrow on the clock of that member's hospital, as forms send it.
    pub(super) fn tomorrow_at_ten(&self, who: usize) -> String {
        let zone = self.members[who].house.map_or(telemedicine::time_zone::Tz::UTC, |house| self.hospitals[house].zone);
        let tomorrow = self.app.now().with_timezone(&zone).date_naive() + Days::new(1);
        tomorrow.and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap()).format("%Y-%m-%dT%H:%M").to_string()
    }

    fn doctors(&self, house: Option<usize>) -> Vec<usize> {
        let is_one = |place: &usize| {
            let member = &self.members[*place];
            member.person.role == Role::Doctor && (house.is_none() || member.house == house)
        };
        self.everybody().into_iter().filter(is_one).collect()
    }
}
