// node instances.mjs
// Pages that change by themselves, with two servers: what is done at one is seen at the other, whatever befalls Redis, the line, a server, or a browser.
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { Caller } from './caller.mjs';
import { FLAGS, startBrowser } from './checks.mjs';
import { clinicOfToday } from './clinic_today.mjs';
import { expect, inShort, open, signedIn } from './keyboard.mjs';
import { Server, lineTo, say, whileRedisIsStopped } from './servers.mjs';

const [here, there] = [new Server(process.env.BASE_URL), new Server(process.env.OTHER_URL)];
const browser = await startBrowser();
let clinic, desk, surgery, board;

const isLive = page => page.waitForSelector('main[data-live-state=live]', { timeout: 60_000 });
const figure = (page, name) => page.locator(`[data-figure=${name}]`).innerText().then(Number);
const saysOfItself = (page, text) => page.waitForFunction(text => document.querySelector('main .unchanged').textContent.includes(text), text, { timeout: 60_000 });
const doctor = () => signedIn(browser, clinic.doctor.email, clinic.password, true);

/** Somebody in a room, at one of the servers, in this browser or in one of their own. */
async function inTheRoom(of, visit, server, within = browser) {
  const page = await signedIn(within, of.email, clinic.password, true);
  await open(page, `${server.url}${visit}/room`);
  await isLive(page);
  return page;
}

/** What befalls the other of the two who meet shows in the room. */
const seen = (page, state, timeout = 20_000) => page.waitForFunction(
  state => document.querySelector('#now li:nth-child(2)').dataset.presence === state, state, { timeout });

/** The patient of this number arrives, at the other server. */
async function arrives(number) {
  const { email, visit } = clinic.patients[number];
  const patient = await Caller.signedIn(email, clinic.password, there.url);
  await patient.post(`${visit}/arrival`, { version: 0 });
  await patient.close();
}

/** Somebody more waits on the doctor's board after `act`; how long that took, in milliseconds. */
async function oneMoreWaits(act) {
  const before = await figure(board, 'waiting');
  await board.evaluate(() => { window.isTheSame = true; });
  await act();
  const acted = Date.now();
  await board.waitForFunction(count => Number(document.querySelector('[data-figure=waiting]').textContent) === count, before + 1);
  expect(await board.evaluate(() => window.isTheSame), 'it navigated');
  return Date.now() - acted;
}

async function anArrivalElsewhereIsShown() {
  board = await doctor();
  await open(board, '/dashboard');
  await isLive(board);
  const took = await oneMoreWaits(() => arrives(0));
  await board.waitForFunction(() => document.querySelector('p[role=status].unseen').textContent.endsWith(' is waiting'));
  return took;
}

async function whileRedisIsStoppedAsWell() {
  await isLive(board);
  return whileRedisIsStopped(() => oneMoreWaits(() => arrives(1)));
}

async function whenSubscriptionsAreLostAsWell() {
  await saysOfItself(board, 'up to date');
  // The board tells of its own server alone. Whoever lost the subscription while Redis was stopped has it again within seconds.
  for (const until = Date.now() + 30_000; !/^:[2-9]/.test(await say('CLIENT KILL TYPE pubsub'));) {
    expect(Date.now() < until, 'the two servers have not subscribed');
    await sleep(2_000);
  }
  return oneMoreWaits(() => arrives(2));
}

async function whatHappensBeforeTheStreamIsShown() {
  let go;
  const held = new Promise(resolve => { go = resolve; });
  await board.route('**/live?*', async route => { await held; await route.continue(); });
  await open(board, '/dashboard');
  const took = await oneMoreWaits(async () => { await arrives(3); go(); });
  await board.context().close();
  return took;
}

