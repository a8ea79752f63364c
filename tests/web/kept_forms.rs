//! What was typed into a form is not typed twice: when the session was over meanwhile, and when nothing can be done with it.

use std::collections::BTreeSet;

use actix_web::http::Method as Verb;
use chrono::NaiveTime;
use entity::appointment as visit_row;
use scraper::{Html, Selector};
use sea_orm::EntityTrait;
use telemedicine::{access::Access, features};

use crate::support::*;

/// Some of the acts with a form to type into, so that the walk below is seen to have met them: all of them have to pass it.
const MET: [&str; 17] = [
    "/admins",
    "/appointments",
    "/appointments/{id}/answers",
    "/appointments/{id}/cancellation",
    "/appointments/{id}/documents",
    "/appointments/{id}/messages",
    "/appointments/{id}/modality",
    "/appointments/{id}/note",
    "/appointments/{id}/opening",
    "/appointments/{id}/rescheduling",
    "/doctors/{id}",
    "/doctors/{id}/availability",
    "/doctors/{id}/time-off",
    "/documents/{id}/revocation",
    "/hospitals/{id}",
    "/patients",
    "/profile",
];

const TYPED: &str = "Typed before the session ended";
const SECRET: &str = "seven slow boats at dusk";

/// A form of a page with something typed into it.
struct Filled {
    action: String,
    fields: Vec<(String, String)>,
    has_secret: bool,
}

impl Filled {
    fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// What is handed back: all but passwords, and bound to the same person.
    fn kept(&self) -> Vec<(&str, String)> {
        let kept = self.fields.iter().map(|(name, value)| match name.as_str() {
            "person" => ("person", format!("back.{value}")),
            name if value == SECRET => (name, String::new()),
            name => (name, value.clone()),
        });
        let mut kept: Vec<_> = kept.collect();
        kept.sort();
        kept
    }
}

/// The forms of `page` that somebody types into, filled in.
fn filled(page: &Page) -> Vec<Filled> {
    let document = Html::parse_document(&page.body);
    let forms = Selector::parse("form[method=post]").unwrap();
    let texts =
        "textarea[name], input[name]:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=password])";
    let (texts, secrets) = (Selector::parse(texts).unwrap(), Selector::parse("input[type=password][name]").unwrap());
    let names = |form: scraper::ElementRef<'_>, which: &Selector| -> BTreeSet<String> {
        form.select(which).filter_map(|control| control.attr("name").map(str::to_owned)).collect()
    };
    let elements = document.select(&forms).map(|form| (names(form, &texts), names(form, &secrets)));
    let read = page.forms().into_iter().filter(|form| form.method == "post");
    let with_text = read.zip(elements).filter(|(_, (texts, _))| texts.iter().any(|name| name != "code"));
    with_text
        .map(|(form, (texts, secrets))| {
            let fill = |(name, value): (String, String)| {
                let typed = if texts.contains(&name) { TYPED } else { SECRET };
                let is_filled = texts.contains(&name) || secrets.contains(&name);
                (name, if is_filled { typed.to_owned() } else { value })
            };
            let fields = form.fields.into_iter().map(fill).collect();
            Filled { action: form.action, fields, has_secret: !secrets.is_empty() }
        })
        .collect()
}

/// Every form of every page, for everybody who can be shown it.
#[tokio::test]
async fn what_was_typed_into_any_form_is_handed_back_to_whoever_is_signed_out_and_to_nobody_else() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let table = features::routes();
    let colleague = super_admin().create(&app).await;
    let mut met = BTreeSet::new();
    let mut corrections = Vec::new();
    for walker in walkers(&app, &clinic).await {
        let Some(role) = walker.role else { continue };
        let there = &clinic.there;
        let others = [&colleague, &there.admin, &there.doctor.person, &there.patient.person];
        let other = app.sign_in(others.into_iter().find(|person| person.role == role).unwrap()).await;
        for (address, page) in all_pages(&walker, &clinic.here).await {
            for form in filled(&page) {
                let route = route_of(&table, &Verb::POST, &form.action).unwrap();
                let path = route.path;
                // What anybody may send needs no session.
                if matches!(route.access, Access::Roles(_)) && met.insert((path, walker.name)) {
                    let place = format!("{path} of {address} by {}", walker.name);
                    // What is taken back others would find no form for.
                    if path == "/appointments/{id}/correction" {
                        corrections.push((place, form, [app.visitor(), other.clone(), walker.client.clone()]));
                        continue;
                    }
                    is_handed_back(&place, &form, [&app.visitor(), &other, &walker.client]).await;
                }
            }
        }
    }
    assert!(!corrections.is_empty());
    for (place, form, [nobody, other, writer]) in &corrections {
        is_handed_back(place, form, [nobody, other, writer]).await;
    }
    let met: BTreeSet<&str> = met.into_iter().map(|(path, _)| path).collect();
    let missed: Vec<_> = MET.into_iter().filter(|path| !met.contains(path)).collect();
    assert!(missed.is_empty(), "these have no form to type into: {missed:?}, only {met:?}");
}

