import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createLab, noLab } from './network.js';
import { createPhone, measured } from './phone.js';
import { GUEST_PORT, startPortal } from './portal.js';

const BURST_MS = 3000;
const REDEEM_MS = 2000;

interface Flooded {
  sent: number;
  answers: Record<string, number>;
  ms: number;
}

if (noLab) {
  t.test('a phone that asks without end', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(60_000);
  const lab = await createLab(t, { clients: 2 });
  const portal = await startPortal(t, lab);
  const [client, second = client] = lab.clients;
  const [noisy, phone] = [createPhone(lab, client), createPhone(lab, second)];

  for (const [rate, what, url, status] of [
    [2000, 'probes', `http://${lab.inetIp}/generate_204`, '302'],
    [500, 'PIN pages', `http://${lab.routerIp}:${GUEST_PORT}/`, '200'],
  ] as const) {
    t.test(`${rate} ${what} a second for one phone do not keep another outside`, async (t) => {
      const visit = await portal.visit({ minutes: 5 });
      // A phone of its own would not take the router's processor.
      const program = [
        'nice',
        '-n',
        '10',
        process.execPath,
        `${import.meta.dirname}/flood.mjs`,
        url,
        `${rate}`,
      ];
      const flood = lab.spawn(noisy.client.ns, program);
      await flood.says('begun');
      await sleep(500);
      const began = performance.now();
      const page = await phone.browse();
      t.equal(page.state, 'pin');
      const name = `flooded-by-${what.toLowerCase().replaceAll(' ', '-')}`;
      t.comment(measured(`${name}-probe-to-pin-page`, performance.now() - began));
      const [answer, ms] = await Promise.all([phone.send(page, { pin: visit.pin }), phone.measure('online')]);
      t.comment(measured(`${name}-pin-to-online`, ms));
      t.ok(ms <= REDEEM_MS, `${ms}`);
      t.equal(answer.status, 303);

      await sleep(BURST_MS - (performance.now() - began));
      flood.child.stdin?.write('\n');
      await flood.says('"ms"');
      const flooded = JSON.parse(flood.output().trim().split('\n').at(-1) ?? '') as Flooded;
      t.comment(`${flooded.sent} requests in ${flooded.ms} ms, answers: ${JSON.stringify(flooded.answers)}`);
      t.strictSame(Object.keys(flooded.answers), [status], 'each answer is the right one');
      t.ok((flooded.answers[status] ?? 0) > 300, 'and there are answers');
      t.equal((await noisy.browse()).state, 'pin', 'the noisy phone itself may go on too');
      t.notOk(await noisy.passes());
      await portal.api('DELETE', `/visits/${visit.id}`);
      await phone.measure('offline');
    });
  }
}
