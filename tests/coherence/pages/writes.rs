//! Every other kind of write.

use chrono::TimeDelta;
use entity::visit_guest;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DbErr};
use telemedicine::features;

use super::{STANDING, clinic::People, world::World};
use crate::support::*;

#[tokio::test]
async fn no_page_is_stale_after_notifications_are_read() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let readers = [
        ("super", &people.super_admin),
        ("admin", &people.admin),
        ("doctor", &people.doctor.person),
        ("patient", &people.patient.person),
    ];
    let mut ids = Vec::new();
    for (_, person) in readers {
        ids.push(notification(person).create(&world.app).await.id);
        notification(person).create(&world.app).await;
    }
    people.sign_in(&mut world).await;
    for ((name, _), id) in readers.into_iter().zip(ids) {
        let changes = [(name, "/notifications"), (name, "/dashboard")];
        let path = format!("/notifications/{id}/read");
        world.after(&format!("one read by {name}"), &changes, world.post(name, &path, &[])).await;
        world.after(&format!("all read by {name}"), &changes, world.post(name, "/notifications/read", &[])).await;
    }
}

/// Who opens a visit has read with it what they were told of it.
#[tokio::test]
async fn no_page_is_stale_after_somebody_opens_what_they_were_told_of() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(2));
    let visit = visit.status(AppointmentStatus::Scheduled).create(&world.app).await;
    let readers = [("doctor", &people.doctor.person), ("admin", &people.admin), ("patient", &people.patient.person)];
    for (_, person) in readers {
        notification(person).about(&visit).create(&world.app).await;
    }
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    for (name, _) in readers {
        let open = async {
            world.browser(name).get(&visit.path()).await.ok();
        };
        let changes = [(name, "/notifications"), (name, "/dashboard"), (name, STANDING)];
        world.after(&format!("{name} opens the visit"), &changes, open).await;
    }
}

/// By the clock, long after they were read.
#[tokio::test]
async fn no_page_is_stale_after_what_is_over_long_ago_is_removed() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let long_ago = world.app.in_hours(-24 * 500);
    notification(&people.patient.person).from(long_ago).read().create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(long_ago);
    let visit = visit.status(AppointmentStatus::Completed).create(&world.app).await;
    let old = guest(&world.app, (&visit, &people.doctor), "").await;
    let over = visit_guest::ActiveModel { id: Set(old.id), expires_at: Set(long_ago), ..Default::default() };
    over.update(&world.app.db).await.unwrap();
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    let state = &world.app.state;
    let sweep = async {
        for part in features::sweep_parts(&state.db, &world.app.clock, state.settings.retention) {
            (part.batch)().await.unwrap();
        }
    };
    let seen = [("patient", "/notifications"), ("doctor", STANDING), ("patient", STANDING), ("admin", STANDING)];
    world.after("a sweep", &seen, sweep).await;
}

/// Whose profile, what of it, and the pages that show it.
type Shown = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Names, telephone numbers and dates of birth, as others see them.
const SHOWN: [Shown; 12] = [
    ("super", "name", &[("super", "/dashboard"), ("super", "/admins")]),
    ("super", "phone", &[]),
    ("super", "birth", &[]),
    ("admin", "name", &[("admin", "/appointments"), ("super", "/admins"), ("super", "/hospitals/{id}")]),
    ("admin", "phone", &[("super", "/admins"), ("super", "/hospitals/{id}")]),
    ("admin", "birth", &[]),
    (
        "doctor",
        "name",
        &[
            ("visitor", "/hospitals/{id}"),
            ("super", "/dashboard"),
            ("admin", "/dashboard"),
            ("admin", "/appointments"),
            ("admin", "/doctors"),
            ("doctor", "/doctors/{id}"),
            ("patient", "/dashboard"),
            ("patient", "/appointments"),
            ("patient", "/notifications"),
            ("patient", "/messages"),
            ("patient", "/appointments/{id}/now"),
            ("patient", "/doctors"),
        ],
    ),
    ("doctor", "phone", &[("admin", "/doctors"), ("admin", "/doctors/{id}")]),
    ("doctor", "birth", &[]),
    (
        "patient",
        "name",
        &[
            ("admin", "/dashboard"),
            ("admin", "/appointments"),
            ("admin", "/patients"),
            ("doctor", "/dashboard"),
            ("doctor", "/appointments"),
            ("doctor", "/notifications"),
            ("doctor", "/messages"),
            ("doctor", "/patients"),
        ],
    ),
    ("patient", "phone", &[("patient", "/dashboard"), ("admin", "/patients"), ("doctor", "/patients")]),
    ("patient", "birth", &[("admin", "/patients"), ("doctor", "/patients")]),
];

