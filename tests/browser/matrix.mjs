// node matrix.mjs
// Each way that a call can take, and on each what can befall it: afterwards both see each other again, or are on the telephone, within half a minute. Printed as a
// table with the seconds that it took. PATHS and ONLY, patterns, look at some ways and at some of what befalls. calls.sh says where everything is.
import { Caller } from './caller.mjs';
import { clinicOfToday } from './clinic_today.mjs';
import { expect, inShort, signedIn } from './keyboard.mjs';
import { DEVICES, bothSee, browserWith, framesOf, openRoom, pathOf, phoneIsOffered, press, seesPictures, soundOf, state } from './pictures.mjs';
import { Relay } from './relay.mjs';
import { Server, whileRedisIsStopped } from './servers.mjs';
import { Wire, throughWire } from './wire.mjs';

/** Seconds. The shortest that a credential may last. */
const TURN_TTL = 60;
/** Seconds within which a call is well again whatever befell it. */
const MOST = 30;

const relay = new Relay();
const [here, there] = [new Server(process.env.BASE_URL), new Server(process.env.OTHER_URL)];
const servers = [here, there];
const pause = seconds => new Promise(wake => setTimeout(wake, seconds * 1000));
const began = Date.now();
let clinic;

/** Relays through a wire, by the ways of this list; and everything through them, or what does not go straight. */
const relayed = (only, ...ways) => async wire => {
  const ports = { udp: () => wire.datagrams(relay.port), tcp: () => wire.streams(relay.port), tls: () => wire.streams(relay.tlsPort) };
  const urls = await Promise.all(ways.map(async way => `${way === 'tls' ? 'turns' : 'turn'}:127.0.0.1:${await ports[way]()}?transport=${way === 'udp' ? 'udp' : 'tcp'}`));
  return { TURN_URLS: urls.join(','), TURN_SECRET: relay.secret, TURN_TTL, CALL_RELAY_ONLY: String(only) };
};

/** What it is called, how it is made so, and what the page must say of it. */
const PATHS = [
  { name: 'direct', says: 'direct', settings: () => ({}), isStraight: true },
  { name: 'relay udp', says: 'relay/udp', settings: relayed(true, 'udp') },
  { name: 'relay tcp', says: 'relay/tcp', settings: relayed(true, 'tcp') },
  { name: 'relay tls', says: 'relay/tls', settings: relayed(true, 'tls'), flags: ['--ignore-certificate-errors'] },
  { name: 'udp blocked', says: 'relay/tcp', settings: relayed(false, 'udp', 'tcp'), flags: ['--force-webrtc-ip-handling-policy', '--webrtc-ip-handling-policy=disable_non_proxied_udp'] },
];

/** Milliseconds since `from` until both see each other. */
async function bothSeeSince(from, pages) {
  await bothSee(pages, MOST * 1000);
  return Date.now() - from;
}

async function whoLoadsThePageAgain({ pages }) {
  let most = 0;
  for (const page of pages) {
    const from = Date.now();
    await page.reload();
    most = Math.max(most, await bothSeeSince(from, pages));
  }
  return most;
}

async function whoHangsUpAndJoins({ pages }) {
  await press(pages[0], 'end');
  await Promise.all(pages.map(page => state(page, 'ended')));
  const from = Date.now();
  for (const page of pages) await press(page, 'join');
  return bothSeeSince(from, pages);
}

/** From its end on. */
const nothingFor = seconds => async ({ pages, wire }) => {
  wire.befall({ cut: true });
  await pause(1);
  const before = await Promise.all(pages.map(framesOf));
  await pause(seconds - 1);
  const during = await Promise.all(pages.map(framesOf));
  wire.befall();
  const from = Date.now();
  expect(during.every((frames, which) => frames <= before[which] + 2), `pictures came while nothing passed: ${before}, ${during}`);
  return bothSeeSince(from, pages);
};

async function theRelayStartsAgain({ pages }) {
  const from = Date.now();
  await relay.end();
  await relay.start();
  await pause(1); // what had arrived is shown
  return bothSeeSince(from, pages);
}

/** Pictures go on; and whoever loads the page again afterwards is back. */
async function theServersStartAgain({ pages }) {
  const before = await Promise.all(pages.map(framesOf));
  await Promise.all(servers.map(server => server.end()));
  await pause(1);
  const during = await Promise.all(pages.map(framesOf));
  await Promise.all(servers.map(server => server.start()));
  expect(during.every((frames, which) => frames > before[which] + 2), 'pictures stop with the servers');
  const from = Date.now();
  await pages[1].reload();
  return bothSeeSince(from, pages);
}