/** In a room, where people meet, sooner than elsewhere. */
async function aSilentLineIsNoticed() {
  const line = await lineTo(here), page = await doctor();
  const room = await page.context().newPage();
  await open(page, `${line.url}/dashboard`);
  await open(room, `${line.url}${clinic.patients[4].visit}/room`);
  await Promise.all([page, room].map(isLive));
  line.silence(true);
  await saysOfItself(room, 'Not live since');
  expect(await page.getAttribute('main', 'data-live-state') === 'live', 'a room says it no sooner than a board');
  await saysOfItself(page, 'Not live since');
  line.silence(false);
  await Promise.all([page, room].map(isLive));
  await page.context().close();
  line.end();
}

/** Who closes the tab, and whose browser is killed. */
async function whoLeavesIsSeenToHaveLeft() {
  const patient = clinic.patients[5];
  const own = await chromium.launchServer({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  const looking = await inTheRoom(clinic.doctor, patient.visit, here);
  let page = await inTheRoom(patient, patient.visit, there, await chromium.connect(own.wsEndpoint()));
  await seen(looking, 'here');
  const tab = await page.context().newPage();
  await page.close({ runBeforeUnload: true });
  await seen(looking, 'away');
  await open(tab, `${there.url}${patient.visit}/room`);
  await seen(looking, 'here');
  await own.kill();
  await seen(looking, 'away', 70_000);
  await looking.context().close();
}

/** Twenty changes, and whatever was typed anywhere is still there; the row below the pointer does not move. */
async function handsOnPagesAreLeftAlone() {
  const [page, { visit, email }] = [await doctor(), clinic.patients[0]];
  const late = minutes => desk.post(`${clinic.doctor.path}/delay`, { minutes });
  await late(1);
  const [room, thread, list] = [await page.context().newPage(), await page.context().newPage(), await page.context().newPage()];
  const fields = [];
  for (const [tab, address, names] of [
    [page, '/dashboard', []], [list, '/appointments', ['q']], [thread, `${visit}/messages`, ['body']], [room, `${visit}/room`, ['others_present', 'skipped_reason', 'location_now']],
  ]) {
    await open(tab, address);
    await isLive(tab);
    for (const name of names) {
      await tab.fill(`main [name=${name}]`, `Half of ${name}`);
      fields.push([tab, name]);
    }
  }
  const row = page.locator('#day li').last();
  await row.hover();
  const before = await row.boundingBox();
  const patient = await Caller.signedIn(email, clinic.password, there.url);
  for (let change = 2; change <= 21; change += 1) {
    await late(change);
    if (change % 5 === 0) await patient.post(`${visit}/messages`, { body: `Message ${change}` });
    for (const tab of [page, room]) await tab.waitForFunction(minutes => document.querySelector(`[data-late="${minutes}"]`), change);
  }
  await thread.waitForSelector('.thread-news');
  for (const [tab, name] of fields) expect(await tab.inputValue(`main [name=${name}]`) === `Half of ${name}`, `what was typed into ${name} is gone`);
  expect(await room.evaluate(() => document.activeElement.name) === 'location_now', 'the cursor is elsewhere');
  expect((await row.boundingBox()).y === before.y, 'a row moved under the pointer');
  await Promise.all([page.context().close(), patient.close()]);
}

/** What grows above the row that the pointer is over is shown, and the row stays in its place: a press goes to the same visit. Where the page cannot make room,
 * in a window that shows all of it, what would grow waits. */
/** What was chosen in a form that changes by itself waits for its button, as what was typed does, wherever the cursor is by then. */
async function whatIsChosenStaysChosen() {
  const page = await signedIn(browser, clinic.desk.email, clinic.password, true);
  await open(page, '/schedule');
  await isLive(page);
  const view = page.locator('#book-tools [name=view]');
  await view.selectOption('week');
  await view.blur();
  await desk.post('/doctors', {
    first_name: 'Bina', last_name: 'Thapa', email: 'colleague@today.test', password: clinic.password, license_number: 'today-2', specialization: 'General medicine', experience_years: 9,
  });
  await page.waitForFunction(() => document.querySelector('#book-without').textContent.includes('Bina Thapa'));
  expect(await view.inputValue() === 'week', 'what was chosen is gone');
  await page.context().close();
}

async function rowsStayUnderThePointer() {
  const page = await doctor(), { visit } = clinic.patients[11];
  const late = minutes => desk.post(`${clinic.doctor.path}/delay`, { minutes });
  await late(0);
  const link = page.locator(`#day [data-appointment="${visit.split('/').at(-1)}"] a[href="${visit}"]`).first();
  const top = async () => (await link.boundingBox()).y;
  // Rows are as high as their text, in parts of a pixel, and a page is scrolled by whole ones.
  const stays = async before => expect(Math.abs(await top() - before) <= 1, `a row moved under the pointer, from ${before} to ${await top()}`);

  await page.setViewportSize({ width: 1280, height: 8000 });
  await open(page, '/dashboard');
  await isLive(page);
  await link.hover();
  let before = await top();
  await late(7);
  await page.waitForSelector('.session >> text=Something changed here.');
  await stays(before);
  expect(await page.locator('[data-late]').count() === 0, 'it is shown where there is no room');
  await page.click('.session button');
  await page.waitForSelector('#waiting [data-late="7"]');

  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page, '/dashboard');
  await isLive(page);
  await link.hover();
  before = await top();
  const newcomer = page.locator(`#waiting a[href^="${clinic.patients[10].visit}"]`).first();
  await arrives(10);
  await newcomer.waitFor();
  await stays(before);
  await late(0);
  await page.waitForFunction(() => !document.querySelector('[data-late]'));
  await stays(before);
  await page.mouse.down();
  await Promise.all([page.waitForURL(`**${visit}`), page.mouse.up()]);
  await page.context().close();
}

/** One person with a device at each server is there until both are gone. */
async function whoIsThereTwiceLeavesTwice() {
  const patient = clinic.patients[10];
  const looking = await inTheRoom(clinic.doctor, patient.visit, here);
  const one = await inTheRoom(patient, patient.visit, here), other = await inTheRoom(patient, patient.visit, there);
  await seen(looking, 'here');
  const left = looking.waitForFunction(() => document.querySelector('#now li:nth-child(2)').dataset.presence === 'away', undefined, { timeout: 12_000 });
  await one.close({ runBeforeUnload: true });
  expect(await left.then(() => false, () => true), 'whoever is there with another device is said to have left');
  await other.close({ runBeforeUnload: true });
  await seen(looking, 'away');
  // Here again, with the device that had gone first.
  const again = await one.context().newPage();
  await open(again, `${here.url}${patient.visit}/room`);
  await seen(looking, 'here');
  await Promise.all([looking, one, other].map(page => page.context().close()));
}

/** The visit goes on and is over, and another is called off: their rooms say so and lead on. */
async function aRoomSaysThatTheVisitIsOver() {
  const [met, off] = [clinic.patients[6], clinic.patients[7]];
  const [patient, other] = [await inTheRoom(met, met.visit, there), await inTheRoom(off, off.visit, there)];
  const becomes = (page, status) => page.waitForSelector(`#now [data-status=${status}]`);
  await surgery.post(`${off.visit}/cancellation`, { version: 0, reason: 'The clinic closes early today.' });
  await becomes(other, 'cancelled');
  await other.waitForSelector('#acts a[href^="/appointments/new"]');
  await arrives(6);
  await becomes(patient, 'waiting');
  await surgery.post(`${met.visit}/start`, { version: 1 });
  await becomes(patient, 'in_progress');
  await surgery.post(`${met.visit}/outcome`, { version: 2, outcome: 'completed' });
  await becomes(patient, 'completed');
  await patient.waitForSelector(`#acts a[href="${met.visit}"]`);
  await Promise.all([patient, other].map(page => page.context().close()));
}

async function whoSignsOutElsewhereIsTold() {
  const page = await doctor();
  await isLive(page);
  await page.context().request.post(`${there.url}/sign-out`, { headers: { origin: there.url }, maxRedirects: 0 });
  await saysOfItself(page, 'Not live: you have been signed out');
  await page.context().close();
}

async function eightTabsOpen() {
  const first = await doctor();
  const tabs = [first];
  for (let tab = 1; tab < 8; tab += 1) tabs.push(await first.context().newPage());
  for (const tab of tabs) await open(tab, '/dashboard');
  const states = () => Promise.all(tabs.map(tab => tab.getAttribute('main', 'data-live-state')));
  const come = async live => {
    for (let patience = 200; patience > 0; patience -= 1) {
      const found = await states();
      if (found.filter(state => state === 'live').length === live && found.every(Boolean)) return found;
      await new Promise(wake => setTimeout(wake, 100));
    }
    throw new Error(`not ${live} live tabs: ${await states()}`);
  };
  const found = await come(4);
  await saysOfItself(tabs[found.indexOf('off')], 'Not live: many tabs are open. Refresh');
  const [closed] = tabs.splice(found.indexOf('live'), 1);
  await closed.close();
  const live = (await come(4)).flatMap((state, number) => state === 'live' ? [tabs[number]] : []);
  await arrives(8);
  for (const tab of live) await tab.waitForSelector(`#waiting a[href^="${clinic.patients[8].visit}"]`);
  await first.context().close().catch(() => {});
}

/** Fifty streams at the other server, and a room. Those end with a word and the process with them; the room is back by itself, with what it missed. */
async function aServerEndsAndComesBack() {
  const { visit } = clinic.patients[9];
  const room = await inTheRoom(clinic.patients[9], visit, there);
  const people = [];
  for (let one = 0; one < 10; one += 1) people.push(await Caller.signedIn(clinic.doctor.email, clinic.password, there.url));
  const page = await (await people[0].requests.get(`${there.url}/dashboard`)).text();
  const token = page.match(/data-live="([^"]+)"/)[1];
  const streams = people.flatMap(({ requests }) => [...Array(5)].map(async () => {
    const cookie = (await requests.storageState()).cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    return fetch(`${there.url}/live?on=${token}`, { headers: { cookie } });
  }));
  const answers = await Promise.all(streams);
  expect(answers.every(answer => answer.status === 200), 'a stream was refused');
  const began = Date.now();
  const [code, ...texts] = await Promise.all([there.end(), ...answers.map(answer => answer.text())]);
  const took = Date.now() - began;
  expect(code === 0, `it ended with ${code}`);
  expect(texts.every(text => text.endsWith('event: bye\ndata: restart\n\n')), 'a stream ended without a word');
  await room.waitForSelector('main[data-live-state=off]');
  await surgery.post(`${clinic.doctor.path}/delay`, { minutes: 55 });
  await there.start();
  await isLive(room);
  await room.waitForSelector('#now [data-late="55"]');
  await Promise.all([room.context().close(), ...people.map(one => one.close())]);
  return took;
}

