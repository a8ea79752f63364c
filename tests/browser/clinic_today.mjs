// A hospital of its own that is open now, with a visit every five minutes, for instances.mjs. Plain requests make it.
import { Caller } from './caller.mjs';
import { PASSWORD } from './paths.mjs';

const CHOSEN = 'four quiet lamps on a hill';
const SLOT = 5 * 60_000;
const FIRST = ['Aarav', 'Bimala', 'Chandra', 'Deepa', 'Gita', 'Hari', 'Indira', 'Kiran', 'Laxmi', 'Mohan', 'Nabin', 'Ojaswi', 'Pema', 'Pramila', 'Rita', 'Sarita'];

/** An instant as forms of that zone send it. */
const local = (instant, timeZone) => new Date(instant).toLocaleString('sv-SE', { timeZone }).slice(0, 16).replace(' ', 'T');

/** Where no day begins or ends within the next hours. */
function zoneOfDaylight() {
  const hour = Number(local(Date.now(), 'Asia/Kathmandu').slice(11, 13));
  return hour >= 4 && hour < 19 ? 'Asia/Kathmandu' : 'America/Los_Angeles';
}

/** The doctor, the patients, each with the visit that the desk has booked for them, and the password of all. */
export async function clinicOfToday() {
  const zone = zoneOfDaylight();
  const platform = await Caller.signedIn('super@demo.test', PASSWORD);
  const hospital_id = await platform.post('/hospitals', {
    name: 'Clinic of Today', address: 'Ring Road', phone: '+977 1 5550199', email: 'office@today.test', time_zone: zone, slot_minutes: SLOT / 60_000,
    booking_lead_hours: 0, currency: 'NPR', appointment_fee: '1000.00',
  });
  const account = (who, first_name, last_name) => ({ first_name, last_name, email: `${who}@today.test`, password: CHOSEN });
  await platform.post('/admins', { ...account('desk', 'Nirmala', 'Desk'), hospital_id });
  await platform.close();

  const desk = await Caller.signedIn('desk@today.test', CHOSEN);
  const practice = { license_number: `${hospital_id}-today`, specialization: 'General medicine', experience_years: 9, accepting: 'on' };
  const doctor = await desk.post('/doctors', { ...account('doctor', 'Sushma', 'Bista'), ...practice });
  const weekday = (new Date(`${local(Date.now(), zone).slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7; // 0 is Monday
  await desk.post(`/doctors/${doctor}/availability`, { weekday, start_time: '00:00', end_time: '24:00' });
  const soon = Math.ceil(Date.now() / SLOT) * SLOT + SLOT;
  const patients = [];
  for (const [number, first] of FIRST.entries()) {
    const id = await desk.post('/patients', { ...account(`patient${number}`, first, 'Karki'), date_of_birth: '1990-04-23' });
    const visit = await desk.post('/appointments', { doctor_id: doctor, patient_id: id, starts_at: local(soon + number * SLOT, zone) });
    patients.push({ email: `patient${number}@today.test`, visit: `/appointments/${visit}` });
  }
  await desk.close();
  return { doctor: { email: 'doctor@today.test', path: `/doctors/${doctor}` }, desk: { email: 'desk@today.test' }, patients, password: CHOSEN };
}
