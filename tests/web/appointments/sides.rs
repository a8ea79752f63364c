//! `GET /appointments`: from today on, the earliest first; `when=past` the other way; and what is done in its rows.

use super::*;

use AppointmentStatus as Status;

const ROWS: &str = "main table";
const PAST: &str = "/appointments?when=past";

fn sides(list: &Page) -> Vec<String> {
    list.texts("#when a")
}

/// Midnight in Kathmandu is 18:15 UTC, ten hours ago and fourteen hours ahead.
#[tokio::test]
async fn today_is_the_first_day_and_yesterday_is_past() {
    let practice = Practice::open().await;
    let at = async |minutes: i64| {
        let visit = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_minutes(minutes));
        visit.status(Status::Cancelled).create(&practice.app).await.id
    };
    let (yesterday, today) = (at(-10 * 60 - 1).await, at(-10 * 60).await);
    let (tomorrow, before) = (at(14 * 60).await, at(-48 * 60).await);
    for client in [&practice.desk, &practice.surgery, &practice.home] {
        let list = client.get("/appointments").await.ok();
        assert_eq!(list.appointments(ROWS), [today, tomorrow], "{}", client.who);
        assert!(list.says("From today on, the earliest first."), "{}", list.words());
        assert_eq!(sides(&list), ["To come 2", "Past 2"]);
        assert_eq!(list.texts("#when [aria-current=page]"), ["To come 2"]);
        assert_eq!(list.attributes("#when a", "href"), ["/appointments", PAST]);
        let past = client.get(PAST).await.ok();
        assert_eq!(past.appointments(ROWS), [yesterday, before], "{}", client.who);
        assert!(past.says("Before today, the latest first."));
        assert_eq!(past.texts("#when [aria-current=page]"), ["Past 2"]);
        assert!(past.statements() <= 3, "{} statements", past.statements());
    }
    // What is to come is past at midnight, and not before.
    let midnight = practice.app.in_minutes(14 * 60);
    practice.app.clock.set(midnight - chrono::TimeDelta::microseconds(1));
    let surgery = practice.app.sign_in(&practice.doctor).await;
    assert_eq!(surgery.get("/appointments").await.ok().appointments(ROWS), [today, tomorrow]);
    practice.app.clock.set(midnight);
    assert_eq!(surgery.get("/appointments").await.ok().appointments(ROWS), [tomorrow]);
    assert_eq!(surgery.get(PAST).await.ok().appointments(ROWS), [today, yesterday, before]);
}

#[tokio::test]
async fn days_and_a_status_say_by_themselves_what_is_listed() {
    let practice = Practice::open().await;
    let (old, new) = (practice.visit_at(Status::Cancelled, -72).await, practice.visit_at(Status::Cancelled, 72).await);
    let list = async |query: &str| practice.desk.get(&format!("/appointments?{query}")).await.ok();
    for query in ["status=cancelled", "from=2026-11-01", "to=2026-12-31", "from=2026-11-01&when=past"] {
        let all = list(query).await;
        assert_eq!(all.appointments(ROWS), [new.id, old.id], "{query}");
        assert!(!all.has("#when") && all.says("The latest first."), "{query}");
    }
    let past = list("status=cancelled&when=past").await;
    assert_eq!(past.appointments(ROWS), [old.id]);
    assert_eq!(past.attributes("#when a", "href")[0], "/appointments?status=cancelled&when=to_come");
    assert_eq!(list("status=cancelled&when=to_come").await.appointments(ROWS), [new.id]);
    // Narrowing what is past stays with what is past.
    let past = list("when=past").await;
    let found = practice.desk.get(&format!("/appointments?{}", "when=past&q=maya")).await.ok();
    assert_eq!(past.attributes("form.filter input[name=when]", "value"), ["past"]);
    assert_eq!(found.appointments(ROWS), [old.id]);
    assert!(found.links().contains(&PAST.to_owned()), "the way back to all that is past");
    for wrong in ["when=future", "when=PAST", "when=%07"] {
        let refused = practice.desk.get(&format!("/appointments?{wrong}")).await.expect(422);
        assert_eq!(refused.texts(".error-summary li").len(), 1, "{wrong}");
        let both = ["/appointments?when=to_come", PAST].map(str::to_owned);
        assert_eq!(refused.attributes("#when a", "href"), both, "one can choose where the sentence leads");
        assert!(!refused.has("form.filter input[name=when]"), "and what cannot be used is not sent again");
    }
}

