//! A booking form that was sent before: what became of what it booked, and whether it still says the same.

use entity::enums::AppointmentStatus;

use super::{
    super::{
        forms::{Booking, WantedTime},
        queries::{self, BookedVisit},
    },
    booking::{Booked, NotBooked},
    slot::{patient_id, wanted},
};
use crate::{access::Viewer, db::Reader};

/// What is to be said of a form that was `refused`: perhaps because it has booked already, a moment ago or long ago. One statement.
///
/// # Errors
/// Why nothing is booked.
pub(super) async fn judge(
    reader: &Reader,
    viewer: &Viewer,
    (booking, token): (&Booking, &str),
    refused: NotBooked,
) -> Result<Booked, NotBooked> {
    match queries::booked_with(reader, viewer.user_id, token).await? {
        // What became of it is said, not that it is booked: it may be over long ago.
        Some(found) if found.status.is_terminal() => Err(NotBooked::Used(found.is_over().to_owned())),
        Some(found) if found.is_what(viewer, booking) => Ok(Booked { id: found.id, before: Some(found.status) }),
        // The form was changed after it had booked, and what it says now is not booked.
        Some(_) if matches!(refused, NotBooked::Taken(_)) => Err(NotBooked::Used(USED.to_owned())),
        _ => Err(refused),
    }
}

const USED: &str = "This form has booked a visit already, which is on the list of visits. What it says now is another one: \
                    send it once more to book that as well.";

const CANCELLED: &str = "The visit that this form booked was cancelled since. Nothing new is booked: send the form once more to book it anew.";
const DECLINED: &str =
    "The request that this form sent was declined since. Nothing new was sent: send the form once more to ask anew.";
const OVER: &str =
    "The visit that this form booked is over. Nothing new is booked: send the form once more to book another.";

impl BookedVisit {
    /// What is said of a form whose visit is over.
    fn is_over(&self) -> &'static str {
        match self.status {
            AppointmentStatus::Cancelled => CANCELLED,
            AppointmentStatus::Rejected => DECLINED,
            _ => OVER,
        }
    }

    /// Whether it is the visit that `booking` asks for.
    fn is_what(&self, viewer: &Viewer, booking: &Booking) -> bool {
        let is_then = match booking.time {
            WantedTime::At(local) => local == self.starts_at.with_timezone(&viewer.zone()).naive_local(),
            // Whenever it was sent first.
            WantedTime::Now => true,
        };
        wanted(viewer, booking).means(self.doctor_id, Some(&self.specialization))
            && patient_id(viewer, booking) == self.patient_id
            && is_then
            && booking.modality.is_none_or(|modality| modality == self.modality)
    }
}
