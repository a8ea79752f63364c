// A room with a call in it, for calls.mjs: forms and links that do not end the call, what is off and stays off, what each is told when it ends, and when a page asks
// before it is left. All of it in one visit, between the two who are there already.
import { answer, expect, open, press as pressKey, submit } from './keyboard.mjs';
import { bothSee, framesOf, openRoom, press, seesPictures, state } from './pictures.mjs';

const MINUTE = 60_000;
const focused = page => page.evaluate(() => document.activeElement.dataset.call ?? document.activeElement.className);
const words = (page, text) => page.waitForFunction(text => document.querySelector('[data-call=words]').textContent.includes(text), text);
const senders = page => page.evaluate(() => window.connections.at(-1).getSenders().map(({ track }) => ({ id: track.id, kind: track.kind, enabled: track.enabled })));
const loads = page => page.evaluate(() => { window.loaded ??= Math.random(); return window.loaded; });

/** Whether the page asks before it is left; it is not. */
async function asks(page) {
  const asked = page.waitForEvent('dialog', { timeout: 4000 }).then(async dialog => {
    await dialog.dismiss();
    return dialog.type() === 'beforeunload';
  }, () => false);
  await page.evaluate(() => { location.href = '/profile'; });
  const is = await asked;
  if (!is) await page.waitForURL('**/profile');
  return is;
}

/** The session's clock of this page goes on by so many minutes, and the page says that it is there. */
async function later(page, minutes) {
  await Promise.all([page.waitForResponse(response => response.url().endsWith('/presence')), page.evaluate(minutes => {
    const { now } = Date;
    Date.now = () => now() + minutes * 60_000;
    document.dispatchEvent(new Event('visibilitychange'));
  }, minutes)]);
  await page.waitForTimeout(6000); // it looks every five seconds
}