/// Sent by nobody, then by somebody else, then by whoever wrote it.
async fn is_handed_back(place: &str, form: &Filled, [nobody, other, writer]: [&Client; 3]) {
    let page = nobody.post_form(&form.action, &form.pairs()).await;
    assert_eq!(page.status, 401, "{place}: {}", page.words());
    assert_eq!(page.header("cache-control"), "no-store", "{place}");
    let kept = page.form("form[data-kept]");
    let mut fields: Vec<_> = kept.fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    fields.sort();
    assert_eq!((kept.action.as_str(), fields), (form.action.as_str(), form.kept()), "{place}");
    assert!(!page.body.contains(SECRET), "{place}: no page holds a password");
    assert_eq!(page.has("form[data-kept] input[type=password][required]"), form.has_secret, "{place}");
    let refused = other.submit(&page, "form[data-kept]", &[]).await;
    // Of what is not theirs to see they do not even learn that.
    let is_refused = refused.status == 404 || refused.says("You are signed in as");
    assert!(is_refused && refused.status != 303, "{place}: {}", refused.words());
    assert!(!refused.body.contains(TYPED), "{place}: shown to somebody else");
    let answer = writer.submit(&page, "form[data-kept]", &[]).await;
    let (was_taken, is_shown) = (answer.status == 303, answer.body.contains(TYPED));
    assert!(was_taken || (is_shown && answer.status != 401), "{place}: {} {}", answer.status, answer.words());
}

/// The whole way: from a page that was open too long to the visit that is asked for.
#[tokio::test]
async fn a_visit_is_asked_for_once_whoever_was_signed_out_is_back() {
    let app = TestApp::start_with(&[("SESSION_IDLE_MINUTES", "30")]).await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    availability(&app, &doctor, 0, (at(9), at(12))).await;
    let home = app.sign_in(&patient).await;
    let search = home.get("/appointments/new").await.ok();
    let wanted = [("doctor_id", doctor.id.to_string()), ("date", "2026-11-30".to_owned())];
    let wanted = wanted.each_ref().map(|(name, value)| (*name, value.as_str()));
    let offered = home.submit(&search, "#find form", &wanted).await.ok();
    app.clock.advance(chrono::TimeDelta::minutes(31));
    let typed = [("starts_at", "2026-11-30T09:30"), ("symptoms", "A cough <since> Friday & a \"fever\".")];
    let kept = home.submit(&offered, "#times form", &typed).await.expect(401);
    assert!(kept.says("what you typed is kept in this page") && visits(&app).await.is_empty());
    // Not yet signed in: it is handed back once more.
    let kept = home.submit(&kept, "form[data-kept]", &[]).await.expect(401);
    home.post_form("/sign-in", &[("email", &patient.email), ("password", PASSWORD)]).await.expect(303);
    home.submit(&kept, "form[data-kept]", &[]).await.expect(303);
    let visits = visits(&app).await;
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].symptoms.as_deref(), Some(typed[1].1));
}

async fn visits(app: &TestApp) -> Vec<visit_row::Model> {
    visit_row::Entity::find().all(&app.db).await.unwrap()
}

