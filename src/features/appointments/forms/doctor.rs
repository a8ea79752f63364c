//! With whom a visit is wanted.

use entity::limits;

use super::super::queries::Party;
use crate::{
    features::schedules::{ANY_DOCTOR, is_field},
    web::FormReader,
};

/// What is said where a doctor has to be chosen, and was not.
pub(in super::super) const NO_DOCTOR: &str = "Choose a doctor of your hospital.";

/// One doctor, or whoever is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum WantedDoctor {
    /// `doctor.id`
    One(i64),
    /// Whoever is free then, of this field if one is named.
    Any(Option<String>),
}

impl WantedDoctor {
    /// What a form or an address says.
    pub(super) fn parse(doctor_id: &str, specialization: Option<&str>) -> Option<Self> {
        if doctor_id == ANY_DOCTOR {
            let field = specialization.map(str::trim).filter(|field| !field.is_empty());
            return Some(Self::Any(field.map(str::to_owned)));
        }
        doctor_id.parse().ok().map(Self::One)
    }

    /// The fields `doctor_id` and `specialization`, which only counts where any doctor would do.
    pub(super) fn read(reader: &FormReader) -> Option<Self> {
        let field = reader.optional("specialization", "Field", limits::SPECIALIZATION);
        reader.parsed("doctor_id", "Doctor", |id| Self::parse(id, field.as_deref()).ok_or_else(|| NO_DOCTOR.to_owned()))
    }

    /// `doctor.id`, if it is one.
    pub(in super::super) fn id(&self) -> Option<i64> {
        match self {
            Self::One(id) => Some(*id),
            Self::Any(_) => None,
        }
    }

    /// The field of whoever is free, if one is named.
    pub(in super::super) fn field(&self) -> Option<&str> {
        match self {
            Self::One(_) => None,
            Self::Any(field) => field.as_deref(),
        }
    }

    pub(in super::super) fn is_any(&self) -> bool {
        matches!(self, Self::Any(_))
    }

    /// Whether a doctor of that id and field is meant.
    pub(in super::super) fn means(&self, id: i64, specialization: Option<&str>) -> bool {
        match self {
            Self::One(one) => *one == id,
            Self::Any(field) => {
                field.as_deref().is_none_or(|field| is_field(field, specialization.unwrap_or_default()))
            }
        }
    }

    /// Whether that doctor would do. Who takes no new patients is booked by name alone, by staff: with few visits they would get most of those that were
    /// meant for whoever is free.
    pub(in super::super) fn takes(&self, doctor: &Party) -> bool {
        self.means(doctor.id, doctor.note.as_deref()) && (!self.is_any() || doctor.active && doctor.accepting)
    }

    /// The same with its field as the list of doctors spells it; of all fields where nobody on it has that one.
    pub(in super::super) fn among(self, doctors: &[Party]) -> Self {
        let Self::Any(Some(field)) = &self else { return self };
        let of_list = doctors.iter().filter_map(|doctor| doctor.note.as_deref());
        Self::Any(of_list.into_iter().find(|known| is_field(known, field)).map(str::to_owned))
    }

    /// As an address says it.
    pub(in super::super) fn pairs(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::One(id) => vec![("doctor_id", id.to_string())],
            Self::Any(field) => {
                let field = field.iter().map(|field| ("specialization", field.clone()));
                [("doctor_id", ANY_DOCTOR.to_owned())].into_iter().chain(field).collect()
            }
        }
    }
}
