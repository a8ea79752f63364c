// node desk_day.mjs
// The day of a receptionist at BASE_URL, in a hospital with twenty doctors and two hundred visits on that day, by keyboard, once with scripts and once without: what each
// thing costs that is done all day is counted and printed, and more than was meant is a fault. The server's clock is moved as in clinic_day.mjs, after whose days these are.
import { bothWays } from './both_ways.mjs';
import { Caller } from './caller.mjs';
import * as clock from './clinic_clock.mjs';
import { largeClinic } from './clinic_large.mjs';
import { instant, local } from './clinic_model.mjs';
import { Counted } from './counted.mjs';
import { at, expect, open, path, says, signedIn } from './keyboard.mjs';

const MOST_BYTES = 60_000; // of the desk's dashboard, as it is sent
const idOf = page => page.url().split('/').at(-1).split(/[?#]/)[0];

/** Twenty people can be read without scrolling, and the first who waits is among them; the page is small where it has to be loaded. */
async function theBoardHoldsEverybody({ page }, { visits }) {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, '/dashboard');
  const seen = await page.locator('#board [data-appointment]').evaluateAll(all => all.filter(row => {
    const box = row.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  }).length);
  expect(seen >= 20, `${seen} people are on the screen`);
  const first = await page.locator('[data-column=waiting] [data-appointment]').first().boundingBox();
  expect(first.y + first.height <= 800, 'who waits first is not on the screen');
  const standing = await page.locator('#board [data-appointment]').count();
  expect(standing === visits.length, `${standing} of ${visits.length} visits are on the board`);
  const answer = await page.context().request.get(at('/dashboard'), { headers: { 'accept-encoding': 'br' } });
  const bytes = Number((await answer.headers())['content-length'] ?? MOST_BYTES + 1);
  expect(bytes <= MOST_BYTES, `the dashboard is ${bytes} bytes`);
  console.log(`     the board: ${seen} people on the screen, ${standing} in all, ${bytes} bytes`);
}

/** Somebody of whom three letters were heard stands at the desk. */
async function arrival(desk, { visits }) {
  const visit = visits[190];
  await desk.ask(desk.page.locator('#q'), visit.patient.name.slice(0, 3));
  await desk.submit(`/${visit.id}/arrival`);
  expect(await desk.page.locator(`[data-column=waiting] #visit-${visit.id}`).count() === 1, 'who has come does not wait');
}

/** A visit of the afternoon goes to another time, and stays what it is. */
async function move(desk, { visits }) {
  const { page } = desk;
  const visit = visits[140];
  await desk.follow(`/appointments/${visit.id}`);
  await desk.follow(`/appointments/${visit.id}/rescheduling`);
  const free = page.locator('input[name=starts_at]');
  await desk.pick(free, page.locator(`[value="${local(visit.starts + 5 * 3_600_000)}"]`));
  await desk.submit('/rescheduling');
  if (idOf(page) !== visit.id) await open(page, `/appointments/${visit.id}`);
  for (const words of ['moved the visit to another time', 'A cough, number 140.', local(visit.starts + 5 * 3_600_000).slice(11)]) await says(page, words);
}

/** Types who it is, and finds them chosen. */
async function forWhom(desk, within, { id, name }) {
  await desk.ask(desk.page.locator('#find [name=q]'), name);
  const chosen = await desk.page.locator(`${within} [name=patient_id]`).inputValue();
  expect(chosen === id, `of those who are called ${name} ${chosen || 'nobody'} is chosen`);
}

/** Whoever is free sees somebody who calls. */
async function anyDoctor(desk, { patients }) {
  const { page } = desk;
  await desk.follow('/times');
  await desk.lead(page.locator('main a[href*="starts_at="]:visible').first());
  await forWhom(desk, '#times', patients[198]);
  await desk.submit('/appointments');
  await says(page, 'Scheduled');
}

/** Somebody known, with their own doctor, at the first time that is free. */
async function knownPatient(desk, { patients, doctors }) {
  const { page } = desk;
  await desk.follow('/appointments/new');
  await desk.choose(page.locator('#find [name=doctor_id]'), doctors[3].id);
  await forWhom(desk, '#times', patients[199]);
  const free = page.locator('#times label.slot:not(:has-text("taken")) input');
  await desk.pick(page.locator('#times input[name=starts_at]'), page.locator(`[value="${await free.first().getAttribute('value')}"]`));
  await desk.submit('/appointments');
  await says(page, 'Scheduled');
}

/** Somebody comes in who has no visit, while every doctor has one. */
async function walkIn(desk, { patients, doctors }) {
  const { page } = desk;
  await desk.follow('/appointments/new?walk_in=on');
  await forWhom(desk, '#walk-in', patients[197]);
  await desk.choose(page.locator('#walk-in [name=doctor_id]'), doctors[7].id);
  await desk.type(page.locator('#walk-in [name=overbook_reason]'), 'Out of breath.');
  await desk.submit('/appointments');
  expect(path(page) === '/dashboard' || await page.locator('main [data-status=waiting]').count() > 0, 'who walked in does not wait');
}

/** Somebody whose page is open cannot wait: beside another visit of the doctor whom they know. */
async function urgent(desk) {
  const { page } = desk;
  await desk.lead(page.locator('main a[href*="urgent=on"]'));
  const chosen = page.locator('#times input[name=starts_at]:checked');
  expect(await chosen.getAttribute('data-taken') !== null, 'the next time is not one that is taken');
  await desk.type(page.locator('[name=overbook_reason]'), 'Chest pain.');
  await desk.submit('/appointments');
  await says(page, 'Overbooked because');
}

/** A doctor is ill, and twelve visits have to go elsewhere. */
async function doctorIsIll(desk, { doctors, date }) {
  const { page } = desk;
  const { id } = doctors[0];
  await desk.lead(page.locator('nav a[href="/doctors"]:visible').first());
  await desk.follow(`/doctors/${id}`);
  await desk.follow(`/doctors/${id}/availability`);
  const form = page.locator('form[action$="/time-off"]');
  for (const [name, time] of [['starts_at', '09:00'], ['ends_at', '23:00']]) {
    // From the day to the time leads the Tab key, as from part to part within the day.
    desk.presses += 1;
    await form.locator(`[name=${name}]`).fill(date);
    await form.locator(`[name=${name}_time]`).fill(time);
  }
  await desk.submit('/time-off');
  await desk.lead(page.locator('main a[href$="?each=first"]:visible'));
  await desk.type(page.locator('[name=message]'), 'The doctor is ill.');
  await desk.lead(page.locator('#visits form button[type=submit]'));
  const done = await page.locator('[data-result]').evaluateAll(all => all.map(line => line.dataset.result));
  const moved = done.filter(result => !['refused', 'left'].includes(result)).length;
  expect(moved >= 12 && !done.includes('refused'), `of the visits became ${done}`);
}

/** Who did not come, and who is still open, when the day is over. */
async function endOfDay(desk) {
  await desk.lead(desk.page.locator('nav a[href="/appointments"]:visible').first());
  await desk.choose(desk.page.locator('[name=status]'), 'needs_outcome');
  await desk.lead(desk.page.locator('form[action="/appointments"] button:visible').first());
  expect(await desk.page.locator('[data-appointment]').count() > 0, 'nobody is on the list');
}

const TASKS = [
  ['an arrival among two hundred', { presses: 2, loads: 2, before: '5 and 4' }, arrival],
  ['a visit is moved', { presses: 4, loads: 3, before: '11 and 7' }, move],
  ['a visit with any of twenty doctors', { presses: 5, loads: 4, before: 'impossible' }, anyDoctor],
  ['a visit with the own doctor', { presses: 7, loads: 3, before: '8 and 3' }, knownPatient],
  ['a walk-in', { presses: 6, loads: 3, before: '10 and 5' }, walkIn],
  ['a doctor is ill', { presses: 10, loads: 6, before: '130 and 84' }, doctorIsIll],
];

async function live(browser, { scripts, name, date }) {
  const clinic = { ...await largeClinic(name, date), date };
  clock.set(instant(`${date}T09:05`));
  const early = await Caller.signedIn(clinic.desk.email, clinic.password);
  for (const { id } of clinic.visits.slice(0, clinic.doctors.length)) await early.post(`/appointments/${id}/arrival`, { version: 0 });
  await early.close();
  const desk = new Counted(await signedIn(browser, clinic.desk.email, clinic.password, scripts));
  await theBoardHoldsEverybody(desk, clinic);
  for (const [task, most, act] of TASKS) await desk.task(task, most, () => act(desk, clinic));
  const from = `/patients/${clinic.patients[125].id}`;
  await desk.task('somebody urgent at a time that is taken', { presses: 2, loads: 2, before: '9 and 5', from }, () => urgent(desk));
  clock.set(instant(`${date}T19:00`));
  await desk.task('who is left over in the evening', { presses: 4, loads: 2 }, () => endOfDay(desk));
  console.log(desk.table());
  await desk.page.context().close();
}

await bothWays(`the desk's day`, [['First Large Clinic', 56], ['Second Large Clinic', 70]], live);
