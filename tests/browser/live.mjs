// node live.mjs
// Pages that change by themselves, at BASE_URL: two people at once, hands on the page, a visit, a room, a thread. What befalls two servers is in instances.mjs.
import { startBrowser } from './checks.mjs';
import { at, choose, expect, inShort, open, signedIn, submit, times } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';
import { aThreadKeepsWhatIsTyped } from './threads.mjs';
import { aVisitKeepsWhatIsTyped } from './visit_page.mjs';

const DOCTOR = 'doctor1@demo.test';
// Those whom that doctor sees: of three hospitals with twelve doctors each every thirty-sixth.
const PATIENTS = [...Array(10).keys()].map(number => `patient${36 * number + 1}@demo.test`);
let failed = 0;

const isLive = page => page.waitForSelector('main[data-live-state=live]', { timeout: 60_000 });
const figure = (page, name) => page.locator(`[data-figure=${name}]`).innerText().then(Number);
const comes = (page, name, value) => page.waitForFunction(
  ([name, value]) => Number(document.querySelector(`[data-figure=${name}]`).textContent) === value, [name, value]);
const says = (page, text) => page.waitForFunction(text => document.querySelector('main .unchanged').textContent.includes(text), text, { timeout: 60_000 });

/** Sends the first form of a page whose action ends like this, as its person would; without opening its question. */
async function act(page, address, ending) {
  await page.goto(at(address));
  const form = page.locator(`form[action$="${ending}"]`).first();
  if (!await form.count()) return false;
  await Promise.all([page.waitForEvent('load'), form.evaluate(form => form.submit())]);
  return true;
}

let meeting; // the address of a visit that the first patient has asked for

/** Requests enough to decide one after the other. */
async function areAsked(browser) {
  const patient = await signedIn(browser, PATIENTS[0], PASSWORD, true);
  for (let asked = 0; asked < 5; asked += 1) await asks(patient, asked * 3);
  meeting = await newest(patient);
  await patient.context().close();
}

async function asks(patient, place) {
  await patient.goto(at('/appointments/new?doctor_id=1'));
  const free = await times(patient);
  await choose(patient, free[place]);
  await patient.fill('[name=symptoms]', 'A cough since Friday.');
  await submit(patient, '/appointments');
}

async function newest(patient) {
  await open(patient, '/appointments?status=requested');
  const asked = await patient.locator('[data-appointment]').evaluateAll(rows => rows.map(row => Number(row.dataset.appointment)));
  return `/appointments/${Math.max(...asked)}`;
}

/** Doctor A looks, and the same person acts as B in another browser. */
async function watched(browser) {
  const [a, b] = [await signedIn(browser, DOCTOR, PASSWORD, true), await signedIn(browser, DOCTOR, PASSWORD, true)];
  await open(a, '/dashboard');
  await isLive(a);
  return { a, b, end: () => Promise.all([a.context().close(), b.context().close()]) };
}

async function aChangeIsShownWithoutNavigation(browser) {
  const { a, b, end } = await watched(browser);
  await says(a, 'up to date');
  await a.evaluate(() => { window.isTheSame = true; });
  const requests = await figure(a, 'requests');
  expect(await act(b, '/dashboard', '/approval'), 'nothing to approve');
  await comes(a, 'requests', requests - 1);
  expect(await a.evaluate(() => window.isTheSame), 'it navigated');
  await isLive(a);
  await end();
}

async function anArrivalIsSaid(browser) {
  const { a, end } = await watched(browser);
  await a.click('[data-live-sound] button');
  expect(await a.getAttribute('[data-live-sound] button', 'aria-pressed') === 'true', 'the sound is not switched on');
  const waiting = await figure(a, 'waiting');
  for (const email of PATIENTS) {
    const patient = await signedIn(browser, email, PASSWORD, true).catch(() => undefined);
    if (!patient) continue;
    const arrived = await act(patient, '/dashboard', '/arrival');
    await patient.context().close();
    if (arrived && await comes(a, 'waiting', waiting + 1).then(() => true, () => false)) {
      await a.waitForFunction(() => document.querySelector('p[role=status].unseen').textContent.endsWith(' is waiting'));
      return end();
    }
  }
  console.log('     live: nobody of the demo can arrive at this doctor now');
  await end();
}

async function whatChangesBeforeTheStreamIsShown(browser) {
  const { a, b, end } = await watched(browser);
  let go;
  const held = new Promise(resolve => { go = resolve; });
  await a.route('**/live?*', async route => { await held; await route.continue(); });
  await open(a, '/dashboard');
  const requests = await figure(a, 'requests');
  await act(b, '/dashboard', '/approval');
  go();
  await comes(a, 'requests', requests - 1);
  await end();
}

