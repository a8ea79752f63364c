//! Going over every page as everybody.

use actix_web::http::Method;
use telemedicine::{
    access::Access,
    features,
    routing::{RouteEntry, RouteTable},
};

use super::{AppointmentStatus, Client, Clinic, House, Page, Role, TestApp};

/// Answers for programs and files: no pages.
const NOT_PAGES: [&str; 17] = [
    "/appointments/{id}/call/signals",
    "/appointments/{id}/device-check/ice",
    "/appointments/{id}/ice",
    "/attachments/{id}",
    "/calendar/{token}.ics",
    "/static/{name}",
    "/live",
    "/guest/{token}/call/signals",
    "/guest/{token}/ice",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/profile/export.json",
    "/reports/calls.csv",
    "/reports/days.csv",
    "/reports/doctors.csv",
    "/reports/hospitals.csv",
];

/// Somebody who goes over the pages.
pub(crate) struct Walker {
    /// `visitor`, `super_admin`, `hospital_admin`, `doctor`, `patient`.
    pub(crate) name: &'static str,
    /// None: not signed in.
    pub(crate) role: Option<Role>,
    pub(crate) client: Client,
}

/// A visitor and one of each role, all of them of the clinic's first hospital.
pub(crate) async fn walkers(app: &TestApp, clinic: &Clinic) -> Vec<Walker> {
    let here = &clinic.here;
    let mut walkers = vec![Walker { name: "visitor", role: None, client: app.visitor() }];
    let people = [
        ("super_admin", &clinic.super_admin),
        ("hospital_admin", &here.admin),
        ("doctor", &here.doctor),
        ("patient", &here.patient),
    ];
    for (name, person) in people {
        walkers.push(Walker { name, role: Some(person.role), client: app.sign_in(person).await });
    }
    walkers
}

/// The routes that answer with pages.
pub(crate) fn page_routes() -> Vec<String> {
    let table = features::routes();
    let pages = table.entries().iter().filter(|entry| entry.method == Method::GET && !NOT_PAGES.contains(&entry.path));
    pages.map(|entry| entry.path.to_owned()).collect()
}

/// Addresses that show what the bare routes do not: filters, further pages, errors, forms with a destination.
pub(crate) const VARIATIONS: [&str; 37] = [
    "/dashboard?doctor=1&q=a",
    "/schedule?date=2026-11-24&view=week",
    "/schedule?date=2026-11-25&doctor=1",
    "/schedule?date=1900-01-01",
    "/schedule?view=nonsense",
    "/address-links/1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "/password-links/1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "/reports?from=2026-11-23&to=2026-11-25",
    "/reports?from=2026-11-24&to=2026-11-23",
    "/reports/calls?from=2026-11-01&to=2026-11-25",
    "/reports/calls?from=2026-11-24&to=2026-11-23",
    "/audit?subject=patient&action=opened&from=2026-11-01&to=2026-12-31",
    "/audit?person=nobody-has-this-name",
    "/audit?person=nobody@example.test",
    "/audit?id=x",
    "/appointments?when=past",
    "/appointments?when=nonsense",
    "/appointments?patient=x",
    "/appointments?status=requested",
    "/appointments?status=needs_outcome",
    "/appointments?status=completed&page=1",
    "/appointments?from=2026-11-01&to=2026-12-31",
    "/appointments?q=nobody-has-this-name",
    "/doctors?q=nobody-has-this-name",
    "/patients?q=nobody-has-this-name",
    "/patients?state=active",
    "/appointments?status=nonsense",
    "/appointments/new?doctor_id=any",
    "/appointments/new?walk_in=on",
    "/times?from=2026-12-01",
    "/times?doctor=nobody",
    "/times?specialization=none",
    "/appointments?from=2026-02-30",
    "/appointments?page=99999",
    "/sign-in?next=%2Fprofile",
    "/no-such-page",
    "/appointments/999999999",
];

