import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import t from 'tap';
import { connectionsAtMost } from '../../../src/http/connections.js';
import { listen, raw, startGuest } from '../../fixtures/guest.js';
import type { Teardown } from '../../fixtures/redis.js';
import { eventually } from '../../fixtures/runtime.js';
import { certificate, freePort } from '../certificate.js';

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';

/** Sockets that say nothing. */
function crowd(t: Teardown) {
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  return {
    add(port: number, localAddress = '127.0.0.1'): Socket {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      return socket;
    },
    open: () => sockets.filter((socket) => !socket.destroyed && !socket.readableEnded),
  };
}

/** Whether a whole request of this address is answered. */
const answered = (port: number, localAddress: string): Promise<boolean> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(HEALTH));
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => undefined).on('close', () => resolve(answer.startsWith('HTTP/1.1 200')));
  });

t.test('one address holds five hundred connections and no more, and shuts nobody else out', async (t) => {
  const guest = await startGuest(t, { started: false });
  const port = await listen(guest.app);
  const idle = crowd(t);
  for (let i = 0; i < 600; i++) idle.add(port);
  await eventually(() => idle.open().length === 500);
  t.notOk(await answered(port, '127.0.0.1'));
  t.ok(await answered(port, '127.0.0.2'));
  t.equal(idle.open().length, 500, 'the older ones stay');
  for (const socket of idle.open().slice(0, 10)) socket.destroy();
  await eventually(() => answered(port, '127.0.0.1'));
});

t.test('the bounds hold for http and https together', async (t) => {
  const tlsPort = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(tlsPort), ...certificate() };
  const limits = { connections: 6, connectionsPerAddress: 4 };
  const guest = await startGuest(t, { started: false, env, limits });
  const port = await listen(guest.app);
  const idle = crowd(t);
  for (const one of [port, tlsPort, port, tlsPort]) await once(idle.add(one), 'connect');
  t.notOk(await answered(port, '127.0.0.1'), 'its fifth');
  await once(idle.add(tlsPort), 'close');
  t.ok(await answered(port, '127.0.0.2'));
  await once(idle.add(tlsPort, '127.0.0.2'), 'connect');
  await once(idle.add(port, '127.0.0.3'), 'connect');
  t.notOk(await answered(port, '127.0.0.4'), 'the seventh of all');
  t.equal(idle.open().length, 6);
  for (const socket of idle.open()) socket.destroy();
  await eventually(() => answered(port, '127.0.0.4'));
});

t.test('a connection over https counts until it ends, shaken hands or not', async (t) => {
  const tlsPort = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(tlsPort), ...certificate() };
  const guest = await startGuest(t, { started: false, env, limits: { connectionsPerAddress: 2 } });
  const port = await listen(guest.app);
  for (let round = 0; round < 3; round++) {
    const both = [0, 1].map(() =>
      connectTls({ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false }),
    );
    await Promise.all(both.map((socket) => once(socket, 'secureConnect')));
    t.notOk(await answered(port, '127.0.0.1'));
    for (const socket of both) socket.destroy();
    await eventually(() => answered(port, '127.0.0.1'));
  }
});

t.test('a proxy that is trusted stands for all its guests, and is not bound as one of them', async (t) => {
  const options = { env: { TRUST_PROXY: '127.0.0.2' }, limits: { connectionsPerAddress: 2 } };
  const guest = await startGuest(t, { started: false, ...options });
  const port = await listen(guest.app);
  const idle = crowd(t);
  for (let i = 0; i < 4; i++) await once(idle.add(port, '127.0.0.2'), 'connect');
  t.ok(await answered(port, '127.0.0.2'));
  t.equal(idle.open().length, 4);
});

t.test('who connects over https and shakes no hand is cut off as one who sends no headers', async (t) => {
  const tlsPort = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(tlsPort), ...certificate() };
  const guest = await startGuest(t, { started: false, env, limits: { headersMs: 300, checkMs: 50 } });
  await listen(guest.app);
  t.equal(await raw(tlsPort, '', 5000), '');
});

t.test('half of the descriptors are left for everything else', async (t) => {
  t.equal(connectionsAtMost('unlimited'), 10_000);
  t.equal(connectionsAtMost(1_048_576), 10_000);
  t.equal(connectionsAtMost(1024), 512);
  const file = JSON.stringify(new URL('../../../dist/http/connections.js', import.meta.url).href);
  const ask = `import(${file}).then((it) => process.stdout.write(String(it.connectionsAtMost())))`;
  const node = [process.execPath, '-e', ask].map((part) => `'${part}'`).join(' ');
  t.equal(execFileSync('sh', ['-c', `ulimit -n 300; exec ${node}`], { encoding: 'utf8' }), '150');
});
