// Who takes part in a clinic's day, each in a browser of their own, and what their dashboards must show after every step.
import * as clock from './clinic_clock.mjs';
import { hospital } from './clinic_hospital.mjs';
import { instant } from './clinic_model.mjs';
import { expect, open, path, signedIn } from './keyboard.mjs';

const MORNING = '07:00';
const WEEK = 7 * 24 * 3_600_000;

/** The numbers of a dashboard, and the visits that it lists as waiting: of the page as it stands, or of one that is fetched. */
async function read(page, fetched) {
  const { figures, waiting, status } = await page.evaluate(async isFetched => {
    const answer = isFetched && await fetch('/dashboard');
    const shown = answer ? new DOMParser().parseFromString(await answer.text(), 'text/html') : document;
    const all = selector => [...shown.querySelectorAll(selector)];
    return {
      figures: Object.fromEntries(all('[data-figure]').map(figure => [figure.dataset.figure, figure.textContent])),
      waiting: all('#waiting [data-appointment]:not(:has([data-status=in_progress]))').map(row => Number(row.dataset.appointment)).sort((one, other) => one - other),
      status: answer ? answer.status : 200,
    };
  }, fetched);
  expect(status === 200, `the dashboard answers ${status}`);
  return { figures, waiting };
}

export class Day {
  steps = 0;
  dashboards = 0;

  constructor(browser, scripts) {
    Object.assign(this, { browser, scripts, desk: {}, doctors: [], patients: [] });
  }

  /** Makes the hospital, a week before `date`, and signs in who is there when it opens. */
  async open({ name, date }) {
    const morning = instant(`${date}T${MORNING}`);
    clock.set(morning - WEEK);
    Object.assign(this, await hospital(name, date));
    clock.set(morning);
    const { model } = this;
    Object.assign(this.desk, { name: 'the desk', figures: () => model.desk(), waiting: () => model.waiting() });
    for (const [number, doctor] of this.doctors.entries()) {
      Object.assign(doctor, { figures: now => model.doctor(number, now), waiting: () => model.waiting(number) });
    }
    for (const [number, patient] of this.patients.entries()) {
      Object.assign(patient, { figures: now => model.patient(number, now), waiting: () => [] });
    }
    for (const person of [this.desk, ...this.doctors]) await this.page(person);
  }

  /** Who takes a step with a visit: the desk, or its doctor or patient. */
  who(by, visit) {
    return { desk: this.desk, doctor: this.doctors[visit.doctor], patient: this.patients[visit.patient] }[by];
  }

  /** The page of somebody, who signs in when they first have something to do. */
  async page(person) {
    person.page ??= await signedIn(this.browser, person.email, this.password, this.scripts);
    return person.page;
  }

  /** The dashboard of somebody, opened and looked at. */
  async board(person) {
    const page = await this.page(person);
    await open(page, '/dashboard');
    this.complain(`before step ${this.steps + 1}`, await this.look(person, false));
    return page;
  }

  /** Something was done, and a patient had to do with it or nobody: the desk, both doctors and the patient look at their
   *  dashboards, whoever was led `back` to theirs at what stands there. */
  async step(what, number, back) {
    this.steps += 1;
    const concerned = [this.desk, ...this.doctors, ...(number === undefined ? [] : [this.patients[number]])];
    const problems = await Promise.all(concerned.map(person => this.look(person, person !== back)));
    this.complain(`step ${this.steps}, ${what}`, problems.flat());
  }

  /** What is wrong with a dashboard. */
  async look(person, fetched) {
    const page = await this.page(person);
    expect(fetched || path(page) === '/dashboard', `${person.name} is at ${path(page)} and not at the dashboard`);
    this.dashboards += 1;
    const [expected, waits] = [person.figures(clock.now()), person.waiting()];
    const { figures, waiting } = await read(page, fetched);
    // A patient is shown no number that is nothing.
    const shown = number => (number === 0 && this.patients.includes(person) ? undefined : String(number));
    const problems = Object.entries(expected).filter(([name, number]) => figures[name] !== shown(number))
      .map(([name, number]) => `${person.name} sees ${name} ${figures[name]}, expected ${number}`);
    if (String(waiting) !== String(waits)) problems.push(`${person.name} sees the visits ${waiting} waiting, expected ${waits}`);
    return problems;
  }

  complain(when, problems) {
    expect(!problems.length, `${when}: ${problems.join('; ')}`);
  }

  async close() {
    await Promise.all([this.desk, ...this.doctors, ...this.patients].map(({ page }) => page?.context().close()));
  }
}
