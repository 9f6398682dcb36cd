import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { createOpenNds } from '../../src/drivers/opennds/index.js';
import { driverContract } from '../drivers/contract.js';
import { createLab, noLab, until } from './network.js';
import { FASKEY, startOpenNds } from './opennds.js';
import { createRouterPhone } from './opennds-portal.js';

const MINUTE = 60_000;

if (noLab) {
  t.test('the openNDS driver on the router', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(120_000);
  const lab = await createLab(t, { clients: 2 });
  const nds = await startOpenNds(lab, {
    level: 1,
    portal: { ip: lab.routerIp, port: 8080 },
    gateway: 'lobby',
  });
  const kind = createOpenNds({ run: lab.run });
  const fields = { faskey: FASKEY, level: 1 as const, binauth: true, ndsctl: nds.ndsctl };
  const [client, second = client] = lab.clients;
  const macs = [client.mac as ClientMac, second.mac as ClientMac] as const;
  const now = () => Date.now();
  const connect = () =>
    kind.connect({
      gateway: 'lobby' as GatewayId,
      fields,
      now,
      guestPort: 8080,
      log: { info: () => undefined, warn: () => undefined },
    });

  /** The daemon lists both, and lets neither pass. */
  async function arrive(): Promise<void> {
    for (const one of [client, second]) {
      await nds.ctl('deauth', one.mac);
      await until(`${one.mac} is listed`, async () => {
        await lab.curl(one, 'http://any.example/');
        const { stdout } = await nds.ctl('json', one.mac);
        return stdout.includes('"Preauthenticated"');
      });
    }
  }

  driverContract(t, {
    name: 'openNDS by ndsctl',
    kind: kind as DriverKind,
    fields,
    known: macs,
    endsLater: /by the router itself up to a minute later/,
    make: async () => {
      await arrive();
      return {
        driver: connect(),
        now,
        admitElsewhere: async (mac) => {
          await nds.ctl('auth', mac, '5');
        },
      };
    },
  });

  const order = (until: number) => ({ mac: macs[0], ips: [client.ip], until, limits: {} });

  t.test('a client that is not there is said to be absent', async (t) => {
    const mac = '02:00:00:00:aa:09' as ClientMac;
    await t.rejects(connect().authorize({ ...order(now() + MINUTE), mac }), { code: 'absent' });
  });

  t.test(
    'an end within the minutes that a session has is moved without a cut, a later one ends it',
    async (t) => {
      await arrive();
      const driver = connect();
      const begin = now();
      await driver.authorize(order(begin + 9.5 * MINUTE));
      const sessionEnd = async () => JSON.parse((await nds.ctl('json', client.mac)).stdout).session_end;
      const was = await sessionEnd();
      await driver.authorize(order(begin + 5 * MINUTE));
      t.match(await driver.sessions?.(), [{ until: begin + 5 * MINUTE }]);
      await driver.authorize(order(begin + 9.9 * MINUTE));
      t.equal(await sessionEnd(), was, 'nothing was cut');
      await t.rejects(driver.authorize(order(begin + 30 * MINUTE)), { code: 'absent' });
      t.same(await driver.sessions?.(), []);
    },
  );

  t.test('every flow of a client ends with its session', async (t) => {
    await arrive();
    const driver = connect();
    await driver.authorize(order(now() + 5 * MINUTE));
    t.ok(await createRouterPhone(lab, client).passes());
    const script = `${import.meta.dirname}/udp-listener.mjs`;
    const flows = [
      lab.spawn(client.ns, [process.execPath, script, lab.inetIp]),
      lab.spawn(client.ns, ['curl', '-sSN', '-m', '40', `http://${lab.inetIp}/slow`]),
    ];
    await Promise.all(flows.map((flow) => flow.says('tick 3')));
    await driver.deauthorize({ mac: macs[0], ips: [client.ip] });
    await sleep(1000);
    const before = flows.map((flow) => flow.output().length);
    await sleep(2000);
    t.same(
      flows.map((flow) => flow.output().length),
      before,
    );
    await Promise.all(flows.map((flow) => flow.stop()));
  });

  t.test('clients are listed with their addresses, and found by them', async (t) => {
    await arrive();
    const driver = connect();
    const rows = await driver.clients?.();
    t.same(
      rows?.map(({ mac, ip }) => `${mac} ${ip}`).sort(),
      [client, second].map(({ mac, ip }) => `${mac} ${ip}`).sort(),
    );
    t.match(await driver.findClient?.(second.ip), { mac: second.mac });
    t.equal(await driver.findClient?.('10.77.0.250'), undefined);
    t.match(await driver.check(), { ok: true, guestNetworks: ['10.77.0.0/24', 'fd00:77::/64'] });
  });

  t.test(
    'while the daemon is down that is said, and after its start the gateway is another one',
    async (t) => {
      const driver = connect();
      const { epoch } = await driver.check();
      await sleep(2000);
      await driver.check();
      await nds.kill();
      await t.rejects(driver.check(), { code: 'unreachable', message: /systemctl status opennds/ });
      await t.rejects(driver.authorize(order(now() + MINUTE)), { code: 'unreachable' });
      await nds.start();
      t.not((await driver.check()).epoch, epoch);
    },
  );
}
