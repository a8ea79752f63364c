//! The platform administrator's dashboard: counts, and who is new. No clinical text.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::role_label,
    features::home::queries::{Newest, PlatformFigures},
    time_zone::Tz,
    web::{Moment, Page},
};

/// How the platform grows.
#[derive(Debug, Serialize)]
pub(in crate::features::home) struct PlatformDashboard {
    hospitals_count: i64,
    admins_count: i64,
    doctors_count: i64,
    patients_count: i64,
    hospitals: Vec<NewHospital>,
    people: Vec<NewUser>,
    first_run: bool,
}

#[derive(Debug, Serialize)]
struct NewHospital {
    href: String,
    name: String,
    joined: Moment,
}

#[derive(Debug, Serialize)]
struct NewUser {
    name: String,
    role: &'static str,
    joined: Moment,
}

impl PlatformDashboard {
    pub(in crate::features::home) fn new(figures: &PlatformFigures, newest: &Newest) -> Self {
        let hospitals = newest.hospitals.iter().map(|row| NewHospital {
            href: format!("/hospitals/{}", row.id),
            name: row.name.clone(),
            joined: Moment::new(row.created_at, Tz::UTC),
        });
        let people = newest.people.iter().map(|row| NewUser {
            // Who is treated somewhere is not for the platform to know.
            name: match row.role {
                Role::Patient => "Somebody".to_owned(),
                _ => format!("{} {}", row.first_name, row.last_name),
            },
            role: role_label(row.role),
            joined: Moment::new(row.created_at, Tz::UTC),
        });
        Self {
            hospitals_count: figures.hospitals,
            admins_count: figures.admins,
            doctors_count: figures.doctors,
            patients_count: figures.patients,
            hospitals: hospitals.collect(),
            people: people.collect(),
            first_run: figures.hospitals == 0,
        }
    }
}

impl Page for PlatformDashboard {
    const TEMPLATE: &'static str = "home/platform.html";

    fn title(&self) -> String {
        "The platform".to_owned()
    }
}
