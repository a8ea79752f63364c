//! What each answer may cost: three statements for a page, eight for an act.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chrono::TimeDelta;
use telemedicine::features;

use crate::support::*;

const PAGE: u32 = 3;
/// The room of a visit shows what its page shows, and who waits for the same doctor; that it was opened is one more, as everywhere.
const ROOM: u32 = 4;
const ACT: u32 = 8;
/// A new password also withdraws what waits for another address, and tells the owner; a new account is sent the link that proves its
/// address. Each is a row of another table, in the same unit of work.
///
/// What was asked about a visit is read for everybody once it is answered: that somebody waits, asks for a visit or answers a proposal; of a wish for
/// another time those who run the hospital are looked for as well.
///
/// Whoever clears an absence moves a visit as on its own page, and is shown what is left: the absence, the visit as it was and the page are three more.
const DEARER: [(&str, u32); 11] = [
    ("/profile/password", 10),
    ("/sign-up", 9),
    ("/appointments/{id}/approval", ACT + 1),
    ("/appointments/{id}/rejection", ACT + 1),
    ("/appointments/{id}/proposal", ACT + 1),
    ("/appointments/{id}/proposal/acceptance", ACT + 1),
    ("/appointments/{id}/proposal/refusal", ACT + 1),
    ("/appointments/{id}/cancellation", ACT + 1),
    ("/appointments/{id}/correction", ACT + 1),
    ("/appointments/{id}/outcome", ACT + 1),
    ("/doctors/{id}/time-off/{id}/visits", ACT + 3),
];

#[tokio::test]
async fn no_page_costs_more_than_three_statements() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let mut over = Vec::new();
    let mut pages = 0;
    for walker in walkers(&app, &clinic).await {
        for (address, page) in all_pages(&walker, &clinic.here).await {
            let statements = page.statements();
            // The first look at the person is a statement: a page of theirs that counts none is not counted at all.
            let counted = statements > 0 || walker.role.is_none() || page.status != 200 || is_static(&page);
            let most = if address.ends_with("/room") { ROOM } else { PAGE };
            // What was told of a visit is read once, when its page is opened.
            let reads =
                statements == most + 1 && is_opened(&address) && walker.client.get(&address).await.statements() <= most;
            if (statements > most && !reads) || !counted {
                over.push(format!("{address} by {}: {statements} statements", walker.name));
            }
            pages += u32::from(page.status == 200);
        }
    }
    assert!(pages > 20, "only {pages} pages were seen");
    assert!(over.is_empty(), "{}", over.join("\n"));
}

/// Whether the page opens what somebody may have been told of.
fn is_opened(address: &str) -> bool {
    let parts: Vec<&str> = address.trim_start_matches('/').split('/').collect();
    matches!(
        parts[..],
        ["appointments" | "documents", _] | ["appointments", _, "summary"] | ["doctors", _, "time-off", _, "visits"]
    )
}

/// Once a minute the use of the session is noted in its row: behind the answer.
#[tokio::test]
async fn noting_that_a_session_is_in_use_costs_no_page_a_statement() {
    let app = TestApp::start().await;
    let patient = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&patient).await;
    for _ in 0..2 {
        app.clock.advance(TimeDelta::seconds(61));
        let page = browser.get("/dashboard").await.ok();
        assert!(page.statements() <= PAGE, "{} statements", page.statements());
        app.notes_use_by(&browser).await;
    }
}

/// Also one that reads nothing.
#[tokio::test]
async fn a_page_for_everybody_is_made_once() {
    let app = TestApp::start().await;
    hospital().create(&app).await;
    let visitor = app.visitor();
    for path in ["/", "/hospitals"] {
        visitor.get(path).await.ok();
        assert_eq!(visitor.get(path).await.ok().header("x-cache"), "hit", "{path}");
    }
}

