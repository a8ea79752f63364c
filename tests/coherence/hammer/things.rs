//! What is written and seen: things with versions that stand on cached pages.

use chrono::{DateTime, TimeDelta, TimeZone as _, Timelike as _, Utc};
use entity::notification as notification_row;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use telemedicine::time_zone::Tz;

use crate::support::*;

/// A thing, and where it is seen.
pub(super) struct Thing {
    pub(super) kind: Kind,
    /// Browsers of people who see it, and the pages on which they do.
    pub(super) sights: Vec<(Client, String)>,
}

/// How a version looks.
pub(super) enum Kind {
    /// Somebody's last name: `{mark}v{six digits}`.
    Name { mark: String },
    /// Of so many notifications each that is read is a version: the page shows how many are not.
    Unread { all: u64 },
    /// A visit of this id, which goes through [`LIFE`].
    Visit { id: i64 },
    /// What a doctor has written about a visit of this id, and the patient has not read: each message is a version.
    Thread { id: i64 },
    /// By how many minutes a doctor runs late: each is a version.
    Late,
    /// Notes of so many visits that took place: each that is signed is a version. Its doctor's day says how many are not.
    Notes { all: u64 },
    /// What somebody is told who reads nothing of it: each is a version.
    News,
    /// Calls of a hospital's visits that are over: each is a version.
    Calls,
    /// A visit of this id which somebody comes to, does not come to after all, and is moved, over and over. Its forms say which version they are about.
    Version { id: i64 },
}

/// The states of a visit in the order in which a doctor and a patient take it through them, with the step that leads to the
/// next.
///
/// They are on many days, so that a page has few of them; on none but its own does anybody arrive.
pub(super) const LIFE: [(&str, &str); 4] =
    [("requested", "approval"), ("scheduled", "confirmation"), ("confirmed", "cancellation"), ("cancelled", "")];

impl Kind {
    /// Its place in the tallies.
    pub(super) fn number(&self) -> usize {
        match self {
            Self::Name { .. } => 0,
            Self::Unread { .. } => 1,
            Self::Visit { .. } => 2,
            Self::Thread { .. } => 3,
            Self::Late => 4,
            Self::Notes { .. } => 5,
            Self::News => 6,
            Self::Calls => 7,
            Self::Version { .. } => 8,
        }
    }

    /// The version that a page shows; the oldest if it shows several. Nothing if it does not show the thing.
    pub(super) fn version(&self, page: &str) -> Option<u64> {
        match self {
            Self::Name { mark } => {
                let mark = format!("{mark}v");
                let shown = page.split(&mark).skip(1);
                shown.filter_map(|rest| rest.get(..6)?.parse().ok()).min()
            }
            Self::Unread { all } => all.checked_sub(unread(page)?),
            Self::Visit { id } => {
                let row = row(page, *id)?;
                let (_, status) = row.split_once("data-status=\"")?;
                let status = status.split('"').next()?;
                let place = LIFE.iter().position(|(known, _)| *known == status)?;
                Some(u64::try_from(place).unwrap())
            }
            Self::Thread { id } => messages(page, *id),
            Self::Late => page.contains("id=\"now\"").then(|| number_after(page, "data-late=\"").unwrap_or(0)),
            Self::Notes { all } => all.checked_sub(number_after(page, "data-figure=\"notes-to-sign\">")?),
            Self::News => page.contains("href=\"/notifications\"").then(|| unread(page).unwrap_or(0)),
            Self::Calls => number_after(page, "data-figure=\"report-calls\">"),
            Self::Version { id } => number_after(row(page, *id)?, "name=\"version\" value=\""),
        }
    }
}

/// What a page shows of a visit, from the first place on.
fn row(page: &str, visit: i64) -> Option<&str> {
    let (_, rest) = page.split_once(&format!("data-appointment=\"{visit}\""))?;
    rest.split("data-appointment=").next()
}

