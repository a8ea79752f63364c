//! People and hospitals as administrators keep them.

use super::{clinic::People, world::World};
use crate::support::{NEW_HOSPITAL, appointment};

const NEW: [(&str, &str); 6] = [
    ("first_name", "Asha"),
    ("last_name", "Shrestha"),
    ("email", "asha@example.test"),
    ("phone", "+977 1 5550001"),
    ("date_of_birth", "1980-02-03"),
    ("password", "seven slow boats at noon"),
];
const DOCTOR: [(&str, &str); 4] =
    [("license_number", "NEW-1"), ("specialization", "Dermatology"), ("experience_years", "3"), ("accepting", "on")];

/// Submits the form at `path` below `/edit` with other values, as whoever keeps it.
pub(super) async fn change(world: &World, (by, path): (&str, &str), changes: &[(&str, &str)]) {
    let page = world.browser(by).get(&format!("{path}/edit")).await.ok();
    let mut fields = page.form(&format!("form[action=\"{path}\"]")).fields;
    for (name, value) in changes {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = (*value).to_owned();
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.post(by, path, &fields).await;
}

#[tokio::test]
async fn no_page_is_stale_after_people_are_added_changed_and_shut_out() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let fields = [&NEW[..], &DOCTOR].concat();
    let seen = [
        ("super", "/dashboard"),
        ("admin", "/dashboard"),
        ("admin", "/doctors"),
        ("patient", "/doctors"),
        ("visitor", "/hospitals/{id}"),
        ("visitor", "/hospitals"),
    ];
    world.after("a new doctor", &seen, world.post("admin", "/doctors", &fields)).await;
    let mut fields = NEW;
    fields[2].1 = "patient@example.test";
    let seen = [("super", "/dashboard"), ("admin", "/dashboard"), ("admin", "/patients")];
    world.after("a new patient", &seen, world.post("admin", "/patients", &fields)).await;

    let doctor = format!("/doctors/{}", people.doctor.id);
    let seen = [
        ("admin", "/doctors"),
        ("admin", "/doctors/{id}"),
        ("doctor", "/doctors/{id}"),
        ("visitor", "/hospitals/{id}"),
    ];
    let other = [("specialization", "Phrenology"), ("last_name", "Otherwise")];
    world.after("another field", &seen, change(&world, ("admin", &doctor), &other)).await;
    let patient = format!("/patients/{}", people.patient.id);
    let seen = [("admin", "/patients")];
    world.after("another phone", &seen, change(&world, ("admin", &patient), &[("phone", "+977 1 5550777")])).await;
}

#[tokio::test]
async fn no_page_is_stale_after_somebody_is_shut_out_or_let_in() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let away = format!("/doctors/{}/deactivation", people.doctor.id);
    let seen = [
        ("admin", "/doctors"),
        ("patient", "/doctors"),
        ("patient", "/doctors/{id}"),
        ("visitor", "/hospitals/{id}"),
        ("doctor", "/dashboard"),
    ];
    world.after("a doctor shut out", &seen, world.post("admin", &away, &[])).await;
    world.leave("doctor");
    let back = format!("/doctors/{}/reactivation", people.doctor.id);
    world.after("a doctor let in", &seen[..4], world.post("admin", &back, &[])).await;
    let away = format!("/patients/{}/deactivation", people.patient.id);
    let seen = [("admin", "/patients"), ("super", "/dashboard"), ("patient", "/dashboard")];
    world.after("a patient shut out", &seen, world.post("admin", &away, &[])).await;
    world.leave("patient");
    let back = format!("/patients/{}/reactivation", people.patient.id);
    world.after("a patient let in", &seen[..2], world.post("admin", &back, &[])).await;
}

#[tokio::test]
async fn no_page_is_stale_after_hospitals_and_who_runs_them_change() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let hospital = format!("/hospitals/{}", people.hospital.id);
    let seen = [("visitor", "/hospitals"), ("super", "/hospitals"), ("super", "/dashboard")];
    world.after("a new hospital", &seen, world.post("super", "/hospitals", &NEW_HOSPITAL)).await;
    let seen = [("visitor", "/hospitals"), ("super", "/hospitals/{id}"), ("patient", "/dashboard")];
    world.after("another name", &seen, change(&world, ("admin", &hospital), &[("name", "Renamed")])).await;

    let id = people.hospital.id.to_string();
    let admin = [&NEW[..], &[("hospital_id", id.as_str())]].concat();
    let seen = [("super", "/admins"), ("super", "/dashboard"), ("super", "/hospitals/{id}")];
    world.after("a new administrator", &seen, world.post("super", "/admins", &admin)).await;
    let path = format!("/admins/{}", people.admin.user_id);
    let seen = [("super", "/admins"), ("super", "/hospitals/{id}")];
    world.after("another phone", &seen, change(&world, ("super", &path), &[("phone", "+977 1 5550777")])).await;
    let seen = [("super", "/admins"), ("super", "/hospitals/{id}"), ("admin", "/dashboard")];
    let away = format!("{path}/deactivation");
    world.after("an administrator shut out", &seen, world.post("super", &away, &[])).await;
    world.leave("admin");
    let back = format!("{path}/reactivation");
    world.after("an administrator let in", &seen[..2], world.post("super", &back, &[])).await;

    let seen = [("visitor", "/hospitals"), ("visitor", "/hospitals/{id}"), ("super", "/hospitals")];
    let (away, back) = (format!("{hospital}/deactivation"), format!("{hospital}/reactivation"));
    world.after("a hospital not listed", &seen, world.post("super", &away, &[])).await;
    world.after("a hospital listed again", &seen, world.post("super", &back, &[])).await;
}

/// How somebody is reached stands on fewer pages than what they are called.
#[tokio::test]
async fn no_page_is_stale_after_people_correct_their_phone() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    // Both are found by it in the list of their visits, and not before they have it.
    appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(24)).create(&world.app).await;
    let found = ("admin", "/appointments?q=5550124");
    world.look_also_at(found.1);
    let of_doctor: &[(&str, &str)] = &[("admin", "/doctors"), ("admin", "/doctors/{id}"), found];
    let of_patient: &[(&str, &str)] = &[("admin", "/patients"), found];
    for (by, seen) in [("patient", of_patient), ("doctor", of_doctor), ("admin", &[("super", "/admins")])] {
        world.post(by, "/profile", &phone("+977 1 5550123")).await;
        world.after("another phone", seen, world.post(by, "/profile", &phone("+977 1 5550124"))).await;
        world.post(by, "/profile", &phone("+977 1 5550123")).await;
    }
}

fn phone(number: &str) -> [(&str, &str); 3] {
    [("first_name", "Asha"), ("last_name", "Shrestha"), ("phone", number)]
}
