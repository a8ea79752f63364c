//! Who is in the room of a visit, what was said there, and how late its doctor runs.

use chrono::{DateTime, TimeDelta, Utc};

use super::{STANDING, clinic::People, world::World};
use crate::support::*;

const NOW: &str = "/appointments/{id}/now";
const BOARD: &str = "/dashboard";
const STANDS: [(&str, &str); 3] = [("doctor", STANDING), ("patient", STANDING), ("admin", STANDING)];
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

    let check = format!("{}/device-check", visit.path());
    let found = [("camera", "none"), ("microphone", "ok")];
    // The patient's own board leads on from what they have said themselves.
    let devices = [&LATE[..], &STANDS].concat();
    world.after("the patient has no camera", &devices, world.post("patient", &check, &found)).await;
    let works = [("camera", "ok"), ("microphone", "ok"), ("network", "tcp")];
    world.after("now they have", &devices, world.post("patient", &check, &works)).await;
    let seen = [&LATE[..3], &STANDS].concat();
    world.after("the doctor checks", &seen, world.post("doctor", &check, &works)).await;

    let delay = format!("/doctors/{}/delay", people.doctor.id);
    world.after("the doctor runs late", &LATE, world.post("doctor", &delay, &[("minutes", "20")])).await;
    world.after("later still", &LATE, world.post("admin", &delay, &[("minutes", "45")])).await;
    let answers = [("location_now", "Patan"), ("consent", "on")];
    let path = |noun: &str| format!("{}/{noun}", visit.path());
    world.after("the patient answers", &[], world.post("patient", &path("answers"), &answers)).await;
    let skipped = [("version", "0"), ("skipped_reason", "No time.")];
    world.after("the opening is gone without", &[], world.post("doctor", &path("opening"), &skipped)).await;
}

/// Also to whoever is on their way: they are in no line yet.
#[tokio::test]
async fn no_page_is_stale_after_the_doctor_of_a_visit_that_is_expected_runs_late() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(20));
    visit.status(AppointmentStatus::Confirmed).create(&world.app).await;
    people.sign_in(&mut world).await;
    let delay = format!("/doctors/{}/delay", people.doctor.id);
    let seen = [("doctor", BOARD), ("patient", BOARD), ("admin", BOARD)];
    world.after("the doctor runs late", &seen, world.post("doctor", &delay, &[("minutes", "20")])).await;
}

/// To whoever waits over midnight: what they may do is the same the day after.
#[tokio::test]
async fn no_page_is_stale_after_the_day_on_which_the_doctor_ran_late() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-5));
    visit.status(AppointmentStatus::Waiting).create(&world.app).await;
    people.sign_in(&mut world).await;
    let delay = format!("/doctors/{}/delay", people.doctor.id);
    world.post("doctor", &delay, &[("minutes", "20")]).await;
    let midnight: DateTime<Utc> = "2026-11-24T18:15:00Z".parse().unwrap();
    world.app.clock.set(midnight - TimeDelta::minutes(1));
    let tomorrow = async { world.app.clock.set(midnight) };
    world.after("the day is over", &[("patient", BOARD), ("admin", BOARD)], tomorrow).await;
}

/// Whoever waits sees whose turn comes before; and what is late today is not late tomorrow.
#[tokio::test]
async fn no_page_is_stale_after_the_line_moves_on_or_its_time_is_over() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let draft =
        |patient: &Patient, minutes| appointment().of(&people.doctor).with(patient).at(world.app.in_minutes(minutes));
    let before = draft(&people.newcomer, -40).status(AppointmentStatus::Waiting).since(world.app.in_minutes(-45));
    let before = before.create(&world.app).await;
    let visit = draft(&people.patient, -5).status(AppointmentStatus::Waiting).create(&world.app).await;
    let expected = draft(&people.patient, 60).create(&world.app).await;
    let over = world.app.in_minutes(90);
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    let path = format!("{}/start", before.path());
    let start = world.post("doctor", &path, &[("version", "0")]);
    world.after("whoever came before is seen", &[("patient", NOW), ("admin", NOW)], start).await;

    let all = [("doctor", NOW), ("patient", NOW), ("admin", NOW)];
    world.look_into_the_room_of(&expected);
    let clock = world.app.clock.clone();
    // A page is kept for a while, however long it would be true.
    let to = |moment: DateTime<Utc>| {
        clock.set(moment - TimeDelta::minutes(1));
        let clock = clock.clone();
        async move { clock.set(moment) }
    };
    world.after("the time of a visit that is expected is over", &all, to(over)).await;
    world.look_into_the_room_of(&visit);
    let delay = format!("/doctors/{}/delay", people.doctor.id);
    world.post("doctor", &delay, &[("minutes", "20")]).await;
    let midnight: DateTime<Utc> = "2026-11-24T18:15:00Z".parse().unwrap();
    world
        .after("the day of the delay is over", &[("admin", NOW), ("admin", BOARD), ("patient", BOARD)], to(midnight))
        .await;
}
