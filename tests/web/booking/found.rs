//! Who it is for: chosen before, or found.

use super::*;

#[tokio::test]
async fn a_patient_who_was_chosen_stays_chosen() {
    let clinic = Desk::open().await;
    patient_of(&clinic).await;
    let record = clinic.desk.get(&format!("/patients/{}", clinic.patient.id)).await.ok();
    let book = record.links().into_iter().find(|link| link.starts_with("/appointments/new")).unwrap();
    let search = clinic.desk.get(&book).await.ok();
    assert!(search.says(&format!("For {}", clinic.patient.name())));
    assert_eq!(search.attributes("#find input[name=date]", "value"), ["2026-11-24"]);
    let fields = [("doctor_id", clinic.doctor.id.to_string()), ("date", MONDAY.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let offered = clinic.desk.submit(&search, "#find form", &fields).await.ok();
    let chosen = offered.attributes("#times select[name=patient_id] option[selected]", "value");
    assert_eq!(chosen, [clinic.patient.id.to_string()]);
}

/// Two clicks less for everybody who calls: the desk has typed who it is, and reads it before the form is sent.
#[tokio::test]
async fn the_only_patient_who_is_found_is_chosen() {
    let clinic = Desk::open().await;
    patient_of(&clinic).await;
    let chosen = async |search: &str| {
        let path = format!("/appointments/new?doctor_id={}&{search}", clinic.doctor.id);
        let page = clinic.desk.get(&path).await.ok();
        page.attributes("select[name=patient_id] option[selected]", "value")
    };
    let only = clinic.patient.id.to_string();
    let (first, last) = (&clinic.patient.person.first_name, &clinic.patient.person.last_name);
    for form in ["", "&walk_in=on"] {
        assert_eq!(chosen(&format!("q={first}+{last}{form}")).await, [only.as_str()], "{form}");
        assert_eq!(chosen(&format!("q=nobody+of+this+name{form}")).await, [""; 0]);
        // Who was not looked for is not chosen, though there is nobody else.
        assert_eq!(chosen(&format!("q={form}")).await, [""; 0]);
    }
    let patient_named_once = patient(&clinic.hospital).named("Ojaswi", "Foundonly").create(&clinic.app).await;
    let namesake = patient(&clinic.hospital).named(first, last).create(&clinic.app).await;
    assert_ne!(namesake.id, clinic.patient.id);
    assert_eq!(chosen(&format!("q={first}+{last}")).await, [""; 0]);
    // Nor are they lost with the next link.
    let path = format!("/appointments/new?doctor_id={}&q={last}", clinic.doctor.id);
    let page = clinic.desk.get(&path.replace(last, &patient_named_once.person.last_name)).await.ok();
    let with_them = format!("patient_id={}", patient_named_once.id);
    for begin in ["/appointments/new?date=", "/appointments/new?walk_in=on"] {
        let links: Vec<_> = page.links().into_iter().filter(|link| link.starts_with(begin)).collect();
        assert!(!links.is_empty() && links.iter().all(|link| link.contains(&with_them)), "{links:?}");
    }
    // The cursor is where the name is typed, until it was.
    let cursor = async |path: &str| clinic.desk.get(path).await.ok().attributes("[autofocus]", "name");
    assert_eq!(cursor("/appointments/new").await, ["q"]);
    assert_eq!(cursor("/appointments/new?walk_in=on").await, ["q"]);
    assert_eq!(cursor(&format!("/appointments/new?q={first}")).await, [""; 0]);
}
