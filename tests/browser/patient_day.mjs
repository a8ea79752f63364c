// node patient_day.mjs
// The journey of a patient at BASE_URL on a telephone, by keyboard, once with scripts and once without: what each step costs is counted and printed, and more than was
// meant is a fault. The server's clock is moved as in clinic_day.mjs, after whose days these are.
import { bothWays } from './both_ways.mjs';
import { Caller } from './caller.mjs';
import * as clock from './clinic_clock.mjs';
import { hospital } from './clinic_hospital.mjs';
import { SLOT, instant, local } from './clinic_model.mjs';
import { Counted } from './counted.mjs';
import { expect, open, says, signedIn } from './keyboard.mjs';

const PHONE = { width: 375, height: 812 };
const MOST_HEADER = 64;
const idOf = page => new URL(page.url()).pathname.split('/').at(-1);

class Journey {
  /** The doctor and the desk do theirs by plain requests. */
  constructor(phone, doctor, clinic) {
    Object.assign(this, { phone, doctor, clinic, version: 0 });
  }

  /** A time of whoever is free. */
  async ask() {
    const { phone, phone: { page } } = this;
    await phone.follow('/appointments/new');
    await phone.follow('/times');
    await phone.lead(page.locator('main a[href*="starts_at="]:visible').first());
    await phone.type(page.locator('[name=symptoms]'), 'A cough since Friday.');
    await phone.submit('/appointments');
    await says(page, 'Requested');
    this.id = idOf(page);
  }

  async accept() {
    const { phone, phone: { page } } = this;
    await phone.submit(`/${this.id}/proposal/acceptance`);
    expect(await page.locator('[data-status=proposed]').count() === 0, 'the time is still proposed');
  }

  async wish() {
    const { phone, phone: { page } } = this;
    await phone.follow(`/appointments/${this.id}/rescheduling`);
    await phone.pick(page.locator('input[name=starts_at]'), page.locator(`[value="${local(this.time(6))}"]`));
    await phone.submit('/rescheduling');
    await says(page, local(this.time(6)).slice(11));
  }

  async arrive() {
    await this.phone.submit(`/${this.id}/arrival`);
  }

  /** The visit stands first, in this state, and is seen with all that can be done about it without scrolling. */
  async isFirst(status) {
    const { page } = this.phone;
    // Without what is said of the last act.
    await open(page, '/dashboard');
    const hero = page.locator('[data-hero]');
    expect(await hero.count() === 1, `${await hero.count()} visits stand first`);
    const stands = await hero.getAttribute('data-status');
    expect(stands === status, `what stands first is ${stands}`);
    const header = await page.locator('header').first().boundingBox();
    expect(header.height <= MOST_HEADER, `the header is ${header.height} px high`);
    const { y, height } = await hero.boundingBox();
    expect(y + height <= PHONE.height, `what stands first ends at ${Math.round(y + height)} px`);
  }

  time(number) {
    return instant(`${this.clinic.model.date}T09:00`) + number * SLOT;
  }

  /** Of the doctor, with the version that the steps so far have led to. */
  async does(act, fields = {}) {
    const page = await (await this.doctor.requests.get(`${this.doctor.origin}/appointments/${this.id}`)).text();
    const [, version] = page.match(/name="version" value="(\d+)"/);
    await this.doctor.post(`/appointments/${this.id}/${act}`, { version, ...fields });
  }

  async live() {
    const { phone } = this;
    await phone.task('a visit is asked for', { presses: 5, loads: 4, before: '4–5 and 2–5' }, () => this.ask());
    await this.does('proposal', { starts_at: local(this.time(3)) });
    await phone.task('a proposal is accepted', { presses: 1, loads: 1, before: '1 and 1' }, () => this.accept());
    await this.isFirst('scheduled');
    await phone.task('another time is wished', { presses: 3, loads: 2, before: 'impossible' }, () => this.wish());
    await this.does('proposal/acceptance');
    clock.set(this.time(6) - 5 * 60_000);
    await phone.task('the patient is here', { presses: 1, loads: 1 }, () => this.arrive());
    await this.isFirst('waiting');
    await this.does('start');
    await this.isFirst('in_progress');
    console.log(phone.table());
  }
}

async function live(browser, { scripts, name, date }) {
  const clinic = await hospital(name, date, 1);
  clock.set(instant(`${date}T07:00`));
  const page = await signedIn(browser, clinic.patients[0].email, clinic.password, scripts);
  await page.setViewportSize(PHONE);
  const doctor = await Caller.signedIn(clinic.doctors[0].email, clinic.password);
  await new Journey(new Counted(page), doctor, clinic).live();
  await Promise.all([page.context().close(), doctor.close()]);
}

await bothWays(`a patient's journey`, [['Fifth Clinic', 84], ['Sixth Clinic', 98]], live);