/// The number of rows changes nothing: what is read in a loop shows here.
#[tokio::test]
async fn a_longer_list_costs_no_more_than_a_short_one() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let before = costs(&app, &clinic).await;
    let here = &clinic.here;
    for number in 0..6 {
        let doctor = doctor(&here.hospital).create(&app).await;
        let patient = patient(&here.hospital).create(&app).await;
        for (doctor, patient) in [(&here.doctor, &patient), (&doctor, &here.patient)] {
            let visit = appointment()
                .of(doctor)
                .with(patient)
                .at(app.in_hours(24 + number))
                .status(AppointmentStatus::Requested);
            let visit = visit.create(&app).await;
            notification(&here.patient).about(&visit).create(&app).await;
            notification(&here.doctor).about(&visit).create(&app).await;
        }
    }
    assert_eq!(costs(&app, &clinic).await, before);
}

/// What takes a code of somebody's app, an answer of a passkey, the key of a page or a call that goes on, with which no form can be filled beforehand:
/// counted in `accounts::second_factor`, `accounts::passkeys`, `calls` and `guests`.
const WITH_A_CODE: [&str; 13] = [
    "/appointments/{id}/call/report",
    "/appointments/{id}/call/signals",
    "/guest/{token}/call",
    "/guest/{token}/call/report",
    "/guest/{token}/call/signals",
    "/sign-in/second-factor",
    "/sign-in/second-factor/challenge",
    "/profile/proof/challenge",
    "/profile/second-factor/passkeys",
    "/profile/second-factor/passkeys/challenge",
    "/profile/second-factor/passkeys/{id}/removal",
    "/profile/second-factor/totp",
    "/profile/second-factor/recovery-codes",
];

#[tokio::test]
async fn no_act_costs_more_than_eight_statements() {
    let table = features::routes();
    let counted = |path: &str| !WITH_A_CODE.contains(&path);
    let posts = table.entries().iter().filter(|entry| entry.method == Method::POST && counted(entry.path));
    let routes: BTreeSet<&str> = posts.map(|entry| entry.path).collect();
    let mut over = Vec::new();
    let mut done = BTreeSet::new();
    // Acts get in each other's way (a changed password, a session signed out), so each has a server of its own.
    for number in 0.. {
        let app = TestApp::start().await;
        let clinic = Clinic::create(&app).await;
        let acts = acts(&clinic);
        let Some(act) = acts.get(number) else { break };
        let client = match act.by {
            Some(person) => app.sign_in(person).await,
            None => app.visitor(),
        };
        let mut fields: Vec<(&str, &str)> =
            act.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let address = clinic.here.address(act.route);
        let version = match fields.iter_mut().find(|(_, value)| *value == OF_THE_FORM) {
            Some((name, _)) => {
                let page = address.strip_suffix("/confirmation").map_or(format!("{address}/edit"), ToOwned::to_owned);
                client.get(&page).await.ok().attributes(&format!("input[name={name}]"), "value")
            }
            None => Vec::new(),
        };
        for (field, version) in fields.iter_mut().filter(|(_, value)| *value == OF_THE_FORM).zip(&version) {
            field.1 = version;
        }
        let expected = match act.route {
            // A sign of life is sent by a page, which goes nowhere.
            "/appointments/{id}/presence" => 204,
            // What is shown once.
            "/profile/calendar"
            | "/appointments/{id}/call"
            | "/doctors/{id}/time-off/{id}/visits"
            | "/appointments/{id}/guests"
            | "/guest/{token}/presence" => 200,
            _ => 303,
        };
        let answer = client.post_form(&address, &fields).await.expect(expected);
        let most = DEARER.iter().find(|(route, _)| *route == act.route).map_or(ACT, |(_, most)| *most);
        if answer.statements() > most {
            over.push(format!("{}: {} statements", act.route, answer.statements()));
        }
        done.insert(act.route);
    }
    assert_eq!(
        routes.symmetric_difference(&done).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "acts and routes differ: see support/acts.rs"
    );
    assert!(over.is_empty(), "{}", over.join("\n"));
}

/// The statements of each page as each role.
async fn costs(app: &TestApp, clinic: &Clinic) -> Vec<String> {
    let mut costs = Vec::new();
    for walker in walkers(app, clinic).await {
        for route in page_routes() {
            let address = clinic.here.address(&route);
            let page = walker.client.get(&address).await;
            costs.push(format!("{address} by {}: {}", walker.name, page.statements()));
        }
    }
    costs
}

/// A page that shows nothing of the person costs nothing, whoever asks.
fn is_static(page: &Page) -> bool {
    !page.body.contains("/sign-out")
}
