// node passkey.mjs
// Adds a passkey at BASE_URL, signs in and shows who one is with it, all with an authenticator that the browser plays.
import { look, startBrowser } from './checks.mjs';
import { answer, at, expect, inShort, open, path, press, says, signedIn, submit, type } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

const PERSON = 'patient3@demo.test';
const OWN = '/profile/second-factor';
const DEVICE = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
const use = page => press(page, page.locator('[data-passkey=get] button:visible'));
let failed = 0;

/** A device in this browser: what sends it commands, and its number. */
async function device(page) {
  const commands = await page.context().newCDPSession(page);
  await commands.send('WebAuthn.enable');
  const { authenticatorId } = await commands.send('WebAuthn.addVirtualAuthenticator', { options: DEVICE });
  return { commands, authenticatorId };
}

async function added(page) {
  await open(page, OWN);
  await type(page, page.locator('[data-passkey=create] [name=name]'), 'This computer');
  await submit(page, '/passkeys');
  await says(page, 'Write these down');
  await open(page, OWN);
  await says(page, 'This computer');
  expect(!await page.locator('[data-note]:visible').count(), 'the sentence for browsers without scripts stands there');
  const problems = await look(page);
  expect(!problems.length, problems.join('; '));
}

/** The same device makes no second one. */
async function onceADevice(page) {
  await type(page, page.locator('[data-passkey=create] [name=name]'), 'Again');
  await press(page, page.locator('[data-passkey=create] button'));
  await page.waitForSelector('[role=alert]:visible');
  await says(page, 'This device has a passkey of yours already.');
}

async function signsIn(page, { commands, authenticatorId }) {
  await submit(page, '/sign-out');
  await open(page, '/sign-in');
  await type(page, page.locator('[name=email]'), PERSON);
  await type(page, page.locator('[name=password]'), PASSWORD);
  await Promise.all([page.waitForURL('**/sign-in/second-factor*'), page.keyboard.press('Enter')]);
  await commands.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await use(page);
  await page.waitForSelector('[data-note][role=alert]:visible');
  await says(page, 'Nothing came from your device');
  await commands.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await Promise.all([page.waitForURL('**/dashboard'), use(page)]);
}

async function showsWhoOneIs(page) {
  await open(page, '/profile/proof?next=%2Fprofile');
  await Promise.all([page.waitForURL(at('/profile')), use(page)]);
}

async function withoutScripts(browser) {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await open(page, '/sign-in');
  await page.fill('[name=email]', PERSON);
  await page.fill('[name=password]', PASSWORD);
  await Promise.all([page.waitForURL('**/sign-in/second-factor*'), page.keyboard.press('Enter')]);
  await says(page, 'Your passkey needs scripts');
  expect(!await page.locator('[data-passkey] button:visible').count(), 'a button that does nothing without scripts');
  await page.context().close();
}

async function removed(page) {
  await open(page, OWN);
  await answer(page, 'Remove', '/removal');
  expect(path(page) === OWN, `removing leads to ${page.url()}`);
  await says(page, 'That passkey is removed.');
}

const browser = await startBrowser();
try {
  const page = await signedIn(browser, PERSON, PASSWORD, true);
  const own = await device(page);
  for (const part of [added, onceADevice, signsIn, showsWhoOneIs, () => withoutScripts(browser), removed]) {
    const name = part.name || 'without scripts';
    try {
      await part(page, own);
      console.log(`ok   passkey: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`BAD  passkey: ${name}\n       ${inShort(error)}`);
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
