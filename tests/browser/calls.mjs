// node calls.mjs
// The call, in two browsers with pictures of their own, at two servers on one database: straight and through a relay, and what befalls pages, servers and
// the relay in the middle of it. calls.sh says where everything is.
import { Caller } from './caller.mjs';
import { checkParts } from './check.mjs';
import { look } from './checks.mjs';
import { clinicOfToday } from './clinic_today.mjs';
import { partsWithOneDevice } from './devices.mjs';
import { partsWithGuests } from './guests.mjs';
import { expect, inShort, open, signedIn } from './keyboard.mjs';
import { addressedToPeople } from './planted_calls.mjs';
import { DEVICES, bothSee, browserWith, framesOf, openRoom, pathOf, phoneIsOffered, press, seesPictures, state } from './pictures.mjs';
import { Relay } from './relay.mjs';
import { partsOfTheRoom } from './room.mjs';
import { Server } from './servers.mjs';
import { wholeVisit } from './whole_visit.mjs';

const relay = new Relay();
const relays = { TURN_URLS: relay.urls.join(','), TURN_SECRET: relay.secret };
const [here, there] = [new Server(process.env.BASE_URL, relays), new Server(process.env.OTHER_URL, relays)];
const shots = process.env.SHOTS;
const arrived = new Set();
const began = Date.now();
let clinic, surgery, visits = 0;

async function inTheRoom(browser, who, visit, server) {
  const page = await signedIn(browser, who.email, clinic.password, true);
  await openRoom(page, `${server.url}${visit}/room`);
  return page;
}

/** A patient who has arrived, and both in the room: of the next visit, or of one that others were in before. */
async function bothInTheRoom(browsers = [doctors, patients], number = visits++) {
  const { email, visit } = clinic.patients[number];
  if (!arrived.has(visit)) {
    const caller = await Caller.signedIn(email, clinic.password, there.url);
    await caller.post(`${visit}/arrival`, { version: 0 });
    await caller.close();
    arrived.add(visit);
  }
  const doctor = await inTheRoom(browsers[0], clinic.doctor, visit, here), patient = await inTheRoom(browsers[1], { email }, visit, there);
  return { doctor, patient, visit, email, end: () => Promise.all([doctor, patient].map(page => page.context().close())) };
}

async function inACall() {
  const both = await bothInTheRoom();
  await press(both.doctor, 'join');
  await state(both.doctor, 'calling');
  await press(both.patient, 'join');
  await bothSee([both.doctor, both.patient]);
  return both;
}

async function twoSeeEachOther() {
  const both = await bothInTheRoom(), { doctor, patient } = both;
  for (const page of [doctor, patient]) expect(await page.locator('#call').getAttribute('data-state') === 'none', 'a call goes on before anybody joins');
  await press(doctor, 'join');
  await state(doctor, 'calling');
  await doctor.waitForSelector('[data-call=words] >> text=You are in the call. Waiting for');
  await patient.waitForSelector('#now [data-call-state=calling]');
  const from = Date.now();
  await press(patient, 'join');
  await bothSee([doctor, patient]);
  const took = Date.now() - from;
  expect(await pathOf(doctor) === 'direct', `the way is ${await pathOf(doctor)}`);
  await doctor.waitForSelector('[data-call=words] >> text=Connected with');
  await patient.waitForSelector('#now [data-call-state=connected]');
  if (shots) await photographs({ doctor, patient });
  await areAccessible({ doctor, patient });
  // Controls have names and say what is on; all of it by the keyboard.
  const microphone = doctor.getByRole('button', { name: 'Microphone' });
  expect(await microphone.getAttribute('aria-pressed') === 'true', 'the microphone is not said to be on');
  await microphone.focus();
  await doctor.keyboard.press('Space');
  expect(await microphone.getAttribute('aria-pressed') === 'false', 'the microphone cannot be switched off by the keyboard');
  // A screen in place of the camera.
  await press(doctor, 'share');
  await doctor.waitForSelector('[data-call=share][aria-pressed=true]');
  await bothSee([doctor, patient]);
  await press(doctor, 'share');
  await doctor.waitForSelector('[data-call=share][aria-pressed=false]');
  await bothSee([doctor, patient]);
  await both.end();
  return took;
}

