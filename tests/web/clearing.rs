//! The visits in an absence: moved, cancelled or left in one form, each an act of its own, and what became of each is told.

mod refused;
mod shown;
mod told;

use entity::appointment;
use sea_orm::EntityTrait;

use crate::support::*;

use AppointmentStatus as Status;

/// A doctor with hours from 9 to 12, who is ill on Thursday; it is Tuesday, ten o'clock. And the desk.
pub(super) struct Ward {
    pair: Pair,
    desk: Client,
    absence: i64,
}

impl std::ops::Deref for Ward {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Ward {
    pub(super) async fn open() -> Self {
        let pair = Pair::of(TestApp::start().await, hospital()).await;
        works_daily(&pair.app, &pair.doctor, (9, 12)).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        let thursday = (pair.app.in_hours(47), pair.app.in_hours(50));
        let absence = time_off(&pair.app, &pair.doctor, thursday, "").await;
        Self { pair, desk, absence }
    }

    pub(super) fn path(&self) -> String {
        format!("/doctors/{}/time-off/{}/visits", self.doctor.id, self.absence)
    }

    /// A visit of somebody else, so many half hours after nine o'clock on Thursday.
    pub(super) async fn visit(&self, half_hours: i64, status: Status) -> Appointment {
        let other = patient(&self.hospital).create(&self.app).await;
        let at = self.app.in_minutes(47 * 60 + 30 * half_hours);
        appointment().of(&self.doctor).with(&other).at(at).status(status).create(&self.app).await
    }

    pub(super) async fn stored(&self, visit: &Appointment) -> appointment::Model {
        appointment::Entity::find_by_id(visit.id).one(&self.app.db).await.unwrap().unwrap()
    }

