//! What ten, a hundred, a thousand times as many appointments make of the doctor's dashboard: `-- growth`.
//!
//! A clinic grows by doctors and by years, not by the length of a doctor's day: each doctor has 12 visits a day, the last 30
//! days of them still to come. The rows are made inside Postgres.

use super::{
    clinic::{Clinic, PASSWORD},
    plans,
    services::{Services, largest_growth},
    signing_in,
    table::Table,
};

/// Visits of a doctor in a day.
const DAILY: u32 = 12;
/// Appointments, and the doctors and days on which they are: `DAILY * doctors * days`.
const SIZES: [(u32, u32, u32); 4] =
    [(10_000, 14, 60), (100_000, 46, 181), (1_000_000, 167, 499), (10_000_000, 640, 1302)];

/// Whose dashboards' statements are measured; their goals are for the demo, and 1.3 of them here.
const DASHBOARDS: [(&str, &str, &str); 3] = [
    ("admin1@growth.test", "hospital administrator", "≤ 3.3 ms"),
    ("patient1@growth.test", "patient", "≤ 0.5 ms"),
    ("doctor1@growth.test", "doctor", "≤ 1.3 ms"),
];

/// Measures each size up to `BENCH_GROWTH` appointments.
pub(crate) fn measure(services: &Services, table: &mut Table) {
    let hash = signing_in::hash(PASSWORD);
    let mut first = None;
    for (appointments, doctors, days) in SIZES.into_iter().filter(|size| size.0 <= largest_growth()) {
        services.renew();
        services.execute(&rows(doctors, days, &hash));
        services.analyze();
        let clinic = Clinic::serve(services, &[("CACHE_PAGE_SECONDS", "0")]);
        let emails: Vec<String> = (1..=7).map(|k| format!("doctor{k}@growth.test")).collect();
        let mut costs: Vec<_> =
            clinic.sign_in(&emails).iter().map(|cookie| clinic.cost("/dashboard", cookie)).collect();
        costs.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
        let cost = &costs[costs.len() / 2];
        let before = *first.get_or_insert(cost.milliseconds);
        let ratio = format!("{:.2}", cost.milliseconds / before);
        table.row([
            &format!("doctor dashboard, uncached, {appointments} appointments ({doctors} doctors, {days} days)"),
            &format!("{:.1} ms", cost.milliseconds),
            &format!("the smallest; {:.1} ms of it in the database", cost.database),
            &ratio,
            if appointments == 10_000_000 { "≤ 1.3" } else { "" },
        ]);
        drop(clinic);
        plans::measure(services, table, (&DASHBOARDS, &format!(", {appointments} appointments")));
    }
}

/// The statements that make a clinic of that size. Triggers and indexes rest meanwhile; what they would say is so by
/// construction.
fn rows(doctors: u32, days: u32, hash: &str) -> String {
    let patients = doctors * days * DAILY / 10 / 10 * 10;
    let people = people(doctors, patients, hash);
    format!(
        "SET session_replication_role = replica;
         SET maintenance_work_mem = '512MB';
         CREATE TEMP TABLE resting AS SELECT indexdef FROM pg_indexes WHERE tablename = 'appointment'
            AND indexname NOT IN (SELECT conname FROM pg_constraint);
         DO $$ DECLARE name text; BEGIN
           FOR name IN SELECT indexname FROM pg_indexes WHERE tablename = 'appointment'
              AND indexname NOT IN (SELECT conname FROM pg_constraint) LOOP EXECUTE 'DROP INDEX ' || name; END LOOP;
         END $$;
         {people}
         INSERT INTO appointment (hospital_id, doctor_id, patient_id, starts_at, ends_at, status, symptoms, requested_by,
                                  rejection_reason, cancellation_reason, proposed_starts_at)
         SELECT (d - 1) % 10 + 1, d, p, at, at + interval '30 minutes', status, 'Fever since yesterday', 11 + {doctors} + p,
                CASE status WHEN 'rejected' THEN 'No time' END, CASE status WHEN 'cancelled' THEN 'Travelling' END,
                CASE status WHEN 'proposed' THEN at + interval '1 day' END
           FROM (SELECT d, at, {PATIENT} AS p, {STATUS} AS status
                   FROM (SELECT d, day, slot, date_trunc('hour', now()) + make_interval(days => 30 - day, mins => slot * 30 - 180) AS at
                           FROM generate_series(0, {days} - 1) day, generate_series(1, {doctors}) d,
                                generate_series(0, {DAILY} - 1) slot) visit) visit;
         INSERT INTO notification (recipient_id, kind, appointment_id, read_at, created_at)
         SELECT 11 + doctor_id, 'appointment_confirmed', id, CASE WHEN id % 997 > 3 THEN now() END, now()
           FROM appointment WHERE id % 10 = 0;
         {KEPT}
         DO $$ DECLARE definition text; BEGIN
           FOR definition IN SELECT indexdef FROM resting LOOP EXECUTE definition; END LOOP;
         END $$;
         SET session_replication_role = origin",
        PATIENT = patient(patients),
        STATUS = STATUS,
    )
}

