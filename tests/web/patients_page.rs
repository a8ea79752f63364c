//! A patient's page: what the office and the doctor need while they have somebody on the telephone.

use crate::support::*;

use AppointmentStatus as Status;

impl Pair {
    fn page_of_patient(&self) -> String {
        format!("/patients/{}", self.patient.id)
    }

    /// A visit of theirs, so many hours from now.
    async fn visit(&self, status: Status, hours: i64) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_hours(hours));
        visit.status(status).overbooked().create(&self.app).await
    }
}

async fn pair() -> Pair {
    Pair::of(TestApp::start().await, hospital()).await
}

fn shown(page: &Page, side: &str) -> Vec<i64> {
    let ids = page.attributes(&format!("#visits tr[data-side={side}]"), "data-appointment");
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

#[tokio::test]
async fn their_own_visits_stand_on_it_the_nearest_first() {
    let pair = pair().await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let page = desk.get(&pair.page_of_patient()).await.ok();
    assert!(
        page.text("#visits").contains("No visit is planned.") && page.text("#visits").contains("No visit is past.")
    );

    let tomorrow = pair.visit(Status::Confirmed, 24).await;
    let soon = pair.visit(Status::Scheduled, 2).await;
    let this_morning = pair.visit(Status::Completed, -1).await;
    let old = pair.visit(Status::NoShow, -24 * 40).await;
    let yesterday = pair.visit(Status::Completed, -24).await;
    // Of somebody of the same name, of another doctor, and of another hospital.
    let PatientNamed { namesake, elsewhere } = PatientNamed::of(&pair).await;
    let other = doctor(&pair.hospital).named("Bina", "Bista").create(&pair.app).await;
    let with_other = appointment().of(&other).with(&pair.patient).at(pair.app.in_hours(48)).create(&pair.app).await;

    let page = desk.get(&pair.page_of_patient()).await.ok();
    assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    assert_eq!(shown(&page, "to-come"), [this_morning.id, soon.id, tomorrow.id, with_other.id]);
    assert_eq!(shown(&page, "past"), [yesterday.id, old.id]);
    assert!(!page.shows_appointment(namesake) && !page.shows_appointment(elsewhere));
    assert!(page.text("#visits").contains("Dr Bina Bista"), "{}", page.text("#visits"));
    assert!(page.statements() <= 3, "{}", page.statements());
    // The list says the same.
    let all = desk.get(&format!("/appointments?patient={}", pair.patient.id)).await.ok();
    assert_eq!(all.appointments("main table"), shown(&page, "to-come"));

    // To a doctor those with themselves.
    let page = pair.surgery.get(&pair.page_of_patient()).await.ok();
    assert_eq!(shown(&page, "to-come"), [this_morning.id, soon.id, tomorrow.id]);
    assert!(!page.says("Bista"));
}

/// Visits that are not theirs, though they are of somebody who is called the same.
struct PatientNamed {
    namesake: i64,
    elsewhere: i64,
}

impl PatientNamed {
    async fn of(pair: &Pair) -> Self {
        let named = |house: &Hospital| patient(house).named(&pair.patient.first_name, &pair.patient.last_name);
        let (far, at) = (hospital().create(&pair.app).await, pair.app.in_hours(3));
        let namesake = named(&pair.hospital).create(&pair.app).await;
        let stranger = named(&far).create(&pair.app).await;
        let namesake = appointment().of(&pair.doctor).with(&namesake).at(at).create(&pair.app).await;
        let doctor = doctor(&far).create(&pair.app).await;
        let elsewhere = appointment().of(&doctor).with(&stranger).at(at).create(&pair.app).await;
        Self { namesake: namesake.id, elsewhere: elsewhere.id }
    }
}

#[tokio::test]
async fn of_many_visits_it_says_where_the_others_are() {
    let pair = pair().await;
    for number in 1..=6 {
        pair.visit(Status::Scheduled, 24 * number).await;
    }
    for number in 1..=5 {
        pair.visit(Status::Completed, -24 * number).await;
    }
    let page = pair.surgery.get(&pair.page_of_patient()).await.ok();
    assert_eq!((shown(&page, "to-come").len(), shown(&page, "past").len()), (5, 5));
    let all = format!("/appointments?patient={}", pair.patient.id);
    assert_eq!(page.attributes("#visits [data-left-out] a", "href"), [all.as_str()], "there are no more past ones");
    pair.visit(Status::Completed, -24 * 6).await;
    let page = pair.surgery.get(&pair.page_of_patient()).await.ok();
    assert_eq!(page.attributes("#visits [data-left-out] a", "href"), [all.clone(), format!("{all}&when=past")]);
}

/// On it and on the page of a visit, but not to the patient, who knows both.
#[tokio::test]
async fn who_is_called_is_one_press_away() {
    let pair = pair().await;
    let visit = pair.visit(Status::Confirmed, 24).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let path = pair.page_of_patient();
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let change = [
        ("phone", "+977 980-1234567"),
        ("emergency_contact_name", "Ram Rai"),
        ("emergency_contact_phone", "+977 1 5550123"),
    ];
    desk.submit(&form, &format!("form[action=\"{path}\"]"), &change).await.expect(303);
    let numbers = ["tel:+9779801234567", "tel:+97715550123"];
    for (client, name) in [(&desk, "the desk"), (&pair.surgery, "the doctor")] {
        let page = client.get(&path).await.ok();
        assert_eq!(page.attributes("#banner a[href^='tel:']", "href"), numbers, "{name}");
        assert_eq!(page.attributes("#contact a[href^='tel:']", "href"), numbers, "{name}");
        let page = client.get(&visit.path()).await.ok();
        assert_eq!(page.attributes("#banner a[href^='tel:']", "href"), numbers, "{name}");
        assert!(page.text("#banner").contains("Ram Rai"));
    }
    assert!(!pair.home.get(&visit.path()).await.ok().has("#banner a[href^='tel:']"));
    // Of whom nothing is recorded nobody can be called.
    let unknown = patient(&pair.hospital).with_nothing_recorded().create(&pair.app).await;
    let page = desk.get(&format!("/patients/{}", unknown.id)).await.ok();
    assert!(page.text("#contact").contains("In an emergencynot recorded"), "{}", page.text("#contact"));
    // An open page of the visit is told that it is another now.
    let state = async || {
        pair.surgery
            .get(&format!("{}/standing", visit.path()))
            .await
            .ok()
            .attributes("#record-now", "data-record-state")
    };
    let before = state().await;
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action=\"{path}\"]"), &[("phone", "+977 980-7654321")]).await.expect(303);
    assert!(!before.is_empty() && state().await != before, "{before:?}");
}

