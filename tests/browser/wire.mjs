// The wire between a browser and a relay, or between two browsers, on this machine: it passes on what comes, and loses, delays, holds back or swallows it as
// it is told. Datagrams and streams. For matrix.mjs.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

/** What may befall what passes: `loss` in per cent, `delay` in milliseconds, `rate` in kbit/s each way, `cut`: nothing passes. */
const WELL = { loss: 0, delay: 0, rate: Infinity, cut: false };

/** Milliseconds: a sender of a stream that has as much under way waits. */
const HELD_UP = 300;

/** Until that moment. */
const pause = until => until - Date.now() < 1 ? undefined : new Promise(wake => setTimeout(wake, until - Date.now()));

/** One way, or more that share a fate. */
export class Wire {
  #ends = new Set();
  #fate = { ...WELL };

  /** From now on; what is not said is well. */
  befall(fate = {}) {
    this.#fate = { ...WELL, ...fate };
    for (const end of this.#ends) end.befallen?.(this.#fate);
  }

  /** When a packet of so many bytes is through, for the way that `busy` belongs to; nothing: it is lost. */
  #arrival(busy, bytes) {
    const { loss, delay, rate, cut } = this.#fate, now = Date.now();
    if (cut || Math.random() * 100 < loss) return undefined;
    const free = Math.max(busy.until ?? 0, now);
    // What would wait for longer than half a second, a router throws away.
    if (free - now > 500) return undefined;
    busy.until = free + bytes * 8 / rate;
    return busy.until - now + delay;
  }

  /** Datagrams to `port`: at which port they come in. Each sender has a socket of its own behind it, as behind a router. */
  async datagrams(port, host = '127.0.0.1') {
    const near = createSocket('udp4'), senders = new Map();
    const pass = (busy, data, send) => {
      const wait = this.#arrival(busy, data.length);
      if (wait === undefined) return;
      if (wait < 1) send(); else setTimeout(send, wait);
    };
    near.on('message', (data, from) => {
      const name = `${from.address}:${from.port}`;
      if (!senders.has(name)) {
        const far = createSocket('udp4'), back = {};
        far.on('error', () => {});
        far.on('message', data => pass(back, data, () => this.#ends.has(near) && near.send(data, from.port, from.address)));
        senders.set(name, { far, there: {} });
      }
      const { far, there } = senders.get(name);
      pass(there, data, () => this.#ends.has(near) && far.send(data, port, host));
    });
    near.on('error', () => {});
    await new Promise(done => near.bind(0, '127.0.0.1', done));
    near.destroy = () => { for (const { far } of senders.values()) far.close(); near.close(); };
    this.#ends.add(near);
    return near.address().port;
  }

  /** A stream loses nothing and keeps its order: while it is cut what is sent waits, and afterwards it goes on, as TCP does; and who sends more than passes is held up. */
  async streams(port, host = '127.0.0.1') {
    const server = createServer(near => {
      const far = connect(port, host), both = [near, far];
      const befallen = ({ cut }) => { for (const one of both) if (cut) one.pause(); else one.resume(); };
      const way = { befallen, destroy: () => { for (const one of both) one.destroy(); } };
      this.#ends.add(way);
      for (const [one, other] of [[near, far], [far, near]]) {
        let free = 0, before = Promise.resolve();
        one.setNoDelay(true);
        one.on('data', data => {
          const { delay, rate } = this.#fate, now = Date.now();
          free = Math.max(free, now) + data.length * 8 / rate;
          const due = free + delay;
          before = before.then(() => pause(due)).then(() => other.writable && other.write(data));
          if (free - now < HELD_UP) return;
          one.pause();
          Promise.resolve(pause(free - HELD_UP / 2)).then(() => this.#fate.cut || one.resume());
        });
        one.on('error', () => {});
        one.on('close', () => { this.#ends.delete(way); other.destroy(); });
      }
      befallen(this.#fate);
    });
    await new Promise(done => server.listen(0, '127.0.0.1', done));
    this.#ends.add({ destroy: () => server.close() });
    return server.address().port;
  }

  end() {
    for (const end of this.#ends) end.destroy();
    this.#ends.clear();
  }
}

/** Puts a wire between this page and whoever it calls straight: of each way that the page names to the other, the other is told one through the wire. */
export function throughWire(page, wire) {
  const ways = new Map();
  const rewritten = async candidate => {
    const words = candidate.split(' '), [, , transport, , address, port] = words;
    if (transport.toLowerCase() !== 'udp' || !/^[\d.]+$/.test(address)) return undefined;
    const name = `${address}:${port}`;
    if (!ways.has(name)) ways.set(name, wire.datagrams(Number(port), address));
    words.splice(4, 2, '127.0.0.1', String(await ways.get(name)));
    return words.join(' ');
  };
  return page.route('**/call/signals', async route => {
    const said = route.request().postDataJSON();
    if (said?.kind === 'candidate') {
      const all = await Promise.all(said.body.map(async one => ({ ...one, candidate: await rewritten(one.candidate) })));
      said.body = all.filter(one => one.candidate);
    } else if (said?.body?.sdp) {
      const lines = await Promise.all(said.body.sdp.split('\r\n').map(async line => {
        if (!line.startsWith('a=candidate:')) return line;
        const candidate = await rewritten(line.slice(2));
        return candidate && `a=${candidate}`;
      }));
      said.body.sdp = lines.filter(line => line !== undefined).join('\r\n');
    }
    await route.continue({ postData: JSON.stringify(said) });
  });
}
