import { readFileSync } from 'node:fs';
import t from 'tap';
import { createLab, GUEST_DEVICE, noLab, until } from './network.js';
import { createPhone, measured } from './phone.js';
import { createPortal, fileIn, GATEWAY } from './portal.js';

const NOBODY = 65534;
/** Bit 12: CAP_NET_ADMIN, as /proc shows it. */
const NET_ADMIN = '0000000000001000';
const CUT_MS = 2000;

const only = (uid: number): string[] => [
  ...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--no-new-privs'],
  ...['--inh-caps=-all,+net_admin', '--ambient-caps=-all,+net_admin', '--bounding-set=-all,+net_admin'],
];

if (noLab) {
  t.test('a router that boots', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t);
  const phone = createPhone(lab, lab.clients[0]);
  // A checkout in somebody's own folder is readable by nobody else; then it is root without all other rights.
  const readable = await lab.exec(lab.router, [...only(NOBODY), 'test', '-r', import.meta.filename]);
  const uid = readable.code === 0 ? NOBODY : 0;
  const portal = createPortal(t, lab, { as: only(uid), uid });
  const nothing = async (): Promise<boolean> => !(await phone.passes(4)) && !(await phone.passes(6));

  t.test(
    'what `foyer gateway rules` prints keeps guests outside before the portal ever starts',
    async (t) => {
      t.ok((await phone.passes(4)) && (await phone.passes(6)), 'an open router, as it was bought');
      const set = await portal.foyer(
        'gateway',
        'set',
        GATEWAY,
        '--kind',
        'nftables',
        `interface=${GUEST_DEVICE}`,
      );
      t.match(set, { code: 0, stderr: '' });
      const { code, stdout } = await portal.foyer('gateway', 'rules', GATEWAY);
      t.equal(code, 0);
      t.ok(await phone.passes(), 'printing changes nothing');

      const rules = fileIn(stdout, `/etc/foyer/${GATEWAY}.nft`);
      const load = (...options: string[]) =>
        lab.exec(lab.router, ['nft', ...options, '-f', '-'], { input: rules });
      t.match(await load('-c'), { code: 0, stderr: '' });
      t.match(await load(), { code: 0, stderr: '' });
      t.match(await load(), { code: 0, stderr: '' }, 'and again, as a reload does');
      t.ok(await nothing());
      const began = performance.now();
      t.match((await phone.get(`http://[${lab.inetIp6}]/`)).body, /^curl: \(7\)/);
      t.ok(performance.now() - began < 1000, 'refused at once');

      const dnsmasq = fileIn(stdout, `/etc/dnsmasq.d/foyer-${GATEWAY}.conf`);
      const test = await lab.exec(lab.router, ['dnsmasq', '--test', '--conf-file=-'], { input: dnsmasq });
      t.match(test.stderr, /syntax check OK/);
      t.match(dnsmasq, /dhcp-range=10\.77\.0\.10,10\.77\.0\.250/);
      t.match(fileIn(stdout, `/etc/systemd/system/foyer-${GATEWAY}.service`), /Before=network-pre.target/);
    },
  );

  t.test('the portal needs no right but CAP_NET_ADMIN, from its start to the cut of a flow', async (t) => {
    await portal.start();
    await portal.healthy();
    const status = readFileSync(`/proc/${portal.pid()}/status`, 'utf8');
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      t.match(status, new RegExp(`^${set}:\\s+${NET_ADMIN}$`, 'm'));
    t.match(status, new RegExp(`^Uid:\\s+${uid}\\s`, 'm'));
    t.ok(await nothing(), 'the table that was there is taken over');

    const visit = await portal.visit({ minutes: 5 });
    t.equal((await phone.type(visit.pin)).state, 'connected');
    t.ok((await phone.passes(4)) && (await phone.passes(6)));
    const flows = [lab.inetIp, lab.inetIp6].map((host) =>
      lab.spawn(phone.client.ns, [process.execPath, `${import.meta.dirname}/udp-listener.mjs`, host]),
    );
    let last = 0;
    for (const { child } of flows)
      child.stdout?.on('data', () => {
        last = performance.now();
      });
    await Promise.all(flows.map((one) => one.says('tick 3')));
    const began = performance.now();
    await portal.api('DELETE', `/visits/${visit.id}`);
    await until('no datagram arrives any more', () => performance.now() - last > 1000, 8000);
    const ms = Math.max(0, last - began);
    t.comment(measured('cancel-to-cut-only-net-admin', ms));
    t.ok(ms <= CUT_MS, `${ms}`);
    t.ok(await nothing());
    await portal.stop('SIGTERM');
    t.ok(await nothing(), 'a portal that is stopped leaves guests outside');
  });
}
