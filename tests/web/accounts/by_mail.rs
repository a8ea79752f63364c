//! A link by mail instead of a password that is forgotten, or that an administrator would have to choose.

use chrono::TimeDelta;
use telemedicine::integrations::mailer::Email;

use super::{invitations::NEWCOMER, *};

const SENT: &str = "If there is an account with that address, a link is on its way to it.";

/// Asks for a link as a stranger would; what is answered.
async fn ask(app: &TestApp, email: &str) -> String {
    let visitor = app.visitor();
    let page = visitor.get("/password-reset").await.ok();
    let answer = visitor.submit(&page, "form[action='/password-reset']", &[("email", email)]).await.expect(303);
    visitor.follow(answer).await.ok().words()
}

/// The address of the link in an email.
pub(super) fn link(email: &Email) -> String {
    format!("/password-links/{}", token_in(&email.text).expect("it holds a link"))
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_browser_signed_out() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let elsewhere = app.sign_in(&asha).await;
    let sign_in = app.visitor().get("/sign-in").await.ok();
    assert!(sign_in.links().contains(&"/password-reset".to_owned()));
    assert!(ask(&app, &asha.email.to_uppercase()).await.contains(SENT));
    let emails = app.emails_when(&asha.email, 1).await;
    let [email] = &emails[..] else { panic!("one email") };
    assert_eq!(email.subject, "Choose another password");

    let visitor = app.visitor();
    let page = visitor.get(&link(email)).await.ok();
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        !page.says(&asha.email) && !page.says(&asha.name()),
        "whose it is, a stranger with the link does not learn"
    );
    let answer = visitor.submit(&page, "form[action^='/password-links/']", &[("password", OTHER)]).await.expect(303);
    assert_eq!(answer.location(), "/sign-in");
    assert!(answer.statements() <= 8, "{} statements", answer.statements());
    assert!(!elsewhere.is_signed_in().await);
    app.sign_in_with(&asha, OTHER).await;
    let old = [("email", asha.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &old).await.expect(422);
    let entries = trail(&app, asha.user_id).await;
    assert!(entries.contains(&(AuditAction::PasswordChanged, AuditSubject::User, asha.user_id)));

    visitor.get(&link(email)).await.expect(410);
    visitor.post_form(&link(email), &[("password", OTHER)]).await.expect(410);
}

#[tokio::test]
async fn the_answer_is_the_same_whoevers_address_it_is() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let shut = doctor(&hospital).deactivated().create(&app).await;
    let asha = doctor(&hospital).create(&app).await;
    let known = ask(&app, &asha.email).await;
    assert_eq!(ask(&app, "nobody@example.test").await, known);
    assert_eq!(ask(&app, &shut.email).await, known);
    assert_eq!(app.emails_when(&asha.email, 1).await.len(), 1);
    tokio::time::sleep(PATIENCE / 20).await;
    assert!(app.emails_to(&shut.email).await.is_empty());
    assert_eq!(app.mail.sent().len(), 1);
}

/// Nor does what comes with it: the answers are the same to the last header, the costs told there included.
#[tokio::test]
async fn no_header_tells_whether_an_address_is_known() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (asha, shut) = (doctor(&hospital).create(&app).await, doctor(&hospital).deactivated().create(&app).await);
    let told = async |email: &str| {
        let answer = app.visitor().post_form("/password-reset", &[("email", email)]).await.expect(303);
        let mut names: Vec<String> = answer.header_names().map(str::to_owned).collect();
        names.sort_unstable();
        (answer.statements(), names, answer.location())
    };
    let known = told(&asha.email).await;
    assert_eq!(told("nobody@example.test").await, known);
    assert_eq!(told(&shut.email).await, known);
    let link = link(&app.emails_when(&asha.email, 1).await[0]);
    let at = link.find("/1-").unwrap() + 3;
    let wrong = format!("{}{}{}", &link[..at], if link[at..].starts_with('A') { "B" } else { "A" }, &link[at + 1..]);
    let costs = async |link: &str| app.visitor().get(link).await.expect(410).statements();
    assert_eq!(costs(&wrong).await, costs(&wrong.replacen("/1-", "/999-", 1)).await);
}

#[tokio::test]
async fn without_mail_nobody_is_invited_and_everybody_is_told() {
    let app = TestApp::start_without_mail().await;
    let hospital = hospital().create(&app).await;
    let asha = doctor(&hospital).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let page = desk.post_form("/patients", &NEWCOMER).await.expect(422);
    assert!(page.has("#password-error") && page.says("This server sends no e-mail"));
    let form = desk.get("/doctors/new").await.ok();
    assert!(form.attributes("#password", "required").len() == 1, "and it is asked for at once");
    let with_password = [&NEWCOMER[..], &[("password", OTHER)]].concat();
    let path = desk.post_form("/patients", &with_password).await.expect(303).location();
    assert!(!desk.get(&format!("{path}/edit")).await.ok().has("form[action$='/invitation']"));
    assert!(app.visitor().get("/password-reset").await.ok().says("This server sends no e-mail"));
    app.visitor().post_form("/password-reset", &[("email", &asha.email)]).await.expect(422);
    assert!(app.visitor().get("/health/ready").await.ok().body.contains("\"mail\":\"off\""));
}

