// Servers on one Postgres and one Redis, and what befalls them, for instances.mjs. run.sh says where everything is.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { ready } from './checks.mjs';

const { PROGRAM, FOLDER, DATABASE_URL, REDIS_URL, REDIS_PID, PATH, HOME } = process.env;
const SECRET_KEY = randomBytes(32).toString('hex');

/** A server at an address of its own, which can be ended and started again. */
export class Server {
  constructor(url, more = {}) {
    Object.assign(this, { url, more, port: Number(new URL(url).port) });
  }

  async start() {
    const log = openSync(`${FOLDER}/log`, 'a');
    const env = { PATH, HOME, BIND: `127.0.0.1:${this.port}`, PUBLIC_URL: this.url, DATABASE_URL, REDIS_URL, SECRET_KEY, RUST_LOG: 'error', ...this.more };
    this.process = spawn(PROGRAM, ['serve'], { cwd: FOLDER, env, stdio: ['ignore', log, log] });
    this.ended = new Promise(done => { this.process.once('exit', done); });
    await ready(`${this.url}/health/ready`);
  }

  /** Asks it to end; its exit code. */
  end() {
    this.process?.kill('SIGTERM');
    return this.ended;
  }
}

/** Says one command to Redis; the first line of what it answers. */
export const say = command => new Promise((done, failed) => {
  const { hostname, port } = new URL(REDIS_URL);
  const line = connect(Number(port), hostname, () => line.write(`${command}\r\n`));
  line.once('error', failed).once('data', data => {
    line.destroy();
    done(String(data).split('\r\n')[0]);
  });
});

/** Acts while Redis is stopped in its tracks: connections are there, nothing is answered. */
export async function whileRedisIsStopped(act) {
  process.kill(Number(REDIS_PID), 'SIGSTOP');
  try {
    return await act();
  } finally {
    process.kill(Number(REDIS_PID), 'SIGCONT');
  }
}

/** Before a server, passing on what comes until it is silent. */
export function lineTo({ port, url }) {
  const ends = new Set();
  let silent = false;
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1');
    ends.add(near).add(far);
    for (const [one, other] of [[near, far], [far, near]]) {
      one.on('data', data => { if (!silent) other.write(data); });
      one.on('error', () => {});
      one.on('close', () => { ends.delete(one); if (!silent) other.destroy(); });
    }
  });
  return new Promise(done => server.listen(0, '127.0.0.1', () => done({
    // The same name, so the session's cookie goes along.
    url: `http://${new URL(url).hostname}:${server.address().port}`,
    silence: is => { silent = is; },
    end: () => { for (const one of ends) one.destroy(); server.close(); },
  })));
}
