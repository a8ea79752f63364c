// node notes.mjs
// A note as its doctor writes it, at BASE_URL: saved while they type, also when the tab is closed, the server away or the session over; told of what changes around it; signed with
// the keyboard alone and without scripts; and printed.
import { sheets, startBrowser } from './checks.mjs';
import { at, expect, follow, inShort, lead, open, says, signedIn, submit, type } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

const DOCTOR = 'doctor1@demo.test';
const DESK = 'admin1@demo.test';
const LONG = 'आ'.repeat(15_000);
let failed = 0;

const reads = (page, text) => page.waitForFunction(text => document.querySelector('[data-saved]').textContent.startsWith(text), text, { timeout: 30_000 });
const plan = page => page.locator('[name=plan]');

/** The notes that wait for their doctor. */
async function waiting(browser) {
  const page = await signedIn(browser, DOCTOR, PASSWORD, true);
  const notes = await page.locator('#notes-to-sign a[href$="/note"]').evaluateAll(links => links.map(link => link.getAttribute('href')));
  await page.context().close();
  expect(notes.length > 1, 'the demo has no two notes to sign');
  return notes;
}

/** The doctor with a note open, and what is stored of its plan, as another browser of theirs sees it. */
async function writing(browser, note) {
  const [page, other] = [await signedIn(browser, DOCTOR, PASSWORD, true), await signedIn(browser, DOCTOR, PASSWORD, true)];
  await open(page, note);
  const stored = async () => { await open(other, note); return plan(other).inputValue(); };
  const holds = async text => {
    for (let patience = 50; patience > 0; patience -= 1) {
      if ((await stored()).includes(text)) return;
      await new Promise(wake => setTimeout(wake, 100));
    }
    throw new Error(`"${text.slice(0, 20)}" is not stored`);
  };
  return { page, stored, holds, end: () => Promise.all([page.context().close(), other.context().close()]) };
}

/** Closes the tab as its person would; whether it asked first, and stayed. */
async function asksBeforeItCloses(page) {
  let asked = false;
  page.once('dialog', dialog => { asked = dialog.type() === 'beforeunload'; return dialog.dismiss(); });
  await page.close({ runBeforeUnload: true });
  await new Promise(wake => setTimeout(wake, 1_000));
  return asked;
}

async function whoTypesWithoutAPauseIsSaved(browser, [note]) {
  const { page, stored, end } = await writing(browser, note);
  await plan(page).fill('');
  let isTyping = true;
  const typed = plan(page).pressSequentially('Rest, drink, come back on Friday. '.repeat(2), { delay: 160 }).then(() => { isTyping = false; });
  await reads(page, 'Saved');
  await page.waitForFunction(() => document.querySelector('[name=plan]').value.length > 45);
  expect(isTyping, 'it was saved only when the keys were still');
  // As if the browser were killed now: five seconds of typing may be lost, and what the save took.
  const [at, kept] = [(await plan(page).inputValue()).length, (await stored()).length];
  expect(kept > at - 45, `${kept} of ${at} letters are stored`);
  await typed;
  await end();
}

async function theLastWordsOfAClosedTabAreKept(browser, [note]) {
  const { page, holds, end } = await writing(browser, note);
  await plan(page).fill('');
  await plan(page).pressSequentially('The last words');
  expect(!await asksBeforeItCloses(page), 'it asked about what it can send');
  await holds('The last words');
  await end();
}

async function aTabThatCannotSaveAsks(browser, [note]) {
  const { page, holds, end } = await writing(browser, note);
  await page.route('**/note', route => route.request().method() === 'POST' ? route.abort() : route.continue());
  await plan(page).fill('');
  await plan(page).pressSequentially('Nobody hears this');
  await reads(page, 'Not saved: the server could not be reached');
  expect(await asksBeforeItCloses(page), 'it went without a word');
  await page.unroute('**/note');
  await reads(page, 'Saved');
  await holds('Nobody hears this');
  // More than a browser sends for a page that is gone.
  await plan(page).pressSequentially('.');
  await plan(page).fill(LONG);
  expect(await asksBeforeItCloses(page), 'a long note went without a word');
  await holds(LONG);
  await plan(page).fill('Rest.');
  await reads(page, 'Not saved yet');
  await reads(page, 'Saved');
  await end();
}

async function whatIsTypedOutlivesTheSession(browser, [note]) {
  const { page, holds, end } = await writing(browser, note);
  await page.context().clearCookies();
  await plan(page).fill('');
  await plan(page).pressSequentially('After the session');
  await reads(page, 'Not saved: you are signed out');
  const tab = await page.context().newPage();
  await tab.goto(at('/sign-in'));
  await tab.fill('[name=email]', DOCTOR);
  await tab.fill('[name=password]', PASSWORD);
  await Promise.all([tab.waitForURL('**/dashboard'), tab.press('[name=password]', 'Enter')]);
  await reads(page, 'Saved');
  await holds('After the session');
  await end();
}

