// A hospital of its own for a day: made by those who run it, with a desk, two doctors and thirty patients, some of whom have
// been there before. Plain requests do that; what is looked at in the browser is the day.
import { Caller } from './caller.mjs';
import * as clock from './clinic_clock.mjs';
import { CLOSES, Model, OPENS, SLOT, ZONE, local } from './clinic_model.mjs';
import { PASSWORD } from './paths.mjs';

const CHOSEN = 'four quiet lamps on a hill';
const FIRST = ['Aarav', 'Bimala', 'Chandra', 'Deepa', 'Gita', 'Hari'];
const LAST = ['Adhikari', 'Karki', 'Magar', 'Poudel', 'Shrestha'];
export const DOCTORS = 2;
export const PATIENTS = FIRST.length * LAST.length;

/** Whether the doctor of a patient may book for them on the day: because they have been there before. */
export const returns = number => number % 3 === 1;

/** Makes it a week before `date`, with so many patients; the people with what their pages are called by, and the model of it. */
export async function hospital(name, date, count = PATIENTS) {
  const model = new Model(date, DOCTORS, count);
  const email = who => `${who}@${name.toLowerCase().replaceAll(' ', '-')}.test`;
  const platform = await Caller.signedIn('super@demo.test', PASSWORD);
  const hospital_id = await platform.post('/hospitals', {
    name, address: 'Ring Road', phone: '+977 1 5550199', email: email('office'), time_zone: ZONE, slot_minutes: SLOT / 60_000,
    booking_lead_hours: 0, currency: 'NPR', appointment_fee: '1000.00',
  });
  const account = (who, first_name, last_name) => ({ first_name, last_name, email: email(who), password: CHOSEN });
  await platform.post('/admins', { ...account('desk', 'Nirmala', 'Desk'), hospital_id });
  await platform.close();

  const desk = await Caller.signedIn(email('desk'), CHOSEN);
  const weekday = (new Date(date).getUTCDay() + 6) % 7; // 0 is Monday
  const doctors = [];
  for (let number = 0; number < DOCTORS; number += 1) {
    const [first, last] = [['Sushma', 'Bista'], ['Rajan', 'Tamang']][number];
    const practice = { license_number: `${hospital_id}-${number}`, specialization: 'General medicine', experience_years: 9, accepting: 'on' };
    const id = await desk.post('/doctors', { ...account(`doctor${number}`, first, last), ...practice });
    await desk.post(`/doctors/${id}/availability`, { weekday, start_time: `0${OPENS}:00`, end_time: `${CLOSES}:00` });
    doctors.push({ id, name: `Dr ${first} ${last}`, email: email(`doctor${number}`) });
  }
  const patients = [];
  for (const [row, last] of LAST.entries()) {
    const before = row * FIRST.length;
    patients.push(...await Promise.all(FIRST.slice(0, Math.max(0, count - before)).map(async (first, column) => {
      const who = `patient${before + column}`;
      const id = await desk.post('/patients', { ...account(who, first, last), date_of_birth: '1990-04-23' });
      return { id, name: `${first} ${last}`, email: email(who) };
    })));
  }
  await earlier(model, desk, doctors, patients);
  await desk.close();
  return { model, doctors, patients, desk: { email: email('desk') }, password: CHOSEN };
}

/** The visits of the week before, which everybody came to. */
async function earlier(model, desk, doctors, patients) {
  const surgeries = await Promise.all(doctors.map(({ email }) => Caller.signedIn(email, CHOSEN)));
  for (const number of patients.keys()) {
    if (!returns(number)) continue;
    const doctor = number % DOCTORS;
    const visit = model.visit(doctor, number, model.time(number >> 1, 1));
    const id = await desk.post('/appointments', {
      doctor_id: doctors[doctor].id, patient_id: patients[number].id, starts_at: local(visit.starts),
    });
    model.take('booked', visit, 'desk', clock.now());
    await desk.post(`/appointments/${id}/arrival`, { version: 0 });
    model.take('arrived', visit, 'desk', clock.now());
    await surgeries[doctor].post(`/appointments/${id}/start`, { version: 1 });
    model.take('started', visit, 'doctor', clock.now());
    await surgeries[doctor].post(`/appointments/${id}/outcome`, { version: 2, outcome: 'completed' });
    model.take('completed', visit, 'doctor', clock.now());
  }
  await Promise.all(surgeries.map(surgery => surgery.close()));
}
