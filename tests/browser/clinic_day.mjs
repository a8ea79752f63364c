// node clinic_day.mjs
// Lives through a whole day of a clinic at BASE_URL, once with scripts and once without, with the keyboard alone: from the first
// booking to the report. After every step the dashboards of all concerned must show what the model of the day expects. The
// server's clock is moved through CLOCK_FILE (clinic_clock.mjs), so that the day is CLINIC_DAY at whatever hour this is run; it
// must stand before the week before that day when this begins.
import { bothWays } from './both_ways.mjs';
import * as clock from './clinic_clock.mjs';
import { DOCTORS, PATIENTS, returns } from './clinic_hospital.mjs';
import { SLOT, instant, local } from './clinic_model.mjs';
import { Day } from './clinic_people.mjs';
import { answer, at, choose, expect, follow, lead, says, set, submit, times, type } from './keyboard.mjs';

const MINUTE = 60_000;
const MISSED = [0, 1]; // patients who do not come
const REJECTED = 2;
const MOVED = { 5: 18, 8: 18 }; // patients who are proposed another time, and which
const LEAVES = 24; // so many are booked before the second doctor knows to leave early

const idOf = page => page.url().split('/').at(-1);
const doctorOf = number => number % DOCTORS;

/** By whom the visit of a patient is booked: by the desk, by their doctor or, as a wish, by themselves. */
const bookedBy = number => (number % 3 === 0 ? 'desk' : returns(number) ? 'doctor' : 'patient');

/** The page that books, for the doctor and the patient of a visit: with the times that are free, of which the visit's own is chosen. */
async function lookForTimes(day, by, visit) {
  const { doctor, patient } = visit;
  const page = await day.board(day.who(by, visit));
  await follow(page, '/appointments/new');
  const find = page.locator('#find');
  if (by !== 'doctor') await set(page, find.locator('[name=doctor_id]'), day.doctors[doctor].id);
  if (by !== 'patient') await type(page, find.locator('[name=q]'), day.patients[patient].name);
  await lead(page, find.locator('button'));
  const today = (await times(page)).filter(time => time.startsWith(day.model.date));
  const free = day.model.free(doctor, clock.now());
  expect(String(today) === String(free), `${page.url()} offers ${today}, expected ${free}`);
  if (by !== 'patient') await set(page, page.locator('#times [name=patient_id]'), day.patients[patient].id);
  await choose(page, local(visit.starts));
  return page;
}

async function book(day, number) {
  const by = bookedBy(number);
  const visit = day.model.visit(doctorOf(number), number, day.model.time(Math.floor(number / DOCTORS)));
  const page = await lookForTimes(day, by, visit);
  await type(page, page.locator('[name=symptoms]'), `A cough, number ${number}.`);
  await submit(page, '/appointments');
  await says(page, by === 'patient' ? 'Requested' : 'Scheduled');
  visit.id = idOf(page);
  day.model.take(by === 'patient' ? 'asked' : 'booked', visit, by, clock.now());
  await day.step(`the ${by} books for patient ${number}`, number);
  return visit;
}

/** Somebody with chest pain must be seen at nine beside another. */
async function overbook(day) {
  const visit = day.model.visit(0, REJECTED, day.model.time(0));
  const page = await lookForTimes(day, 'desk', visit);
  await type(page, page.locator('[name=symptoms]'), 'Chest pain since five.');
  await submit(page, '/appointments');
  await says(page, 'That time is taken.');
  for (const [field, kept] of [['symptoms', 'Chest pain since five.'], ['patient_id', day.patients[REJECTED].id]]) {
    const value = await page.locator(`#times [name=${field}]`).inputValue();
    expect(value === kept, `${field} is "${value}" after the time was refused, typed was "${kept}"`);
  }
  await type(page, page.locator('[name=overbook_reason]'), 'Chest pain.');
  await submit(page, '/appointments');
  await says(page, 'Overbooked because');
  visit.id = idOf(page);
  day.model.take('booked', visit, 'desk', clock.now());
  await day.step('the desk overbooks', REJECTED);
  return visit;
}

