// The page of a visit, for live.mjs: it shows by itself what others do about it, and the rest when that is asked for.
import { at, expect, open, signedIn, submit } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

const TYPED = 'Away on that';

/** The doctor has half a reason typed, in a question that was put aside, while the visit is approved in another window, confirmed, and written about. */
export async function aVisitKeepsWhatIsTyped(browser, visit, [email, other]) {
  const home = await signedIn(browser, email, PASSWORD, true), surgery = await signedIn(browser, other, PASSWORD, true);
  const comesToStand = (page, status) => page.waitForFunction(status => document.querySelector('#standing [data-status]').textContent.includes(status), status);
  for (const page of [home, surgery]) {
    await open(page, visit);
    await page.waitForSelector('main[data-live-state=live]');
    await page.evaluate(() => { window.isTheSame = true; });
  }
  await surgery.locator('#next summary', { hasText: 'Decline' }).click();
  await surgery.locator('dialog textarea').fill(TYPED);
  await surgery.keyboard.press('Escape');
  const steps = await surgery.locator('#history li').count();

  const window2 = await surgery.context().newPage();
  await open(window2, visit);
  await submit(window2, '/approval');
  await window2.close();
  for (const page of [home, surgery]) await comesToStand(page, 'Scheduled');
  expect(await home.evaluate(() => window.isTheSame), 'the patient\'s page navigated');
  await submit(home, '/confirmation');
  await comesToStand(surgery, 'Confirmed');
  await open(home, `${visit}/messages`);
  await home.fill('#write [name=body]', 'May I eat before?');
  await submit(home, '/messages');
  await surgery.waitForSelector('nav a[href="/messages"] .badge');

  const reason = surgery.locator('#next textarea[name=reason]').first();
  expect(await reason.inputValue() === TYPED, 'what was typed is gone');
  expect(await surgery.locator('#history li').count() === steps, 'the record was opened by itself');
  const bar = surgery.locator('.session', { hasText: 'Something changed here.' });
  await bar.waitFor();
  // All but what has something typed in it comes; that stays, and so does the bar.
  await bar.locator('button').click();
  await surgery.waitForFunction(steps => document.querySelectorAll('#history li').length === steps + 2, steps);
  expect(await reason.inputValue() === TYPED, 'what was typed is gone when the rest is shown');
  await reason.evaluate(field => { field.value = ''; });
  await bar.locator('button').click();
  await surgery.waitForFunction(() => !document.querySelector('.session'));
  expect(await surgery.locator('#next form[action$="/rejection"]').count() === 0, 'what cannot be done any more is offered');
  expect(surgery.url() === at(visit) && await surgery.evaluate(() => window.isTheSame), 'the doctor\'s page navigated');
  await Promise.all([home.context().close(), surgery.context().close()]);
}