/// Forms that nobody knows the owner of, and what nobody has typed, lead to where one signs in, as ever.
#[tokio::test]
async fn only_what_somebody_typed_into_a_page_of_theirs_is_handed_back() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let home = app.sign_in(&clinic.here.patient).await;
    let person = home.get("/profile").await.ok().attributes("form[action='/profile'] [name=person]", "value").remove(0);
    let person = ("person", person.as_str());
    let nobody = app.visitor();
    for (path, fields) in [
        ("/profile", &[("first_name", TYPED)][..]),
        ("/profile", &[("person", ""), ("first_name", TYPED)]),
        ("/profile", &[person, ("first_name", " "), ("version", "3")]),
        ("/profile/password", &[person, ("current_password", PASSWORD), ("new_password", SECRET)]),
        ("/notifications/read", &[person]),
        ("/profile", &[person, ("first_name", TYPED), ("first_name", TYPED)]),
    ] {
        let answer = nobody.post_form(path, fields).await.expect(303);
        assert!(answer.location().starts_with("/sign-in?next="), "{path}: {}", answer.location());
    }
    let long = "x".repeat(262_200);
    nobody.post_form("/profile", &[person, ("first_name", &long)]).await.expect(303);
}

/// What stands in the way is told, and what was typed beside it.
#[tokio::test]
async fn a_form_with_which_nothing_can_be_done_is_shown_on_the_page_that_says_so() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let surgery = app.sign_in(&clinic.here.doctor).await;
    let fields = [("version", "0"), ("reason", TYPED)];
    let gone = surgery.post_form("/documents/999999999/revocation", &fields).await.expect(404);
    assert!(gone.says(TYPED) && gone.says("What was typed") && !gone.says("Version"), "{}", gone.words());
    let delay = format!("/doctors/{}/delay", clinic.here.doctor.id);
    assert!(surgery.post_form(&delay, &[("minutes", "a while")]).await.expect(422).says("a while"));
    // Of others nothing is told, and to others nothing.
    let theirs = format!("/documents/{}/revocation", clinic.there.documents[0].id);
    assert!(surgery.post_form(&theirs, &fields).await.expect(404).says(TYPED));
    assert!(!surgery.get("/documents/999999999").await.expect(404).says(TYPED));
    let home = app.sign_in(&clinic.here.patient).await;
    assert!(!home.post_form(&delay, &[("minutes", TYPED)]).await.expect(403).says(TYPED));
}

/// Whoever was quicker has taken the form away: what was typed into it is there to be copied.
#[tokio::test]
async fn a_reason_that_nobody_asks_for_any_more_is_shown_once_more() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let visit = appointment().of(&doctor).with(&patient).status(AppointmentStatus::Requested).create(&app).await;
    let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
    let page = surgery.get(&visit.path()).await.ok();
    let gone = [("version", "0"), ("reason", "I am well again.")];
    home.post_form(&format!("{}/cancellation", visit.path()), &gone).await.expect(303);
    let why = "The ward is shut <until> Monday & \"after\" it's cleaned.\r\nThen again.";
    let late = surgery.submit(&page, "form[action$=\"/rejection\"]", &[("reason", why)]).await.expect(409);
    let is_shown =
        late.body.contains("The ward is shut &lt;until&gt; Monday &amp; &quot;after&quot; it&#39;s cleaned.");
    assert!(is_shown, "{}", late.words());
    assert_eq!(rules::broken(&late.body), Vec::<String>::new());
    // The room of a visit that has not come to it has no such form.
    let early = appointment().of(&doctor).with(&patient).at(app.in_hours(96)).create(&app).await;
    let fields = [("version", "0"), ("skipped_reason", TYPED)];
    let early = surgery.post_form(&format!("{}/opening", early.path()), &fields).await.expect(409);
    assert!(early.body.contains(TYPED), "{}", early.words());
    // A form that is still there has it in its field, and nowhere else.
    let other = appointment().of(&doctor).with(&patient).at(app.in_hours(72)).create(&app).await;
    let stale = [("version", "9"), ("reason", why)];
    let stale = surgery.post_form(&format!("{}/cancellation", other.path()), &stale).await.expect(409);
    assert!(!stale.has("#typed") && stale.text("textarea[name=reason]").contains("Then again."), "{}", stale.words());
}
