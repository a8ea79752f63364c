//! Patients without an e-mail address: the clinic keeps them as any other, nobody signs in as them, and they are told by telephone.

mod telling;

use entity::{audit_entry, mail, password_link, user};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::*;

/// Somebody new, who has none.
const BINA: [(&str, &str); 6] = [
    ("first_name", "Bina"),
    ("last_name", "Rai"),
    ("email", ""),
    ("phone", "+977 984-1234567"),
    ("date_of_birth", "1984-03-02"),
    ("password", ""),
];
const OTHER: &str = "seven slow boats at noon";

/// A hospital with its desk.
struct Ward {
    app: TestApp,
    hospital: Hospital,
    admin: Person,
    desk: Client,
}

impl Ward {
    async fn open() -> Self {
        Self::of(TestApp::start().await).await
    }

    async fn of(app: TestApp) -> Self {
        let hospital = hospital().create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        let desk = app.sign_in(&admin).await;
        Self { app, hospital, admin, desk }
    }

    async fn add(&self, more: &[(&str, &str)]) -> Page {
        let kept = BINA.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        self.desk.post_form("/patients", &kept.chain(more.iter().copied()).collect::<Vec<_>>()).await
    }

    /// The page of somebody who is added.
    async fn bina(&self) -> String {
        self.add(&[]).await.expect(303).location()
    }

    async fn change(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.desk.get(&format!("{path}/edit")).await.ok();
        self.desk.submit(&form, &format!("form[action='{path}']"), fields).await
    }