/// What the triggers would have counted.
const KEPT: &str = "INSERT INTO care_relation (doctor_id, patient_id, visits, completed)
         SELECT doctor_id, patient_id, count(*), count(*) FILTER (WHERE status = 'completed')
           FROM appointment WHERE status <> 'rejected' GROUP BY doctor_id, patient_id;
         INSERT INTO doctor_tally (doctor_id, patients_seen)
         SELECT doctor_id, count(*) FROM care_relation WHERE completed > 0 GROUP BY doctor_id;
         INSERT INTO hospital_tally (hospital_id, admins, doctors, patients)
         SELECT hospital_id, count(*) FILTER (WHERE role = 'hospital_admin'), count(*) FILTER (WHERE role = 'doctor'),
                count(*) FILTER (WHERE role = 'patient')
           FROM \"user\" WHERE hospital_id IS NOT NULL GROUP BY hospital_id;";

/// Ten hospitals; ids in the order super administrator, administrators, doctors, patients.
fn people(doctors: u32, patients: u32, hash: &str) -> String {
    format!(
        "INSERT INTO hospital (name, address, phone, email) SELECT 'Hospital ' || k, 'Kathmandu', '+977 1', 'desk@growth.test'
           FROM generate_series(1, 10) k;
         INSERT INTO \"user\" (email, password_hash, role, hospital_id, first_name, last_name)
         SELECT CASE WHEN k = 1 THEN 'super' WHEN k <= 11 THEN 'admin' || k - 1 WHEN k <= 11 + {doctors} THEN 'doctor' || k - 11
                     ELSE 'patient' || k - 11 - {doctors} END || '@growth.test',
                '{hash}',
                CASE WHEN k = 1 THEN 'super_admin' WHEN k <= 11 THEN 'hospital_admin' WHEN k <= 11 + {doctors} THEN 'doctor'
                     ELSE 'patient' END,
                CASE WHEN k = 1 THEN NULL WHEN k <= 11 THEN k - 1 WHEN k <= 11 + {doctors} THEN (k - 12) % 10 + 1
                     ELSE (k - 12 - {doctors}) % 10 + 1 END,
                'First' || k % 1000, 'Last' || k % 7919
           FROM generate_series(1, 11 + {doctors} + {patients}) k;
         INSERT INTO doctor (user_id, license_number, specialization, experience_years, accepting)
         SELECT 11 + k, 'L' || k, 'General medicine', 5, true FROM generate_series(1, {doctors}) k;
         INSERT INTO patient (user_id) SELECT 11 + {doctors} + k FROM generate_series(1, {patients}) k;"
    )
}

/// A patient of the doctor's hospital, each of whom has ten visits, at ten times, with one doctor or several.
fn patient(patients: u32) -> String {
    format!("((day::bigint * {DAILY} + slot) * 7919 + d::bigint * 104729) % ({patients} / 10) * 10 + (d - 1) % 10 + 1")
}

/// By chance, but always the same: in the past mostly completed, today some wait, later scheduled and asked for.
const STATUS: &str = "CASE
    WHEN at < now() - interval '1 hour' THEN
      (ARRAY['completed','completed','completed','completed','completed','completed','completed','completed','no_show','cancelled'])
      [1 + (day * 31 + slot * 17 + d * 13) % 10]
    WHEN at < now() + interval '30 minutes' THEN 'waiting'
    ELSE (ARRAY['scheduled','scheduled','scheduled','scheduled','confirmed','confirmed','requested','requested','proposed','cancelled'])
      [1 + (day * 31 + slot * 17 + d * 13) % 10]
  END";
