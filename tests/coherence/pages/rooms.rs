//! Who is in the room of a visit, what was said there, and how late its doctor runs.

use chrono::TimeDelta;

use super::{clinic::People, world::World};
use crate::support::*;

const NOW: &str = "/appointments/{id}/now";
const BOARD: &str = "/dashboard";
/// Whoever sees the patient, the doctor, and how late the doctor runs in a list.
const PATIENT: [(&str, &str); 5] =
    [("doctor", NOW), ("patient", NOW), ("admin", NOW), ("doctor", BOARD), ("admin", BOARD)];
const DOCTOR: [(&str, &str); 4] = [("doctor", NOW), ("patient", NOW), ("admin", NOW), ("patient", BOARD)];
const LATE: [(&str, &str); 6] =
    [("doctor", NOW), ("patient", NOW), ("admin", NOW), ("doctor", BOARD), ("patient", BOARD), ("admin", BOARD)];

#[tokio::test]
async fn no_page_is_stale_after_somebody_comes_or_goes_or_the_doctor_runs_late() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-5));
    let visit = visit.status(AppointmentStatus::Waiting).create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    let presence = format!("{}/presence", visit.path());
    let sign = async |who: &'static str, state: &'static str| {
        world.browser(who).post_form(&presence, &[("state", state)]).await.expect(204);
    };
    world.after("the patient comes", &PATIENT, sign("patient", "here")).await;
    world.after("the doctor comes", &DOCTOR, sign("doctor", "here")).await;
    world.after("the patient is still there", &[], sign("patient", "here")).await;
    world.after("the patient goes", &[], sign("patient", "leaving")).await;
    let moment = async |seconds| world.app.clock.advance(TimeDelta::seconds(seconds));
    world.after("the patient has gone", &PATIENT, moment(5)).await;
    world.after("nothing is heard of the doctor", &DOCTOR, moment(40)).await;

    let delay = format!("/doctors/{}/delay", people.doctor.id);
    world.after("the doctor runs late", &LATE, world.post("doctor", &delay, &[("minutes", "20")])).await;
    world.after("later still", &LATE, world.post("admin", &delay, &[("minutes", "45")])).await;
    let answers = [("location_now", "Patan"), ("consent", "on")];
    let path = |noun: &str| format!("{}/{noun}", visit.path());
    world.after("the patient answers", &[], world.post("patient", &path("answers"), &answers)).await;
    let skipped = [("version", "0"), ("skipped_reason", "No time.")];
    world.after("the opening is gone without", &[], world.post("doctor", &path("opening"), &skipped)).await;
}
