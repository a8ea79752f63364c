//! What is typed about hospitals.

use std::str::FromStr as _;

use entity::{
    Decimal,
    enums::{Modality, SecondFactorRule},
    hospital, limits,
};

use crate::{
    features::{
        accounts::{parse_phone, read_email},
        modalities::{modality_code, parse_modality},
        wall_times::Keep,
    },
    time_zone::Tz,
    web::{FormReader, FormView, forms::Fields},
};

/// Everything about a hospital but whether it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HospitalDetails {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) time_zone: String,
    pub(super) currency: String,
    pub(super) appointment_fee: Decimal,
    pub(super) slot_minutes: i32,
    pub(super) booking_lead_hours: i32,
    pub(super) second_factor: SecondFactorRule,
    pub(super) default_modality: Modality,
    pub(super) emergency_text: Option<String>,
    pub(super) message_days: i32,
}

impl HospitalDetails {
    pub(super) fn of(row: &hospital::Model) -> Self {
        Self {
            name: row.name.clone(),
            address: row.address.clone(),
            phone: row.phone.clone(),
            email: row.email.clone(),
            time_zone: row.time_zone.clone(),
            currency: row.currency.clone(),
            appointment_fee: row.appointment_fee,
            slot_minutes: row.slot_minutes,
            booking_lead_hours: row.booking_lead_hours,
            second_factor: row.second_factor,
            default_modality: row.default_modality,
            emergency_text: row.emergency_text.clone(),
            message_days: row.message_days,
        }
    }

    /// As the form shows it.
    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("address", self.address.clone()),
            ("phone", self.phone.clone()),
            ("email", self.email.clone()),
            ("time_zone", self.time_zone.clone()),
            ("currency", self.currency.clone()),
            ("appointment_fee", format!("{:.2}", self.appointment_fee)),
            ("slot_minutes", self.slot_minutes.to_string()),
            ("booking_lead_hours", self.booking_lead_hours.to_string()),
            ("second_factor", word(self.second_factor).to_owned()),
            ("default_modality", modality_code(self.default_modality).to_owned()),
            ("emergency_text", self.emergency_text.clone().unwrap_or_default()),
            ("message_days", self.message_days.to_string()),
        ]
    }
}

/// Whom a hospital can ask for a second factor: the value in forms, and what it is called.
pub(super) const RULES: [(SecondFactorRule, &str, &str); 3] = [
    (SecondFactorRule::Optional, "optional", "Nobody has to have one"),
    (SecondFactorRule::Staff, "staff", "Doctors and administrators must have one"),
    (SecondFactorRule::Everybody, "everybody", "Everybody must have one, patients too"),
];

fn word(rule: SecondFactorRule) -> &'static str {
    RULES.iter().find(|(known, ..)| *known == rule).map_or("", |(_, word, _)| word)
}

fn rule(text: &str) -> Result<SecondFactorRule, String> {
    let known = RULES.iter().find(|(_, word, _)| *word == text).map(|(rule, ..)| *rule);
    known.ok_or_else(|| "Choose who must have a second factor.".to_owned())
}

/// What a new hospital starts from.
pub(super) fn usual() -> FormView {
    FormView::filled([
        ("time_zone", "Asia/Kathmandu".to_owned()),
        ("currency", "NPR".to_owned()),
        ("appointment_fee", "1000.00".to_owned()),
        ("slot_minutes", "30".to_owned()),
        ("booking_lead_hours", "24".to_owned()),
        ("second_factor", word(SecondFactorRule::Optional).to_owned()),
        ("default_modality", modality_code(Modality::Video).to_owned()),
        ("message_days", "14".to_owned()),
    ])
}

/// A form of a hospital that was understood.
#[derive(Clone, Debug)]
pub(super) struct SentHospital {
    pub(super) details: HospitalDetails,
    /// The version it was made for; empty for a new one.
    pub(super) version: String,
    /// What is to stay if the zone changes; none unless it was asked.
    pub(super) keep: Option<Keep>,
}

/// What may stay when the zone changes: the value, and what it means.
pub(super) const KEEPS: [(&str, Keep); 2] = [("clock", Keep::ClockTimes), ("instant", Keep::Instants)];

