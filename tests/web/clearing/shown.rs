//! What the page shows: who is in the absence, how they are reached, and times that nobody else is offered.

use super::*;

#[tokio::test]
async fn each_visit_is_shown_with_who_it_is_and_how_they_are_reached_and_offered_times_of_its_own() {
    let ward = Ward::open().await;
    let mut visits = Vec::new();
    for number in 0..6 {
        visits.push(ward.visit(number, Status::Scheduled).await);
    }
    let page = ward.desk.get(&ward.path()).await.ok();
    let mut offered = Vec::new();
    for visit in &visits {
        let patient = entity::patient::Entity::find_by_id(visit.patient_id).one(&ward.app.db).await.unwrap().unwrap();
        let person = entity::user::Entity::find_by_id(patient.user_id).one(&ward.app.db).await.unwrap().unwrap();
        let row = page.text(&format!("[data-appointment=\"{}\"]", visit.id));
        let born = person.date_of_birth.unwrap().format("born %-d %B %Y").to_string();
        for what in [person.last_name.as_str(), person.phone.as_deref().unwrap(), &born, "Scheduled"] {
            assert!(row.contains(what), "{what} is not in: {row}");
        }
        let times = times(&page, visit);
        assert_eq!(times.len(), 4);
        offered.extend(times);
    }
    let count = offered.len();
    offered.sort_unstable();
    offered.dedup();
    assert_eq!(offered.len(), count, "a time is offered to two");
    // The six times of Friday are the first ones of the six.
    for visit in &visits {
        assert!(times(&page, visit)[0].starts_with("2026-11-27"));
    }
}

#[tokio::test]
async fn nobody_is_offered_a_time_at_which_they_are_elsewhere_or_which_is_taken() {
    let ward = Ward::open().await;
    let visit = ward.meet_in(47 * 60, Status::Scheduled).await;
    let colleague = doctor(&ward.hospital).create(&ward.app).await;
    let elsewhere = appointment().of(&colleague).with(&ward.patient).at(ward.app.in_hours(71));
    elsewhere.create(&ward.app).await;
    let other = patient(&ward.hospital).create(&ward.app).await;
    appointment().of(&ward.doctor).with(&other).at(ward.app.in_minutes(71 * 60 + 30)).create(&ward.app).await;
    let page = ward.desk.get(&ward.path()).await.ok();
    assert_eq!(times(&page, &visit)[0], "2026-11-27T10:00", "nine o'clock and half past are not");
}

#[tokio::test]
async fn whoever_is_there_already_is_told_of_and_not_handled() {
    let ward = Ward::open().await;
    let waiting = ward.visit(0, Status::Waiting).await;
    let goes_on = ward.visit(1, Status::InProgress).await;
    for over in [Status::Completed, Status::NoShow, Status::Cancelled, Status::Rejected] {
        ward.visit(2, over).await;
    }
    let page = ward.desk.get(&ward.path()).await.ok();
    assert_eq!(page.appointments("#visits"), [waiting.id, goes_on.id]);
    for (visit, status) in [(&waiting, "waiting"), (&goes_on, "in visit")] {
        assert_eq!(page.attributes(&format!("input[name=visit_{}]", visit.id), "value"), ["leave"]);
        let answer = ward.choose(&[(visit, "cancel")], "Ill.").await.expect(409);
        assert!(told(&answer, visit).1.contains(status), "{}", told(&answer, visit).1);
        ward.choose(&[(visit, "2026-11-27T09:00")], "Ill.").await.expect(409);
        assert_eq!(ward.stored(visit).await.version, 0);
    }
}

#[tokio::test]
async fn forty_are_on_a_page_and_all_are_counted() {
    let ward = Ward::open().await;
    let all_week = (ward.app.in_hours(24 * 7), ward.app.in_hours(24 * 14));
    let absence = time_off(&ward.app, &ward.doctor, all_week, "").await;
    for number in 0..41 {
        ward.visit((24 * 8 - 47) * 2 + number, Status::Scheduled).await;
    }
    let path = format!("/doctors/{}/time-off/{absence}/visits", ward.doctor.id);
    let page = ward.desk.get(&path).await.ok();
    assert_eq!(page.appointments("#visits").len(), 40);
    assert!(page.says("1–40 of 41 visits") && page.text("#visits h2").contains("41"), "{}", page.words());
    let rest = ward.desk.get(&format!("{path}?page=2")).await.ok();
    assert_eq!(rest.appointments("#visits").len(), 1);
    let refused = ward.desk.submit(&rest, "#visits form", &[("message", &"x".repeat(501))]).await.expect(422);
    assert_eq!(refused.appointments("#visits"), rest.appointments("#visits"), "the page that it was sent from");
    ward.desk.get(&format!("{path}?page=3")).await.expect(404);
}