/** A room with a call in it, as on every other page: axe, nothing sideways, the first stop of the Tab key. */
async function areAccessible(pages) {
  for (const [name, page] of Object.entries(pages)) {
    // As if the page had just been opened: the Tab key begins at its beginning.
    await page.evaluate(() => {
      const first = Object.assign(document.createElement('a'), { href: '#' });
      document.body.prepend(first);
      first.focus();
      first.remove();
    });
    const problems = await look(page);
    expect(problems.length === 0, `${name}: ${problems.join('; ')}`);
    expect(await page.getAttribute('#call', 'data-state') === 'connected', 'looked at without a call');
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    await page.setViewportSize({ width: 1280, height: 720 });
  }
}

async function photographs(pages) {
  for (const [name, page] of Object.entries(pages)) {
    for (const [width, height] of [[1280, 900], [375, 800]]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.screenshot({ path: `${shots}/call-${name}-${width}-${colorScheme}.png` });
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}

/** And hears nothing that was meant for the page before: no more answers than it has offered. */
async function whoLoadsThePageAgainIsBack(both) {
  both = both ?? await inACall();
  let took = 0;
  for (const page of [both.patient, both.doctor]) {
    const from = Date.now();
    let offers = 0, answers = 0;
    const said = request => { if (request.url().endsWith('/call/signals') && request.postDataJSON().kind === 'offer') offers += 1; };
    const heard = async response => {
      if (response.url().includes('/call/signals?')) answers += (await response.json().catch(() => [])).filter(({ kind }) => kind === 'answer').length;
    };
    page.on('request', said).on('response', heard);
    await page.reload();
    await bothSee([both.doctor, both.patient]);
    page.off('request', said).off('response', heard);
    expect(answers > 0 && answers <= offers, `${answers} answers were heard to ${offers} offers`);
    took = Math.max(took, Date.now() - from);
  }
  await both.end();
  return took;
}

/** A planted fault, which the part above must find: what pages say is addressed to people, so that whoever loads the page again hears what was said to the page before. */
async function signalsAddressedToPeopleAreFound() {
  const both = await bothInTheRoom(), pages = [both.doctor, both.patient];
  await addressedToPeople(pages);
  for (const page of pages) await press(page, 'join');
  await bothSee(pages);
  const found = await whoLoadsThePageAgainIsBack(both).then(() => undefined, error => error);
  expect(found, 'a call in which signals are addressed to people passes');
  await Promise.all(pages.map(page => page.unrouteAll({ behavior: 'ignoreErrors' })));
  await both.end();
  expect(/no pictures arrive|data-state=connected|answers were heard/.test(found.message), `something else was found: ${found.message}`);
}

async function whoHangsUpCanJoinAgain() {
  const { doctor, patient, visit, end } = await inACall();
  const lights = page => page.evaluate(() => [...document.querySelectorAll('#call video')].every(video => !video.srcObject));
  for (const [one, other] of [[doctor, patient], [patient, doctor]]) {
    await press(one, 'end');
    for (const page of [one, other]) {
      await state(page, 'ended');
      expect(await lights(page), 'the camera stays on');
    }
    expect(await one.evaluate(() => document.activeElement.dataset.call) === 'join', 'the cursor is lost');
    // Both at once.
    await Promise.all([press(one, 'join'), press(other, 'join')]);
    await bothSee([doctor, patient]);
  }
  // Both hang up at once; the visit goes on.
  await Promise.all([press(doctor, 'end'), press(patient, 'end')]);
  await Promise.all([state(doctor, 'ended'), state(patient, 'ended')]);
  await open(patient, `${there.url}${visit}/room`);
  await patient.waitForSelector('#now [data-status=waiting]');
  await end();
}

/** A second window of the same person takes the call over, and the first says so. */
async function anotherWindowTakesTheCallOver() {
  const { doctor, patient, visit, end } = await inACall();
  const second = await patient.context().newPage();
  await openRoom(second, `${there.url}${visit}/room`);
  await press(second, 'join');
  await patient.waitForSelector('[data-call=words] >> text=goes on in another window');
  await bothSee([doctor, second]);
  await end();
}

/** Nobody else finds a room, a relay, or anything that was said. */
async function aStrangerFindsNothing() {
  const { visit } = clinic.patients[0];
  const stranger = await signedIn(doctors, clinic.patients[11].email, clinic.password, true);
  for (const address of ['room', 'ice', 'call/signals?peer=00000000000000000000000000000000&after=0']) {
    const answer = await stranger.goto(`${here.url}${visit}/${address}`);
    expect(answer.status() === 404, `${address} answers a stranger ${answer.status()}`);
  }
  await stranger.context().close();
}

/** Pictures go on while both servers are gone; then the call can be hung up, which the other is told. */
async function serversThatEndTakeNoPictureAway() {
  const { doctor, patient, end } = await inACall();
  const before = await Promise.all([framesOf(doctor), framesOf(patient)]);
  await Promise.all([here.end(), there.end()]);
  const during = await Promise.all([doctor, patient].map(async (page, which) => {
    await page.waitForTimeout(1500);
    return await framesOf(page) > before[which] + 5;
  }));
  await Promise.all([here.start(), there.start()]);
  expect(during.every(Boolean), 'pictures stop with the servers');
  for (const page of [doctor, patient]) expect(await page.getAttribute('#call', 'data-state') === 'connected', 'the call is said to be broken');
  expect(await doctor.evaluate(() => window.connections.length) === 1, 'another connection was made');
  await press(doctor, 'end');
  await state(patient, 'ended');
  await end();
}

/** Without a camera one sees all the same; where both are refused it is said, and the telephone is offered. */
async function whoHasNoCameraIsTold() {
  for (const [flags, sentence] of [[DEVICES.slice(0, 1), 'does not let the page use it'], [DEVICES.slice(1), 'None was found']]) {
    const bare = await browserWith(...flags);
    const { doctor, patient, end } = await bothInTheRoom([doctors, bare]);
    await press(doctor, 'join');
    await press(patient, 'join');
    await patient.waitForSelector(`[data-call=words] >> text=${sentence}`);
    await seesPictures(patient);
    await patient.waitForSelector('[data-call=phone]:visible');
    expect(await patient.locator('[data-call=camera]').isDisabled(), 'a camera that is not there can be switched on');
    await end();
    await bare.close();
  }
}

/** After a telephone call on a telephone (iOS): what was interrupted is asked for anew when its person is back at the page, and what they had switched off
 * stays off. A microphone that says that it is alive and sends nothing is noticed, and one button leads back into the call. */
async function whatATelephoneCallTakesAwayIsBack() {
  const { doctor, patient, end } = await inACall();
  await press(patient, 'microphone');
  const outgoing = () => patient.evaluate(() => window.connections.at(-1).getSenders().map(one => one.track.id));
  const before = await outgoing();
  await patient.evaluate(() => {
    for (const { track } of window.connections.at(-1).getSenders()) track.dispatchEvent(new Event('mute'));
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await patient.waitForFunction(before => window.connections.at(-1).getSenders().every(({ track }) => track && !before.includes(track.id)), before);
  expect(await patient.evaluate(() => window.connections.at(-1).getSenders().every(({ track }) => track.enabled === (track.kind === 'video'))), 'a microphone that was off is on');
  await bothSee([doctor, patient]);

  await patient.evaluate(() => window.connections.at(-1).getSenders().find(({ track }) => track.kind === 'audio').replaceTrack(null));
  await patient.waitForSelector('[data-call=restart]:visible', { timeout: 20_000 });
  expect(await doctor.locator('[data-call=restart]').isHidden(), 'who is not heard is said at the other side');
  await Promise.all([patient.waitForEvent('load'), press(patient, 'restart')]);
  await bothSee([doctor, patient]);
  expect(await patient.locator('[data-call=restart]').isHidden(), 'the button stays');
  await end();
}

/** From here on everything goes through the relay. */
async function theRelayCarriesTheCall() {
  for (const server of [here, there]) {
    await server.end();
    server.more = { ...relays, CALL_RELAY_ONLY: 'true' };
    await server.start();
  }
  const { doctor, patient, end } = await inACall();
  for (const page of [doctor, patient]) expect(/^relay\/(udp|tcp)$/.test(await pathOf(page)), `the way is ${await pathOf(page)}`);
  await end();
}

/** The relay ends and is back: another way is found, with credentials of its own, before the browsers themselves notice that the line is lost. */
async function aRelayThatWasAwayIsUsedAgain() {
  const { doctor, patient, end } = await inACall();
  const before = await doctor.evaluate(() => window.connections.length);
  const asked = Promise.any([doctor, patient].map(page => page.waitForRequest(/\/ice$/, { timeout: 30_000 })));
  await relay.end();
  await relay.start();
  const from = Date.now();
  await asked.catch(() => expect(false, 'nobody asked for fresh credentials'));
  await bothSee([doctor, patient], 60_000);
  console.log(`     calls: ${await doctor.evaluate(() => window.connections.length) - before} other connections at the doctor's`);
  await end();
  return Date.now() - from;
}

/** Where no way is left, both are offered the telephone within half a minute. */
async function theTelephoneIsOffered() {
  const { doctor, patient, end } = await inACall();
  await relay.end();
  const from = Date.now();
  await Promise.all([doctor, patient].map(page => phoneIsOffered(page)));
  const took = Date.now() - from;
  await relay.start();
  await bothSee([doctor, patient], 60_000);
  for (const page of [doctor, patient]) await page.waitForSelector('[data-call=phone]', { state: 'hidden' });
  await end();
  return took;
}

/** All of a visit, in the order of a clinic's day. */
const aVisitFromCheckToOutcome = () => wholeVisit({ browsers: [doctors, patients, guests], clinic, patient: clinic.patients[visits++], servers: [here, there], relay, shots });

async function run(part) {
  const only = process.env.ONLY;
  if (only && !part.name.match(only)) return;
  try {
    const took = await part();
    console.log(`ok   calls: ${part.name}${took === undefined ? '' : `, ${took} ms`}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`BAD  calls: ${part.name}\n       ${inShort(error)}`);
  }
}

const [doctors, patients, guests] = await Promise.all([1, 2, 3].map(() => browserWith(...DEVICES)));
try {
  await Promise.all([relay.start(), here.start(), there.start()]);
  clinic = await clinicOfToday();
  for (const part of checkParts({ clinic, here, relay, launch: browserWith, devices: DEVICES, shots })) await run(part);
  for (const part of [twoSeeEachOther, whoLoadsThePageAgainIsBack, signalsAddressedToPeopleAreFound, whoHangsUpCanJoinAgain, anotherWindowTakesTheCallOver, aStrangerFindsNothing, ...partsOfTheRoom((number = 0) => bothInTheRoom(undefined, number)), serversThatEndTakeNoPictureAway,
    whoHasNoCameraIsTold, ...partsWithOneDevice(() => bothInTheRoom(undefined, Math.max(visits - 1, 0))), whatATelephoneCallTakesAwayIsBack, ...partsWithGuests({
    guests, bothInTheRoom, shots, surgery: () => ({ ...clinic.doctor, password: clinic.password, url: here.url }),
  }), theRelayCarriesTheCall, aRelayThatWasAwayIsUsedAgain, theTelephoneIsOffered, aVisitFromCheckToOutcome]) await run(part);
  console.log(`     calls: ${Math.round((Date.now() - began) / 1000)} s`);
} finally {
  await Promise.all([doctors, patients, guests].map(browser => browser.close()));
  await Promise.all([here.end(), there.end(), relay.end()]);
}
