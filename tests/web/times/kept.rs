//! What was typed into the form that books, when other times are looked for in the middle of it.

use sea_orm::EntityTrait;

use super::*;

const NINE: &str = "2026-11-30T09:00";

/// With whom the visits are.
async fn doctors_of_visits(clinic: &Clinic) -> Vec<i64> {
    let visits = entity::appointment::Entity::find().all(&clinic.app.db).await.unwrap();
    visits.into_iter().map(|visit| visit.doctor_id).collect()
}

/// The form as it stands, with what was typed, as its button sends it that looks for other times.
async fn look_for(client: &Client, page: &Page, typed: &[(&str, &str)]) -> Page {
    send(client, page, &[typed, &[("show", "times")]].concat()).await
}

/// The same as the button sends it that books.
async fn send(client: &Client, page: &Page, typed: &[(&str, &str)]) -> Page {
    let form = page.form("#times form");
    let known = form.fields.iter().filter(|(name, _)| !typed.iter().any(|(other, _)| name == other));
    let known = known.map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = known.chain(typed.iter().copied()).collect();
    client.post_form("/appointments", &fields).await
}

#[tokio::test]
async fn what_was_typed_is_kept_when_other_times_are_looked_for() {
    let clinic = Clinic::open().await;
    let gurung = patient(&clinic.hospital).named("Maya", "Gurung").create(&clinic.app).await;
    let page = clinic.desk.get(&format!("/appointments/new?doctor_id=any&starts_at={NINE}")).await.ok();
    // The fields above belong to the form that is filled in, which is sent whole.
    for field in ["find_doctor_id", "q", "date"] {
        assert!(page.has(&format!("#find [name={field}][form=booking]")), "{field}");
    }
    assert!(page.has("#find button[name=show][form=booking][formnovalidate]") && !page.has("#find form"));
    let (asha, id) = (clinic.asha.id.to_string(), gurung.id.to_string());
    let typed = [
        ("find_doctor_id", asha.as_str()),
        ("q", ""),
        ("date", MONDAY),
        ("starts_at", NINE),
        ("patient_id", id.as_str()),
        ("symptoms", "A cough,\nand <b>fever</b>."),
        ("modality", "phone"),
    ];
    let shown = look_for(&clinic.desk, &page, &typed).await.ok();
    assert!(!shown.has("main[data-live]"), "it is not the page that is found at its address");
    assert!(shown.statements() <= 3, "{}", shown.statements());
    assert_eq!(shown.attributes("#times input[name=doctor_id]", "value"), [asha.as_str()], "whose times are shown");
    assert_eq!(shown.attributes("#find-doctor option[selected]", "value"), [asha.as_str()]);
    assert!(shown.has(&format!("input[name=starts_at][value=\"{NINE}\"][checked]")), "{}", shown.words());
    assert_eq!(shown.text("textarea[name=symptoms]"), "A cough, and <b>fever</b>.");
    assert_eq!(shown.attributes("#times [name=patient_id] option[selected]", "value"), [id.as_str()]);
    assert!(shown.has("input[name=modality][value=phone][checked]"));
    let token = |page: &Page| page.attributes("#times input[name=token]", "value");
    assert_eq!(token(&shown), token(&page), "it is the same form, and books once");
    // Nothing was booked by looking, and the time of somebody who is sought is as free as before.
    assert!(doctors_of_visits(&clinic).await.is_empty());
    let found = look_for(&clinic.desk, &shown, &[("q", "Gurung"), ("date", MONDAY), ("patient_id", "")]).await.ok();
    assert_eq!(found.attributes("#times [name=patient_id] option[selected]", "value"), [id.as_str()]);
    assert_eq!(found.text("textarea[name=symptoms]"), "A cough, and <b>fever</b>.");
    let (from, to) = ("2027-03-31T00:00:00Z".parse().unwrap(), "2027-05-01T00:00:00Z".parse().unwrap());
    time_off(&clinic.app, &clinic.asha, (from, to), "").await;
    clinic.desk.get("/dashboard").await.ok();
    let nothing = look_for(&clinic.desk, &found, &[("date", "2027-04-01"), ("q", "")]).await.ok();
    assert!(nothing.says("No free time in the two weeks"), "{}", nothing.words());
    assert_eq!(nothing.text("textarea[name=symptoms]"), "A cough, and <b>fever</b>.", "also where no time is");
    clinic.desk.submit(&found, "#times form", &[]).await.expect(303);
    assert_eq!(doctors_of_visits(&clinic).await, [clinic.asha.id]);
}