const saysIts = (page, words) => page.waitForFunction(words => document.querySelector('main > .unchanged').textContent.includes(words), words);
const saysNoMore = (page, words) => page.waitForFunction(words => !document.querySelector('main > .unchanged').textContent.includes(words), words);

/** An allergy is written down elsewhere while the note is: it is not said any more that all is up to date, and it is shown beside what was typed. */
async function anAllergyIsShownBesideWhatIsTyped(browser, [note]) {
  const { page, holds, end } = await writing(browser, note);
  await page.evaluate(() => { window.isTheSame = true; });
  await saysIts(page, 'up to date');
  await plan(page).fill('Half a sen');
  const patient = await page.locator('#banner a').getAttribute('href');
  const desk = await signedIn(browser, DESK, PASSWORD, true);
  await open(desk, `${patient}/edit`);
  await desk.fill('[name=allergies]', 'Latex, newly found');
  await submit(desk, patient);
  await desk.context().close();
  const bar = page.locator('.session', { hasText: 'What is said here of the patient or the visit has changed.' });
  await bar.waitFor();
  await saysNoMore(page, 'up to date');
  expect(await bar.locator('[role=status]').count() === 1, 'nobody is told who does not see it');
  expect(!(await page.locator('#banner').innerText()).includes('newly found'), 'the record was opened by itself');
  await bar.locator('button').click();
  await page.waitForFunction(() => document.querySelector('#banner').textContent.includes('Latex, newly found'));
  await bar.waitFor({ state: 'detached' });
  await saysIts(page, 'up to date');
  await plan(page).pressSequentially('tence');
  expect(await plan(page).inputValue() === 'Half a sentence', 'what was typed is gone');
  await holds('Half a sentence');
  expect(await page.evaluate(() => window.isTheSame), 'the page navigated');
  await end();
}

/** It is changed in another window while nothing is typed in this one, which then claims no more to be what is stored. */
async function aNoteThatIsChangedElsewhereSaysSo(browser, [note]) {
  const { page, end } = await writing(browser, note);
  await saysIts(page, 'up to date');
  const tab = await page.context().newPage();
  await open(tab, note);
  await plan(tab).fill('From another window');
  await submit(tab, '/note');
  await tab.close();
  await reads(page, 'The note was changed in another window');
  await saysNoMore(page, 'up to date');
  expect(!(await plan(page).inputValue()).includes('another window'), 'the form was taken from under the hands');
  await end();
}

async function aNoteIsSignedByKeyboardWithoutScriptsAndPrinted(browser, [, note]) {
  const page = await signedIn(browser, DOCTOR, PASSWORD, false);
  await open(page, note);
  await type(page, plan(page), 'Drink tea, sleep.');
  await submit(page, '/note');
  await says(page, 'The draft is saved.');
  if (await page.locator('p#opening').count()) {
    await follow(page, note.replace(/note$/, 'room#opening'));
    await type(page, page.locator('[name=skipped_reason]'), 'There was no time.');
    await submit(page, '/opening');
    await open(page, note);
  }
  await lead(page, page.locator('button[formaction$="/signature"]'));
  await says(page, 'It cannot be changed any more.');
  await follow(page, note.replace(/note$/, 'summary'));
  await says(page, 'Drink tea, sleep.');

  expect(await sheets(page) === 1, 'it is not one page');
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('body').innerText();
  for (const [what, words] of [['the plan', /Drink tea, sleep\./], ['the zone', /Asia\/Kathmandu/], ['the doctor', /Dr /], ['the year', /20\d\d/]]) {
    expect(words.test(paper), `${what} is not on the paper`);
  }
  expect(await page.locator('.letterhead').innerText() !== '', 'the hospital is not on the paper');
  for (const gone of ['nav', 'header.mast', '.buttons']) {
    expect(!await page.locator(gone).first().isVisible(), `${gone} is on the paper`);
  }
  await page.context().close();
}

const browser = await startBrowser();
try {
  const notes = await waiting(browser);
  for (const part of [whoTypesWithoutAPauseIsSaved, theLastWordsOfAClosedTabAreKept, aTabThatCannotSaveAsks, whatIsTypedOutlivesTheSession,
    anAllergyIsShownBesideWhatIsTyped, aNoteThatIsChangedElsewhereSaysSo, aNoteIsSignedByKeyboardWithoutScriptsAndPrinted]) {
    try {
      await part(browser, notes);
      console.log(`ok   notes: ${part.name}`);
    } catch (error) {
      failed += 1;
      console.log(`BAD  notes: ${part.name}\n       ${inShort(error)}`);
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
