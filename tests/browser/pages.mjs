// node pages.mjs [--shots FOLDER] [--role ROLE]
// Opens every page of the clinic at BASE_URL as every role and looks at it (checks.mjs). Exits 1 on any problem.
import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bareStructure, covered, look, menu, ready, startBrowser, watchedPage } from './checks.mjs';
import { PASSWORD, ROLES, WRONG_FORMS } from './paths.mjs';

const base = new URL(process.env.BASE_URL ?? 'http://127.0.0.1:8000');
const { values: { shots, role: only } } = parseArgs({ options: { shots: { type: 'string' }, role: { type: 'string' } } });
const people = ROLES.filter(({ role }) => !only || role === only);
const MOST_PAGES = 80; // of one role; more means that the links never end
let looked = 0;
let found = 0;

function report(role, path, problems) {
  looked += 1;
  found += problems.length;
  console.log(`${problems.length ? 'BAD ' : 'ok  '} ${role}: ${path}`);
  for (const problem of problems) console.log(`       ${problem}`);
}

/** What cannot be done at all is a problem of its own, and the rest goes on. */
async function attempt(role, what, work) {
  try {
    await work();
  } catch (error) {
    report(role, what, [String(error).split('\n')[0]]);
  }
}

/** One page of each kind is enough: numbers in paths and the values of queries are taken for the same. */
function kind(url) {
  const path = url.pathname.replace(/\/\d+(?=\/|$)/g, '/{id}');
  return `${path}?${[...new Set(url.searchParams.keys())].sort()}`;
}

async function links(page) {
  const addresses = await page.locator('a[href]').evaluateAll(all => all.map(link => link.href));
  return addresses.map(address => new URL(address))
    .filter(url => url.origin === base.origin && !url.pathname.startsWith('/static/') && !/\.(csv|json)$/.test(url.pathname));
}

/** Presses Tab until the field has the cursor: whoever has no mouse signs in the same way. */
async function tabTo(page, name) {
  for (let stop = 0; stop < 40; stop += 1) {
    if (await page.evaluate(() => document.activeElement?.getAttribute('name')) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key never reaches the field "${name}"`);
}

async function signIn(page, email) {
  await page.goto(new URL('/sign-in', base).href);
  await tabTo(page, 'email');
  await page.keyboard.type(email);
  await tabTo(page, 'password');
  await page.keyboard.type(PASSWORD);
  await Promise.all([page.waitForURL('**/dashboard'), page.keyboard.press('Enter')]);
}

async function open({ page, expectError }, url, status) {
  expectError(status >= 400 ? url.href : undefined);
  const response = await page.goto(url.href, { waitUntil: 'load' });
  const got = response?.status();
  return got === status ? [] : [`answers ${got}, expected ${status}`];
}

function camera(page, role, path) {
  if (!shots) return undefined;
  const name = `${role}${path}`.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '');
  // Without hiding the caret: that would add an inline style, which the content security policy reports.
  return view => page.screenshot({ path: `${shots}/${name}-${view}.png`, fullPage: true, caret: 'initial' });
}

/** The listed pages of a role, then everything they link to. */
async function crawl(watched, { role, pages, reaches = [], behind = [], alone = false }) {
  const waiting = pages.map(entry => (typeof entry === 'string' ? { path: entry, status: 200 } : entry))
    .map(({ path, status }) => ({ url: new URL(path, base), status }));
  for (const { list, page } of behind) {
    await open(watched, new URL(list, base), 200);
    const visit = (await links(watched.page)).find(url => /^\/appointments\/\d+$/.test(url.pathname));
    if (visit) waiting.push({ url: new URL(`${visit.pathname}${page}`, base), status: 200 });
    else report(role, list, ['no visit is there']);
  }
  const seen = new Set(waiting.map(({ url }) => kind(url)));
  for (let next = waiting.shift(), count = 0; next; next = waiting.shift(), count += 1) {
    if (count >= MOST_PAGES) throw new Error(`${role}: more than ${MOST_PAGES} kinds of page`);
    const path = next.url.pathname + next.url.search;
    const problems = await open(watched, next.url, next.status);
    const arrived = new URL(watched.page.url());
    if (next.status === 200 && arrived.pathname !== next.url.pathname) {
      // A link may lead on (`/` to the dashboard); the page it leads to is looked at once.
      if (seen.has(kind(arrived))) continue;
      seen.add(kind(arrived));
    }
    problems.push(...await look(watched.page, camera(watched.page, role, path)), ...await covered(watched.page), ...watched.take());
    report(role, path, problems);
    for (const url of alone ? [] : await links(watched.page)) {
      if (!seen.has(kind(url))) { seen.add(kind(url)); waiting.push({ url, status: 200 }); }
    }
  }
  for (const path of reaches) if (!seen.has(`${path}?`)) report(role, path, ['no link leads there']);
}

/** Sends a form past the browser's own checks, so that the server's answer is seen. */
async function sendWrongly(watched, { role, path, action = path, fields }) {
  const { page } = watched;
  await open(watched, new URL(path, base), 200);
  watched.take();
  const form = page.locator(`form[action="${action}"][method="post" i]`).first();
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).first().fill(value);
  watched.expectError(new URL(action, base).href);
  const [response] = await Promise.all([
    page.waitForResponse(answer => answer.request().method() === 'POST'),
    form.evaluate(element => HTMLFormElement.prototype.submit.call(element)),
  ]);
  await page.waitForLoadState('load');
  const problems = response.status() === 422 ? [] : [`answers ${response.status()}, expected 422`];
  const name = `${action} sent wrongly with ${Object.keys(fields).length} fields`;
  problems.push(...await look(page, camera(page, role, `/${name}`)), ...watched.take());
  report(role, name, problems);
}

async function withScripts(browser, person) {
  const context = await browser.newContext();
  const watched = await watchedPage(context, base.origin);
  await attempt(person.role, 'signing in and following the links', async () => {
    if (person.email) {
      await signIn(watched.page, person.email);
      report(person.role, 'the menu', [...await menu(watched.page), ...watched.take()]);
    }
    await crawl(watched, person);
  });
  for (const form of WRONG_FORMS.filter(({ role }) => role === person.role)) {
    await attempt(person.role, `${form.path} sent wrongly`, () => sendWrongly(watched, form));
  }
  await context.close();
}

async function withoutScripts(browser, { role, email, pages }) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const watched = await watchedPage(context, base.origin);
  const bare = `${role} without JavaScript`;
  await attempt(bare, 'signing in and opening pages', async () => {
    if (email) await signIn(watched.page, email);
    for (const path of pages.filter(entry => typeof entry === 'string')) {
      const problems = await open(watched, new URL(path, base), 200);
      report(bare, path, [...problems, ...await bareStructure(watched.page), ...watched.take()]);
    }
  });
  await context.close();
}

/** As many people at once as there are processors, each in a browser of their own: looking is nothing but work. */
async function everybody() {
  const waiting = [...people];
  const lane = async () => {
    const browser = await startBrowser();
    try {
      for (let person = waiting.shift(); person; person = waiting.shift()) {
        await withScripts(browser, person);
        await withoutScripts(browser, person);
      }
    } finally {
      await browser.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, people.length) }, lane));
}

await ready(new URL('/health/ready', base));
if (shots) await mkdir(shots, { recursive: true });
await everybody();
console.log(`${looked} pages looked at, ${found} problems`);
process.exitCode = found ? 1 : 0;