#[tokio::test]
async fn a_patient_keeps_what_they_typed_as_well_and_reads_nobody_elses_times() {
    let clinic = Clinic::open().await;
    let page = clinic.home.get("/appointments/new?doctor_id=any").await.ok();
    let bina = clinic.bina.id.to_string();
    let other = patient(&clinic.hospital).named("Nobody", "Elses").create(&clinic.app).await.id.to_string();
    let typed =
        [("find_doctor_id", bina.as_str()), ("date", "2026-12-07"), ("symptoms", "A rash."), ("patient_id", &other)];
    let shown = look_for(&clinic.home, &page, &typed).await.ok();
    assert_eq!(shown.text("textarea[name=symptoms]"), "A rash.");
    assert_eq!(shown.attributes("#times input[name=starts_at]", "value")[0], "2026-12-07T09:00");
    assert!(!shown.says("Elses") && !shown.has("[name=patient_id]"));
    // A doctor of another hospital is nobody here, and what means nothing is looked for in what is known.
    let elsewhere = doctor(&hospital().create(&clinic.app).await).create(&clinic.app).await;
    let id = elsewhere.id.to_string();
    let nobody = look_for(&clinic.home, &shown, &[("find_doctor_id", &id), ("date", MONDAY)]).await.ok();
    assert!(!nobody.has("[name=starts_at]") && !elsewhere.texts.iter().any(|text| nobody.body.contains(text)));
    assert_eq!(nobody.text("textarea[name=symptoms]"), "A rash.");
    let unclear = look_for(&clinic.home, &shown, &[("find_doctor_id", ""), ("date", "soon")]).await.ok();
    assert!(unclear.has("[name=starts_at]") && unclear.text("textarea[name=symptoms]") == "A rash.");
}

#[tokio::test]
async fn a_time_that_was_chosen_is_still_chosen_once_the_patient_is_found() {
    let clinic = Clinic::open().await;
    let page = clinic.desk.get("/appointments/new?doctor_id=any&starts_at=2026-11-30T09:00").await.ok();
    let found = look_for(&clinic.desk, &page, &[("q", "Gurung")]).await.ok();
    assert!(found.has("#times input[name=starts_at][value=\"2026-11-30T09:00\"][checked]"), "{}", found.words());
}

#[tokio::test]
async fn nobody_books_with_one_doctor_and_reads_the_name_of_another() {
    let clinic = Clinic::open().await;
    let gurung = patient(&clinic.hospital).create(&clinic.app).await;
    let (asha, bina) = (clinic.asha.id.to_string(), clinic.bina.id.to_string());
    let page = clinic.desk.get(&format!("/appointments/new?doctor_id={asha}&starts_at={NINE}")).await.ok();
    let fields = [
        ("find_doctor_id", bina.as_str()),
        ("starts_at", NINE),
        ("patient_id", &gurung.id.to_string()),
        ("symptoms", "A cough."),
    ];
    let shown = send(&clinic.desk, &page, &fields).await.ok();
    assert!(doctors_of_visits(&clinic).await.is_empty(), "the button was the one that books");
    assert_eq!(shown.attributes("#times input[name=doctor_id]", "value"), [bina.as_str()], "whose times are shown now");
    assert_eq!(shown.text("textarea[name=symptoms]"), "A cough.");
    // A doctor without hours costs nothing that was typed.
    let idle = doctor(&clinic.hospital).create(&clinic.app).await.id.to_string();
    let none = look_for(&clinic.desk, &shown, &[("find_doctor_id", &idle)]).await.ok();
    assert!(none.says("No hours yet") && none.text("textarea[name=symptoms]") == "A cough.", "{}", none.words());
}
