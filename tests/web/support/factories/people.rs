//! People, by their role.

use std::ops::Deref;

use chrono::NaiveDate;
use entity::{
    doctor,
    enums::{BloodType, Role},
    patient, user,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use telemedicine::text;

use super::{super::TestApp, hospitals::Hospital, password::PASSWORD_HASH, texts::Texts};

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) user_id: i64,
    pub(crate) role: Role,
    pub(crate) hospital_id: Option<i64>,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Every text of the record, those of the doctor's or patient's side included.
    pub(crate) texts: Vec<String>,
}

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// For messages.
    pub(crate) fn label(&self) -> String {
        format!("{:?} {}", self.role, self.email)
    }
}

/// A user with a doctor's side.
#[derive(Clone, Debug)]
pub(crate) struct Doctor {
    /// `doctor.id`.
    pub(crate) id: i64,
    pub(crate) person: Person,
}

/// A user with a patient's side.
#[derive(Clone, Debug)]
pub(crate) struct Patient {
    /// `patient.id`.
    pub(crate) id: i64,
    pub(crate) person: Person,
}

impl Deref for Doctor {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

impl Deref for Patient {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

/// Somebody who runs the platform.
pub(crate) fn super_admin() -> PersonDraft {
    PersonDraft::new(Role::SuperAdmin, None)
}

/// Somebody who runs that hospital.
pub(crate) fn hospital_admin(hospital: &Hospital) -> PersonDraft {
    PersonDraft::new(Role::HospitalAdmin, Some(hospital.id))
}

/// A doctor of that hospital who takes patients.
pub(crate) fn doctor(hospital: &Hospital) -> DoctorDraft {
    DoctorDraft { person: PersonDraft::new(Role::Doctor, Some(hospital.id)), accepting: true, specialization: None }
}

/// A patient of that hospital whose blood type and allergies are known.
pub(crate) fn patient(hospital: &Hospital) -> PatientDraft {
    PatientDraft {
        person: PersonDraft::new(Role::Patient, Some(hospital.id)),
        blood_type: Some(BloodType::ONegative),
        bare: false,
        says: false,
    }
}

#[must_use]
pub(crate) struct PersonDraft {
    role: Role,
    hospital_id: Option<i64>,
    texts: Texts,
    name: Option<(String, String)>,
    email: Option<String>,
    hostile_email: bool,
    active: bool,
    born: NaiveDate,
}

#[must_use]
pub(crate) struct DoctorDraft {
    person: PersonDraft,
    accepting: bool,
    specialization: Option<String>,
}

#[must_use]
pub(crate) struct PatientDraft {
    person: PersonDraft,
    blood_type: Option<BloodType>,
    bare: bool,
    says: bool,
}

/// What can be said of everybody, for the drafts that have a person in them.
macro_rules! of_everybody {
    ($($draft:ty: $($person:ident)?;)*) => {$(
        impl $draft {
            pub(crate) fn named(mut self, first: &str, last: &str) -> Self {
                self$(.$person)?.name = Some((first.to_owned(), last.to_owned()));
                self
            }

            pub(crate) fn with_email(mut self, email: &str) -> Self {
                self$(.$person)?.email = Some(email.to_owned());
                self
            }

            pub(crate) fn born(mut self, date: NaiveDate) -> Self {
                self$(.$person)?.born = date;
                self
            }

            pub(crate) fn deactivated(mut self) -> Self {
                self$(.$person)?.active = false;
                self
            }

            /// Puts `payload` into every text but the e-mail address.
            pub(crate) fn saying(mut self, payload: &str) -> Self {
                self$(.$person)?.texts.say(payload);
                self
            }

            /// Puts it into the e-mail address too: nobody can sign in with it then.
            pub(crate) fn even_in_the_email(mut self) -> Self {
                self$(.$person)?.hostile_email = true;
                self
            }
        }
    )*};
}

of_everybody! {
    PersonDraft: ;
    DoctorDraft: person;
    PatientDraft: person;
}

impl PersonDraft {
    fn new(role: Role, hospital_id: Option<i64>) -> Self {
        Self {
            role,
            hospital_id,
            texts: Texts::new(),
            name: None,
            email: None,
            hostile_email: false,
            active: true,
            born: NaiveDate::from_ymd_opt(1985, 3, 14).unwrap(),
        }
    }

