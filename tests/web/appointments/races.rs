//! Two at once: one wins, the other is told, and nothing is done twice.

use futures_util::future::join_all;

use super::*;

#[tokio::test]
async fn of_two_who_answer_at_once_one_is_told_that_the_other_was_quicker() {
    let practice = Practice::open().await;
    for number in 0..6 {
        let visit = practice.visit_at(AppointmentStatus::Proposed, 24 * (number * 3 + 1)).await;
        let (accept, refuse) =
            (format!("{}/proposal/acceptance", visit.path()), format!("{}/proposal/refusal", visit.path()));
        let version = [("version", "0")];
        let (yes, no) =
            tokio::join!(practice.desk.post_form(&accept, &version), practice.home.post_form(&refuse, &version));
        let mut statuses = [yes.status, no.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let stored = practice.stored(visit.id).await;
        let won = if yes.status == 303 { AppointmentStatus::Scheduled } else { AppointmentStatus::Requested };
        assert_eq!((stored.status, stored.version), (won, 1));
        assert_eq!(practice.trail(visit.id).await.len(), 1);
        assert_eq!(practice.history(visit.id).await.len(), 3, "asked, proposed, and one answer");
    }
}

#[tokio::test]
async fn a_button_pressed_twice_does_its_work_once() {
    let practice = Practice::open().await;
    let visit = practice.visit(AppointmentStatus::Scheduled).await;
    let path = format!("{}/confirmation", visit.path());
    let presses = (0..5).map(|_| practice.home.post_form(&path, &[("version", "0")]));
    let answers = join_all(presses).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 5, "it is done, whichever press did it");
    assert_eq!(practice.told(visit.id).await.len(), 1);
    assert_eq!(practice.trail(visit.id).await.len(), 1);
    assert_eq!(practice.stored(visit.id).await.version, 1);
}

#[tokio::test]
async fn of_many_requests_for_one_time_one_is_approved() {
    let practice = Practice::open().await;
    let mut visits = Vec::new();
    for _ in 0..8 {
        let patient = patient(&practice.hospital).create(&practice.app).await;
        let visit = appointment().of(&practice.doctor).with(&patient).status(AppointmentStatus::Requested);
        visits.push(visit.create(&practice.app).await);
    }
    let paths: Vec<String> = visits.iter().map(|visit| format!("{}/approval", visit.path())).collect();
    let answers = join_all(paths.iter().map(|path| practice.surgery.post_form(path, &[("version", "0")]))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn of_many_requests_of_one_patient_at_once_as_many_stand_as_may_be_open() {
    let practice = Practice::open().await;
    works_daily(&practice.app, &practice.doctor, (9, 17)).await;
    let doctor = practice.doctor.id.to_string();
    let times: Vec<String> = (0..32).map(|n| format!("2026-12-{:02}T{:02}:00", 1 + n / 4, 10 + n % 4)).collect();
    let asked = times.iter().map(|at| {
        let form = [("doctor_id", doctor.as_str()), ("starts_at", at.as_str())];
        let home = &practice.home;
        async move { home.post_form("/appointments", &form).await }
    });
    let answers = join_all(asked).await;
    let booked = answers.iter().filter(|answer| answer.status == 303).count();
    assert_eq!(booked, 5, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
}
