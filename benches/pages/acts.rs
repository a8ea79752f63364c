//! What the users do while they look around: visits go through their life, whoever is told of a step reads it, and now and
//! then somebody corrects their profile. Each act changes something.

use std::collections::{HashMap, HashSet};

use super::{
    clinic::form,
    services::Services,
    users::{Person, Request, Users},
};

/// Visits between two steps of one visit, so that no step comes before the one it follows.
const APART: usize = 80;
/// One visit in so many is called off instead of beginning.
const CANCELLED: usize = 12;
/// One act in so many is a change of a profile.
const PROFILES: usize = 100;
/// Visits that begin their steps in one run.
const VISITS: usize = 4000;

/// A visit that is still to come.
struct Visit {
    id: i64,
    version: i32,
    status: String,
    hospital_id: i64,
    doctor: i64,
    patient: i64,
    /// On the clock of its hospital. Nobody arrives, and nothing is begun, on another day.
    is_today: bool,
    /// Within a day: the demo puts those around now, whatever the hours, and a time outside of them cannot be promised.
    is_near: bool,
}

/// An act, when it is due, and who reads of it.
struct Due<'a> {
    at: usize,
    request: Request<'a>,
    reader: Option<i64>,
}

/// The acts of each of `N` runs, none of which does what another has done.
pub(crate) fn plan<'a, const N: usize>(users: &'a Users, services: &Services) -> [Vec<Request<'a>>; N] {
    let visits = visits(users, services);
    std::array::from_fn(|run| {
        let own = visits.iter().skip(run).step_by(N).take(VISITS);
        Planner::new(users, run).acts(own)
    })
}

/// Visits to come of every doctor: in turns one of a patient who is signed in, and two whose patients are not, whom the
/// hospital's staff receives.
fn visits(users: &Users, services: &Services) -> Vec<Visit> {
    let rows = services.rows(
        "SELECT a.id, a.version, a.status, a.hospital_id, d.user_id AS doctor, p.user_id AS patient,
                (a.starts_at AT TIME ZONE h.time_zone)::date = (now() AT TIME ZONE h.time_zone)::date AS is_today,
                a.starts_at < now() + interval '1 day' AS is_near
           FROM appointment a JOIN doctor d ON d.id = a.doctor_id JOIN patient p ON p.id = a.patient_id
           JOIN hospital h ON h.id = a.hospital_id
          WHERE a.starts_at > now() AND a.status IN ('requested', 'scheduled', 'confirmed', 'waiting')
            AND NOT EXISTS (SELECT FROM time_off t
                             WHERE t.doctor_id = a.doctor_id AND t.starts_at < a.ends_at AND t.ends_at > a.starts_at)
          ORDER BY a.starts_at, a.id",
    );
    let number = |row: &sea_orm::QueryResult, column: &str| row.try_get::<i64>("", column).unwrap();
    let visits = rows.iter().map(|row| Visit {
        id: number(row, "id"),
        version: row.try_get("", "version").unwrap(),
        status: row.try_get("", "status").unwrap(),
        hospital_id: number(row, "hospital_id"),
        doctor: number(row, "doctor"),
        patient: number(row, "patient"),
        is_today: row.try_get("", "is_today").unwrap(),
        is_near: row.try_get("", "is_near").unwrap(),
    });
    let signed_in: HashSet<i64> = users.people().iter().map(|person| person.user_id).collect();
    // Of those without a step to take there would be gaps, and steps of one visit would come too close.
    let has_steps = |visit: &Visit| {
        let confirms = visit.status == "scheduled" && !visit.is_near && signed_in.contains(&visit.patient);
        visit.is_today || visit.status == "requested" || confirms
    };
    let visits = visits.filter(has_steps);
    let (theirs, others): (Vec<Visit>, Vec<Visit>) = visits.partition(|visit| signed_in.contains(&visit.patient));
    let mut others = others.into_iter();
    theirs
        .into_iter()
        .flat_map(|visit| std::iter::once(visit).chain(others.by_ref().take(2)).collect::<Vec<_>>())
        .collect()
}