#[tokio::test]
async fn a_link_is_over_after_half_an_hour_and_when_the_password_was_changed_otherwise() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    ask(&app, &asha.email).await;
    let first = link(&app.emails_when(&asha.email, 1).await[0]);
    app.clock.advance(TimeDelta::minutes(29));
    app.visitor().get(&first).await.ok();
    app.clock.advance(TimeDelta::minutes(1));
    app.visitor().get(&first).await.expect(410);
    app.visitor().post_form(&first, &[("password", OTHER)]).await.expect(410);

    ask(&app, &asha.email).await;
    let second = link(&app.emails_when(&asha.email, 2).await[1]);
    let browser = app.sign_in(&asha).await;
    let fields = [("current_password", PASSWORD), ("new_password", OTHER)];
    browser.post_form("/profile/password", &fields).await.expect(303);
    app.visitor().post_form(&second, &[("password", "seven slow boats at noon")]).await.expect(410);
    app.sign_in_with(&asha, OTHER).await;
}

#[tokio::test]
async fn of_two_links_the_first_that_is_used_ends_the_other() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    ask(&app, &asha.email).await;
    ask(&app, &asha.email).await;
    let links: Vec<String> = app.emails_when(&asha.email, 2).await.iter().map(link).collect();
    assert_ne!(links[0], links[1]);
    let (one, other) = (app.visitor(), app.visitor());
    let fields = [("password", OTHER)];
    let answers = tokio::join!(one.post_form(&links[0], &fields), other.post_form(&links[1], &fields));
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
}

#[tokio::test]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (asha, bina) = (doctor(&hospital).create(&app).await, doctor(&hospital).create(&app).await);
    ask(&app, &asha.email).await;
    ask(&app, &bina.email).await;
    let own = link(&app.emails_when(&asha.email, 1).await[0]);
    let theirs = link(&app.emails_when(&bina.email, 1).await[0]);
    let secret = |link: &str| link.trim_start_matches("/password-links/").split_once('-').unwrap().1.to_owned();
    let (secret, id) = (secret(&own), theirs.trim_end_matches(&secret(&theirs)).trim_end_matches('-'));
    let last = if own.ends_with('A') { "E" } else { "A" };
    let changed = format!("{}{last}", &own[..own.len() - 1]);
    for forged in [format!("{id}-{secret}"), changed, format!("/password-links/999999-{secret}")] {
        app.visitor().get(&forged).await.expect(410);
        app.visitor().post_form(&forged, &[("password", OTHER)]).await.expect(410);
    }
    for nonsense in ["/password-links/1", "/password-links/x", &format!("{own}x"), &format!("{own}.css")] {
        app.visitor().get(nonsense).await.expect(404);
    }
    app.sign_in(&bina).await;
}

#[tokio::test]
async fn an_unfit_password_is_refused_beside_the_field_and_the_link_stays() {
    let app = TestApp::start().await;
    let hospital = hospital().named("Lakeside").create(&app).await;
    let asha = doctor(&hospital).named("Asha", "Rai").create(&app).await;
    ask(&app, &asha.email).await;
    let link = link(&app.emails_when(&asha.email, 1).await[0]);
    for unfit in ["", "short", "asha knows the way", "lakeside is lovely"] {
        let page = app.visitor().post_form(&link, &[("password", unfit)]).await.expect(422);
        assert!(page.has("#password-error"), "{unfit}: {}", page.words());
        assert!(!page.body.contains("knows the way"));
    }
    app.visitor().post_form(&link, &[("password", OTHER)]).await.expect(303);
}

#[tokio::test]
async fn nobodys_mailbox_is_filled_by_strangers() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for _ in 0..8 {
        assert!(ask(&app, &asha.email).await.contains(SENT), "nobody is told");
    }
    app.emails_when(&asha.email, 5).await;
    tokio::time::sleep(PATIENCE / 20).await;
    assert_eq!(app.emails_to(&asha.email).await.len(), 5);
    app.clock.advance(TimeDelta::minutes(31));
    ask(&app, &asha.email).await;
    assert_eq!(app.emails_when(&asha.email, 6).await.len(), 6);
}

/// However patient the stranger is.
#[tokio::test]
async fn nobodys_mailbox_gets_more_than_twelve_in_a_day() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for sent in [5, 10, 12, 12] {
        for _ in 0..5 {
            ask(&app, &asha.email).await;
        }
        app.emails_when(&asha.email, sent).await;
        tokio::time::sleep(PATIENCE / 20).await;
        assert_eq!(app.emails_to(&asha.email).await.len(), sent);
        app.clock.advance(TimeDelta::minutes(61));
    }
    app.clock.advance(TimeDelta::hours(21));
    ask(&app, &asha.email).await;
    assert_eq!(app.emails_when(&asha.email, 13).await.len(), 13);
}

#[tokio::test]
async fn one_place_cannot_ask_for_ever() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let asked = futures_util::future::join_all((0..40).map(|number| {
        let visitor = visitor.clone();
        async move {
            let email = format!("nobody{number}@example.test");
            visitor.post_form("/password-reset", &[("email", &email)]).await
        }
    }));
    let refused: Vec<Page> = asked.await.into_iter().filter(|page| page.status == 429).collect();
    assert_eq!(refused.len(), 10);
    assert!(refused.iter().all(|page| !page.header("retry-after").is_empty()));
}
