//! The signed-in person.

use std::net::IpAddr;

use actix_session::SessionExt;
use actix_web::{HttpMessage, HttpRequest, web};
use chrono::{DateTime, Utc};
use entity::enums::Role;

use crate::{
    access::{Authenticator, navigation, queries},
    coherence::{Topic, Topics},
    session::{HOSPITAL_ID, KEY_HASH, USER_ID},
    time_zone::Tz,
    web::{
        AppError,
        middleware::server_timing::RequestUser,
        page::{Audience, Shell},
        peer::Peer,
        rate_limit::ClientNetwork,
    },
};

/// A hospital as far as those who belong to it see it everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HospitalOfViewer {
    /// Its id: the tenant of everything its people see. Never taken from a form.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The zone its times are told in.
    pub zone: Tz,
}

/// What somebody is, with exactly the ids that this role has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewerKind {
    /// Of the platform.
    SuperAdmin,
    /// Runs one hospital.
    HospitalAdmin {
        /// The hospital they run.
        hospital: HospitalOfViewer,
    },
    /// Practises in one hospital.
    Doctor {
        /// `doctor.id`.
        doctor_id: i64,
        /// Where they practise.
        hospital: HospitalOfViewer,
    },
    /// Is treated in one hospital.
    Patient {
        /// `patient.id`.
        patient_id: i64,
        /// Where they are treated.
        hospital: HospitalOfViewer,
    },
}

/// The person who asks, as the database has them at this request. Made only from a session row that
/// is neither revoked nor expired and a user who is active, in one statement.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// `user.id`.
    pub user_id: i64,
    /// `user_session.id` of the session this request came with.
    pub session_id: i64,
    /// SHA-256 of its key, hexadecimal.
    pub key_hash: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Role and what belongs to it.
    pub kind: ViewerKind,
    /// Where the request came from, as far as trusted proxies tell it: for the trail.
    pub address: IpAddr,
    /// Unread notifications: a true count, the same everywhere on the page.
    pub unread: i64,
    /// Messages of others about their visits that they have not read: a true count as well.
    pub unread_messages: i64,
    /// When they last gave a password or a code in this session.
    pub proved_at: Option<DateTime<Utc>>,
    /// How long their session lasts if nothing more is asked.
    pub idle: std::time::Duration,
}

/// Whoever does something, and the instant at which they do it: of what is written in one unit of work.
#[derive(Clone, Copy, Debug)]
pub struct ActingViewer<'a> {
    /// Who.
    pub viewer: &'a Viewer,
    /// When.
    pub now: DateTime<Utc>,
}

