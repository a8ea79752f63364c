//! Keys stay with their texts, however little of these is changed.

use entity::{doctor, hospital, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use telemedicine::features;

use super::{NAMES, desk, query};
use crate::support::*;

/// Sends the form at `path` as it stands, but for what is `typed` into it.
async fn change(client: &Client, path: &str, fields: &[(&str, &str)]) {
    let version = client.get(&format!("{path}/edit")).await.ok().attributes("input[name=version]", "value");
    let fields: Vec<_> = fields.iter().copied().chain([("version", version[0].as_str())]).collect();
    client.post_form(path, &fields).await.expect(303);
}

async fn keys_of(app: &TestApp, user_id: i64) -> (Option<String>, Option<String>) {
    let row = user::Entity::find_by_id(user_id).one(&app.db).await.unwrap().unwrap();
    (row.name_key, row.contact_key)
}

fn some(key: &str) -> Option<String> {
    Some(key.to_owned())
}

const DOCTOR: [(&str, &str); 8] = [
    ("first_name", "Asha"),
    ("last_name", "Rai-Sen"),
    ("email", "asha@example.test"),
    ("date_of_birth", ""),
    ("experience_years", "3"),
    ("bio", ""),
    ("education", ""),
    ("accepting", "on"),
];

fn doctor_form<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let others = |name: &str| other.iter().any(|(other, _)| *other == name);
    DOCTOR.iter().copied().filter(|(name, _)| !others(name)).chain(other.iter().copied()).collect()
}

#[tokio::test]
async fn what_changes_in_case_accents_and_signs_alone_keeps_its_keys() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let physician = doctor(&hospital).create(&app).await;
    let path = format!("/doctors/{}", physician.id);
    let first = [("phone", "+977 984 100 7001"), ("license_number", "NMC-771"), ("specialization", "Skin")];
    change(&desk, &path, &doctor_form(&first)).await;
    for typed in [
        [
            ("first_name", "ASHA"),
            ("phone", "+977 984 100 7001"),
            ("license_number", "NMC-771"),
            ("specialization", "Skin"),
        ],
        [
            ("first_name", "Ásha"),
            ("phone", "+977 984-1007001"),
            ("license_number", "nmc 771"),
            ("specialization", "SKIN"),
        ],
        [
            ("last_name", "Rai Sen"),
            ("phone", "+977 9841007001"),
            ("license_number", "nmc 771"),
            ("specialization", "Skín"),
        ],
    ] {
        change(&desk, &path, &doctor_form(&typed)).await;
        let expected = (some("rai sen\tasha"), some("asha@example.test\ttel:9779841007001"));
        assert_eq!(keys_of(&app, physician.user_id).await, expected, "{typed:?}");
        assert_eq!(desk.get("/doctors?q=9841007001").await.ok().texts(NAMES).len(), 1, "{typed:?}");
        let row = doctor::Entity::find_by_id(physician.id).one(&app.db).await.unwrap().unwrap();
        assert_eq!((row.license_key, row.specialization_key), (some("nmc771"), some("skin")), "{typed:?}");
    }
}

#[tokio::test]
async fn whoever_types_their_own_name_in_capitals_is_found_as_before() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let maya = patient(&hospital).named("Maya", "Gurung").create(&app).await;
    let home = app.sign_in(&maya).await;
    let own = |first: &'static str, phone: &'static str| {
        [("first_name", first), ("last_name", "Gurung"), ("phone", phone), ("date_of_birth", "1990-05-17")]
    };
    for (first, phone) in [("Maya", "+977 984 100 7001"), ("MAYA", "+977 984 100 7001"), ("MAYA", "+977 9841007001")] {
        home.post_form("/profile", &own(first, phone)).await.expect(303);
        let contact = format!("{}\ttel:9779841007001", maya.email);
        assert_eq!(keys_of(&app, maya.user_id).await, (some("gurung\tmaya"), Some(contact)), "{first} {phone}");
        assert_eq!(desk.get(&format!("/patients?q={}", query(phone))).await.ok().texts(NAMES).len(), 1);
    }
}

#[tokio::test]
async fn a_hospital_that_is_written_in_capitals_keeps_its_name_to_itself() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let hospital = hospital().named("Café Clinic").create(&app).await;
    let named = |name: &'static str| {
        let mut fields = NEW_HOSPITAL;
        fields[0].1 = name;
        fields
    };
    for name in ["CAFÉ CLINIC", "Cafe-Clinic"] {
        change(&platform, &format!("/hospitals/{}", hospital.id), &named(name)).await;
        platform.post_form("/hospitals", &named("Café Clinic.")).await.expect(422);
    }
}

#[tokio::test]
async fn the_second_of_two_of_old_with_one_key_can_be_changed() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let (one, (other, desk)) = (hospital().create(&app).await, desk(&app).await);
    for (id, name) in [(one.id, "St Mary"), (other.id, "St. Mary")] {
        let rename = hospital::Entity::update_many().col_expr(hospital::Column::Name, Expr::value(name));
        rename.filter(hospital::Column::Id.eq(id)).exec(&app.db).await.unwrap();
    }
    let (first, second) = (doctor(&other).create(&app).await, doctor(&other).create(&app).await);
    for (id, license) in [(first.id, "NMC-771"), (second.id, "NMC 771")] {
        let renumber = doctor::Entity::update_many().col_expr(doctor::Column::LicenseNumber, Expr::value(license));
        renumber.filter(doctor::Column::Id.eq(id)).exec(&app.db).await.unwrap();
    }
    features::key_maker(&app.state).round().await.unwrap();
    let mut fields = NEW_HOSPITAL;
    fields[0].1 = "St. Mary";
    let path = format!("/hospitals/{}", other.id);
    change(&platform, &path, &fields).await;
    assert!(platform.get(&path).await.ok().says("Ring Road"));
    let path = format!("/doctors/{}", second.id);
    for field in ["Skin", "SKIN", "Heart"] {
        let typed = [("phone", ""), ("license_number", "NMC 771"), ("specialization", field)];
        change(&desk, &path, &doctor_form(&typed)).await;
        let row = doctor::Entity::find_by_id(second.id).one(&app.db).await.unwrap().unwrap();
        assert_eq!(row.license_key, Some(format!("nmc771\t{}", second.id)), "{field}");
        assert_eq!(row.specialization_key, Some(field.to_lowercase()));
    }
}
