// What is asked of one page: accessibility (axe), a quiet console, requests to its own host alone, no sideways
// scrolling on a phone, and working without JavaScript. Every check returns sentences; none is good.
import { chromium } from 'playwright-core';
import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [1280, 375];
const NARROWEST = 320;
export const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** Waits until the server says at `address` that it is ready. */
export async function ready(address) {
  for (let patience = 120; patience > 0; patience -= 1) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise(wake => setTimeout(wake, 500));
  }
  throw new Error(`${address} never said 200`);
}

/** A page that writes down what goes wrong while it is open. `take()` gives and forgets the problems so far. */
export async function watchedPage(context, origin) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  let problems = [];
  let failing; // the address whose own answer is an expected error
  page.on('console', message => {
    if (message.type() === 'error' && message.location().url !== failing) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`script: ${error}`));
  page.on('dialog', dialog => { problems.push(`dialog on opening: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) problems.push(`foreign request: ${url}`);
  });
  return { page, expectError: url => { failing = url; }, take: () => { const all = problems; problems = []; return all; } };
}

/** Looks at the page as it stands: both widths, light and dark. `shot(name)` may save what it looked like. */
export async function look(page, shot = async () => {}) {
  const problems = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const problem of await accessibility(page, colorScheme)) problems.push(`${width} px, ${colorScheme}: ${problem}`);
      if (await scrollsSideways(page)) problems.push(`${width} px: scrolls sideways`);
      await shot(`${width}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: NARROWEST, height: 800 });
  if (await scrollsSideways(page)) problems.push(`${NARROWEST} px: scrolls sideways (${await widest(page)})`);
  problems.push(...await skipLink(page));
  return problems;
}

/** On a telephone the places to go to are behind one button: it opens by keyboard, nothing is wrong with what is shown then, and Escape closes it. */
export async function menu(page) {
  await page.setViewportSize({ width: 375, height: 812 });
  const [button, places] = [page.locator('button.menu'), page.locator('#side')];
  await button.focus();
  await page.keyboard.press('Enter');
  await places.waitFor({ state: 'visible' });
  const problems = await accessibility(page, 'light');
  if (await scrollsSideways(page)) problems.push('scrolls sideways');
  if (await places.locator('a').count() < 2) problems.push('leads nowhere');
  await page.keyboard.press('Escape');
  if (await places.isVisible()) problems.push('stays open');
  return problems.map(problem => `the menu: ${problem}`);
}

/** In the dark nothing but colours is another. A page is given axe once, and tells of what is wrong alone: giving it each time anew, and the report of all that is
 * well, took half of the time. There are no frames to be looked into. */
async function accessibility(page, colorScheme) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe.source);
  const runOnly = colorScheme === 'dark' ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: RULES };
  const violations = await page.evaluate(async runOnly => {
    const found = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return found.violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, times: nodes.length, first: nodes[0].target.join(' ') }));
  }, runOnly);
  return violations.map(({ id, impact, help, times, first }) => `axe ${id} (${impact}): ${help}; ${times} ×, first at ${first}`);
}

function scrollsSideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
}

/** What can be pressed is not under something else of the page, at both widths: the first that is, and what covers it. What is fixed to the window moves out
 * of the way. For pages at rest: they are scrolled. */
export async function covered(page) {
  const problems = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const under = await firstUnder(page);
    if (under) problems.push(`${width} px: ${under}`);
  }
  return problems;
}

function firstUnder(page) {
  return page.evaluate(() => {
    const from = scrollY;
    const under = [...document.querySelectorAll('main :is(a, button, summary)')].map(element => {
      element.scrollIntoView({ block: 'center', behavior: 'instant' });
      const box = element.getClientRects()[0];
      if (!box || box.width < 4 || box.height < 4 || !element.checkVisibility()) return undefined;
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      const isMoving = top?.closest('.session, .toolbar');
      return !top || isMoving || element.contains(top) || top.contains(element) ? undefined : `"${element.textContent.trim()}" lies under ${top.tagName.toLowerCase()}.${top.className}`;
    });
    scrollTo({ top: from, behavior: 'instant' });
    return under.find(Boolean);
  });
}

/** The innermost element that sticks out to the right, to save the reader a search. */
function widest(page) {
  return page.evaluate(() => {
    const out = [...document.body.querySelectorAll('*')].filter(element => element.getBoundingClientRect().right > innerWidth + 1);
    const last = out.at(-1);
    return last ? `${last.tagName.toLowerCase()}.${last.className}` : 'nothing sticks out';
  });
}

/** The first stop of the Tab key leads past the navigation, unless the page put the cursor into a field. */
async function skipLink(page) {
  if (await page.evaluate(() => document.activeElement !== document.body)) return [];
  await page.keyboard.press('Tab');
  const target = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
  return target.startsWith('#') ? [] : ['keyboard: the first stop is no skip link'];
}

/** On how many sheets of paper the page is printed. */
export async function sheets(page) {
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  return paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

/** What a page must have before any script ran. */
export async function bareStructure(page) {
  const problems = [];
  const headings = await page.locator('h1:visible').count();
  if (headings !== 1) problems.push(`without JavaScript: ${headings} visible h1, one expected`);
  if (await page.locator('main:visible').count() !== 1) problems.push('without JavaScript: no visible main part');
  return problems;
}