/** The page is loaded again meanwhile. */
async function redisIsStopped({ pages }) {
  const from = Date.now();
  await whileRedisIsStopped(async () => {
    await pages[1].reload();
    await pause(6);
  });
  const took = await bothSeeSince(from, pages);
  return Math.max(took - 6000, 0);
}

/** These pages reach neither the server nor each other for so long that the server forgets them: whoever waits for one that is gone comes with a new page. */
const cutOffFor = (seconds, which) => async ({ pages, wire }) => {
  const cut = which.map(one => pages[one]);
  const offline = is => Promise.all(cut.map(page => page.context().setOffline(is)));
  const from = Date.now();
  wire.befall({ cut: true });
  await offline(true);
  await Promise.all(cut.map(page => phoneIsOffered(page, MOST * 1000)));
  await pause(seconds - (Date.now() - from) / 1000);
  wire.befall();
  await offline(false);
  return bothSeeSince(Date.now(), pages);
};

/** The call goes on; when the relay has forgotten it, fresh ones are asked for. */
async function theCredentialExpires(call) {
  await pause(TURN_TTL + 5);
  await bothSee(call.pages, MOST * 1000);
  return theRelayStartsAgain(call);
}

/** Some of what passes is lost and the rest is late, and whoever loads the page again is back all the same. */
const onALineWith = fate => call => {
  call.wire.befall(fate);
  return whoLoadsThePageAgain(call);
};

const arrivedAt = pages => Promise.all(pages.map(async page => ({ pictures: await framesOf(page), sound: await soundOf(page) })));

/** Too little for two pictures: pages give theirs up for the sound and say so, and when the line is good again both see each other. Where one has given way there
 * may be room for the other's. */
async function theLineIsThin({ pages, wire }) {
  const from = Date.now();
  wire.befall({ rate: 80 });
  const saysThin = (page, state, patience) => page.waitForSelector('[data-call=words] >> text=The line is thin', { state, timeout: patience * 1000 });
  await Promise.any(pages.map(page => saysThin(page, 'visible', MOST)));
  const took = Date.now() - from;
  // What was under way has to pass first, of TCP all of it. Then sound comes, and no picture from a page that has given its own up.
  for (const until = Date.now() + MOST * 1000; ;) {
    const thin = await Promise.all(pages.map(page => page.locator('[data-call=words] >> text=The line is thin').isVisible()));
    const [before, after] = [await arrivedAt(pages), (await pause(4), await arrivedAt(pages))];
    const came = after.map((one, which) => ({ sound: one.sound - before[which].sound, pictures: one.pictures - before[which].pictures, given: thin[1 - which] }));
    if (came.every(({ sound, pictures, given }) => sound > 100 && (!given || pictures <= 2))) break;
    expect(Date.now() < until, `over a thin line come ${JSON.stringify(came)}`);
  }
  wire.befall();
  await Promise.all(pages.map(page => saysThin(page, 'hidden', 2 * MOST)));
  await bothSee(pages, MOST * 1000);
  return took;
}

/** The patient's browser lacks something: they see, and are offered the telephone. */
const without = flags => async ({ path, patient }) => {
  const bare = await browserWith(...flags, ...path.flags ?? []);
  try {
    const pages = await path.join([undefined, await path.enter(bare, patient)]);
    const from = Date.now();
    for (const page of pages) await press(page, 'join');
    await Promise.all([seesPictures(pages[1], MOST * 1000), phoneIsOffered(pages[1], MOST * 1000)]);
    const took = Date.now() - from;
    await path.leave(pages);
    return took;
  } finally {
    await bare.close();
  }
};

/** Whatever way the call took. */
const FORGOTTEN = Object.fromEntries(PATHS.filter(({ isStraight }) => !isStraight).map(({ name }) => [name, 'what the server forgets has nothing to do with the way']));

/** What befalls, and the most seconds that it may take: the goal, and several times as much for a busy machine; where it cannot be, why. */
const EVENTS = [
  ['reload', whoLoadsThePageAgain, 15],
  ['hang up, rejoin', whoHangsUpAndJoins, 15],
  ['nothing for 8 s', nothingFor(8), 5],
  ['nothing for 25 s', nothingFor(25), 15],
  ['coturn restarted', theRelayStartsAgain, 15],
  ['servers restarted', theServersStartAgain, 10],
  ['Redis stopped', redisIsStopped, MOST],
  ['credential expired', theCredentialExpires, 15, { direct: 'no credential is used' }],
  ['2 % lost, 100 ms late', onALineWith({ loss: 2, delay: 100 }), 15],
  ['80 kbit/s', theLineIsThin, MOST],
  ['both cut off', cutOffFor(130, [0, 1]), 20, FORGOTTEN],
  ['one cut off', cutOffFor(70, [1]), 20, FORGOTTEN],
  ['no camera', without(DEVICES.slice(1)), MOST, {}, true],
  ['refused', without(DEVICES.slice(0, 1)), MOST, {}, true],
];

