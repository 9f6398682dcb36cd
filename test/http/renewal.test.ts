import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { type Environment, loadConfig, readTlsAgain } from '../../src/config.js';
import { createCertificate } from '../../src/http/certificate.js';
import { createServers } from '../../src/http/server.js';
import { startPortal } from '../fixtures/portal.js';
import { DAY, eventually, type RuntimeFixtureOptions, startRuntime, testClock } from '../fixtures/runtime.js';
import { certificate, freePort } from './certificate.js';

const [OLD, NEW, NEWER] = [certificate(), certificate(), certificate()];
const printOf = ({ TLS_CERT }: { TLS_CERT: string }): string => new X509Certificate(TLS_CERT).fingerprint256;

async function dial(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

/** Which certificate a client that comes now is shown. */
async function shown(port: number): Promise<string> {
  const socket = await dial(port);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function ask(socket: TLSSocket): Promise<string> {
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [text] = await once(socket.setEncoding('utf8'), 'data');
  return text;
}

/** As certbot keeps them: links that are moved from one version to the next, each at its own moment. */
function filesOf(folder: string) {
  let version = 0;
  const paths = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
  const put = (name: keyof typeof paths, text: string): void => {
    version++;
    const [file, link] = [join(folder, `v${version}`), join(folder, `link${version}`)];
    writeFileSync(file, text);
    symlinkSync(file, link);
    renameSync(link, paths[name]);
  };
  return {
    paths,
    cert: (text: string) => put('TLS_CERT_FILE', text),
    key: (text: string) => put('TLS_KEY_FILE', text),
  };
}

async function startListeners(t: Test, options: RuntimeFixtureOptions & { everyMs?: number } = {}) {
  const files = filesOf(t.testdir());
  files.cert(OLD.TLS_CERT);
  files.key(OLD.TLS_KEY);
  const tlsPort = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(tlsPort), ...files.paths };
  const lines: string[] = [];
  const keep = (data: object, message: string) => void lines.push(`${message} ${JSON.stringify(data)}`);
  const log = { info: keep, warn: keep, error: keep };
  const runtime = await startRuntime(t, { ...options, env, log });
  const read = () => readTlsAgain(env);
  const { everyMs = 3_600_000 } = options;
  const servers = await createServers(runtime, log, { read, everyMs });
  t.teardown(() => servers.close());
  const ports = await servers.listen();
  return { files, lines, runtime, servers, ports: [tlsPort, ports.admin ?? 0, ports.people ?? 0] };
}

t.test('a renewed certificate is shown by all listeners, and connections that are open go on', async (t) => {
  const { files, servers, ports, lines } = await startListeners(t);
  const open = await Promise.all(ports.map(dial));
  for (const port of ports) t.equal(await shown(port), printOf(OLD));

  files.cert(NEW.TLS_CERT);
  servers.certificate?.look();
  for (const port of ports) t.equal(await shown(port), printOf(OLD), 'half of a renewal changes nothing');
  t.match(lines.join('\n'), /not renewed.*TLS_KEY does not belong to the certificate in TLS_CERT/);
  files.key(NEW.TLS_KEY);
  servers.certificate?.look();
  for (const port of ports) t.equal(await shown(port), printOf(NEW));
  t.match(lines.join('\n'), 'the certificate is renewed');

  for (const socket of open) {
    t.match(await ask(socket), /^HTTP\/1\.1 200 OK/);
    t.equal(socket.getPeerCertificate().fingerprint256, printOf(OLD));
    socket.destroy();
  }
});

t.test('what cannot be served is refused in one line, and the old certificate stays', async (t) => {
  const { files, servers, ports, lines, runtime } = await startListeners(t);
  const [port = 0] = ports;
  const cut = `${NEW.TLS_CERT}${NEWER.TLS_CERT.slice(0, 200)}`;
  const cases: [string, string, RegExp][] = [
    [OLD.TLS_CERT, NEW.TLS_KEY, /does not belong/],
    [NEW.TLS_CERT.slice(0, 300), NEW.TLS_KEY, /TLS_CERT: it holds no certificate/],
    [NEW.TLS_CERT, 'a note', /TLS_KEY: it holds no private key|TLS_KEY: the file cannot be read/],
    [NEW.TLS_CERT, '', /TLS_KEY_FILE: the file .* is empty/],
    [cut, NEW.TLS_KEY, /not renewed/],
  ];
  for (const [cert, key, said] of cases) {
    files.cert(cert);
    files.key(key);
    const before = lines.length;
    for (let i = 0; i < 3; i++) servers.certificate?.look();
    const told = lines.slice(before).filter((line) => line.includes('not renewed'));
    t.equal(told.length, 1, 'it is said once, however often it is looked at');
    t.match(told[0], said);
    t.notMatch(told[0], 'PRIVATE KEY');
    t.equal(await shown(port), printOf(OLD));
  }
  files.cert(NEW.TLS_CERT);
  servers.certificate?.look();
  t.equal(await shown(port), printOf(NEW));
  t.equal(runtime.config.tlsKey, OLD.TLS_KEY.trimEnd());
});

t.test('the files are looked at by themselves every so often', async (t) => {
  const { files, ports } = await startListeners(t, { everyMs: 20 });
  const [port = 0] = ports;
  files.key(NEW.TLS_KEY);
  files.cert(NEW.TLS_CERT);
  await eventually(async () => (await shown(port)) === printOf(NEW));
});

t.test('a certificate that stands in the environment itself does not change', async (t) => {
  const loaded = loadConfig({ ...OLD });
  t.ok(loaded.ok);
  t.equal(readTlsAgain({ ...OLD }), undefined);
  t.equal(readTlsAgain({}), undefined);
  const files: Record<string, string> = { '/c': NEW.TLS_CERT, '/k': NEW.TLS_KEY };
  const read = (env: Environment) => readTlsAgain(env, (path) => files[path] ?? '');
  t.match(
    read({ TLS_CERT: '/c', TLS_KEY: '/k' }),
    { cert: NEW.TLS_CERT },
    'a path in the variable is a file too',
  );
  t.match(read({ TLS_CERT: OLD.TLS_CERT, TLS_KEY_FILE: '/k' }), { problem: /does not belong/ });
});

t.test('a certificate that ends within two weeks is told of once a day', async (t) => {
  const lines: string[] = [];
  const keep = (_: object, message: string) => void lines.push(message);
  const end = Date.parse(new X509Certificate(OLD.TLS_CERT).validTo);
  const now = testClock(end - 20 * DAY);
  const pair = { cert: OLD.TLS_CERT, key: OLD.TLS_KEY };
  const log = { info: keep, warn: keep, error: keep };
  const { look } = createCertificate({ pair, read: () => undefined, now, log });
  const said = (): string[] => {
    look();
    return lines.splice(0);
  };
  t.strictSame(said(), []);
  now.advance(6 * DAY + 1);
  t.strictSame(said(), ['the certificate ends soon']);
  t.strictSame(said(), []);
  now.advance(DAY);
  t.strictSame(said(), ['the certificate ends soon']);
  now.set(end);
  t.strictSame(said(), ['the certificate has ended']);
});

t.test('SIGHUP has the running portal look at once, and is no end of it', async (t) => {
  const folder = t.testdir();
  const files = filesOf(folder);
  files.cert(OLD.TLS_CERT);
  files.key(OLD.TLS_KEY);
  const port = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(port), ...files.paths };
  const portal = startPortal(t, join(folder, 'data'), env);
  await portal.up;
  t.equal(await shown(port), printOf(OLD));
  files.cert(NEW.TLS_CERT);
  portal.child.kill('SIGHUP');
  await eventually(() => portal.err().includes('is not renewed'));
  files.key(NEW.TLS_KEY);
  portal.child.kill('SIGHUP');
  await eventually(() => portal.err().includes('is renewed'));
  t.equal(await shown(port), printOf(NEW));
  portal.child.kill('SIGTERM');
  t.equal(await portal.ended, 0);
});