impl Viewer {
    /// Who does something `now`.
    pub fn acting(&self, now: DateTime<Utc>) -> ActingViewer<'_> {
        ActingViewer { viewer: self, now }
    }

    /// Full name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// The same person, who has just read so many of their notifications.
    #[must_use]
    pub fn having_read(&self, notifications: u64) -> Self {
        let read = i64::try_from(notifications).unwrap_or(i64::MAX);
        Self { unread: self.unread.saturating_sub(read).max(0), ..self.clone() }
    }

    /// The role.
    pub fn role(&self) -> Role {
        match self.kind {
            ViewerKind::SuperAdmin => Role::SuperAdmin,
            ViewerKind::HospitalAdmin { .. } => Role::HospitalAdmin,
            ViewerKind::Doctor { .. } => Role::Doctor,
            ViewerKind::Patient { .. } => Role::Patient,
        }
    }

    /// Whether they look after the platform: hospitals and those who run them.
    pub fn runs_platform(&self) -> bool {
        self.kind == ViewerKind::SuperAdmin
    }

    /// Whose turn it is when their passwords are compared: a place of their own, wherever they are.
    pub fn network(&self) -> ClientNetwork {
        ClientNetwork::of(self.address).of_account(self.user_id)
    }

    /// The hospital they belong to; none for super admins.
    pub fn hospital(&self) -> Option<&HospitalOfViewer> {
        match &self.kind {
            ViewerKind::SuperAdmin => None,
            ViewerKind::HospitalAdmin { hospital }
            | ViewerKind::Doctor { hospital, .. }
            | ViewerKind::Patient { hospital, .. } => Some(hospital),
        }
    }

    /// What their visits and the names on them depend on.
    pub fn visit_topics(&self) -> Topics {
        let visits = match &self.kind {
            ViewerKind::SuperAdmin => Topic::Account(self.user_id),
            ViewerKind::HospitalAdmin { hospital } => Topic::Board(hospital.id),
            ViewerKind::Doctor { doctor_id, .. } => Topic::Agenda(*doctor_id),
            ViewerKind::Patient { patient_id, .. } => Topic::PatientAgenda(*patient_id),
        };
        Topics::from(visits).and(self.hospital().map(|hospital| Topic::Names(hospital.id)))
    }

    /// The zone their times are told in: the hospital's, or UTC for super admins.
    pub fn zone(&self) -> Tz {
        self.hospital().map_or(Tz::UTC, |hospital| hospital.zone)
    }

    /// `user.id` of whoever sent `request`, if that was looked up.
    pub fn looked_up(request: &HttpRequest) -> Option<i64> {
        request.extensions().get::<Self>().map(|viewer| viewer.user_id)
    }

    /// Looks up anew who sent `request` when it is next asked.
    pub fn forget(request: &HttpRequest) {
        let mut extensions = request.extensions_mut();
        extensions.remove::<Self>();
        extensions.remove::<Shell>();
    }

    /// Whoever sent `request`, or nobody. Looked up once a request.
    pub(super) async fn of(request: &HttpRequest) -> Result<Option<Self>, AppError> {
        let known = request.extensions().get::<Self>().cloned();
        if known.is_some() {
            return Ok(known);
        }
        let authenticator = request
            .app_data::<web::Data<Authenticator>>()
            .ok_or_else(|| AppError::internal("the authenticator is not configured"))?;
        let session = request.get_session();
        let Some(key_hash) = session.get::<String>(KEY_HASH).map_err(AppError::internal)? else {
            return Ok(None);
        };
        let address = Peer::of(request, &authenticator.kit.trusted_proxies).address;
        let user_id = session.get::<i64>(USER_ID).map_err(AppError::internal)?;
        let hospital = session.get::<Option<i64>>(HOSPITAL_ID).map_err(AppError::internal)?;
        // Who may come in is never asked of a copy.
        let reader = authenticator.database.reader().from_primary();
        let look = async |topics| queries::viewer(authenticator, (&reader, topics), (&key_hash, address)).await;
        let mut viewer = look(topics(user_id, hospital)).await?;
        // Moved to another hospital since the session's copy was looked at.
        let moved = |viewer: &Self| hospital.is_some_and(|id| id != viewer.hospital().map(|own| own.id));
        if viewer.as_ref().is_some_and(moved) {
            viewer = look(topics(user_id, None)).await?;
        }
        if let Some(viewer) = &viewer {
            request.extensions_mut().insert(RequestUser { id: viewer.user_id, role: viewer.role() });
            request.extensions_mut().insert(viewer.shell());
            request.extensions_mut().insert(viewer.clone());
        }
        Ok(viewer)
    }
}

/// What is shown of whoever asks, on each of their pages. `hospital`: whose they are, if that is known.
fn topics(user_id: Option<i64>, hospital: Option<Option<i64>>) -> Topics {
    // Of the session itself nothing need be named: whose a session is is asked anew for each page that is served.
    let Some(id) = user_id else { return Topics::exempt("nobody knows yet whose session it is") };
    let row = match hospital {
        Some(known) => known.map(Topic::Hospital),
        None => Some(Topic::Hospitals),
    };
    Topics::from([Topic::Account(id), Topic::Inbox(id), Topic::Messages(id)]).and(row)
}

impl Audience for Viewer {
    fn shell(&self) -> Shell {
        Shell {
            name: self.name(),
            role: role_code(self.role()),
            role_label: role_label(self.role()),
            hospital: self.hospital().map(|hospital| hospital.name.clone()),
            nav: navigation::of(self.role(), self.unread, self.unread_messages),
            zone: self.zone(),
            idle_minutes: Some(self.idle.as_secs() / 60),
        }
    }
}

/// The role's name in URLs, styles and logs.
pub fn role_code(role: Role) -> &'static str {
    match role {
        Role::SuperAdmin => "super_admin",
        Role::HospitalAdmin => "hospital_admin",
        Role::Doctor => "doctor",
        Role::Patient => "patient",
    }
}

/// The role in words.
pub fn role_label(role: Role) -> &'static str {
    match role {
        Role::SuperAdmin => "Platform administrator",
        Role::HospitalAdmin => "Hospital administrator",
        Role::Doctor => "Doctor",
        Role::Patient => "Patient",
    }
}