#[tokio::test]
async fn the_history_of_a_patient_says_what_is_shown_and_how_much_is_not() {
    let practice = Practice::open().await;
    let other = patient(&practice.hospital).named("Maya", "Gurung").create(&practice.app).await;
    let theirs = appointment().of(&practice.doctor).with(&other).at(practice.app.in_hours(-30));
    theirs.status(Status::Completed).create(&practice.app).await;
    let mut past = Vec::new();
    for days in 1..=3 {
        past.push(practice.visit_at(Status::Completed, -24 * days).await.id);
    }
    let path = format!("/appointments?patient={}", practice.patient.id);
    for client in [&practice.desk, &practice.surgery] {
        let empty = client.get(&path).await.ok();
        assert_eq!(sides(&empty), ["To come 0", "Past 3"]);
        assert!(empty.says("No visit is to come") && empty.says("stand under Past"), "{}", empty.words());
        let history = client.get(&empty.attributes("#when a", "href")[1]).await.ok();
        assert_eq!(history.appointments(ROWS), past, "{}", client.who);
        assert!(history.says("Only visits of Maya Gurung"));
        assert_eq!(history.attributes("#when a", "href")[0], path);
        let born = history.texts("tbody th .note");
        assert!(born.len() == 3 && born.iter().all(|born| born.starts_with("born ")), "{born:?}");
    }
    let next = practice.visit(Status::Scheduled).await;
    let list = practice.desk.get(&format!("{path}&q=maya")).await.ok();
    assert_eq!((list.appointments(ROWS), sides(&list)), (vec![next.id], vec!["To come 1".into(), "Past 3".into()]));
}

#[tokio::test]
async fn an_empty_side_says_what_the_other_has() {
    let practice = Practice::open().await;
    let says = async |path: &str, text: &str| {
        let list = practice.home.get(path).await.ok();
        assert!(list.says(text), "{path}: {}", list.words());
    };
    says(PAST, "No visits yet").await;
    practice.visit_at(Status::Completed, -72).await;
    says("/appointments", "No visit is to come").await;
    says("/appointments?q=asha", "Before today some do").await;
    let newcomers = Practice::open().await;
    newcomers.visit_at(Status::Scheduled, 72).await;
    for (path, text) in [
        (PAST, "No visit is past"),
        ("/appointments?when=past&q=asha", "From today on some do"),
        ("/appointments?when=past&q=nobody", "Widen the dates"),
    ] {
        let list = newcomers.home.get(path).await.ok();
        assert!(list.says(text), "{path}: {}", list.words());
    }
}

#[tokio::test]
async fn what_is_done_in_a_row_leads_back_to_it() {
    let practice = Practice::open().await;
    let today = practice.visit_at(Status::Confirmed, 1).await;
    let request = practice.visit_at(Status::Requested, 48).await;
    let arrival = |visit: &Appointment| format!("#visit-{} form[action$=\"/arrival\"]", visit.id);
    let list = practice.desk.get("/appointments").await.ok();
    assert_eq!(list.texts("thead th"), ["Patient", "Doctor", "Time", "Status", "Actions"]);
    assert_eq!(list.texts("td.actions button"), ["Arrived Maya Gurung"], "as on the board");
    let done = practice.desk.submit(&list, &arrival(&today), &[]).await.expect(303);
    assert_eq!(done.location(), format!("/appointments#visit-{}", today.id));
    assert!(practice.desk.follow(done).await.ok().text(&format!("#visit-{}", today.id)).contains("Waiting"));

    let path = "/appointments?q=maya&status=requested";
    let list = practice.surgery.get(path).await.ok();
    let approval = format!("#visit-{} form[action$=\"/approval\"]", request.id);
    let done = practice.surgery.submit(&list, &approval, &[]).await.expect(303);
    assert_eq!(done.location(), format!("{path}#visit-{}", request.id));
    assert_eq!(practice.surgery.follow(done).await.ok().appointments(ROWS), Vec::<i64>::new());
    let confirm = format!("#visit-{} form[action$=\"/confirmation\"]", request.id);
    let list = practice.home.get("/appointments?q=asha").await.ok();
    let done = practice.home.submit(&list, &confirm, &[]).await.expect(303);
    assert_eq!(done.location(), format!("/appointments?q=asha#visit-{}", request.id));
    // Calling off is a matter for the visit's own page, and what is over has nothing to do.
    assert!(!list.has("form[action$=\"/cancellation\"]"));
    practice.visit_at(Status::Completed, -48).await;
    assert!(!practice.home.get(PAST).await.ok().has("td.actions"));
}