/** The second doctor enters that they leave at four, and sees the times from then on vanish. */
async function leave(day) {
  const [number, { id, page }] = [1, day.doctors[1]];
  const seen = async () => {
    const offered = await page.locator('[data-time]').evaluateAll(all => all.map(time => time.dataset.time));
    const free = day.model.free(number, clock.now());
    expect(String(offered) === String(free), `${page.url()} shows ${offered}, expected ${free}`);
  };
  await lead(page, page.locator('nav a[href="/doctors"]'));
  await follow(page, `/doctors/${id}`);
  await follow(page, `/doctors/${id}/times`);
  await seen();
  await follow(page, `/doctors/${id}`);
  await follow(page, `/doctors/${id}/availability`);
  const absence = { doctor: number, starts: instant(`${day.model.date}T16:00`), ends: instant(`${day.model.date}T23:00`) };
  const form = page.locator('form[action$="/time-off"]');
  for (const [name, moment] of [['starts_at', absence.starts], ['ends_at', absence.ends]]) {
    const [date, time] = local(moment).split('T');
    await set(page, form.locator(`[name=${name}]`), date);
    await type(page, form.locator(`[name=${name}_time]`), time);
  }
  await type(page, form.locator('[name=reason]'), 'A train.');
  await submit(page, '/time-off');
  await says(page, 'A train.');
  day.model.absences.push(absence);
  await follow(page, `/doctors/${id}/times`);
  await seen();
  await day.step('the second doctor is away from four');
}

/** A doctor decides about a request: on the board, but for another time, which is proposed on the page of the visit. */
async function decide(day, visit) {
  const doctor = day.who('doctor', visit);
  const page = await day.board(doctor);
  const [number, here] = [visit.patient, `/${visit.id}`];
  const take = step => day.model.take(step, visit, 'doctor', clock.now());
  if (number in MOVED) {
    visit.proposes = day.model.time(MOVED[number] + visit.doctor);
    await follow(page, `/appointments/${visit.id}`);
    day.model.reads('doctor', visit);
    await follow(page, `/appointments${here}/rescheduling`);
    await choose(page, local(visit.proposes));
    await submit(page, `${here}/proposal`);
    take('proposed');
    return day.step(`patient ${number} is proposed another time`, number);
  }
  if (number === REJECTED) {
    await answer(page, 'Decline', `${here}/rejection`, { reason: 'Your own doctor is back tomorrow.' });
    take('rejected');
  } else {
    await submit(page, `${here}/approval`);
    take('approved');
  }
  return day.step(`the request of patient ${number} is ${visit.status}`, number, doctor);
}

/** The proposed time is taken: by the patient on their board, or by the desk for them. */
async function accept(day, visit, by) {
  const person = day.who(by, visit);
  const page = await day.board(person);
  if (by === 'desk') {
    await lead(page, page.locator('nav a[href="/appointments"]'));
    await set(page, page.locator('[name=status]'), 'proposed');
    await lead(page, page.locator('form[action="/appointments"] button'));
    await follow(page, `/appointments/${visit.id}`);
  }
  await submit(page, `/${visit.id}/proposal/acceptance`);
  day.model.take('accepted', visit, by, clock.now());
  await day.step(`the ${by} takes the time proposed to patient ${visit.patient}`, visit.patient, by === 'patient' ? person : undefined);
}

/** Somebody takes a step on their board, at or soon after an instant. */
async function onBoard(day, moment, [step, end], visit, by) {
  clock.set(moment);
  const person = day.who(by, visit);
  // Who has begun a visit was led back to the board, and ends it from there.
  const page = step === 'completed' ? person.page : await day.board(person);
  if (step === 'missed') await answer(page, 'Did not attend', `/${visit.id}/${end}`);
  else await submit(page, `/${visit.id}/${end}`);
  day.model.take(step, visit, by, clock.now());
  await day.step(`the visit of patient ${visit.patient} is ${visit.status}`, visit.patient, person);
}

