// node day_book.mjs
// The day book at BASE_URL, on paper and by keyboard: a day with 25 visits is one sheet, two doctors are two, and columns that are wider than a phone are reached.
// What is printed are two doctors who are added, the first of all by name, on a day on which nobody else has visits.
import { Caller } from './caller.mjs';
import { sheets, startBrowser } from './checks.mjs';
import { expect, inShort, open, signedIn } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

const DESK = 'admin1@demo.test';
const CHOSEN = 'four quiet lamps on a hill';
const MANY = 25;
/** The people are told apart by when this is done, and so is the day: a Wednesday, on which others have hours as well, who are columns of the book then. */
const stamp = Date.now();
const DAY = 86_400_000;
const some = new Date(stamp + (60 + stamp % 100) * DAY);
const DATE = new Date(some.getTime() + (3 - some.getUTCDay()) * DAY).toISOString().slice(0, 10);
// Longer than there is room for: it is cut, and says so.
const SYMPTOMS = 'Cough for five days with some fever in the evening, sleeps badly, has tried honey and steam, and asks about antibiotics again. '.repeat(9);
let failed = 0;

const email = who => `${who}.${stamp}@day-book.test`;

async function doctor(desk, number, first_name) {
  const practice = { license_number: `DB ${stamp} ${number}`, specialization: 'General medicine', experience_years: 9, accepting: 'on' };
  const id = await desk.post('/doctors', { first_name, last_name: 'Acharya', email: email(`doctor${number}`), password: CHOSEN, ...practice });
  const weekday = (new Date(DATE).getUTCDay() + 6) % 7; // 0 is Monday
  await desk.post(`/doctors/${id}/availability`, { weekday, start_time: '07:00', end_time: '22:00' });
  return { id, email: email(`doctor${number}`) };
}

/** Books the first so many of the times that the book of the doctor offers. */
async function fill(desk, doctor_id, patient_id, count) {
  const book = await (await desk.requests.get(`${desk.origin}/schedule?date=${DATE}&doctor=${doctor_id}`)).text();
  const free = [...book.matchAll(/data-free="([^"]+)"/g)].map(([, time]) => time);
  expect(free.length >= count, `${free.length} times are free`);
  for (const starts_at of free.slice(0, count)) await desk.post('/appointments', { doctor_id, patient_id, starts_at, symptoms: SYMPTOMS });
}

async function clinic() {
  const desk = await Caller.signedIn(DESK, PASSWORD);
  const person = (who, first_name, last_name) => desk.post('/patients', {
    first_name, last_name, email: email(who), password: CHOSEN, date_of_birth: '1990-04-23', phone: '+977 9813190171',
  });
  const patients = [await person('one', 'Maria-Magdalena Wilhelmina', 'Venkatanarasimharajuvaripeta'), await person('two', 'Gita', 'Karki')];
  const doctors = [await doctor(desk, 0, 'Abha'), await doctor(desk, 1, 'Abir')];
  await fill(desk, doctors[0].id, patients[0], MANY);
  await fill(desk, doctors[1].id, patients[1], 1);
  await desk.close();
  return doctors;
}

async function aDayOf25VisitsIsOneSheetAndTwoDoctorsAreTwo(browser, [first]) {
  const desk = await signedIn(browser, DESK, PASSWORD, false);
  await open(desk, `/schedule?date=${DATE}&doctor=${first.id}`);
  expect(await desk.locator('#book [data-appointment]').count() === MANY, 'not all visits are in the book');
  expect(await sheets(desk) === 1, `the desk prints ${await sheets(desk)} sheets`);
  await open(desk, `/schedule?date=${DATE}`);
  expect(await sheets(desk) === 2, `two doctors are ${await sheets(desk)} sheets`);
  await desk.context().close();
  const surgery = await signedIn(browser, first.email, CHOSEN, false);
  await open(surgery, `/schedule?date=${DATE}`);
  expect(await sheets(surgery) === 1, `the doctor prints ${await sheets(surgery)} sheets`);
  await surgery.emulateMedia({ media: 'print' });
  const paper = await surgery.locator('body').innerText();
  for (const words of ['Dr Abha Acharya', 'Venkatanarasimharajuvaripeta', '23 April 1990', '+977 9813190171', 'Cough for five days', 'Scheduled']) {
    expect(paper.includes(words), `"${words}" is not on the paper`);
  }
  // A word without an end, as somebody may type it, takes no other column off the paper.
  expect(await surgery.evaluate(() => {
    document.querySelectorAll('.sheet tbody .clamped').forEach(text => { text.textContent = 'x'.repeat(300); });
    return [...document.querySelectorAll('.sheet')].every(sheet => sheet.scrollWidth <= sheet.clientWidth);
  }), 'a long word is wider than the paper');
  for (const gone of ['nav', 'header.mast', 'form', '#book', 'h1']) {
    expect(!await surgery.locator(gone).first().isVisible(), `${gone} is on the paper`);
  }
  await surgery.context().close();
}

async function columnsThatAreWiderThanAPhoneAreReachedByKeyboard(browser) {
  const page = await signedIn(browser, DESK, PASSWORD, true);
  await page.setViewportSize({ width: 320, height: 800 });
  await open(page, `/schedule?date=${DATE}`);
  const region = page.locator('.book');
  expect(await region.evaluate(element => element.scrollWidth > element.clientWidth), 'there is nothing to scroll');
  await region.focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.querySelector('.book').scrollLeft > 0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page itself scrolls sideways');
  await page.context().close();
}

const browser = await startBrowser();
try {
  const doctors = await clinic();
  for (const part of [aDayOf25VisitsIsOneSheetAndTwoDoctorsAreTwo, columnsThatAreWiderThanAPhoneAreReachedByKeyboard]) {
    try {
      await part(browser, doctors);
      console.log(`ok   day book: ${part.name}`);
    } catch (error) {
      failed += 1;
      console.log(`BAD  day book: ${part.name}\n       ${inShort(error)}`);
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
