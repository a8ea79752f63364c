// A hospital of its own as large as they come: twenty doctors, two hundred patients, and as many visits on one day. Plain requests make it.
import { Caller } from './caller.mjs';
import * as clock from './clinic_clock.mjs';
import { CLOSES, OPENS, SLOT, ZONE, instant, local } from './clinic_model.mjs';
import { PASSWORD } from './paths.mjs';

const CHOSEN = 'four quiet lamps on a hill';
const WEEK = 7 * 24 * 3_600_000;
const FIRST = ['Aarav', 'Bimala', 'Chandra', 'Deepa', 'Gita', 'Hari', 'Indira', 'Kiran', 'Laxmi', 'Mohan', 'Nabin', 'Ojaswi', 'Pema', 'Rita', 'Sarita', 'Tara', 'Uma', 'Vivek', 'Yamuna', 'Zenith'];
const LAST = ['Adhikari', 'Basnet', 'Chaudhary', 'Gurung', 'Karki', 'Lama', 'Magar', 'Poudel', 'Rai', 'Shrestha'];
const FIELDS = ['General medicine', 'Paediatrics', 'Dermatology', 'Cardiology'];

/** Does something with each of them, ten at once. */
async function each(all, act) {
  const waiting = [...all.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}

/** Makes it a week before `date`. Of each doctor how they are called and their id, of each patient as well, and of each visit its id, its doctor, its patient and
 *  when it begins. */
export async function largeClinic(name, date) {
  const email = who => `${who}@${name.toLowerCase().replaceAll(' ', '-')}.test`;
  clock.set(instant(`${date}T07:00`) - WEEK);
  const platform = await Caller.signedIn('super@demo.test', PASSWORD);
  const hospital_id = await platform.post('/hospitals', {
    name, address: 'Ring Road', phone: '+977 1 5550199', email: email('office'), time_zone: ZONE, slot_minutes: SLOT / 60_000,
    booking_lead_hours: 0, currency: 'NPR', appointment_fee: '1000.00',
  });
  await platform.post('/admins', { first_name: 'Nirmala', last_name: 'Desk', email: email('desk'), password: CHOSEN, hospital_id });
  await platform.close();

  const desk = await Caller.signedIn(email('desk'), CHOSEN);
  const [doctors, patients, visits] = [[], [], []];
  await each(FIRST, async (first, number) => {
    const practice = { license_number: `${hospital_id}-${number}`, specialization: FIELDS[number % FIELDS.length], experience_years: 9, accepting: 'on' };
    const id = await desk.post('/doctors', { first_name: first, last_name: 'Thapa', email: email(`doctor${number}`), ...practice });
    for (const weekday of [0, 1, 2, 3, 4, 5, 6]) await desk.post(`/doctors/${id}/availability`, { weekday, start_time: `0${OPENS}:00`, end_time: `${CLOSES}:00` });
    doctors[number] = { id, name: `Dr ${first} Thapa` };
  });
  await each(FIRST.flatMap(first => LAST.map(last => [first, last])), async ([first_name, last_name], number) => {
    const person = { first_name, last_name, email: email(`patient${number}`), date_of_birth: `19${40 + number % 60}-04-23`, phone: `+977 980 ${String(1_000_000 + number)}` };
    // Who signs in has a password.
    const id = await desk.post('/patients', number ? person : { ...person, password: CHOSEN });
    patients[number] = { id, name: `${first_name} ${last_name}`, email: person.email };
  });
  // Ten or nine of each doctor at the first times of the day, and in the afternoon three more of the first doctor.
  const grid = 194;
  await each(patients.slice(0, 197), async (patient, number) => {
    const [place, of] = number < grid ? [Math.floor(number / doctors.length), number % doctors.length] : [14 + number - grid, 0];
    const [starts, doctor] = [instant(`${date}T0${OPENS}:00`) + place * SLOT, doctors[of]];
    const id = await desk.post('/appointments', { doctor_id: doctor.id, patient_id: patient.id, starts_at: local(starts), symptoms: `A cough, number ${number}.` });
    visits[number] = { id, doctor, patient, starts };
  });
  await desk.close();
  return { doctors, patients, visits, desk: { email: email('desk') }, password: CHOSEN };
}
