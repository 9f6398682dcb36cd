import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { createNftables, type NftablesFields } from '../../src/drivers/nftables/index.js';
import { createLab, GUEST_DEVICE, type LabClient, noLab, type Running, until } from '../lab/network.js';

const log = { info: () => undefined, warn: () => undefined };
const now = () => Date.now();
const GUEST_PORT = 8080;

if (noLab) {
  t.test('what the nftables driver does to packets', { skip: noLab }, async () => undefined);
} else {
  const lab = await createLab(t, { clients: 2 });
  const [client, other = client] = lab.clients;
  const mac = client.mac as ClientMac;
  const kind = createNftables({ run: lab.run });
  const connect = (more: Partial<NftablesFields> = {}) =>
    kind.connect({
      gateway: 'lobby' as GatewayId,
      fields: { interface: GUEST_DEVICE, allow: [], ...more },
      now,
      guestPort: GUEST_PORT,
      log,
    });
  const driver = connect();
  const admit = (ms = 60_000) => driver.authorize({ mac, ips: [], until: now() + ms, limits: {} });
  const cut = () => driver.deauthorize({ mac, ips: [] });
  const web = `http://${lab.inetIp}`;
  const web6 = `http://[${lab.inetIp6}]`;

  const captive = lab.spawn(lab.router, [
    process.execPath,
    `${import.meta.dirname}/../lab/captive.mjs`,
    `${GUEST_PORT}`,
  ]);
  await captive.says('ready');

  /** How much more a program printed within `ms`. */
  async function grows(running: Running, ms: number): Promise<number> {
    const before = running.output().length;
    await sleep(ms);
    return running.output().length - before;
  }

  t.test('before the table is made everything passes: the lab itself keeps nobody', async (t) => {
    t.match(await lab.curl(client, `${web}/`), /online/);
    t.match(await lab.curl(client, `${web6}/`), /online/);
    t.match(await lab.curl(client, 'http://some.example/'), /online/, 'names are answered');
    t.ok((await driver.check()).ok);
  });

  t.test(
    'without a grant port 80 leads to the portal and all else is refused at once, on IPv4 and IPv6',
    async (t) => {
      t.equal(await lab.curl(client, `${web}/`), 'captive');
      t.equal(await lab.curl(client, `${web6}/`), 'captive');
      const began = performance.now();
      t.match(await lab.curl(client, `${web}:8000/`), /^curl: \(7\)/);
      t.match(await lab.curl(client, `${web6}:8000/`), /^curl: \(7\)/);
      t.ok(performance.now() - began < 2000, 'refused, not left hanging');
      const udp = lab.spawn(client.ns, [
        process.execPath,
        `${import.meta.dirname}/../lab/udp-listener.mjs`,
        lab.inetIp6,
      ]);
      t.equal(await grows(udp, 700), 0, 'no UDP');
      await udp.stop();
    },
  );

  t.test('what is addressed to the router itself is not hijacked', async (t) => {
    t.match(await lab.curl(client, `http://${lab.routerIp}/`), /Failed to connect|refused/);
    t.equal(await lab.curl(client, `http://${lab.routerIp}:${GUEST_PORT}/`), 'captive');
    t.equal(await lab.curl(client, `http://[${lab.routerIp6}]:${GUEST_PORT}/`), 'captive');
  });

  t.test('with a grant that client passes on IPv4 and IPv6, and no other', async (t) => {
    await admit();
    t.match(await lab.curl(client, `${web}/`), /online/);
    t.match(await lab.curl(client, `${web6}/`), /online/);
    t.match(await lab.curl(client, `${web}:8000/`), /online/);
    t.match(await lab.curl(client, `${web6}:8000/`), /online/);
    t.equal(await lab.curl(other, `${web}/`), 'captive');
    t.equal(await lab.curl(other, `${web6}/`), 'captive');
    await cut();
    t.equal(await lab.curl(client, `${web}/`), 'captive');
    t.equal(await lab.curl(client, `${web6}/`), 'captive');
  });

  for (const [family, url] of [
    ['IPv4', web],
    ['IPv6', web6],
  ] as const) {
    t.test(`a running ${family} download is reset by a revoke`, async (t) => {
      await admit();
      const download = lab.spawn(client.ns, ['curl', '-sSN', '-m', '20', `${url}/slow`]);
      await download.says('tick 2');
      const began = performance.now();
      await cut();
      await until('curl ends', () => download.child.exitCode !== null, 3000);
      t.ok(performance.now() - began < 2000, `after ${Math.round(performance.now() - began)} ms`);
      t.match(download.output(), /reset by peer/);
    });
  }

  t.test('a running download is reset at the end of the grant, by the kernel alone', async (t) => {
    const began = now();
    await admit(1500);
    const download = lab.spawn(client.ns, ['curl', '-sSN', '-m', '20', `${web}/slow`]);
    await download.says('tick 2');
    await until('curl ends', () => download.child.exitCode !== null, 5000);
    const lasted = now() - began;
    t.ok(lasted >= 1500 && lasted < 1500 + 1000 + 500, `after ${lasted} ms`);
    t.match(download.output(), /reset by peer/);
  });

  for (const [family, address] of [
    ['IPv4', lab.inetIp],
    ['IPv6', lab.inetIp6],
  ] as const) {
    t.test(`a running UDP flow over ${family} dies on a revoke, and only that client's`, async (t) => {
      const listen = ({ ns }: LabClient) =>
        lab.spawn(ns, [process.execPath, `${import.meta.dirname}/../lab/udp-listener.mjs`, address]);
      await admit();
      await driver.authorize({ mac: other.mac as ClientMac, ips: [], until: now() + 60_000, limits: {} });
      const [flow, stays] = [listen(client), listen(other)];
      await Promise.all([flow.says('tick 3'), stays.says('tick 3')]);
      await cut();
      await sleep(50);
      t.equal(await grows(flow, 1000), 0, 'the other side still sends, and nothing arrives');
      t.ok((await grows(stays, 500)) > 0);
      await Promise.all([flow.stop(), stays.stop()]);
      await driver.deauthorize({ mac: other.mac as ClientMac, ips: [] });
    });
  }

  for (const [family, address] of [
    ['IPv4', lab.inetIp],
    ['IPv6', lab.inetIp6],
  ] as const) {
    t.test(`a socket that was opened before the grant over ${family} does not stay captured`, async (t) => {
      const browser = lab.spawn(client.ns, [
        process.execPath,
        `${import.meta.dirname}/../lab/keep-alive.mjs`,
        address,
      ]);
      const ask = () => browser.child.stdin?.write('\n');
      ask();
      await browser.says('new captive');
      ask();
      await browser.says('reused captive');
      await admit();
      await until(
        'the browser is online',
        async () => {
          ask();
          await sleep(200);
          return browser.output().includes('online');
        },
        6000,
      );
      t.equal(browser.output().split('captive').length - 1, 2, `never captive again: ${browser.output()}`);
      await browser.stop();
      await cut();
    });
  }

  t.test("the client's own connection to the portal outlives the grant that it asks for", async (t) => {
    const slow = [
      'curl',
      '-sS',
      '-m',
      '5',
      '--limit-rate',
      '200',
      '-d',
      'x'.repeat(400),
      `http://${lab.routerIp}:${GUEST_PORT}/`,
    ];
    const post = lab.spawn(client.ns, slow);
    await sleep(300);
    await admit();
    await until('the answer', () => post.child.exitCode !== null, 5000);
    t.equal(post.output(), 'captive\n');
    await cut();
  });

  t.test('nothing comes to guests from outside that they did not ask for', async (t) => {
    const server = lab.spawn(client.ns, [
      process.execPath,
      `${import.meta.dirname}/../lab/captive.mjs`,
      '8000',
    ]);
    await server.says('ready');
    await admit();
    const { code } = await lab.exec(lab.inet, ['curl', '-sS', '-m', '1', `http://[${client.ip6}]:8000/`]);
    t.not(code, 0);
    t.match(await lab.curl(client, `${web6}/`), /online/, 'answers do come');
    await cut();
    await server.stop();
  });

  t.test('closing the driver leaves guests where they are: some online, the others outside', async (t) => {
    await admit();
    await driver.close();
    t.match(await lab.curl(client, `${web}/`), /online/);
    t.equal(await lab.curl(other, `${web6}/`), 'captive');
    await cut();
  });

  t.test('addresses in the field allow can be reached before the grant, the rest cannot', async (t) => {
    const open = connect({ allow: ['203.0.113.0/28', lab.inetIp6, '192.0.2.0/24', '192.0.2.7'] });
    t.ok((await open.check()).ok);
    t.match(await lab.curl(client, `${web}/`), /online/);
    t.match(await lab.curl(client, `${web6}/`), /online/);
    await connect({ allow: ['203.0.113.128/25'] }).check();
    t.equal(await lab.curl(client, `${web}/`), 'captive');
  });

  t.test(
    'the printed boot file keeps guests outside without Foyer, and Foyer finds it as its own',
    async (t) => {
      await lab.run('nft', ['delete', 'table', 'inet', 'foyer']);
      const context = {
        gateway: 'lobby' as GatewayId,
        fields: { interface: GUEST_DEVICE, allow: [] },
        guestPort: GUEST_PORT,
      };
      const captiveApiUrl = 'https://portal.example/captive-portal/api';
      const text = (await kind.rules?.({ ...context, captiveApiUrl })) ?? '';
      const part = (name: string) => text.split(/^# ---- /m).find((one) => one.includes(name)) ?? '';
      const body = (name: string) => part(name).split('\n').slice(1).join('\n');
      const loaded = await lab.run('nft', ['-f', '-'], body('.nft\n'));
      t.equal(loaded.code, 0, loaded.stderr);
      t.match(await lab.curl(client, `${web}:8000/`), /^curl: \(7\)/);
      const made = await lab.run('nft', ['-s', 'list', 'table', 'inet', 'foyer']);
      await connect().check();
      t.equal((await lab.run('nft', ['-s', 'list', 'table', 'inet', 'foyer'])).stdout, made.stdout);

      t.match(part('.service'), /Before=network-pre.target/);
      const dnsmasq = await lab.run('dnsmasq', ['--test', '--conf-file=-'], body('dnsmasq.d'));
      t.match(dnsmasq.stderr, /syntax check OK/);
      t.match(part('dnsmasq.d'), `dhcp-option=114,"${captiveApiUrl}"`);
      t.notMatch(await kind.rules?.(context), /114/);
    },
  );
}
