//! People are looked for, by whatever is known of them.

use chrono::NaiveDate;
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{NAMES, desk, query};
use crate::support::*;

#[tokio::test]
async fn people_are_found_however_their_names_are_typed() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    for (first, last) in [
        ("Élodie", "Šimůnková"),
        ("Åsa", "Ørjan"),
        ("İpek", "Çelik"),
        ("Юлия", "Щербакова"),
        ("Mu\u{308}ller", "O’Brien"),
        ("सीता", "कार्की"),
        ("Diana", "Zimmer"),
    ] {
        let patient = patient(&hospital).named(first, last).create(&app).await;
        let doctor = doctor(&hospital).named(first, last).specialized_in("Ürologie").create(&app).await;
        appointment().of(&doctor).with(&patient).at(app.in_hours(30)).create(&app).await;
    }
    for (typed, last) in [
        ("Šimůnková", "Šimůnková"),
        ("SIMUNKOVA elodie", "Šimůnková"),
        ("S\u{30C}imu\u{30A}nkova\u{301}", "Šimůnková"),
        ("Åsa", "Ørjan"),
        ("orjan", "Ørjan"),
        ("Çelik", "Çelik"),
        ("ipek", "Çelik"),
        ("щербакова", "Щербакова"),
        ("ЮЛИЯ", "Щербакова"),
        ("Müller", "O’Brien"),
        ("o'brien", "O’Brien"),
        ("obrien muller", "O’Brien"),
        ("सीता", "कार्की"),
        ("Zimmer, Di", "Zimmer"),
        ("\u{202A}Zimmer\u{202C}\u{A0}diana", "Zimmer"),
    ] {
        let q = query(typed);
        for list in ["/patients", "/doctors", "/appointments"] {
            let found = desk.get(&format!("{list}?q={q}")).await.ok().texts(NAMES);
            assert_eq!(found.len(), 1, "{list}: {typed}: {found:?}");
            assert!(found[0].contains(last), "{list}: {typed}: {found:?}");
        }
        let booking = desk.get(&format!("/appointments/new?q={q}")).await.ok();
        assert!(booking.says(last), "the picker: {typed}");
    }
    assert_eq!(desk.get(&format!("/patients?q={}", query("सता"))).await.ok().texts(NAMES), Vec::<String>::new());
    assert_eq!(desk.get(&format!("/doctors?q={}", query("urologie"))).await.ok().texts(NAMES).len(), 7);
}

#[tokio::test]
async fn lists_stand_in_one_order_on_every_database() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let ordered = ["adhikari", "Ångström", "de Souza", "Öberg", "O'Neil", "Wagle", "Zimmer", "Щербакова"];
    for last in ["Zimmer", "Öberg", "Щербакова", "adhikari", "O'Neil", "de Souza", "Wagle", "Ångström"] {
        patient(&hospital).named("Ann", last).create(&app).await;
        doctor(&hospital).named("Ann", last).create(&app).await;
    }
    let named = |title: &str| ordered.map(|last| format!("{title}Ann {last}")).to_vec();
    assert_eq!(desk.get("/patients").await.ok().texts(NAMES), named(""));
    assert_eq!(desk.get("/doctors").await.ok().texts(NAMES), named("Dr "));
    let offered = desk.get("/appointments").await.ok().texts("select[name=doctor] option");
    assert_eq!(offered[1..], named("Dr "));
}

