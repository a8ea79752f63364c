//! Who is in the demo: number k of each kind belongs to hospital `(k - 1) mod hospitals`.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use entity::{
    doctor,
    enums::{BloodType, MailChoice, Modality, Role, SecondFactorRule},
    hospital, patient, user,
};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::IndexedRandom};
use sea_orm::{ActiveValue::NotSet, Set, prelude::Decimal};

use super::{
    DemoOptions,
    conditions::{self, Ailment, Who},
    words,
};
use crate::db::{DoctorTexts, HospitalTexts, PersonTexts};

const SEED: u64 = 2026;

/// Which patient of the first hospital is in it twice. The other is the second after it whom the same doctor sees, so that both come for the same thing.
const TWICE: usize = 5;

/// Everybody, in the order in which they are stored. A user's place in its list is its number less one.
pub(super) struct Cast {
    pub(super) hospitals: Vec<hospital::ActiveModel>,
    pub(super) super_admin: user::ActiveModel,
    pub(super) admins: Vec<DemoPerson>,
    pub(super) doctors: Vec<(DemoPerson, doctor::ActiveModel)>,
    pub(super) patients: Vec<(DemoPerson, patient::ActiveModel)>,
}

/// A user whose hospital is known by its place.
pub(super) struct DemoPerson {
    pub(super) user: user::ActiveModel,
    pub(super) hospital: usize,
}

/// Makes everybody. `hash` is the one password's.
pub(super) fn cast(options: DemoOptions, now: DateTime<Utc>, hash: &str) -> Cast {
    let mut maker = Maker { rng: Xoshiro256PlusPlus::seed_from_u64(SEED), now, hash: hash.to_owned() };
    let hospitals = options.hospitals as usize;
    Cast {
        hospitals: (0..hospitals).map(|place| maker.hospital(place)).collect(),
        super_admin: maker.user(("super", Role::SuperAdmin), 700),
        admins: (0..hospitals).map(|k| maker.member(("admin", Role::HospitalAdmin), k, hospitals)).collect(),
        doctors: (0..options.doctors as usize)
            .map(|k| (maker.member(("doctor", Role::Doctor), k, hospitals), maker.doctor((k, hospitals))))
            .collect(),
        patients: patients(&mut maker, options),
    }
}

fn patients(maker: &mut Maker, options: DemoOptions) -> Vec<(DemoPerson, patient::ActiveModel)> {
    let hospitals = options.hospitals as usize;
    let patient = |place| {
        let condition = conditions::of(options, place);
        let mut person = maker.member(("patient", Role::Patient), place, hospitals);
        maker.suit(&mut person.user, condition);
        (person, maker.patient(place, condition))
    };
    let mut patients: Vec<_> = (0..options.patients as usize).map(patient).collect();
    entered_twice(&mut patients, options);
    patients
}

/// Somebody of the first hospital was entered twice, as it happens: by the same name, born on the same day, for the same thing.
fn entered_twice(patients: &mut [(DemoPerson, patient::ActiveModel)], options: DemoOptions) {
    let (hospitals, doctors) = (options.hospitals as usize, options.doctors_of(0));
    let (one, again) = (TWICE * hospitals, (TWICE + 2 * doctors) * hospitals);
    let Some(one) = patients.get(one).map(|(person, _)| person.user.clone()) else { return };
    if let Some((again, _)) = patients.get_mut(again) {
        again.user.first_name = one.first_name;
        again.user.last_name = one.last_name;
        again.user.name_key = one.name_key;
        again.user.date_of_birth = one.date_of_birth;
    }
}

struct Maker {
    rng: Xoshiro256PlusPlus,
    now: DateTime<Utc>,
    hash: String,
}

impl Maker {
    fn one_of<T: Copy>(&mut self, choices: &[T], otherwise: T) -> T {
        choices.choose(&mut self.rng).copied().unwrap_or(otherwise)
    }

