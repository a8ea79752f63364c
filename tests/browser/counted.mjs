// What something costs whoever does it at a page: how often they press, as they would click, and how many pages are loaded on the way. All of it by keyboard.
import { expect, open, press, set, type } from './keyboard.mjs';

export class Counted {
  presses = 0;
  loads = 0;
  tasks = [];

  constructor(page) {
    this.page = page;
    page.on('load', () => { this.loads += 1; });
  }

  /** What a task costs from the dashboard on, or from the page `from`, which is open already. More presses or loads than `most` are a fault; `before` is what it cost when nobody had thought of it. */
  async task(name, { presses, loads, before, from = '/dashboard' }, act) {
    await open(this.page, from);
    Object.assign(this, { presses: 0, loads: 0 });
    await act(this);
    this.tasks.push({ name, presses: this.presses, loads: this.loads, before });
    expect(this.presses <= presses && this.loads <= loads, `${name}: ${this.presses} presses and ${this.loads} pages, at most ${presses} and ${loads} were meant`);
  }

  /** Presses something that leads nowhere. */
  async press(control, key) {
    this.presses += 1;
    // Among two hundred rows the way of the Tab key is long, and has nothing to do with clicks.
    await control.focus();
    await press(this.page, control, key);
  }

  /** Presses something that leads to another page. */
  async lead(control, key) {
    await Promise.all([this.page.waitForEvent('load'), this.press(control, key)]);
  }

  follow(href) {
    return this.lead(this.page.locator(`main a[href="${href}"]:visible`).first());
  }

  submit(end, within = 'main') {
    return this.lead(this.page.locator(`${within} form[action$="${end}"][method=post] button[type=submit]:visible`).first());
  }

  /** A click into a field, unless the cursor is there already, and what is typed. */
  async type(control, text) {
    if (!await control.evaluate(element => element === document.activeElement)) this.presses += 1;
    await type(this.page, control, text);
  }

  /** Types and asks, with the Enter key. */
  async ask(control, text) {
    await this.type(control, text);
    await this.lead(control);
  }

  /** Opens a list and chooses one of it. */
  async choose(control, value) {
    this.presses += 2;
    await set(this.page, control, value);
  }

  /** Chooses one of several buttons of which one can be on: one click, and with the keyboard a few arrows. */
  async pick(radios, wanted) {
    this.presses += 1;
    const [count, one] = [await radios.count(), radios.and(wanted)];
    await press(this.page, radios.first(), 'Space');
    for (let step = 0; !await one.isChecked(); step += 1) {
      expect(step < count, `the arrow keys never reach ${wanted} on ${this.page.url()}`);
      await this.page.keyboard.press('ArrowRight');
    }
  }

  table() {
    return this.tasks.map(({ name, presses, loads, before }) => `     ${name}: ${presses} presses, ${loads} pages${before ? ` (was ${before})` : ''}`).join('\n');
  }
}
