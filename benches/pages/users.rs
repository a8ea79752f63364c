//! The people who are signed in during the mixed load, and the pages that they open.

use std::{collections::HashMap, fmt::Write as _, fs, path::PathBuf};

use super::{
    clinic::{Clinic, address},
    services::Services,
};

/// Who is signed in, 500 in all: everybody who works in the ten hospitals, and as many patients as are left.
const ADMINS: usize = 10;
const DOCTORS: usize = 200;
const PATIENTS: usize = 289;

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) user_id: i64,
    pub(crate) hospital_id: Option<i64>,
    pub(crate) role: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// `YYYY-MM-DD`, or empty.
    pub(crate) date_of_birth: String,
    cookie: String,
    address: String,
}

/// Everybody who is signed in.
pub(crate) struct Users(Vec<Person>);

/// A request in the list that `requests.lua` reads.
pub(crate) struct Request<'a> {
    pub(crate) class: &'static str,
    pub(crate) label: String,
    pub(crate) by: &'a Person,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
}

/// The addresses of the users, in order.
pub(crate) fn emails() -> Vec<String> {
    let of = |role: &'static str, count: usize| (1..=count).map(move |k| format!("{role}{k}@demo.test"));
    let all = of("admin", ADMINS).chain(of("doctor", DOCTORS)).chain(of("patient", PATIENTS));
    std::iter::once("super@demo.test".to_owned()).chain(all).collect()
}

impl Users {
    /// Signs everybody in, through the sign-in page.
    pub(crate) fn gather(clinic: &Clinic, services: &Services) -> Self {
        let emails = emails();
        let cookies = clinic.sign_in(&emails);
        let rows = services.rows(
            "SELECT id, email, role, hospital_id, first_name, last_name, \
             coalesce(date_of_birth::text, '') AS date_of_birth FROM \"user\"",
        );
        let rows: HashMap<String, _> =
            rows.into_iter().map(|row| (row.try_get::<String>("", "email").unwrap(), row)).collect();
        let person = |(place, (email, cookie)): (usize, (&String, String))| {
            let row = &rows[email];
            let text = |column: &str| row.try_get::<String>("", column).unwrap();
            Person {
                user_id: row.try_get("", "id").unwrap(),
                hospital_id: row.try_get("", "hospital_id").unwrap(),
                role: text("role"),
                first_name: text("first_name"),
                last_name: text("last_name"),
                date_of_birth: text("date_of_birth"),
                cookie,
                address: address(place),
            }
        };
        Self(emails.iter().zip(cookies).enumerate().map(person).collect())
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.0
    }

    /// What they open: each their dashboard, the lists of their role, and the directory with their own hospital.
    pub(crate) fn pages(&self) -> Vec<Request<'_>> {
        let mut pages = Vec::new();
        for person in &self.0 {
            pages.push(person.opens("dashboard", "/dashboard".to_owned()));
            let lists: &[&str] = match person.role.as_str() {
                "super_admin" => &["/admins"],
                "hospital_admin" => &[
                    "/appointments",
                    "/appointments?page=2",
                    "/appointments?status=requested",
                    "/doctors",
                    "/patients",
                    "/notifications",
                ],
                "doctor" => {
                    &["/appointments", "/appointments?status=requested", "/patients", "/doctors", "/notifications"]
                }
                _ => &["/appointments", "/doctors", "/notifications"],
            };
            pages.extend(lists.iter().map(|path| person.opens("list", (*path).to_owned())));
            pages.push(person.opens("directory", "/hospitals".to_owned()));
            let own = person.hospital_id.map(|id| person.opens("directory", format!("/hospitals/{id}")));
            pages.extend(own);
        }
        pages
    }

    /// A doctor's dashboard as browsers get it, compressed.
    pub(crate) fn a_dashboard(&self, clinic: &Clinic) -> Vec<u8> {
        let doctor = self.0.iter().find(|person| person.role == "doctor").unwrap();
        clinic.page("/dashboard", &doctor.cookie, "br").body
    }

    /// More of their lists than the cache has room for: what fills it.
    pub(crate) fn further_pages(&self) -> Vec<Request<'_>> {
        let staff = self.0.iter().filter(|person| person.role == "doctor" || person.role == "hospital_admin");
        let texts = "aehiknrs".chars().flat_map(|one| "aehiknrs".chars().map(move |other| format!("{one}{other}")));
        let texts: Vec<String> = texts.collect();
        staff
            .flat_map(|person| {
                texts.iter().map(|text| person.opens("list", format!("/appointments?q={text}"))).collect::<Vec<_>>()
            })
            .collect()
    }
}

impl Person {
    /// A page that they open.
    fn opens(&self, class: &'static str, path: String) -> Request<'_> {
        let route: String =
            path.split('?').next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
        let label = format!("{route} of a {}", self.role);
        Request { class, label, by: self, method: "GET", path, body: String::new() }
    }
}

/// Writes a list for `requests.lua`, with the cookies of people who are signed in with these services; where it is.
pub(crate) fn list(services: &Services, name: &str, requests: &[Request<'_>]) -> PathBuf {
    let mut text = String::new();
    for request in requests {
        let Request { class, label, by, method, path, body } = request;
        let _ = writeln!(text, "{class}\t{label}\t{}\t{}\t{method}\t{path}\t{body}", by.cookie, by.address);
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.tsv", services.name()));
    fs::write(&path, text).unwrap();
    path
}
