//! A row of each table with every column filled.

use chrono::{DateTime, TimeDelta, Utc};
use entity::enums::{
    AppointmentStatus, AuditAction, AuditSubject, BloodType, EventKind, MailChoice, Modality, NotificationKind, Role,
    SecondFactorRule,
};
use entity::{
    appointment, appointment_event, audit_entry, availability, doctor, hospital, notification, patient, recovery_code,
    second_factor, time_off, user, user_session,
};
use sea_orm::JsonValue;
use sea_orm::prelude::{Date, Decimal, Time};

use crate::support::{Clinic, at};

pub(crate) fn made() -> DateTime<Utc> {
    at(-60) + TimeDelta::microseconds(123_456)
}

pub(crate) fn changed() -> DateTime<Utc> {
    at(-30) + TimeDelta::milliseconds(500)
}

pub(crate) fn hospital() -> hospital::Model {
    hospital::Model {
        id: 0,
        name: "तिलगंगा".to_owned(),
        address: "Gaushala, Kathmandu".to_owned(),
        phone: "+977 1 4493775".to_owned(),
        email: "desk@eye.test".to_owned(),
        time_zone: "Europe/London".to_owned(),
        currency: "GBP".to_owned(),
        appointment_fee: Decimal::new(123_456, 2),
        slot_minutes: 20,
        booking_lead_hours: 0,
        second_factor: SecondFactorRule::Staff,
        default_modality: Modality::Phone,
        emergency_text: Some("Call 102.".to_owned()),
        message_days: 30,
        active: false,
        name_key: Some("तिलगंगा".to_owned()),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn user(email: &str, role: Role, hospital: i64) -> user::Model {
    user::Model {
        id: 0,
        email: email.to_owned(),
        password_hash: "$argon2id$v=19$".to_owned(),
        role,
        hospital_id: Some(hospital),
        first_name: "Bimala".to_owned(),
        last_name: "Śreṣṭha".to_owned(),
        phone: Some("+977 98".to_owned()),
        date_of_birth: Date::from_ymd_opt(1956, 2, 29),
        active: false,
        erased_at: Some(at(-2)),
        last_sign_in_at: Some(at(-1)),
        address_unproved_since: Some(at(-4)),
        browsers_forgotten_at: Some(at(-3)),
        name_key: Some("srestha\tbimala".to_owned()),
        contact_key: Some("b@clinic.test\ttel:97798".to_owned()),
        mail_choice: MailChoice::Changes,
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn doctor(user: i64) -> doctor::Model {
    doctor::Model {
        id: 0,
        user_id: user,
        license_number: "NMC 4711".to_owned(),
        specialization: "Ophthalmology".to_owned(),
        experience_years: 31,
        bio: Some("Cataracts.".to_owned()),
        education: Some("MBBS, MD".to_owned()),
        accepting: false,
        specialization_key: Some("ophthalmology".to_owned()),
        license_key: Some("nmc4711".to_owned()),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn patient(user: i64) -> patient::Model {
    patient::Model {
        id: 0,
        user_id: user,
        blood_type: Some(BloodType::AbNegative),
        allergies: Some("Penicillin".to_owned()),
        medical_history: Some("None\nto speak of".to_owned()),
        emergency_contact_name: Some("Maya".to_owned()),
        emergency_contact_phone: Some("98".to_owned()),
        blood_type_said_at: Some(at(-9)),
        blood_type_before: Some(BloodType::OPositive),
        allergies_said_at: Some(at(-8)),
        allergies_before: Some("None that is known".to_owned()),
        emergency_contact_said_at: Some(at(-7)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn window(doctor: i64) -> availability::Model {
    availability::Model {
        id: 0,
        doctor_id: doctor,
        weekday: 6,
        start_time: Time::from_hms_opt(8, 30, 0).unwrap(),
        end_time: Time::from_hms_opt(17, 0, 0).unwrap(),
        end_minute: Some(1500),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn absence(doctor: i64) -> time_off::Model {
    time_off::Model {
        local_starts_at: Some(at(0).naive_utc()),
        local_ends_at: Some(at(60).naive_utc()),
        time_zone: Some("Asia/Kathmandu".to_owned()),
        id: 0,
        doctor_id: doctor,
        starts_at: at(0),
        ends_at: at(6000),
        reason: Some("Dashain".to_owned()),
        created_at: made(),
        updated_at: changed(),
    }
}

/// Every column but the reasons for states that this one is not in.
pub(crate) fn proposed(clinic: &Clinic) -> appointment::Model {
    appointment::Model {
        local_starts_at: Some(at(0).naive_utc()),
        proposed_local_starts_at: Some(at(60).naive_utc()),
        time_zone: Some("Asia/Kathmandu".to_owned()),
        id: 0,
        hospital_id: clinic.hospital,
        doctor_id: clinic.doctor,
        patient_id: clinic.patient,
        starts_at: at(0),
        ends_at: at(30),
        status: AppointmentStatus::Proposed,
        modality: Modality::InPerson,
        symptoms: Some("Blurred sight".to_owned()),
        requested_by: clinic.patient_user,
        rejection_reason: None,
        cancellation_reason: None,
        proposed_starts_at: Some(at(60)),
        wished_starts_at: Some(at(90)),
        displaced_at: Some(at(-1)),
        overbook_reason: Some("Urgent".to_owned()),
        booking_token: None,
        version: 7,
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn event((appointment, doctor): (i64, i64), actor: i64) -> appointment_event::Model {
    appointment_event::Model {
        id: 0,
        appointment_id: appointment,
        actor_id: actor,
        kind: EventKind::Proposed,
        from_status: Some(AppointmentStatus::Requested),
        to_status: AppointmentStatus::Proposed,
        note: Some("An hour later".to_owned()),
        local_starts_at: Some(at(0).naive_utc()),
        proposed_local_starts_at: Some(at(60).naive_utc()),
        from_doctor_id: Some(doctor),
        at: at(-29),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn notification(appointment: i64, recipient: i64) -> notification::Model {
    notification::Model {
        id: 0,
        recipient_id: recipient,
        kind: NotificationKind::AppointmentProposed,
        appointment_id: Some(appointment),
        local_starts_at: Some(at(0).naive_utc()),
        proposed_local_starts_at: Some(at(60).naive_utc()),
        read_at: Some(at(-2)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn session(user: i64) -> user_session::Model {
    user_session::Model {
        id: 0,
        key_hash: "0f".repeat(32),
        user_id: user,
        created_at: made(),
        updated_at: changed(),
        last_seen_at: at(-3),
        expires_at: at(720),
        ip: "2001:db8::1".to_owned(),
        user_agent: "Firefox".to_owned(),
        proved_at: Some(at(-4)),
        revoked_at: Some(at(-2)),
    }
}

pub(crate) fn audit_entry(clinic: &Clinic) -> audit_entry::Model {
    audit_entry::Model {
        id: 0,
        at: at(-5),
        actor_id: clinic.patient_user,
        actor_name: "Asha Gurung".to_owned(),
        actor_role: Role::Patient,
        hospital_id: Some(clinic.hospital),
        ip: Some("192.0.2.7".to_owned()),
        action: AuditAction::Updated,
        subject_kind: AuditSubject::Patient,
        subject_id: clinic.patient,
        detail: JsonValue::from(vec!["phone", "last_name"]),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn second_factor(user: i64) -> second_factor::Model {
    second_factor::Model {
        id: 0,
        user_id: user,
        secret: Some(vec![0, 255, 7]),
        last_step: 59_849_790,
        generation: 2,
        enabled_at: Some(at(-7)),
        removal_reason: Some("Lost telephone".to_owned()),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn recovery_code(user: i64) -> recovery_code::Model {
    recovery_code::Model {
        id: 0,
        user_id: user,
        digest: "0f".repeat(32),
        used_at: Some(at(-2)),
        created_at: made(),
        updated_at: changed(),
    }
}
