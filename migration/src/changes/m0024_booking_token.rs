//! What tells a booking that was sent twice from two bookings: a random word that the form carries, once for each person.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0024_booking_token", up, down };

fn up(_: Dialect) -> Vec<String> {
    vec![
        "ALTER TABLE appointment ADD COLUMN booking_token text".to_owned(),
        "CREATE UNIQUE INDEX appointment_booking_token ON appointment (requested_by, booking_token) \
         WHERE booking_token IS NOT NULL"
            .to_owned(),
    ]
}

fn down(_: Dialect) -> Vec<String> {
    vec![
        "DROP INDEX appointment_booking_token".to_owned(),
        "ALTER TABLE appointment DROP COLUMN booking_token".to_owned(),
    ]
}
