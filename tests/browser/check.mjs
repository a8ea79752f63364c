// The device check, in browsers with devices, without, and with devices that are refused; through a relay and without one. Parts for calls.mjs.
import { Caller } from './caller.mjs';
import { look } from './checks.mjs';
import { expect, signedIn } from './keyboard.mjs';

/** What a page was given is kept, so that it can be seen to be switched off. */
const watchDevices = () => {
  window.taken = [];
  const take = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async wanted => {
    const stream = await take(wanted);
    window.taken.push(...stream.getTracks());
    return stream;
  };
};
const areOff = page => page.waitForFunction(() => window.taken.length > 0 && window.taken.every(track => track.readyState === 'ended'));
const areOn = page => page.evaluate(() => ['audio', 'video'].every(kind => window.taken.some(track => track.kind === kind && track.readyState === 'live')));
const line = (page, name, state) => page.waitForSelector(`[data-check=${name}][data-state=${state}]`, { timeout: 20_000 });
const textOf = (page, name) => page.locator(`[data-check=${name}]`).innerText();

/** Each part, of a clinic as clinicOfToday() makes it, at the server `here`; `launch` starts a browser with flags beside the usual ones. */
export function checkParts({ clinic, here, relay, launch, devices, shots }) {
  // The last has nothing else to do.
  const { email, visit } = clinic.patients.at(-1);
  const address = `${here.url}/device-check?appointment=${visit.split('/').at(-1)}`;
  const [fakeDevices, fakeConsent] = devices;

  const tried = async (browser, act) => {
    const page = await signedIn(browser, email, clinic.password, true);
    await page.addInitScript(watchDevices);
    const answer = await page.goto(address);
    expect(/camera=\(self\)/.test(answer.headers()['permissions-policy']), 'the page may not ask for the camera');
    await act(page);
    await page.context().close();
  };
  const inBrowser = async (flags, act) => {
    const browser = await launch(...flags);
    try {
      await act(browser);
    } finally {
      await browser.close();
    }
  };
  const begin = page => page.locator('[data-check=begin]').click();
  const photograph = async (page, name) => {
    if (!shots) return;
    for (const [width, height] of [[1280, 900], [360, 800]]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.screenshot({ path: `${shots}/check-${name}-${width}-${colorScheme}.png`, fullPage: true, caret: 'initial' });
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  /** Nothing is wrong with the page as it stands. */
  const isWell = async page => {
    const problems = await look(page);
    expect(problems.length === 0, problems.join('; '));
  };
  /** What stands beside the patient on the board of the desk. */
  const onTheBoard = async words => {
    const desk = await Caller.signedIn(clinic.desk.email, clinic.password, here.url);
    const board = await (await desk.requests.get(`${here.url}/dashboard`)).text();
    await desk.close();
    expect(board.includes(words), `the board does not say "${words}"`);
  };

  async function devicesAndNetworkAreTried() {
    await inBrowser([`${fakeDevices}=device-count=2`, fakeConsent], browser => tried(browser, async page => {
      // All of it by the keyboard.
      await page.locator('[data-check=begin]').focus();
      await page.keyboard.press('Enter');
      await line(page, 'camera', 'good');
      await line(page, 'microphone', 'good');
      await page.waitForSelector('[data-check=microphone] >> text=hears something');
      await page.waitForFunction(() => document.querySelector('#check video').videoWidth > 0);
      await line(page, 'network', 'good');
      expect(await page.getAttribute('[data-check=network]', 'data-ways') === 'udp tcp', `the network is open by ${await page.getAttribute('[data-check=network]', 'data-ways')}`);
      expect((await textOf(page, 'network')).includes('by UDP and TCP'), await textOf(page, 'network'));
      await line(page, 'kept', 'good');
      await onTheBoard('Camera and microphone work');
      await photograph(page, 'works');
      await isWell(page);
      // Another camera, and another microphone.
      for (const list of ['cameras', 'microphones']) {
        const menu = page.locator(`[data-check=${list}] select`), before = await menu.inputValue();
        await menu.focus();
        await page.keyboard.press('ArrowDown');
        await page.waitForFunction(([list, before]) => document.querySelector(`[data-check=${list}] select`).value !== before, [list, before]);
        await page.waitForFunction(() => window.taken.filter(track => track.readyState === 'live').length === 2);
        expect(await menu.inputValue() !== before, `the other one of ${list} is not taken`);
      }
      await page.locator('[data-check=end]').focus();
      await page.keyboard.press('Enter');
      await areOff(page);
      expect(await page.evaluate(() => document.activeElement.dataset.check) === 'begin', 'the cursor is lost');
      // Once more; then the page is left.
      await begin(page);
      await page.waitForFunction(() => window.taken.some(track => track.readyState === 'live'));
      expect(await areOn(page), 'not both are on');
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
      await areOff(page);
    }));
  }

  async function whoIsRefusedIsTold() {
    await inBrowser([fakeDevices], browser => tried(browser, async page => {
      await begin(page);
      for (const device of ['camera', 'microphone']) {
        await line(page, device, 'bad');
        expect((await textOf(page, device)).includes('refused. Look beside the address'), await textOf(page, device));
      }
      await line(page, 'network', 'good');
      await line(page, 'kept', 'good');
      expect(!await page.locator('[data-check=end]').isVisible(), 'what is not on can be switched off');
      await onTheBoard('Camera and microphone blocked');
      await photograph(page, 'refused');
      await isWell(page);
    }));
  }

  async function whoAllowsTheMicrophoneAloneIsHeard() {
    await inBrowser([fakeDevices], browser => tried(browser, async page => {
      await page.context().grantPermissions(['microphone'], { origin: here.url });
      await begin(page);
      await line(page, 'camera', 'bad');
      await line(page, 'microphone', 'good');
      await line(page, 'kept', 'good');
      await onTheBoard('Camera blocked');
    }));
  }

  async function whoHasNoDeviceIsTold() {
    await inBrowser([fakeConsent], browser => tried(browser, async page => {
      await begin(page);
      for (const device of ['camera', 'microphone']) {
        await line(page, device, 'bad');
        expect((await textOf(page, device)).includes('none was found'), await textOf(page, device));
      }
      await line(page, 'kept', 'good');
      await onTheBoard('No camera, no microphone');
    }));
  }

  /** A relay that does not answer is found out in five seconds, and said. */
  async function aSilentRelayIsToldOf() {
    let took;
    await inBrowser(devices, browser => tried(browser, async page => {
      await relay.end();
      const from = Date.now();
      await begin(page);
      await line(page, 'network', 'bad');
      took = Date.now() - from;
      expect((await textOf(page, 'network')).includes('calls may not get through'), await textOf(page, 'network'));
      await line(page, 'kept', 'good');
      await onTheBoard('Network: calls may not get through');
      await relay.start();
      await begin(page);
      await line(page, 'network', 'good');
      await page.waitForSelector('[data-check=kept][data-state=good]');
      await onTheBoard('Camera and microphone work');
    }));
    return took;
  }

  /** Without a visit devices alone are tried; on other pages nothing can be taken. */
  async function devicesAloneAreTriedWithoutAVisit() {
    await inBrowser(devices, async browser => {
      const page = await signedIn(browser, clinic.doctor.email, clinic.password, true);
      await page.goto(`${here.url}/device-check`);
      const asked = [];
      page.on('request', request => { if (/device-check/.test(request.url())) asked.push(request.url()); });
      await begin(page);
      await line(page, 'camera', 'good');
      await line(page, 'microphone', 'good');
      await page.waitForSelector('[data-check=words] >> text=This is what was found');
      expect(asked.length === 0, `something was sent: ${asked}`);
      await page.goto(`${here.url}/dashboard`);
      const refused = await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).catch(error => error.name));
      expect(refused === 'NotAllowedError', `another page gets the microphone: ${refused}`);
      await page.context().close();
    });
  }

  return [devicesAndNetworkAreTried, whoIsRefusedIsTold, whoAllowsTheMicrophoneAloneIsHeard, whoHasNoDeviceIsTold, aSilentRelayIsToldOf, devicesAloneAreTriedWithoutAVisit];
}