#[tokio::test]
async fn no_page_is_stale_after_a_profile_is_changed() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_hours(2));
    // Of a visit by telephone it is told at which number they are called.
    let visit = visit.held(Modality::Phone).create(&world.app).await;
    for person in [&people.doctor.person, &people.patient.person] {
        notification(person).about(&visit).create(&world.app).await;
    }
    message(&world.app, &visit, (&people.doctor, &people.patient, true), "").await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    for (number, (name, what, changes)) in SHOWN.into_iter().enumerate() {
        let (first, phone) = (format!("{name}{}", number / 3), format!("+977 1 {:07}", 4_000_000 + number));
        let (first, phone, birth) = match what {
            "name" => (format!("Maya{first}"), phone, "1985-03-14"),
            "phone" => (format!("Maya{name}{}", (number - 1) / 3), phone, "1985-03-14"),
            _ => (format!("Maya{name}{}", (number - 2) / 3), format!("+977 1 {:07}", 3_999_999 + number), "1971-06-02"),
        };
        let fields = [
            ("first_name", first.as_str()),
            ("last_name", "Gurung"),
            ("phone", phone.as_str()),
            ("date_of_birth", birth),
        ];
        world.after(&format!("{name}'s {what}"), changes, world.post(name, "/profile", &fields)).await;
    }
}

#[tokio::test]
async fn no_page_is_stale_after_somebody_comes_or_goes() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    world.sign_in("elsewhere", &people.patient).await;

    let id = people.hospital.id.to_string();
    let newcomers = world.app.visitor();
    let sign_up = async || drop(newcomers.post_form("/sign-up", &sign_up(&id)).await.expect(303));
    let changes =
        [("super", "/dashboard"), ("super", "/hospitals/{id}"), ("admin", "/dashboard"), ("admin", "/patients")];
    world.after("a sign-up", &changes, sign_up()).await;

    for (person, changes) in
        [(&people.doctor.person, [("admin", "/doctors/{id}")]), (&people.admin, [("super", "/admins")])]
    {
        // Another minute than that of the last time.
        world.app.clock.advance(TimeDelta::minutes(2));
        let sign_in = async || drop(world.app.sign_in(person).await);
        world.after(&format!("a sign-in of {}", person.label()), &changes, sign_in()).await;
    }

    let gone = [("elsewhere", "/dashboard"), ("elsewhere", "/appointments"), ("elsewhere", "/notifications")];
    world.after("signing out", &gone, world.post("elsewhere", "/sign-out", &[])).await;
    world.sign_in("elsewhere", &people.patient).await;
    let sessions = world.browser("patient").get("/profile/sessions").await.ok();
    let mut forms = sessions.forms().into_iter().map(|form| form.action);
    let one = forms.find(|action| action.ends_with("/revocation") && action != "/profile/sessions/revocation").unwrap();
    world.after("revoking a session", &gone, world.post("patient", &one, &[])).await;
    world.sign_in("elsewhere", &people.patient).await;
    world.after("revoking all others", &gone, world.post("patient", "/profile/sessions/revocation", &[])).await;
    world.sign_in("elsewhere", &people.patient).await;
    let passwords = [("current_password", PASSWORD), ("new_password", "seven slow boats at noon")];
    world.after("another password", &gone, world.post("patient", "/profile/password", &passwords)).await;

    let email = &people.patient.email;
    let newcomers = world.app.visitor();
    drop(newcomers.post_form("/password-reset", &[("email", email)]).await.expect(303));
    // Beside what tells them of the other password.
    let token = world.app.emails_when(email, 2).await.iter().find_map(|email| token_in(&email.text)).unwrap();
    world.sign_in_with("elsewhere", &people.patient, passwords[1].1).await;
    world.leave("patient");
    let choose = async || {
        let fields = [("password", "eight slow boats at noon")];
        drop(newcomers.post_form(&format!("/password-links/{token}"), &fields).await.expect(303));
    };
    world.after("a password behind a link", &gone, choose()).await;
}

/// A session is over once that is committed, and its copy is taken away after. In between no page is served for it.
#[tokio::test]
async fn nothing_is_served_to_a_session_whose_copy_outlives_it() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let (database, sessions) = (&world.app.state.db, &world.app.state.sessions);
    let revoke = async || {
        let ended =
            database.write_unrecorded(NO_ACT, async |uow| sessions.revoke_all(uow, people.patient.user_id, None).await);
        assert_eq!(ended.await.unwrap_or_else(|error: DbErr| panic!("{error}")).live, 1);
    };
    let gone = ["/dashboard", "/appointments", "/notifications"].map(|route| ("patient", route));
    world.after("a revocation", &gone, revoke()).await;
}