    fn hospital(&mut self, place: usize) -> hospital::ActiveModel {
        let (name, address, zone) = words::HOSPITALS.get(place % words::HOSPITALS.len()).copied().unwrap_or((
            "Demo Hospital",
            "Kathmandu",
            "Asia/Kathmandu",
        ));
        let round = place / words::HOSPITALS.len();
        let name = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
        let since = self.now - Duration::days(400 - i64::try_from(place % 300).unwrap_or(0));
        hospital::ActiveModel {
            id: NotSet,
            name_key: HospitalTexts { name: &name }.keys().name_key,
            name: Set(name),
            address: Set(address.to_owned()),
            phone: Set(format!("+977 1 55{:05}", 10_000 + place)),
            email: Set(format!("desk{}@demo.test", place + 1)),
            time_zone: Set(zone.to_owned()),
            currency: Set(if zone == "Asia/Kolkata" { "INR" } else { "NPR" }.to_owned()),
            appointment_fee: Set(Decimal::new(100_000, 2)),
            slot_minutes: Set(30),
            booking_lead_hours: Set(24),
            default_modality: Set(Modality::Video),
            emergency_text: Set(Some(words::EMERGENCY.to_owned())),
            message_days: Set(14),
            second_factor: Set(SecondFactorRule::Optional),
            active: Set(true),
            created_at: Set(since),
            updated_at: Set(since),
        }
    }

    fn member(&mut self, kind: (&str, Role), number: usize, hospitals: usize) -> DemoPerson {
        let name = format!("{}{}", kind.0, number + 1);
        let user = self.user((&name, kind.1), 390 - i64::try_from(number % 380).unwrap_or(0));
        DemoPerson { user, hospital: number % hospitals }
    }

    fn user(&mut self, (name, role): (&str, Role), days_ago: i64) -> user::ActiveModel {
        let since = self.now - Duration::days(days_ago) + Duration::minutes(self.rng.random_range(0..600));
        let born = self.rng.random_range(10_500..22_000);
        let born = (role != Role::SuperAdmin).then(|| self.now.date_naive() - Duration::days(born));
        let (first_name, last_name) = (self.first_name(Who::Anybody), self.one_of(&words::LAST_NAMES, "Rai"));
        let email = format!("{name}@demo.test");
        let phone = format!("+977 98{:08}", self.rng.random_range(0..100_000_000));
        let texts = PersonTexts { first_name, last_name, email: &email, phone: Some(&phone) };
        let user::ActiveModel { name_key, contact_key, .. } = texts.keys();
        user::ActiveModel {
            id: NotSet,
            name_key,
            contact_key,
            email: Set(email),
            password_hash: Set(self.hash.clone()),
            role: Set(role),
            hospital_id: Set(None),
            first_name: Set(first_name.to_owned()),
            last_name: Set(last_name.to_owned()),
            phone: Set(Some(phone)),
            date_of_birth: Set(born.filter(|date| *date > NaiveDate::MIN)),
            active: Set(true),
            erased_at: Set(None),
            last_sign_in_at: Set(None),
            address_unproved_since: Set(None),
            browsers_forgotten_at: Set(None),
            mail_choice: Set(MailChoice::default()),
            created_at: Set(since),
            updated_at: Set(since),
        }
    }