    /// The form with these choices, `message` among them, sent by the desk.
    pub(super) async fn choose(&self, choices: &[(&Appointment, &str)], message: &str) -> Page {
        let fields: Vec<(String, String)> = choices
            .iter()
            .flat_map(|(visit, choice)| {
                [
                    (format!("visit_{}", visit.id), (*choice).to_owned()),
                    (format!("version_{}", visit.id), "0".to_owned()),
                ]
            })
            .chain([("message".to_owned(), message.to_owned())])
            .collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.desk.post_form(&self.path(), &fields).await
    }
}

/// The times that are offered for a visit, as forms send them.
fn times(page: &Page, visit: &Appointment) -> Vec<String> {
    let choices = page.attributes(&format!("input[name=visit_{}]", visit.id), "value");
    choices.into_iter().filter(|choice| choice.starts_with("20")).collect()
}

/// What is told of a visit: `moved`, `cancelled`, `left`, `refused`, and the words.
fn told(page: &Page, visit: &Appointment) -> (String, String) {
    let line = format!("[data-visit=\"{}\"]", visit.id);
    (page.attributes(&line, "data-result").concat(), page.text(&line))
}

#[tokio::test]
async fn the_desk_moves_one_cancels_one_and_leaves_one_in_one_form_and_each_is_told() {
    let ward = Ward::open().await;
    let moved = ward.meet_in(47 * 60, Status::Confirmed).await;
    let cancelled = ward.visit(1, Status::Scheduled).await;
    let left = ward.visit(2, Status::Scheduled).await;
    let page = ward.desk.get(&ward.path()).await.ok();
    assert_eq!(page.appointments("#visits"), [moved.id, cancelled.id, left.id], "the earliest first");
    let (visit_moved, visit_cancelled) = (format!("visit_{}", moved.id), format!("visit_{}", cancelled.id));
    let time = times(&page, &moved).swap_remove(0);
    assert_eq!(time, "2026-11-27T09:00", "the nearest that is free");
    let fields =
        [(visit_moved.as_str(), time.as_str()), (visit_cancelled.as_str(), "cancel"), ("message", "Dr Rai is ill.")];
    let answer = ward.desk.submit(&page, "#visits form", &fields).await.ok();

    assert_eq!(told(&answer, &moved).0, "moved");
    assert!(told(&answer, &moved).1.contains("Moved to Friday 27 November 2026, 09:00"), "{}", answer.words());
    assert_eq!(told(&answer, &cancelled).0, "cancelled");
    assert_eq!(told(&answer, &left).0, "left");
    assert_eq!(answer.text("#results [role=status]"), "1 moved, 1 cancelled, 1 left.");
    assert_eq!(answer.appointments("#visits"), [left.id], "what is left is there to go on with");
    assert!(answer.text("#visits h2").contains('1'));

    let after = ward.stored(&moved).await;
    assert_eq!((after.status, after.version), (Status::Scheduled, 1));
    assert_eq!(after.starts_at, ward.app.in_hours(71));
    let after = ward.stored(&cancelled).await;
    assert_eq!((after.status, after.cancellation_reason.as_deref()), (Status::Cancelled, Some("Dr Rai is ill.")));
    assert_eq!(ward.stored(&left).await.version, 0);
    assert!(ward.home.get("/notifications").await.ok().says("was moved to Friday 27 November 2026, 09:00"));
    assert!(ward.home.get(&moved.path()).await.ok().text("#history").contains("Dr Rai is ill."));
    assert_eq!(ward.app.emails_when(&ward.patient.email, 1).await.len(), 1);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_does_everything_once_and_tells_the_same() {
    let ward = Ward::open().await;
    let (moved, cancelled) = (ward.visit(0, Status::Scheduled).await, ward.visit(1, Status::Confirmed).await);
    for _ in 0..2 {
        let answer = ward.choose(&[(&moved, "2026-11-27T10:00"), (&cancelled, "cancel")], "Ill.").await.ok();
        assert_eq!((told(&answer, &moved).0, told(&answer, &cancelled).0), ("moved".into(), "cancelled".into()));
        assert!(answer.says("No visit lies in this absence"));
    }
    for visit in [&moved, &cancelled] {
        assert_eq!(ward.stored(visit).await.version, 1);
    }
}

#[tokio::test]
async fn what_cannot_be_done_undoes_nothing_and_says_why_and_what_was_typed_is_there() {
    let ward = Ward::open().await;
    let mut visits = Vec::new();
    for number in 0..5 {
        visits.push(ward.visit(number, Status::Scheduled).await);
    }
    let [first, second, third, fourth, fifth] = &visits[..] else { panic!("five") };
    // Somebody has the second time by now, somebody changed the third visit, and the fourth and the fifth are to be at one time.
    let other = patient(&ward.hospital).create(&ward.app).await;
    let taken = appointment().of(&ward.doctor).with(&other).at(ward.app.in_hours(72));
    taken.create(&ward.app).await;
    let why = [("version", "0"), ("reason", "She called.")];
    ward.desk.post_form(&format!("{}/cancellation", third.path()), &why).await.expect(303);
    let chosen = [
        (first, "2026-11-27T09:00"),
        (second, "2026-11-27T10:00"),
        (third, "cancel"),
        (fourth, "2026-11-27T11:00"),
        (fifth, "2026-11-27T11:00"),
    ];
    let answer = ward.choose(&chosen, "Dr Rai is ill.").await.expect(409);
    let codes: Vec<String> = visits.iter().map(|visit| told(&answer, visit).0).collect();
    assert_eq!(codes, ["moved", "refused", "refused", "moved", "refused"]);
    assert!(told(&answer, second).1.contains("Choose another"), "{}", told(&answer, second).1);
    assert!(told(&answer, third).1.contains("cancelled"), "{}", told(&answer, third).1);
    let first = answer.attributes("#results [data-result]", "data-result");
    assert_eq!(first[..3], ["refused"; 3], "with which something is left to do comes first");
    assert!(answer.text("[role=alert]").contains("3 of 5 visits are as they were"));
    assert_eq!(answer.appointments("#visits"), [second.id, fifth.id]);
    assert_eq!(answer.text("textarea[name=message]"), "Dr Rai is ill.");
    assert!(!answer.has("#typed"), "nothing that was sent is missing from the page");
    assert_eq!(ward.stored(third).await.cancellation_reason.as_deref(), Some("She called."));
    for visit in [second, fifth] {
        assert_eq!(ward.stored(visit).await.version, 0);
        let times = times(&answer, visit);
        let is_taken = |time: &String| ["2026-11-27T10:00", "2026-11-27T11:00"].contains(&time.as_str());
        assert!(!times.is_empty() && !times.iter().any(is_taken), "{times:?}");
    }
}

#[tokio::test]
async fn a_doctor_clears_their_own_absence_and_is_led_there_when_they_record_it() {
    let ward = Ward::open().await;
    // On Saturday: a visit and a request; on Friday another visit.
    let hours = 24 * 4;
    let visit = ward.meet_in(60 * hours, Status::Scheduled).await;
    let request = ward.meet_in(60 * hours + 30, Status::Requested).await;
    ward.meet_in(60 * (hours - 24), Status::Scheduled).await;
    let away = [("starts_at", "2026-11-28T09:00"), ("ends_at", "2026-11-28T12:00"), ("reason", "A wedding.")];
    let path = format!("/doctors/{}", ward.doctor.id);
    let recorded = ward.surgery.post_form(&format!("{path}/time-off"), &away).await.expect(303);
    let page = ward.surgery.follow(recorded).await.ok();
    assert!(page.says("The absence is recorded. Visits are planned in it") && page.says("A wedding."));
    assert_eq!(page.appointments("#visits"), [visit.id, request.id], "those in it alone");
    assert!(times(&page, &request).is_empty(), "nobody was promised that time: another is proposed on its page");
    let hours = ward.surgery.get(&format!("{path}/availability")).await.ok();
    assert!(hours.says("2 visits lie in it"), "{}", hours.words());
    assert!(hours.links().contains(&page.form("#visits form").action));
    let book = ward.surgery.get("/schedule?date=2026-11-28").await.ok();
    assert!(book.links().contains(&page.form("#visits form").action), "the day book leads there as well");
    let field = format!("visit_{}", request.id);
    let fields = [(field.as_str(), "cancel"), ("message", "I am away.")];
    let answer = ward.surgery.submit(&page, "#visits form", &fields).await.ok();
    assert_eq!(told(&answer, &request).0, "cancelled");
    assert_eq!(ward.stored(&request).await.status, Status::Cancelled);
}
