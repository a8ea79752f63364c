// A relay for calls (coturn) on this machine alone, which can be ended and started again; for calls.mjs.
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { openSync } from 'node:fs';
import { connect } from 'node:net';

const { FOLDER, PATH, HOME } = process.env;

export class Relay {
  constructor() {
    const port = randomInt(33_000, 36_000);
    Object.assign(this, { port, secret: randomBytes(16).toString('hex'), urls: ['udp', 'tcp'].map(way => `turn:127.0.0.1:${port}?transport=${way}`) });
  }

  async start() {
    const log = openSync(`${FOLDER}/relay`, 'a');
    // Relaying to this machine itself, which no relay of a clinic may do, it takes only with a password for its own line of commands.
    const settings = ['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', this.port, '--min-port', '36001', '--max-port', '39999',
      '--use-auth-secret', '--static-auth-secret', this.secret, '--realm', 'clinic.test', '--allow-loopback-peers', '--cli-password', this.secret, '--no-cli', '--no-tls', '--no-dtls',
      '--pidfile', `${FOLDER}/relay.pid`, '--log-file', 'stdout', '--userdb', `${FOLDER}/relay.db`];
    this.process = spawn('turnserver', settings.map(String), { cwd: FOLDER, env: { PATH, HOME }, stdio: ['ignore', log, log] });
    this.ended = new Promise(done => { this.process.once('exit', done); });
    for (let patience = 100; patience > 0; patience -= 1) {
      const is = await new Promise(done => {
        const line = connect(this.port, '127.0.0.1', () => { line.destroy(); done(true); });
        line.once('error', () => done(false));
      });
      if (is) return;
      await new Promise(wake => setTimeout(wake, 100));
    }
    throw new Error('the relay does not start');
  }

  /** At once, as if its machine had gone. */
  end() {
    this.process?.kill('SIGKILL');
    return this.ended;
  }
}
