//! What a page can depend on and a write can change.

use std::fmt;

use entity::enums::Role;

/// A slice of the clinic's data. Pages depend on topics, writes touch them; whatever a statement can read is covered by
/// a topic that every write to it touches.
///
/// The names ([`Topic`] as text) are shared by all instances, so also by those of the release before and the one after:
/// a topic is never renamed; a new one is touched for a release before pages depend on it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// All there is: touched when rows were changed in bulk or behind the server's back. Every page depends on it.
    Everything,
    /// The rows of all hospitals: for lists of them, and for whoever looks before it is known which hospital theirs is.
    Hospitals,
    /// The row of one hospital (`hospital.id`), as its own people and its page in the directory show it.
    Hospital(i64),
    /// Who there is on the platform, hospital by hospital: anybody added, changed, closed.
    Platform,
    /// When administrators and doctors last signed in.
    SignIns,
    /// The doctors of all hospitals, as far as the public directory tells of them.
    Directory,
    /// The doctors of a hospital (`hospital.id`): who they are and everything about them but their hours.
    Doctors(i64),
    /// The patients of a hospital (`hospital.id`): who they are and everything about them.
    Patients(i64),
    /// What the people of a hospital (`hospital.id`) are called, and what else stands beside their names on visits.
    Names(i64),
    /// When a doctor (`doctor.id`) works and is away.
    Schedule(i64),
    /// The visits of a doctor (`doctor.id`) with their history.
    Agenda(i64),
    /// The visits of a patient (`patient.id`) with their history.
    PatientAgenda(i64),
    /// The visits of a hospital (`hospital.id`) with their history.
    Board(i64),
    /// The room of a visit (`appointment.id`): who is in it, and what was said at the beginning.
    Visit(i64),
    /// The call of a visit (`appointment.id`): who takes part in it, and what their pages say to each other. No page shows it; streams tell of it.
    Call(i64),
    /// The note of a visit (`appointment.id`), with what stands beneath it.
    Note(i64),
    /// What is written about a visit (`appointment.id`), and how far it was read.
    Thread(i64),
    /// The notifications of a person (`user.id`).
    Inbox(i64),
    /// The threads of a person (`user.id`): which there are, and what they have not read of them.
    Messages(i64),
    /// A person (`user.id`) as they see themselves: name, role, hospital, and whether they may come in at all.
    Account(i64),
}

impl Topic {
    /// A visit is on its doctor's, its patient's and its hospital's lists.
    #[must_use]
    pub fn of_visit(hospital_id: i64, doctor_id: i64, patient_id: i64) -> [Self; 3] {
        [Self::Board(hospital_id), Self::Agenda(doctor_id), Self::PatientAgenda(patient_id)]
    }

    /// The topic of this name, if it is one: what [`fmt::Display`] wrote.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (word, id) = name.split_once(':').unwrap_or((name, ""));
        let with_id = |make: fn(i64) -> Self| id.parse().ok().map(make);
        match (word, id) {
            ("everything", "") => Some(Self::Everything),
            ("hospitals", "") => Some(Self::Hospitals),
            ("hospital", _) => with_id(Self::Hospital),
            ("platform", "") => Some(Self::Platform),
            ("sign_ins", "") => Some(Self::SignIns),
            ("directory", "") => Some(Self::Directory),
            ("doctors", _) => with_id(Self::Doctors),
            ("patients", _) => with_id(Self::Patients),
            ("names", _) => with_id(Self::Names),
            ("schedule", _) => with_id(Self::Schedule),
            ("agenda", _) => with_id(Self::Agenda),
            ("patient_agenda", _) => with_id(Self::PatientAgenda),
            ("board", _) => with_id(Self::Board),
            ("visit", _) => with_id(Self::Visit),
            ("call", _) => with_id(Self::Call),
            ("note", _) => with_id(Self::Note),
            ("thread", _) => with_id(Self::Thread),
            ("inbox", _) => with_id(Self::Inbox),
            ("messages", _) => with_id(Self::Messages),
            ("account", _) => with_id(Self::Account),
            _ => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Hospitals => f.write_str("hospitals"),
            Self::Hospital(id) => write!(f, "hospital:{id}"),
            Self::Platform => f.write_str("platform"),
            Self::SignIns => f.write_str("sign_ins"),
            Self::Directory => f.write_str("directory"),
            Self::Doctors(id) => write!(f, "doctors:{id}"),
            Self::Patients(id) => write!(f, "patients:{id}"),
            Self::Names(id) => write!(f, "names:{id}"),
            Self::Schedule(id) => write!(f, "schedule:{id}"),
            Self::Agenda(id) => write!(f, "agenda:{id}"),
            Self::PatientAgenda(id) => write!(f, "patient_agenda:{id}"),
            Self::Board(id) => write!(f, "board:{id}"),
            Self::Visit(id) => write!(f, "visit:{id}"),
            Self::Call(id) => write!(f, "call:{id}"),
            Self::Note(id) => write!(f, "note:{id}"),
            Self::Thread(id) => write!(f, "thread:{id}"),
            Self::Inbox(id) => write!(f, "inbox:{id}"),
            Self::Messages(id) => write!(f, "messages:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
        }
    }
}

