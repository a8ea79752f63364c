//! A tile leads to a list with the same number: every figure that is a link, on whatever page, whoever looks.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::Iterable;

use super::*;

/// A figure that leads somewhere.
#[derive(Debug)]
struct Tile {
    figure: String,
    number: i64,
    href: String,
}

fn tiles(page: &Page) -> Vec<Tile> {
    let figures = page.attributes(".figure:has(dt a) [data-figure]", "data-figure");
    let hrefs = page.attributes(".figure dt a", "href");
    assert_eq!(figures.len(), hrefs.len(), "{}", page.asked);
    let tile = |(figure, href): (String, String)| Tile { number: page.figure(&figure), figure, href };
    figures.into_iter().zip(hrefs).map(tile).collect()
}

/// How many there are, as the page that `tile` of `page` leads to says itself: the head of a part of the same page, what is said of all pages of a
/// list, or, of what is unread, the line above it.
async fn said_behind(client: &Client, page: &Page, tile: &Tile) -> String {
    if tile.href.starts_with('#') {
        return page.text(&format!("{} h2 .count", tile.href));
    }
    let list = client.get(&tile.href).await.ok();
    if tile.figure.starts_with("unread") {
        return list.text(".page-header .lead").trim_end_matches(" unread").to_owned();
    }
    let said = list.texts("#pages p").pop().unwrap_or_else(|| {
        assert!(list.has("#list.empty"), "{} says neither how many there are nor that there are none", list.asked);
        "0".to_owned()
    });
    let rows = list.texts("main tbody tr").len();
    let of = said.split(" of ").last().unwrap_or_default().split(' ').next().unwrap_or_default().to_owned();
    assert_eq!(of == "0", rows == 0, "{}: {rows} rows, and {said}", list.asked);
    of
}

/// Follows every tile of the page at `address`, and gives their names.
async fn follow_tiles(client: &Client, address: &str) -> BTreeMap<String, i64> {
    let page = client.get(address).await.ok();
    let mut followed = BTreeMap::new();
    for tile in tiles(&page) {
        let said = said_behind(client, &page, &tile).await;
        assert_eq!(said, tile.number.to_string(), "{}: {address}: {tile:?}", client.who);
        followed.insert(tile.figure, tile.number);
    }
    followed
}

/// Whoever is shut out, erased, closed, cancelled, read, unsigned or of another hospital, and more of everything than a page has room for.
#[tokio::test]
async fn every_figure_that_leads_somewhere_leads_to_as_many() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    fill_the_lists(&app, &clinic.here).await;
    fill_further(&app, &clinic.here).await;
    for walker in walkers(&app, &clinic).await.into_iter().filter(|walker| walker.role.is_some()) {
        let mut with_tiles = BTreeSet::new();
        for address in page_routes().into_iter().flat_map(|route| clinic.here.addresses(&route)) {
            let page = walker.client.get(&address).await;
            if page.status == 200 && page.has(".figure dt a") {
                with_tiles.insert(address);
            }
        }
        assert!(with_tiles.contains("/dashboard"), "{}", walker.name);
        for address in with_tiles {
            for (figure, number) in follow_tiles(&walker.client, &address).await {
                assert!(number > 0, "{}: {address}: of {figure} there is none, so nothing is proved", walker.name);
            }
        }
    }
}

async fn fill_further(app: &TestApp, house: &House) {
    let visit = |minutes: i64| appointment().of(&house.doctor).with(&house.patient).at(app.in_minutes(minutes));
    for (number, status) in AppointmentStatus::iter().enumerate() {
        let minutes = 5 * i64::try_from(number).unwrap();
        for at in [-3 * 24 * 60, -600, -5 * 60, 13 * 60, 20 * 60, 25 * 60] {
            visit(at + minutes).status(status).overbooked().lasting(5).create(app).await;
        }
    }
    let gone = patient(&house.hospital).deactivated().create(app).await;
    let completed = appointment().of(&house.doctor).with(&gone).at(app.in_hours(-700));
    completed.status(AppointmentStatus::Completed).create(app).await;
    let erased = patient(&house.hospital).create(app).await;
    let forgotten = appointment().of(&house.doctor).with(&erased).at(app.in_hours(-100));
    forgotten.status(AppointmentStatus::Completed).create(app).await;
    let platform = super_admin().create(app).await;
    crate::erasures::erased(app, (&platform, &erased), true).await.unwrap();
    let colleague = doctor(&house.hospital).create(app).await;
    let theirs = appointment().of(&colleague).with(&house.stranger).at(app.in_hours(3));
    theirs.status(AppointmentStatus::Waiting).create(app).await;
    for read in [&house.doctor.person, &house.patient.person, &house.admin] {
        notification(read).read().create(app).await;
    }
    hospital_admin(&house.hospital).deactivated().create(app).await;
}

#[tokio::test]
async fn where_there_is_nothing_a_tile_leads_to_nothing() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let people = [hospital_admin(&hospital).create(&app).await, doctor(&hospital).create(&app).await.person];
    // A patient is shown no figure that is nothing.
    let newcomer = patient(&hospital).create(&app).await;
    assert!(follow_tiles(&app.sign_in(&newcomer).await, "/dashboard").await.is_empty());
    for person in &people {
        let followed = follow_tiles(&app.sign_in(person).await, "/dashboard").await;
        let none = followed.values().filter(|number| **number == 0).count();
        assert!(none > 3, "{}: {followed:?}", person.label());
    }
}

/// The list is out of date as soon as the figure is: what begins, ends and comes near by the clock alone.
#[tokio::test]
async fn a_tile_and_its_list_agree_at_every_moment() {
    let app = TestApp::start_with(&[("SESSION_IDLE_MINUTES", "10080"), ("SESSION_MAX_HOURS", "168")]).await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let starts = [-25, 6, 13 * 60 + 50, 14 * 60 + 30, 24 * 60 + 3, 24 * 60 + 40, 24 * 60 + 80];
    for minutes in starts {
        let visit = appointment().of(&doctor).with(&patient).at(app.in_minutes(minutes)).overbooked();
        visit.status(AppointmentStatus::Confirmed).create(&app).await;
    }
    let clients = [
        app.sign_in(&doctor).await,
        app.sign_in(&patient).await,
        app.sign_in(&hospital_admin(&hospital).create(&app).await).await,
    ];
    let begins = starts.map(|minutes| app.in_minutes(minutes));
    let near = begins.map(|begin| begin - TimeDelta::hours(24));
    let ends = begins.map(|begin| begin + TimeDelta::minutes(30));
    let midnight = [app.in_minutes(14 * 60)];
    let mut moments: Vec<_> = [&begins[..], &near, &ends, &midnight].concat();
    moments.retain(|moment| *moment > app.now() && *moment < app.in_minutes(14 * 60 + 50));
    moments.sort();
    let mut seen = BTreeSet::new();
    for moment in moments {
        for off_by in [-1, 0, 1] {
            app.clock.set(moment + TimeDelta::microseconds(off_by));
            for client in &clients {
                seen.extend(follow_tiles(client, "/dashboard").await);
            }
        }
    }
    for changing in ["next-24-hours", "needs-outcome", "upcoming", "visits-today"] {
        let numbers = seen.iter().filter(|(figure, _)| figure == changing).count();
        assert!(numbers > 1, "{changing} is always the same, so nothing is proved");
    }
}
