// node day.mjs
// Lives through what people of the clinic at BASE_URL do with visits, once with scripts and once without: with the keyboard alone.
import { startBrowser } from './checks.mjs';
import { answer, at, choose, follow, inShort, says, signedIn, submit, times } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

let failed = 0;

/** A patient asks, the doctor proposes another time, the patient takes it, confirms, and calls it off after all. */
async function asked({ patient, doctor }) {
  await patient.goto(at('/appointments/new?doctor_id=1'));
  const free = await times(patient);
  await choose(patient, free[0]);
  await patient.fill('[name=symptoms]', 'A cough since Friday.');
  await submit(patient, '/appointments');
  await says(patient, 'Requested');
  const visit = patient.url();
  await doctor.goto(visit);
  await follow(doctor, `${new URL(visit).pathname}/rescheduling`);
  await choose(doctor, (await times(doctor)).at(-1));
  await submit(doctor, '/proposal');
  await says(doctor, 'Time proposed');
  await patient.goto(visit);
  await submit(patient, '/proposal/acceptance');
  await says(patient, 'Scheduled');
  await submit(patient, '/confirmation');
  await says(patient, 'Confirmed');
  await answer(patient, 'Cancel the visit', '/cancellation', { reason: 'The cough is gone.' });
  await says(patient, 'Cancelled because');
}

/** The desk books a time, and books it once more with a reason. */
async function overbooked({ desk }) {
  await desk.goto(at('/appointments/new?doctor_id=1'));
  const [time] = await times(desk);
  const booking = at(`/appointments/new?doctor_id=1&date=${time.slice(0, 10)}`);
  for (const patient of [2, 3]) {
    await desk.goto(booking);
    await desk.selectOption('#times [name=patient_id]', { index: patient });
    await choose(desk, time);
    await submit(desk, '/appointments');
  }
  await says(desk, 'That time is taken.');
  await desk.fill('[name=overbook_reason]', 'Chest pain.');
  await submit(desk, '/appointments');
  await says(desk, 'Overbooked because');
}

/** Whoever presses a button twice has sent its form once. Without scripts the server tells the two apart, where it matters. */
async function impatient({ patient }) {
  await patient.goto(at('/profile'));
  let sent = 0;
  const count = async route => {
    if (route.request().method() === 'POST') {
      sent += 1;
      await new Promise(resolve => setTimeout(resolve, 300));
    }
    await route.continue().catch(() => {});
  };
  await patient.route('**/profile', count);
  const button = patient.locator('form[action="/profile"] button').last();
  // The second while the first is under way and not answered: it would take its place.
  const twice = element => { element.click(); setTimeout(() => element.click(), 100); };
  await Promise.all([patient.waitForEvent('load'), button.evaluate(twice)]);
  await patient.unroute('**/profile', count);
  await says(patient, 'Your profile is saved.');
  if (sent !== 1) throw new Error(`one form was sent ${sent} times`);
}

const browser = await startBrowser();
try {
  for (const scripts of [true, false]) {
    const people = {};
    for (const [name, email] of [['patient', 'patient1'], ['doctor', 'doctor1'], ['desk', 'admin1']]) {
      people[name] = await signedIn(browser, `${email}@demo.test`, PASSWORD, scripts);
    }
    for (const part of scripts ? [asked, overbooked, impatient] : [asked, overbooked]) {
      const name = `${part.name} ${scripts ? 'with' : 'without'} scripts`;
      try {
        await part(people);
        console.log(`ok   day: ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`BAD  day: ${name}\n       ${inShort(error)}`);
      }
    }
    for (const page of Object.values(people)) await page.context().close();
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
