// What somebody without a mouse does on a page: walks with Tab and the arrow keys, presses Enter and Space, types.

const base = new URL(process.env.BASE_URL ?? 'http://127.0.0.1:8000');
const MOST_STOPS = 400; // of the Tab key on one page; more means that it never gets there
const walked = new Set(); // kinds of controls, each once with scripts and once without
const ways = new WeakMap(); // of a context: which of the two

export const at = path => new URL(path, base).href;

export function expect(is, what) {
  if (!is) throw new Error(what);
}

/** What a failure says: its sentence and where it happened, without what lies below this folder. */
export function inShort(error) {
  return String(error.stack).split('\n').filter(line => !line.includes('node_modules')).slice(0, 6).join(' ');
}

export const path = page => new URL(page.url()).pathname;

export async function open(page, address) {
  const answer = await page.goto(at(address));
  expect(answer.ok(), `${address} answers ${answer.status()}`);
}

const hasCursor = control => control.evaluate(element => element === document.activeElement);

/** Gives the cursor to a control. The first time to one of its kind with the Tab key alone, for that takes long on a full page. */
async function reach(page, control) {
  const kind = `${ways.get(page.context())} ${String(control).replace(/\d+/g, '#')}`;
  if (walked.has(kind)) {
    const took = await control.evaluate(element => { element.focus(); return element.tabIndex >= 0 && element === document.activeElement; });
    expect(took, `the Tab key passes by ${control} on ${page.url()}`);
    return;
  }
  for (let stop = 0; !await hasCursor(control); stop += 1) {
    expect(stop < MOST_STOPS, `the Tab key never reaches ${control} on ${page.url()}`);
    await page.keyboard.press('Tab');
  }
  walked.add(kind);
}

/** Walks to a control and presses a key on it. */
export async function press(page, control, key = 'Enter') {
  await reach(page, control);
  await page.keyboard.press(key);
}

/** Walks to a field and types into it, in place of what stands there. */
export async function type(page, control, text) {
  await reach(page, control);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** Walks to a list of choices or to a field for a time and sets it; how the keys do that inside is up to the browser. */
export async function set(page, control, value) {
  await reach(page, control);
  if (await control.evaluate(element => element.matches('select'))) await control.selectOption(value);
  else await control.fill(value);
}

/** Presses a key that leads to another page, and shows where. */
export async function lead(page, control, key = 'Enter') {
  await Promise.all([page.waitForEvent('load'), press(page, control, key)]);
}

/** Follows a link of the page's own, not one of the navigation. */
export const follow = (page, href) => lead(page, page.locator(`main a[href="${href}"]:visible`).first());

/** Submits the form that goes to an address with this end, and shows where it leads. A room that can have a call stays where it is, and says what came of it. */
export async function submit(page, end, within = '') {
  const button = page.locator(`${within} form[action$="${end}"][method=post] button[type=submit]:visible`).first();
  if (ways.get(page.context()) !== 'with' || !await page.locator('.room #call').count()) return lead(page, button);
  await page.evaluate(() => { for (const old of document.querySelectorAll('.flash, .error-summary')) old.classList.add('old'); });
  await press(page, button);
  return page.waitForSelector('.room :is(.flash, .error-summary):not(.old)');
}

/** The same for a form behind a question: in place without scripts, in a dialog with them. */
export async function answer(page, question, end, fields = {}) {
  await press(page, page.locator(`details.confirm:has(form[action$="${end}"]) > summary:has-text("${question}"):visible`).first());
  const asked = ':is(details, dialog)[open]';
  for (const [name, value] of Object.entries(fields)) {
    await type(page, page.locator(`${asked} form[action$="${end}"] [name="${name}"]:visible`).first(), value);
  }
  await submit(page, end, asked);
}

export async function says(page, words) {
  expect((await page.textContent('main')).includes(words), `${page.url()} does not say "${words}"`);
}

export async function signedIn(browser, email, password, scripts) {
  const context = await browser.newContext({ javaScriptEnabled: scripts });
  ways.set(context, scripts ? 'with' : 'without');
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  await open(page, '/sign-in');
  await type(page, page.locator('[name=email]'), email);
  await type(page, page.locator('[name=password]'), password);
  await Promise.all([page.waitForURL('**/dashboard'), page.keyboard.press('Enter')]);
  return page;
}

/** The times that a page offers to be booked, without those that would be overbooked. */
export const times = page => page.locator('#times label.slot').evaluateAll(all => all
  .filter(slot => !slot.textContent.includes('taken')).map(slot => slot.querySelector('input').value));

/** Chooses one of the times: the Tab key stops at the first of them, the arrow keys go on from there. */
export async function choose(page, time) {
  const slots = page.locator('#times input[name=starts_at]');
  const [count, wanted] = [await slots.count(), slots.and(page.locator(`[value="${time}"]`))];
  await press(page, slots.first(), 'Space');
  for (let step = 0; !await hasCursor(wanted); step += 1) {
    expect(step < count, `the arrow keys never reach the time ${time} on ${page.url()}`);
    await page.keyboard.press('ArrowDown');
  }
  expect(await wanted.isChecked(), `the time ${time} has the cursor and is not chosen`);
}
