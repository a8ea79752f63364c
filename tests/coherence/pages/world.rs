//! Everybody with a browser, and what they see.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use futures_util::future::{join_all, try_join_all};
use telemedicine::features;

use crate::{
    support::*,
    walk::{masked, same},
};

/// A browser with its name, as tests speak of it.
pub(super) struct Member {
    pub(super) name: &'static str,
    role: Option<Role>,
    pub(super) browser: Client,
}

/// What pages answered, by the member's name and the route.
type Seen = BTreeMap<(&'static str, &'static str), Page>;

/// What needs an outcome: a view of a list that changes by the clock, though the list itself does not.
pub(super) const NEEDS_OUTCOME: &str = "/appointments?status=needs_outcome";

/// A server with a cache, another without, and everybody who looks at their pages.
pub(super) struct World {
    members: Vec<Member>,
    /// Other views of routes, as addresses.
    views: Vec<&'static str>,
    /// Whom `/hospitals/{id}` and `/doctors/{id}` are about.
    ids: (i64, i64),
    /// Which visit those pages are about that say how something of a visit stands now; none that there is, unless it is said.
    visit: i64,
    /// The same of a document.
    document: i64,
    plain: Instance,
    /// The last to be dropped: its database goes with it.
    pub(super) app: TestApp,
}