    fn first_name(&mut self, who: Who) -> &'static str {
        let is_woman = who == Who::Woman || who == Who::Anybody && self.rng.random_ratio(1, 2);
        if is_woman { self.one_of(&words::WOMEN, "Maya") } else { self.one_of(&words::MEN, "Hari") }
    }

    /// Of an age and a name that go with what the patient comes for.
    fn suit(&mut self, user: &mut user::ActiveModel, condition: &Ailment) {
        let (youngest, oldest) = condition.ages;
        let first_name = self.first_name(condition.who);
        let age = Duration::days(self.rng.random_range(youngest * 366..oldest * 365));
        let (last_name, email) = (user.last_name.as_ref(), user.email.as_ref());
        let texts = PersonTexts { first_name, last_name, email, phone: user.phone.as_ref().as_deref() };
        user.name_key = texts.keys().name_key;
        user.first_name = Set(first_name.to_owned());
        user.date_of_birth = Set(Some(self.now.date_naive() - age));
    }

    /// The doctors of a hospital differ in their fields, up to twelve.
    fn doctor(&mut self, (number, hospitals): (usize, usize)) -> doctor::ActiveModel {
        let since = self.now - Duration::days(300);
        let field = words::SPECIALIZATIONS.get(number / hospitals.max(1) % words::SPECIALIZATIONS.len()).copied();
        let (field, license) = (field.unwrap_or("General medicine"), format!("NMC-{:05}", 10_001 + number));
        let keys = DoctorTexts { license_number: &license, license_key: None, specialization: field }.keys();
        doctor::ActiveModel {
            id: NotSet,
            user_id: NotSet,
            license_key: keys.license_key,
            license_number: Set(license),
            specialization: Set(field.to_owned()),
            specialization_key: keys.specialization_key,
            experience_years: Set(self.rng.random_range(2..35)),
            bio: Set(Some(self.one_of(&words::BIOS, "Sees patients by video.").to_owned())),
            education: Set(Some(self.one_of(&words::EDUCATION, "MBBS").to_owned())),
            accepting: Set(number == 0 || self.rng.random_ratio(9, 10)),
            created_at: Set(since),
            updated_at: Set(since),
        }
    }

    /// Some things are not known of some people: pages must say so.
    /// Some have said something themselves that nobody has confirmed yet, of some of these something else was recorded before.
    fn patient(&mut self, number: usize, condition: &Ailment) -> patient::ActiveModel {
        let said_at = number.is_multiple_of(6).then(|| self.now - Duration::days(3));
        let since = self.now - Duration::days(200);
        let blood = [
            BloodType::OPositive,
            BloodType::BPositive,
            BloodType::APositive,
            BloodType::AbPositive,
            BloodType::ONegative,
        ];
        let contact = self.first_name(Who::Anybody);
        patient::ActiveModel {
            id: NotSet,
            user_id: NotSet,
            blood_type: Set(self.rng.random_ratio(7, 10).then(|| self.one_of(&blood, BloodType::OPositive))),
            allergies: Set((self.rng.random_ratio(1, 4) || said_at.is_some())
                .then(|| self.one_of(&words::ALLERGIES, "Latex").to_owned())),
            allergies_said_at: Set(said_at),
            allergies_before: Set(number.is_multiple_of(12).then(|| "Penicillin".to_owned())),
            blood_type_said_at: Set(None),
            blood_type_before: Set(None),
            emergency_contact_said_at: Set(None),
            medical_history: Set(condition.history.map(str::to_owned)),
            emergency_contact_name: Set(Some(contact.to_owned())),
            emergency_contact_phone: Set(Some(format!("+977 97{:08}", self.rng.random_range(0..100_000_000)))),
            created_at: Set(since),
            updated_at: Set(since),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_and_name_go_with_what_a_patient_comes_for() {
        let (options, now) = (DemoOptions::default(), DateTime::from_timestamp_nanos(1_795_000_000_000_000_000));
        let cast = cast(options, now, "");
        for (place, (person, patient)) in cast.patients.iter().enumerate() {
            let (condition, user) = (conditions::of(options, place), &person.user);
            let born = user.date_of_birth.as_ref().unwrap_or_default();
            let age = i64::from(now.date_naive().years_since(born).unwrap_or_default());
            assert!((condition.ages.0..=condition.ages.1).contains(&age), "{age}: {condition:?}");
            assert!(condition.who != Who::Woman || words::WOMEN.contains(&user.first_name.as_ref().as_str()));
            assert_eq!(patient.medical_history.as_ref().as_deref(), condition.history);
        }
        let twice = |place: usize| {
            let user = &cast.patients.get(place)?.0.user;
            Some((
                user.first_name.as_ref(),
                user.last_name.as_ref(),
                user.date_of_birth.as_ref(),
                user.name_key.as_ref(),
            ))
        };
        let again = (TWICE + 2 * options.doctors_of(0)) * 3;
        assert!(twice(TWICE * 3).is_some() && twice(TWICE * 3) == twice(again));
    }
}