/// What stays as it is if nothing is said of it.
const UNSAID: [&str; 4] = ["second_factor", "default_modality", "emergency_text", "message_days"];

/// The form of a hospital, and what was typed. What is [`UNSAID`] stays as `stored`.
///
/// # Errors
/// The form to show again.
pub(super) fn hospital(
    mut fields: Fields,
    stored: Option<&hospital::Model>,
) -> Result<(SentHospital, FormView), Box<FormView>> {
    let known = stored.map_or_else(usual, |row| FormView::filled(HospitalDetails::of(row).values()));
    for name in UNSAID {
        let value = known.values.get(name).cloned().unwrap_or_default();
        fields.entry(name.to_owned()).or_insert(value);
    }
    let reader = FormReader::new(fields);
    let version = reader.optional("version", "Version", 64).unwrap_or_default();
    let keep = reader.parsed_optional("keep", "What stays", what_stays);
    let name = reader.required("name", "Name", limits::HOSPITAL_NAME);
    let address = reader.required("address", "Address", limits::ADDRESS);
    let phone = reader.parsed("phone", "Phone", parse_phone);
    let email = read_email(&reader);
    let time_zone = reader.parsed("time_zone", "Time zone", time_zone);
    let currency = reader.parsed("currency", "Currency", currency);
    let booking = booking(&reader);
    let second_factor = reader.parsed("second_factor", "Second factor", rule);
    let emergency_text = reader.multiline("emergency_text", "For an emergency", limits::EMERGENCY_TEXT);
    let typed = reader.view();
    let contact = phone.zip(email);
    let whole = contact.zip(booking).zip(time_zone.zip(currency).zip(second_factor));
    let details = whole.map(|(((phone, email), booking), ((zone, currency), second_factor))| HospitalDetails {
        name,
        address,
        phone,
        email: email.as_str().to_owned(),
        time_zone: zone.name().to_owned(),
        currency,
        appointment_fee: booking.fee,
        slot_minutes: booking.slot_minutes,
        booking_lead_hours: booking.lead_hours,
        second_factor,
        default_modality: booking.modality,
        emergency_text,
        message_days: booking.message_days,
    });
    reader.finish(details.map(|details| (SentHospital { details, version, keep }, typed)))
}

fn what_stays(text: &str) -> Result<Keep, String> {
    let found = KEEPS.iter().find(|(value, _)| *value == text).map(|(_, keep)| *keep);
    found.ok_or_else(|| "Choose what is to stay.".to_owned())
}

/// How a hospital books, and for how long after a visit its patients can write.
struct BookingRules {
    fee: Decimal,
    slot_minutes: i32,
    lead_hours: i32,
    modality: Modality,
    message_days: i32,
}

fn booking(reader: &FormReader) -> Option<BookingRules> {
    let fee = reader.parsed("appointment_fee", "Fee for a visit", fee);
    let slot = reader.parsed("slot_minutes", "Length of a visit", |text| whole(text, 5, 240));
    let lead = reader.parsed("booking_lead_hours", "Hours ahead", |text| whole(text, 0, 8760));
    let modality = reader.parsed("default_modality", "How visits are held", parse_modality);
    let message_days = reader.parsed("message_days", "Days", |text| whole(text, 0, 365));
    let ((fee, modality), (slot_minutes, lead_hours)) = fee.zip(modality).zip(slot.zip(lead))?;
    Some(BookingRules { fee, slot_minutes, lead_hours, modality, message_days: message_days? })
}

fn time_zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_error| "Enter a time zone such as Asia/Kathmandu.".to_owned())
}

fn currency(text: &str) -> Result<String, String> {
    let is_code = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    is_code.then(|| text.to_owned()).ok_or_else(|| "Enter three capital letters, such as NPR.".to_owned())
}

fn fee(text: &str) -> Result<Decimal, String> {
    let fee = Decimal::from_str(text).ok();
    let fee = fee.filter(|fee| *fee >= Decimal::ZERO && fee.scale() <= 2 && *fee < Decimal::from(1_000_000_000));
    fee.ok_or_else(|| "Enter an amount such as 1000.00, not less than nothing.".to_owned())
}

fn whole(text: &str, least: i32, most: i32) -> Result<i32, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("Enter a whole number, {least} to {most}."))
}
