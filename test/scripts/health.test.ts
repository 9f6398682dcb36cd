import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Something that answers like a listener whose own name is `host`, and redirects for any other. */
async function listener(t: Test, host: string, tls?: { cert: string; key: string }): Promise<string> {
  const answer = ({ url, headers }: IncomingMessage, response: ServerResponse) => {
    const own = url === '/healthz' && headers.host === host.replace('PORT', port);
    response.writeHead(own ? 200 : 302).end('ok');
  };
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = `${(server.address() as AddressInfo).port}`;
  t.teardown(() => server.close());
  return port;
}

function check(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'scripts/health.mjs')], { env });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

const well = { code: 0, stderr: '' };
const REDIS_URL = 'redis://127.0.0.1:1';

t.test('the health check asks a listener of each kind of process by its own name', async (t) => {
  t.match(await check({ ADMIN_PORT: await listener(t, '127.0.0.1:PORT') }), well);
  const ADMIN_PORT = await listener(t, 'admin.example.com');
  t.match(
    await check({ ADMIN_PORT, ADMIN_HOST: '0.0.0.0', ADMIN_URL: 'https://admin.example.com' }),
    well,
    'configured names',
  );
  const PORT = await listener(t, 'wifi.example.com:81');
  t.match(
    await check({ PORT, ROLES: 'guest,worker', REDIS_URL, PORTAL_URL: 'http://wifi.example.com:81' }),
    well,
  );
  const PEOPLE_PORT = await listener(t, '127.0.0.1:PORT');
  t.match(await check({ PEOPLE_PORT, ROLES: 'people', REDIS_URL }), well);
  t.match(await check({ ROLES: 'worker', REDIS_URL }), well, 'a worker has nothing to ask');
});

t.test('the health check asks by https where a certificate is set, whatever name it is for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-health-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [TLS_KEY, TLS_CERT] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', TLS_KEY, '-out', TLS_CERT, '-subj', '/CN=wifi.example.com'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files], { stdio: 'ignore' });
  const [cert, key] = [readFileSync(TLS_CERT, 'utf8'), readFileSync(TLS_KEY, 'utf8')];
  const ADMIN_PORT = await listener(t, '127.0.0.1:PORT', { cert, key });
  t.match(await check({ TLS_CERT, TLS_KEY, ADMIN_PORT }), well);
});

t.test('the health check fails where nothing or something else answers, and says what', async (t) => {
  t.match(await check({ ADMIN_PORT: await listener(t, 'elsewhere') }), {
    code: 1,
    stderr: /answers with 302/,
  });
  t.match(await check({ ADMIN_PORT: '1' }), { code: 1, stderr: /^Port 1: .*ECONNREFUSED/ });
  t.match(await check({ ADMIN_PORT: 'x' }), { code: 1, stderr: /ADMIN_PORT/ });
});