#[tokio::test]
async fn somebody_urgent_is_booked_at_the_next_time_with_nothing_to_do_but_to_say_why() {
    let pair = pair().await;
    // It is ten o'clock, and the rest of the morning is taken.
    availability(&pair.app, &pair.doctor, 1, (hour(9), hour(11))).await;
    for (minutes, status) in [(0, Status::Scheduled), (30, Status::Confirmed)] {
        let stranger = patient(&pair.hospital).create(&pair.app).await;
        let at = pair.app.in_minutes(minutes);
        appointment().of(&pair.doctor).with(&stranger).at(at).status(status).create(&pair.app).await;
    }
    pair.visit(Status::Completed, -24 * 30).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    // The second time they are there already then.
    for (client, time, why) in
        [(&desk, "2026-11-24T10:00", "Chest pain."), (&pair.surgery, "2026-11-24T10:30", "Short of breath.")]
    {
        let page = client.get(&pair.page_of_patient()).await.ok();
        let href = page.attributes(".page-header a[href*='urgent=on']", "href");
        let form = client.get(&href[0]).await.ok();
        assert_eq!(rules::broken(&form.body), Vec::<String>::new());
        assert_eq!(form.attributes("#times input[name=starts_at][checked]", "value"), [time]);
        assert!(form.has("#times [data-taken][checked]"));
        assert!(form.has("#times textarea[name=overbook_reason][autofocus]"));
        let done = client.submit(&form, "#booking", &[("overbook_reason", why)]).await.expect(303);
        assert!(client.follow(done).await.ok().says(why));
    }
}

#[tokio::test]
async fn the_reason_is_asked_for_as_soon_as_there_are_times_that_are_taken() {
    let pair = pair().await;
    availability(&pair.app, &pair.doctor, 2, (hour(9), hour(11))).await;
    let later = pair.visit(Status::Scheduled, 24 * 8).await;
    let path = format!("/appointments/new?patient_id={}&date=2026-11-25", pair.patient.id);
    assert!(!pair.surgery.get(&path).await.ok().has("[name=overbook_reason]"), "nothing is taken");
    let stranger = patient(&pair.hospital).create(&pair.app).await;
    let at = "2026-11-25T03:15:00Z".parse().unwrap();
    appointment().of(&pair.doctor).with(&stranger).at(at).create(&pair.app).await;
    let form = pair.surgery.get(&path).await.ok();
    assert_eq!(form.attributes("[data-taken]", "value"), ["2026-11-25T09:00"]);
    assert!(form.has(".if-taken [name=overbook_reason]"));
    // A visit that is moved is asked in the same way.
    let moving = pair.surgery.get(&format!("{}/rescheduling?date=2026-11-25", later.path())).await.ok();
    assert!(moving.has(".if-taken [name=overbook_reason]"), "{}", moving.words());
    let fields = [("starts_at", "2026-11-25T09:00"), ("overbook_reason", "Chest pain.")];
    let done = pair.surgery.submit(&form, "#booking", &fields).await.expect(303);
    assert!(pair.surgery.follow(done).await.ok().says("Chest pain."));
    // Patients overbook nobody.
    let asked =
        pair.home.get(&format!("/appointments/new?urgent=on&doctor_id={}&date=2026-11-25", pair.doctor.id)).await.ok();
    assert!(!asked.has("[name=overbook_reason]") && !asked.has("[name=starts_at][checked]"));
}