async function look(part) {
  try {
    const took = await part();
    console.log(`ok   instances: ${part.name}${took === undefined ? '' : `, ${took} ms`}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`BAD  instances: ${part.name}\n       ${inShort(error)}`);
  }
}

try {
  await here.start();
  await there.start();
  clinic = await clinicOfToday();
  desk = await Caller.signedIn(clinic.desk.email, clinic.password, there.url);
  surgery = await Caller.signedIn(clinic.doctor.email, clinic.password, here.url);
  for (const part of [anArrivalElsewhereIsShown, whileRedisIsStoppedAsWell, whenSubscriptionsAreLostAsWell, whatHappensBeforeTheStreamIsShown]) await look(part);
  // These two wait for most of a minute.
  const waiting = [aSilentLineIsNoticed, whoLeavesIsSeenToHaveLeft].map(look);
  for (const part of [handsOnPagesAreLeftAlone, whatIsChosenStaysChosen, rowsStayUnderThePointer, whoIsThereTwiceLeavesTwice, aRoomSaysThatTheVisitIsOver, whoSignsOutElsewhereIsTold, eightTabsOpen]) await look(part);
  await Promise.all(waiting);
  await look(aServerEndsAndComesBack);
} finally {
  await browser.close();
  await Promise.all([here.end(), there.end()]);
}
