// The page of a thread, for live.mjs: it is told that there is more, and what is typed in it outlives everything.
import { expect, open, signedIn, submit } from './keyboard.mjs';
import { PASSWORD } from './paths.mjs';

const TYPED = 'Half a sentence';

/** What came is fetched when it is asked for: over a line that is cut, and after somebody has signed out; and each time what was typed is still there. */
export async function aThreadKeepsWhatIsTyped(browser, thread, [email, other]) {
  const page = await signedIn(browser, email, PASSWORD, true), writer = await signedIn(browser, other, PASSWORD, true);
  const body = page.locator('#write [name=body]'), show = page.locator('.thread-news button');
  const write = async text => {
    await open(writer, thread);
    await writer.fill('#write [name=body]', text);
    await submit(writer, '/messages');
  };
  const says = words => page.waitForFunction(words => document.querySelector('.thread-news')?.textContent.includes(words), words);
  await open(page, thread);
  await page.waitForSelector('main[data-live-state=live]');
  await body.fill(TYPED);
  await write('The first answer');
  await says('Something new was written or read.');
  await page.route(`**${thread}`, route => route.abort());
  await show.click();
  await says('It could not be loaded. Try again.');
  await page.unroute(`**${thread}`);
  await show.click();
  await page.waitForFunction(() => document.querySelector('#thread').textContent.includes('The first answer'));
  await page.waitForFunction(() => !document.querySelector('.thread-news'));
  await page.waitForFunction(() => !document.querySelector('form[data-read]'));

  await write('The second answer');
  await says('Something new was written or read.');
  await page.context().clearCookies();
  await show.click();
  await says('You are signed out. What you typed is still here');
  expect(await body.inputValue() === TYPED, 'what was typed is gone');
  await Promise.all([page.context().close(), writer.context().close()]);
}
