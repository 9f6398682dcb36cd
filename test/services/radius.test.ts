import { createSocket } from 'node:dgram';
import t from 'tap';
import type { Gateway } from '../../src/domain/gateway.js';
import type { ClientMac } from '../../src/domain/id.js';
import type { AccountedSession } from '../../src/drivers/driver.js';
import { CODE, encodeRequest } from '../../src/drivers/radius/codec.js';
import { siteKeys } from '../../src/redis/keys.js';
import { SESSIONS_MOST } from '../../src/redis/sessions.js';
import { createRadius } from '../../src/services/radius.js';
import { HALL, startAsking } from '../fixtures/radius.js';
import { eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';

const session = (mac: string, id: string, more: Partial<AccountedSession> = {}): AccountedSession => ({
  mac: mac as ClientMac,
  id,
  username: mac,
  nas: '127.0.0.1',
  seenAt: NINE,
  ...more,
});

t.test('of several routers behind one address each has its own sessions', async (t) => {
  const { runtime } = await startAsking(t, { kind: 'radius' });
  const { account } = runtime.services.radius;
  const report = { gateway: HALL, nas: '127.0.0.1' };
  const kept = async () =>
    (await runtime.stores.sessions.list<AccountedSession>(SITE, HALL, NINE)).map(({ mac }) => mac).sort();
  const [first, second] = [
    session('02:00:00:00:31:01', '00000001', { nasId: 'ap-1', nasIp: '192.0.2.1' }),
    session('02:00:00:00:31:02', '00000001', { nasId: 'ap-2', nasIp: '192.0.2.1' }),
  ];
  await account({ ...report, event: 'start', session: first });
  await account({ ...report, event: 'start', session: second });
  t.same(await kept(), [first.mac, second.mac], 'the number of a session is its router’s own');
  await account({ ...report, event: 'on', nasId: 'ap-2', nasIp: '192.0.2.1' });
  t.same(await kept(), [first.mac], 'one that has started anew ends no session of another');
  await account({ ...report, event: 'stop', session: second });
  t.same(await kept(), [first.mac]);
  await account({ ...report, event: 'off' });
  t.same(await kept(), [], 'one that does not say which it is has all of them');
});

t.test('a router fills no more of the memory than its sessions could need', async (t) => {
  const said: string[] = [];
  const log = {
    info: () => undefined,
    warn: (_: object, text: string) => void said.push(text),
    error: () => undefined,
  };
  const { runtime } = await startAsking(t, { kind: 'radius' }, { log });
  const { account } = runtime.services.radius;
  const key = siteKeys.sessions(SITE, HALL);
  const old = session('02:00:00:00:32:00', 'old', { seenAt: NINE - 26 * HOUR });
  const rows = Array.from({ length: SESSIONS_MOST }, (_, n) => [`row ${n}`, JSON.stringify(old)]).flat();
  await runtime.server.redis.hset(key, ...rows);
  const report = { gateway: HALL, nas: '127.0.0.1', event: 'start' as const };
  await account({ ...report, session: session('02:00:00:00:32:01', 'a') });
  t.equal(await runtime.server.redis.hlen(key), 1, 'those that are over make room');

  const fresh = Array.from({ length: SESSIONS_MOST - 1 }, (_, n) => [
    `row ${n}`,
    JSON.stringify(session('02:00:00:00:32:00', `${n}`)),
  ]).flat();
  await runtime.server.redis.hset(key, ...fresh);
  for (const id of ['b', 'c']) await account({ ...report, session: session('02:00:00:00:32:02', id) });
  t.equal(await runtime.server.redis.hlen(key), SESSIONS_MOST);
  t.equal(said.filter((text) => /more sessions/.test(text)).length, 1, 'it is said, once');
  await account({
    ...report,
    event: 'interim',
    session: session('02:00:00:00:32:01', 'a', { ip: '10.0.0.9' }),
  });
  const [kept] = (await runtime.stores.sessions.list<AccountedSession>(SITE, HALL, NINE)).filter(
    ({ id }) => id === 'a',
  );
  t.equal(kept?.ip, '10.0.0.9', 'what is known is told further');
});

t.test('what a stranger sends costs no reading of every gateway’s configuration', async (t) => {
  let read = 0;
  const said: string[] = [];
  const at = (version: number) => ({ id: HALL, site: SITE, kind: 'radius', fields: {}, version }) as Gateway;
  let gateway = at(1);
  const nas = () => {
    read++;
    const network = gateway.version === 1 ? '192.0.2.0/24' : '127.0.0.0/8';
    return { networks: [network], secret: 'x', requireMessageAuthenticator: true };
  };
  const { listener } = createRadius({
    registry: { all: () => [gateway], get: () => gateway, kindOf: () => ({ radius: { nas } }) },
    now: () => NINE,
    log: { info: () => undefined, warn: (_: object, text: string) => void said.push(text) },
  } as never);
  const { follow, bound, close } = listener({ host: '127.0.0.1', port: 0, accountingPort: 0 });
  await follow();
  t.teardown(close);
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const flood = async (until: RegExp) => {
    for (let n = 0; n < 50; n++) {
      const bytes = encodeRequest({ code: CODE.accessRequest, id: n, secret: 'guessed', attributes: [] });
      socket.send(bytes, bound()?.port as number, '127.0.0.1');
    }
    await eventually(() => said.some((text) => until.test(text)));
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await flood(/in the field nas of no gateway/);
  t.ok(read <= 2, `${read} times`);
  gateway = at(2);
  await flood(/is not signed by the secret/);
  t.pass('a change is heeded');
});
