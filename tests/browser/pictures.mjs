// Two pages in a call, as whoever looks at them sees it: what is said of the call, and pictures that come and go on coming. For calls.mjs and matrix.mjs.
import { chromium } from 'playwright-core';
import { FLAGS } from './checks.mjs';
import { expect, open } from './keyboard.mjs';

/** Camera and microphone of tests, and a person who lets pages use them. */
export const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

export const browserWith = (...flags) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, '--allow-loopback-in-peer-connection', ...flags] });

/** Each page keeps its connections, so that what arrives can be counted without asking the page's own scripts. */
export const watchConnections = () => {
  const Connection = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) { super(...settings); window.connections.push(this); }
  };
};

/** So many pictures have come over the connection that is in use. */
export const framesOf = page => page.evaluate(async () => {
  const open = window.connections.filter(one => one.connectionState !== 'closed').at(-1);
  const stats = open ? [...(await open.getStats()).values()] : [];
  return stats.find(one => one.type === 'inbound-rtp' && one.kind === 'video')?.framesDecoded ?? 0;
});

/** So much sound has arrived, in packets of a fiftieth of a second. */
export const soundOf = page => page.evaluate(async () => {
  const stats = [...(await window.connections.at(-1).getStats()).values()];
  return stats.find(one => one.type === 'inbound-rtp' && one.kind === 'audio')?.packetsReceived ?? 0;
});

export const state = (page, wanted, timeout = 40_000) => page.waitForSelector(`#call[data-state=${wanted}]`, { timeout });
export const press = (page, name) => page.locator(`[data-call=${name}]`).click();
export const pathOf = page => page.waitForFunction(() => document.querySelector('#call').dataset.path).then(handle => handle.jsonValue());
export const phoneIsOffered = (page, timeout = 40_000) => page.waitForSelector('[data-call=phone]:visible', { timeout });

/** Pictures come, and go on coming; the page counts them too. */
export async function seesPictures(page, patience = 40_000) {
  const until = Date.now() + patience;
  await state(page, 'connected', patience);
  for (let before = await framesOf(page); ;) {
    const now = await framesOf(page);
    if (before > 0 && now > before + 4) break;
    if (now < before || before === 0) before = now;
    expect(Date.now() < until, `no pictures arrive at ${page.url()}`);
    await new Promise(wake => setTimeout(wake, 100));
  }
  await page.waitForFunction(() => Number(document.querySelector('#call').dataset.frames) > 0);
}
export const bothSee = (pages, patience) => Promise.all(pages.map(page => seesPictures(page, patience)));

/** The page shows the room of a visit, and its call can be joined. */
export async function openRoom(page, address) {
  await page.addInitScript(watchConnections);
  await open(page, address);
  await page.waitForSelector('[data-call=join]:enabled');
}
