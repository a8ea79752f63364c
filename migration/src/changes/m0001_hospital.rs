//! The tenants.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0001_hospital", up, down: |_| drop_table("hospital") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE hospital (
  {id},
  {name} NOT NULL CONSTRAINT hospital_name_key UNIQUE,
  {address} NOT NULL,
  {phone} NOT NULL,
  {email} NOT NULL,
  {time_zone} NOT NULL DEFAULT 'Asia/Kathmandu',
  {currency} NOT NULL DEFAULT 'NPR',
  appointment_fee {money} NOT NULL DEFAULT 1000.00 CHECK (appointment_fee >= 0),
  slot_minutes integer NOT NULL DEFAULT 30 CHECK (slot_minutes BETWEEN 5 AND 240),
  booking_lead_hours integer NOT NULL DEFAULT 24 CHECK (booking_lead_hours BETWEEN 0 AND 8760),
  active boolean NOT NULL DEFAULT true,
  {stamps}
)",
        id = dialect.id(),
        name = text("name", 1, 120),
        address = text("address", 1, 255),
        phone = text("phone", 1, 32),
        email = text("email", 3, 254),
        time_zone = text("time_zone", 1, 64),
        currency = text("currency", 3, 3),
        money = dialect.money(),
        stamps = dialect.stamps(),
    )]
}