    pub(crate) async fn create(self, app: &TestApp) -> Person {
        let (mut person, texts) = self.insert(app).await;
        person.texts = texts.made;
        person
    }

    async fn insert(self, app: &TestApp) -> (Person, Texts) {
        let mut texts = self.texts;
        let (first_name, last_name) = self.name.unwrap_or_else(|| (texts.make("Given", 80), texts.make("Family", 80)));
        let email = self.email.unwrap_or_else(|| texts.email(self.hostile_email));
        let phone = texts.phone();
        let model = user::ActiveModel {
            name_key: Set(Some(text::person_key(&first_name, &last_name))),
            contact_key: Set(Some(text::contact_key(&email, Some(&phone)))),
            email: Set(email.clone()),
            password_hash: Set(PASSWORD_HASH.clone()),
            role: Set(self.role),
            hospital_id: Set(self.hospital_id),
            first_name: Set(first_name.clone()),
            last_name: Set(last_name.clone()),
            phone: Set(Some(phone)),
            date_of_birth: Set(Some(self.born)),
            active: Set(self.active),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        let user_id = model.insert(&app.db).await.unwrap().id;
        (
            Person {
                user_id,
                role: self.role,
                hospital_id: self.hospital_id,
                email,
                first_name,
                last_name,
                texts: Vec::new(),
            },
            texts,
        )
    }
}

impl DoctorDraft {
    pub(crate) fn not_accepting(mut self) -> Self {
        self.accepting = false;
        self
    }

    pub(crate) fn specialized_in(mut self, field: &str) -> Self {
        self.specialization = Some(field.to_owned());
        self
    }

    pub(crate) async fn create(self, app: &TestApp) -> Doctor {
        let (mut person, mut texts) = self.person.insert(app).await;
        let license = texts.make("License", 64);
        let field = self.specialization.unwrap_or_else(|| texts.make("Specialization", 120));
        let model = doctor::ActiveModel {
            user_id: Set(person.user_id),
            license_key: Set(Some(text::number_key(&license))),
            license_number: Set(license),
            specialization_key: Set(Some(text::search_key(&field))),
            specialization: Set(field),
            experience_years: Set(12),
            bio: Set(Some(texts.make("Bio", 2000))),
            education: Set(Some(texts.make("Education", 1000))),
            accepting: Set(self.accepting),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        let id = model.insert(&app.db).await.unwrap().id;
        person.texts = texts.made;
        Doctor { id, person }
    }
}

impl PatientDraft {
    pub(crate) fn of_blood_type(mut self, blood_type: BloodType) -> Self {
        self.blood_type = Some(blood_type);
        self
    }

    /// Nothing is known of them but who they are.
    pub(crate) fn with_nothing_recorded(mut self) -> Self {
        self.blood_type = None;
        self.bare = true;
        self
    }

    /// What they are allergic to is their own word, which nobody has confirmed; something else was recorded before.
    pub(crate) fn by_their_own_word(self) -> Self {
        Self { says: true, ..self }
    }

    pub(crate) async fn create(self, app: &TestApp) -> Patient {
        let (mut person, mut texts) = self.person.insert(app).await;
        let said_at = self.says.then(|| app.now());
        let mut known = |field: &str, most| (!self.bare).then(|| texts.make(field, most));
        let model = patient::ActiveModel {
            user_id: Set(person.user_id),
            blood_type: Set(self.blood_type),
            allergies: Set(known("Allergies", 2000)),
            medical_history: Set(known("History", 5000)),
            emergency_contact_name: Set(known("Contact", 120)),
            emergency_contact_phone: Set((!self.bare).then(|| texts.phone())),
            allergies_said_at: Set(said_at),
            allergies_before: Set(said_at.map(|_| texts.make("Before", 2000))),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        let id = model.insert(&app.db).await.unwrap().id;
        person.texts = texts.made;
        Patient { id, person }
    }
}
