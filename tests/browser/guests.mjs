// A guest in a call, in a browser of their own: invited from the room, let in, seen by both and seeing both, back after a reload, removed; and links that
// lead nowhere. For calls.mjs.
import { Caller } from './caller.mjs';
import { look } from './checks.mjs';
import { expect, open } from './keyboard.mjs';
import { bothSee, press, state, watchConnections } from './pictures.mjs';

/** Of how many connections of a page pictures arrive, and how many have come over each. */
const arriving = page => page.evaluate(async () => {
  const connected = window.connections.filter(one => one.connectionState === 'connected');
  const stats = await Promise.all(connected.map(async one => [...(await one.getStats()).values()]));
  return stats.map(one => one.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')?.framesDecoded ?? 0);
});

/** Two pictures come, and go on coming; the page counts them too. */
export async function seesTwo(page, patience = 40_000) {
  const until = Date.now() + patience;
  await state(page, 'connected', patience);
  for (let before = []; ;) {
    const now = await arriving(page);
    if (now.length === 2 && before.length === 2 && now.every((frames, which) => before[which] > 0 && frames > before[which] + 4)) break;
    if (now.length !== before.length || before.some(frames => frames === 0)) before = now;
    expect(Date.now() < until, `${now.length} pictures arrive at ${page.url().replace(/-.*/, '')}: ${now}`);
    await new Promise(wake => setTimeout(wake, 100));
  }
  await page.waitForFunction(() => ['frames', 'also'].every(name => Number(document.querySelector('#call').dataset[name]) > 0));
  expect(await page.locator('[data-call=also]').isVisible(), 'the second picture is not shown');
}

/** From the form in the room, which is not left for it; the link. */
export async function invite(doctor, name) {
  await doctor.fill('#guest-name', name);
  await doctor.selectOption('#guest-kind', 'interpreter');
  await doctor.click('#guests button[type=submit]');
  await doctor.waitForFunction(name => document.querySelector('[data-invited-who]').textContent.startsWith(name), name);
  return doctor.locator('[data-guest-link]').inputValue();
}

export async function comes(browser, link) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(20_000);
  await page.addInitScript(watchConnections);
  await open(page, link);
  return page;
}

export const letIn = doctor => doctor.locator('#guests-now').getByRole('button', { name: 'Let in' }).click();

/** It asks before. */
export async function remove(doctor) {
  await doctor.locator('#guests-now summary').click();
  await doctor.locator('dialog button[type=submit]').click();
}

async function photographs(shots, name, page) {
  for (const [width, height] of [[1280, 900], [360, 800]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${shots}/guest-${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** The parts, for a browser of guests, what brings a doctor and a patient into a room, the doctor of all visits with their password, and a folder for pictures. */
export const partsWithGuests = ({ guests, bothInTheRoom, surgery, shots }) => {
  const photograph = async (name, page) => { if (shots) await photographs(shots, name, page); };

  async function aGuestSeesBothAndIsSeenByBoth() {
    const { doctor, patient, end } = await bothInTheRoom();
    await press(doctor, 'join');
    await press(patient, 'join');
    await bothSee([doctor, patient]);
    await doctor.evaluate(() => { window.isSame = true; });
    const link = await invite(doctor, 'Mira Shrestha');
    expect(await doctor.evaluate(() => window.isSame === true), 'the room was left for an invitation');
    const guest = await comes(guests, link), all = [doctor, patient, guest];
    await guest.waitForSelector('[data-standing=waits]');
    expect(await guest.locator('#call').isHidden(), 'who waits is offered the call');
    await doctor.waitForSelector('#guests-now [data-guest=waits]');
    await doctor.waitForSelector('[data-call=words] >> text=Mira Shrestha, interpreter waits to be let in');
    for (const page of [guest, doctor]) {
      const problems = await look(page);
      expect(problems.length === 0, `${page.url().replace(/-.*/, '')}: ${problems.join('; ')}`);
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
      await page.setViewportSize({ width: 1280, height: 720 });
    }
    await photograph('waits', guest);
    await photograph('waits-doctor', doctor);
    await letIn(doctor);
    await guest.waitForSelector('[data-standing=let_in]');
    await photograph('let-in', guest);
    await press(guest, 'join');
    await Promise.all(all.map(page => seesTwo(page)));
    await patient.waitForSelector('#guests-now [data-guest=in_call]');
    expect((await patient.textContent('#guests-now')).includes('Mira Shrestha, interpreter'), 'the patient is not told who is in the call');
    await doctor.waitForSelector('[data-call=words] >> text=Mira Shrestha');
    for (const [name, page] of [['in-call-doctor', doctor], ['in-call-patient', patient], ['in-call', guest]]) await photograph(name, page);

    const from = Date.now();
    await guest.reload();
    await Promise.all(all.map(page => seesTwo(page)));
    const took = Date.now() - from;
    // Whoever leaves can come back; the two go on.
    await press(guest, 'end');
    await bothSee([doctor, patient]);
    await doctor.waitForSelector('#guests-now [data-guest=here]');
    await press(guest, 'join');
    await Promise.all(all.map(page => seesTwo(page)));
    // One of the two loads the page again: all three are back.
    await patient.reload();
    await Promise.all(all.map(page => seesTwo(page)));

    const before = await doctor.evaluate(() => window.connections.length);
    await remove(doctor);
    await guest.waitForSelector('[data-call=words] >> text=The doctor has removed you');
    await guest.waitForFunction(() => window.connections.every(one => one.connectionState === 'closed'));
    expect(await guest.evaluate(() => [...document.querySelectorAll('#call video')].every(video => !video.srcObject)), 'the camera of who was removed stays on');
    await Promise.all([doctor, patient].map(page => page.waitForSelector('[data-call=also]', { state: 'hidden' })));
    await bothSee([doctor, patient]);
    expect((await arriving(doctor)).length === 1, 'a line to who was removed is left');
    expect(await doctor.evaluate(() => window.connections.length) === before, 'the call began anew for a guest that was removed');
    await guest.waitForSelector('[data-standing=over]');
    await photograph('removed', guest);
    expect((await guest.goto(link)).status() === 410, 'the link of who was removed leads somewhere');
    await guest.context().close();
    await end();
    return took;
  }

  async function aLinkIsDeadAfterTheOutcome() {
    const { doctor, patient, visit, end } = await bothInTheRoom();
    const link = await invite(doctor, 'Hari Rai'), guest = await comes(guests, link);
    await doctor.waitForSelector('#guests-now [data-guest=waits]');
    await letIn(doctor);
    await guest.waitForSelector('[data-standing=let_in]');
    const { email, password, url } = surgery(), caller = await Caller.signedIn(email, password, url);
    await caller.post(`${visit}/start`, { version: 1 });
    await caller.post(`${visit}/outcome`, { version: 2, outcome: 'completed' });
    await caller.close();
    await guest.waitForSelector('[data-standing=over]');
    expect((await guest.goto(link)).status() === 410, 'a link leads somewhere after the outcome');
    const stranger = link.replace(/-.*/, `-${'A'.repeat(43)}`);
    expect((await guest.goto(stranger)).status() === 404, 'a link that never was leads somewhere');
    await guest.context().close();
    await patient.waitForSelector('#guests-now:not(:has([data-guest]))', { state: 'attached' });
    await end();
  }

  return [aGuestSeesBothAndIsSeenByBoth, aLinkIsDeadAfterTheOutcome];
};
