//! A visit that goes from one doctor to another is on the pages of both.

use super::{clinic::People, world::World};
use crate::support::*;

/// What changes for each of the two doctors.
const OF_DOCTOR: [&str; 7] = [
    "/dashboard",
    "/appointments",
    "/appointments/{id}/standing",
    "/messages",
    "/notifications",
    "/patients",
    "/schedule",
];

#[tokio::test]
async fn no_page_is_stale_after_a_visit_was_handed_over() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let colleague = doctor(&people.hospital).named("Bina", "Thapa").create(&world.app).await;
    let hour = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    for doctor in [&people.doctor, &colleague] {
        availability(&world.app, doctor, 1, (hour(9), hour(17))).await;
    }
    let newcomers = appointment().of(&people.doctor).with(&people.newcomer).at(world.app.in_hours(4));
    let visit = newcomers.status(AppointmentStatus::Scheduled).create(&world.app).await;
    people.sign_in(&mut world).await;
    world.sign_in("colleague", &colleague).await;
    world.look_into_the_room_of(&visit);
    world.post("newcomer", &format!("{}/messages", visit.path()), &[("body", "Should I fast?")]).await;
    let of = |name: &'static str| OF_DOCTOR.map(|path| (name, path));
    let others = [
        ("newcomer", "/dashboard"),
        ("newcomer", "/appointments"),
        ("newcomer", "/notifications"),
        ("admin", "/dashboard"),
        ("admin", "/appointments"),
        ("admin", "/schedule"),
    ];
    let changes = [&of("doctor")[..], &of("colleague"), &others].concat();
    let path = format!("{}/rescheduling", visit.path());
    let there = colleague.id.to_string();
    let over = [("version", "0"), ("starts_at", "2026-11-24T14:00"), ("doctor_id", there.as_str())];
    world.after("a visit that was handed over", &changes, world.post("admin", &path, &over)).await;
    let back = people.doctor.id.to_string();
    let over = [("version", "1"), ("starts_at", "2026-11-24T14:00"), ("doctor_id", back.as_str())];
    world.after("a visit that was handed back", &changes, world.post("colleague", &path, &over)).await;
}