/// The last row of a page may be gone from there after the act, and the page with it.
#[tokio::test]
async fn who_acts_on_the_only_row_of_a_page_is_led_to_the_page_before() {
    let practice = Practice::open().await;
    for hours in 1..=21 {
        practice.visit_at(Status::Requested, 24 + hours).await;
    }
    let list = practice.surgery.get("/appointments?status=requested&page=2").await.ok();
    let [last] = list.appointments(ROWS)[..] else { panic!("{}", list.words()) };
    let approval = format!("#visit-{last} form[action$=\"/approval\"]");
    let done = practice.surgery.submit(&list, &approval, &[]).await.expect(303);
    assert_eq!(done.location(), format!("/appointments?status=requested#visit-{last}"));
    practice.surgery.follow(done).await.ok();
    let first = practice.surgery.get("/appointments?status=requested").await.ok();
    assert_eq!(first.text(".pagination p"), "1–20 of 20 visits");
}

#[tokio::test]
async fn a_form_leads_nowhere_but_to_the_list() {
    let practice = Practice::open().await;
    for (list, leads_to) in [
        ("q=a&next=//elsewhere.example", "/appointments?q=a"),
        ("//elsewhere.example", "/appointments"),
        ("q=%0d%0aSet-Cookie:x", "/appointments?q=%0D%0ASet-Cookie%3Ax"),
        ("status=waiting#x&page=2", "/appointments?status=waiting%23x&page=2"),
    ] {
        let visit = practice.visit_at(Status::Confirmed, 1).await;
        let fields = [("version", "0"), ("back", "list"), ("list", list)];
        let done = practice.desk.post_form(&format!("{}/arrival", visit.path()), &fields).await.expect(303);
        assert_eq!(done.location(), format!("{leads_to}#visit-{}", visit.id), "{list}");
        let undo = [("version", "1"), ("reason", "Another visit follows"), ("back", "")];
        practice.desk.post_form(&format!("{}/cancellation", visit.path()), &undo).await.expect(303);
    }
    let visit = practice.visit_at(Status::Confirmed, 1).await;
    let long = "q=".to_owned() + &"a".repeat(2_000);
    let fields = [("version", "0"), ("back", "list"), ("list", long.as_str())];
    practice.desk.post_form(&format!("{}/arrival", visit.path()), &fields).await.expect(422);
}

#[tokio::test]
async fn what_else_was_chosen_stays_when_one_choice_changes() {
    let practice = Practice::open().await;
    let (old, new) = (practice.visit_at(Status::Cancelled, -72).await, practice.visit_at(Status::Cancelled, 72).await);
    let narrow = async |from: &str, fields: &[(&str, &str)]| {
        let list = practice.desk.get(from).await.ok();
        practice.desk.submit(&list, "form.filter", fields).await.ok()
    };
    for client in [&practice.desk, &practice.surgery, &practice.home] {
        let list = client.get("/appointments").await.ok();
        let chosen = client.submit(&list, "form.filter", &[("status", "cancelled")]).await.ok();
        assert_eq!(chosen.appointments(ROWS), [new.id], "{}: from today on, as before", client.who);
        assert_eq!(sides(&chosen), ["To come 1", "Past 1"], "and what it leaves out is said");
    }
    assert_eq!(narrow(PAST, &[("status", "cancelled")]).await.appointments(ROWS), [old.id]);
    // A status that was chosen stays when a name is, and so does that all days were meant.
    let all = narrow("/appointments?status=cancelled", &[("to", "2027-12-31")]).await;
    assert_eq!(all.appointments(ROWS), [new.id, old.id]);
    let doctor = practice.doctor.id.to_string();
    let all = narrow("/appointments?status=cancelled", &[("doctor", &doctor)]).await;
    assert_eq!(all.appointments(ROWS), [new.id, old.id]);
    let days = narrow("/appointments?from=2026-11-01&status=cancelled", &[("doctor", &doctor)]).await;
    assert_eq!(days.appointments(ROWS), [new.id, old.id]);
    // Days that are taken back leave the side that was shown before them.
    let days = narrow("/appointments", &[("from", "2026-11-01")]).await;
    assert_eq!(days.appointments(ROWS), [new.id, old.id]);
    let again = practice.desk.submit(&days, "form.filter", &[("from", "")]).await.ok();
    assert_eq!(again.appointments(ROWS), [new.id]);
    // Of what is over nothing lies ahead, so its side does not stay.
    let seen = practice.visit_at(Status::Completed, -48).await;
    let over = narrow("/appointments", &[("status", "completed")]).await;
    assert_eq!(over.appointments(ROWS), [seen.id]);
    let over = narrow("/appointments?status=completed&doctor=", &[("doctor", &doctor)]).await;
    assert_eq!(over.appointments(ROWS), [seen.id]);
}
