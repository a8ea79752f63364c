// Somebody who does things by plain requests, at one of the servers, while pages are looked at in browsers.
import { request } from 'playwright-core';
import { at, expect } from './keyboard.mjs';

export class Caller {
  static async signedIn(email, password, origin = new URL(at('/')).origin) {
    const caller = new Caller();
    Object.assign(caller, { origin, requests: await request.newContext({ extraHTTPHeaders: { origin } }) });
    await caller.post('/sign-in', { email, password });
    return caller;
  }

  /** Sends a form; the last part of the address that it leads to. */
  async post(address, form) {
    const answer = await this.requests.post(new URL(address, this.origin).href, { form, maxRedirects: 0 });
    expect(answer.status() === 303, `POST ${address} answers ${answer.status()}: ${(await answer.text()).match(/class="error"[^]*?<\/p>/)?.[0]}`);
    return answer.headers().location.split(/[/?]/).at(2);
  }

  async close() {
    await this.requests.dispose();
  }
}
