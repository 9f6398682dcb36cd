import { createRequire } from 'node:module';
import t from 'tap';
import { Controller } from 'unifi-client';
import { startUnifi } from '../emulators/unifi.js';
import { MAC } from './contract.js';

/** The emulator is checked with clients that were not written here. */

interface Row {
  mac: string;
  end?: number;
  expired?: boolean;
  unauthorized_by?: string;
  authorized?: boolean;
}

/** What is called of npm `node-unifi`, which has no types. */
interface NodeUnifi {
  login(): Promise<boolean>;
  logout(): Promise<unknown>;
  getSites(): Promise<{ name: string }[]>;
  getClientDevices(): Promise<Row[]>;
  authorizeGuest(mac: string, minutes: number, up: number, down: number, megabytes: number): Promise<Row[]>;
  unauthorizeGuest(mac: string): Promise<Row[]>;
  getGuests(within: number): Promise<Row[]>;
}

const { Controller: NodeController } = createRequire(import.meta.url)('node-unifi') as {
  Controller: new (options: Record<string, unknown>) => NodeUnifi;
};

/** These clients look at the clock themselves. */
const now = Date.now;
const inForce = (rows: Row[]): string[] =>
  rows.filter(({ expired, unauthorized_by }) => !expired && !unauthorized_by).map(({ mac }) => mac);

for (const flavour of ['classic', 'os'] as const) {
  t.test(`node-unifi logs in, authorizes, lists and revokes (${flavour})`, async (t) => {
    const { router, join, misbehaviour, rows } = await startUnifi(t, { flavour, now, tls: true });
    join(MAC, '192.0.2.7');
    const { hostname: host, port } = new URL(router.url);
    const account = { username: 'foyer', password: 'secret', sslverify: false };
    const unifi = new NodeController({ host, port: Number(port), ...account });
    await unifi.login();
    t.strictSame(
      (await unifi.getSites()).map(({ name }) => name),
      ['default'],
    );
    t.match(await unifi.getClientDevices(), [{ mac: MAC, authorized: false }]);
    t.match(await unifi.authorizeGuest(MAC, 30, 2000, 8000, 500), [
      { mac: MAC, authorized_by: 'api', qos_usage_quota: 500 },
    ]);
    t.match(await unifi.getClientDevices(), [{ mac: MAC, authorized: true }]);
    t.strictSame(inForce(await unifi.getGuests(24)), [MAC]);
    t.equal(misbehaviour.inForce(MAC), 1);
    await unifi.unauthorizeGuest(MAC);
    t.strictSame(inForce(await unifi.getGuests(24)), []);
    t.equal(misbehaviour.inForce(MAC), 0);
    t.equal(rows().length, 1, 'the list is a history');
    await unifi.logout();
    await t.rejects(unifi.getGuests(24), /401/);
  });

  t.test(`unifi-client logs in, authorizes, lists and revokes (${flavour})`, async (t) => {
    const { router, join, misbehaviour } = await startUnifi(t, { flavour, now, tls: true });
    join(MAC, '192.0.2.7');
    const controller = new Controller({
      url: router.url,
      username: 'foyer',
      password: 'secret',
      strictSSL: false,
    });
    await controller.login();
    const [site] = await controller.getSites();
    if (!site) throw new Error('no site');
    t.equal(site.name, 'default');
    const made = await site.hotspots.authorizeGuest({ mac: MAC, minutes: 30, down: 8000 }, true);
    t.match(made, { mac: MAC });
    t.equal(misbehaviour.inForce(MAC), 1);
    const clients = await site.clients.list3();
    t.strictSame(
      clients.map(({ mac }) => mac),
      [MAC],
    );
    await site.hotspots.unAuthorizeGuest(MAC);
    t.equal(misbehaviour.inForce(MAC), 0);
    await controller.logout();
  });

  t.test(`node-unifi is refused with a wrong password (${flavour})`, async (t) => {
    const { router, misbehaviour } = await startUnifi(t, { flavour, now, tls: true });
    const { hostname: host, port } = new URL(router.url);
    const account = { username: 'foyer', password: 'wrong', sslverify: false };
    await t.rejects(new NodeController({ host, port: Number(port), ...account }).login());
    t.equal(misbehaviour.logins?.(), 0);
  });
}
