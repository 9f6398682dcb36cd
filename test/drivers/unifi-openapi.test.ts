import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { unifi } from '../../src/drivers/unifi/index.js';
import { startUnifiIntegration } from '../emulators/unifi-integration.js';
import { silent, testClock } from '../fixtures/runtime.js';
import { createJudge } from '../fixtures/unifi-openapi/validate.js';
import { MAC, OTHER, PATIENCE_MS } from './contract.js';

const MINUTE = 60_000;
const GUESTS = Array.from(
  { length: 230 },
  (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
);

for (const version of ['9.1.120', '10.5.66']) {
  t.test(`every call and answer is as UniFi Network ${version} describes it`, async (t) => {
    const now = testClock();
    const emulator = await startUnifiIntegration(t, { flavour: 'classic', now, version });
    const { router, join, leave, exchanges, quirks, admit } = emulator;
    const driver = (unifi as DriverKind).connect({
      gateway: 'unifi' as never,
      fields: { url: router.url, unifiSite: 'default', apiKey: 'key' },
      now,
      guestPort: 8080,
      timeoutMs: PATIENCE_MS,
      log: silent,
    });
    t.teardown(driver.close);
    for (const [n, mac] of [MAC, ...GUESTS].entries()) join(mac, { ip: `192.0.2.${n + 1}` });
    join(OTHER, { guest: false });

    t.ok((await driver.check()).ok);
    const until = now() + 90_000;
    const limits = { downKbps: 1, upKbps: 400_000, quotaMB: 2_000_000 };
    await driver.authorize({ mac: MAC, ips: [], until, limits });
    await driver.authorize({ mac: MAC, ips: [], until: now() + 5000 * 24 * 60 * MINUTE, limits: {} });
    await Promise.all(GUESTS.map((mac) => driver.authorize({ mac, ips: [], until, limits: {} })));
    admit(GUESTS[0] as ClientMac, 'VOUCHER', 60);
    t.equal((await driver.sessions?.())?.length, GUESTS.length);
    t.equal((await driver.clients?.())?.length, GUESTS.length + 1);
    t.ok(await driver.findClient?.('192.0.2.7'));
    await t.rejects(driver.authorize({ mac: OTHER, ips: [], until, limits: {} }), { code: 'misconfigured' });
    await driver.deauthorize({ mac: MAC, ips: [] });
    await driver.deauthorize({ mac: MAC, ips: [] });
    quirks.endOfNothing = 200;
    await driver.deauthorize({ mac: MAC, ips: [] });
    leave(MAC);
    await driver.deauthorize({ mac: MAC, ips: [] });

    const judge = createJudge(version);
    const operations = new Set<string>();
    const wrong = exchanges.flatMap((exchange) => {
      operations.add(`${exchange.method} ${exchange.path.replace(/[0-9a-f-]{36}/g, '*')}`);
      return judge(exchange).map((problem) => `${exchange.method} ${exchange.path}: ${problem}`);
    });
    t.strictSame([...new Set(wrong)], []);
    t.strictSame([...operations].sort(), [
      'GET /v1/info',
      'GET /v1/sites',
      'GET /v1/sites/*/clients',
      'GET /v1/sites/*/clients/*',
      'GET /v1/sites/*/devices',
      'POST /v1/sites/*/clients/*/actions',
    ]);
  });

  t.test(`what is not as UniFi Network ${version} describes it is found`, async (t) => {
    const judge = createJudge(version);
    const site = '5b1f0d4e-3f0a-4b8e-9c1d-0a1b2c3d4e5f';
    const one = (more: object) =>
      judge({
        method: 'POST',
        path: `/v1/sites/${site}/clients/${site}/actions`,
        query: {},
        json: { action: 'AUTHORIZE_GUEST_ACCESS', timeLimitMinutes: 1 },
        status: 200,
        answer: {
          action: 'AUTHORIZE_GUEST_ACCESS',
          grantedAuthorization: {
            authorizedAt: '2026-11-23T09:00:00Z',
            expiresAt: '2026-11-23T09:01:00Z',
            authorizationMethod: 'API',
          },
        },
        ...more,
      });
    t.strictSame(one({}), [], 'nothing is wrong with this one');
    const list = { method: 'GET', path: `/v1/sites/${site}/clients`, json: undefined };
    const page = (row: object) => ({ offset: 0, limit: 25, count: 1, totalCount: 1, data: [row] });
    const client = { type: 'WIRELESS', id: site, name: 'x', macAddress: MAC, uplinkDeviceId: site };
    const guest = { ...client, access: { type: 'GUEST', authorized: true } };
    t.strictSame(one({ ...list, answer: page(guest) }), [], 'nor with this one');
    for (const [title, more] of Object.entries({
      'minutes of none': { json: { action: 'AUTHORIZE_GUEST_ACCESS', timeLimitMinutes: 0 } },
      'minutes with a fraction': { json: { action: 'AUTHORIZE_GUEST_ACCESS', timeLimitMinutes: 1.5 } },
      'another name': { json: { action: 'AUTHORIZE_GUEST_ACCESS', minutes: 1 } },
      'an action of no kind': { json: { action: 'ADMIT' } },
      'an answer of another action': { answer: { action: 'UNAUTHORIZE_GUEST_ACCESS' } },
      'a MAC for an id': { path: `/v1/sites/${site}/clients/${MAC}/actions` },
      'a page too long': { ...list, query: { limit: '201' }, answer: page(guest) },
      'a filter by what cannot be filtered': {
        ...list,
        query: { filter: "name.eq('x')" },
        answer: page(guest),
      },
      'a client without a flag': { ...list, answer: page({ ...client, access: { type: 'GUEST' } }) },
      'an authorization in a list': {
        ...list,
        answer: page({ ...client, access: { type: 'GUEST', authorized: true, authorization: {} } }),
      },
      'a path of none': { ...list, path: '/v1/sites/x/guests' },
    }))
      t.not(one(more).length, 0, title);
  });
}