async function handsOnThePageAreLeftAlone(browser) {
  const { a, b, end } = await watched(browser);
  const requests = await figure(a, 'requests');
  const row = a.locator('#requests li').last();
  await row.hover();
  const before = await row.boundingBox();
  const id = await row.getAttribute('data-appointment');
  await act(b, '/dashboard', '/approval');
  await comes(a, 'requests', requests - 1);
  await a.waitForSelector('.session >> text=Something changed here.');
  const after = await a.locator(`#requests [data-appointment="${id}"]`).boundingBox();
  expect(after && after.y === before.y, 'a row moved under the pointer');
  expect(await a.locator('#requests li').count() === requests, 'a row was taken away under the pointer');
  await a.click('.session button');
  await a.waitForFunction(count => document.querySelectorAll('#requests li').length === count, requests - 1);
  expect(await a.locator('.session').count() === 0, 'the notice stays');

  // A question that is open, with a reason half typed.
  await a.locator('#requests summary', { hasText: 'Decline' }).first().click();
  const reason = a.locator('dialog textarea').first();
  await reason.fill('Away on that');
  await act(b, '/dashboard', '/approval');
  await a.waitForSelector('.session >> text=Something changed here.');
  expect(await reason.inputValue() === 'Away on that', 'what was typed is gone');
  await reason.fill('');
  await a.locator('dialog button[type=button]').click();
  await a.click('.session button');
  await a.waitForFunction(() => !document.querySelector('.session'));
  await end();
}

/** The doctor sees the patient come, go and come again; the patient reads that the visit is called off, and where to go on. */
async function aRoomChangesByItself(browser) {
  const doctor = await signedIn(browser, DOCTOR, PASSWORD, true), patient = await signedIn(browser, PATIENTS[0], PASSWORD, true);
  await act(doctor, meeting, '/approval');
  const room = `${meeting}/room`;
  await open(doctor, room);
  await isLive(doctor);
  const seen = state => doctor.waitForFunction(state => document.querySelector('#now li:nth-child(2)').dataset.presence === state, state, { timeout: 20_000 });
  await doctor.evaluate(() => { window.isTheSame = true; });
  await doctor.locator('#late button').first().waitFor({ state: 'visible' });
  await open(patient, room);
  await isLive(patient);
  await seen('here');
  await open(patient, '/dashboard');
  await seen('away');
  await open(patient, room);
  await seen('here');
  await isLive(patient);
  await patient.evaluate(() => { window.isTheSame = true; });

  const desk = await doctor.context().newPage();
  await open(desk, meeting);
  const form = desk.locator('form[action$="/cancellation"]');
  await Promise.all([desk.waitForEvent('load'), form.evaluate(form => {
    form.querySelector('[name=reason]').value = 'The clinic is closed on that day.';
    form.submit();
  })]);
  await patient.waitForSelector('#acts a[href^="/appointments/new"]');
  await patient.waitForSelector('[data-anew]:not([hidden]) a');
  expect((await patient.locator('#now').innerText()).includes('cancelled'), 'the room does not say so');
  expect(!(await patient.content()).includes('closed on that day'), 'why is told in a room');
  expect(await patient.locator('#now [data-presence]').count() === 0, 'somebody is still awaited');
  await doctor.waitForSelector('#acts a[href="/dashboard"]');
  for (const page of [doctor, patient]) {
    expect(await page.evaluate(() => window.isTheSame), 'it navigated');
    expect((await page.locator('h1').innerText()).startsWith('Room of '), 'it is called otherwise');
  }
  await Promise.all([doctor.context().close(), patient.context().close()]);
}

/** Another one: those that were asked for first may be decided by now. */
async function aVisitChangesByItself(browser) {
  const patient = await signedIn(browser, PATIENTS[0], PASSWORD, true);
  await asks(patient, 4);
  meeting = await newest(patient);
  await patient.context().close();
  await aVisitKeepsWhatIsTyped(browser, meeting, [PATIENTS[0], DOCTOR]);
}

const aThreadIsToldOfMore = browser => aThreadKeepsWhatIsTyped(browser, `${meeting}/messages`, [PATIENTS[0], DOCTOR]);

/** What a page asks for by itself is no use of the session: its end is announced as on any other page. */
async function theEndOfTheSessionIsAnnounced(browser) {
  const page = await signedIn(browser, DOCTOR, PASSWORD, true);
  await page.clock.install();
  await open(page, '/dashboard');
  await isLive(page);
  const minutes = await page.evaluate(() => Number(document.body.dataset.sessionMinutes));
  await page.clock.fastForward((minutes - 2) * 60_000 + 10_000);
  await page.waitForSelector('.session[role=alert] >> text=You will be signed out in two minutes');
  await page.context().close();
}

const browser = await startBrowser();
try {
  for (const part of [areAsked, aChangeIsShownWithoutNavigation, anArrivalIsSaid, whatChangesBeforeTheStreamIsShown, handsOnThePageAreLeftAlone, aVisitChangesByItself, aRoomChangesByItself, aThreadIsToldOfMore, theEndOfTheSessionIsAnnounced]) {
    try {
      await part(browser);
      console.log(`ok   live: ${part.name}`);
    } catch (error) {
      failed += 1;
      console.log(`BAD  live: ${part.name}\n       ${inShort(error)}`);
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