const only = (pattern, all, name) => pattern ? all.filter(one => name(one).match(pattern)) : all;
const paths = only(process.env.PATHS, PATHS, ({ name }) => name), events = only(process.env.ONLY, EVENTS, ([name]) => name);

/** All cells of one way. */
async function walk(path, number) {
  const wire = new Wire(), patient = clinic.patients[number];
  const more = await path.settings(wire);
  for (const server of servers) {
    await server.end();
    server.more = more;
    await server.start();
  }
  const desk = await Caller.signedIn(patient.email, clinic.password, there.url);
  await desk.post(`${patient.visit}/arrival`, { version: 0 });
  await desk.close();

  path.enter = async (browser, who) => (await signedIn(browser, who.email, clinic.password, true)).context();
  path.join = async contexts => Promise.all(contexts.map(async (context, which) => {
    const page = await (context ?? own[which]).newPage();
    page.setDefaultTimeout(MOST * 1000);
    if (path.isStraight) await throughWire(page, wire);
    await openRoom(page, `${servers[which].url}${patient.visit}/room`);
    return page;
  }));
  /** Somebody hangs up, so that the next begins anew. */
  path.leave = async pages => {
    await press(pages[0], 'end').catch(() => {});
    await Promise.all(pages.map(page => page.close().catch(() => {})));
  };
  const browsers = await Promise.all([0, 1].map(() => browserWith(...DEVICES, ...path.flags ?? [])));
  const own = await Promise.all([path.enter(browsers[0], clinic.doctor), path.enter(browsers[1], patient)]);
  const found = [];
  for (const [name, act, most, notHere, isOwn] of events) {
    const why = notHere?.[path.name];
    if (why) { found.push({ shown: '–', why }); continue; }
    let pages;
    try {
      const call = { path, wire, patient };
      if (!isOwn) {
        pages = call.pages = await path.join([undefined, undefined]);
        for (const page of pages) await press(page, 'join');
        await bothSee(pages, MOST * 1000);
        for (const page of pages) expect(await pathOf(page) === path.says, `the way is ${await pathOf(page)}`);
      }
      const took = await act(call);
      expect(took <= most * 1000, `it took ${took} ms`);
      found.push({ shown: (took / 1000).toFixed(1) });
      console.log(`ok   matrix: ${path.name}: ${name}, ${took} ms`);
    } catch (error) {
      process.exitCode = 1;
      found.push({ shown: 'BAD' });
      console.log(`BAD  matrix: ${path.name}: ${name}\n       ${inShort(error)}`);
      for (const page of pages ?? []) console.log(`       ${await page.evaluate(() => { const { state, path, frames } = document.querySelector('#call').dataset; return `${state} ${path} ${frames}: ${document.querySelector('[data-call=words]').textContent} ${window.connections.map(one => `${one.connectionState}/${one.iceConnectionState}/${one.signalingState}`)}`; }).catch(String)}`);
    } finally {
      wire.befall();
      if (pages) await path.leave(pages);
    }
  }
  await Promise.all(browsers.map(browser => browser.close()));
  wire.end();
  return found;
}

try {
  relay.withTls();
  await Promise.all([relay.start(), ...servers.map(server => server.start())]);
  clinic = await clinicOfToday();
  const rows = [];
  for (const [number, path] of paths.entries()) rows.push([path.name, await walk(path, number)]);
  const cell = (text, width) => String(text).padStart(width);
  console.log(`\n${''.padEnd(12)}${events.map(([name]) => cell(name, 22)).join('')}`);
  for (const [name, found] of rows) console.log(`${name.padEnd(12)}${found.map(({ shown }) => cell(shown, 22)).join('')}`);
  for (const [name, found] of rows) for (const [which, { why }] of found.entries()) if (why) console.log(`– ${name}, ${events[which][0]}: ${why}`);
  console.log(`\nSeconds; of what befalls from its end on, of coturn from its death on. ${Math.round((Date.now() - began) / 1000)} s in all.`);
} finally {
  await Promise.all([...servers.map(server => server.end()), relay.end()]);
}