/** Everybody comes when they are due, but two. Some visits last beyond their end. */
async function hold(day) {
  const due = day.model.visits.filter(visit => day.model.isToday(visit) && visit.status === 'scheduled');
  for (const starts of [...new Set(due.map(visit => visit.starts))].sort((one, other) => one - other)) {
    const here = due.filter(visit => visit.starts === starts);
    const present = here.filter(visit => !isMissed(visit));
    const number = (starts - day.model.time(0)) / SLOT;
    const waits = 2 + number % 5;
    for (const [place, visit] of present.entries()) {
      await onBoard(day, starts + (place + 1) * MINUTE, ['arrived', 'arrival'], visit, visit.patient % 2 ? 'patient' : 'desk');
    }
    for (const [place, visit] of present.entries()) {
      await onBoard(day, starts + (place + 1 + waits) * MINUTE, ['started', 'start'], visit, 'doctor');
    }
    const over = starts + (number % 4 === 3 ? 20.2 : 14) * MINUTE;
    for (const [place, visit] of present.entries()) {
      await onBoard(day, over + place * MINUTE / 4, ['completed', 'outcome'], visit, 'doctor');
    }
    for (const visit of here.filter(isMissed)) {
      await onBoard(day, starts + 20.5 * MINUTE, ['missed', 'outcome'], visit, 'doctor');
    }
  }
}

const isMissed = ({ patient }) => MISSED.includes(patient);

/** The desk asks for the report of the day. */
async function report(day) {
  const { page } = day.desk;
  const { date } = day.model;
  await lead(page, page.locator('nav a[href="/reports"]'));
  for (const field of ['from', 'to']) await set(page, page.locator(`[name=${field}]`), date);
  await lead(page, page.locator('form[action="/reports"] button'));
  const numbers = day.model.report();
  const hours = minutes => `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const { visits, completed, missed, open: still, calledOff, median, ninetieth } = numbers;
  const figures = { visits, completed, missed, median, ninetieth };
  for (const [name, number] of Object.entries(figures)) {
    const shown = await page.textContent(`[data-figure=report-${name}]`);
    expect(shown === String(number), `the report says ${name} ${shown}, expected ${number}`);
  }
  const row = await page.locator(`[data-day="${date}"] td`).evaluateAll(all => all.slice(0, 5).map(cell => parseInt(cell.textContent, 10)));
  const expected = [visits, completed, missed, still, calledOff];
  expect(String(row) === String(expected), `the report's row of ${date} is ${row}, expected ${expected}`);
  for (const [number, { name }] of day.doctors.entries()) {
    const cells = await page.locator('tr').filter({ has: page.getByRole('rowheader', { name }) }).locator('td').allTextContents();
    const full = [hours(numbers.booked[number]), hours(numbers.working[number])];
    expect(String(cells.slice(0, 2)) === String(full), `the report says ${cells} of ${name}, expected ${full}`);
  }
  expect(completed === PATIENTS - MISSED.length && missed === MISSED.length && calledOff === 1 && still === 0, 'the day did not go as it was meant to');
}

async function live(day) {
  const visits = [];
  for (let number = 0; number < PATIENTS; number += 1) {
    if (number === LEAVES) await leave(day);
    visits.push(await book(day, number));
  }
  for (const visit of visits.filter(({ status }) => status === 'requested')) await decide(day, visit);
  for (const [number, by] of [[5, 'patient'], [8, 'desk']]) await accept(day, visits[number], by);
  await overbook(day);
  await hold(day);
  await report(day);
}

await bothWays('clinic day', [['First Clinic', 0], ['Second Clinic', 14]], async (browser, way) => {
  const day = new Day(browser, way.scripts);
  try {
    await day.open(way);
    await live(day);
  } finally {
    await day.close();
  }
  return `${day.steps} steps, ${day.dashboards} dashboards`;
});