/// How many unread notifications a page counts beside the way to them; nothing if there are none.
fn unread(page: &str) -> Option<u64> {
    let (before, _) = page.split_once("<span class=\"unseen\"> new")?;
    before.rsplit_once('>')?.1.trim().parse().ok()
}

/// How many messages a page says that there are: the one that a thread is told by, a list of threads, or the patient's day.
fn messages(page: &str, visit: i64) -> Option<u64> {
    if page.contains("id=\"thread-now\"") {
        let (before, _) = page.split_once(" message.").or_else(|| page.split_once(" messages."))?;
        return before.rsplit_once('>')?.1.trim().parse().ok();
    }
    if let Some((_, rest)) = page.split_once(&format!("data-thread=\"{visit}\"")) {
        let row = rest.split("</li>").next()?;
        return Some(number_after(row, "<strong>").unwrap_or(0));
    }
    number_after(page, "data-figure=\"unread-messages\">")
}

/// The number that follows the first of these words.
fn number_after(page: &str, words: &str) -> Option<u64> {
    let (_, rest) = page.split_once(words)?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// The last name at that version.
pub(super) fn name(mark: &str, version: u64) -> String {
    format!("{mark}v{version:06}")
}

/// Unread notifications for that person; their ids.
pub(super) async fn notifications(app: &TestApp, person: &Person, number: u64) -> Vec<i64> {
    let rows = (0..number).map(|_| notification_row::ActiveModel {
        recipient_id: Set(person.user_id),
        kind: Set(NotificationKind::AppointmentBooked),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    });
    if number > 0 {
        notification_row::Entity::insert_many(rows).exec(&app.db).await.unwrap();
    }
    let own = notification_row::Entity::find().filter(notification_row::Column::RecipientId.eq(person.user_id));
    let own = own.order_by_asc(notification_row::Column::Id).all(&app.db).await.unwrap();
    own.into_iter().map(|row| row.id).collect()
}

/// Requested visits, eight a day from tomorrow on: each with the page of its day there.
pub(super) async fn visits(
    app: &TestApp,
    (doctor, patient, zone): (&Doctor, &Patient, Tz),
    number: i64,
) -> Vec<(Appointment, String)> {
    let mut visits = Vec::new();
    for place in 0..number {
        let starts_at = app.now() + TimeDelta::days(1 + place / 8) + TimeDelta::hours(place % 8);
        let visit = appointment().of(doctor).with(patient).at(starts_at).status(AppointmentStatus::Requested);
        let day = starts_at.with_timezone(&zone).format("%Y-%m-%d");
        visits.push((visit.create(app).await, format!("/appointments?from={day}&to={day}")));
    }
    visits
}

/// A visit in an hour about which there is something to write, and for which somebody may be late.
pub(super) async fn visit_today(app: &TestApp, pair: (&Doctor, &Patient)) -> Appointment {
    let visit = appointment().of(pair.0).with(pair.1).at(app.in_hours(1)).status(AppointmentStatus::Scheduled);
    visit.create(app).await
}

/// Visits that took place, whose notes are to be written; each was opened without words.
pub(super) async fn visits_without_notes(app: &TestApp, pair: (&Doctor, &Patient), number: i64) -> Vec<i64> {
    let mut visits = Vec::new();
    for place in 1..=number {
        let starts_at = app.now() - TimeDelta::days(1) - TimeDelta::minutes(30 * place);
        let visit = appointment().of(pair.0).with(pair.1).at(starts_at).status(AppointmentStatus::Completed);
        let visit = visit.create(app).await;
        gone_without(app, (&visit, pair.0), "").await;
        visits.push(visit.id);
    }
    visits
}

/// A visit that goes on, about which documents are issued and in which people call each other.
pub(super) async fn visit_under_way(app: &TestApp, pair: (&Doctor, &Patient)) -> Appointment {
    let visit = appointment().of(pair.0).with(pair.1).at(app.in_minutes(-5)).status(AppointmentStatus::InProgress);
    let visit = visit.create(app).await;
    gone_without(app, (&visit, pair.0), "").await;
    visit
}

/// Where it is between two o'clock and noon: it will be today there for as long as anybody hammers, and in the three hours after.
/// Who is late is late on one day, and some instances have the machine's clock, so that the place has to follow it.
pub(super) fn zone_in_the_morning(now: DateTime<Utc>) -> Tz {
    let zones = ["Asia/Kathmandu", "America/St_Johns", "Pacific/Marquesas"];
    let mut zones = zones.into_iter().map(|zone| zone.parse().unwrap());
    zones.find(|zone| (2..12).contains(&now.with_timezone(zone).hour())).unwrap()
}

#[test]
fn it_is_always_morning_somewhere() {
    for (month, minutes) in (1..=12).flat_map(|month| (0..24 * 60).map(move |minutes| (month, minutes))) {
        let now = Utc.with_ymd_and_hms(2026, month, 15, 0, 0, 0).unwrap() + TimeDelta::minutes(minutes);
        let there = now.with_timezone(&zone_in_the_morning(now));
        assert!((2..12).contains(&there.hour()), "{now} is {there}");
    }
}

#[test]
fn versions_are_read_off_pages() {
    let name_of = Kind::Name { mark: "Qd1".to_owned() };
    assert_eq!(name_of.version(&format!("<a>{}</a><b>{}</b>", name("Qd1", 12), name("Qd1", 7))), Some(7));
    assert_eq!(name_of.version(&name("Qd2", 12)), None);
    let unread = Kind::Unread { all: 40 };
    assert_eq!(unread.version("<span class=\"badge\">38<span class=\"unseen\"> new</span></span>"), Some(2));
    let visit = Kind::Visit { id: 7 };
    let row = |id, status| format!("<tr data-appointment=\"{id}\"><span data-status=\"{status}\"></span></tr>");
    assert_eq!(visit.version(&[row(1, "requested"), row(7, "cancelled"), row(8, "completed")].concat()), Some(3));
    assert_eq!(visit.version(&[row(1, "requested"), "<tr data-appointment=\"7\">".to_owned()].concat()), None);
    let thread = Kind::Thread { id: 7 };
    assert_eq!(thread.version("<p id=\"thread-now\" data-thread-state=\"9-0-0\">12 messages.</p>"), Some(12));
    assert_eq!(thread.version("<p id=\"thread-now\">1 message.</p>"), Some(1));
    assert_eq!(
        thread.version("<li data-thread=\"6\"></li><li data-thread=\"7\"><strong>3 new:</strong></li>"),
        Some(3)
    );
    assert_eq!(thread.version("<span class=\"number\" data-figure=\"unread-messages\">4</span>"), Some(4));
    assert_eq!(thread.version("<li data-thread=\"6\"><strong>3 new:</strong></li>"), None);
    assert_eq!(Kind::Late.version("<div id=\"now\"><p data-late=\"35\">"), Some(35));
    assert_eq!((Kind::Late.version("<div id=\"now\">"), Kind::Late.version("<p data-late=\"35\">")), (Some(0), None));
    let notes = Kind::Notes { all: 12 };
    assert_eq!(notes.version("<span class=\"number\" data-figure=\"notes-to-sign\">9</span>"), Some(3));
    let nothing = "<a href=\"/notifications\">Notifications</a>";
    let told = format!("{nothing}<span class=\"badge\">2<span class=\"unseen\"> new</span></span>");
    assert_eq!(
        (Kind::News.version(nothing), Kind::News.version(&told), Kind::News.version("")),
        (Some(0), Some(2), None)
    );
    let forms = "<div data-appointment=\"7\"><input name=\"version\" value=\"12\"></div><div data-appointment=\"8\">";
    let version = |id| Kind::Version { id }.version(forms);
    assert_eq!((version(7), version(8), version(9)), (Some(12), None, None));
    assert_eq!(Kind::Calls.version("<span class=\"number\" data-figure=\"report-calls\">5</span>"), Some(5));
}
