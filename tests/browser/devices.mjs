// Who has one device alone, because there is no other or because something else has it: heard or seen, and told so. For calls.mjs.
import { expect } from './keyboard.mjs';
import { framesOf, press, seesPictures, soundOf, state } from './pictures.mjs';

/** From now on the browser does not give that device: for the reason that browsers have for it. */
const withholds = (page, kind, reason) => page.evaluate(([kind, reason]) => {
  const devices = navigator.mediaDevices, give = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async asked => {
    if (asked[kind]) throw new DOMException('', reason);
    return give(asked);
  };
}, [kind, reason]);

const arrived = (page, kind) => kind === 'video' ? framesOf(page) : soundOf(page);

async function arrives(page, kind) {
  const before = await arrived(page, kind), until = Date.now() + 40_000;
  while (await arrived(page, kind) <= before + 20) {
    expect(Date.now() < until, `no ${kind} arrives at ${page.url()}`);
    await page.waitForTimeout(500);
  }
}

export function partsWithOneDevice(bothInTheRoom) {
  async function whoHasOneDeviceIsHeardOrSeen() {
    for (const [kind, reason, sentence, theOther] of [
      ['video', 'NotReadableError', 'Without your camera: sound only. Something else may be using it.', 'audio'],
      ['video', 'NotFoundError', 'Without your camera: sound only. None was found.', 'audio'],
      ['audio', 'NotReadableError', 'Without your microphone you are seen and not heard. Something else may be using it.', 'video'],
      ['audio', 'NotFoundError', 'Without your microphone you are seen and not heard. None was found.', 'video'],
    ]) {
      const { doctor, patient, end } = await bothInTheRoom();
      await withholds(patient, kind, reason);
      await press(doctor, 'join');
      await press(patient, 'join');
      await patient.waitForSelector(`[data-call=words] >> text=${sentence}`);
      await Promise.all([state(doctor, 'connected'), seesPictures(patient)]);
      await Promise.all([arrives(doctor, theOther), arrives(patient, 'audio')]);
      expect(await arrived(doctor, kind) === 0, `${kind} comes without a device for it`);
      const control = name => patient.locator(`[data-call=${name}]`);
      expect(await control(kind === 'video' ? 'camera' : 'microphone').isDisabled(), `what is not there can be switched on: ${kind}`);
      expect(await control(kind === 'video' ? 'microphone' : 'camera').isEnabled(), `what is there cannot be switched off, without ${kind}`);
      expect(await doctor.locator('[data-call=restart]').isHidden(), 'who has no microphone is taken for a line that stands still');
      await press(doctor, 'end');
      await state(patient, 'ended');
      await end();
    }
  }
  return [whoHasOneDeviceIsHeardOrSeen];
}