struct Planner<'a> {
    users: &'a Users,
    run: usize,
    by_id: HashMap<i64, &'a Person>,
    admins: HashMap<i64, &'a Person>,
    due: Vec<Due<'a>>,
}

impl<'a> Planner<'a> {
    fn new(users: &'a Users, run: usize) -> Self {
        let people = users.people();
        let admins = people.iter().filter(|person| person.role == "hospital_admin");
        let admins = admins.filter_map(|person| Some((person.hospital_id?, person))).collect();
        Self {
            users,
            run,
            by_id: people.iter().map(|person| (person.user_id, person)).collect(),
            admins,
            due: Vec::new(),
        }
    }

    fn acts<'v>(mut self, visits: impl Iterator<Item = &'v Visit>) -> Vec<Request<'a>> {
        for (place, visit) in visits.enumerate() {
            self.life_of(visit, place);
        }
        self.due.sort_by_key(|due| due.at);
        let mut unread = HashSet::new();
        let mut acts = Vec::new();
        for due in self.due {
            match due.reader {
                // Told twice before they look: they read once.
                None if due.request.label == READ && !unread.remove(&due.request.by.user_id) => continue,
                None => {}
                Some(reader) => {
                    unread.insert(reader);
                }
            }
            acts.push(due.request);
            if acts.len() % PROFILES == PROFILES - 1 {
                let person = &self.users.people()[(acts.len() * 7 + self.run) % self.users.people().len()];
                acts.push(correct_profile(person, acts.len() * 10 + self.run));
            }
        }
        acts
    }

    /// The steps that are left of a visit, by those of its parties who are signed in.
    fn life_of(&mut self, visit: &Visit, place: usize) {
        let (doctor, patient) = (self.by_id[&visit.doctor], self.by_id.get(&visit.patient).copied());
        let received_by = match patient {
            Some(patient) if place.is_multiple_of(2) => patient,
            _ => self.admins[&visit.hospital_id],
        };
        let mut steps: Vec<(&'a Person, &str, &str, Option<i64>)> = Vec::new();
        if visit.status == "requested" {
            steps.push((doctor, "approval", "", Some(visit.patient)));
        }
        if let (Some(patient), "requested" | "scheduled") = (patient, visit.status.as_str())
            && !visit.is_near
        {
            steps.push((patient, "confirmation", "", Some(visit.doctor)));
        }
        if visit.status != "waiting" && place % CANCELLED == 5 {
            steps.push((received_by, "cancellation", "&reason=Something+came+up.", Some(visit.doctor)));
        } else if visit.is_today {
            if visit.status != "waiting" {
                steps.push((received_by, "arrival", "", Some(visit.doctor)));
            }
            steps.push((doctor, "start", "", None));
            steps.push((doctor, "outcome", "&outcome=completed", None));
        }
        for (step, (by, name, more, reader)) in steps.into_iter().enumerate() {
            let at = (place + step * APART) * 2;
            let body = format!("version={}{more}", visit.version + i32::try_from(step).unwrap());
            let request = act(by, name.to_owned(), (format!("/appointments/{}/{name}", visit.id), body));
            let reader = reader.and_then(|reader| self.by_id.get(&reader).copied());
            self.due.push(Due { at, request, reader: reader.map(|reader| reader.user_id) });
            if let Some(reader) = reader {
                let request = act(reader, READ.to_owned(), ("/notifications/read".to_owned(), String::new()));
                self.due.push(Due { at: at + APART, request, reader: None });
            }
        }
    }
}

const READ: &str = "notifications read";

/// All that the form sends, as a browser does, with another phone number.
fn correct_profile(person: &Person, number: usize) -> Request<'_> {
    let phone = format!("+977 98{number:08}");
    let fields = [
        ("first_name", person.first_name.as_str()),
        ("last_name", &person.last_name),
        ("phone", &phone),
        ("date_of_birth", &person.date_of_birth),
    ];
    act(person, "profile".to_owned(), ("/profile".to_owned(), form(&fields)))
}

fn act(by: &Person, label: String, (path, body): (String, String)) -> Request<'_> {
    Request { class: "act", label, by, method: "POST", path, body }
}