/// A doctor ill with twelve visits is one click, and what is to be another of them.
#[tokio::test]
async fn one_choice_for_each_is_there_to_be_changed_before_anything_is_done() {
    let ward = Ward::open().await;
    let mut visits = Vec::new();
    for (number, status) in
        [Status::Scheduled, Status::Confirmed, Status::Requested, Status::Waiting].into_iter().enumerate()
    {
        visits.push(ward.visit(i64::try_from(number).unwrap(), status).await);
    }
    let chosen = |page: &Page| -> Vec<String> {
        let of = |visit: &Appointment| {
            page.attributes(&format!("input[name=visit_{}][checked]", visit.id), "value").concat()
        };
        visits.iter().map(of).collect()
    };
    let page = ward.desk.get(&ward.path()).await.ok();
    assert_eq!(chosen(&page), ["leave"; 4]);
    let way = |each: &str| page.links().into_iter().find(|link| link.ends_with(&format!("?each={each}"))).unwrap();
    let first = ward.desk.get(&way("first")).await.ok();
    let firsts = visits[..2].iter().map(|visit| times(&page, visit)[0].clone());
    assert_eq!(chosen(&first), firsts.chain(["leave".to_owned(), "leave".to_owned()]).collect::<Vec<_>>());
    let cancel = ward.desk.get(&way("cancel")).await.ok();
    assert_eq!(chosen(&cancel), ["cancel", "cancel", "cancel", "leave"]);
    for visit in &visits {
        assert_eq!(ward.stored(visit).await.version, 0, "looking changes nothing");
    }
    let said = [("message", "Dr Rai is ill."), (&format!("visit_{}", visits[1].id), "cancel")];
    let done = ward.desk.submit(&first, "#visits form", &said).await.ok();
    let became = visits.iter().map(|visit| told(&done, visit).0).collect::<Vec<_>>();
    assert_eq!(became, ["moved", "cancelled", "left", "left"]);
    ward.desk.get(&format!("{}?each=all", ward.path())).await.expect(422);
}

/// An absence that has begun: what lay in it before is over, and waits for an outcome.
#[tokio::test]
async fn only_what_is_still_to_come_lies_in_it() {
    let ward = Ward::open().await;
    let today = (ward.app.in_hours(-1), ward.app.in_hours(2));
    let absence = time_off(&ward.app, &ward.doctor, today, "").await;
    let at = |minutes| ward.app.in_minutes(minutes);
    let visit = |minutes| appointment().of(&ward.doctor).with(&ward.patient).at(at(minutes));
    visit(-60).create(&ward.app).await;
    let begun = visit(-10).create(&ward.app).await;
    let last = visit(90).create(&ward.app).await;
    visit(120).create(&ward.app).await;
    let path = format!("/doctors/{}/time-off/{absence}/visits", ward.doctor.id);
    assert_eq!(ward.desk.get(&path).await.ok().appointments("#visits"), [begun.id, last.id]);
    let over = time_off(&ward.app, &ward.doctor, (ward.app.in_hours(-2), at(-30)), "").await;
    let path = format!("/doctors/{}/time-off/{over}/visits", ward.doctor.id);
    assert!(ward.desk.get(&path).await.ok().says("No visit lies in this absence"));
}

/// A form that the clinic of the suites has none of: its rules, and what becomes of it when the session is over.
#[tokio::test]
async fn the_form_keeps_the_rules_in_each_state_and_is_handed_back_to_whoever_was_signed_out() {
    let ward = Ward::open().await;
    let visits = [ward.visit(0, Status::Scheduled).await, ward.visit(1, Status::Requested).await];
    ward.visit(2, Status::Waiting).await;
    let page = ward.desk.get(&ward.path()).await.ok();
    assert!(page.statements() <= 3, "{} statements", page.statements());
    let refused = ward.choose(&[(&visits[0], "cancel")], "").await.expect(422);
    let failed = ward.choose(&[(&visits[0], "2026-11-27T09:10")], "Ill.").await.expect(409);
    let message = [("message", "<b>Dr Rai</b> is ill.")];
    let kept = ward.app.visitor().submit(&page, "#visits form", &message).await.expect(401);
    assert!(kept.form("form[data-kept]").fields.contains(&("message".to_owned(), message[0].1.to_owned())));
    let done = ward.desk.submit(&kept, "form[data-kept]", &[]).await.ok();
    assert_eq!(told(&done, &visits[1]).0, "left");
    for page in [page, refused, failed, done] {
        assert_eq!(rules::broken(&page.body), Vec::<String>::new(), "{}", page.asked);
    }
}
