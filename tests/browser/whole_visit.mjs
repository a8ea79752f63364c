// A visit from the check of devices to its outcome, in two browsers and a guest's, every picture through the relay. For calls.mjs, which has the servers let calls
// through the relay alone by then; with a folder for pictures both sides are photographed at each stage.
import { answer, expect, open, path, says, signedIn, submit, type } from './keyboard.mjs';
import { comes, invite, letIn, remove, seesTwo } from './guests.mjs';
import { bothSee, pathOf, phoneIsOffered, press, state, watchConnections } from './pictures.mjs';

const PLAN = 'Rest and drink. Back in a week if the cough is still there.';

/** Each with a server of their own: `here` the doctor's, `there` the patient's. */
export async function wholeVisit({ browsers: [doctors, patients, guests], clinic, patient: { email, visit }, servers: [here, there], relay, shots }) {
  const doctor = await signedIn(doctors, clinic.doctor.email, clinic.password, true), patient = await signedIn(patients, email, clinic.password, true);
  const pages = [doctor, patient];
  for (const page of pages) await page.addInitScript(watchConnections);
  const photograph = async (name, more = []) => {
    if (!shots) return;
    for (const [who, page] of [['doctor', doctor], ['patient', patient], ...more]) {
      await page.setViewportSize(who === 'patient' ? { width: 390, height: 800 } : { width: 1280, height: 900 });
      await page.screenshot({ path: `${shots}/visit-${name}-${who}.png`, fullPage: true });
    }
  };
  const thereTheySay = words => patient.waitForFunction(words => document.querySelector('main').textContent.includes(words), words);

  // The patient tries camera, microphone and the way to the relay; then they are there, and the doctor reads so.
  await open(patient, `${there.url}/device-check?appointment=${visit.split('/').at(-1)}`);
  await patient.locator('[data-check=begin]').click();
  for (const name of ['camera', 'microphone', 'network', 'kept']) await patient.waitForSelector(`[data-check=${name}][data-state=good]`);
  await photograph('check');
  await open(doctor, `${here.url}/dashboard`);
  await open(patient, `${there.url}${visit}/room`);
  await type(patient, patient.locator('#arrival [name=location_now]'), 'At home, Ring Road 12, Kathmandu');
  await type(patient, patient.locator('#arrival [name=call_back]'), '+977 9800000001');
  await patient.locator('#arrival [name=consent]').check();
  await submit(patient, '/arrival');
  await doctor.waitForFunction(() => document.querySelector('main').textContent.includes('Camera and microphone work'));
  await open(doctor, `${here.url}${visit}/room`);
  await photograph('waits');

  // It begins: of whom and where they are the doctor makes sure. A room that can have a call stays where it is.
  await submit(doctor, '/start');
  await patient.waitForSelector('#now [data-status] >> text=In visit');
  await doctor.locator('#opening [name=identity]').first().check();
  await submit(doctor, '/opening');
  await doctor.waitForSelector('[data-opening=checked]');

  for (const page of pages) await press(page, 'join');
  await bothSee(pages);
  for (const page of pages) expect(/^relay\/(udp|tcp)$/.test(await pathOf(page)), `the way is ${await pathOf(page)}`);
  await photograph('call');
  await patient.reload();
  await bothSee(pages);
  await press(doctor, 'end');
  await Promise.all(pages.map(page => state(page, 'ended')));
  for (const page of pages) await press(page, 'join');
  await bothSee(pages);
  await press(doctor, 'share');
  await doctor.waitForSelector('[data-call=share][aria-pressed=true]');
  await bothSee(pages);
  await photograph('screen');
  await press(doctor, 'share');
  await doctor.waitForSelector('[data-call=share][aria-pressed=false]');

  const guest = await comes(guests, await invite(doctor, 'Mira Shrestha'));
  await doctor.waitForSelector('#guests-now [data-guest=waits]');
  await letIn(doctor);
  await guest.waitForSelector('[data-standing=let_in]');
  await press(guest, 'join');
  await Promise.all([...pages, guest].map(page => seesTwo(page)));
  await photograph('guest', [['guest', guest]]);
  await remove(doctor);
  await guest.waitForSelector('[data-standing=over]');
  await bothSee(pages);

  // No way is left: the telephone is offered to both, and the visit goes on by it.
  await relay.end();
  await Promise.all(pages.map(page => phoneIsOffered(page)));
  await photograph('no-way');
  const href = await doctor.locator('[data-call=phone] a[href^="tel:"]').getAttribute('href');
  expect(href === 'tel:+9779800000001', `the number to call is ${href}`);
  await open(doctor, `${here.url}${visit}`);
  await answer(doctor, 'Hold it in another way', '/modality', { reason: 'The picture does not come.' });
  await thereTheySay('calls you');
  await relay.start();
  await open(doctor, `${here.url}${visit}/room`);
  await photograph('phone');

  // The note, signed; then the outcome, which ends the visit at the patient's page as well.
  await open(doctor, `${here.url}${visit}/note`);
  await type(doctor, doctor.locator('[name=subjective]'), 'A dry cough for three days.');
  await type(doctor, doctor.locator('[name=plan]'), PLAN);
  await Promise.all([doctor.waitForEvent('load'), doctor.locator('button[formaction$="/signature"]').click()]);
  await open(doctor, `${here.url}${visit}/note`);
  await says(doctor, 'Signed by');
  await open(doctor, `${here.url}${visit}/room`);
  // What lies under a pointer that rests on the page would wait for it, with a word that something has changed.
  await patient.mouse.move(1, 1);
  await submit(doctor, '/outcome');
  await patient.waitForSelector('#now [data-status] >> text=Completed');
  await photograph('over');
  await open(patient, `${there.url}${visit}/summary`);
  expect((await patient.textContent('main')).includes(PLAN), `${path(patient)} does not say what the doctor signed`);
  // How it went stands in the visit's history.
  await open(doctor, `${here.url}${visit}`);
  await says(doctor, 'relay');
  await photograph('afterwards');
  await Promise.all([doctor, patient, guest].map(page => page.context().close()));
}
