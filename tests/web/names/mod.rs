//! Names and what else people type, however it is typed: searched, put in order, kept unique, entered.

mod keys;
mod search;

use chrono::NaiveDate;
use entity::{doctor, hospital, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use telemedicine::features::{self, KeyMaker};

use crate::support::*;

const NAMES: &str = "main table tbody th a";
const SECRET: &str = "four slow boats at noon";

fn query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn desk(app: &TestApp) -> (Hospital, Client) {
    let hospital = hospital().create(app).await;
    let admin = hospital_admin(&hospital).named("Desk", "Person").create(app).await;
    let client = app.sign_in(&admin).await;
    (hospital, client)
}

#[tokio::test]
async fn who_is_written_without_a_key_is_found_and_gets_one() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let person = patient(&hospital).named("Élodie", "Smith").create(&app).await;
    doctor(&hospital).named("Doctor", "Smith").create(&app).await;
    // As a server of the version before writes it.
    let rename = user::Entity::update_many().col_expr(user::Column::LastName, Expr::value("Ångström-smith"));
    rename.filter(user::Column::Id.eq(person.user_id)).exec(&app.db).await.unwrap();
    let row = user::Entity::find_by_id(person.user_id).one(&app.db).await.unwrap().unwrap();
    assert_eq!((row.name_key, row.contact_key), (None, None), "a key of another text is none");
    let renumber = doctor::Entity::update_many().col_expr(doctor::Column::LicenseNumber, Expr::value("NMC 77-1"));
    renumber.exec(&app.db).await.unwrap();
    let name = hospital::Entity::update_many().col_expr(hospital::Column::Name, Expr::value("Cafe\u{301} Clinic"));
    name.filter(hospital::Column::Id.eq(hospital.id)).exec(&app.db).await.unwrap();
    assert_eq!(desk.get("/patients?q=smith").await.ok().texts(NAMES), ["Élodie Ångström-smith"]);

    let keys = features::key_maker(&app.state);
    all_made(&keys).await;
    assert_eq!(desk.get("/patients?q=angstrom+elodie").await.ok().texts(NAMES), ["Élodie Ångström-smith"]);
    let row = doctor::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert_eq!(row.license_key.as_deref(), Some("nmc771"));
    let row = hospital::Entity::find_by_id(hospital.id).one(&app.db).await.unwrap().unwrap();
    assert_eq!(row.name_key.as_deref(), Some("cafe clinic"));
}

/// The server makes some in the background as well.
async fn all_made(keys: &KeyMaker) {
    while keys.round().await.unwrap() > 0 {}
    assert_eq!(keys.round().await.unwrap(), 0);
}

#[tokio::test]
async fn two_of_old_with_one_key_both_keep_their_rows() {
    let app = TestApp::start().await;
    let (one, other) = (hospital().create(&app).await, hospital().create(&app).await);
    for (id, name) in [(one.id, "Café"), (other.id, "Cafe\u{301}")] {
        let rename = hospital::Entity::update_many().col_expr(hospital::Column::Name, Expr::value(name));
        rename.filter(hospital::Column::Id.eq(id)).exec(&app.db).await.unwrap();
    }
    let keys = features::key_maker(&app.state);
    all_made(&keys).await;
    for id in [one.id, other.id] {
        let row = hospital::Entity::find_by_id(id).one(&app.db).await.unwrap().unwrap();
        assert!(row.name_key.is_some_and(|key| key.starts_with("cafe")));
    }
    let found = app.visitor().get("/hospitals?q=cafe").await.ok();
    assert!(found.links().contains(&format!("/hospitals/{}", one.id)));
    assert!(found.links().contains(&format!("/hospitals/{}", other.id)));
}

#[tokio::test]
async fn a_name_or_a_licence_is_taken_however_it_is_typed() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let fields = |name: &'static str, address: &'static str| {
        [
            ("name", name),
            ("address", address),
            ("phone", "+977 1 5550123"),
            ("email", "desk@example.test"),
            ("time_zone", "Asia/Kathmandu"),
            ("currency", "NPR"),
            ("appointment_fee", "100.00"),
            ("slot_minutes", "30"),
            ("booking_lead_hours", "24"),
        ]
    };
    platform.post_form("/hospitals", &fields("Café de la Paix", "Here")).await.expect(303);
    for same in ["Cafe\u{301} de la Paix", "CAFÉ DE LA PAIX", "Café\u{A0}de  la Paix", "cafe de la paix."] {
        // At the same address it would be the same form, sent twice.
        let refused = platform.post_form("/hospitals", &fields(same, "There")).await.expect(422);
        assert_eq!(refused.attributes("[aria-invalid=true]", "name"), ["name"], "{same}");
    }
    let (_, desk) = desk(&app).await;
    let doctor = |email: &'static str, license: &'static str| {
        [
            ("first_name", "Asha"),
            ("last_name", "Rai"),
            ("email", email),
            ("phone", ""),
            ("date_of_birth", ""),
            ("license_number", license),
            ("specialization", "Skin"),
            ("experience_years", "१२"),
            ("bio", ""),
            ("education", ""),
            ("password", SECRET),
        ]
    };
    desk.post_form("/doctors", &doctor("one@example.test", "NMC-1234")).await.expect(303);
    for same in ["nmc 1234", "NMC\u{2013}1234", "ＮＭＣ１２३४"] {
        let refused = desk.post_form("/doctors", &doctor("two@example.test", same)).await.expect(422);
        assert_eq!(refused.attributes("[aria-invalid=true]", "name"), ["license_number"], "{same}");
    }
}

