// node day.mjs
// Lives through what people of the clinic at BASE_URL do with visits, once with scripts and once without: with the keyboard alone.
import { startBrowser } from './checks.mjs';
import { PASSWORD } from './paths.mjs';

const base = new URL(process.env.BASE_URL ?? 'http://127.0.0.1:8000');
const at = path => new URL(path, base).href;
let failed = 0;

function expect(is, what) {
  if (!is) throw new Error(what);
}

async function signedIn(browser, email, scripts) {
  const context = await browser.newContext({ javaScriptEnabled: scripts });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  await page.goto(at('/sign-in'));
  await page.fill('[name=email]', email);
  await page.fill('[name=password]', PASSWORD);
  await Promise.all([page.waitForURL('**/dashboard'), page.press('[name=password]', 'Enter')]);
  return page;
}

/** Submits the form that goes to an address with this end, and shows where it leads. */
async function submit(page, end) {
  const shown = answer => answer.request().resourceType() === 'document' && answer.status() !== 303;
  await Promise.all([page.waitForResponse(shown), page.press(`form[action$="${end}"][method=post] button[type=submit]`, 'Enter')]);
  await page.waitForLoadState('load');
}

/** The same for a form behind a question: in place without scripts, in a dialog with them. */
async function answer(page, question, end, fields) {
  await page.press(`details.confirm:has(form[action$="${end}"]) > summary:has-text("${question}")`, 'Enter');
  for (const [name, value] of Object.entries(fields)) await page.fill(`form[action$="${end}"] [name="${name}"]`, value);
  await submit(page, end);
}

const says = async (page, words) => expect((await page.textContent('main')).includes(words), `${page.url()} does not say "${words}"`);
const times = page => page.locator('#times input[name=starts_at]').evaluateAll(all => all.map(one => one.value));
const choose = (page, time) => page.locator(`#times input[name=starts_at][value="${time}"]`).press('Space');

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
  await answer(doctor, 'Propose another time', '/proposal', { starts_at: free.at(-1) });
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

const browser = await startBrowser();
try {
  for (const scripts of [true, false]) {
    const people = {};
    for (const [name, email] of [['patient', 'patient1'], ['doctor', 'doctor1'], ['desk', 'admin1']]) {
      people[name] = await signedIn(browser, `${email}@demo.test`, scripts);
    }
    for (const part of [asked, overbooked]) {
      const name = `${part.name} ${scripts ? 'with' : 'without'} scripts`;
      try {
        await part(people);
        console.log(`ok   day: ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`BAD  day: ${name}\n       ${String(error.stack).split('\n').filter(line => !line.includes('node_modules')).slice(0, 6).join(' ')}`);
      }
    }
    for (const page of Object.values(people)) await page.context().close();
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