    /// The last person who was made.
    async fn newest(&self) -> user::Model {
        user::Entity::find().order_by_desc(user::Column::Id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn people(&self) -> u64 {
        user::Entity::find().count(&self.app.db).await.unwrap()
    }
}

#[tokio::test]
async fn somebody_is_added_without_an_address_and_found_as_any_other() {
    let ward = Ward::open().await;
    let form = ward.desk.get("/patients/new").await.ok();
    assert!(form.attributes("input[name=email]", "required").is_empty(), "a browser would ask for one");
    let made = ward.desk.submit(&form, "form[action='/patients']", &BINA).await.expect(303);
    let path = made.location();
    let page = ward.desk.follow(made).await.ok();
    assert!(page.says("The patient is added, without an e-mail address"), "{}", page.words());
    assert!(page.says("is to be told by phone") && page.says("+977 984-1234567"), "{}", page.words());
    for search in ["bina+rai", "9841234567", "1984-03-02"] {
        let found = ward.desk.get(&format!("/patients?q={search}")).await.ok();
        assert!(found.links().contains(&path), "{search}: {}", found.words());
    }
    assert!(!ward.desk.get("/patients?q=no-address").await.ok().links().contains(&path), "by what nobody has given");
    assert!(!ward.desk.get("/patients?q=invalid").await.ok().links().contains(&path));
    for address in [path.clone(), format!("{path}/edit"), "/patients".to_owned(), "/dashboard".to_owned()] {
        let page = ward.desk.get(&address).await.ok();
        assert!(!page.body.contains(".invalid") && !page.body.contains("mailto:"), "{address}: {}", page.body);
    }
    assert_eq!(mail::Entity::find().count(&ward.app.db).await.unwrap(), 0, "nobody is written to");
    assert_eq!(password_link::Entity::find().count(&ward.app.db).await.unwrap(), 0, "nobody is invited");
}

#[tokio::test]
async fn nobody_signs_in_as_somebody_without_an_address() {
    let ward = Ward::open().await;
    let path = ward.bina().await;
    let stored = ward.newest().await.email;
    for address in ["", stored.as_str(), &stored.to_uppercase(), "@no-address.invalid"] {
        let answer = ward.app.visitor().post_form("/sign-in", &[("email", address), ("password", OTHER)]).await;
        assert_eq!(answer.status, 422, "{address}");
        ward.app.visitor().post_form("/password-reset", &[("email", address)]).await;
    }
    let taken = [("email", stored.as_str())];
    let id = ward.hospital.id.to_string();
    let fields: Vec<_> = sign_up(&id).into_iter().filter(|(name, _)| *name != "email").chain(taken).collect();
    assert!(ward.app.visitor().post_form("/sign-up", &fields).await.expect(422).has("#email-error"));
    assert!(ward.add(&taken).await.expect(422).has("#email-error"), "nor is it given to somebody else");
    let page = ward.desk.get(&format!("{path}/edit")).await.ok();
    assert!(page.says("nothing to sign in with"), "{}", page.words());
    for act in ["invitation", "sessions", "second-factor"] {
        assert!(!page.has(&format!("form[action*='/{act}']")), "{act} is offered");
    }
    let refused = ward.desk.post_form(&format!("{path}/invitation"), &[]).await.expect(303);
    let refused = ward.desk.follow(refused).await.ok();
    assert!(refused.says("Nothing was sent: the person has no e-mail address."), "{}", refused.words());
    assert_eq!(password_link::Entity::find().count(&ward.app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn a_password_without_an_address_is_refused_and_everybody_else_needs_one() {
    let ward = Ward::open().await;
    let page = ward.add(&[("password", OTHER)]).await.expect(422);
    assert!(page.text("#password-error").contains("Nobody signs in without an e-mail address"), "{}", page.words());
    let (mut doctor, before) = (BINA.to_vec(), ward.people().await);
    doctor.extend([("license_number", "N-1"), ("specialization", "Surgery"), ("experience_years", "3")]);
    assert!(ward.desk.post_form("/doctors", &doctor).await.expect(422).has("#email-error"));
    let platform = ward.app.sign_in(&super_admin().create(&ward.app).await).await;
    let id = ward.hospital.id.to_string();
    let admin = [&BINA[..], &[("hospital_id", id.as_str())]].concat();
    assert!(platform.post_form("/admins", &admin).await.expect(422).has("#email-error"));
    assert_eq!(ward.people().await, before + 1, "the platform's administrator, and nobody else");
}

#[tokio::test]
async fn whoever_is_given_an_address_is_invited_and_comes_in() {
    let ward = Ward::open().await;
    let path = ward.bina().await;
    let saved = ward.change(&path, &[("email", "Bina@example.test")]).await.expect(303);
    assert!(ward.desk.follow(saved).await.ok().says("a link to choose a password is on its way"));
    let mails = ward.app.emails_when("Bina@example.test", 1).await;
    assert_eq!(mails[0].subject, "Choose your password");
    let link = format!("/password-links/{}", token_in(&mails[0].text).unwrap());
    ward.app.visitor().post_form(&link, &[("password", OTHER)]).await.expect(303);
    let bina = ward.app.sign_in_as("Bina", "bina@example.test", OTHER).await;
    assert!(bina.get("/dashboard").await.ok().says("Bina Rai"));
    assert!(ward.desk.get("/patients?q=bina@example").await.ok().links().contains(&path));
    let trail = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Id).all(&ward.app.db).await.unwrap();
    let told = trail.iter().map(|entry| entry.detail.to_string()).find(|detail| detail.contains("Bina@example.test"));
    assert!(!told.unwrap().contains(".invalid"), "there was none before");
}

#[tokio::test]
async fn an_address_is_not_taken_away_and_is_one_persons() {
    let ward = Ward::open().await;
    let maya = patient(&ward.hospital).with_email("maya@example.test").create(&ward.app).await;
    let own = format!("/patients/{}", maya.id);
    let form = ward.desk.get(&format!("{own}/edit")).await.ok();
    assert_eq!(form.attributes("input[name=email]", "required").len(), 1);
    let refused = ward.change(&own, &[("email", "")]).await.expect(422);
    assert!(refused.text("#email-error").contains("An address cannot be taken away"), "{}", refused.words());
    let stored = user::Entity::find_by_id(maya.person.user_id).one(&ward.app.db).await.unwrap().unwrap();
    assert_eq!(stored.email, "maya@example.test");
    let path = ward.bina().await;
    let taken = ward.change(&path, &[("email", "MAYA@example.test")]).await.expect(422);
    assert!(taken.text("#email-error").contains("Somebody already has an account"), "{}", taken.words());
    // What else is changed of them changes nothing of that.
    ward.change(&path, &[("phone", "+977 1 5550177"), ("last_name", "Rana")]).await.expect(303);
    assert!(ward.desk.get("/patients?q=15550177").await.ok().links().contains(&path));
    assert!(ward.newest().await.email.ends_with("@no-address.invalid"));
}

#[tokio::test]
async fn a_form_that_is_sent_again_adds_nobody_and_a_namesake_is_asked_about() {
    let ward = Ward::open().await;
    let path = ward.bina().await;
    let again = ward.add(&[]).await.expect(303);
    assert_eq!(again.location(), path);
    assert!(ward.desk.follow(again).await.ok().says("This form was sent before"));
    let asked = ward.add(&[("phone", "+977 1 5550188")]).await.expect(409);
    assert!(asked.links().contains(&path), "{}", asked.words());
    let other = ward.add(&[("phone", "+977 1 5550188"), ("duplicate_ok", "on")]).await.expect(303).location();
    assert_ne!(other, path);
    let known = ward.add(&[("email", "bina@example.test")]).await.expect(409);
    assert!(known.links().contains(&path), "also beside somebody who has one");
}

/// There is no address that two forms would both take: the second waits for the first all the same.
#[tokio::test]
async fn a_form_that_is_sent_twice_at_once_adds_one() {
    let ward = Ward::open().await;
    let before = ward.people().await;
    let both = join_all((0..2).map(|_| ward.add(&[]))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    assert_eq!(both[0].location(), both[1].location());
    assert_eq!(ward.people().await, before + 1);
}

#[tokio::test]
async fn where_no_mail_is_sent_somebody_is_added_and_stays_without() {
    let ward = Ward::of(TestApp::start_without_mail().await).await;
    let form = ward.desk.get("/patients/new").await.ok();
    assert!(form.attributes("#password", "required").is_empty());
    let path = ward.bina().await;
    let refused = ward.change(&path, &[("email", "bina@example.test")]).await.expect(422);
    assert!(refused.text("#email-error").contains("This server sends no e-mail"), "{}", refused.words());
    assert!(ward.newest().await.email.ends_with("@no-address.invalid"));
}