/** `enter` puts the doctor and the patient of a visit, by its number, into their room, each in a context of their own. */
export function partsOfTheRoom(enter) {
  let both;
  const join = async () => {
    await press(both.doctor, 'join');
    await press(both.patient, 'join');
    await bothSee([both.doctor, both.patient]);
  };
  const inTheCall = async () => {
    if (!both) {
      both = await enter();
      await join();
    }
    return both;
  };

  /** By the keyboard, "Hang up" has it after joining; and who has it on what goes when the other hangs up is at "Join". */
  async function theKeyboardIsNotLost() {
    both = await enter();
    const { doctor, patient } = both;
    await pressKey(doctor, doctor.locator('[data-call=join]'));
    await state(doctor, 'calling');
    expect(await focused(doctor) === 'end', `after joining the keyboard is at ${await focused(doctor)}`);
    await press(patient, 'join');
    await bothSee([doctor, patient]);
    await patient.locator('[data-call=microphone]').focus();
    await press(doctor, 'end');
    await state(patient, 'ended');
    await patient.waitForFunction(() => document.activeElement.dataset.call === 'join');
    await words(patient, 'The visit is not: you can join again.');
    await join();
  }

  /** A headset that is pulled out, and a page that is loaded again: who was not heard is not heard. */
  async function whatWasSwitchedOffStaysOff() {
    const { doctor, patient } = await inTheCall();
    await press(patient, 'microphone');
    await words(patient, 'Your microphone is off.');
    const before = await senders(patient);
    await patient.evaluate(() => {
      for (const { track } of window.connections.at(-1).getSenders()) {
        if (track.kind !== 'audio') continue;
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    });
    await patient.waitForFunction(before => window.connections.at(-1).getSenders().every(({ track }) => track && (track.kind === 'video' || track.id !== before)), before.find(({ kind }) => kind === 'audio').id);
    const after = await senders(patient);
    expect(after.every(({ kind, enabled }) => enabled === (kind === 'video')), 'the microphone is on again');
    expect(after.find(({ kind }) => kind === 'video').id === before.find(({ kind }) => kind === 'video').id, 'the camera was taken anew');
    expect(await patient.getAttribute('[data-call=microphone]', 'aria-pressed') === 'false', 'it is said to be on');
    await patient.reload();
    await bothSee([doctor, patient]);
    expect((await senders(patient)).every(({ kind, enabled }) => enabled === (kind === 'video')), 'loaded again, the microphone is on');
    await press(patient, 'microphone');
    expect((await senders(patient)).every(({ enabled }) => enabled), 'it cannot be switched on');
  }

  /** What is typed in one form outlives another; what is refused is said; links do not lead out of the call. */
  async function aFormInTheRoomEndsNoCall() {
    const { doctor, patient } = await inTheCall(), [loaded, before] = [await loads(doctor), await framesOf(doctor)];
    await doctor.fill('#opening [name=others_present]', 'Their daughter');
    await submit(doctor, '/delay');
    await doctor.waitForSelector('#late .flash:focus');
    expect(await doctor.inputValue('#opening [name=others_present]') === 'Their daughter', 'what was typed is gone');
    await doctor.locator('#late button[value="20"]').click();
    await patient.waitForSelector('#now [data-late="20"]');
    await submit(doctor, '/start');
    await doctor.waitForSelector('#now [data-status=in_progress]');
    expect(await doctor.inputValue('#opening [name=others_present]') === 'Their daughter', 'what was typed is gone with the beginning');
    await submit(doctor, '/opening');
    await doctor.waitForSelector('#opening .error-summary:focus');
    expect(await doctor.inputValue('#opening [name=others_present]') === 'Their daughter', 'what was refused is gone');
    await doctor.fill('#opening [name=location_now]', 'At home, Ring Road 12');
    await doctor.fill('#opening [name=call_back]', '+977 9800000001');
    await doctor.locator('#opening [name=identity]').first().check();
    await submit(doctor, '/opening');
    await doctor.waitForSelector('[data-opening=checked]');
    await doctor.waitForSelector('#emergency >> text=At home, Ring Road 12');
    expect(await doctor.locator('[data-anew]').isHidden(), 'the room says that it is out of date');
    const [other] = await Promise.all([doctor.context().waitForEvent('page'), doctor.locator('#standing a[href$="/messages"]').click()]);
    await other.close();
    expect(await asks(doctor), 'the page is left without a question');
    await seesPictures(doctor);
    expect(await loads(doctor) === loaded && await framesOf(doctor) > before, 'it navigated');
  }

  /** Whoever speaks for half an hour without a press is not said to be signed out; whoever does not, is. */
  async function whoSpeaksIsNotSaidToBeSignedOut() {
    const { doctor, patient } = await inTheCall();
    await later(doctor, 28.5);
    expect(await doctor.locator('.session[role=alert]').count() === 0, 'a notice stands in the call');
    await press(doctor, 'end');
    await Promise.all([doctor, patient].map(page => state(page, 'ended')));
    await later(doctor, 28.5);
    await doctor.waitForSelector('.session[role=alert]');
    await Promise.all([doctor, patient].map(page => page.reload()));
    await join();
  }

  /** Sound that the browser holds back is said, and one press plays it. */
  async function soundThatIsHeldBackIsPlayedByAPress() {
    const { doctor, patient } = await inTheCall();
    await patient.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function held() { return window.mayPlay ? play.call(this) : Promise.reject(new DOMException('held back', 'NotAllowedError')); };
    });
    await patient.reload();
    await bothSee([doctor, patient]);
    await words(patient, 'plays nothing before you press');
    await patient.evaluate(() => { window.mayPlay = true; });
    await press(patient, 'play');
    await patient.waitForSelector('[data-call=play]', { state: 'hidden' });
  }

  /** Whoever comes back after a while presses again, and no camera is on before. */
  async function whoComesBackLateIsAsked() {
    const { doctor, patient } = await inTheCall(), address = patient.url();
    await open(patient, new URL('/profile', address).href);
    await patient.evaluate(ago => {
      const [key] = Object.keys(sessionStorage).filter(name => name.startsWith('call '));
      const kept = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - ago }));
    }, 2 * MINUTE);
    await open(patient, address);
    await patient.waitForSelector('[data-call=join]:enabled');
    await patient.waitForTimeout(1500);
    expect(await patient.getAttribute('#call', 'data-state') === 'none', 'it joined by itself');
    expect(await patient.evaluate(() => !window.connections.length && !document.querySelector('[data-call=ours]').srcObject), 'the camera is on');
    await press(patient, 'join');
    await bothSee([doctor, patient]);
  }

  /** A visit that moves to the telephone, and one that is over: the patient reads that, and not that they can join. */
  async function thePatientReadsWhatBecameOfTheVisit() {
    const { doctor, patient } = await inTheCall();
    const desk = await doctor.context().newPage(), visit = doctor.url().replace(/\/room$/, '');
    await open(desk, visit);
    await desk.locator('details:has(form[action$="/modality"]) > summary').click();
    await desk.selectOption('dialog [name=modality]', 'phone');
    await desk.fill('dialog [name=reason]', 'The picture does not come.');
    await Promise.all([desk.waitForEvent('load'), desk.locator('dialog button[type=submit]').click()]);
    await words(patient, 'goes on by telephone');
    expect(await patient.locator('[data-call=join]').isDisabled(), 'the patient can join a call that is none');
    await desk.locator('details:has(form[action$="/modality"]) > summary').click();
    await desk.selectOption('dialog [name=modality]', 'video');
    await desk.fill('dialog [name=reason]', 'It comes again.');
    await Promise.all([desk.waitForEvent('load'), desk.locator('dialog button[type=submit]').click()]);
    await desk.close();
    await Promise.all([doctor, patient].map(page => page.waitForSelector('[data-call=join]:enabled')));
    await join();
    if (await doctor.locator('form[action$="/start"]').count()) await submit(doctor, '/start');
    await submit(doctor, '/outcome');
    await words(patient, 'The visit is over.');
    expect(!(await patient.locator('[data-call=words]').innerText()).includes('join'), 'the patient is told to join');
    await patient.waitForSelector('[data-anew]:not([hidden])');
  }

  /** What is typed and not sent is asked about; what is sent is not. */
  async function aMessageThatIsTypedIsAskedAbout() {
    const { patient } = await inTheCall();
    const page = await patient.context().newPage();
    await open(page, patient.url().replace(/room$/, 'messages'));
    await page.locator('#write [name=body]').pressSequentially('May I eat');
    expect(await asks(page), 'the page is left without a question');
    await submit(page, '/messages');
    await page.waitForSelector('#thread >> text=May I eat');
    await page.locator('#write [name=body]').click();
    expect(!await asks(page), 'it asks about what was sent');
    await page.close();
  }

  /** On a computer that others use: nobody goes on watching. */
  async function whoSignsOutElsewhereIsOutOfTheCall() {
    await both?.end();
    both = undefined;
    both = await enter(1);
    const { patient, doctor, end } = both;
    await join();
    await patient.evaluate(() => { window.mine = window.connections.at(-1).getSenders().map(({ track }) => track); });
    const second = await patient.context().newPage();
    await open(second, '/profile');
    await Promise.all([second.waitForEvent('load'), second.locator('form[action="/sign-out"] button').click()]);
    await state(patient, 'ended');
    await words(patient, 'You have been signed out');
    expect(await patient.evaluate(() => window.mine.every(track => track.readyState === 'ended') && [...document.querySelectorAll('#call video')].every(video => !video.srcObject)), 'camera or picture go on');
    expect(await doctor.getAttribute('#call', 'data-state') !== 'ended', 'whoever signs out ends the call of the other');
    await end();
    both = undefined;
  }

  return [theKeyboardIsNotLost, whatWasSwitchedOffStaysOff, aFormInTheRoomEndsNoCall, whoSpeaksIsNotSaidToBeSignedOut, soundThatIsHeldBackIsPlayedByAPress, whoComesBackLateIsAsked,
    thePatientReadsWhatBecameOfTheVisit, aMessageThatIsTypedIsAskedAbout, whoSignsOutElsewhereIsOutOfTheCall];
}
