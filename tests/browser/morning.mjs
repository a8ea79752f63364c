// node morning.mjs
// A morning of visits by telephone at BASE_URL, by keyboard: what patients said on the telephone is booked at the desk, three of them come, each in a browser
// of their own, and the doctor has a browser that is killed in the middle of a note. With scripts nobody loads a page anew to see what others did;
// without, they do, and all the rest is the same. The server's clock is moved as in clinic_day.mjs, after whose days this one is.
import { chromium } from 'playwright-core';
import { bothWays } from './both_ways.mjs';
import { sheets, FLAGS } from './checks.mjs';
import * as clock from './clinic_clock.mjs';
import { hospital } from './clinic_hospital.mjs';
import { instant, local } from './clinic_model.mjs';
import { answer, at, choose, expect, follow, lead, open, press, says, set, signedIn, submit, type } from './keyboard.mjs';

const MINUTE = 60_000;
const [PHONE, VIDEO, HOSPITAL] = [0, 1, 2];
const MODALITIES = ['phone', 'video', 'in_person'];
const RADIOS = ['video', 'phone', 'in_person'];
const SUBJECTIVE = 'Cough for five days, no fever, sleeps well.';
const PLAN = 'Warm drinks and rest. Come again if it lasts another week.';

/** A browser of somebody's own, which can be killed. */
async function ownBrowser() {
  const server = await chromium.launchServer({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, kill: () => server.kill() };
}

class Morning {
  constructor(browser, scripts) {
    Object.assign(this, { browser, scripts, visits: [] });
  }

  async open(name, date) {
    const morning = instant(`${date}T08:00`);
    clock.set(morning - 7 * 24 * 60 * MINUTE);
    Object.assign(this, await hospital(name, date, MODALITIES.length));
    clock.set(morning);
    this.date = date;
    this.desk.page = await signedIn(this.browser, this.desk.email, this.password, this.scripts);
    await this.doctorSitsDown();
  }

  async doctorSitsDown() {
    this.own = await ownBrowser();
    this.doctor = await signedIn(this.own.browser, this.doctors[0].email, this.password, this.scripts);
    if (!this.scripts) return;
    await this.doctor.evaluate(() => {
      const start = OscillatorNode.prototype.start;
      window.tones = 0;
      OscillatorNode.prototype.start = function tone(...when) { window.tones += 1; return start.apply(this, when); };
    });
    await this.doctor.waitForSelector('main[data-live-state=live]');
    await press(this.doctor, this.doctor.locator('[data-live-sound] button'));
  }

  /** A page comes to show something that somebody else did: by itself, or loaded anew where there are no scripts. */
  async shows(page, selector, text = '') {
    if (!this.scripts) {
      await page.goto(page.url());
      const found = await page.locator(selector).allTextContents();
      return expect(found.some(one => one.includes(text)), `${page.url()} shows "${found}" at ${selector}, expected "${text}"`);
    }
    await page.waitForFunction(([selector, text]) => [...document.querySelectorAll(selector)].some(one => one.textContent.includes(text)), [selector, text])
      .catch(() => expect(false, `${page.url()} does not come to show "${text}" at ${selector} by itself`));
    expect(await page.evaluate(() => performance.getEntriesByType('navigation')[0].type) !== 'reload', 'the page was loaded anew');
  }

  /** The desk books what a patient asked for on the telephone. */
  async book(number) {
    const { page } = this.desk;
    await open(page, '/dashboard');
    await follow(page, '/appointments/new');
    const find = page.locator('#find');
    await set(page, find.locator('[name=doctor_id]'), this.doctors[0].id);
    await lead(page, find.locator('button'));
    await set(page, page.locator('#times [name=patient_id]'), this.patients[number].id);
    const starts = instant(`${this.date}T09:00`) + number * 20 * MINUTE;
    await choose(page, local(starts));
    const ways = page.locator('#times [name=modality]');
    await press(page, ways.first(), 'Space');
    for (let step = 0; step < RADIOS.indexOf(MODALITIES[number]); step += 1) await page.keyboard.press('ArrowDown');
    expect(await ways.and(page.locator(`[value=${MODALITIES[number]}]`)).isChecked(), `${MODALITIES[number]} is not chosen`);
    await type(page, page.locator('[name=symptoms]'), 'A cough.');
    await submit(page, '/appointments');
    this.visits[number] = { id: page.url().split('/').at(-1), starts };
  }

  address(number, end = '') {
    return `/appointments/${this.visits[number].id}${end}`;
  }

  /** The patient comes, says where they are and waits in the room. The doctor hears and sees it, and the desk sees it. */
  async arrives(number, waiting) {
    clock.set(this.visits[number].starts - 5 * MINUTE);
    await open(this.doctor, '/dashboard');
    await open(this.desk.page, '/dashboard');
    const tones = this.scripts && await this.hears();
    const page = await signedIn(this.browser, this.patients[number].email, this.password, this.scripts);
    this.patients[number].page = page;
    await follow(page, this.address(number));
    await follow(page, this.address(number, '/room'));
    await type(page, page.locator('#arrival [name=location_now]'), 'At home, Ring Road 12, Kathmandu');
    await type(page, page.locator('#arrival [name=call_back]'), '+977 9800000001');
    await press(page, page.locator('#arrival [name=consent]'), 'Space');
    await submit(page, '/arrival');
    await says(page, 'Waiting');
    for (const who of [this.doctor, this.desk.page]) await this.shows(who, '[data-figure=waiting]', String(waiting));
    if (!this.scripts) return;
    await this.doctor.waitForFunction(before => window.tones > before, tones);
    await this.doctor.waitForFunction(() => document.querySelector('p[role=status].unseen').textContent.endsWith(' is waiting'));
  }

  /** The sound is switched on at each page, for browsers make none before somebody has pressed something. */
  async hears() {
    const page = this.doctor;
    await page.waitForSelector('main[data-live-state=live]');
    await page.evaluate(() => {
      const { start } = OscillatorNode.prototype;
      window.tones = 0;
      OscillatorNode.prototype.start = function tone(...when) { window.tones += 1; return start.apply(this, when); };
    });
    await press(page, page.locator('[data-live-sound] button'));
    return page.evaluate(() => window.tones);
  }

  /** The doctor goes into the room, begins, and makes sure of whom they speak with and where they are. */
  async begins(number) {
    const page = this.doctor;
    await follow(page, this.address(number));
    await follow(page, this.address(number, '/room'));
    await submit(page, '/start');
    await open(page, this.address(number, '/room'));
    await this.shows(this.patients[number].page, '#now [data-status]', 'In visit');
    const known = page.locator('#opening [name=location_now]');
    expect(await known.inputValue() === 'At home, Ring Road 12, Kathmandu', 'what the patient said is not offered');
    await press(page, page.locator('#opening [name=identity]').first(), 'Space');
    await submit(page, '/opening');
    await open(page, this.address(number, '/room'));
    expect(await page.locator('[data-opening=checked]').count() === 1, 'the opening is not kept');
  }

  /** No picture comes: the telephone, and both are told who calls whom. */
  async movesToThePhone(number) {
    const page = this.doctor;
    await open(page, this.address(number));
    await answer(page, 'Hold it in another way', '/modality', { reason: 'The picture does not come.' });
    await open(page, this.address(number, '/room'));
    await this.callsByPhone(number);
  }

  async callsByPhone(number) {
    const page = this.doctor;
    const numbers = await page.locator('.call a').evaluateAll(all => all.map(one => one.getAttribute('href')));
    expect(String(numbers) === 'tel:+9779800000001', `the number to call is ${numbers}`);
    await this.shows(this.patients[number].page, 'main', 'calls you');
  }

  /** Each writes to the other about the visit, and sees that the other has. */
  async writeToEachOther(number) {
    const { page } = this.patients[number];
    const [thread, doctor] = [this.address(number, '/messages'), this.doctor];
    await open(doctor, '/dashboard');
    await open(page, thread);
    await type(page, page.locator('#write [name=body]'), 'May I eat before?');
    await submit(page, '/messages');
    await this.shows(doctor, '[data-figure=unread-messages]', '1');
    await open(doctor, thread);
    await says(doctor, 'May I eat before?');
    if (!this.scripts) await submit(doctor, '/messages/read');
    await open(page, thread);
    await type(doctor, doctor.locator('#write [name=body]'), 'Yes, a little.');
    await submit(doctor, '/messages');
    if (this.scripts) await press(page, page.locator('.thread-news button'));
    await this.shows(page, '#thread', 'Yes, a little.');
    await open(page, this.address(number, '/room'));
  }

  /** A prescription, which the patient finds among their documents. */
  async prescribes(number) {
    const page = this.doctor;
    await open(page, this.address(number, '/documents'));
    await set(page, page.locator('#issue [name=kind]'), 'prescription');
    await type(page, page.locator('#issue [name=body]'), 'Paracetamol 500 mg, twice a day for three days.');
    await submit(page, '/documents');
    const { page: patient } = this.patients[number];
    await open(patient, '/documents');
    await Promise.all([patient.waitForEvent('load'), press(patient, patient.locator('main a[href^="/documents/"]').first())]);
    await says(patient, 'Paracetamol 500 mg');
    await this.printsOnOnePage(patient);
    await open(patient, this.address(number, '/room'));
  }

  /** The note, the browser killed in the middle of it, the rest in another browser; signed, and added to. */
  async writes(number) {
    let page = this.doctor;
    await open(page, this.address(number, '/note'));
    await type(page, page.locator('[name=subjective]'), SUBJECTIVE);
    if (this.scripts) await page.waitForFunction(() => document.querySelector('[data-saved]').textContent.startsWith('Saved '));
    else await submit(page, '/note');
    await this.own.kill();
    await this.doctorSitsDown();
    page = this.doctor;
    await open(page, this.address(number, '/note'));
    expect(await page.locator('[name=subjective]').inputValue() === SUBJECTIVE, 'what was typed before the browser was killed is gone');
    await type(page, page.locator('[name=assessment]'), 'A cold.');
    await type(page, page.locator('[name=plan]'), PLAN);
    await lead(page, page.locator('button[formaction$="/signature"]'));
    await open(page, this.address(number, '/note'));
    await says(page, 'Signed by');
    await type(page, page.locator('#add [name=text]'), 'The mother called: he has no allergies.');
    await type(page, page.locator('#add [name=reason]'), 'Asked afterwards.');
    await submit(page, '/addenda');
  }

  async finishes(number) {
    const page = this.doctor;
    await open(page, this.address(number));
    await submit(page, '/outcome');
    await this.shows(this.patients[number].page, '#now [data-status]', 'Completed');
  }

  /** The patient reads what the doctor signed, and prints it: one page, without what only a screen needs. */
  async reads(number) {
    const { page } = this.patients[number];
    await open(page, this.address(number, '/summary'));
    const text = await page.textContent('main');
    for (const words of [PLAN, 'he has no allergies', this.patients[number].name]) expect(text.includes(words), `the paper does not say "${words}"`);
    expect(text.indexOf('he has no allergies') > text.indexOf(PLAN), 'the addendum stands above the note');
    await this.printsOnOnePage(page);
  }

  async printsOnOnePage(page) {
    const pages = await sheets(page);
    expect(pages === 1, `the paper has ${pages} pages`);
    await page.emulateMedia({ media: 'print' });
    expect(!await page.locator('nav:visible, .mast:visible, form:visible').count(), 'the paper has navigation or forms on it');
    await page.emulateMedia({ media: null });
  }

  async live() {
    for (const number of MODALITIES.keys()) await this.book(number);
    await this.arrives(PHONE, 1);
    await this.begins(PHONE);
    await this.callsByPhone(PHONE);
    await this.writeToEachOther(PHONE);
    await this.writes(PHONE);
    await this.prescribes(PHONE);
    await this.finishes(PHONE);
    await this.reads(PHONE);
    await this.arrives(VIDEO, 1);
    await this.comesToTheHospital(HOSPITAL, 2);
    await this.begins(VIDEO);
    await this.isNext(HOSPITAL);
    await this.movesToThePhone(VIDEO);
    await this.finishes(VIDEO);
    await this.isSeen(HOSPITAL);
  }

  /** Who comes in person is received at the desk, with a telephone in hand that says how many are before them and how late the doctor is. */
  async comesToTheHospital(number, place) {
    const page = await signedIn(this.browser, this.patients[number].email, this.password, this.scripts);
    this.patients[number].page = page;
    await follow(page, this.address(number));
    await follow(page, this.address(number, '/room'));
    await says(page, 'Scheduled');
    await open(this.doctor, '/dashboard');
    await open(this.desk.page, '/dashboard');
    await submit(this.desk.page, `${this.address(number)}/arrival`);
    await this.shows(this.doctor, '[data-figure=waiting]', String(place));
    await this.shows(page, '#now [data-status]', 'Waiting');
    await this.shows(page, `#now [data-place="${place}"]`);
    await open(this.doctor, this.address(number, '/room'));
    await lead(this.doctor, this.doctor.locator('#late button[value="20"]'));
    await this.shows(page, '#now [data-late="20"]', '20 minutes late');
    await open(this.doctor, '/dashboard');
  }

  /** Whoever was before them is in the visit. */
  isNext(number) {
    return this.shows(this.patients[number].page, '#now [data-place="1"]');
  }

  async isSeen(number) {
    clock.set(this.visits[number].starts - MINUTE);
    const { page } = this.patients[number];
    await open(this.doctor, '/dashboard');
    await submit(this.doctor, `${this.address(number)}/start`);
    await this.shows(page, '#now [data-status]', 'In visit');
    await submit(this.doctor, `${this.address(number)}/outcome`);
    await this.shows(page, '#now [data-status]', 'Completed');
    await lead(page, page.locator('#acts a'));
    await says(page, 'Completed');
  }

  async close() {
    await this.own?.kill();
    await Promise.all([this.desk, ...this.patients ?? []].map(({ page } = {}) => page?.context().close()));
  }
}

await bothWays('morning', [['Third Clinic', 28], ['Fourth Clinic', 42]], async (browser, { scripts, name, date }) => {
  const morning = new Morning(browser, scripts);
  morning.desk = {};
  try {
    await morning.open(name, date);
    await morning.live();
  } finally {
    await morning.close();
  }
});
