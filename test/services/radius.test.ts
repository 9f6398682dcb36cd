import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import type { AccountedSession } from '../../src/drivers/driver.js';
import { HALL, startAsking } from '../fixtures/radius.js';
import { NINE, SITE } from '../fixtures/runtime.js';

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
