// A relay for calls (coturn) on this machine alone, which can be ended and started again; for calls.mjs and matrix.mjs.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { openSync } from 'node:fs';
import { connect } from 'node:net';

const { FOLDER, PATH, HOME } = process.env;

export class Relay {
  constructor() {
    // Below those from which the system takes ports for connections: one of them would have it while the relay is away.
    const port = 2 * randomInt(16_001, 16_384);
    Object.assign(this, { port, tlsPort: port + 1, secret: randomBytes(16).toString('hex'), urls: ['udp', 'tcp'].map(way => `turn:127.0.0.1:${port}?transport=${way}`) });
  }

  /** Speaks TLS as well from its next start on, with a certificate that nobody has signed but itself. */
  withTls() {
    const [key, certificate] = ['key', 'certificate'].map(name => `${FOLDER}/relay.${name}`);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    this.tls = ['--cert', certificate, '--pkey', key, '--tls-listening-port', this.tlsPort];
  }

  async start() {
    const log = openSync(`${FOLDER}/relay`, 'a');
    // Relaying to this machine itself, which no relay of a clinic may do, it takes only with a password for its own line of commands.
    const settings = ['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', this.port, '--min-port', '36001', '--max-port', '39999',
      '--use-auth-secret', '--static-auth-secret', this.secret, '--realm', 'clinic.test', '--allow-loopback-peers', '--cli-password', this.secret, '--no-cli', '--no-dtls', ...this.tls ?? ['--no-tls'],
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