#[tokio::test]
async fn staff_find_people_by_address_phone_and_date_of_birth_and_patients_do_not() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let born = NaiveDate::from_ymd_opt(1955, 10, 3).unwrap();
    let kabita = patient(&hospital)
        .named("Kabita", "Devkota")
        .with_email("kd55@mail.example.test")
        .born(born)
        .create(&app)
        .await;
    let other = patient(&hospital).named("Other", "Person").create(&app).await;
    let physician = doctor(&hospital).named("Asha", "Rai").with_email("asha.rai@mail.example.test").create(&app).await;
    for (patient, hours) in [(&kabita, 30), (&other, 48)] {
        appointment().of(&physician).with(patient).at(app.in_hours(hours)).create(&app).await;
    }
    phone(&app, kabita.user_id, "+977 981-319 0171").await;
    for typed in [
        "kd55@mail.example.test",
        "KD55@",
        "9813190171",
        "0981 319",
        "+977 981 319 0171",
        "९८१३१९०१७१",
        "1955-10-03",
        "3 October 1955",
        "devkota 1955-10-03",
    ] {
        for list in ["/patients", "/appointments"] {
            let found = desk.get(&format!("{list}?q={}", query(typed))).await.ok().texts(NAMES);
            assert_eq!(found, ["Kabita Devkota"], "{list}: {typed}");
        }
    }
    let home = app.sign_in(&kabita).await;
    for typed in ["asha.rai@mail.example.test", "asha.rai@"] {
        assert_eq!(desk.get(&format!("/doctors?q={}", query(typed))).await.ok().texts(NAMES), ["Dr Asha Rai"]);
        for list in ["/doctors", "/appointments"] {
            let found = home.get(&format!("{list}?q={}", query(typed))).await.ok().texts(NAMES);
            assert_eq!(found, Vec::<String>::new(), "{list}: {typed}");
        }
    }
}

async fn phone(app: &TestApp, user_id: i64, phone: &str) {
    let row = user::Entity::find_by_id(user_id).one(&app.db).await.unwrap().unwrap();
    let key = telemedicine::text::contact_key(&row.email, Some(phone));
    let update = user::Entity::update_many()
        .col_expr(user::Column::Phone, Expr::value(phone))
        .col_expr(user::Column::ContactKey, Expr::value(key));
    update.filter(user::Column::Id.eq(user_id)).exec(&app.db).await.unwrap();
}

#[tokio::test]
async fn a_list_that_was_searched_by_phone_follows_the_phone() {
    let app = TestApp::start().await;
    let (hospital, desk) = desk(&app).await;
    let maya = patient(&hospital).named("Maya", "Gurung").create(&app).await;
    let physician = doctor(&hospital).named("Asha", "Rai").create(&app).await;
    appointment().of(&physician).with(&maya).at(app.in_hours(30)).create(&app).await;
    let surgery = app.sign_in(&physician).await;
    let born = born_of(&app, maya.user_id).await;
    let lists = [
        (&desk, "/patients", "Maya Gurung"),
        (&desk, "/appointments", "Maya Gurung"),
        (&surgery, "/patients", "Maya Gurung"),
        (&surgery, "/appointments", "Maya Gurung"),
    ];
    let of_doctor = [(&desk, "/doctors", "Dr Asha Rai"), (&desk, "/appointments", "Maya Gurung")];
    let home = app.sign_in(&maya).await;
    for (client, first, last, born, [one, two], lists) in [
        (&home, "Maya", "Gurung", born.as_str(), ["+977 984 100 7001", "+977 984 100 7002"], &lists[..]),
        (&surgery, "Asha", "Rai", "", ["+977 984 100 8001", "+977 984 100 8002"], &of_doctor[..]),
    ] {
        // What was found by the other number, and kept, is asked for again after each change.
        for (phone, other) in [(one, two), (two, one)] {
            let change = [("first_name", first), ("last_name", last), ("phone", phone), ("date_of_birth", born)];
            client.post_form("/profile", &change).await.expect(303);
            for (client, list, name) in lists {
                // Twice, so that the answer is kept.
                for _ in 0..2 {
                    let found = client.get(&format!("{list}?q={}", query(phone))).await.ok().texts(NAMES);
                    assert_eq!(found, [*name], "{list}: {phone}");
                    let found = client.get(&format!("{list}?q={}", query(other))).await.ok().texts(NAMES);
                    assert_eq!(found, Vec::<String>::new(), "{list}: {other}");
                }
            }
        }
    }
}

async fn born_of(app: &TestApp, user_id: i64) -> String {
    let row = user::Entity::find_by_id(user_id).one(&app.db).await.unwrap().unwrap();
    row.date_of_birth.map(|born| born.to_string()).unwrap_or_default()
}