impl World {
    /// Two servers, and nobody yet.
    pub(super) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with other settings.
    pub(super) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let usual = [
            ("CACHE_VERIFY", "false"),
            ("SESSION_IDLE_MINUTES", "10080"),
            ("SESSION_MAX_HOURS", "168"),
            ("PAGE_SIZE", "50"),
            ("WORKERS", "2"),
            ("REDIS_PATIENCE_MS", "5000"),
            NAMED,
        ];
        let app = TestApp::start_with(&[&usual[..], settings].concat()).await;
        let plain = app.another_instance_with(&[("CACHE_PAGE_SECONDS", "0")]);
        let visitor = Member { name: "visitor", role: None, browser: app.visitor() };
        Self { plain, members: vec![visitor], views: vec![NEEDS_OUTCOME], ids: (0, 0), visit: 0, document: 0, app }
    }

    /// Says whom the pages of one hospital and one doctor are about.
    pub(super) fn look_at(&mut self, hospital: &Hospital, doctor: &Doctor) {
        self.ids = (hospital.id, doctor.id);
    }

    /// Says in which room everybody looks.
    pub(super) fn look_into_the_room_of(&mut self, visit: &Appointment) {
        self.visit = visit.id;
    }

    /// Says at which document everybody looks.
    pub(super) fn look_at_document(&mut self, id: i64) {
        self.document = id;
    }

    /// Everybody looks at this view as well who may use its route.
    pub(super) fn look_also_at(&mut self, view: &'static str) {
        self.views.push(view);
    }

    /// Somebody signs in, with a new browser in place of the one of that name.
    pub(super) async fn sign_in(&mut self, name: &'static str, person: &Person) {
        self.sign_in_with(name, person, PASSWORD).await;
    }

    /// The same for somebody whose password was changed.
    pub(super) async fn sign_in_with(&mut self, name: &'static str, person: &Person, password: &str) {
        let browser = self.app.sign_in_with(person, password).await;
        self.members.retain(|member| member.name != name);
        self.members.push(Member { name, role: Some(person.role), browser });
    }

    /// Somebody does not look any more: what a browser gets whose session is over is not kept.
    pub(super) fn leave(&mut self, name: &str) {
        self.members.retain(|member| member.name != name);
    }

    /// The browser of that name.
    pub(super) fn browser(&self, name: &str) -> &Client {
        &self.members.iter().find(|member| member.name == name).unwrap().browser
    }

    /// Submits a form as somebody, and shows what it leads to, so that no message waits for the next page.
    pub(super) async fn post(&self, name: &str, path: &str, fields: &[(&str, &str)]) {
        let browser = self.browser(name);
        let answer = browser.post_form(path, fields).await.expect(303);
        let shown = browser.follow(answer).await;
        assert_eq!(shown.status, 200, "{}", shown.asked);
    }

    /// Lets `write` happen with all pages warm, and compares. Each of `changes`, a member and a route, must show it.
    pub(super) async fn after(&self, what: &str, changes: &[(&str, &str)], write: impl Future<Output = ()>) {
        let before = self.warm(what).await;
        write.await;
        let after = self.compare(what).await;
        assert_changed(what, changes, (&before, &after));
    }

    /// Asks for all pages until they come from the cache.
    pub(super) async fn warm(&self, what: &str) -> Seen {
        let of_member = async |member: &Member| {
            let mut seen = Seen::new();
            // Nothing is kept for whoever is being signed out, until their session is gone everywhere.
            let is_leaving = member.name != "visitor" && !member.browser.is_signed_in().await;
            for route in self.routes_of(member) {
                let path = self.path(route);
                let mut page = member.browser.get(&path).await;
                // The landing page leads those elsewhere who are signed in, and nothing is read for others.
                if page.status == 200 && route != "/" && page.header("x-cache") != "hit" {
                    page = member.browser.get(&path).await;
                    let is_kept = page.header("x-cache") == "hit" || is_leaving && page.header("x-cache") == "bypass";
                    assert!(is_kept, "before {what}: {} is not kept", page.asked);
                }
                seen.insert((member.name, route), page);
            }
            seen
        };
        join_all(self.members.iter().map(of_member)).await.into_iter().flatten().collect()
    }

    /// Asks for all pages, and compares each with what is rendered without a cache.
    pub(super) async fn compare(&self, what: &str) -> Seen {
        let of_member = async |member: &Member| {
            let mut seen = Seen::new();
            for route in self.routes_of(member) {
                let path = self.path(route);
                let answer = member.browser.get(&path).await;
                let rendered = member.browser.at(&self.plain.origin()).get(&path).await;
                assert!(rendered.status < 500, "{}: {}", rendered.asked, rendered.status);
                same(&rendered, &answer, None)?;
                seen.insert((member.name, route), answer);
            }
            Ok::<_, String>(seen)
        };
        let all = try_join_all(self.members.iter().map(of_member)).await;
        all.unwrap_or_else(|error| panic!("after {what}: {error}")).into_iter().flatten().collect()
    }

    /// The cached routes that a member may use, and the other views of them.
    fn routes_of(&self, member: &Member) -> BTreeSet<&'static str> {
        let mut routes = routes_of(member);
        let views = self.views.iter().filter(|view| view.split('?').next().is_some_and(|route| routes.contains(route)));
        let views: Vec<&str> = views.copied().collect();
        routes.extend(views);
        routes
    }

    fn path(&self, route: &'static str) -> String {
        let id = match route {
            "/hospitals/{id}" => self.ids.0,
            "/doctors/{id}" | "/doctors/{id}/times" => self.ids.1,
            "/appointments/{id}/now"
            | "/appointments/{id}/standing"
            | "/appointments/{id}/messages/now"
            | "/appointments/{id}/note/now"
            | "/appointments/{id}/documents/now" => self.visit,
            "/documents/{id}/now" => self.document,
            _ if route.contains("{id}") => panic!("{route}: which record is meant? Say it in World::path."),
            _ => return route.to_owned(),
        };
        route.replace("{id}", &id.to_string())
    }
}

/// Whether each of `changes` differs from what it was.
pub(super) fn assert_changed(what: &str, changes: &[(&str, &str)], (before, after): (&Seen, &Seen)) {
    for change in changes {
        let shown = |seen: &Seen| {
            let page = seen.get(change).unwrap_or_else(|| panic!("{what}: nobody looks at {change:?}"));
            (page.status, masked(&page.body))
        };
        assert_ne!(shown(before), shown(after), "{what}: {change:?} does not show it, so nothing is proved");
    }
}

/// The cached routes that a member may use.
fn routes_of(member: &Member) -> BTreeSet<&'static str> {
    let table = features::routes();
    let cached = table.entries().iter().filter(|entry| entry.method == Method::GET && entry.cache.is_some());
    cached.filter(|entry| may_use(entry.access, member.role)).map(|entry| entry.path).collect()
}
