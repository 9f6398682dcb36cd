import t from 'tap';
import { udhcpc } from './namespaces.js';
import { createLab, noLab, until } from './network.js';
import { type Answer, createPhone, measured, type Phone, PROBE } from './phone.js';
import { createPortal, GATEWAY, GUEST_PORT } from './portal.js';

const ONLINE_MS = 2000;

if (noLab) {
  t.test('a visitor comes online', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t, { clients: 2 });
  const portal = createPortal(t, lab);
  await portal.start();
  const [client, second = client] = lab.clients;
  const [phone, other] = [createPhone(lab, client), createPhone(lab, second)];
  const program = (name: string) => `${import.meta.dirname}/${name}.mjs`;
  const web6 = `http://[${lab.inetIp6}]`;
  const origin = `http://${lab.routerIp}:${GUEST_PORT}`;

  t.test('the first start tells the operator four lines, and they work', async (t) => {
    // What is printed and what is logged come by two pipes.
    await until('the PIN is told', () => /^Demo PIN: .*\n/m.test(portal.printed()));
    const lines = portal.printed().trim().split('\n');
    t.strictSame(
      lines.map((line) => line.split(': ')[0]),
      ['Portal', 'Admin', 'Set-up link', 'Demo PIN'],
    );
    const told = new Map(lines.map((line) => line.split(': ') as [string, string]));
    const setUp = await lab.exec(lab.router, ['curl', '-sS', '-m', '5', told.get('Set-up link') ?? '']);
    t.match(setUp.stdout, /password/i, 'the set-up link asks for the first account');
    const page = await lab.exec(lab.router, ['curl', '-sS', '-m', '5', told.get('Portal') ?? '']);
    t.match(page.stdout, 'data-state="pin"');
    const [, state = ''] = /name="state" value="([^"]*)"/.exec(page.stdout) ?? [];
    const typed = await lab.exec(lab.router, [
      ...['curl', '-sSL', '-m', '9', '--data-urlencode', `state=${state}`],
      ...['-d', `pin=${told.get('Demo PIN')}`, `http://localhost:${GUEST_PORT}/pin`],
    ]);
    t.match(typed.stdout, 'data-state="connected"', 'the demo PIN works now');
    t.ok(await phone.passes(), 'and the network is as it was: nothing is kept yet');
  });

  t.test('the first real gateway takes the place of the demo', async (t) => {
    const set = await portal.foyer('gateway', 'set', GATEWAY, '--kind', 'nftables', 'interface=br-guests');
    t.match(set, { code: 0, stdout: /foyer gateway test lobby/ });
    t.match(await portal.foyer('gateway', 'test', GATEWAY), { code: 0, stdout: /is ready/ });
    const { items } = await portal.json<{ items: { id: string }[] }>('gateway', 'list');
    t.strictSame(
      items.map(({ id }) => id),
      [GATEWAY],
    );
    await phone.measure('offline', 4, 5000);
  });

  t.test('before the PIN names and leases are had, and nothing else passes on either family', async (t) => {
    const lease = await lab.exec(phone.client.ns, [
      ...udhcpc(),
      ...['-i', 'wlan0', '-n', '-q', '-f', '-t', '5', '-T', '1', '-s', '/bin/true'],
    ]);
    t.equal(lease.code, 0, lease.stderr);
    const probe = await phone.get(PROBE);
    t.match(probe, { status: 302, location: `${origin}/` }, 'a name is answered, the request is not let out');
    const probe6 = await phone.get(`${web6}/generate_204`);
    t.match(probe6, { status: 302, location: `http://[${lab.routerIp6}]:${GUEST_PORT}/` });
    for (const url of [`http://${lab.inetIp}:8000/`, `${web6}:8000/`]) {
      const began = performance.now();
      t.match((await phone.get(url)).body, /^curl: \(7\)/);
      t.ok(performance.now() - began < 1000, 'refused at once');
    }
    for (const host of [lab.inetIp, lab.inetIp6]) {
      const { stdout } = await lab.exec(phone.client.ns, [process.execPath, program('udp-refused'), host]);
      t.match(stdout, /^refused/, 'UDP is told so too');
    }
    t.match(
      await phone.get(`http://${lab.routerIp}:8081/login`),
      { status: 0 },
      'the admin pages are not to be had',
    );
    t.match(await phone.get(`${origin}/api/v1/visits`), { status: 404 });
    for (const where of [probe, probe6]) t.equal((await phone.follow(where)).state, 'pin');
  });

  t.test('what a query claims about another device gets nothing for that device', async (t) => {
    const { mac, ip } = phone.client;
    const forged = await other.get(`${origin}/enter/${GATEWAY}?mac=${mac}&ip=${ip}`);
    t.match(forged, { status: 200, state: 'unknown-client', hidden: {} });
    const { pin, id } = await portal.visit({ minutes: 5 });
    const stolen = await other.send(await phone.browse(), { pin });
    t.match(stolen, { status: 422, state: 'pin' }, 'nor does the form that the other device was given');
    const own = await other.get(`${origin}/enter/${GATEWAY}?ip=${ip}&url=http://any.example/`);
    t.equal(own.state, 'pin');
    t.equal((await other.follow(await other.send(own, { pin }))).state, 'connected');
    t.strictSame(await portal.allowed(), [other.client.mac], 'the PIN counts for who typed it');
    t.notOk(await phone.passes());
    await portal.api('DELETE', `/visits/${id}`);
    await other.measure('offline');
  });

  /** Types the PIN; how long it takes from sending it to the first request that is answered. */
  async function typeAndMeasure(visitor: Phone, url: string, family: 4 | 6): Promise<[Answer, number]> {
    const { pin } = await portal.visit({ minutes: 5 });
    const page = await visitor.browse(url);
    const [answer, ms] = await Promise.all([visitor.send(page, { pin }), visitor.measure('online', family)]);
    return [await visitor.follow(answer), ms];
  }

  t.test('a phone types the PIN and is online on both families, and no other device is', async (t) => {
    const [page, ms] = await typeAndMeasure(phone, PROBE, 4);
    t.comment(measured('pin-to-online', ms));
    t.ok(ms <= ONLINE_MS, `${ms} ms`);
    t.equal(page.state, 'connected');
    t.match(page.body, /data-until="\d{4}-\d\d-\d\dT/);
    t.equal((await phone.get(PROBE)).status, 204);
    t.equal((await phone.get(`${web6}/generate_204`)).status, 204);
    t.ok((await phone.passes(4)) && (await phone.passes(6)));
    t.notOk((await other.passes(4)) || (await other.passes(6)));
    t.equal((await phone.browse(`${origin}/`)).state, 'connected', 'the portal knows it again');
  });

  t.test('over IPv6 alone it is the same, and sockets opened before the PIN are not captured', async (t) => {
    const hosts = [lab.inetIp, lab.inetIp6];
    const start = (name: string) =>
      hosts.map((host) => lab.spawn(other.client.ns, [process.execPath, program(name), host]));
    const used = start('keep-alive');
    for (const one of used) one.child.stdin?.write('\n');
    await Promise.all(used.map((one) => one.says('Join the Wi-Fi')));
    const idle = start('early-socket');
    await Promise.all(idle.map((one) => one.says('open')));

    const [page, ms] = await typeAndMeasure(other, `${web6}/generate_204`, 6);
    t.comment(measured('pin-to-online-ipv6', ms));
    t.ok(ms <= ONLINE_MS, `${ms} ms`);
    t.equal(page.state, 'connected');
    t.ok((await other.passes(4)) && (await other.passes(6)));

    for (const one of [...used, ...idle]) one.child.stdin?.write('\n');
    await Promise.all(used.map((one) => one.says('</title>online')));
    for (const one of idle) {
      await until('both are answered', () => one.output().split('answer').length === 3, 6000);
      t.notMatch(one.output(), /302|ETIMEDOUT/, 'online or broken off, so that the browser tries anew');
    }
    await Promise.all([...used, ...idle].map((one) => one.stop()));
  });
}