/// Every page that `walker` can be shown, with the address it was asked at.
pub(crate) async fn all_pages(walker: &Walker, house: &House) -> Vec<(String, Page)> {
    let mut pages = Vec::new();
    let addresses = page_routes().into_iter().flat_map(|route| house.addresses(&route));
    for address in addresses.chain(VARIATIONS.map(str::to_owned)) {
        let page = walker.client.get(&address).await;
        pages.push((address, page));
    }
    pages
}

impl House {
    /// The addresses of `route` for this house's records: of an appointment's page one for each status, of the check of devices one with a visit.
    pub(crate) fn addresses(&self, route: &str) -> Vec<String> {
        if route == "/appointments/{id}" {
            return self.appointments.iter().map(super::Appointment::path).collect();
        }
        if route == "/device-check" {
            let visit = self.appointment(AppointmentStatus::Waiting).id;
            return vec![route.to_owned(), format!("{route}?appointment={visit}")];
        }
        vec![self.address(route)]
    }

    /// The address of `route` for a record of this house.
    pub(crate) fn address(&self, route: &str) -> String {
        let token = match route {
            _ if route.starts_with("/address-links/") => &self.address_token,
            _ if route.starts_with("/guest/") => &self.guests[0].token,
            _ => &self.link_token,
        };
        let route = &route.replace("{token}", token);
        let Some((noun, _)) = route.split_once("/{id}") else {
            return route.to_owned();
        };
        let id = match noun {
            "/appointments" => self.appointment(status_for(route)).id,
            "/doctors" => self.doctor.id,
            "/patients" => self.patient.id,
            "/hospitals" => self.hospital.id,
            "/admins" => self.admin.user_id,
            "/attachments" => self.attachments[0].id,
            "/documents" => self.documents[0].id,
            "/notifications" => self.notifications[2].id,
            "/profile/sessions" => self.session_id,
            // Nobody here has one.
            "/profile/second-factor/passkeys" => 1,
            _ => panic!("{route}: which record is meant? Say it in House::address."),
        };
        let within = match route {
            _ if route.contains("/messages/") => self.messages[1].id,
            _ if route.contains("/guests/") => self.guests[0].id,
            _ => self.time_off_id,
        };
        route.replacen("{id}", &id.to_string(), 1).replace("{id}", &within.to_string())
    }
}

/// The state in which an appointment takes the step that `route` stands for; any for its page.
fn status_for(route: &str) -> AppointmentStatus {
    match route.trim_start_matches("/appointments/{id}") {
        "/approval" | "/rejection" | "/proposal" => AppointmentStatus::Requested,
        "/proposal/acceptance" | "/proposal/refusal" => AppointmentStatus::Proposed,
        "/start"
        | "/correction"
        | "/modality"
        | "/room"
        | "/now"
        | "/presence"
        | "/answers"
        | "/ice"
        | "/call"
        | "/call/signals"
        | "/call/report"
        | "/call/end"
        | "/guests"
        | "/guests/{id}/admission"
        | "/guests/{id}/removal" => AppointmentStatus::Waiting,
        "/outcome" | "/opening" | "/note" | "/note/signature" => AppointmentStatus::InProgress,
        "/note/addenda" | "/note/now" | "/summary" | "/documents" | "/documents/now" => AppointmentStatus::Completed,
        _ => AppointmentStatus::Scheduled,
    }
}

/// The route that `method` on `path` leads to.
pub(crate) fn route_of<'a>(table: &'a RouteTable, method: &Method, path: &str) -> Option<&'a RouteEntry> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    table.entries().iter().find(|entry| entry.method == *method && fits(entry.path, path))
}

fn fits(pattern: &str, path: &str) -> bool {
    if pattern == "/static/{name}" {
        return path.starts_with("/static/");
    }
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern.iter().zip(&path).all(|(pattern, part)| match *pattern {
            "{token}" => part.contains('-'),
            "{id}" => !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()),
            literal => literal == *part,
        })
}

/// Whether somebody of `role` (none: a visitor) may use a route with that access.
pub(crate) fn may_use(access: Access, role: Option<Role>) -> bool {
    match access {
        Access::Public | Access::Anybody => true,
        Access::Roles(roles) => role.is_some_and(|role| roles.contains(&role)),
    }
}
