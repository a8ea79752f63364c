//! Writing and reading, again and again.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::{
    ledger::By,
    participants::{Care, Today, Visit, Writer},
    restless::unsettle,
    site::{Shared, Site},
};
use crate::support::*;

/// How much a writer has done of each kind, at least: of what an instance refused nobody knows.
#[derive(Default)]
struct Done {
    names: u64,
    read: usize,
    messages: u64,
    /// By how many minutes they run late.
    late: u64,
    /// Notes that were begun, and of those the ones that were signed.
    begun: usize,
    signed: u64,
    documents: u64,
    calls: u64,
    /// Acts of the visit that is changed without end.
    restless: u64,
}

/// Documents that one doctor issues: no more are issued in an hour than a few more than these.
const DOCUMENTS: u64 = 25;

/// Writes without pause a few times, then rests, until it is over: pages are kept meanwhile, and that is what is to be tried.
pub(super) async fn write(shared: Arc<Shared>, number: usize) {
    let writer = &shared.participants.writers[number];
    let mut done = Done::default();
    while shared.goes_on() {
        shared.rest().await;
        for _ in 0..rand::random_range(1..4) {
            let site = shared.any_site();
            match (rand::random_range(0..17), &writer.today, &writer.care) {
                (0..3, ..) if done.read < writer.notifications.len() => {
                    let path = format!("/notifications/{}/read", writer.notifications[done.read]);
                    if let Some(by) = post(&shared, (&writer.browser, site), (&path, &[])).await {
                        done.read += 1;
                        shared.ledger.learn(writer.unread, u64::try_from(done.read).unwrap(), by);
                    }
                }
                (3..7, ..) if step(&shared, writer, site).await => {}
                (10, Some(today), _) => say(&shared, (writer, today), (site, &mut done)).await,
                (11, Some(today), _) => run_late(&shared, (writer, today), (site, &mut done)).await,
                (12, _, Some(care)) => sign(&shared, (writer, care), (site, &mut done)).await,
                (13, _, Some(care)) => issue(&shared, (writer, care), (site, &mut done)).await,
                (15..17, Some(today), _) => unsettle(&shared, &today.restless, (site, &mut done.restless)).await,
                (14, _, Some(care)) => call(&shared, (writer, care), (site, &mut done)).await,
                _ => {
                    done.names += 1;
                    let last_name = super::things::name(&writer.mark, done.names);
                    let fields = [("first_name", "Maya"), ("last_name", last_name.as_str())];
                    if let Some(by) = post(&shared, (&writer.browser, site), ("/profile", &fields)).await {
                        shared.ledger.learn(writer.name, done.names, by);
                    }
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(rand::random_range(200..1600))).await;
    }
}

/// Writes a message.
async fn say(shared: &Shared, (writer, today): (&Writer, &Today), (site, done): (usize, &mut Done)) {
    let path = format!("/appointments/{}/messages", today.id);
    if let Some(by) = post(shared, (&writer.browser, site), (&path, &[("body", "Again")])).await {
        done.messages += 1;
        shared.ledger.learn(today.thread, done.messages, by);
    }
}

/// Runs a minute later than before, two hours at most.
async fn run_late(shared: &Shared, (writer, today): (&Writer, &Today), (site, done): (usize, &mut Done)) {
    if done.late >= 120 {
        return;
    }
    done.late += 1;
    let (path, minutes) = (format!("/doctors/{}/delay", today.doctor_id), done.late.to_string());
    if let Some(by) = post(shared, (&writer.browser, site), (&path, &[("minutes", &minutes)])).await {
        shared.ledger.learn(today.late, done.late, by);
    }
}

/// Writes the note of a visit, and signs it.
async fn sign(shared: &Shared, (writer, care): (&Writer, &Care), (site, done): (usize, &mut Done)) {
    let Some(visit) = care.unwritten.get(done.begun) else { return };
    done.begun += 1;
    let note = format!("/appointments/{visit}/note");
    let draft = [("version", "0"), ("plan", "Rest")];
    if post(shared, (&writer.browser, site), (&note, &draft)).await.is_none() {
        return;
    }
    let signature = format!("{note}/signature");
    if let Some(by) = post(shared, (&writer.browser, site), (&signature, &[("version", "1")])).await {
        done.signed += 1;
        shared.ledger.learn(care.notes, done.signed, by);
        shared.ledger.learn(care.news, done.signed + done.documents, by);
    }
}

/// Issues a letter.
async fn issue(shared: &Shared, (writer, care): (&Writer, &Care), (site, done): (usize, &mut Done)) {
    if done.documents == DOCUMENTS {
        return;
    }
    let path = format!("/appointments/{}/documents", care.under_way);
    let letter = [("kind", "letter"), ("body", "Dear colleague")];
    if let Some(by) = post(shared, (&writer.browser, site), (&path, &letter)).await {
        done.documents += 1;
        shared.ledger.learn(care.news, done.signed + done.documents, by);
    }
}

/// Calls the patient, and hangs up.
async fn call(shared: &Shared, (writer, care): (&Writer, &Care), (site, done): (usize, &mut Done)) {
    let Some(thing) = care.calls else { return };
    let path = format!("/appointments/{}/call", care.under_way);
    if submit(shared, (&writer.browser, site), (&path, &[]), 200).await.is_none() {
        return;
    }
    if let Some(by) = post(shared, (&writer.browser, site), (&format!("{path}/end"), &[])).await {
        done.calls += 1;
        shared.ledger.learn(thing, done.calls, by);
    }
}

/// Takes a visit a step on. `false` if there is none left.
async fn step(shared: &Shared, writer: &Writer, site: usize) -> bool {
    let next = writer.visits.iter().find_map(|visit| Some((visit, visit.next()?)));
    let Some((visit, (steps, step))) = next else { return false };
    let Visit { id, thing, .. } = visit;
    let version = steps.to_string();
    let mut fields = vec![("version", version.as_str())];
    if step == "cancellation" {
        fields.push(("reason", "The ward needs everybody."));
    }
    let is_patients = step == "confirmation";
    let browser = writer.patient.as_ref().filter(|_| is_patients).unwrap_or(&writer.browser);
    let path = format!("/appointments/{id}/{step}");
    if let Some(by) = post(shared, (browser, site), (&path, &fields)).await {
        visit.steps.store(steps + 1, Relaxed);
        shared.ledger.learn(*thing, u64::try_from(steps).unwrap() + 1, by);
    } else {
        visit.abandon();
    }
    true
}

/// Submits a form that leads on to a page; that it was done, if it was.
pub(super) async fn post(
    shared: &Shared,
    from: (&Client, usize),
    (path, fields): (&str, &[(&str, &str)]),
) -> Option<By> {
    submit(shared, from, (path, fields), 303).await
}

/// Submits a form that is answered so; that it was done, if it was. An instance without its database may say that it cannot.
async fn submit(
    shared: &Shared,
    (browser, site): (&Client, usize),
    (path, fields): (&str, &[(&str, &str)]),
    status: u16,
) -> Option<By> {
    let (instance, tally) = (&shared.sites[site], &shared.ledger.tally);
    let (may_refuse, began) = (instance.is_without_database(), Instant::now());
    let answer = browser.at(&instance.origin).post_form(path, fields).await;
    tally.writes.fetch_add(1, Relaxed);
    tally.longest_write.fetch_max(u64::try_from(began.elapsed().as_millis()).unwrap(), Relaxed);
    if answer.status == 503 && (may_refuse || instance.is_without_database()) {
        tally.refused.fetch_add(1, Relaxed);
        return None;
    }
    if answer.status != status || answer.header("location").starts_with("/sign-in") {
        shared.ledger.violation(format!("{}: {} {}", answer.asked, answer.status, answer.header("location")));
        return None;
    }
    Some(By::Writer)
}

/// Changes somebody's name again and again, and goes away at any moment without waiting for the answer. Nothing is learnt from it; but
/// what it was holding must not stay held, or nobody could keep a page of that hospital any more.
pub(super) async fn hang_up(shared: Arc<Shared>) {
    let fickle = &shared.participants.fickle;
    let mut version = 0;
    while shared.goes_on() {
        shared.rest().await;
        version += 1;
        let last_name = super::things::name("Qfickle", version);
        let fields = [("first_name", "Maya"), ("last_name", last_name.as_str())];
        let browser = fickle.at(&shared.sites[shared.any_site()].origin);
        // Mostly while it is written; now and then while it is waited for others.
        let longest = if rand::random_range(0..10) == 0 { 2_000_000 } else { 20_000 };
        let patience = Duration::from_micros(rand::random_range(100..longest));
        drop(tokio::time::timeout(patience, browser.post_form("/profile", &fields)).await);
        tokio::time::sleep(Duration::from_millis(rand::random_range(100..600))).await;
    }
}

/// Watches whether Redis fails an instance, until it is over.
pub(super) async fn watch(shared: Arc<Shared>) {
    let service = || shared.sites.iter().map(Site::service).collect::<Vec<_>>();
    let mut before = service();
    while shared.goes_on() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = service();
        if !before.iter().zip(&now).all(|(before, now)| before.was_good_until(*now)) {
            shared.ledger.note_trouble();
        }
        before = now;
    }
}

/// Reads without pause until it is over: now and then the same page a few times, so that what was kept just now is met.
pub(super) async fn read(shared: Arc<Shared>) {
    while shared.goes_on() {
        // Of a visit, one that has not long been over: nothing changes any more on the others.
        let writer = &shared.participants.writers[rand::random_range(0..shared.participants.writers.len())];
        let under_way = writer.visits.iter().position(|visit| visit.next().is_some()).unwrap_or(0);
        let thing = match (rand::random_range(0..17), &writer.today, &writer.care) {
            (0..3, ..) if !writer.notifications.is_empty() => writer.unread,
            (3..7, ..) if !writer.visits.is_empty() => writer.visits[under_way].thing,
            (0 | 10, Some(today), _) => today.thread,
            (1 | 11, Some(today), _) => today.late,
            (2 | 12, _, Some(care)) => care.notes,
            (13, _, Some(care)) => care.news,
            (14, _, Some(care)) => care.calls.unwrap_or(care.news),
            (15..17, Some(today), _) => today.restless.thing,
            _ => writer.name,
        };
        let (sight, site) = (any_sight(&shared, thing), shared.any_site());
        for _ in 0..rand::random_range(1..4) {
            look_at(&shared, (thing, sight), site).await;
        }
    }
}

/// Looks for a thing on one of the pages that show it, at that instance. Returns whether what is shown is new enough.
pub(super) async fn look(shared: &Shared, thing: usize, site: usize) -> bool {
    look_at(shared, (thing, any_sight(shared, thing)), site).await
}

fn any_sight(shared: &Shared, thing: usize) -> usize {
    rand::random_range(0..shared.participants.things[thing].sights.len())
}

async fn look_at(shared: &Shared, (thing, sight): (usize, usize), site: usize) -> bool {
    let Shared { participants, ledger, sites, .. } = shared;
    let known = &participants.things[thing];
    let (browser, path) = &known.sights[sight];
    let may_refuse = sites[site].is_without_database();
    let asking = ledger.ask(thing);
    let page = browser.at(&sites[site].origin).get(path).await;
    count(shared, &page);
    if page.status == 503 && (may_refuse || sites[site].is_without_database()) {
        ledger.tally.refused.fetch_add(1, Relaxed);
        return true;
    }
    if page.status != 200 {
        ledger.violation(format!("{}: {} {}", page.asked, page.status, page.header("location")));
        return false;
    }
    let Some(version) = known.kind.version(&page.body) else { return true };
    ledger.count_seen(known.kind.number());
    let is_new = ledger.judge(&asking, version, &format!("{} ({})", page.asked, page.header("x-cache")));
    ledger.learn(thing, version, By::Reader);
    is_new
}

fn count(shared: &Shared, page: &Page) {
    let tally = &shared.ledger.tally;
    tally.reads.fetch_add(1, Relaxed);
    match page.header("x-cache") {
        "hit" => tally.hits.fetch_add(1, Relaxed),
        "held" => tally.held.fetch_add(1, Relaxed),
        "bypass" => tally.bypassed.fetch_add(1, Relaxed),
        _ => 0,
    };
}