#[tokio::test]
async fn what_is_typed_by_sign_is_kept_in_one_form() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let hospital_id = hospital.id.to_string();
    let sign_up = |email: &'static str, phone: &'static str| {
        vec![
            ("hospital_id", hospital_id.as_str()),
            ("first_name", "Zoe\u{308}"),
            ("last_name", "Rai"),
            ("email", email),
            ("phone", phone),
            ("date_of_birth", "1990-05-17"),
            ("password", SECRET),
        ]
    };
    let visitor = app.visitor();
    visitor
        .post_form("/sign-up", &sign_up("zoe@bücher.example", "\u{202A}+९७७\u{A0}98–4100 ext 7\u{202C}"))
        .await
        .expect(303);
    let row =
        user::Entity::find().filter(user::Column::Email.eq("zoe@xn--bcher-kva.example")).one(&app.db).await.unwrap();
    let row = row.expect("the domain is kept in one form");
    assert_eq!(row.phone.as_deref(), Some("+977 98-4100 ext. 7"));
    assert_eq!(row.first_name, "Zoë");
    for typed in ["zoe@BÜCHER.example", "Zoe@xn--bcher-kva.example", "\u{202A}zoe@bu\u{308}cher.example\u{202C}"] {
        let login = [("email", typed), ("password", SECRET)];
        assert_eq!(app.visitor().post_form("/sign-in", &login).await.expect(303).location(), "/dashboard", "{typed}");
    }
    let again = app.visitor().post_form("/sign-up", &sign_up("zoe@bu\u{308}cher.example", "")).await.expect(303);
    assert_eq!(again.location(), "/dashboard", "one account");
    assert_eq!(desk.get("/patients?q=984100").await.ok().texts(NAMES), ["Zoë Rai"]);
    // They change their name, and are found by the new one.
    let client = app.sign_in_as("Zoë", "zoe@bücher.example", SECRET).await;
    let change = [("first_name", "Zoë"), ("last_name", "Ørsted"), ("phone", ""), ("date_of_birth", "1990-05-17")];
    client.post_form("/profile", &change).await.expect(303);
    assert_eq!(desk.get("/patients?q=orsted").await.ok().texts(NAMES), ["Zoë Ørsted"]);
    assert_eq!(desk.get("/patients?q=984100").await.ok().texts(NAMES), Vec::<String>::new());
}

#[tokio::test]
async fn the_visits_of_one_patient_are_those_and_no_others() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let physician = doctor(&hospital).named("Asha", "Rai").create(&app).await;
    let old = NaiveDate::from_ymd_opt(1951, 2, 3).unwrap();
    let young = NaiveDate::from_ymd_opt(2018, 4, 5).unwrap();
    let grandmother = patient(&hospital).named("Maya", "Subedi").born(old).create(&app).await;
    let child = patient(&hospital).named("Maya", "Subedi").born(young).create(&app).await;
    let hers = appointment().of(&physician).with(&grandmother).at(app.in_hours(30)).create(&app).await;
    appointment().of(&physician).with(&child).at(app.in_hours(48)).create(&app).await;
    let surgery = app.sign_in(&physician).await;
    for client in [&desk, &surgery] {
        let record = client.get(&format!("/patients/{}", grandmother.id)).await.ok();
        let link = record.links().into_iter().find(|link| link.starts_with("/appointments?")).unwrap();
        let list = client.get(&link).await.ok();
        assert_eq!(list.appointments("main table"), [hers.id]);
        assert!(list.says("Only visits of Maya Subedi, born 3 February 1951."));
        assert!(list.links().contains(&"/appointments".to_owned()), "it can be taken away");
        // Narrowing further keeps it.
        assert_eq!(list.attributes("form.filter input[name=patient]", "value"), [grandmother.id.to_string()]);
        let all = client.get("/appointments").await.ok();
        assert!(all.says("born 3 February 1951") && all.says("born 5 April 2018"), "two of one name are told apart");
        client.get("/appointments?patient=999999").await.expect(404);
        client.get("/appointments?patient=x").await.expect(422);
    }
    let home = app.sign_in(&grandmother).await;
    home.get(&format!("/appointments?patient={}", grandmother.id)).await.expect(404);
    assert!(!home.get("/appointments").await.ok().says("born"));
    // Nobody sees those of another hospital by it.
    let elsewhere = super::support::hospital().create(&app).await;
    let stranger = app.sign_in(&hospital_admin(&elsewhere).create(&app).await).await;
    stranger.get(&format!("/appointments?patient={}", grandmother.id)).await.expect(404);
}

#[tokio::test]
async fn nothing_is_told_as_nothing_and_none_as_none() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let page = platform.get(&format!("/hospitals/{}", hospital.id)).await.ok();
    let details = page.texts("#details dl div");
    let told = |term: &str| details.iter().find(|line| line.contains(term)).cloned().unwrap_or_default();
    assert!(told("Active doctors").ends_with('0'), "{details:?}");
    assert!(told("Active patients").ends_with('0'), "{details:?}");
    let today = app.now().date_naive();
    patient(&hospital).named("New", "Born").born(today).create(&app).await;
    assert_eq!(desk.get("/patients").await.ok().texts("td[data-label=Age]"), ["0"]);
}
