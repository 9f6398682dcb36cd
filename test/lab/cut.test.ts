import t from 'tap';
import { createLab, noLab, type Running, until } from './network.js';
import { createPhone, measured, type Phone, PROBE } from './phone.js';
import { startPortal } from './portal.js';

/** An end or a cancel is in force within 2 s. */
const CUT_MS = 2000;
/** What came last may have come some while before the end: it comes only several times a second. */
const EARLY_MS = 1000;

if (noLab) {
  t.test('access ends', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t, { clients: 2 });
  const portal = await startPortal(t, lab);
  const [client, second = client] = lab.clients;
  const [phone, other] = [createPhone(lab, client), createPhone(lab, second)];

  /** A program on a phone that receives something several times a second, and when it last did. */
  function follow({ client: { ns } }: Phone, command: readonly string[]): Running & { lastAt: () => number } {
    const one = lab.spawn(ns, command);
    let at = 0;
    one.child.stdout?.on('data', () => {
      at = Date.now();
    });
    return { ...one, lastAt: () => at };
  }

  const script = (name: string, host: string) => [
    process.execPath,
    `${import.meta.dirname}/${name}.mjs`,
    host,
  ];
  const download = (who: Phone, host: string) =>
    follow(who, ['curl', '-sSN', '-m', '40', `http://${host}/slow`]);
  const listen = (who: Phone, host: string) => follow(who, script('udp-listener', host));

  /** Everything that may go on beyond the end: downloads and UDP on both families, and a connection kept open. */
  async function startFlows(who: Phone) {
    const downloads = [download(who, lab.inetIp), download(who, `[${lab.inetIp6}]`)];
    const datagrams = [listen(who, lab.inetIp), listen(who, lab.inetIp6)];
    const kept = follow(who, script('keep-alive', lab.inetIp));
    const ask = () => kept.child.stdin?.write('\n');
    ask();
    const all = [...downloads, ...datagrams];
    await Promise.all([...all.map((one) => one.says('tick 2')), kept.says('new')]);
    ask();
    await kept.says('reused');
    // A connection that is idle for 3 s is closed by the client itself.
    const asking = setInterval(ask, 500);
    t.teardown(() => clearInterval(asking));
    return { downloads, datagrams, all, kept, asking };
  }

  type Flows = Awaited<ReturnType<typeof startFlows>>;

  /** Waits until nothing flows any more: when the last byte of TCP and of UDP arrived, epoch milliseconds. */
  async function lastOf({
    downloads,
    datagrams,
    kept,
    asking,
  }: Flows): Promise<{ tcp: number; udp: number }> {
    await until('the downloads end', () => downloads.every(({ child }) => child.exitCode !== null), 8000);
    const newest = () => Math.max(...datagrams.map(({ lastAt }) => lastAt()));
    await until('no datagram arrives any more', () => Date.now() - newest() > 1000, 8000);
    await kept.says('error ECONNRESET');
    await kept.says('Join the Wi-Fi');
    clearInterval(asking);
    await Promise.all([...datagrams, kept].map((one) => one.stop()));
    return { tcp: Math.max(...downloads.map(({ lastAt }) => lastAt())), udp: newest() };
  }

  /** When the gateway had carried out the first order to end that came after `since`, by the portal's own log. */
  async function offlineAt(since: number): Promise<number> {
    type Events = { items: { type: string; at: string }[] };
    const look = async () => {
      const { items } = await portal.api<Events>('GET', '/events?limit=1000');
      return items.find(({ type, at }) => type === 'client.offline' && Date.parse(at) >= since)?.at;
    };
    return Date.parse((await until('the order to end is carried out', look)) ?? '');
  }

  t.test('at the end of the visit, moved while it ran, every flow ends, and not before', async (t) => {
    const first = Math.ceil(Date.now() / 1000) * 1000 + 5000;
    const visit = await portal.visit({ until: new Date(first) });
    t.equal((await phone.type(visit.pin)).state, 'connected');
    const flows = await startFlows(phone);
    const end = first + 3000;
    await portal.api('PATCH', `/visits/${visit.id}`, { until: new Date(end).toISOString() });
    await until('the first end is past', () => Date.now() > first + 1500, 10_000);
    for (const { lastAt } of flows.all)
      t.ok(lastAt() > first + 500, 'nothing ends at the end that was moved');

    await until('the end is past', () => Date.now() > end, 10_000);
    const ordered = (await offlineAt(end)) - end;
    t.comment(measured('end-to-order-done', ordered));
    t.ok(ordered <= CUT_MS, `the gateway was told within ${ordered} ms`);
    const { tcp, udp } = await lastOf(flows);
    for (const [name, ms] of [
      ['end-to-cut-tcp', tcp - end],
      ['end-to-cut-udp', udp - end],
    ] as const) {
      t.comment(measured(name, ms));
      t.ok(ms <= CUT_MS && ms > -EARLY_MS, `${name} ${ms}`);
    }
    t.equal((await phone.get(PROBE)).status, 302);
    t.notOk((await phone.passes(4)) || (await phone.passes(6)));
    t.equal((await phone.type(visit.pin)).state, 'expired');
  });

  for (const by of ['API', 'command line'] as const) {
    t.test(`a cancel over the ${by} ends every flow of that visit, and of no other`, async (t) => {
      const [visit, stays] = await Promise.all([portal.visit({}), portal.visit({})]);
      t.equal((await phone.type(visit.pin)).state, 'connected');
      t.equal((await other.type(stays.pin)).state, 'connected');
      const flows = await startFlows(phone);
      const going = [download(other, lab.inetIp), listen(other, lab.inetIp6)];
      await Promise.all(going.map((one) => one.says('tick 2')));

      let asked = Date.now();
      if (by === 'API') await portal.api('DELETE', `/visits/${visit.id}`);
      else {
        const done = await portal.foyer('visit', 'cancel', visit.id);
        t.match(done, { code: 0, stdout: /devices taken off the network: 1/ });
        // The command itself takes a moment to begin; what counts is when it says that it is done.
        asked = Date.now();
      }
      const { tcp, udp } = await lastOf(flows);
      const ms = Math.max(tcp, udp) - asked;
      t.comment(measured(by === 'API' ? 'cancel-to-cut' : 'cancelled-to-cut-command-line', Math.max(0, ms)));
      t.ok(ms <= CUT_MS, `${ms}`);
      t.equal((await phone.type(visit.pin)).state, 'refused', 'the PIN is dead');
      for (const { lastAt } of going) t.ok(Date.now() - lastAt() < 1000, 'the other visit goes on');
      await Promise.all(going.map((one) => one.stop()));
      await portal.api('DELETE', `/visits/${stays.id}`);
      await other.measure('offline');
    });
  }
}