/// The topics of one read or one write. There is no empty list by accident: either topics are named, or the reason is.
///
/// ```compile_fail
/// let nothing: telemedicine::coherence::Topics = [].into();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics {
    named: Vec<Topic>,
    exempt: Option<&'static str>,
}

impl Topics {
    /// Of a write: no cached page shows what it changes. Of a read: the page that shows what it finds is not kept.
    /// `reason` says why that is so.
    #[must_use]
    pub const fn exempt(reason: &'static str) -> Self {
        Self { named: Vec::new(), exempt: Some(reason) }
    }

    /// One for each item, for a write of as many rows.
    #[must_use]
    pub fn each(topics: impl IntoIterator<Item = Topic>) -> Self {
        Self { named: topics.into_iter().collect(), exempt: None }
    }

    /// For a write to a person's row, or to the doctor's or patient's row that belongs to it, before and after which they have
    /// this role in this hospital. `user_id` is `None` for somebody new, whom nobody has seen yet.
    #[must_use]
    pub fn of_person(user_id: Option<i64>, role: Role, hospital_id: Option<i64>) -> Self {
        let own = user_id.map(Topic::Account).into_iter().chain([Topic::Platform]);
        let known = hospital_id.filter(|_| user_id.is_some()).map(Topic::Names);
        let among = hospital_id.map(|id| match role {
            Role::Doctor => vec![Topic::Doctors(id), Topic::Directory],
            Role::Patient => vec![Topic::Patients(id)],
            Role::HospitalAdmin | Role::SuperAdmin => Vec::new(),
        });
        Self::each(own.chain(known).chain(among.into_iter().flatten()))
    }

    /// For a write to nothing of a person's row but how they are reached: phone and e-mail address. Neither stands beside their
    /// name on visits nor in the directory, so pages of those who only meet them are not made anew for it. On visits of patients without an address the
    /// phone does; but these sign in nowhere, so it is never they who change it, and of what staff change it is [`Self::of_person`].
    #[must_use]
    pub fn of_contact(user_id: i64, role: Role, hospital_id: Option<i64>) -> Self {
        let among = match (role, hospital_id) {
            (Role::Doctor, Some(id)) => Topic::Doctors(id),
            (Role::Patient, Some(id)) => Topic::Patients(id),
            _ => Topic::Platform,
        };
        Self::from([Topic::Account(user_id), among])
    }

    /// For a write to a hospital's row; `None` for one that is being made, which no page is about yet.
    #[must_use]
    pub fn of_hospital(hospital_id: Option<i64>) -> Self {
        Self::from(Topic::Hospitals).and(hospital_id.map(Topic::Hospital))
    }

    /// For noting that somebody of this role has signed in.
    #[must_use]
    pub fn of_sign_in(role: Role) -> Self {
        match role {
            Role::Doctor | Role::HospitalAdmin => Topic::SignIns.into(),
            Role::Patient | Role::SuperAdmin => Self::exempt("no page tells when they last signed in"),
        }
    }

    /// These and more.
    #[must_use]
    pub fn and(mut self, more: impl IntoIterator<Item = Topic>) -> Self {
        self.named.extend(more);
        self
    }

    /// Those that are named.
    #[must_use]
    pub fn named(&self) -> &[Topic] {
        &self.named
    }

    /// Why none is named.
    #[must_use]
    pub fn exemption(&self) -> Option<&'static str> {
        self.exempt
    }
}

impl<const N: usize> From<[Topic; N]> for Topics {
    fn from(topics: [Topic; N]) -> Self {
        const { assert!(N > 0, "name the topics, or say with Topics::exempt why there are none") };
        Self::each(topics)
    }
}

impl From<Topic> for Topics {
    fn from(topic: Topic) -> Self {
        Self::each([topic])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_known_by_its_name() {
        let topics = [
            Topic::Everything,
            Topic::Hospitals,
            Topic::Hospital(9),
            Topic::Platform,
            Topic::SignIns,
            Topic::Directory,
            Topic::Doctors(1),
            Topic::Patients(2),
            Topic::Names(3),
            Topic::Schedule(4),
            Topic::Agenda(5),
            Topic::PatientAgenda(6),
            Topic::Board(7),
            Topic::Visit(9),
            Topic::Call(13),
            Topic::Note(10),
            Topic::Thread(11),
            Topic::Inbox(8),
            Topic::Messages(12),
            Topic::Account(i64::MAX),
        ];
        for topic in topics {
            assert_eq!(Topic::parse(&topic.to_string()), Some(topic));
        }
        for name in ["", "agenda", "agenda:", "agenda:x", "everything:1", "agenda:1:2", "unknown:1"] {
            assert_eq!(Topic::parse(name), None, "{name}");
        }
    }
}
